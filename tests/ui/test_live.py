"""What changes in the database reaches the screens: people's doings at once, the work on songs now and then."""

import asyncio
import time
from collections.abc import Callable

from karaoke_ui.live import GATHER_AT_MOST, Changes, Live
from pipeline.box import Box
from pipeline.db import announce
from pipeline.tables import new_id


def watch(box: Box, happens: Callable[[], None], seconds: float) -> list[tuple[float, Changes]]:
    """What is told within so many seconds, and when, counted from what happens."""

    async def look() -> list[tuple[float, Changes]]:
        live = Live(box.db)
        live.load()
        told: list[tuple[float, Changes]] = []
        live.on_changes.subscribe(lambda changes: told.append((time.monotonic(), changes)))
        live.start(asyncio.get_running_loop())
        try:
            await asyncio.sleep(0.1)
            told.clear()
            began = time.monotonic()
            await asyncio.to_thread(happens)
            await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
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

    told = watch(box, import_them, 1.5 + GATHER_AT_MOST)
    assert len(told) < 10
    assert set().union(*(changes.keys["song"] for _, changes in told)) == set(songs)
    assert told[0][0] < 0.3  # the first of them is seen at once


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

    told = watch(box, work_and_ask, 0.6)
    (at, asked), *_ = [(at, changes) for at, changes in told if "queue" in changes]
    assert at < 0.5
    assert "another" in asked.keys["song"]
