"""A whole night with thirty singers and their habits, against the real server: fair to everybody, and nothing is lost.

Only the songs are not sung out: each ends as soon as it has begun.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from pipeline import migrate
from pipeline.box import Box
from pipeline.settings import Settings
from pipeline.tables import Song, Track, TrackState, new_id
from tests.server import Server, Tv

SONGS, ROUNDS, REPEAT_AFTER = 60, 44, 2


class Habit(StrEnum):
    """Always one song in the queue, or always four."""

    STEADY = "steady"
    GREEDY = "greedy"
    # Misses the first call; never comes at all.
    LATE = "late"
    ABSENT = "absent"
    DUET = "duet"
    WALK_UP = "walk-up"
    PAUSING = "pausing"
    LEAVING = "leaving"
    # Changes song, key and order, and lets others go first.
    FICKLE = "fickle"


CAST = (
    [Habit.STEADY, Habit.GREEDY] * 4
    + [Habit.LATE, Habit.DUET, Habit.STEADY, Habit.WALK_UP, Habit.FICKLE, Habit.PAUSING] * 3
    + [Habit.ABSENT, Habit.LEAVING] * 2
)
# Those who are there from the beginning; then two come with each song.
EARLY = 8


@dataclass
class Guest:
    name: str
    habit: Habit
    browser: httpx.Client
    id: str
    missed: int = 0
    gone: bool = False
    sung: int = 0
    # Of the first song: when it was asked for, and the most turns that may come before it.
    asked_at: int = -1
    bound: int = 0


@dataclass
class Ledger:
    """What has to be true of the queue, as those know it who asked."""

    waiting: dict[str, Guest] = field(default_factory=dict)
    sung: list[str] = field(default_factory=list)
    # Turns that came before others by the host's hand, or let others pass by their own word.
    apart: int = 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A box with songs that are ready, as far as the database knows."""
    settings = Settings(data=tmp_path / "data", engine="center", online=False)
    settings.data.mkdir()
    migrate.upgrade(settings.database, settings.backups)
    box = Box.open(settings)
    with box.db.write() as s:
        for n in range(SONGS):
            add_song(s, f"Song {n}", 150 + n)
    box.close()
    with Server(tmp_path / "data") as running:
        yield running


def add_song(s: Session, title: str, seconds: float) -> None:
    song = Song(title=title)
    s.add(song)
    s.flush()
    track = Track(
        song_id=song.id,
        source="upload",
        file_name="a",
        original="a",
        sha256=new_id(),
        bytes=1,
        seconds=seconds,
        state=TrackState.READY,
        engine="center",
        chunks=40,
        separated=40,
    )
    s.add(track)


