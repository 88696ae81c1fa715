"""Whose language is spoken: the stage and the panel speak the host's, a phone its own.

A request speaks the language that the guard finds for it. A page that stays open keeps the one it was built in, with
its client, since what it hears later comes without a request.
"""

from collections.abc import Collection

from nicegui import ui
from nicegui.slot import Slot
from starlette.requests import HTTPConnection

from karaoke_ui import text
from karaoke_ui.house import House
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.views import ShowView
from pipeline.catalogue import ENGLISH

# A guest who chose a language on the phone.
COOKIE = "encore_language"
KEPT_SECONDS = 365 * 24 * 3600
KEPT = "language"
OF_THE_HOUSE = ("/host", "/stage")


def choose(wanted: str, known: Collection[str]) -> str:
    """The best of the known languages for an `Accept-Language`; English when none fits."""
    weighed = []
    for place, each in enumerate(wanted.split(",")):
        name, _, weight = each.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name.split("-")[0].lower()))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(weighed) if name in known), ENGLISH)


def of_request(connection: HTTPConnection, who: Actor | None, of_house: str) -> str:
    """The house's language for the host and the TV; that of the phone for everybody else."""
    if connection.url.path.startswith(OF_THE_HOUSE) or (who and who.role in (Role.HOST, Role.STAGE)):
        return of_house
    return of_browser(connection)


def of_browser(connection: HTTPConnection) -> str:
    """What was chosen on this phone, else what its browser speaks."""
    chosen = connection.cookies.get(COOKIE, "")
    return choose(chosen or connection.headers.get("accept-language", ""), text.languages())


def keep() -> None:
    """Let the page that is being built speak as its request does, as long as it is open."""
    spoken = text.language()
    ui.context.client.storage[KEPT] = spoken
    ui.add_head_html(f'<script>document.documentElement.lang = "{spoken}"</script>')


def ask_for(language: str) -> None:
    """Let the phone whose page this is ask in that language from now on, and load its page anew."""
    ui.run_javascript(
        f'document.cookie = "{COOKIE}={language}; path=/; max-age={KEPT_SECONDS}; samesite=lax"; location.reload()'
    )


def follow(house: House) -> None:
    """A page of the host is built anew when the house begins to speak another language."""
    spoken = text.language()

    def change(show: ShowView) -> None:
        if show.rules.language != spoken:
            ui.navigate.reload()

    house.live.on_rules.subscribe(change)


def of_page() -> str:
    """The language of the page that something happens on; empty outside of pages."""
    stack = Slot.get_stack()
    return str(stack[-1].parent.client.storage.get(KEPT, "")) if stack else ""
