"""In front of everything: who asks, may they, and one body for every error. Deny by default."""

import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from karaoke_ui import address, auth, text, tongue
from karaoke_ui.house import House
from karaoke_ui.pages import lost
from karaoke_ui.show import facts
from karaoke_ui.show.rights import NOBODY, Actor, Role, refusal
from pipeline.errors import DiskFull, EncoreError, NotFound, RightsError
from pipeline.store import NO_ROOM

log = structlog.get_logger()

# What every browser may load: scripts, styles, and NiceGUI's socket, whose pages were guarded when they were built.
OPEN = ("/_nicegui/", "/_nicegui_ws/", "/assets/")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
LOGIN = "/host/login"
# A guest who was seen is not noted again for so long.
GUEST_SECONDS = 600.0


class Guard:
    """ASGI middleware: binds a request id, finds out who asks, and lets through what the route allows them."""

    def __init__(self, app: ASGIApp, house: House, keys: auth.Keys, routes: list[BaseRoute]) -> None:
        self._app = app
        self._house = house
        self._keys = keys
        self._routes = routes
        self._guest_at = -GUEST_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex[:12]
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request=request_id):
            self._speak(scope, None)
            try:
                scope["state"]["actor"] = await self._admit(scope)
                self._speak(scope, scope["state"]["actor"])
            except EncoreError as error:
                await self._refuse(error, scope, receive, send)
                return
            await self._note_guest(scope)
            began = time.perf_counter()
            await self._app(scope, receive, send)
            log.debug("request", path=scope["path"], ms=round((time.perf_counter() - began) * 1000, 1))

    def _speak(self, scope: Scope, who: Actor | None) -> None:
        of_house = self._house.live.show.rules.language
        text.spoken.set(tongue.of_request(HTTPConnection(scope), who, of_house))

    async def _admit(self, scope: Scope) -> Actor:
        if scope.get("method", "WS") not in SAFE_METHODS and not auth.same_origin(Headers(scope=scope)):
            raise RightsError(reason="site")
        route = self._route(scope)
        if route is None:
            raise NotFound(what="page")
        allowed = route_roles(route)
        return await self._who(HTTPConnection(scope), allowed)

    async def _note_guest(self, scope: Scope) -> None:
        """A phone opens the page of the night: the network between it and the box is right."""
        came_from = (scope.get("client") or ("",))[0]
        fresh = time.monotonic() - self._guest_at < GUEST_SECONDS
        if scope["path"] != "/" or fresh or came_from in ("", "127.0.0.1", "::1", self._own()):
            return
        if scope["state"]["actor"].role is not Role.HOST:
            self._guest_at = time.monotonic()
            await self._house.write(facts.saw_guest)

    def _own(self) -> str:
        return urlsplit(address.join(self._house.box.settings).url).hostname or ""

    async def _who(self, connection: HTTPConnection, allowed: frozenset[Role]) -> Actor:
        """The strongest of the asker's roles that the route allows."""
        cookies = dict(connection.cookies)
        bearer = connection.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if bearer:
            cookies[auth.COOKIES[Role.HOST]] = bearer
        found = NOBODY
        for role, find in ((Role.HOST, auth.host), (Role.SINGER, auth.singer), (Role.STAGE, auth.stage)):
            token = self._keys.read(role, cookies)
            if token:
                found = await self._house.read(find, token)
                if found.role in allowed and found != NOBODY:
                    return found
        if Role.NOBODY in allowed:
            return NOBODY
        raise refusal(found, allowed)

    def _route(self, scope: Scope) -> BaseRoute | None:
        return next((r for r in self._routes if r.matches(scope)[0] is Match.FULL), None) or next(
            (r for r in self._routes if r.matches(scope)[0] is Match.PARTIAL), None
        )

    async def _refuse(self, error: EncoreError, scope: Scope, receive: Receive, send: Send) -> None:
        log.info("request refused", path=scope["path"], code=error.code)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4000 + error.status})
            return
        answer = error_answer(scope, error)
        # Whoever sings on this device may still be the host: the password tells.
        if isinstance(answer, HTMLResponse) and _asks_for_host(error):
            answer = RedirectResponse(LOGIN, 303)
        await answer(scope, receive, send)


def route_roles(route: BaseRoute) -> frozenset[Role]:
    """The roles a route was declared with: none at all when that was forgotten."""
    declared = (getattr(route, "openapi_extra", None) or {}).get("x-roles", ())
    return frozenset(Role(name) for name in declared) or UNDECLARED.get(
        getattr(route, "path", ""), frozenset()
    )


# Routes that carry no OpenAPI (sockets, and what the framework adds) are declared here.
UNDECLARED: dict[str, frozenset[Role]] = {"/openapi.json": frozenset(Role), "/favicon.ico": frozenset(Role)}


def actor(request: Request) -> Actor:
    """The one who asks, as the guard found out. For FastAPI's `Depends`."""
    found: Actor = request.state.actor
    return found


def problem(error: EncoreError) -> dict[str, Any]:
    """What the API says about an error."""
    context = {key: str(value) for key, value in error.context.items()}
    return {"code": error.code, "message": text.of_error(error), "context": context}


def error_response(error: EncoreError) -> JSONResponse:
    return JSONResponse({"error": problem(error)}, error.status)


def error_answer(scope: Scope, error: EncoreError) -> Response:
    """The one body for programs; a page for a person who looks for one."""
    if lost.is_wanted(scope):
        return lost.page(scope["path"], text.of_error(error), error.status)
    return error_response(error)


def _asks_for_host(error: EncoreError) -> bool:
    return isinstance(error, RightsError) and error.context.get("reason") == Role.HOST.value


def install_error_bodies(app: FastAPI) -> None:
    """One body for all errors: ours, those of the framework and of validation, and those nobody foresaw."""
    page_broke: Any = app.exception_handlers.get(Exception)

    @app.exception_handler(EncoreError)
    async def ours(request: Request, error: EncoreError) -> Response:
        log.info("request failed", code=error.code, reason=str(error), detail=error.detail)
        return error_answer(request.scope, error)

    @app.exception_handler(404)
    @app.exception_handler(HTTPException)
    async def _frameworks(request: Request, error: HTTPException) -> Response:
        # FastAPI hides what goes wrong while it reads a body.
        if (hidden := _known(error.__cause__)) is not None:
            return await ours(request, hidden)
        code = HTTPStatus(error.status_code).name.lower()
        if lost.is_wanted(request.scope):
            return lost.page(request.url.path, text.of_code(code, what="page"), error.status_code)
        body = {"code": code, "message": text.of_code(code), "context": {"detail": error.detail}}
        return JSONResponse({"error": body}, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        if request.scope.get("nicegui_page_path") and page_broke:
            shown: Response = await page_broke(request, error)
            return shown
        return await ours(request, _known(error) or EncoreError())  # the server logs it in any case

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
        context = {"field": where, "problem": first["msg"]}
        body = {"code": "invalid", "message": text.of_code("invalid", **context), "context": context}
        return JSONResponse({"error": body}, 422)


def _known(error: BaseException | None) -> EncoreError | None:
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return DiskFull(str(error))
    return error if isinstance(error, EncoreError) else None
