"""What the tests of the host's panel share: people at the desk, a TV, and words that are waited for."""

import asyncio
import time
from collections.abc import Callable
from functools import cache

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.testing import User
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show import night, people, player
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.tables import Night, Performance, Playback, Singer, Stage, Turn, TurnState
from pipeline.db import announce
from pipeline.tables import Song

PASSWORD = "sing out loud"
# Made once: that it takes long is its point.
_HASH = cache(auth.hash_of)
Bring = Callable[..., Song]


def walk_up(house: House, name: str, song: Song) -> Turn:
    with house.box.db.write() as s:
        return night.ask(s, BOX, song.id, people.add_walk_up(s, BOX, name).id)


def guest(house: House, name: str) -> Actor:
    """Somebody who joined with a phone."""
    with house.box.db.write() as s:
        return Actor(Role.SINGER, people.join(s, NOBODY, f"phone of {name}", name, "🦊").id)


def log_in(user: User, house: House) -> None:
    """The browser's host has set the password, and is known by the cookie."""
    with house.box.db.write() as s:
        login = auth.set_up(s, NOBODY, auth.setup_code(s) or "", _HASH(PASSWORD))
    key = auth.Keys(house.box.settings.data).sign(Role.HOST, login.id)
    user.http_client.cookies.set(auth.COOKIES[Role.HOST], key)


def add_past_nights(s: Session, song_id: str, count: int) -> None:
    """Nights that were, “Night no. 0.” the first of them, with one song each."""
    singer = people.add_walk_up(s, BOX, "Ada of old")
    for number in range(count):
        past = Night(name=f"Night no. {number}.", is_open=False, opened_at=number)
        turn = Turn(night_id=past.id, singer_id=singer.id, song_id=song_id, place=1.0, state=TurnState.SUNG)
        sung = Performance(
            turn_id=turn.id, night_id=past.id, singer_id=singer.id, song_id=song_id, started_at=number
        )
        for row in (past, turn, sung):
            s.add(row)
            s.flush()


def arm_a_stage(house: House, *, armed: bool = True, connected: bool = True) -> None:
    with house.box.db.write() as s:
        s.add(Stage(token="tv", code="", paired_at=1.0, leads=True, connected=connected, armed=armed))
        s.flush()
        announce(s, "stage")


def sing(house: House) -> None:
    """The next turn begins."""
    with house.box.db.write() as s:
        player.play(s, BOX)


def waiting(house: House) -> list[str]:
    """The names in the queue, in order."""
    with house.box.db.read() as s:
        turns = night.queue(s, night.current(s).id)
        return [s.get_one(Singer, turn.singer_id).name for turn in turns]


def playback(house: House) -> Playback:
    with house.box.db.read() as s:
        return night.playback(s)


async def sees(user: User, words: str) -> None:
    await user.should_see(words)


async def sees_no(user: User, words: str) -> None:
    await user.should_not_see(words)


async def choose(user: User, row: str, choice: str) -> None:
    """Open the sheet of a row, and press one of its buttons: not one that it had when it was open before."""

    def offered() -> set[Element]:
        with user:
            return set(ElementFilter(content=choice).within(marker="sheet"))

    before = offered()
    with user.scope(marker=row):
        user.find(marker="more").click()
    await until(lambda: bool(offered() - before))
    with user.scope(marker="sheet"):
        user.find(choice).click()


async def take_back(host: User) -> None:
    """The offer comes when what was pressed is done, which others may see before."""
    await sees(host, "Undo")
    host.find("Undo").click()


async def until(holds: Callable[[], bool], look_every: float = 0.025) -> None:
    """Wait for what the watcher and the handlers do on their own time."""
    patience = time.monotonic() + 20
    while time.monotonic() < patience:
        if holds():
            return
        await asyncio.sleep(look_every)
    raise AssertionError("it did not come to that")
