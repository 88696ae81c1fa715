"""The box's side of the stage page: what its open pages are told, in which order, and which of them plays."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import WebSocketDisconnect

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.pages.stage import server
from karaoke_ui.pages.stage.server import GOING_AWAY, StageDoor
from karaoke_ui.show import between, night, player, rules, stages, views
from karaoke_ui.show.rights import BOX, Role
from karaoke_ui.show.tables import Stage
from tests.ui.held import Sleepers
from tests.ui.panel import arm_a_stage, playback, until
from tests.ui.test_night import add_song, join

LOST = 1006
Said = dict[str, Any]


class Page:
    """A stage page reduced to its socket; it says what the test says, and remembers what it was told."""

    def __init__(self, cookies: dict[str, str], name: str) -> None:
        self.cookies = cookies
        self.name = name
        self._says: asyncio.Queue[Said | int] = asyncio.Queue()
        self.told: list[Said] = []

    async def accept(self) -> None:
        pass

    async def receive_text(self) -> str:
        said = await self._says.get()
        if isinstance(said, int):
            raise WebSocketDisconnect(said)
        return json.dumps(said)

    async def send_json(self, message: Said) -> None:
        self.told.append(message)

    def says(self, kind: str, **values: object) -> None:
        self._says.put_nowait({"type": kind} | values)

    def hello(self, *, silent: bool = False) -> None:
        self.says("hello", armed=True, page=self.name, silent=silent)

    def goes(self, code: int) -> None:
        self._says.put_nowait(code)

    async def is_heard(self) -> None:
        """What was said so far is done."""
        self.says("ping", t0=len(self.told))
        asked = {"type": "pong", "t0": len(self.told)}
        await until(lambda: any(asked.items() <= message.items() for message in self.told))

    @property
    def states(self) -> list[Said]:
        return [message for message in self.told if message["type"] == "state"]

    @property
    def plays(self) -> bool:
        return bool(self.states) and bool(self.states[-1]["stage"]["leading"])

    @property
    def is_silent(self) -> bool:
        return bool(self.states) and bool(self.states[-1]["stage"]["elsewhere"]) and not self.plays


Open = Callable[[str], Page]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Sleepers:
    """Whoever went is away for a moment, until the test wakes those who wait: then for good."""
    sleepers = Sleepers()
    monkeypatch.setattr(server, "asyncio", sleepers)
    return sleepers


@pytest.fixture
async def opens(house: House, away: Sleepers) -> AsyncIterator[Open]:
    """Opens one more page of the one stage that there is."""
    keys = auth.Keys(house.box.settings.data)
    door = StageDoor(house, keys)
    arm_a_stage(house)
    serving = []

    def opens(name: str) -> Page:
        page = Page({auth.COOKIES[Role.STAGE]: keys.sign(Role.STAGE, "tv")}, name)
        serving.append(asyncio.create_task(door.serve(page)))  # type: ignore[arg-type]
        return page

    yield opens
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
    await away.wake()


def sing(house: House, *names: str) -> list[str]:
    """All of them ask for a song, and the first of them begins; their turns."""
    with house.box.db.write() as s:
        turns = [night.ask(s, join(s, name), add_song(s, f"Song of {name}")).id for name in names]
        player.play(s, BOX, turns[0])
        return turns


async def test_the_last_that_a_stage_is_told_is_the_newest(
    house: House, opens: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sing(house, "Ada")
    page = opens("one")
    page.hello()
    await until(lambda: bool(page.states) and page.states[-1]["playback"] is not None)
    read = house.read
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(query: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        if args and args[0] is Stage:
            asked.set()
            await answer.wait()
        return await read(query, *args)

    monkeypatch.setattr(house, "read", slow)
    page.says("armed")
    await until(asked.is_set)
    await house.do(player.pause, BOX)
    await until(lambda: page.states[-1]["playback"]["state"] == "paused")
    known = len(page.states)
    answer.set()
    await until(lambda: len(page.states) > known)
    assert page.states[-1]["playback"]["state"] == "paused"
    versions = [state["version"] for state in page.states]
    assert versions == sorted(versions)


async def test_of_what_is_known_of_a_stage_the_newest_stays(
    house: House, opens: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two readings overlap, and the older one is answered last."""
    page = opens("one")
    page.hello()
    await until(lambda: bool(page.states))
    read, waits, answered = house.read, [0.5], asyncio.Event()

    async def slow(query: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        found = await read(query, *args)
        if args and args[0] is Stage and waits:
            await asyncio.sleep(waits.pop())
            answered.set()
        return found

    monkeypatch.setattr(house, "read", slow)
    page.says("armed")
    await until(lambda: not waits)
    with house.box.db.write() as s:
        stage = s.get_one(Stage, views.show(s).stages[0].id)
        stage.name = "Left wall"
        s.add(stage)
        stages.saw(s, stage.id, connected=True, armed=False)
    await until(lambda: answered.is_set() and page.states[-1]["stage"]["name"] == "Left wall")
    await house.do(night.rename, BOX, "Friday")
    await until(lambda: page.states[-1]["night"]["name"] == "Friday")
    assert page.states[-1]["stage"]["name"] == "Left wall"


async def test_of_two_tabs_the_newer_one_plays_and_the_older_one_after_it(
    house: House, opens: Open, away: Sleepers
) -> None:
    older, newer = opens("older"), opens("newer")
    older.hello()
    await until(lambda: older.plays)
    newer.hello()
    await until(lambda: newer.plays and older.is_silent)
    cue = house.live.show.cue
    (turn,) = sing(house, "Ada")
    older.says("ended", cue=cue + 1)
    older.says("anchor", cue=cue + 1, position=7.0, at=0.0)
    await older.is_heard()
    assert (playback(house).turn_id, playback(house).state) == (turn, "starting"), (
        "the silent one decides nothing"
    )
    newer.goes(GOING_AWAY)
    await until(lambda: older.plays)
    await until(lambda: away.count == 1)
    await away.wake()
    await house.do(night.rename, BOX, "Friday")
    await until(lambda: older.states[-1]["night"]["name"] == "Friday")
    assert house.live.show.stages[0].connected


async def test_a_tab_that_was_silenced_takes_over_when_it_is_tapped(opens: Open) -> None:
    older, newer = opens("older"), opens("newer")
    older.hello()
    await until(lambda: older.plays)
    newer.hello()
    await until(lambda: older.is_silent)
    older.hello()
    await until(lambda: older.plays and newer.is_silent)


async def test_a_page_that_is_loaded_anew_is_back_with_its_hello(house: House, opens: Open) -> None:
    """What it plays it says with its first beat: no song waits for that."""
    gone, page = house.live.watchdog._left, opens("one")
    page.hello()
    await until(lambda: page.plays)
    page.goes(GOING_AWAY)
    await until(lambda: bool(gone))
    anew = opens("two")
    anew.hello()
    await until(lambda: anew.plays)
    assert not gone


async def test_a_lost_line_lets_no_second_tab_sound(opens: Open, away: Sleepers) -> None:
    """Whose line is lost plays on: the other one waits, whichever of them is back first."""
    older, newer = opens("older"), opens("newer")
    older.hello()
    newer.hello()
    await until(lambda: newer.plays and older.is_silent)
    for page in (older, newer):
        page.goes(LOST)
    await until(lambda: away.count == 2)
    older_again, newer_again = opens("older"), opens("newer")
    older_again.hello(silent=True)
    await until(lambda: older_again.is_silent)
    newer_again.hello()
    await until(lambda: newer_again.plays and away.count == 3)
    await away.wake()
    assert not any(state["stage"]["leading"] for state in older_again.states)
    newer_again.goes(LOST)
    await until(lambda: older_again.plays)


async def test_a_tap_for_a_name_that_was_up_starts_nobody_else(house: House, opens: Open) -> None:
    page = opens("one")
    page.hello()
    await until(lambda: page.plays)
    ada, ben = sing(house, "Ada", "Ben")
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"run": "itself"})
        player.false_start(s, BOX)
        between.call(s, BOX, ben)
    page.says("here", turn=ada)
    await page.is_heard()
    assert playback(house).turn_id is None
    page.says("here", turn=ben)
    await until(lambda: playback(house).turn_id == ben)