class Evening:
    def __init__(self, server: Server, host: httpx.Client, browsers: ExitStack) -> None:
        self.browsers = browsers
        self.server = server
        self.host = host
        self.luck = random.Random(11)
        self.ledger = Ledger()
        self.guests: list[Guest] = []
        listed = host.get("/api/v1/songs", params={"limit": SONGS}).json()["items"]
        self.songs: list[str] = [song["id"] for song in listed]

    def come(self, habit: Habit) -> None:
        name = f"{habit.value} {len(self.guests)}"
        if habit is Habit.WALK_UP:
            browser = self.browsers.enter_context(self.server.client(self.host.cookies))
            singer = browser.post("/api/v1/singers", json={"name": name}).json()
        else:
            browser = self.browsers.enter_context(self.server.phone(name))
            singer = browser.patch("/api/v1/singers/me", json={"hint": "here"}).json()
        self.guests.append(Guest(name, habit, browser, singer["id"]))

    def queue(self) -> list[dict[str, Any]]:
        answer = self.host.get("/api/v1/turns").json()
        items: list[dict[str, Any]] = answer["items"]
        self.check(items)
        return items

    def check(self, items: list[dict[str, Any]]) -> None:
        assert {turn["id"] for turn in items} == set(self.ledger.waiting), (
            "nothing is lost, nothing comes back"
        )
        assert [turn["place"] for turn in items] == list(range(1, len(items) + 1))
        assert [turn["id"] for turn in items if turn["called"]] in ([], [items[0]["id"]] if items else [])
        for turn in items:
            assert turn["explained"]

    def ask(self, guest: Guest, partner: str = "") -> None:
        """For a song that may be sung again already; the same request, sent twice, is one turn."""
        for song_id in self.luck.sample(self.songs, 8):
            body = {"song_id": song_id, "id": new_id(), "partner_ids": [partner] if partner else []}
            body |= {"singer_id": guest.id} if guest.habit is Habit.WALK_UP else {}
            answer = guest.browser.post("/api/v1/turns", json=body)
            if answer.status_code == 201:
                if self.luck.random() < 0.2:
                    assert guest.browser.post("/api/v1/turns", json=body).json()["id"] == answer.json()["id"]
                self.asked(guest, answer.json())
                return
            assert answer.json()["error"]["code"] in ("conflict", "already_there"), answer.text
        raise AssertionError("no song was free")

    def asked(self, guest: Guest, turn: dict[str, Any]) -> None:
        if guest.sung == 0 and guest not in self.ledger.waiting.values():
            new = {each.id for each in self.ledger.waiting.values() if each.sung == 0}
            guest.asked_at = len(self.ledger.sung) + self.ledger.apart
            guest.bound = 2 * len(new) + 1
        self.ledger.waiting[turn["id"]] = guest

    def mine(self, guest: Guest) -> list[str]:
        return [turn_id for turn_id, whose in self.ledger.waiting.items() if whose is guest]

    def live(self, guest: Guest, at: int) -> None:
        """What somebody does between two songs."""
        if guest.gone:
            return
        mine = self.mine(guest)
        if guest.habit is Habit.LEAVING and guest.sung >= 1:
            self.leave(guest, mine)
            return
        wanted = 4 if guest.habit is Habit.GREEDY else 2 if guest.habit is Habit.FICKLE else 1
        if len(mine) < wanted:
            partner = self.partner(guest) if guest.habit is Habit.DUET else None
            self.ask(guest, partner.id if partner else "")
            if partner is not None:
                newest = next(reversed(self.ledger.waiting))
                self.ok(partner.browser.post(f"/api/v1/turns/{newest}/duet", json={"yes": True}))
        if guest.habit is Habit.PAUSING and at % 7 == 3:
            self.ok(guest.browser.patch("/api/v1/singers/me", json={"paused": at % 2 == 1}))
        if guest.habit is Habit.FICKLE and len(mine) == 2:
            self.change_mind(guest, mine, at)

    def partner(self, guest: Guest) -> Guest | None:
        others = [each for each in self.guests if each.habit is Habit.DUET and each is not guest]
        return others[0] if others else None

    def leave(self, guest: Guest, mine: list[str]) -> None:
        for turn_id in mine:
            self.ok(guest.browser.delete(f"/api/v1/turns/{turn_id}"))
            del self.ledger.waiting[turn_id]
        guest.gone = True

    def change_mind(self, guest: Guest, mine: list[str], at: int) -> None:
        match at % 4:
            case 0:
                items = self.ok(guest.browser.put("/api/v1/turns/order", json={"turn_ids": mine[::-1]}))
                order = [turn["id"] for turn in items.json()["items"] if turn["id"] in mine]
                assert order == mine[::-1]
            case 1:
                self.ok(guest.browser.patch(f"/api/v1/turns/{mine[0]}", json={"key": -2, "message": "Hi"}))
            case 2:
                answer = guest.browser.patch(f"/api/v1/turns/{mine[0]}", json={"later": 1})
                # Who is last lets nobody pass.
                assert answer.is_success or answer.json()["error"]["code"] == "conflict", answer.text

    def host_meddles(self, at: int) -> None:
        """Every few songs the host moves somebody, and mostly thinks better of it."""
        items = self.queue()
        if at % 6 or len(items) < 6:
            return
        before = [turn["id"] for turn in items]
        self.ok(self.host.patch(f"/api/v1/turns/{before[4]}", json={"to": 1}))
        assert self.queue()[1]["id"] == before[4], "a pin stands where it was put"
        if at % 12:
            self.ok(self.host.post("/api/v1/deeds/undo"))
            assert [turn["id"] for turn in self.queue()] == before, "and is taken back without a trace"
        else:
            self.ledger.apart += 1

    def sing(self, tv: Tv, at: int) -> None:
        """Call the next singer who is here, and let them sing."""
        first = self.queue()[0]
        called = self.ok(self.host.post("/api/v1/show/call")).json()["called"]["turn_id"]
        assert called == first["id"], "who stands first is called"
        guest = self.ledger.waiting[called]
        while not self.comes(guest):
            self.ledger.apart += 1
            if guest.missed > 2:
                self.send_home(guest)
            else:
                self.ok(self.host.post("/api/v1/show/miss"))
            called = self.ok(self.host.post("/api/v1/show/call")).json()["called"]["turn_id"]
            guest = self.ledger.waiting[called]
        begun = self.ok(self.host.post("/api/v1/player/play")).json()
        assert begun["turn"]["turn_id"] == called
        playback = tv.until(lambda said: said["playback"] and said["playback"]["turn"] == called)["playback"]
        if at % 5 == 0:
            tv.say("anchor", cue=playback["cue"], position=0.0, at=tv.state["now"])
            tv.until(lambda said: said["playback"]["state"] == "playing")
        self.ok(self.host.post("/api/v1/player/finish"))
        # After the applause the next name would go up by itself: here the host calls, however long the others take.
        self.ok(self.host.post("/api/v1/show/clear"))
        self.has_sung(guest, called)

    def comes(self, guest: Guest) -> bool:
        absent = guest.habit is Habit.ABSENT or (guest.habit is Habit.LATE and guest.missed == 0)
        guest.missed += absent
        return not absent

    def send_home(self, guest: Guest) -> None:
        self.ok(self.host.patch(f"/api/v1/singers/{guest.id}", json={"removed": True}))
        for turn_id in self.mine(guest):
            del self.ledger.waiting[turn_id]
        guest.gone = True

    def has_sung(self, guest: Guest, turn_id: str) -> None:
        if guest.sung == 0 and guest.habit in (Habit.STEADY, Habit.GREEDY, Habit.WALK_UP):
            came_first = len(self.ledger.sung) + self.ledger.apart - guest.asked_at
            assert came_first <= guest.bound + self.ledger.apart, f"{guest.name} waited too long"
        guest.sung += 1
        self.ledger.sung.append(turn_id)
        del self.ledger.waiting[turn_id]

    @staticmethod
    def ok(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
        return answer


def test_a_whole_night_is_fair_and_loses_nothing(server: Server) -> None:
    with server.host() as host, ExitStack() as browsers:
        screen = browsers.enter_context(server.paired_tv())
        host.patch("/api/v1/night/rules", json={"repeat_after": REPEAT_AFTER}).raise_for_status()
        evening = Evening(server, host, browsers)
        for at in range(ROUNDS):
            coming = CAST[:EARLY] if at == 0 else CAST[EARLY + 2 * (at - 1) : EARLY + 2 * at]
            for habit in coming:
                evening.come(habit)
            for guest in evening.guests:
                evening.live(guest, at)
            evening.host_meddles(at)
            if at == ROUNDS // 2:
                before = [turn["id"] for turn in evening.queue()]
                cookies = screen.http.cookies
                server.restart()
                screen = browsers.enter_context(Tv(server, cookies=cookies))
                assert [turn["id"] for turn in evening.queue()] == before, "a power cut costs nobody a place"
            evening.sing(screen, at)
        evening.queue()
        look_back(evening, host)
    assert [line for line in server.log().splitlines() if '"level": "error"' in line] == []


def look_back(evening: Evening, host: httpx.Client) -> None:
    """The night as a whole."""
    here = [guest for guest in evening.guests if not guest.gone and guest.habit is not Habit.PAUSING]
    assert min(guest.sung for guest in here) >= 1, "everybody who came has sung"
    first = Counter({guest.name: guest.sung for guest in evening.guests[:EARLY]})
    assert max(first.values()) - min(first.values()) <= 1, (
        f"four songs in the queue bring no more turns: {first}"
    )
    night = host.get("/api/v1/night").json()["id"]
    sung = host.get(f"/api/v1/nights/{night}/sung").json()["items"]
    assert len(sung) == ROUNDS == len(evening.ledger.sung)
    assert len(host.get(f"/api/v1/nights/{night}/export.csv").text.splitlines()) == ROUNDS + 1
    assert host.get(f"/api/v1/nights/{night}/figures").json()["guests"] == len(evening.guests) == len(CAST)
    near = [line["song_id"] for line in sung]
    assert len(near) == ROUNDS
