"""Pages without a browser: what a page's socket says is read all the time, and the moment it came is noted.

`NicePage` speaks what NiceGUI's script in a browser speaks: the page is fetched, its elements are read from it, and a
socket.io connection (version 4 over a WebSocket) brings updates and carries presses. `StagePage` is a stage's socket.
Reading takes next to nothing, so that twenty phones fit beside the box: a message is unpacked only when somebody
waits for it or presses something.
"""

import ast
import asyncio
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK

ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
QUERY = re.compile(r"^\s*query: (\{.*\}),$", re.MULTILINE)
# What the page escapes, in the order in which its script undoes it.
ESCAPED = {"&#36;": "$", "&#96;": "`", "&gt;": ">", "&lt;": "<", "&amp;": "&"}
# Packets of engine.io and, inside a message, of socket.io.
PING, PONG, CONNECT, EVENT = "2", "3", "40", "42"
UPDATE = f'{EVENT}["update",'
NUMBERED = re.compile(r'"_id":(\d+)')
# How often a page says what has arrived.
ACK_SECONDS = 3.0

Message = dict[str, Any]


class Line:
    """A socket, and those who wait for something to be said on it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._waiting: list[tuple[Callable[[Message], bool], asyncio.Future[float]]] = []
        self._reading = asyncio.create_task(self._read())

    def moment(self, wanted: Callable[[Message], bool]) -> asyncio.Future[float]:
        """When a wanted message comes from now on, on the clock `perf_counter`."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        return future

    async def aclose(self) -> None:
        await self._socket.close()
        await self._reading

    async def _go_on_with(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        # What is still said while a page is closed is not answered.
        with suppress(ConnectionClosedOK):
            async for text in self._socket:
                now = time.perf_counter()
                await self._hear(str(text), now)

    async def _hear(self, text: str, now: float) -> None:
        raise NotImplementedError

    def _tell(self, message: Message, now: float) -> None:
        waiting, self._waiting = self._waiting, []
        for wanted, future in waiting:
            if future.done():
                continue  # nobody waits for it any more
            if wanted(message):
                future.set_result(now)
            else:
                self._waiting.append((wanted, future))


class NicePage(Line):
    """An open NiceGUI page."""

    def __init__(self, socket: ClientConnection, asked: dict[str, str], elements: Message) -> None:
        super().__init__(socket)
        self._asked = asked
        self._client_id = asked["client_id"]
        self._elements = elements
        # The number that the next message will have, and when the box was told so.
        self._next = int(asked["next_message_id"])
        self._acked = 0.0
        # Updates that nobody has looked at yet.
        self._unread: list[str] = []

    @classmethod
    async def open(cls, browser: httpx.Client, path: str) -> Self:
        answer = await asyncio.to_thread(browser.get, path)
        html = answer.raise_for_status().text
        query, elements = QUERY.search(html), ELEMENTS.search(html)
        assert query is not None, "the page is not NiceGUI's as we know it"
        assert elements is not None, "the page is not NiceGUI's as we know it"
        # It stands there as Python writes it, and the page has a `True` of its own.
        asked = ast.literal_eval(query[1]) | {
            "implicit_handshake": "true",
            "EIO": "4",
            "transport": "websocket",
        }
        asked |= {"document_id": str(uuid4()), "tab_id": str(uuid4())}
        socket = await _greet(browser, asked)
        raw = elements[1]
        for escaped, character in ESCAPED.items():
            raw = raw.replace(escaped, character)
        return cls(socket, asked, json.loads(raw))

    async def resume(self, browser: httpx.Client, missed: int = 0) -> None:
        """Come back after the connection broke, and hear what was said meanwhile; the last `missed` messages before
        that had not arrived any more.
        """
        wanted = {"next_message_id": str(self._next - missed)}
        await self._go_on_with(await _greet(browser, self._asked | wanted))

    async def press(self, is_wanted: Callable[[Message], bool]) -> None:
        """Click on the one element that is wanted."""
        self._read_up()
        ((number, element),) = ((n, e) for n, e in self._elements.items() if e is not None and is_wanted(e))
        (listener,) = (each["listener_id"] for each in element["events"] if each["type"] == "click")
        press = {"id": int(number), "client_id": self._client_id, "listener_id": listener, "args": ["{}"]}
        await self._socket.send(EVENT + json.dumps(["event", press]))

    @property
    def says(self) -> set[str]:
        """What stands on it."""
        self._read_up()
        return texts(self._elements)

    def _read_up(self) -> None:
        for text in self._unread:
            self._elements |= _unpacked(text)
        self._unread.clear()

    async def _hear(self, text: str, now: float) -> None:
        if text == PING:
            await self._socket.send(PONG)
        if text.startswith(EVENT) and (number := NUMBERED.search(text, text.rfind('"_id":'))) is not None:
            if int(number[1]) < self._next:
                return  # known already, as far as a browser can tell
            self._next = int(number[1]) + 1
            if now > self._acked + ACK_SECONDS:
                self._acked = now
                said = {"client_id": self._client_id, "next_message_id": self._next}
                await self._socket.send(EVENT + json.dumps(["ack", said]))
        if text.startswith(UPDATE):
            self._unread.append(text)
            if self._waiting:
                self._tell(_unpacked(text), now)


class StagePage(Line):
    """A stage, from the browser that was let in as one."""

    @classmethod
    async def open(cls, browser: httpx.Client) -> Self:
        socket = await _connect(browser, "/stage/ws")
        page = cls(socket)
        told = page.moment(lambda _: True)
        await socket.send(json.dumps({"type": "hello", "armed": True}))
        await told
        return page

    async def _hear(self, text: str, now: float) -> None:
        message = json.loads(text)
        if message["type"] == "state":
            self._tell(message, now)


def _unpacked(text: str) -> Message:
    message: Message = json.loads(text.removeprefix(EVENT))[1]
    message.pop("_id")
    return message


def texts(update: Message) -> set[str]:
    """What the elements of an update say; a removed one is None there."""
    return {element["text"] for element in update.values() if element is not None and "text" in element}


async def _greet(browser: httpx.Client, asked: dict[str, str]) -> ClientConnection:
    socket = await _connect(browser, f"/_nicegui_ws/socket.io/?{httpx.QueryParams(asked)}")
    await socket.recv()  # engine.io says how it will ping
    await socket.send(CONNECT)
    welcome = str(await socket.recv())
    assert welcome.startswith(CONNECT), welcome
    return socket


async def _connect(browser: httpx.Client, path: str) -> ClientConnection:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    address = str(browser.base_url.join(path)).replace("http", "ws", 1)
    return await connect(address, additional_headers={"cookie": cookies}, proxy=None, max_size=None)
