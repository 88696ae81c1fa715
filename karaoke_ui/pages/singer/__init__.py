"""The singer's page: what the QR code opens. Name, search, request, my songs, what plays now.

__init__   the page: a new phone joins, a known one is at home
join       a new phone says who sings, or that it was here before; who: a name and a face
home       header, the three tabs, the bottom bar; hands each new view of the night to its parts
search     songs by words or by lists (shelves), videos below them (videos); row is one line of either
sheet      a song is asked for; about: what it says to this singer; change: one that waits is changed
bring      a song from this phone, where the host allows it
mine       one's own songs; duets: those of others that one sings along in; toast takes things back
me         name, face, four letters, and who else sings with this phone
now        what plays and who comes after; applause
moment     the whole screen: you're next, it's you
drawer     the sheet that comes up from the bottom, for whoever needs it
phone      the token of a phone, and what it may ask of the house
parts      what lives in the browser: one element each
phrases    pure functions from the views to words
elements   plain HTML elements with text
"""

import asyncio
import html
from collections.abc import Awaitable, Callable

from nicegui import app, ui
from sqlmodel import Session
from starlette.requests import Request

from karaoke_ui import auth, tongue
from karaoke_ui.changes import Changes
from karaoke_ui.house import House
from karaoke_ui.pages.singer.elements import box
from karaoke_ui.pages.singer.home import Home
from karaoke_ui.pages.singer.join import Join
from karaoke_ui.pages.singer.phone import Phone, Shelf, Tokens
from karaoke_ui.pages.singer.who import free_face
from karaoke_ui.parts import theme
from karaoke_ui.show import people
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Singer
from karaoke_ui.text import part, t
from pipeline.errors import NotLoggedIn

# Pinching stays allowed; the page reaches under the rounded corners and keeps its content out of them.
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"


def install(house: House, keys: auth.Keys) -> None:
    app.add_middleware(Tokens, keys=keys)
    shelf = Shelf(house)

    @tongue.Page("/", title="Encore", viewport=VIEWPORT, openapi_extra=auth.roles(*Role))
    async def page(request: Request) -> None:
        tongue.keep()
        dress()
        theme.wear(house)
        source = request.client.host if request.client else ""
        await Visit(house, shelf, request.state.phone, source).begin()


class Visit:
    """One tab of a phone: at the door, then at home."""

    def __init__(self, house: House, shelf: Shelf, token: str, source: str) -> None:
        self._house = house
        self._shelf = shelf
        self._token = token
        self._source = source
        self._singer: Singer | None = None
        # All who sing with this phone, the chosen one first.
        self._singers: tuple[Singer, ...] = ()
        self._leaves = False
        # Who comes in hears of it in the news, too: what they are about waits until somebody is in.
        self._door = asyncio.Lock()
        self._screen = box("div", "phone")

    async def begin(self) -> None:
        # Before anything is read: what changes meanwhile is not missed.
        self._shelf.on_changes.subscribe(self._changed)
        self._shelf.on_switch.subscribe(self._switched)
        async with self._door:
            found = await self._house.read(people.on_phone, self._token)
            if found is not None:
                await self._enter(found)
                return
        face = await self._house.read(free_face)
        if self._singer is not None:
            return  # another tab was quicker
        with self._screen:
            Join(self._house, self._token, self._source, face, self._come_in)

    async def _come_in(self, say: Callable[[], Awaitable[Singer]], is_new: bool) -> None:
        """They say who they are: once, however often that is pressed."""
        async with self._door:
            if self._singer is None:
                await self._enter(await say(), is_new)

    async def _enter(self, singer: Singer, is_new: bool = False) -> None:
        self._singer = singer
        self._singer = singer = await self._arrive(singer)
        self._singers = await self._house.read(_all_of, self._token, singer)
        self._screen.clear()
        with self._screen:
            phone = Phone(self._house, self._shelf, self._house.limits, self._token, singer, self._singers)
            await Home(phone, is_new=is_new).begin()

    async def _arrive(self, singer: Singer) -> Singer:
        """They are here tonight. Who was found to be somebody else just now is here as that one."""
        try:
            await self._house.do(people.arrive, Actor(Role.SINGER, singer.id))
        except NotLoggedIn:
            found = await self._house.read(people.on_phone, self._token)
            if found is None or found.id == singer.id:
                raise
            return await self._arrive(found)
        return singer

    def _switched(self, token: str) -> None:
        """Somebody else sings with this phone now."""
        if token == self._token:
            self._reload()

    def _reload(self) -> None:
        """Once: the switch is heard of in two ways."""
        if not self._leaves:
            self._leaves = True
            ui.navigate.reload()

    def _changed(self, changes: Changes) -> Awaitable[None] | None:
        singers = changes.keys.get("singer", frozenset())
        # Until they are known it may be any of them.
        mine = singers & {each.id for each in self._singers} if self._singers else singers
        return self._look_who() if mine else None

    async def _look_who(self) -> None:
        """Another tab said the name; or the host found out that two are one."""
        async with self._door:
            found = await self._house.read(people.on_phone, self._token)
            if found is None:
                return
            if self._singer is None:
                await self._enter(found)
                return
            there = await self._house.read(_all_of, self._token, found)
            if [each.id for each in there] != [each.id for each in self._singers]:
                self._reload()


def _all_of(s: Session, token: str, chosen: Singer) -> tuple[Singer, ...]:
    return (chosen, *(each for each in people.sharing(s, token) if each.id != chosen.id))


def dress() -> None:
    """Styles, and what is shown while scripts load or the box is out of reach."""
    lost, safe = html.escape(t("singer.offline.looking")), html.escape(t("singer.offline.safe"))
    texts = part("singer.ask.outbox") | {"broken": t("singer.ask.broken")}
    outbox = " ".join(f'data-{name}="{html.escape(words)}"' for name, words in texts.items())
    ui.add_head_html(
        '<meta name="theme-color" content="#0d0b14">'
        '<link rel="stylesheet" href="/assets/theme.css">'
        '<link rel="stylesheet" href="/assets/singer/singer.css">'
        f'<script defer src="/assets/singer/js/outbox.js" {outbox}></script>'
        '<script defer src="/assets/languages.js"></script>'
        f'<script defer src="/assets/offline.js" data-lost="{lost}" data-safe="{safe}"></script>'
    )
    bones = "".join("<i></i>" for _ in range(7))
    ui.add_body_html(f'<div class="bones" aria-hidden="true"><b></b><u></u>{bones}</div>')
