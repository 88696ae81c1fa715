"""A full house: 150 phones, the panel and a stage, and five requests a second. When has everybody seen one?

The whole box runs, and every phone lies open at `Now`, where it shows all that changes: no other page of a phone has
more to do. A few turns more wait from the start than a phone lists, so each further one is seen by a phone as another
“and … more”, by the panel as another song in its sum, and by the stage as one more that waits. Requests come as a
programme of their own sends them, at their times, whether or not those before have been seen. The clock starts when
one is sent, and stops when the last of all these screens has heard of it. The queue only grows meanwhile.

Memory is that of the web process, by phone, from the tenth phone on; idle is its processor time while nobody does
anything. Phones and panel are one process beside the box on the same machine, whose work is part of the times.
"""

import asyncio
import json
import os
import random
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx

from karaoke_ui.pages.singer.now import MOST_ROWS
from karaoke_ui.text import t
from tests import sound
from tests.bench import warm
from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.pages import NicePage, StagePage
from tests.server import Server

PHONES, REQUESTS, A_SECOND = 150, 150, 5
GOALS, PEER = (0.060, 0.150), (0.623, 2.054)
MEMORY_MB, IDLE_PERCENT = 0.7, 5.0
# Phones that come first, so that what the box learns once is not counted; and how long nobody does anything.
FIRST, IDLE_SECONDS, REST_SECONDS = 10, 20.0, 3.0
# After so many have come, the box looks through its memory once, in the first quiet moment.
SETTLE_SECONDS = 10.0
PATIENCE = 60.0
TITLES = ("Amber", "Birch")


def counted(key: str) -> re.Pattern[str]:
    """What a screen says of how many there are, up to the next thing that is filled in."""
    before, after = t(key, n="\0", minutes="\1").split("\1")[0].split("\0")
    return re.compile(re.escape(before) + r"(\d+)" + re.escape(after))


MORE, SUM = counted("singer.now.more.many"), counted("host.queue.sum.many")


class Counter:
    """When a screen first knew of so many turns."""

    def __init__(self) -> None:
        self.moments: dict[int, float] = {}
        self._most = 0

    def know(self, count: int, now: float) -> None:
        for each in range(self._most + 1, count + 1):
            self.moments[each] = now
        self._most = max(self._most, count)


class Screen(NicePage):
    """A page of which only a number is read."""

    pattern = MORE
    beside = MOST_ROWS

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.counter = Counter()

    async def _hear(self, text: str, now: float) -> None:
        await super()._hear(text, now)
        if (found := self.pattern.search(text)) is not None:
            self.counter.know(int(found[1]) + self.beside, now)


class Panel(Screen):
    pattern = SUM
    beside = 0


class CountingStage(StagePage):
    def __init__(self, *given: Any) -> None:
        self.counter = Counter()
        super().__init__(*given)

    async def _hear(self, text: str, now: float) -> None:
        await super()._hear(text, now)
        message = json.loads(text)
        if message["type"] == "state":
            self.counter.know(message["waiting"], now)


@dataclass
class Room:
    counters: list[Counter]
    browsers: list[httpx.Client]
    mb_per_phone: float
    idle_percent: float


def measure(requests: int = REQUESTS, phones: int = PHONES) -> list[Figure]:
    with house() as server:
        times, room = asyncio.run(_evening(server, requests, phones))
    note = f"{requests} requests, {A_SECOND} a second, {phones} phones"
    found = []
    for share, goal, peer in zip((0.5, 0.95), GOALS, PEER, strict=True):
        value = percentile(times, share)
        against = f"{note}; {value / peer:.2f} × the best-known peer ({peer * 1000:.0f} ms)"
        found.append(milliseconds(f"request → seen by all, p{share * 100:.0f}", value, goal, against))
    return [
        *found,
        Figure("memory of a phone", room.mb_per_phone, "MB", MEMORY_MB, f"web process, {phones} phones"),
        Figure("idle with phones", room.idle_percent, "%", IDLE_PERCENT, f"of one core, {phones} phones"),
    ]


