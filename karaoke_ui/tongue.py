"""Whose language is spoken: the stage and the panel speak the host's, a phone its own.

A request speaks the language that the guard finds for it. A page that stays open keeps the one it was built in, with
its client, since what it hears later comes without a request.
"""

from collections.abc import Collection
from functools import wraps
from typing import Any, cast

from nicegui import Client, ui
from nicegui.language import Language
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
# A page is waited for as long as the database is, however much a slow box has to do: it may be busy with songs.
BUILT_SECONDS = 30.0
# What the library of the pages calls a language otherwise than we do.
QUASAR = {"en": "en-US"}


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


class Page(ui.page):
    """A page that says in which language it is written, and whose ready-made parts speak it too."""

    def __init__(self, path: str, **more: Any) -> None:
        super().__init__(path, response_timeout=BUILT_SECONDS, **more)

    def resolve_language(self) -> Language:
        return cast(Language, QUASAR.get(text.language(), text.language()))


def keep() -> None:
    """Let the page that is being built speak as its request does, as long as it is open."""
    ui.context.client.storage[KEPT] = text.language()


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
    """The language of the page that something happens on; empty outside of pages, and where that part of it is gone."""
    stack = Slot.get_stack()
    try:
        return str(stack[-1].parent.client.storage.get(KEPT, "")) if stack else ""
    except RuntimeError:
        return ""


def listen() -> None:
    """What is pressed is dealt with in the language of its page to the end, though what was pressed may be gone by then."""
    handle = getattr(Client.handle_event, "__wrapped__", Client.handle_event)

    @wraps(handle)
    def heard(client: Client, said: dict[str, Any]) -> None:
        with text.speaking(str(client.storage.get(KEPT, ""))):
            handle(client, said)

    Client.handle_event = heard  # type: ignore[method-assign,assignment]
