"""How messages reach the open pages: straight to the queue of each page's socket, and the newest state first.

The library that NiceGUI sends by is made for messages to many at once, with files in them: it looks through each for
bytes, and makes a task for each page, which with 150 phones takes as long as to find the order of the queue. It also
looks after each page once a second, where here a page costs nothing while it has nothing to say.
"""

import asyncio
from collections import deque
from typing import Any

from engineio import async_socket
from engineio.async_socket import AsyncSocket
from engineio.exceptions import QueueEmpty
from nicegui import client, core
from nicegui.dependencies import JsComponent
from nicegui.outbox import Message, Outbox, deleted
from socketio.async_manager import AsyncManager
from socketio.packet import EVENT, Packet


class Words(Packet):  # type: ignore[misc]
    """Nothing that pages are told holds bytes."""

    uses_binary_events = False


class Straight(AsyncManager):  # type: ignore[misc]
    async def emit(self, event: str, data: Any, namespace: str, room: str, **_: Any) -> None:
        """To the pages in a room, which are one: NiceGUI gives each page a room of its own."""
        packet = self.server.packet_class(EVENT, [event, data], namespace).encode()
        for _, socket_id in self.get_participants(namespace, room):
            await self.server.eio.send(socket_id, packet)


class Patient(AsyncSocket):  # type: ignore[misc]
    """Waits for something to send without a clock: who is gone is known by a ping that is not answered."""

    async def poll(self) -> list[Any]:
        packets: list[Any] = []
        try:
            while not packets or not self.queue.empty():
                packet = await self.queue.get()
                self.queue.task_done()
                if packet is None:  # the end, to be found again by the next look
                    if packets:
                        self.queue.put_nowait(None)
                    break
                packets.append(packet)
        except asyncio.CancelledError:
            raise QueueEmpty from None
        return packets


class Forwards(Outbox):
    """Tells a page what is new, and only then.

    NiceGUI repeats what a page missed behind what changed since, so that it would show what was, until the next change.
    Here a page that comes back gets each element that it missed as it is now, under numbers that only rise: a
    page passes over those that it believes to know.
    """

    async def loop(self) -> None:
        """Woken by what there is to tell, and by a page that connects: nobody else is told anything."""
        self._enqueue_event = news = asyncio.Event()
        news.set()
        while True:
            try:
                await news.wait()
                news.clear()
                if self._should_stop:  # the page may be gone altogether
                    break
                if self.client.has_socket_connection:
                    for message in self._collect():
                        await self._tell(message)
            except asyncio.CancelledError:
                break
            except Exception as error:  # noqa: BLE001
                core.app.handle_exception(error)

    async def _tell(self, message: Message) -> None:
        """One that cannot be sent takes none of the others along."""
        try:
            await self._emit(message)
        except Exception as error:  # noqa: BLE001
            core.app.handle_exception(error)

    def wake(self) -> None:
        self._set_enqueue_event()

    def _collect(self) -> list[Message]:
        """What changed, as it is now, and then what was said; before both, what draws it."""
        page = self.client.id
        found: list[Message] = []
        if self.updates:
            changed: dict[int, Any] = dict(self.updates)
            self.updates.clear()
            parts = (each.component for each in changed.values() if each is not deleted)
            scripts = {part.name: part for part in parts if isinstance(part, JsComponent)}
            new = scripts.keys() - self._loaded_components
            if new:
                self._loaded_components |= new
                components = [{"key": scripts[name].key, "tag": scripts[name].tag} for name in new]
                found.append((page, "load_js_components", {"components": components}))
            drawn = {key: None if each is deleted else each._to_dict() for key, each in changed.items()}  # noqa: SLF001
            found.append((page, "update", drawn))
        found += self.messages
        self.messages.clear()
        return found

    def try_rewind(self, target_message_id: int) -> None:
        newest = self.next_message_id
        super().try_rewind(target_message_id)
        self.next_message_id = newest
        repeated, self.messages = self.messages, deque()
        for message in repeated:
            _, kind, data = message
            if kind == "update":
                for element_id in data.keys() - {"_id"}:
                    self.updates[element_id] = self.client.elements.get(element_id, deleted)
            elif kind == "load_js_components":
                self._loaded_components.clear()
            else:
                self.messages.append(message)


def install() -> None:
    """Before the first page is served."""
    client.Outbox = Forwards  # type: ignore[attr-defined]
    async_socket.AsyncSocket = Patient
    core.app.on_connect(lambda page: page.outbox.wake())
    core.sio.packet_class = Words
    core.sio.manager = Straight()
    core.sio.manager.set_server(core.sio)
