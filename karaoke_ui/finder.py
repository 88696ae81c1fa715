"""YouTube for the screens: what one phone searched for is there for all, and only a few questions are out at once.

It has threads of its own: a YouTube that does not answer must not hold up those that read the database.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from karaoke_ui.limits import ALL_VIDEO_SEARCHES, VIDEO_SEARCHES, Limits
from pipeline.settings import Settings
from pipeline.sources import youtube
from pipeline.sources.youtube import Found, Health, Playlist

R = TypeVar("R")

THREADS = 3
RESULTS = 6
KEEP_SECONDS = 900.0
MOST_KEPT = 200


class Finder:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(THREADS, "youtube")
        self._limits = Limits()
        # What the last look at it found.
        self.found: Health | None = None
        self._kept: dict[str, tuple[float, asyncio.Future[tuple[Found, ...]]]] = {}

    async def search(self, words: str, source: str) -> tuple[Found, ...]:
        """Videos for these words, asked for by `source`."""
        key = " ".join(words.casefold().split())
        asked_at, search = self._kept.get(key, (0.0, None))
        if search is None or time.monotonic() - asked_at > KEEP_SECONDS:
            self._spend(source)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            search = asyncio.ensure_future(self._run(partial(self._search, key)))
            self._kept[key] = time.monotonic(), search
        try:
            return await asyncio.shield(search)
        finally:
            # A search that failed is not remembered.
            if search.done() and (search.cancelled() or search.exception()):
                self._kept.pop(key, None)

    async def look_up(self, link: str, source: str, *, playlists: bool = False) -> Playlist:
        """What a pasted link leads to."""
        self._spend(source)
        return await self._run(partial(youtube.look_up, self._settings, link, playlists))

    async def health(self) -> Health:
        """Does downloading work?"""
        self.found = await self._run(partial(youtube.health, self._settings))
        return self.found

    async def update(self) -> str:
        """Fetch the newest downloader; its version."""
        return await self._run(youtube.downloaders(self._settings.data).update)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _search(self, words: str) -> tuple[Found, ...]:
        return tuple(youtube.search(self._settings, words, RESULTS))

    def _spend(self, source: str) -> None:
        self._limits.spend(VIDEO_SEARCHES, source)
        self._limits.spend(ALL_VIDEO_SEARCHES, "all")

    async def _run(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
