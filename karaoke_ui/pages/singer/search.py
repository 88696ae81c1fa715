"""Search: the newest songs, or those that hold what was typed."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from karaoke_ui import limits, text
from karaoke_ui.live import Changes
from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.bring import Bring
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.row import Row
from karaoke_ui.pages.singer.sheet import Sheet
from karaoke_ui.pages.singer.videos import FromYouTube
from karaoke_ui.show.videos import Offer
from karaoke_ui.show.views import ShowView, SongView
from karaoke_ui.text import t
from pipeline.errors import EncoreError
from pipeline.sources import links

# Rows at first, and more with each press: every row costs each phone some elements.
PAGE = 10
# A pasted link is long.
MAX_WORDS = 200


class Search:
    def __init__(self, phone: Phone, sheet: Sheet, to_mine: Callable[[], None]) -> None:
        self._phone = phone
        self._sheet = sheet
        self._to_mine = to_mine
        self._words = ""
        self._limit = PAGE
        self._found: list[SongView] = []
        self._rows: list[Row] = []
        self._drawn: tuple[object, ...] = ()
        with box("main", "page search") as self.page:
            # The browser waits until the typing rests for a moment.
            field = ui.input(placeholder=t("singer.search.placeholder"), on_change=self._typed).props(
                "borderless clearable debounce=150 inputmode=search enterkeyhint=search"
                " autocomplete=off autocorrect=off spellcheck=false"
            )
            tell(field.classes("field glass").mark("search-field"), aria_label=t("singer.search.label"))
            self._heading = Text("h2", t("singer.search.newest"), "quiet")
            self._said = Text("p", "", "empty")
            tell(self._said, role="status")
            self._list = box("ul", "songs")
            self._more = Text("button", t("singer.search.more"), "soft").on("click", self._show_more)
            self._videos = FromYouTube(phone, self._press_video, lambda: {song.id for song in self._found})
            self._bring = Bring(phone, sheet.open)

    async def _typed(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._words = " ".join(str(event.value or "").split())[:MAX_WORDS]
        self._limit = PAGE
        await self._search()
        await self._videos.look(self._words)

    async def _show_more(self) -> None:
        self._limit += PAGE
        await self._search()

    async def _search(self) -> None:
        try:
            self._phone.limits.spend(limits.SEARCHES, self._phone.token)
            await self.refresh()
        except EncoreError as error:
            self._said.text = text.of_error(error)
            self._said.set_visibility(True)

    async def changed(self, changes: Changes) -> None:
        """A song came, went or got readier: look again when that can be seen here."""
        shown = {song.track_id for song in self._found}
        if "song" in changes or (changes.keys.keys() & {"track", "lyrics"} and shown & _tracks(changes)):
            await self.refresh()
        await self._videos.changed(changes)
        await self._bring.changed(changes)

    async def refresh(self) -> None:
        words = self._words
        # One more than is shown tells whether there are more.
        found = await self._phone.search(words, self._limit + 1)
        if words == self._words and not self.page.is_deleted:
            self._draw(found)

    def _draw(self, found: list[SongView]) -> None:
        self._more.set_visibility(len(found) > self._limit)
        self._found = found[: self._limit]
        self._heading.set_visibility(bool(found) and not self._words)
        self._said.text = "" if found else self._nothing()
        self._said.set_visibility(bool(self._said.text))
        with self._list:
            self._rows += [Row(self._press) for _ in range(len(self._found) - len(self._rows))]
        self.show(self._phone.house.live.show)

    def _nothing(self) -> str:
        if links.is_link(self._words):
            return ""
        return t("singer.search.no_hit", words=self._words) if self._words else t("singer.search.empty")

    def show(self, show: ShowView) -> None:
        self._videos.show(show)
        asked = {turn.song_id for turn in phrases.of(self._phone.singer.id, show.queue)}
        if self._drawn == (self._found, asked):
            return
        self._drawn = (self._found, asked)
        for place, row in enumerate(self._rows):
            row.line.set_visibility(place < len(self._found))
            if place < len(self._found):
                row.show(self._found[place], self._found[place].id in asked)

    def _press(self, song: SongView, asked: bool) -> None:
        if asked:
            self._to_mine()
        else:
            self._sheet.open(song)

    def _press_video(self, offer: Offer, asked: bool) -> None:
        if asked or offer.is_there:
            self._press(offer.song, asked)
        else:
            self._sheet.open(offer.song, offer.video)


def _tracks(changes: Changes) -> frozenset[str]:
    return changes.keys.get("track", frozenset()) | changes.keys.get("lyrics", frozenset())
