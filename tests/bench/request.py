"""A guest asks for a song: when do the host and the TV show it, with twenty phones connected?

The whole box runs. Twenty phones and the host's panel hold their pages open over NiceGUI's own socket, and a paired
stage holds its own; nobody draws, so what is measured ends where a browser gets the news. A phone presses `+` at a
song, then `Ask` in the sheet, as a guest does; the sheet sends that press as a request of its own. The clock starts
when it is sent. It stops when an update
reaches the host's page that carries the row with this singer and this title, and when a state reaches the stage that
counts one more waiting. One request at a time, from a phone and for a song drawn by lot, with a small pause in
between; the oldest turns are taken out, so that no guest has too many.

All these pages are one process beside the box on the same machine: its work is part of the times. The best-known
peer, measured in the same form, took 76 ms.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

from karaoke_ui.text import t
from tests import sound
from tests.bench import warm
from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.pages import NicePage, StagePage, texts
from tests.server import Server

GOAL, PEER = 0.040, 0.076
MOST_WAITING = 10
PATIENCE = 10.0
TITLES = ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord")


@dataclass(frozen=True)
class Room:
    """Everybody who is connected."""

    host: httpx.Client
    panel: NicePage
    stage: StagePage
    # By the singer's name.
    phones: dict[str, NicePage]
    browsers: dict[str, httpx.Client]
    # Title → id.
    songs: dict[str, str]


def measure(requests: int = 60, phones: int = 20) -> list[Figure]:
    with TemporaryDirectory() as name, Server(Path(name) / "data", whole=True, log_level="info") as server:
        _bring_songs(server, Path(name))
        on_panel, on_stage = zip(*asyncio.run(_evening(server, requests, phones)), strict=True)
    note = f"{requests} requests, {phones} phones"
    found = []
    for screen, times in (("host", list(on_panel)), ("stage", list(on_stage))):
        half, most = percentile(times, 0.5), percentile(times, 0.95)
        peer = f"{note}; {most / PEER:.2f} × the best-known peer ({PEER * 1000:.0f} ms)"
        found += [
            milliseconds(f"request → {screen}, p50", half, note=note),
            milliseconds(f"request → {screen}, p95", most, GOAL, peer),
        ]
    return found


def _bring_songs(server: Server, folder: Path) -> None:
    with server.host() as host:
        free = {"repeat_after": 0, "max_waiting": 0}
        host.patch("/api/v1/night/rules", json=free).raise_for_status()
        for seed, title in enumerate(TITLES):
            file = sound.save(folder / f"{title}.wav", sound.song(8, seed))
            warm.wait_until_ready(host, warm.bring(host, file))


async def _evening(server: Server, requests: int, phones: int) -> list[tuple[float, float]]:
    lot = random.Random(7)
    async with _room(server, phones) as room:
        found = []
        for _ in range(requests):
            found.append(await _ask(room, lot))
            await _make_room(room)
        return found


@asynccontextmanager
async def _room(server: Server, phones: int) -> AsyncIterator[Room]:
    async with AsyncExitStack() as open_pages:

        async def panel_or_phone(browser: httpx.Client, path: str) -> NicePage:
            open_pages.enter_context(browser)
            return await open_pages.enter_async_context(aclosing(await NicePage.open(browser, path)))

        host, tv = server.host(), open_pages.enter_context(server.paired_tv())
        tv.socket.close()  # its page goes on with the same cookie
        stage = await open_pages.enter_async_context(aclosing(await StagePage.open(tv.http)))
        panel = await panel_or_phone(host, "/host")
        names = [f"Guest {number}" for number in range(1, phones + 1)]
        browsers = {name: server.phone(name) for name in names}
        guests = {name: await panel_or_phone(browser, "/") for name, browser in browsers.items()}
        songs = {each["title"]: each["id"] for each in host.get("/api/v1/songs").json()["items"]}
        yield Room(host, panel, stage, guests, browsers, songs)


async def _ask(room: Room, lot: random.Random) -> tuple[float, float]:
    """One request; seconds until the host's page and the stage know it."""
    waiting = await _queue(room)
    asked = {(turn["singer"], turn["title"]) for turn in waiting}
    singer, title = lot.choice([(n, s) for n in sorted(room.phones) for s in TITLES if (n, s) not in asked])
    phone = room.phones[singer]
    sheet = phone.moment(lambda update: t("singer.sheet.heading") in texts(update))
    await phone.press(lambda e: e.get("props", {}).get("aria-label") == t("singer.search.ask", title=title))
    await asyncio.wait_for(sheet, PATIENCE)
    await asyncio.sleep(lot.uniform(0.1, 0.4))
    on_panel = room.panel.moment(lambda update: _is_row(texts(update), singer, title))
    on_stage = room.stage.moment(lambda state: state["waiting"] == len(waiting) + 1)
    began = perf_counter()
    body = {"song_id": room.songs[title], "id": uuid4().hex}
    answer = asyncio.create_task(asyncio.to_thread(room.browsers[singer].post, "/api/v1/turns", json=body))
    seen = await asyncio.wait_for(asyncio.gather(on_panel, on_stage), PATIENCE)
    (await answer).raise_for_status()
    return seen[0] - began, seen[1] - began


def _is_row(words: set[str], singer: str, title: str) -> bool:
    """The singer's name stands behind a face."""
    return title in words and any(singer in (each, each.split(" ", 1)[-1]) for each in words)


async def _make_room(room: Room) -> None:
    """Take out the oldest turn, when many wait."""
    waiting = await _queue(room)
    if len(waiting) >= MOST_WAITING:
        gone = room.stage.moment(lambda state: state["waiting"] == len(waiting) - 1)
        answer = await asyncio.to_thread(room.host.delete, f"/api/v1/turns/{waiting[0]['id']}")
        answer.raise_for_status()
        await asyncio.wait_for(gone, PATIENCE)


async def _queue(room: Room) -> list[dict[str, Any]]:
    answer = await asyncio.to_thread(room.host.get, "/api/v1/turns")
    turns: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return turns
