"""The library: songs come in by dropping them, and every song can be asked for, mended or moved to the trash."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.chips import Chips, Chosen
from karaoke_ui.pages.host.deleting import delete
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.edit import EditDialog
from karaoke_ui.pages.host.imports import LastImport
from karaoke_ui.pages.host.lists_sheet import choose_list
from karaoke_ui.pages.host.parts import DropZone
from karaoke_ui.pages.host.picking import Picking, merge
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.song_row import RowActs, SongRow
from karaoke_ui.pages.host.versions import VersionsSheet
from karaoke_ui.pages.host.videos import FromYouTube
from karaoke_ui.pages.host.ways import LibraryWays
from karaoke_ui.pages.host.which import WhichOne
from karaoke_ui.parts.newest import InTurn
from karaoke_ui.show import views
from karaoke_ui.show.rights import Right
from karaoke_ui.show.views import SongView
from karaoke_ui.text import plural, t
from pipeline import library, versions
from pipeline.editing import Fields
from pipeline.sources import links
from pipeline.tables import READY_MADE, Track

# The browser sends each file here, as any program would.
SONGS_URL = "/api/v1/songs"
PAGE = 50
# A change of any of these may change a row.
OF_SONGS = ("song", "track", "job", "lyrics")


class LibraryPane:
    """Drop zone, search and songs. Reads the database only while it is looked at."""

    def __init__(self, desk: Desk, ask: AskDialog, sheet: Sheet, open_tab: Callable[[str], None]) -> None:
        self._desk = desk
        self._ask = ask
        self._sheet = sheet
        self._edit = EditDialog(desk)
        self._which = WhichOne(desk, sheet)
        self._versions = VersionsSheet(desk, sheet)
        self._rows: dict[str, SongRow] = {}
        self._limit = PAGE
        self._readings = InTurn()
        self.count = 0
        # Something changed while nobody looked.
        self.stale = False
        with ui.element("header").classes("pane-head"):
            self.ways = LibraryWays("library", open_tab)
            self._sum = ui.label().classes("pill")
            self._search = ui.input(placeholder=t("host.library.search"), on_change=self._searched)
            self._search.props("outlined dense clearable debounce=150 autocomplete=off type=search")
            self._search.props(f'aria-label="{t("host.library.search")}"').classes("field search")
            self._search.mark("library-search")
        with ui.element("div").classes("pane-body"):
            self._drop = DropZone(SONGS_URL)
            self._imports = LastImport(desk)
            self._chips = Chips(desk, sheet, self._searched)
            with self._chips.row:
                several = button("", self._start_picking, "icon-btn", icon="checklist")
                several.props(f'aria-label="{t("host.library.choose")}"').mark("choose-several")
            self._picking = Picking(desk, self._show_picked)
            with ui.element("div").classes("demo") as self._demo:
                ui.label(t("host.library.demo_help")).classes("quiet")
                self._make = button(t("host.library.demo"), self._make_demo, "big", icon="auto_awesome")
            self._none = ui.label(t("host.library.nothing")).classes("quiet empty-line")
            self._list = ui.element("div").classes("rows").props("role=list")
            self._more = button(t("host.library.more"), self._show_more)
            self.videos = FromYouTube(desk)

    async def load(self) -> None:
        """Read what the list shows."""
        await self._readings.run(self._read)

    async def _read(self) -> None:
        self.stale = False
        with self._desk.caught():
            words = self._search.value or ""
            chosen = self._chips.chosen
            found = await self._desk.house.read(
                views.songs,
                words,
                self._limit + 1,
                filters=chosen.filters,
                never_sung=chosen.never_sung,
            )
            self.count = await self._desk.house.read(library.count)
            # A link is no search in the library: what it leads to stands below.
            looked_for = bool(words) and not links.is_link(words)
            self._show(found.songs, looked_for or (not words and chosen != Chosen()))
            await self._imports.look()

    def focus_search(self) -> None:
        self._search.run_method("focus")

    def concerns(self, changes: Changes) -> bool:
        return any(kind in changes for kind in OF_SONGS)

    def _show(self, found: list[SongView], narrowed: bool) -> None:
        self._more.set_visibility(len(found) > self._limit)
        self._none.set_visibility(narrowed and not found)
        self._drop.show_big(self.count == 0)
        self._demo.set_visibility(self.count == 0)
        self._sum.set_visibility(self.count > 0)
        self._chips.row.set_visibility(self.count > 0)
        self._sum.set_text(plural("host.library.sum", self.count))
        ask = self._ask.for_song if Right.QUEUE in self._desk.rights else None
        acts = RowActs(ask, self._which.open, self._open, self._ask_twins, self._picking.tap)
        wanted = {song.id: song for song in found[: self._limit]}
        for gone in self._rows.keys() - wanted.keys():
            self._rows.pop(gone).card.delete()
        for place, (song_id, song) in enumerate(wanted.items()):
            row = self._rows.get(song_id)
            if row is None:
                with self._list:
                    row = self._rows[song_id] = SongRow(song, acts)
            row.show(song)
            row.mark_picked(self._picking.has(song_id))
            if self._list.default_slot.children[place] is not row.card:
                row.card.move(target_index=place)

    def _start_picking(self) -> None:
        if self._picking.on:
            self._picking.stop()
        else:
            self._picking.start()

    def _show_picked(self) -> None:
        on = self._picking.on
        self._list.classes(add="picking" if on else "", remove="" if on else "picking")
        for song_id, row in self._rows.items():
            row.mark_picked(self._picking.has(song_id))

    async def _ask_twins(self, song: SongView) -> None:
        """Two songs of one title and artist: are they one?"""
        with self._desk.caught():
            other = await self._desk.house.read(views.song, song.twin)
            one = Choice(t("host.library.one"), "merge", partial(merge, self._desk, song, other))
            two = Choice(t("host.library.two"), "call_split", partial(self._keep_apart, song, other))
            self._sheet.open(t("host.library.same_help", title=song.title), [one, two])

    async def _keep_apart(self, song: SongView, other: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.keep_apart, song.id, other.id)

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

    async def _open(self, song: SongView) -> None:
        with self._desk.caught():
            known = await self._desk.house.read(versions.of, song.id)
            self._open_with(song, known)

    def _open_with(self, song: SongView, known: list[Track]) -> None:
        choices = [
            Choice(t("host.library.ask"), "mic", partial(self._ask.for_song, song)),
            Choice(t("host.library.edit"), "edit", partial(self._edit.open, song)),
        ]
        to_list = partial(choose_list, self._desk, self._sheet, song)
        choices.append(Choice(t("host.lists.put"), "playlist_add", to_list))
        if song.unsure:
            choices.append(Choice(t("host.which.head"), "help_outline", partial(self._which.open, song)))
        if len(known) > 1:
            pick = partial(self._versions.open, song, known)
            choices.append(Choice(plural("host.library.versions", len(known)), "layers", pick))
        choices.append(Choice(t("host.which.again"), "travel_explore", partial(self._which.look_up, song)))
        engine = self._desk.house.live.show.model.engine
        if engine and song.engine not in ("", READY_MADE, engine):
            again = t("model.again", name=engine)
            choices.append(Choice(again, "auto_fix_high", partial(self._separate_again, song)))
        key, icon = ("unblock", "lock_open") if song.blocked else ("block", "block")
        choices.append(Choice(t(f"host.library.{key}"), icon, partial(self._block, song, not song.blocked)))
        choices.append(Choice(t("host.library.delete"), "delete_outline", partial(self._delete, song), "bad"))
        self._sheet.open(song.title, choices)

    async def _separate_again(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.separate_again, song.track_id)
            self._desk.house.wake()
            self._desk.say(t("model.again_said", title=song.title))

    async def _block(self, song: SongView, blocked: bool) -> None:
        with self._desk.caught():
            await self._desk.do(actions.edit_songs, [song.id], Fields(blocked=blocked))

    async def _delete(self, song: SongView) -> None:
        with self._desk.caught():
            await delete(self._desk, [song.id], t("host.library.deleted", title=song.title))
