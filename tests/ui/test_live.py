"""What changes in the database reaches the screens: people's doings at once, the work on songs now and then."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from karaoke_ui import changes, live, workers
from karaoke_ui import house as houses
from karaoke_ui.changes import GATHER_SECONDS, Changes, Unshown
from karaoke_ui.house import House
from karaoke_ui.live import Live
from karaoke_ui.show import night, views
from karaoke_ui.show.rights import BOX
from pipeline.box import Box
from pipeline.db import announce
from pipeline.locks import lock
from pipeline.tables import Lane, new_id
from tests.ui.panel import until

PATIENCE_SECONDS = 20.0
Told = list[tuple[float, Changes]]


def watch(box: Box, happens: Callable[[], None], until: Callable[[Told], bool]) -> Told:
    """What is told until that is so, and when, counted from what happens."""

    async def look() -> Told:
        live = Live(box.db, box.settings.locks)
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
    assert len(told) - 1 <= told[-1][0] / GATHER_SECONDS


def test_what_people_do_waits_for_no_work(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "GATHER_AT_MOST", 2 * PATIENCE_SECONDS)
    monkeypatch.setattr(changes, "PER_SONG_SECONDS", 2 * PATIENCE_SECONDS)

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


async def test_who_changes_something_is_shown_it_by_the_one_view_that_all_are_shown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patient:
        patient.setattr(houses, "SHOWN_SECONDS", PATIENCE_SECONDS)
        await house.do(night.rename, BOX, "Friday")
        shown = await house.shown()
        assert shown is house.live.show
        assert shown.night == "Friday"
    await asyncio.to_thread(house.live.stop)
    await house.do(night.rename, BOX, "Saturday")
    assert (await house.shown()).night == "Saturday", "one of its own, where the others wait"


async def test_what_changes_while_the_house_opens_is_told(box: Box) -> None:
    """The first views are there before anybody looks for newer ones; work on songs goes on meanwhile."""
    live = Live(box.db, box.settings.locks)
    live.load()
    with box.db.write() as s:
        night.rename(s, BOX, "Friday")
    live.start(asyncio.get_running_loop())
    try:
        await until(lambda: live.show.night == "Friday")
    finally:
        await asyncio.to_thread(live.stop)


async def test_what_could_not_be_shown_is_shown_later_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    told: list[Changes] = []
    show, list_jobs = views.show, views.job_list

    def fails(what: str, times: int, work: Callable[..., Any], *args: Any) -> Any:
        if tries.count(what) < times:
            tries.append(what)
            raise RuntimeError("it could not be read")
        return work(*args)

    monkeypatch.setattr(views, "show", partial(fails, "show", 2, show))
    monkeypatch.setattr(views, "job_list", partial(fails, "jobs", 1, list_jobs))
    house.live.on_changes.subscribe(told.append)
    began = time.monotonic()
    with house.box.db.write() as s:
        night.rename(s, BOX, "Friday")
        announce(s, "job", "one")
    await until(lambda: bool(told))
    assert tries == ["show", "show", "jobs"]
    assert time.monotonic() - began >= 3 * live.AGAIN_SECONDS, "it rests in between"
    assert house.live.show.night == "Friday"
    await asyncio.sleep(2 * live.AGAIN_SECONDS)
    assert len([changes for changes in told if "night" in changes]) == 1
    assert told[0].keys["job"] == {"one"}


async def test_a_look_that_fails_ends_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed meanwhile is told by the next one."""
    tries: list[None] = []
    read = Unshown.read

    def fails(unshown: Unshown) -> None:
        tries.append(None)
        if len(tries) <= 2:
            raise sqlite3.OperationalError("disk I/O error")
        read(unshown)

    monkeypatch.setattr(Unshown, "read", fails)
    with house.box.db.write() as s:
        night.rename(s, BOX, "Friday")
    await until(lambda: house.live.show.night == "Friday")
    assert len(tries) > 2


def seen(told: Told) -> set[str]:
    return set().union(*(changes.keys.get("song", ()) for _, changes in told))


async def test_that_nobody_prepares_songs_is_shown_after_a_while(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that somebody does again, at once."""
    monkeypatch.setattr(workers, "AWAY_SECONDS", 1.5)
    heard: list[frozenset[Lane]] = []
    house.live.on_show.subscribe(lambda show: heard.append(show.missing))
    assert house.live.show.missing == frozenset(), "they may only be starting"
    await until(lambda: bool(heard))
    assert heard[0] == set(Lane)
    with lock(house.box.settings.locks, Lane.PREPARE):
        await until(lambda: heard[-1] == {Lane.SEPARATE})
        await house.do(night.rename, BOX, "Friday")
        await until(lambda: house.live.show.night == "Friday")
        assert heard[-1] == {Lane.SEPARATE}, "other news keeps it"
    assert set(heard) == {frozenset(Lane), frozenset({Lane.SEPARATE})}
