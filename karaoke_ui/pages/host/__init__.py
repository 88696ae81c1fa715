"""The host's panel: what plays on the left, queue, library, preparation and night on the right.

__init__      the page, its styles, and what is shown before the scripts are there
login         the door: a plain form; the first time with the one-time code
panel         the whole as it lies on the tablet; hands every change to the part that shows it
now  idle  controls  room  scene    the left half: what plays, the sound, who is next, what the room is told
queue  requests  singers  library  preparation  evening  setup    the tabs
turn_row  reasons  song_row    a row and what it says
videos  downloads    songs from YouTube: in the library's search, and what the host decides about them
problems  footer    what is wrong and where it is mended; the state in a line, and the tabs
ask  change  edit  finding  delay  prompt  sheet    dialogs: somebody sings something, a turn changed, a row's choices
deeds  deeds_log    who did what, in sentences, each with its way back
parts  js/  keyboard    elements that act in the browser on their own; the keys of a laptop
rules_sheet  figures  lists_sheet  printing    the night's rules, its figures, house lists, and paper
peaks             the shape of a song
desk  wording    how things are done and answered; words for states
"""

import html

from nicegui import app, ui
from starlette.requests import Request

from karaoke_ui import auth, guard, tongue
from karaoke_ui.house import House
from karaoke_ui.pages.host import login, printing
from karaoke_ui.pages.host.panel import Panel
from karaoke_ui.pages.host.peaks import Peaks
from karaoke_ui.parts import theme
from karaoke_ui.show.rights import Role, rights_of
from karaoke_ui.text import t

VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover"


def install(house: House, keys: auth.Keys) -> None:
    login.install(app, house, keys)
    printing.install(app, house)
    peaks = Peaks(house)

    @tongue.Page("/host", viewport=VIEWPORT, openapi_extra=auth.roles(Role.HOST))
    async def page(request: Request, tab: str = "") -> None:
        tongue.keep()
        tongue.follow(house)
        ui.page_title(t("host.page_title"))
        dress()
        theme.wear(house)
        actor = guard.actor(request)
        rights = await house.read(rights_of, actor)
        await Panel(house, (actor, rights), peaks, tab).open()


def dress() -> None:
    """Styles, and the bones of the page until the scripts have loaded."""
    lost, safe = html.escape(t("host.lost")), html.escape(t("host.lost_help"))
    ui.add_head_html(
        '<meta name="theme-color" content="#0d0b14">'
        '<link rel="stylesheet" href="/assets/theme.css">'
        '<link rel="stylesheet" href="/assets/host/host.css">'
        '<link rel="stylesheet" href="/assets/host/now.css">'
        '<link rel="stylesheet" href="/assets/host/night.css">'
        '<script defer src="/assets/languages.js"></script>'
        f'<script defer src="/assets/offline.js" data-lost="{lost}" data-safe="{safe}"></script>'
    )
    ui.add_body_html(
        f'<div class="bones" aria-label="{html.escape(t("host.loading"))}"><i></i><i></i><i></i></div>'
    )
