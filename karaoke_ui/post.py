"""How messages reach the open pages: straight to the queue of each page's socket.

The library that NiceGUI sends by is made for messages to many at once, with files in them: it looks through each for
bytes, and makes a task for each page, which with 150 phones takes as long as to find the order of the queue.
"""

from typing import Any

from nicegui import core
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


def install() -> None:
    """Before the first page is served."""
    core.sio.packet_class = Words
    core.sio.manager = Straight()
    core.sio.manager.set_server(core.sio)
