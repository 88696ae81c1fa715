"""What changes in the database reaches the screens: people's doings at once, the work on songs now and then."""

import asyncio
import time
from collections.abc import Callable

from karaoke_ui.house import House
from karaoke_ui.live import Changes, Live
from karaoke_ui.show import night
from karaoke_ui.show.rights import BOX
from pipeline.box import Box
from pipeline.db import announce
from pipeline.tables import new_id

PATIENCE_SECONDS = 20.0
Told = list[tuple[float, Changes]]


def watch(box: Box, happens: Callable[[], None], until: Callable[[Told], bool]) -> Told:
    """What is told until that is so, and when, counted from what happens."""

    async def look() -> Told:
        live = Live(box.db)
        live.load()
        told: Told = []
        enough = asyncio.Event()

        def hear(changes: Changes) -> None:
            told.append((time.monotonic(), changes))
            if until(told):
                enough.set()

        live.on_changes.subscribe(hear)
        live.start(asyncio.get_running_loop())
        try:
            await asyncio.sleep(0.1)
            told.clear()
            began = time.monotonic()
            await asyncio.to_thread(happens)
            await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
        finally:
            await asyncio.to_thread(live.stop)
        return [(at - began, changes) for at, changes in told]

    return asyncio.run(look())


def test_an_import_redraws_the_screens_now_and_then_and_nothing_is_lost(box: Box) -> None:
    songs = [new_id() for _ in range(100)]

    def import_them() -> None:
        for song in songs:
            with box.db.write() as s:
                announce(s, "song", song)
                announce(s, "job", song)
            time.sleep(0.01)

    told = watch(box, import_them, lambda told: seen(told) == set(songs))
    assert len(told) < len(songs) / 5


def test_what_people_do_waits_for_no_work(box: Box) -> None:
    def work_and_ask() -> None:
        with box.db.write() as s:
            for _ in range(20):
                announce(s, "song", new_id())
        time.sleep(0.1)
        with box.db.write() as s:
            announce(s, "song", "another")
        with box.db.write() as s:
            announce(s, "queue")

    told = watch(box, work_and_ask, lambda told: any("queue" in changes for _, changes in told))
    asked = next(changes for _, changes in told if "queue" in changes)
    assert "another" in asked.keys["song"]  # what waited to be shown is shown with it


async def test_who_changes_something_is_shown_it_by_the_one_view_that_all_are_shown(house: House) -> None:
    await house.do(night.rename, BOX, "Friday")
    shown = await house.shown()
    assert shown is house.live.show
    assert shown.night == "Friday"
    await asyncio.to_thread(house.live.stop)
    await house.do(night.rename, BOX, "Saturday")
    assert (await house.shown()).night == "Saturday", "one of its own, where the others wait"


def seen(told: Told) -> set[str]:
    return set().union(*(changes.keys.get("song", ()) for _, changes in told))
