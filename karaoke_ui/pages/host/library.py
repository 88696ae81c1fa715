"""The library: songs come in by dropping them, and every song can be asked for, mended or moved to the trash."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.live import Changes
from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.edit import EditDialog
from karaoke_ui.pages.host.imports import LastImport
from karaoke_ui.pages.host.parts import DropZone
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.videos import FromYouTube
from karaoke_ui.pages.host.which import WhichOne
from karaoke_ui.pages.host.wording import length, readiness, set_pill, words_pill
from karaoke_ui.parts import cover
from karaoke_ui.show import views
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.views import SongView
from karaoke_ui.text import plural, t
from pipeline import library

# The browser sends each file here, as any program would.
SONGS_URL = "/api/v1/songs"
PAGE = 50
# A change of any of these may change a row.
OF_SONGS = ("song", "track", "job", "lyrics")


Later = Callable[[SongView], Awaitable[None]]


class LibraryPane:
    """Drop zone, search and songs. Reads the database only while it is looked at."""

    def __init__(self, desk: Desk, ask: AskDialog, sheet: Sheet) -> None:
        self._desk = desk
        self._ask = ask
        self._sheet = sheet
        self._edit = EditDialog(desk)
        self._which = WhichOne(desk, sheet)
        self._rows: dict[str, SongRow] = {}
        self._limit = PAGE
        self._reading = self._again = False
        self.count = 0
        # Something changed while nobody looked.
        self.stale = False
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.library")).classes("pane-title").props("role=heading aria-level=2")
            self._sum = ui.label().classes("pill")
            self._search = ui.input(placeholder=t("host.library.search"), on_change=self._searched)
            self._search.props("outlined dense clearable debounce=150 autocomplete=off").classes(
                "field search"
            )
            self._search.mark("library-search")
        with ui.element("div").classes("pane-body"):
            self._drop = DropZone(SONGS_URL)
            self._imports = LastImport(desk)
            with ui.element("div").classes("demo") as self._demo:
                ui.label(t("host.library.demo_help")).classes("quiet")
                self._make = button(t("host.library.demo"), self._make_demo, "big", icon="auto_awesome")
            self._none = ui.label(t("host.library.nothing")).classes("quiet empty-line")
            self._list = ui.element("div").classes("rows").props("role=list")
            self._more = button(t("host.library.more"), self._show_more)
            self.videos = FromYouTube(desk)

    async def load(self) -> None:
        """Read what the list shows; while that runs, further wishes are one more reading afterwards."""
        if self._reading:
            self._again = True
            return
        self._reading = self._again = True
        with self._desk.caught():
            while self._again:
                self._again = self.stale = False
                words = self._search.value or ""
                found = await self._desk.house.read(views.songs, words, self._limit + 1)
                self.count = await self._desk.house.read(library.count)
                self._show(found.songs, words)
            await self._imports.look()
        self._reading = False

    def concerns(self, changes: Changes) -> bool:
        return any(kind in changes for kind in OF_SONGS)

    def _show(self, found: list[SongView], words: str) -> None:
        self._more.set_visibility(len(found) > self._limit)
        self._none.set_visibility(bool(words) and not found)
        self._drop.show_big(self.count == 0)
        self._demo.set_visibility(self.count == 0)
        self._sum.set_visibility(self.count > 0)
        self._sum.set_text(plural("host.library.sum", self.count))
        wanted = {song.id: song for song in found[: self._limit]}
        for gone in self._rows.keys() - wanted.keys():
            self._rows.pop(gone).card.delete()
        for place, (song_id, song) in enumerate(wanted.items()):
            row = self._rows.get(song_id)
            if row is None:
                with self._list:
                    row = self._rows[song_id] = SongRow(
                        song, self._ask.for_song, self._which.open, self._open
                    )
            row.show(song)
            if self._list.default_slot.children[place] is not row.card:
                row.card.move(target_index=place)

    async def _searched(self) -> None:
        self._limit = PAGE
        await self.load()
        await self.videos.look(self._search.value or "")

    async def _show_more(self) -> None:
        self._limit += PAGE
        await self.load()

    async def _make_demo(self) -> None:
        self._make.set_text(t("host.library.demo_making"))
        self._make.disable()
        with self._desk.caught():
            made = await self._desk.house.work(actions.add_demo, self._desk.house.box, self._desk.actor)
            self._desk.say(plural("host.library.demo_made", len(made)), tone="good")
        self._make.set_text(t("host.library.demo"))
        self._make.enable()

    def _open(self, song: SongView) -> None:
        choices = [
            Choice(t("host.library.ask"), "mic", partial(self._ask.for_song, song)),
            Choice(t("host.library.edit"), "edit", partial(self._edit.open, song)),
        ]
        if song.unsure:
            choices.append(Choice(t("host.which.head"), "help_outline", partial(self._which.open, song)))
        choices.append(Choice(t("host.which.again"), "travel_explore", partial(self._which.look_up, song)))
        if song.readiness.quick and self._desk.house.live.show.model.state == "ready":
            choices.append(
                Choice(t("host.library.again"), "auto_fix_high", partial(self._separate_again, song))
            )
        choices.append(Choice(t("host.library.delete"), "delete_outline", partial(self._delete, song), "bad"))
        self._sheet.open(song.title, choices)

    async def _separate_again(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.separate_again, song.track_id)
            self._desk.house.wake()
            self._desk.say(t("host.library.again_said", title=song.title))

    async def _delete(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.delete_songs, [song.id])
            self._desk.say(t("host.library.deleted", title=song.title), undo=partial(self._restore, song.id))

    async def _restore(self, song_id: str) -> None:
        await self._desk.do(actions.restore_songs, [song_id])
        self._desk.house.wake()


class SongRow:
    """One song of the library."""

    def __init__(self, song: SongView, ask: Later, check: Later, opened: Callable[[SongView], None]) -> None:
        self._song = song
        with ui.element("div").classes("card item song").props("role=listitem") as self.card:
            self._cover = ui.element("div").classes("cover").props("aria-hidden=true")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    self._title = ui.label().classes("item-title ellipsis")
                    self._label = ui.label().classes("tag ellipsis")
                    self._quick = ui.label(t("host.ready.quick")).classes("tag")
                self._artist = ui.label().classes("quiet small-text ellipsis")
                self._reason = ui.label().classes("small-text bad-text")
            self._check = button(t("host.which.check"), lambda: check(self._song), "small check-title")
            self._long = ui.label().classes("when quiet")
            self._words = ui.label().classes("pill")
            self._ready = ui.label().classes("pill")
            press = button("", lambda: ask(self._song), "icon-btn", icon="mic")
            press.props(f'aria-label="{t("host.library.ask")}"')
            more = button("", lambda: opened(self._song), "icon-btn", icon="more_vert")
            more.props(f'aria-label="{t("host.more")}"').mark("more")
        self.card.mark(f"song-{song.id}")

    def show(self, song: SongView) -> None:
        self._song = song
        self._title.set_text(song.title)
        self._artist.set_text(song.artist or t("host.library.no_artist"))
        self._cover.style(cover.style(song))
        self._label.set_text(song.label)
        self._label.set_visibility(bool(song.label))
        self._check.set_visibility(song.unsure)
        self._quick.set_visibility(song.readiness.quick)
        self._long.set_text(length(song.seconds))
        set_pill(self._words, words_pill(song))
        self._words.set_visibility(song.has_words or song.readiness.can_start)
        set_pill(self._ready, readiness(song.readiness))
        failed = song.readiness.state is Ready.FAILED
        self._reason.set_visibility(failed and bool(song.readiness.reason))
        self._reason.set_text(song.readiness.reason)
