"""The web process's hands: the box, the live views, and database work that stays off the event loop."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlmodel import Session

from karaoke_ui import text
from karaoke_ui.finder import Finder
from karaoke_ui.limits import Limits
from karaoke_ui.live import Live
from karaoke_ui.reactions import Reactions
from karaoke_ui.show import lineup, views
from karaoke_ui.show.offsets import Tapping
from karaoke_ui.show.rights import Actor
from karaoke_ui.show.views import ShowView
from pipeline import db
from pipeline.audio.render import Renderer
from pipeline.box import Box
from pipeline.tables import Lane

log = structlog.get_logger()

# A view that takes longer than this is built once more: the one that asks is not to wait for all the others.
SHOWN_SECONDS = 0.5

P = ParamSpec("P")
R = TypeVar("R")


class House:
    """One writer thread, so that writes of this process never wait for each other's locks; a pool of readers."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.live = Live(box.db, box.settings.locks)
        self.limits = Limits()
        self.reactions = Reactions()
        self.tapping = Tapping()
        self.youtube = Finder(box.settings)
        self.renderer = Renderer(box.settings.cache / "stage", box.settings.cache_mb)
        self._writer = ThreadPoolExecutor(1, "writer")
        self._readers = ThreadPoolExecutor(8, "reader")

    async def do(
        self,
        action: Callable[Concatenate[Session, Actor, P], R],
        actor: Actor,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Carry out what somebody asks for, in a transaction of its own; the log tells who asked."""
        with structlog.contextvars.bound_contextvars(**{actor.role.value: actor.id[:8]}):
            done = await self.write(lambda s: action(s, actor, *args, **kwargs))
            log.info("done", action=action.__name__)
            return done

    async def write(self, change: Callable[[Session], R]) -> R:
        def run() -> R:
            with self.box.db.write() as s:
                done = change(s)
                line = lineup.kept(s)
                newest = db.newest_change(s)
            self.live.look(newest, line)
            return done

        return await self._in(self._writer, run)

    async def read(self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        def run() -> R:
            with self.box.db.read() as s:
                return query(s, *args, **kwargs)

        return await self._in(self._readers, run)

    async def shown(self) -> ShowView:
        """The show with what was just done here: the view that all screens are told of, built once for all of them."""
        told = await self.live.show_of(self.live.made, SHOWN_SECONDS)
        return await self.read(views.show) if told is None else told

    async def work(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Anything else that takes long: files, passwords, pictures."""
        return await self._in(self._readers, lambda: function(*args, **kwargs))

    async def _in(self, pool: ThreadPoolExecutor, run: Callable[[], R]) -> R:
        """Run in a thread that logs in the name of whoever waits for it, and speaks the same language."""
        context = contextvars.copy_context()
        context.run(text.spoken.set, text.language())
        return await asyncio.get_running_loop().run_in_executor(pool, context.run, run)

    def wake(self) -> None:
        for lane in Lane:
            self.box.lanes.wake(lane)

    def close(self) -> None:
        self.live.stop()
        self.youtube.close()
        self.renderer.close()
        self._writer.shutdown()
        self._readers.shutdown()
        self.box.close()
