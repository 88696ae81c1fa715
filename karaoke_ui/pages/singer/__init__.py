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

import html
from collections.abc import Awaitable

from nicegui import app, ui
from starlette.requests import Request

from karaoke_ui import auth, tongue
from karaoke_ui.house import House
from karaoke_ui.live import Changes
from karaoke_ui.pages.singer.elements import box
from karaoke_ui.pages.singer.home import Home
from karaoke_ui.pages.singer.join import Join
from karaoke_ui.pages.singer.phone import Phone, Shelf, Tokens
from karaoke_ui.parts import theme
from karaoke_ui.show import people
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Singer
from karaoke_ui.text import part, t

# Pinching stays allowed; the page reaches under the rounded corners and keeps its content out of them.
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"


def install(house: House, keys: auth.Keys) -> None:
    app.add_middleware(Tokens, keys=keys)
    shelf = Shelf(house)

    @ui.page("/", title="Encore", viewport=VIEWPORT, language="en-US", openapi_extra=auth.roles(*Role))
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
        self._leaves = False
        self._screen = box("div", "phone")

    async def begin(self) -> None:
        found = await self._house.read(people.on_phone, self._token)
        self._shelf.on_changes.subscribe(self._changed)
        self._shelf.on_switch.subscribe(self._switched)
        if found is not None:
            await self._enter(found)
            return
        with self._screen:
            Join(self._house, self._token, self._source, self._enter)

    async def _enter(self, singer: Singer) -> None:
        self._singer = singer
        await self._house.do(people.arrive, Actor(Role.SINGER, singer.id))
        self._screen.clear()
        with self._screen:
            await Home(Phone(self._house, self._shelf, self._house.limits, self._token, singer)).begin()

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
        mine = singers if self._singer is None else singers & {self._singer.id}
        return self._look_who() if mine else None

    async def _look_who(self) -> None:
        """Another tab said the name; or the host found out that two are one."""
        before = self._singer
        found = await self._house.read(people.on_phone, self._token)
        if found is None or self._singer is not before:
            return
        if before is None:
            await self._enter(found)
        elif found.id != before.id:
            self._reload()


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
        f'<script defer src="/assets/offline.js" data-lost="{lost}" data-safe="{safe}"></script>'
    )
    bones = "".join("<i></i>" for _ in range(7))
    ui.add_body_html(f'<div class="bones" aria-hidden="true"><b></b><u></u>{bones}</div>')
