"""How much a request may bring: files as large as the settings say, and little else. Counted while it comes in."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karaoke_ui.guard import error_response
from pipeline.errors import TooMuch

MB = 1_000_000
# Where files come in, which are spooled to the disk: from programs, and from the pages' upload fields.
UPLOADS = ("/api/v1/songs", "/_nicegui/client/")
# What else is sent is held in memory.
SMALL_MB = 2


class Intake:
    """ASGI middleware that stops a body when it grows too large, and refuses at once one that says it will."""

    def __init__(self, app: ASGIApp, upload_mb: int) -> None:
        self._app = app
        self._upload_mb = upload_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A form takes some bytes more than the file in it.
        most_mb = self._upload_mb + 1 if scope["path"].startswith(UPLOADS) else SMALL_MB
        said = Headers(scope=scope).get("content-length", "")
        if said.isdigit() and int(said) > most_mb * MB:
            await error_response(TooMuch(limit=most_mb))(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most_mb * MB:
                raise TooMuch(limit=most_mb)
            return message

        await self._app(scope, counted, send)
