"""The REST API as programs use it, against a real web process of its own: what it lists is what is brought here."""

import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

from karaoke_ui import __version__
from pipeline.box import Box
from pipeline.keeping import integrity
from pipeline.settings import Settings
from pipeline.steps import ORDER
from pipeline.tables import JobKind
from tests import sound
from tests.server import PASSWORD, ROOT, Server, Tv
from tests.ui.test_start import karaoke
from tests.workers import work_off

WORDS = "[00:01.00]Daisy, Daisy\n[00:03.50]give me your answer, do\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("api") / "data") as started:
        yield started


@pytest.fixture
def host(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        yield client


@pytest.fixture
def maria(server: Server) -> Iterator[httpx.Client]:
    with server.phone("Maria") as client:
        yield client


@pytest.fixture(scope="module")
def tv(server: Server) -> Iterator[Tv]:
    with server.paired_tv() as paired:
        yield paired


@pytest.fixture
def song(server: Server, host: httpx.Client, tmp_path: Path) -> dict[str, Any]:
    """A song of twelve seconds that nobody brought before."""
    return bring(host, tmp_path)


def bring(host: httpx.Client, folder: Path, name: str = "Harry Dacre - Daisy Bell.wav") -> dict[str, Any]:
    bring.count += 1  # type: ignore[attr-defined]
    path = sound.save(folder / "song.wav", sound.song(12, seed=bring.count))  # type: ignore[attr-defined]
    with path.open("rb") as file:
        answer = host.post("/api/v1/songs", files={"files": (name, file)})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["items"][0]["song"]
    return found


bring.count = 0  # type: ignore[attr-defined]


def prepare(server: Server) -> None:
    box = Box.open(Settings(data=server.data, engine="center", online=False))
    work_off(box)
    box.close()


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The one body that every error has."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"code", "message", "context"}
    assert error["message"]
    return error


# ------------------------------------------------------------------------------------------------------- session


def test_the_first_login_needs_the_code_from_the_terminal_and_happens_once(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as fresh, fresh.client() as client:
        setup = "/api/v1/session/setup"
        refused(client.post(setup, json={"code": "000000x", "password": PASSWORD}), 401, "wrong_code")
        refused(client.post(setup, json={"code": fresh.setup_code, "password": "short"}), 422, "bad_value")
        refused(client.post("/api/v1/session", json={"password": ""}), 401, "wrong_password")
        answer = client.post(setup, json={"code": fresh.setup_code, "password": PASSWORD})
        assert answer.status_code == 201
        assert client.get("/api/v1/session").json()["role"] == "host"
        with fresh.client() as other:
            refused(
                other.post(setup, json={"code": fresh.setup_code, "password": "mine now!"}), 409, "conflict"
            )
        fresh.restart()
        assert client.get("/api/v1/session").json()["role"] == "host"
        assert "one-time code" not in fresh.log().rsplit("Singers", 1)[-1]


def test_another_password_is_chosen_and_a_forgotten_one_replaced(tmp_path: Path) -> None:
    at, data = "/api/v1/session/password", tmp_path / "data"
    with Server(data) as box, box.host() as host, box.client() as other:
        other.post("/api/v1/session", json={"password": PASSWORD}).raise_for_status()
        new = {"old": PASSWORD, "new": "quite another"}
        refused(host.put(at, json=new | {"old": "a guess"}), 401, "wrong_password")
        refused(host.put(at, json=new | {"new": "short"}), 422, "bad_value")
        assert host.put(at, json=new).status_code == 204
        assert host.get("/api/v1/jobs").status_code == 200
        refused(other.get("/api/v1/jobs"), 401, "not_logged_in")
        refused(other.post("/api/v1/session", json={"password": PASSWORD}), 401, "wrong_password")
        said = karaoke("password", data=data).stdout
        code = re.search(r"\b\d{6}\b", said)
        assert code, said
        refused(host.get("/api/v1/jobs"), 401, "not_logged_in")
        chosen = {"code": code.group(), "password": "remembered now"}
        assert host.post("/api/v1/session/setup", json=chosen).status_code == 201
        assert other.post("/api/v1/session", json={"password": "remembered now"}).status_code == 201


def test_the_token_works_as_a_cookie_and_as_a_bearer_until_the_login_ends(
    server: Server, host: httpx.Client
) -> None:
    with server.client() as browser, server.client() as program:
        token = browser.post("/api/v1/session", json={"password": PASSWORD}).json()["token"]
        bearer = {"authorization": f"Bearer {token}"}
        assert program.get("/api/v1/jobs", headers=bearer).status_code == 200
        assert browser.get("/api/v1/jobs").status_code == 200
        assert program.delete("/api/v1/session", headers=bearer).status_code == 204
        refused(program.get("/api/v1/jobs", headers=bearer), 401, "not_logged_in")
        refused(browser.get("/api/v1/jobs"), 401, "not_logged_in")
    assert host.get("/api/v1/jobs").status_code == 200  # another login of the host goes on


def test_guessing_the_password_is_slowed_down(server: Server) -> None:
    with server.client() as thief, server.client() as other:
        answers = [thief.post("/api/v1/session", json={"password": f"guess {n}"}) for n in range(9)]
        for answer in answers[:8]:
            refused(answer, 401, "wrong_password")
        assert "seconds" in refused(answers[8], 429, "too_many_tries")["message"]
        refused(thief.post("/api/v1/session", json={"password": PASSWORD}), 429, "too_many_tries")
        assert other.post("/api/v1/session", json={"password": PASSWORD}).status_code == 201


# --------------------------------------------------------------------------------------------------------- songs


def test_songs_words_and_rubbish_come_in_one_go(host: httpx.Client, tmp_path: Path) -> None:
    path = sound.save(tmp_path / "a.mp3", sound.song(6, seed=900))
    files = [
        ("files", ("One Voice - Together.lrc", WORDS.encode())),
        ("files", ("One Voice - Together.mp3", path.read_bytes())),
        ("files", ("letter.mp3", b"%PDF-1.4 Dear Sir or Madam")),
        ("files", ("nothing.mp3", b"")),
    ]
    words, taken, letter, nothing = host.post("/api/v1/songs", files=files).json()["items"]
    assert (words["song"], words["error"]) == (None, None)  # they wait for their song
    assert (taken["song"]["artist"], taken["song"]["title"]) == ("One Voice", "Together")
    assert letter["error"]["code"] == "not_audio"
    assert letter["error"]["message"] == "“letter.mp3” is not a song: there is no sound in it."
    assert nothing["error"]["code"] == "empty_file"
    twice = host.post("/api/v1/songs", files=[files[1]])
    assert refused(twice, 409, "already_there")["context"]["song"] == taken["song"]["id"]


def test_the_library_is_searched_and_turned_page_by_page(
    server: Server, host: httpx.Client, maria: httpx.Client, tmp_path: Path
) -> None:
    titles = [f"Paging 100% {n}" for n in range(5)]
    for title in titles:
        bring(host, tmp_path, f"The Pages - {title}.wav")
    found: list[str] = []
    while len(found) < 5:
        page = maria.get("/api/v1/songs", params={"q": "pages 100%", "limit": 2, "offset": len(found)}).json()
        assert page["total"] == 5
        found += [song["title"] for song in page["items"]]
    assert sorted(found) == titles
    assert maria.get("/api/v1/songs", params={"q": "pages nobody"}).json() == {"items": [], "total": 0}
    refused(maria.get("/api/v1/songs", params={"limit": 0}), 422, "invalid")


def test_a_song_gets_another_title_goes_to_the_trash_and_comes_back(
    host: httpx.Client, song: dict[str, Any]
) -> None:
    at = f"/api/v1/songs/{song['id']}"
    assert host.patch(at, json={"title": " Daisy "}).json()["title"] == "Daisy"
    refused(host.patch(at, json={"title": "  "}), 422, "bad_value")
    assert host.get(at).json()["artist"] == "Harry Dacre"
    assert host.delete(at).status_code == 204
    refused(host.get(at), 404, "not_found")
    assert host.post(f"{at}/restore").json()["title"] == "Daisy"
    assert host.get(at).status_code == 200


def test_a_blocked_song_is_found_by_the_host_alone(
    host: httpx.Client, maria: httpx.Client, song: dict[str, Any]
) -> None:
    at = f"/api/v1/songs/{song['id']}"
    refused(maria.patch(at, json={"blocked": True}), 403, "rights_error")
    assert host.patch(at, json={"blocked": True}).json()["blocked"]

    def finds(who: httpx.Client) -> bool:
        return song["id"] in {each["id"] for each in who.get("/api/v1/songs").json()["items"]}

    assert finds(host)
    assert not finds(maria)
    assert not host.patch(at, json={"blocked": False}).json()["blocked"]
    assert finds(maria)


def test_a_song_gets_its_words(host: httpx.Client, maria: httpx.Client, song: dict[str, Any]) -> None:
    at = f"/api/v1/songs/{song['id']}/lyrics"
    refused(maria.get(at), 404, "not_found")
    refused(host.put(at, content=b"\xff\xfb\x90\x00" + bytes(range(256))), 422, "not_words")
    refused(host.put(at, content=b""), 422, "not_words")
    assert host.put(at, content=WORDS).json()["timed"] == "line"
    lines = maria.get(at).json()["lines"]
    assert [(line["start"], line["text"]) for line in lines] == [
        (1.0, "Daisy, Daisy"),
        (3.5, "give me your answer, do"),
    ]
    assert maria.get(f"/api/v1/songs/{song['id']}").json()["has_words"]


def test_the_songs_to_try_come_once(host: httpx.Client) -> None:
    made = host.post("/api/v1/songs/demo", timeout=180)
    assert made.status_code == 201
    assert [song["title"] for song in made.json()["items"]] == [
        "Daisy Bell",
        "Greensleeves",
        "Auld Lang Syne",
    ]
    assert all(song["has_words"] for song in made.json()["items"])
    assert host.post("/api/v1/songs/demo", timeout=180).json() == {"items": [], "total": 0}


# ---------------------------------------------------------------------------------------------------------- jobs


def test_a_job_is_cancelled_taken_up_again_and_done(
    server: Server, host: httpx.Client, song: dict[str, Any]
) -> None:
    job = next(each for each in host.get("/api/v1/jobs").json()["items"] if each["song_id"] == song["id"])
    at = f"/api/v1/jobs/{job['id']}"
    assert host.post(f"{at}/cancel").json()["state"] == "cancelled"
    assert host.get(f"/api/v1/songs/{song['id']}").json()["readiness"]["state"] == "failed"
    refused(host.post(f"{at}/cancel"), 409, "conflict")
    assert host.post(f"{at}/retry").json()["state"] == "queued"
    prepare(server)
    done = host.get(at).json()
    assert (done["state"], done["progress"]) == ("done", 1.0)
    assert [step["name"] for step in done["steps"]] == [step for step, _ in ORDER[JobKind.PREPARE]]
    assert all(step["seconds"] > 0 for step in done["steps"])
    readiness = host.get(f"/api/v1/songs/{song['id']}").json()["readiness"]
    assert (readiness["state"], readiness["quick"]) == ("ready", True)
    refused(host.get("/api/v1/jobs/none"), 404, "not_found")


# --------------------------------------------------------------------------------------------------------- turns


def test_singers_ask_take_back_and_undo(
    server: Server, host: httpx.Client, maria: httpx.Client, song: dict[str, Any]
) -> None:
    turn = maria.post("/api/v1/turns", json={"song_id": song["id"]}).json()
    assert turn["singer"].startswith("Maria"), "there may be two of them"
    assert (turn["title"], turn["readiness"]["state"]) == ("Daisy Bell", "soon")
    refused(maria.post("/api/v1/turns", json={"song_id": song["id"]}), 409, "already_there")
    with server.phone("Tom") as tom:
        assert turn["id"] in [each["id"] for each in tom.get("/api/v1/turns").json()["items"]]
        refused(tom.delete(f"/api/v1/turns/{turn['id']}"), 403, "rights_error")
    assert maria.delete(f"/api/v1/turns/{turn['id']}").status_code == 204
    refused(maria.delete(f"/api/v1/turns/{turn['id']}"), 404, "not_found")
    assert maria.post(f"/api/v1/turns/{turn['id']}/restore").json()["place"] == turn["place"]
    assert host.delete(f"/api/v1/turns/{turn['id']}").status_code == 204


def test_the_host_asks_for_a_guest_and_moves_the_queue(host: httpx.Client, song: dict[str, Any]) -> None:
    turns = []
    for name in ("Ann", "Bob"):
        singer = host.post("/api/v1/singers", json={"name": name}).json()
        assert not singer["has_phone"]
        asked = {"song_id": song["id"], "singer_id": singer["id"]}
        turns.append(host.post("/api/v1/turns", json=asked).json())
    assert {"Ann", "Bob"} <= {singer["name"] for singer in host.get("/api/v1/singers").json()["items"]}
    looked = host.get("/api/v1/turns").json()
    at = f"/api/v1/turns/{turns[1]['id']}"
    moved = host.patch(at, json={"to": 0, "version": looked["version"]}).json()
    assert moved["items"][0]["singer"] == "Bob"
    assert moved["items"][0]["expected_at"] <= moved["items"][1]["expected_at"]
    refused(host.patch(at, json={"to": 1, "version": looked["version"]}), 409, "stale_queue")
    refused(host.delete(at, params={"version": looked["version"]}), 409, "stale_queue")
    for turn in turns:
        host.delete(f"/api/v1/turns/{turn['id']}").raise_for_status()


def test_requests_are_rate_limited(maria: httpx.Client) -> None:
    answers = [maria.post("/api/v1/turns", json={"song_id": "none"}) for _ in range(21)]
    refused(answers[19], 404, "not_found")
    refused(answers[20], 429, "too_many_tries")


def test_codes_and_names_cannot_be_tried_for_ever(server: Server, host: httpx.Client) -> None:
    guesses = [host.post("/api/v1/stages", json={"code": "none"}) for _ in range(11)]
    refused(guesses[9], 401, "wrong_code")
    refused(guesses[10], 429, "too_many_tries")
    with server.client() as crowd:
        joins = [crowd.put("/api/v1/singers/me", json={"name": f"Guest {n}"}) for n in range(21)]
        assert joins[19].status_code == 200
        refused(joins[20], 429, "too_many_tries")


def test_a_phone_joins_and_changes_its_name(server: Server, maria: httpx.Client) -> None:
    me = maria.get("/api/v1/singers/me").json()
    mary = maria.put("/api/v1/singers/me", json={"name": "Mary", "face": "🦊"}).json()
    assert (mary["id"], mary["name"], mary["face"]) == (me["id"], "Mary", "🦊")
    refused(maria.put("/api/v1/singers/me", json={"name": " "}), 422, "bad_value")
    with server.client() as stranger:
        refused(stranger.get("/api/v1/singers/me"), 401, "not_logged_in")


# ------------------------------------------------------------------------------------------- night, stage, player


def test_the_night_gets_a_name(host: httpx.Client, maria: httpx.Client) -> None:
    assert host.patch("/api/v1/night", json={"name": "Friday at home"}).json()["name"] == "Friday at home"
    assert maria.get("/api/v1/night").json()["name"] == "Friday at home"


def test_a_stage_is_let_in_by_its_code_and_sent_away(server: Server, host: httpx.Client, tv: Tv) -> None:
    with server.tv() as spare:
        refused(host.post("/api/v1/stages", json={"code": "none"}), 401, "wrong_code")
        found = host.post("/api/v1/stages", json={"code": spare.code}).json()
        assert (found["leads"], found["connected"], found["armed"]) == (False, True, True)
        spare.until(lambda state: state["stage"]["paired"])
        assert len(host.get("/api/v1/stages").json()["items"]) == 2
        assert host.delete(f"/api/v1/stages/{found['id']}").status_code == 204
        spare.until(lambda state: not state["stage"]["paired"])
    assert tv.state["stage"]["leading"]


def test_the_player_plays_from_start_to_skip(
    server: Server, host: httpx.Client, maria: httpx.Client, song: dict[str, Any], tv: Tv
) -> None:
    refused(host.post("/api/v1/player/seek", json={"position": 1}), 404, "not_found")
    turn = maria.post("/api/v1/turns", json={"song_id": song["id"]}).json()
    refused(host.post("/api/v1/player/play"), 409, "not_ready")
    prepare(server)
    begun = host.post("/api/v1/player/play", json={"turn_id": turn["id"]}).json()
    assert (begun["state"], begun["turn"]["turn_id"], begun["position"]) == ("starting", turn["id"], -5)
    cue = tv.until(lambda state: state["playback"])["playback"]["cue"]
    tv.say("anchor", cue=cue, position=0.0, at=tv.state["now"])
    tv.until(lambda state: state["playback"]["state"] == "playing")
    assert maria.get("/api/v1/player").json()["state"] == "playing"
    assert tv.state["scene"]["name"] == "countdown"
    paused = host.post("/api/v1/player/pause").json()
    assert paused["state"] == "paused"
    assert 0 < paused["position"] < 12
    assert host.post("/api/v1/player/seek", json={"position": 5.5}).json()["position"] == 5.5
    refused(host.post("/api/v1/player/seek", json={"position": 99}), 422, "bad_value")
    refused(host.delete(f"/api/v1/songs/{song['id']}"), 409, "conflict")
    quiet = host.patch("/api/v1/player", json={"guide": 0.5, "volume": 0.25}).json()
    assert (quiet["guide"], quiet["volume"], quiet["position"]) == (0.5, 0.25, 5.5)
    refused(host.patch("/api/v1/player", json={"guide": 0.1, "volume": 2}), 422, "bad_value")
    assert host.get("/api/v1/player").json()["guide"] == 0.5  # both or none
    desk = {"key": 2, "tempo": 0.9, "muted": True, "rescue": True}
    assert desk.items() <= host.patch("/api/v1/player", json=desk).json().items()
    refused(host.patch("/api/v1/player", json={"key": 7}), 422, "bad_value")
    refused(host.patch("/api/v1/player", json={"tempo": 0.6}), 422, "bad_value")
    tv.until(lambda state: state["playback"]["tempo"] == 0.9)
    sung = tv.http.get(f"/stage/track/{song['track_id']}/instrumental/0.flac?key=2&tempo=0.9")
    frames = soundfile.info(io.BytesIO(sung.content)).frames
    assert frames == round(4 * 44_100 / 0.9)
    refused(tv.http.get(f"/stage/track/{song['track_id']}/mix/0.flac?key=9"), 422, "bad_value")
    assert host.post("/api/v1/player/restart").json()["state"] == "starting"
    assert host.post("/api/v1/player/skip").json()["turn"] is None
    tv.until(lambda state: state["playback"] is None)


# ------------------------------------------------------------------------------------------------ the whole of it


def test_health_is_public_and_tells_what_is_missing(server: Server, tv: Tv) -> None:
    with server.client() as anybody:
        found = anybody.get("/api/v1/health").json()
        assert anybody.get("/health").json().keys() == found.keys()
    assert found["version"] == __version__
    assert found["status"] == "limited"  # the web process alone prepares no song
    assert found["workers"] == {"prepare": "away", "separate": "away"}
    assert found["database"]["state"] == "ok"
    assert found["disk_free_mb"] > 0
    assert found["stage"]["ready"]


def test_the_version_is_that_of_the_package() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


def test_every_error_has_the_same_body(server: Server, host: httpx.Client) -> None:
    refused(host.get("/api/v1/nothing"), 404, "not_found")
    refused(host.get("/nothing"), 404, "not_found")
    refused(host.get("/assets/nothing.css"), 404, "not_found")
    refused(host.put("/api/v1/night"), 405, "method_not_allowed")
    refused(host.patch("/api/v1/night", content=b"{"), 422, "invalid")
    refused(host.patch("/api/v1/night", json={"name": 5}), 422, "invalid")
    refused(host.patch("/api/v1/player", content=b'{"guide": NaN}'), 422, "invalid")
    refused(host.post("/api/v1/songs", data={"files": "no file"}), 422, "invalid")
    refused(host.patch("/api/v1/night", content=b" " * 2_000_001), 413, "too_much")
    refused(host.get(f"/api/v1/songs/{'x' * 3000}"), 404, "not_found")


def test_the_document_describes_every_operation(server: Server) -> None:
    with server.client() as anybody:
        document = anybody.get("/openapi.json").json()
    operations = [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        if path.startswith("/api/")
        for method, operation in item.items()
    ]
    assert len(operations) > 30
    for name, operation in operations:
        assert operation["summary"], name
        assert operation["tags"], name
        assert operation["x-roles"], name
        good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        said = good.get("content", {}).get("application/json")
        forms = [] if said is None else said["schema"].get("anyOf", [said["schema"]])
        assert all(form.get("$ref") or form == {"type": "null"} for form in forms), name
        for status in ("4XX", "5XX", "422"):
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorBody"}, name


# -------------------------------------------------------------------------------------------------- the collection


def test_a_search_is_narrowed(host: httpx.Client, maria: httpx.Client, tmp_path: Path) -> None:
    song = bring(host, tmp_path, "Narrow - Search.wav")
    other = bring(host, tmp_path, "Narrow - Serach.wav")
    changed = {"songs": [song["id"], other["id"]], "language": "de", "year": 1984, "album": "Both"}
    items = host.patch("/api/v1/songs", json=changed).json()["items"]
    assert [(each["album"], each["language"], each["year"]) for each in items] == [("Both", "de", 1984)] * 2
    assert host.patch(f"/api/v1/songs/{song['id']}", json={"explicit": True}).status_code == 200

    def found(query: dict[str, Any]) -> set[str]:
        answer = maria.get("/api/v1/songs", params={"q": "narrow"} | query).json()
        assert answer["total"] == len(answer["items"])
        return {each["id"] for each in answer["items"]}

    both, neither = {song["id"], other["id"]}, set[str]()
    for query, expected in (
        ({"language": "de"}, both),
        ({"decade": 1980, "never_sung": "ever"}, both),
        ({"decade": 1990}, neither),
        ({"explicit": "true"}, {song["id"]}),
        ({"explicit": "false", "kind": "original", "never_sung": "tonight"}, {other["id"]}),
        ({"has_words": "true"}, neither),
        ({"ready": "true"}, neither),
    ):
        assert found(query) == expected, query
    refused(maria.get("/api/v1/songs", params={"decade": 1985}), 422, "invalid")
    refused(maria.patch("/api/v1/songs", json=changed), 403, "rights_error")
    refused(host.patch("/api/v1/songs", json={"songs": [], "year": 1}), 422, "invalid")


def test_twins_are_made_one_and_two_again(host: httpx.Client, tmp_path: Path) -> None:
    one, two = (bring(host, tmp_path, "Gemini - Twins.wav") for _ in range(2))
    assert sorted([one["id"], two["id"]]) in [
        sorted(group) for group in host.get("/api/v1/library/twins").json()["items"]
    ]
    merged = host.post("/api/v1/library/merge", json={"keep": one["id"], "other": two["id"]})
    address = f"/api/v1/songs/{one['id']}/versions"
    assert [each["id"] for each in host.get(address).json()["items"]] == [one["track_id"], two["track_id"]]
    listed = host.post(f"{address}/{one['track_id']}").json()["items"]
    assert [each["chosen"] for each in listed] == [True, False]
    refused(host.post(f"{address}/0"), 404, "not_found")
    assert merged.json()["id"] == one["id"]
    refused(host.get(f"/api/v1/songs/{two['id']}"), 404, "not_found")
    body = {"version": two["track_id"], "title": "Twins (live)"}
    own = host.post("/api/v1/library/split", json=body).json()
    assert (own["title"], own["artist"], own["track_id"]) == ("Twins (live)", "Gemini", two["track_id"])
    refused(host.post("/api/v1/library/split", json=body), 409, "conflict")


def test_one_version_is_thrown_away(host: httpx.Client, tmp_path: Path) -> None:
    one, two = (bring(host, tmp_path, "Gemini - Spare.wav") for _ in range(2))
    host.post("/api/v1/library/merge", json={"keep": one["id"], "other": two["id"]}).raise_for_status()
    address = f"/api/v1/songs/{one['id']}/versions"
    refused(host.delete(f"{address}/nothing"), 404, "not_found")
    left = host.delete(f"{address}/{two['track_id']}").json()["items"]
    assert [each["id"] for each in left] == [one["track_id"]]
    refused(host.delete(f"{address}/{one['track_id']}"), 409, "conflict")
    assert "Spare" in {each["title"] for each in host.get("/api/v1/library/trash").json()["items"]}


def test_a_merge_is_taken_back_and_two_songs_may_share_a_name(host: httpx.Client, tmp_path: Path) -> None:
    one, two = (bring(host, tmp_path, "Gemini - Alike.wav") for _ in range(2))
    host.post("/api/v1/library/merge", json={"keep": one["id"], "other": two["id"]}).raise_for_status()
    answer = host.post("/api/v1/library/merge/undo", json={"song": two["id"]})
    assert answer.is_success, answer.text
    own = answer.json()
    assert (own["id"], own["track_id"]) == (two["id"], two["track_id"])
    refused(host.post("/api/v1/library/merge/undo", json={"song": two["id"]}), 404, "not_found")
    assert host.post("/api/v1/library/apart", json={"song": one["id"], "other": two["id"]}).status_code == 204
    assert not any(one["id"] in group for group in host.get("/api/v1/library/twins").json()["items"])


def test_the_trash_is_listed_restored_and_emptied(host: httpx.Client, tmp_path: Path) -> None:
    ids = [bring(host, tmp_path, f"Bin - Trash {n}.wav")["id"] for n in range(2)]
    assert host.post("/api/v1/library/trash", json={"songs": ids}).status_code == 204
    thrown = host.get("/api/v1/library/trash").json()
    assert thrown["days"] == 30
    assert set(ids) <= {each["id"] for each in thrown["items"]}
    assert host.get("/api/v1/library/disk").json()["trash"] > 0
    assert host.post("/api/v1/library/trash/restore", json={"songs": ids[:1]}).status_code == 204
    assert host.delete("/api/v1/library/trash").status_code == 204
    assert host.get("/api/v1/library/trash").json()["items"] == []
    assert host.get(f"/api/v1/songs/{ids[0]}").status_code == 200
    refused(host.post(f"/api/v1/songs/{ids[1]}/restore"), 404, "not_found")


def test_a_library_that_knows_songs_is_not_rebuilt(host: httpx.Client, song: dict[str, Any]) -> None:
    assert song["title"]
    refused(host.post("/api/v1/library/rebuild"), 409, "conflict")
    assert host.get("/api/v1/library/rebuild").json() == {"state": "never", "tracks": 0, "left": []}


def test_a_check_of_all_files_is_asked_for(server: Server, host: httpx.Client, song: dict[str, Any]) -> None:
    assert host.post("/api/v1/library/check").json()["state"] == "asked"
    prepare(server)
    box = Box.open(Settings(data=server.data, engine="center"))
    (box.store.folder(song["track_id"]) / "mix" / "00000.flac").write_bytes(b"flipped")
    integrity.check_if_asked(box)
    box.close()
    report = host.get("/api/v1/library/check").json()
    (problem,) = report["problems"]
    assert (report["state"], problem["title"], problem["file"]) == ("done", song["title"], "mix/00000.flac")
    assert problem["repaired"]
