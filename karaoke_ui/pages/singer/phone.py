"""One phone that has the page open: the token it holds, who sings with it, and what it may ask of the house."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from nicegui import Event
from sqlmodel import Session
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karaoke_ui import auth, limits
from karaoke_ui.changes import Changes
from karaoke_ui.house import House
from karaoke_ui.pages.singer import shelves
from karaoke_ui.pages.singer.shelves import Offered
from karaoke_ui.show import people
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Singer
from karaoke_ui.show.views import SongView

P = ParamSpec("P")
R = TypeVar("R")

# Songs, and the lists of them; and what else a phone follows beside the show.
OF_SONGS = {"song", "track", "lyrics", "list"}
OF_PHONES = OF_SONGS | {"night", "singer", "favourite"}
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
    """What all phones share. Searches: a hundred of them that show the newest songs ask the database once; and news:
    most of what changes in a night is none of theirs.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.on_changes = Event[Changes]()
        # A phone is another singer's from now on: all its tabs follow.
        self.on_switch = Event[str]()
        self._found: dict[tuple[str, int, str, Offered], asyncio.Future[list[SongView]]] = {}
        house.live.on_changes.subscribe(self._changed)

    async def find(self, words: str, limit: int, shelf: str, scope: Offered) -> list[SongView]:
        key = (words.casefold(), limit, shelf, scope)
        if key not in self._found:
            if len(self._found) >= MOST_SEARCHES:
                self._found.clear()
            self._found[key] = asyncio.ensure_future(
                self._house.read(shelves.songs, words, limit, shelf, scope)
            )
        search = self._found[key]
        try:
            return await asyncio.shield(search)
        finally:
            # A search that failed is not remembered.
            if search.done() and (search.cancelled() or search.exception()):
                self._found.pop(key, None)

    def _changed(self, changes: Changes) -> None:
        # What is sung most changes with each song that is over.
        if (OF_SONGS | {"playback"}) & changes.keys.keys():
            self._found.clear()
        if OF_PHONES & changes.keys.keys():
            self.on_changes.emit(changes)


@dataclass(frozen=True)
class Phone:
    house: House
    shelf: Shelf
    limits: limits.Limits
    token: str
    singer: Singer
    # All who sing with it, the chosen one first.
    singers: tuple[Singer, ...]

    async def do(
        self, action: Callable[Concatenate[Session, Actor, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Ask for something in the singer's name."""
        return await self.do_for(self.singer.id, action, *args, **kwargs)

    async def do_for(
        self,
        singer_id: str,
        action: Callable[Concatenate[Session, Actor, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The same in the name of any of those who share this phone; for others it is the singer's own word."""
        self.limits.spend(limits.REQUESTS, self.token)
        own = singer_id if singer_id in {each.id for each in self.singers} else self.singer.id
        return await self.house.do(action, Actor(Role.SINGER, own), *args, **kwargs)

    async def hand_over(self, singer_id: str) -> None:
        """The phone is another one's of those who share it."""
        await self.do(people.choose, self.token, singer_id)
        self.shelf.on_switch.emit(self.token)

    async def search(self, words: str, limit: int, shelf: str) -> tuple[list[SongView], dict[str, str]]:
        """Songs, and what stands below the titles of some of them in place of whose they are."""
        scope = Offered.of(self.house.live.show.rules)
        if shelf in shelves.OWN and not words:
            return await self.house.read(shelves.own, self.singer.id, shelf, limit, scope)
        return await self.shelf.find(words, limit, shelf, scope), {}
