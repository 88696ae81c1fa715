"""A search field with the songs it finds, each a row that is tapped."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.pages.host.wording import length, readiness, set_pill
from karaoke_ui.show import views
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t
from pipeline.finding.filters import SINGABLE, Filters

MOST_SONGS = 30
NOT_FAILED = Filters(more=(SINGABLE,))


class Finding:
    """Searches the library as one types. A song that could not be prepared is not offered."""

    def __init__(
        self, desk: Desk, chosen: Callable[[SongView], Awaitable[None]], filters: Filters = NOT_FAILED
    ) -> None:
        self._desk = desk
        self._filters = filters
        self._chosen = chosen
        self._search = 0
        with ui.element("div").classes("ask-songs") as self._all:
            self._words = ui.input(placeholder=t("host.ask.search"), on_change=self.look)
            self._words.props(
                f'outlined clearable debounce=150 autocomplete=off aria-label="{t("host.ask.search")}"'
            )
            self._words.classes("field").mark("ask-song")
            self._found = ui.element("div").classes("found")

    def show(self, on: bool) -> None:
        """Shown anew, it is empty."""
        self._all.set_visibility(on)
        self._words.set_value("")

    async def look(self) -> None:
        self._search += 1
        mine = self._search
        with self._desk.caught():
            words = self._words.value or ""
            found = await self._desk.house.read(views.songs, words, MOST_SONGS, filters=self._filters)
            if mine == self._search:
                self._list(found.songs)

    def _list(self, found: list[SongView]) -> None:
        self._found.clear()
        with self._found:
            for song in found:
                self._row(song)
            if not found:
                nothing = "nothing" if self._words.value else "empty"
                ui.label(t(f"host.ask.{nothing}")).classes("quiet empty-line")

    def _row(self, song: SongView) -> None:
        with ui.element("button").classes("found-song").props("type=button") as row:
            with ui.element("span").classes("grow item-text"):
                ui.label(song.title).classes("item-title ellipsis").props("dir=auto")
                ui.label(song.artist or "–").classes("quiet small-text ellipsis").props("dir=auto")
            ui.label(length(song.seconds)).classes("quiet")
            set_pill(ui.label(), readiness(song.readiness))
        row.on("click", partial(self._chosen, song), args=[]).mark(f"found-{song.id}")
