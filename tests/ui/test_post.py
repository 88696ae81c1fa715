"""What a page hears that was away for a moment: the newest, whatever it missed before."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engineio
import pytest
from engineio.packet import MESSAGE, Packet
from nicegui import Client, core
from nicegui.testing import User

from karaoke_ui.house import House
from karaoke_ui.post import Patient
from tests.bench.pages import NicePage
from tests.server import Server
from tests.ui.panel import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as running:
        yield running


async def test_a_phone_that_comes_back_shows_the_night_as_it_is_and_not_as_it_was(server: Server) -> None:
    with server.host() as host, server.phone("Ada") as phone:
        page = await NicePage.open(phone, "/")

        async def call_it(name: str) -> None:
            await asyncio.to_thread(host.patch, "/api/v1/night", json={"name": name})

        await call_it("Friday")
        await until(lambda: "Friday" in page.says)
        await page.aclose()
        await call_it("Saturday")
        await page.resume(phone, missed=1)
        await until(lambda: "Saturday" in page.says)
        await call_it("Sunday")
        await until(lambda: "Sunday" in page.says)
        await page.aclose()
        known = page._next
        await page.resume(phone, missed=1)
        await until(lambda: page._next > known)
        assert page.says.isdisjoint({"Friday", "Saturday"})
        for name in ("One", "Two", "Three"):
            await call_it(name)
            await until(lambda name=name: name in page.says)  # type: ignore[misc]
        await page.aclose()
        await page.resume(phone, missed=3)
        await call_it("Four")
        await until(lambda: "Four" in page.says)
        await page.aclose()


async def test_a_socket_hands_over_all_that_waits_and_then_its_end() -> None:
    socket = Patient(engineio.AsyncServer(async_mode="asgi"), "page")
    said = [Packet(MESSAGE, data=each) for each in ("one", "two")]
    waiting = asyncio.create_task(socket.poll())
    await asyncio.sleep(0)
    for each in (*said, None):
        socket.queue.put_nowait(each)
    assert await waiting == said
    assert await socket.poll() == [], "the end"
    idle = asyncio.create_task(socket.poll())
    await asyncio.sleep(0)
    idle.cancel()
    with pytest.raises(engineio.exceptions.QueueEmpty):
        await idle


async def test_a_page_that_is_given_up_leaves_in_silence(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[Exception] = []
    monkeypatch.setattr(core.app, "handle_exception", troubles.append)
    page = (await user.open("/")).id
    await asyncio.sleep(0.1)
    user.client = None
    Client.instances[page].delete()
    gc.collect()
    await asyncio.sleep(0.1)
    assert troubles == []


async def test_what_cannot_be_sent_takes_nothing_else_along(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[Exception] = []
    monkeypatch.setattr(core.app, "handle_exception", troubles.append)
    page = await user.open("/")
    sent: list[str] = []
    emit = page.outbox._emit

    async def fragile(message: Any) -> None:
        if "broken" in message[2]:
            raise ValueError("broken")
        sent.append(message[1])
        await emit(message)

    monkeypatch.setattr(page.outbox, "_emit", fragile)
    page.outbox.enqueue_message("first", {"broken": True}, page.id)
    page.outbox.enqueue_message("second", {}, page.id)
    await until(lambda: "second" in sent)
    assert [str(each) for each in troubles] == ["broken"]
