"""Search: what was typed, over the library and YouTube; and lists, for whoever does not know what to type."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from karaoke_ui import limits, text
from karaoke_ui.changes import Changes
from karaoke_ui.pages.singer import phrases, shelves
from karaoke_ui.pages.singer.bring import Bring
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.parts import Chips
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.row import Row
from karaoke_ui.pages.singer.sheet import Sheet
from karaoke_ui.pages.singer.videos import FromYouTube
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show.videos import Offer
from karaoke_ui.show.views import ShowView, SongView
from karaoke_ui.text import t
from pipeline.errors import EncoreError
from pipeline.sources import links

# Rows at first, and more with each press: every row costs each phone some elements.
PAGE = 10
# A pasted link is long.
MAX_WORDS = 200
CROSS = "M6 6L18 18M18 6L6 18@@fill:none;stroke:currentColor;stroke-width:2.4;stroke-linecap:round|0 0 24 24"
NOTHING = {shelves.FAVOURITES: "no_favourites", shelves.SUNG: "no_sung"}


class Search:
    def __init__(self, phone: Phone, sheet: Sheet, to_mine: Callable[[], None]) -> None:
        self._phone = phone
        self._sheet = sheet
        self._to_mine = to_mine
        self._words = ""
        self._shelf = shelves.NEW
        self._limit = PAGE
        self._offered: list[tuple[str, str]] = []
        self._found: list[SongView] = []
        self._seconds: dict[str, str] = {}
        self._rows: list[Row] = []
        self._drawn: tuple[object, ...] = ()
        self._of_lists, self._of_songs = Newest(), Newest()
        with box("section", "page search") as self.page:
            self._notice = Text("p", "", "notice")
            tell(self._notice, role="status")
            # The browser waits until the typing rests for a moment.
            field = ui.input(placeholder=t("singer.search.placeholder"), on_change=self._typed).props(
                "borderless clearable debounce=150 inputmode=search enterkeyhint=search"
                " autocomplete=off autocorrect=off spellcheck=false"
            )
            # The framework's own cross is a letter of a font that is fetched when it is needed: too late without the box.
            field.props["clear-icon"] = CROSS
            tell(field.classes("field glass").mark("search-field"), aria_label=t("singer.search.label"))
            self._chips = Chips(t("singer.lists.label"), self._choose)
            self._said = Text("p", "", "empty")
            tell(self._said, role="status")
            self._list = box("ul", "songs")
            self._more = Text("button", t("singer.search.more"), "soft").on("click", self._show_more)
            self._videos = FromYouTube(phone, self._press_video, lambda: {song.id for song in self._found})
            self._bring = Bring(phone, sheet.offer)

    async def begin(self) -> None:
        await self._show_lists()
        await self.refresh()

    async def _typed(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._words = " ".join(str(event.value or "").split())[:MAX_WORDS]
        self._limit = PAGE
        await self._search()
        await self._videos.look(self._words)

    async def _choose(self, shelf: str) -> None:
        self._shelf, self._limit = shelf, PAGE
        self._chips.show(self._offered, shelf)
        await self._search()

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

    def changed(self, changes: Changes) -> Awaitable[None] | None:
        """A song came, went or got readier: look again when that can be seen here."""
        other_lists = "list" in changes or "night" in changes
        other_songs = self._is_changed(changes)
        other_videos = self._videos.is_changed(changes)
        if other_lists or other_songs or other_videos:
            return self._look_again(lists=other_lists, songs=other_songs, videos=other_videos)
        return None

    async def _look_again(self, *, lists: bool, songs: bool, videos: bool) -> None:
        if lists:
            await self._show_lists()
            await self._bring.refresh()
        if lists or songs:
            await self.refresh()
        if lists or videos:
            await self._videos.refresh()

    def _is_changed(self, changes: Changes) -> bool:
        if "song" in changes:
            return True
        if self._shelf == shelves.FAVOURITES and self._phone.singer.id in changes.keys.get("favourite", ()):
            return True
        tracks = changes.keys.get("track", frozenset()) | changes.keys.get("lyrics", frozenset())
        return any(song.track_id in tracks for song in self._found)

    async def _show_lists(self) -> None:
        is_newest = self._of_lists.begin()
        offered = await self._phone.house.read(shelves.offered, self._phone.house.live.show.rules)
        if self.page.is_deleted or not is_newest():
            return
        self._offered = offered
        if self._shelf not in {each for each, _ in self._offered}:
            self._shelf = shelves.NEW
        self._chips.show(self._offered, self._shelf)

    async def refresh(self) -> None:
        asked = self._words, self._shelf, self._limit
        words, shelf, limit = asked
        is_newest = self._of_songs.begin()
        # One more than is shown tells whether there are more.
        found, seconds = await self._phone.search(words, limit + 1, shelf)
        is_wanted = is_newest() and asked == (self._words, self._shelf, self._limit)
        if is_wanted and not self.page.is_deleted:
            self._seconds = seconds
            self._draw(found)

    def _draw(self, found: list[SongView]) -> None:
        self._more.set_visibility(len(found) > self._limit)
        self._found = found[: self._limit]
        self._chips.set_visibility(not self._words)
        self._said.text = "" if found else self._nothing()
        self._said.set_visibility(bool(self._said.text))
        with self._list:
            self._rows += [Row(self._press) for _ in range(len(self._found) - len(self._rows))]
        self.show(self._phone.house.live.show)

    def _nothing(self) -> str:
        if links.is_link(self._words):
            return ""
        if self._words:
            return t("singer.search.no_hit", words=self._words)
        if self._shelf == shelves.NEW:
            return t("singer.search.empty")
        return t(f"singer.lists.{NOTHING.get(self._shelf, 'nothing')}")

    def show(self, show: ShowView) -> None:
        self._notice.text = phrases.notice(show)
        self._notice.set_visibility(bool(self._notice.text))
        self._videos.show(show)
        asked = phrases.asked(self._phone.singer.id, show)
        drawn = (self._found, self._seconds, asked, show.takes_songs)
        if self._drawn == drawn:
            return
        self._drawn = drawn
        for place, row in enumerate(self._rows):
            row.line.set_visibility(place < len(self._found))
            if place < len(self._found):
                song = self._found[place]
                second = self._seconds.get(song.id, "")
                row.show(song, song.id in asked, second, taken=show.takes_songs)

    async def _press(self, song: SongView, asked: bool) -> None:
        if asked:
            self._to_mine()
        else:
            await self._sheet.open(song)

    async def _press_video(self, offer: Offer, asked: bool) -> None:
        if asked or offer.is_there:
            await self._press(offer.song, asked)
        else:
            await self._sheet.open(offer.song, offer.video)
