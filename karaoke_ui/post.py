"""How messages reach the open pages: straight to the queue of each page's socket, and the newest state first.

The library that NiceGUI sends by is made for messages to many at once, with files in them: it looks through each for
bytes, and makes a task for each page, which with 150 phones takes as long as to find the order of the queue.
"""

from collections import deque
from typing import Any

from nicegui import client, core
from nicegui.outbox import Outbox, deleted
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


class Forwards(Outbox):
    """NiceGUI repeats what a page missed behind what changed since, so that it would show what was, until the next
    change. Here a page that comes back gets each element that it missed as it is now, under numbers that only rise: a
    page passes over those that it believes to know.
    """

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
    core.sio.packet_class = Words
    core.sio.manager = Straight()
    core.sio.manager.set_server(core.sio)
