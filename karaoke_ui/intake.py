"""How much a request may bring: files as large as the settings say, and little else. Counted while it comes in."""

import asyncio

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karaoke_ui.guard import error_response
from pipeline.errors import TooMuch

log = structlog.get_logger()

MB = 1_000_000
# Where files come in, which are spooled to the disk: from programs, and from the pages' upload fields.
UPLOADS = ("/api/v1/songs", "/_nicegui/client/")
# Of a guest's phone.
GUEST_UPLOADS = "/api/v1/songs/brought"
# What else is sent is held in memory.
SMALL_MB = 2
# Who is refused while still sending would see a broken connection instead of the reason: the rest is read and dropped.
LINGER_SECONDS = 10.0


class Intake:
    """ASGI middleware, outermost: stops a body when it grows too large, and refuses at once one that says it will."""

    def __init__(self, app: ASGIApp, upload_mb: int, guest_mb: int) -> None:
        self._app = app
        self._upload_mb = upload_mb
        self._guest_mb = guest_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._take_in(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _take_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not ("content-length" in headers or "transfer-encoding" in headers):
            await self._app(scope, receive, send)
            return
        most_mb = self._most(scope["path"])
        body = Body(receive, send, most_mb)
        said = headers.get("content-length", "")
        if said.isdigit() and int(said) > most_mb * MB:
            log.info("request refused", path=scope["path"], code=TooMuch.code, bytes=int(said))
            await error_response(TooMuch(limit=most_mb))(scope, body.receive, body.send)
        else:
            await self._app(scope, body.receive, body.send)

    def _most(self, path: str) -> int:
        # A form takes some bytes more than the file in it.
        if path == GUEST_UPLOADS:
            return self._guest_mb + 1
        return self._upload_mb + 1 if path.startswith(UPLOADS) else SMALL_MB


class Body:
    """The body of one request on its way in, and the answer that waits for its end."""

    def __init__(self, receive: Receive, send: Send, most_mb: int) -> None:
        self._receive = receive
        self._send = send
        self._most_mb = most_mb
        self._came = 0
        self._whole = False

    async def receive(self) -> Message:
        message = await self._next()
        if self._came > self._most_mb * MB:
            raise TooMuch(limit=self._most_mb)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._whole:
            try:
                async with asyncio.timeout(LINGER_SECONDS):
                    while not self._whole:
                        await self._next()
            except TimeoutError:
                log.info("body not waited for", bytes=self._came)
        await self._send(message)

    async def _next(self) -> Message:
        message = await self._receive()
        self._came += len(message.get("body", b""))
        self._whole = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message
