"""From the database to the screens: one watcher sees every committed change, whichever process made it.

A thread polls SQLite's `data_version` (two microseconds a look; at once after a change of this process), reads the
rows of the change table past the last one it saw, builds the views that changed once, and hands them to the event
loop. Pages subscribe; nobody polls, and nothing else publishes. What people do is shown at once; what the work on
songs changes is gathered for a moment, since an import changes something a hundred times a second and every screen
would draw itself anew each time. And nothing new is handed over before the screens have drawn what came before: a full
house that changes faster than it can be told hears of several changes at once, instead of hearing of each one later
and later.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog
from nicegui import Event

from karaoke_ui.changes import Changes, Unshown
from karaoke_ui.show import clock, night, views, watch, watchdog
from karaoke_ui.show.lineup import Kept
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.show.watchdog import Watchdog
from karaoke_ui.workers import Workers
from pipeline import db
from pipeline.db import Database
from pipeline.errors import EncoreError
from pipeline.tables import Lane

log = structlog.get_logger()

POLL_SECONDS = 0.02
# What could not be shown is tried again so much later.
AGAIN_SECONDS = 0.5
LOOK_SECONDS, SWEEP_SECONDS = 0.2, 1.0
# Rows of the change table that are kept behind the newest one: every watcher is long past them.
KEEP_CHANGES = 1000
# Turns of the event loop in which every page draws a view and hands it to its socket.
TURNS_TO_DRAW = 5

OF_SHOW = {
    "queue",
    "playback",
    "night",
    "singer",
    "song",
    "track",
    "job",
    "lyrics",
    "stage",
    "model",
    "service",
}
OF_JOBS = {"job", "song", "queue"}


class Live:
    """The latest views, and the events that carry new ones. Events are emitted on the event loop."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._workers = Workers(locks)
        self.show = ShowView()
        self.jobs: tuple[JobView, ...] = ()
        self.on_show = Event[ShowView]()
        # The night has other rules than before, its language and its theme among them.
        self.on_rules = Event[ShowView]()
        self.on_jobs = Event[tuple[JobView, ...]]()
        self.on_changes = Event[Changes]()
        # The newest change that was made here, the newest that `show` tells of, and who waits for a newer one.
        self.made = self._told = 0
        self._waiting: list[asyncio.Event] = []
        self.watchdog = Watchdog()
        self._stopped = False
        # The newest change when old ones were last swept away, and the lanes that nobody works in.
        self._swept = 0
        self._missing: frozenset[Lane] = frozenset()
        # Something was just written here: there is no need to wait for the next look.
        self._news = threading.Event()
        self._line: Kept | None = None
        self._drawn = threading.Event()
        self._drawn.set()
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Build the first views, before the first page is served. What changes from here on is told."""
        with self._database.write() as s:
            night.current(s)
            night.playback(s)
        with self._database.read() as s:
            self._told = db.newest_change(s)
            self.show, self.jobs = views.show(s), views.job_list(s)

    async def show_of(self, change: int, patience: float) -> ShowView | None:
        """The show once it tells of this change: nobody builds it twice. None where that takes too long."""
        try:
            async with asyncio.timeout(patience):
                while self._told < change:
                    self._waiting.append(news := asyncio.Event())
                    await news.wait()
        except TimeoutError:
            return None
        return self.show

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._thread = threading.Thread(target=self._watch, args=(loop,), name="watcher", daemon=True)
        self._thread.start()

    def look(self, newest: int, line: Kept | None) -> None:
        """Whoever has just written something need not wait until that is noticed, and may know the order already."""
        self.made, self._line = newest, line
        self._news.set()

    def stop(self) -> None:
        self._stopped = True
        self._news.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        unshown = Unshown(self._database.path, self._told)
        looked = swept = ripe = again = 0.0
        while not self._stopped:
            self._news.wait(POLL_SECONDS)
            self._news.clear()
            if time.monotonic() >= again and not self._guard(unshown.read):
                again = time.monotonic() + AGAIN_SECONDS
            changes = unshown.changes
            is_ripe = time.monotonic() >= (again if changes.of_people else max(again, ripe))
            if changes.keys and is_ripe and self._drawn.is_set():
                if self._guard(partial(self._publish, loop, changes, unshown.last)):
                    unshown.shown()
                    ripe = time.monotonic() + changes.pause
                else:
                    again = time.monotonic() + AGAIN_SECONDS
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                self._guard(self._look)
            if time.monotonic() - swept > SWEEP_SECONDS:
                swept = time.monotonic()
                self._guard(partial(self._sweep, unshown.last))
                self._guard(partial(self._look_at_workers, loop))
        unshown.close()

    def _publish(self, loop: asyncio.AbstractEventLoop, changes: Changes, last: int) -> None:
        """The show goes ahead: while the screens draw it, the rest is looked up."""
        kinds = changes.keys.keys()
        jobs = self.jobs
        with self._database.read() as s:
            if kinds & OF_SHOW:
                loop.call_soon_threadsafe(self._emit_show, views.show(s, self._line), last)
            if kinds & OF_JOBS:
                jobs = views.job_list(s)
        self._drawn.clear()
        loop.call_soon_threadsafe(self._emit, changes, jobs, last)

    def _note(self, last: int) -> None:
        self._told = last
        for waiting in self._waiting:
            waiting.set()
        self._waiting.clear()

    def _emit_show(self, show: ShowView, last: int) -> None:
        before, self.show = self.show, replace(show, missing=self._missing)
        self.on_show.emit(self.show)
        if show.rules != before.rules:
            self.on_rules.emit(show)
        self._note(last)

    def _emit_missing(self, missing: frozenset[Lane]) -> None:
        self._missing = missing
        self._emit_show(self.show, self._told)

    def _emit(self, changes: Changes, jobs: tuple[JobView, ...], last: int) -> None:
        self._note(last)
        if jobs != self.jobs:
            self.jobs = jobs
            self.on_jobs.emit(jobs)
        self.on_changes.emit(changes)
        self._settle(TURNS_TO_DRAW)

    def _settle(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._settle, turns - 1)
        else:
            self._drawn.set()

    def _look(self) -> None:
        """What is over by itself is moved on, and what went wrong is mended."""
        now = clock.now()
        if watch.is_due(self.show, now):
            with self._database.write() as s:
                watch.look(s, now)
        order = self.watchdog.look(self.show, time.monotonic())
        if order is not None:
            log.info("watchdog", remedy=order.remedy.name, stage=order.stage_id)
            with self._database.write() as s:
                watchdog.carry_out(s, order)

    def _sweep(self, last: int) -> None:
        """Old rows of the change table go."""
        if last - self._swept > KEEP_CHANGES:
            self._swept = last
            with self._database.write() as s:
                s.connection().exec_driver_sql("DELETE FROM change WHERE id <= ?", (last - KEEP_CHANGES,))

    def _look_at_workers(self, loop: asyncio.AbstractEventLoop) -> None:
        missing = self._workers.missing(time.monotonic())
        if missing != self._missing:
            loop.call_soon_threadsafe(self._emit_missing, missing)

    def _guard(self, work: Callable[[], None]) -> bool:
        """Whether it could be done; what went wrong is logged, and the watcher goes on."""
        try:
            work()
            return True
        except EncoreError as error:
            log.warning("watcher hindered", reason=str(error))
        except Exception:
            log.exception("watcher broke")
        return False
