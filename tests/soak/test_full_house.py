"""Two hours of a night in ten minutes: fifty phones that fall asleep, come back and are loaded anew, while songs are
asked for and sung; the panel and the TV come and go as well. Memory stays flat, and the log knows of no error.

A phone that wakes goes on where it was, as long as the box keeps its page: it hears what it missed, and is not told
to load itself anew. `make soak` runs it; the ordinary suite does not.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event

import httpx
import pytest

from tests.bench.pages import NicePage
from tests.server import Server, Tv
from tests.soak.night import bring_songs, errors, sing, web_mb

SECONDS, PHONES = 600.0, 50
# Pages that are left stay for two minutes, in case the phone comes back. Only when the room of the first ones has been
# taken by others all is as it is in the evening.
WARM_SECONDS, SAMPLE_SECONDS = 300.0, 5.0
# Samples at either end that are compared, and what may lie between them.
SAMPLES, GROWTH = 12, 1.04
# In seconds: a phone goes and comes, somebody asks, the panel goes and comes, the TV does.
PHONE_EVERY, ASK_EVERY, PANEL_EVERY, TV_EVERY = 0.7, 1.0, 20.0, 15.0
# Of those that go, how many are loaded anew.
ANEW = 0.3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", whole=True, log_level="info") as running:
        yield running


class SleepyPage(NicePage):
    """A page that nobody presses anything on."""

    lost = 0

    async def _hear(self, text: str, now: float) -> None:
        await super()._hear(text, now)
        self._unread.clear()
        type(self).lost += "outbox rewind failed" in text


@dataclass
class Guest:
    browser: httpx.Client
    path: str
    page: SleepyPage

    async def nap(self, lot: random.Random) -> None:
        """The connection breaks; after a moment the page goes on, or is loaded anew."""
        await self.page.aclose()
        await asyncio.sleep(lot.uniform(0.1, 2.0))
        if lot.random() < ANEW:
            self.page = await SleepyPage.open(self.browser, self.path)
        else:
            await self.page.resume(self.browser)


def test_two_hours_with_fifty_phones_keep_their_memory(server: Server, tmp_path: Path) -> None:
    over = Event()
    with server.host() as host, ThreadPoolExecutor(1) as stage:
        songs = bring_songs(host, tmp_path, 6)
        sung = stage.submit(_sing_all_night, server, over)
        try:
            held = asyncio.run(Evening(server, songs).pass_by())
        finally:
            over.set()
        assert sung.result() > SECONDS / 20
    begun, ended = median(held[:SAMPLES]), median(held[-SAMPLES:])
    assert ended <= GROWTH * begun, f"{begun:.0f} MB grew to {ended:.0f} MB"
    assert SleepyPage.lost == 0
    assert errors(server) == []


def _sing_all_night(server: Server, over: Event) -> int:
    """The TV, from its own connection; each time it comes back it leads again."""
    sung = 0
    tv = server.paired_tv()
    with server.host() as host:
        since = time.monotonic()
        while not over.wait(0.5):
            if host.get("/api/v1/turns").json()["items"]:
                sing(host, tv)
                sung += 1
            if time.monotonic() - since > TV_EVERY:
                since = time.monotonic()
                cookies = tv.http.cookies
                tv.close()
                tv = Tv(server, cookies=cookies)
                assert tv.state["stage"]["leading"]
        tv.close()
    return sung


class Evening:
    """The guests and the panel, and what the web process held once it was warm."""

    def __init__(self, server: Server, songs: list[str]) -> None:
        self.held: list[float] = []
        self._server = server
        self._songs = songs
        self._lot = random.Random(7)
        self._began = 0.0
        self._naps: list[asyncio.Task[None]] = []

    async def pass_by(self) -> list[float]:
        async with AsyncExitStack() as open_browsers:

            async def come(browser: httpx.Client, path: str) -> Guest:
                open_browsers.enter_context(browser)
                return Guest(browser, path, await SleepyPage.open(browser, path))

            panel = await come(self._server.host(), "/host")
            guests = [
                await come(self._server.phone(f"Guest {number}"), "/") for number in range(1, PHONES + 1)
            ]
            self._began = time.monotonic()
            try:
                await asyncio.gather(
                    self._phones(guests), self._requests(guests), self._panel(panel), self._watch()
                )
                await asyncio.gather(*self._naps)
            finally:
                for each in (panel, *guests):
                    await each.page.aclose()
        return self.held

    async def _every(self, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return time.monotonic() - self._began < SECONDS

    async def _phones(self, guests: list[Guest]) -> None:
        """One after the other, so that whoever goes has been back for long."""
        for guest in itertools.cycle(guests):
            if not await self._every(PHONE_EVERY):
                return
            self._naps.append(asyncio.create_task(guest.nap(self._lot)))

    async def _requests(self, guests: list[Guest]) -> None:
        while await self._every(ASK_EVERY):
            asked = {"song_id": self._lot.choice(self._songs)}  # twice the same is refused
            await asyncio.to_thread(self._lot.choice(guests).browser.post, "/api/v1/turns", json=asked)

    async def _panel(self, panel: Guest) -> None:
        while await self._every(PANEL_EVERY):
            await panel.nap(self._lot)

    async def _watch(self) -> None:
        while await self._every(SAMPLE_SECONDS):
            if time.monotonic() - self._began > WARM_SECONDS:
                self.held.append(await asyncio.to_thread(web_mb, self._server))
