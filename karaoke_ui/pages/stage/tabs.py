"""The open pages of one stage: tabs of one browser share its key, and only one of them plays."""

from fastapi import WebSocket


class Tabs:
    """Who said hello last plays, unless it has been told that another page does."""

    def __init__(self) -> None:
        # By the name that each page gives itself: one that comes back from a lost line replaces its own dead socket.
        self._open: dict[str, WebSocket] = {}
        self._playing = ""

    @property
    def sockets(self) -> list[WebSocket]:
        return list(self._open.values())

    @property
    def player(self) -> WebSocket | None:
        return self._open.get(self._playing)

    def enter(self, page: str, socket: WebSocket, *, silent: bool) -> None:
        """`silent`: the page knows of another one that plays, and waits until that is gone."""
        self.leave(socket)
        self._open[page] = socket
        if not silent:
            self._playing = page

    def leave(self, socket: WebSocket) -> None:
        self._open = {page: other for page, other in self._open.items() if other is not socket}

    def settle(self) -> bool:
        """Let the newest of the others play where the page that played is gone; whether it came to that."""
        if self._playing in self._open or not self._open:
            return False
        self._playing = list(self._open)[-1]
        return True