@contextmanager
def house() -> Iterator[Server]:
    """A box with two songs, in which anybody may ask for anything, as often as they like."""
    with TemporaryDirectory() as name, Server(Path(name) / "data", whole=True, log_level="info") as server:
        with server.host() as host:
            for seed, title in enumerate(TITLES):
                file = sound.save(Path(name) / f"{title}.wav", sound.song(8, seed))
                warm.wait_until_ready(host, warm.bring(host, file))
            free = {"repeat_after": 0, "max_waiting": 0}
            host.patch("/api/v1/night/rules", json=free).raise_for_status()
        yield server


async def _evening(server: Server, requests: int, phones: int) -> tuple[list[float], Room]:
    async with _room(server, phones) as room:
        songs = [song["id"] for song in room.browsers[0].get("/api/v1/songs").json()["items"]]
        lot = random.Random(7)
        guests = room.browsers[1:]
        asked = [(guest, song) for song in songs for guest in lot.sample(guests, len(guests))]
        already = MOST_ROWS + 2
        assert already + requests <= len(asked), "nobody is left who could ask"
        for guest, song in asked[:already]:
            await _ask(guest, song)
        await _until_all_know(room, already)
        await asyncio.sleep(REST_SECONDS)
        began = perf_counter()
        sent, asking = [], []
        for number, (guest, song) in enumerate(asked[already : already + requests]):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - perf_counter()))
            sent.append(perf_counter())
            asking.append(asyncio.create_task(_ask(guest, song)))
        await asyncio.gather(*asking)
        await _until_all_know(room, already + requests)
    seen = [
        max(each.moments[count] for each in room.counters)
        for count in range(already + 1, already + requests + 1)
    ]
    return [there - then for there, then in zip(seen, sent, strict=True)], room


@asynccontextmanager
async def _room(server: Server, phones: int) -> AsyncIterator[Room]:
    """Everybody comes; what a phone takes of the memory, and all of them of the processor, is looked at on the way."""
    web = server.children()["web"]
    async with AsyncExitStack() as open_pages:

        async def come(browser: httpx.Client, path: str, kind: type[Screen]) -> Screen:
            open_pages.enter_context(browser)
            return await open_pages.enter_async_context(aclosing(await kind.open(browser, path)))

        tv = open_pages.enter_context(server.paired_tv())
        tv.socket.close()  # its page goes on with the same cookie
        stage = await open_pages.enter_async_context(aclosing(await CountingStage.open(tv.http)))
        browsers = [server.host()]
        screens = [await come(browsers[0], "/host", Panel)]
        before = 0.0
        for number in range(1, phones + 1):
            browsers.append(await asyncio.to_thread(server.phone, f"Guest {number}"))
            screens.append(await come(browsers[-1], "/", Screen))
            await screens[-1].press(lambda e: e.get("text") == t("singer.tabs.now"))
            if number == FIRST:
                await asyncio.sleep(REST_SECONDS)
                before = memory_mb(web)
        await asyncio.sleep(SETTLE_SECONDS)
        grown = (memory_mb(web) - before) / (phones - FIRST)
        worked = processor_seconds(web)
        await asyncio.sleep(IDLE_SECONDS)
        idle = (processor_seconds(web) - worked) / IDLE_SECONDS * 100
        yield Room([stage.counter, *(screen.counter for screen in screens)], browsers, grown, idle)


async def _ask(guest: httpx.Client, song: str) -> None:
    answer = await asyncio.to_thread(guest.post, "/api/v1/turns", json={"song_id": song})
    answer.raise_for_status()


async def _until_all_know(room: Room, count: int) -> None:
    until = perf_counter() + PATIENCE
    while not all(count in each.moments for each in room.counters):
        late = sum(count not in each.moments for each in room.counters)
        assert perf_counter() < until, (
            f"{late} of {len(room.counters)} screens have not heard of {count} turns"
        )
        await asyncio.sleep(0.05)


def memory_mb(pid: int) -> float:
    return int(_process(pid, "rss")) / 1024


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors; to the hundredth where the system tells it."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    minutes, _, seconds = _process(pid, "time").rpartition(":")
    return int(minutes or 0) * 60 + float(seconds)


def _process(pid: int, what: str) -> str:
    listed = subprocess.run(
        ["ps", "-o", f"{what}=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return listed.stdout.strip()
