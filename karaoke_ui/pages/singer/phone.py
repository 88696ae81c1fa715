"""One phone that has the page open: the token it holds, who sings with it, and what it may ask of the house."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karaoke_ui import auth, limits
from karaoke_ui.house import House
from karaoke_ui.live import Changes
from karaoke_ui.show import views
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Singer
from karaoke_ui.show.views import SongPage, SongView

P = ParamSpec("P")
R = TypeVar("R")

OF_SONGS = {"song", "track", "lyrics"}
MOST_SEARCHES = 200


class Tokens:
    """ASGI middleware: each phone that opens the page holds a token from the first answer on."""

    def __init__(self, app: ASGIApp, keys: auth.Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        token = self._keys.read(Role.SINGER, HTTPConnection(scope).cookies) or auth.new_token()
        scope.setdefault("state", {})["phone"] = token
        kept = Response()
        auth.give_cookie(kept, self._keys, Role.SINGER, token)
        cookie = [header for header in kept.raw_headers if header[0] == b"set-cookie"]

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *cookie]
            await send(message)

        await self._app(scope, receive, send_with_cookie)


class Shelf:
    """Searches, shared by all phones: a hundred of them that show the newest songs ask the database once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._found: dict[tuple[str, int], asyncio.Future[SongPage]] = {}
        house.live.on_changes.subscribe(self._forget)

    async def find(self, words: str, limit: int) -> list[SongView]:
        key = (words.casefold(), limit)
        if key not in self._found:
            if len(self._found) >= MOST_SEARCHES:
                self._found.clear()
            self._found[key] = asyncio.ensure_future(self._house.read(views.songs, words, limit))
        search = self._found[key]
        try:
            return (await asyncio.shield(search)).songs
        finally:
            # A search that failed is not remembered.
            if search.done() and (search.cancelled() or search.exception()):
                self._found.pop(key, None)

    def _forget(self, changes: Changes) -> None:
        if OF_SONGS & changes.keys.keys():
            self._found.clear()


@dataclass(frozen=True)
class Phone:
    house: House
    shelf: Shelf
    limits: limits.Limits
    token: str
    singer: Singer

    async def do(
        self, action: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Ask for something in the singer's name."""
        self.limits.spend(limits.REQUESTS, self.token)
        return await self.house.do(action, Actor(Role.SINGER, self.singer.id), *args, **kwargs)

    async def search(self, words: str, limit: int) -> list[SongView]:
        return await self.shelf.find(words, limit)
