"""The night over REST: phones, rules, messages and applause, lists, the log, and nights to take home."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.box import Box
from pipeline.settings import Settings
from tests.server import Server, Tv
from tests.ui.test_night import add_song


@pytest.fixture(scope="module")
def songs(server: Server) -> list[str]:
    """Songs that are ready, as far as the database knows."""
    box = Box.open(Settings(data=server.data, engine="center", online=False))
    with box.db.write() as s:
        made = [add_song(s, f"Night song {n}") for n in range(6)]
    box.close()
    return made


@pytest.fixture
def host(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        client.post("/api/v1/night", json={"name": "Tonight", "template": "party"}).raise_for_status()
        yield client


def ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["error"]["message"])


def test_one_phone_two_singers_and_a_lost_cookie(server: Server, host: httpx.Client) -> None:
    with server.phone("Ada") as phone, server.client() as fresh:
        ada = ok(phone.get("/api/v1/singers/me"))
        ben = ok(phone.post("/api/v1/singers/me/sharing", json={"name": "Ben", "face": "🐼"}))
        assert ok(phone.get("/api/v1/singers/me"))["id"] == ben["id"]
        shared = ok(phone.get("/api/v1/singers/me/sharing"))
        assert ([each["name"] for each in shared["items"]], shared["chosen"]) == (["Ada", "Ben"], ben["id"])
        chosen = {"singer_id": ada["id"]}
        assert ok(phone.put("/api/v1/singers/me/sharing/chosen", json=chosen))["id"] == ada["id"]
        for _ in range(2):
            refused(fresh.post("/api/v1/singers/me/recovery", json={"code": "AAAA"}), 401)
        code = {"code": ada["recovery"].lower()}
        assert ok(fresh.post("/api/v1/singers/me/recovery", json=code))["id"] == ada["id"]
        assert ok(fresh.get("/api/v1/singers/me"))["name"] == "Ada"
        for _ in range(2):
            fresh.post("/api/v1/singers/me/recovery", json={"code": "AAAA"})
        refused(fresh.post("/api/v1/singers/me/recovery", json=code), 429)
        told = ok(phone.patch("/api/v1/singers/me", json={"hint": "coming", "paused": True, "regular": True}))
        assert (told["hint"], told["paused"], told["regular"]) == ("coming", True, True)
        here = {each["name"]: each for each in ok(host.get("/api/v1/singers"))["items"]}
        assert here["Ada"]["shares_with"] == [ben["id"]]
        kept = ok(host.patch(f"/api/v1/singers/{ben['id']}", json={"spoken": "Benn", "confirmed": True}))
        assert (kept["spoken"], kept["confirmed"]) == ("Benn", True)
        merged = ok(host.post(f"/api/v1/singers/{ada['id']}/merge", json={"other_id": ben["id"]}))
        assert merged["shares_with"] == []


def test_a_request_its_reason_and_its_way_back(server: Server, host: httpx.Client, songs: list[str]) -> None:
    with server.phone("Cleo") as cleo, server.phone("Dan") as dan:
        partner = ok(dan.get("/api/v1/singers/me"))["id"]
        assert partner in [each["id"] for each in ok(cleo.get("/api/v1/singers/partners"))["items"]]
        body = {"song_id": songs[0], "key": -2, "partner_ids": [partner], "message": "Hi!", "id": "a" * 32}
        turn = ok(cleo.post("/api/v1/turns", json=body))
        assert (turn["key"], said(turn)) == (-2, {"Dan": "asked"})
        assert turn["explained"].startswith("We wait for Dan to say yes")
        assert ok(cleo.post("/api/v1/turns", json=body))["id"] == turn["id"]
        answered = ok(dan.post(f"/api/v1/turns/{turn['id']}/duet", json={"yes": True}))
        assert answered["items"][0]["reason"]["why"] == "new"
        refused(dan.patch(f"/api/v1/turns/{turn['id']}", json={"key": 1}), 403)
        refused(cleo.patch(f"/api/v1/turns/{turn['id']}", json={"to": 0}), 403)
        other = ok(dan.post("/api/v1/turns", json={"song_id": songs[1]}))
        moved = ok(
            host.patch(f"/api/v1/turns/{other['id']}", json={"to": 0, "version": answered["version"] + 1})
        )
        assert [each["id"] for each in moved["items"]] == [other["id"], turn["id"]]
        refused(host.post(f"/api/v1/turns/{turn['id']}/end?version={answered['version']}"), 409)
        log = ok(host.get("/api/v1/deeds"))["items"]
        assert (log[0]["action"], log[0]["about"]["singer"], log[0]["by"]) == ("moved", "Dan", "host")
        ok(host.post(f"/api/v1/deeds/{log[0]['id']}/undo"))
        assert [each["id"] for each in ok(host.get("/api/v1/turns"))["items"]] == [turn["id"], other["id"]]
        refused(host.post(f"/api/v1/deeds/{log[0]['id']}/undo"), 404)
        refused(cleo.post(f"/api/v1/deeds/{log[1]['id']}/undo"), 403)
        ok(dan.post("/api/v1/deeds/undo"))
        assert [each["id"] for each in ok(host.get("/api/v1/turns"))["items"]] == [turn["id"]]


def test_a_singer_brings_back_only_what_she_took_out_herself(
    server: Server, host: httpx.Client, songs: list[str]
) -> None:
    def places() -> list[int]:
        queue = ok(host.get("/api/v1/turns"))
        return [each["place"] for each in (*queue["items"], *queue["requests"]) if each["singer"] == "Eve"]

    ok(host.patch("/api/v1/night/rules", json={"requests": "approve"}))
    with server.phone("Eve") as eve, server.phone("Fay") as fay:
        turn = f"/api/v1/turns/{ok(eve.post('/api/v1/turns', json={'song_id': songs[2]}))['id']}"
        eve.delete(turn)
        assert places() == []
        assert ok(eve.post(f"{turn}/restore"))["place"] == 0, "it waits for the host's yes as before"
        ok(host.post(f"{turn}/approval", json={"yes": False}))
        refused(eve.post(f"{turn}/restore"), 403)
        ok(host.post(f"{turn}/restore"))
        ok(host.post(f"{turn}/approval", json={"yes": True}))
        assert places() == [1]
        host.delete(turn)
        refused(eve.post(f"{turn}/restore"), 403)
        assert ok(host.post(f"{turn}/restore"))["place"] == 1
        who = ok(fay.get("/api/v1/singers/me"))["id"]
        ok(eve.patch(turn, json={"partner_ids": [who]}))
        refused(fay.delete(turn), 403)
        assert places() == [1], "who is asked to sing along answers, and takes nothing out"


def test_the_wifi_that_the_host_writes_down_is_on_the_tv(server: Server, host: httpx.Client) -> None:
    assert ok(host.get("/api/v1/night/wifi")) == {"name": "", "password": ""}
    with server.paired_tv() as tv:
        ok(host.put("/api/v1/night/wifi", json={"name": "Upstairs", "password": "sing sing"}))
        tv.until(lambda said: said["wifi"] and said["wifi"]["name"] == "Upstairs")
        assert "Upstairs" in host.get("/host/print/cards").text
        for name, password in (("ü" * 17, ""), ("Upstairs", "short")):
            refused(host.put("/api/v1/night/wifi", json={"name": name, "password": password}), 422)
        ok(host.put("/api/v1/night/wifi", json={"name": " ", "password": "sing sing"}))
        tv.until(lambda said: said["wifi"] is None)
    assert ok(host.get("/api/v1/night/wifi")) == {"name": "", "password": ""}
    with server.phone("Eve") as eve:
        refused(eve.get("/api/v1/night/wifi"), 403)


def next_singer(state: dict[str, Any]) -> str:
    return str(state["next"]["singer"]) if state["next"] else ""


def said(turn: Any) -> dict[str, str]:
    return {each["name"]: each["says"] for each in turn["partners"]}


def test_a_group_sings_with_those_who_say_yes(server: Server, host: httpx.Client, songs: list[str]) -> None:
    with server.phone("Ada") as ada, server.phone("Ben") as ben, server.phone("Cleo") as cleo:
        people = [ok(phone.get("/api/v1/singers/me"))["id"] for phone in (ben, cleo)]
        grandpa = ok(host.post("/api/v1/singers", json={"name": "Grandpa"}))["id"]
        body = {"song_id": songs[0], "partner_ids": [*people, grandpa]}
        turn = ok(ada.post("/api/v1/turns", json=body))
        assert said(turn) == {"Ben": "asked", "Cleo": "asked", "Grandpa": "yes"}
        assert turn["explained"].startswith("We wait for Ben & Cleo to say yes")
        answer = f"/api/v1/turns/{turn['id']}/duet"
        refused(ada.post(answer, json={"yes": True}), 403)
        waits = ok(ben.post(answer, json={"yes": True}))["items"][0]
        assert waits["reason"]["why"] == "partner"
        left = ok(cleo.post(answer, json={"yes": False}))["items"][0]
        assert (left["reason"]["why"], said(left)["Cleo"]) == ("new", "no")
        with server.paired_tv() as tv:
            ok(host.patch("/api/v1/night/rules", json={"language": "es"}))
            tv.until(lambda state: next_singer(state) == "Ada, Ben y Grandpa")
            ok(host.patch("/api/v1/night/rules", json={"language": "en"}))
            tv.until(lambda state: next_singer(state) == "Ada, Ben & Grandpa")
            ok(host.post("/api/v1/show/call"))
            called = tv.until(lambda state: state["scene"]["called"])["scene"]["called"]
            assert (called["singer"], len(called["faces"])) == ("Ada, Ben & Grandpa", 2)
            ok(host.post("/api/v1/show/clear"))
        again = ok(ada.patch(f"/api/v1/turns/{turn['id']}", json={"partner_ids": [*people, grandpa]}))[
            "items"
        ][0]
        assert said(again) == {"Ben": "yes", "Grandpa": "yes", "Cleo": "asked"}
        alone = ok(host.post(answer, json={"yes": False, "singer_id": people[0]}))["items"][0]
        assert said(alone) == {"Ben": "no", "Grandpa": "yes", "Cleo": "asked"}
        for wrong in ([*people, "nobody"], [turn["singer_id"]], [f"{n:032x}" for n in range(6)]):
            refused(ada.patch(f"/api/v1/turns/{turn['id']}", json={"partner_ids": wrong}), 422)


def test_rules_approval_and_the_last_call(server: Server, host: httpx.Client, songs: list[str]) -> None:
    changed = ok(
        host.patch("/api/v1/night/rules", json={"requests": "approve", "ends_at": time.time() + 150})
    )
    assert (changed["requests"], changed["template"]) == ("approve", "party")
    with server.phone("Eve") as eve:
        asked = ok(eve.post("/api/v1/turns", json={"song_id": songs[2]}))
        assert asked["place"] == 0
        queue = ok(host.post(f"/api/v1/turns/{asked['id']}/approval", json={"yes": True}))
        assert [each["id"] for each in queue["items"]] == [asked["id"]]
        assert queue["last_call"] == {"ends_at": changed["ends_at"], "songs": 1, "too_late": []}
        ok(host.patch("/api/v1/night/rules", json={"requests_open": False}))
        said = refused(eve.post("/api/v1/turns", json={"song_id": songs[3]}), 409)
        assert said == "No more songs are taken right now."
    refused(host.patch("/api/v1/night/rules", json={"max_waiting": "many"}), 422)
    refused(host.put("/api/v1/night/rules/template", json={"template": "wedding"}), 422)
    assert ok(host.put("/api/v1/night/rules/template", json={"template": "venue"}))["youtube"] == "closed"


def test_messages_and_applause_reach_the_stage(server: Server, host: httpx.Client) -> None:
    with server.phone("Fay") as fay, server.paired_tv() as tv:
        line = ok(fay.post("/api/v1/messages", json={"text": "Happy birthday, Gus!"}))
        assert line["state"] == "asked"
        ok(host.post(f"/api/v1/messages/{line['id']}/approval", json={"yes": True}))
        tv.until(lambda state: state["message"] == "Happy birthday, Gus!")
        ok(host.delete("/api/v1/messages"))
        tv.until(lambda state: state["message"] == "")
        for _ in range(3):
            ok(fay.post("/api/v1/messages/reactions", json={"emoji": "🔥"}))
        assert applause(tv, "🔥") <= 3
        refused(fay.post("/api/v1/messages/reactions", json={"emoji": "💩"}), 422)
        answers = [fay.post("/api/v1/messages/reactions", json={"emoji": "👏"}) for _ in range(12)]
        refused(answers[-1], 429)


def applause(tv: Tv, emoji: str) -> int:
    """What the stage is told of it first."""
    while True:
        heard = json.loads(tv.socket.recv(10))
        if heard["type"] == "reaction":
            assert heard["emoji"] == emoji
            return int(heard["n"])


def test_the_line_that_comes_with_a_song_is_the_hosts_to_show(
    server: Server, host: httpx.Client, songs: list[str]
) -> None:
    with server.phone("Lena") as lena, server.phone("Milo") as milo:
        body = {"song_id": songs[4], "message": "Hello Milo"}
        turn = ok(lena.post("/api/v1/turns", json=body))
        assert (turn["message"], turn["message_allowed"]) == ("Hello Milo", None)

        def read_by(who: httpx.Client) -> str:
            items = ok(who.get("/api/v1/turns"))["items"]
            return str(next(each["message"] for each in items if each["id"] == turn["id"]))

        assert (read_by(host), read_by(milo)) == ("Hello Milo", "")
        answer = f"/api/v1/turns/{turn['id']}/line"
        refused(lena.post(answer, json={"yes": True}), 403)
        ok(host.post(answer, json={"yes": True}))
        assert read_by(milo) == "Hello Milo"
        ok(host.post(answer, json={"yes": False}))
        assert (read_by(lena), read_by(milo)) == ("Hello Milo", "")
        ok(host.post(f"/api/v1/singers/{turn['singer_id']}/hide"))
        me = {"name": "Lena", "face": "🐼"}
        assert "hidden your name" in refused(lena.put("/api/v1/singers/me", json=me), 409)
        ok(lena.delete(f"/api/v1/turns/{turn['id']}"))


def test_favourites_lists_and_what_a_night_leaves(
    server: Server, host: httpx.Client, songs: list[str]
) -> None:
    with server.phone("Gus") as gus:
        assert ok(gus.put(f"/api/v1/singers/me/favourites/{songs[0]}"))["song_ids"] == [songs[0]]
        assert ok(gus.delete(f"/api/v1/singers/me/favourites/{songs[0]}"))["song_ids"] == []
        refused(gus.put("/api/v1/singers/me/favourites/none"), 404)
        assert ok(gus.get("/api/v1/singers/me/history"))["items"] == []
        assert ok(gus.get(f"/api/v1/singers/me/keys/{songs[0]}"))["key"] is None
        made = ok(host.post("/api/v1/lists", json={"name": "Duets", "song_ids": songs[:2]}))
        ok(host.put(f"/api/v1/lists/{made['id']}/songs/{songs[2]}"))
        ok(host.delete(f"/api/v1/lists/{made['id']}/songs/{songs[0]}"))
        assert ok(gus.get(f"/api/v1/lists/{made['id']}"))["song_ids"] == songs[1:3]
        assert {"id": made["id"], "name": "Duets", "songs": 2} in ok(gus.get("/api/v1/lists"))["items"]
        ok(host.delete(f"/api/v1/lists/{made['id']}"))
    tonight = ok(host.get("/api/v1/night"))["id"]
    assert ok(host.get(f"/api/v1/nights/{tonight}/figures"))["songs"] == 0
    assert host.get(f"/api/v1/nights/{tonight}/export.csv").headers["content-type"].startswith("text/csv")
    assert ok(host.get(f"/api/v1/nights/{tonight}/export.json"))["night"]["name"] == "Tonight"
    assert tonight in [each["id"] for each in ok(host.get("/api/v1/nights"))["items"]]
    ok(host.delete("/api/v1/night"))
    assert not ok(host.get("/api/v1/night/rules"))["requests_open"]
    ok(host.post("/api/v1/night", json={"template": "party"}))
    assert ok(host.get("/api/v1/night/rules"))["requests_open"]


def test_a_night_that_was_closed_goes_on_until_somebody_asks(host: httpx.Client, songs: list[str]) -> None:
    first = ok(host.get("/api/v1/night"))["id"]
    grandpa = ok(host.post("/api/v1/singers", json={"name": "Grandpa"}))["id"]
    asked = {"song_id": songs[0], "singer_id": grandpa}
    ok(host.post("/api/v1/turns", json=asked))
    ok(host.post("/api/v1/night", json={"name": "Too early"}))
    assert ok(host.get("/api/v1/turns"))["items"] == []
    back = ok(host.post(f"/api/v1/nights/{first}/restore"))
    assert (back["id"], back["closed_at"]) == (first, None)
    assert [each["singer"] for each in ok(host.get("/api/v1/turns"))["items"]] == ["Grandpa"]
    refused(host.post(f"/api/v1/nights/{first}/restore"), 404)
    ok(host.delete("/api/v1/night"))
    ok(host.post("/api/v1/night", json={"name": "The next one"}))
    ok(host.post("/api/v1/turns", json=asked))
    assert "stays closed" in refused(host.post(f"/api/v1/nights/{first}/restore"), 409)
