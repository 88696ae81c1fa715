"""The singer's page: what the QR code opens. Name, search, request, my songs, what plays now.

__init__   the page: a new phone joins, a known one is at home
join       a new phone says who sings; who: a name and a face, then and later
home       header, the three tabs, the bottom bar; hands each new view of the night to its parts
search     songs, and the sheet in which one is asked for (sheet)
videos     what YouTube has, below the songs of the library; row is one line of either
bring      a song from this phone, where the host allows it
mine       one's own songs; toast takes a cancel back
now        what plays and who comes after
moment     the whole screen: you're next, it's you
phone      the token of a phone, and what it may ask of the house
phrases    pure functions from the views to words
elements   plain HTML elements with text
"""

import html

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
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import Singer
from karaoke_ui.text import t

# Pinching stays allowed; the page reaches under the rounded corners and keeps its content out of them.
VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"


def install(house: House, keys: auth.Keys) -> None:
    app.add_middleware(Tokens, keys=keys)
    shelf, limits = Shelf(house), house.limits

    @ui.page("/", title="Encore", viewport=VIEWPORT, language="en-US", openapi_extra=auth.roles(*Role))
    async def page(request: Request) -> None:
        token: str = request.state.phone
        tongue.keep()
        dress()
        theme.wear(house)
        screen = box("div", "phone")
        inside = False

        async def enter(singer: Singer) -> None:
            nonlocal inside
            inside = True
            screen.clear()
            with screen:
                await Home(Phone(house, shelf, limits, token, singer)).begin()

        async def joined_elsewhere(changes: Changes) -> None:
            """Another tab of the same phone said the name."""
            if "singer" in changes and not inside:
                found = await house.read(people.on_phone, token)
                if found is not None and not inside:
                    await enter(found)

        found = await house.read(people.on_phone, token)
        if found is not None:
            await enter(found)
            return
        house.live.on_changes.subscribe(joined_elsewhere)
        with screen:
            Join(house, limits, token, enter)


def dress() -> None:
    """Styles, and what is shown while scripts load or the box is out of reach."""
    lost, safe = html.escape(t("singer.offline.looking")), html.escape(t("singer.offline.safe"))
    ui.add_head_html(
        '<meta name="theme-color" content="#0d0b14">'
        '<link rel="stylesheet" href="/assets/theme.css">'
        '<link rel="stylesheet" href="/assets/singer/singer.css">'
        f'<script defer src="/assets/offline.js" data-lost="{lost}" data-safe="{safe}"></script>'
    )
    bones = "".join("<i></i>" for _ in range(7))
    ui.add_body_html(f'<div class="bones" aria-hidden="true"><b></b><u></u>{bones}</div>')
