"""House lists: songs that the host put together. One dialog for the lists, and for the songs of one."""

from collections.abc import Callable
from functools import partial

from nicegui import ui
from sqlmodel import Session

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import lists, views
from karaoke_ui.show.views import SongView
from karaoke_ui.text import plural, t


class ListsDialog:
    """Filled when it opens, and after each change."""

    def __init__(self, desk: Desk, prompt: Prompt) -> None:
        self._desk = desk
        self._prompt = prompt
        self._list_id = ""
        self._of_rows = Newest()
        with (
            dialog(t("host.lists.head")) as self._dialog,
            ui.element("div").classes("card sheet lists-sheet"),
        ):
            with ui.element("header").classes("ask-head"):
                self._back = button("", self._all, "icon-btn", icon="arrow_back").mark("lists-back")
                self._back.props(f'aria-label="{t("host.lists.back")}"')
                self._title = (
                    ui.label()
                    .classes("sheet-title ellipsis grow")
                    .props("dir=auto role=heading aria-level=2")
                )
                close = button("", self._dialog.close, "icon-btn", icon="close")
                close.props(f'aria-label="{t("host.close")}"')
            self._rows = ui.element("div").classes("report-lines").props("role=list")
            self._finding = Finding(desk, self._add)
            with ui.element("div").classes("line end"):
                self._rename = button(t("host.lists.rename"), self._ask_other_name).mark("rename-list")
                self._delete = button(t("host.lists.delete"), self._remove_list, "bad").mark("delete-list")
                self._new = button(t("host.lists.new"), self._ask_name, "main").mark("new-list")

        self._look(one=False)

    async def open(self, list_id: str = "") -> None:
        await (self._one(list_id) if list_id else self._all())
        self._dialog.open()

    async def make(self) -> None:
        """Straight to the name of a new one."""
        await self.open()
        self._ask_name()

    async def _all(self) -> None:
        self._list_id = ""
        self._look(one=False)
        self._title.set_text(t("host.lists.head"))
        with self._desk.caught():
            is_newest = self._of_rows.begin()
            found = await self._desk.house.read(lists.every)
            if not is_newest():
                return
            self._rows.clear()
            with self._rows:
                for each, songs in found:
                    with ui.element("button").classes("found-song").props("type=button") as row:
                        ui.label(each.name).classes("item-title ellipsis grow").props("dir=auto")
                        ui.label(plural("host.lists.songs", songs)).classes("quiet")
                    row.on("click", partial(self._one, each.id), args=[]).mark(f"list-{each.id}")
                if not found:
                    ui.label(t("host.lists.nothing")).classes("quiet empty-line")

    async def _one(self, list_id: str) -> None:
        self._list_id = list_id
        self._look(one=True)
        with self._desk.caught():
            is_newest = self._of_rows.begin()
            name, songs = await self._desk.house.read(_songs, list_id)
            if not is_newest():
                return
            self._title.set_text(name)
            self._rows.clear()
            with self._rows:
                for place, song in enumerate(songs, 1):
                    self._row(song, is_first=place == 1, is_last=place == len(songs))
            await self._finding.look()

    def _row(self, song: SongView, *, is_first: bool, is_last: bool) -> None:
        with ui.element("div").classes("line").props("role=listitem"):
            words = " · ".join(filter(None, (song.title, song.artist)))
            ui.label(words).classes("grow ellipsis").props("dir=auto")
            up = button("", partial(self._move, song.id, -1), "icon-btn", icon="arrow_upward")
            down = button("", partial(self._move, song.id, 1), "icon-btn", icon="arrow_downward")
            off = button("", partial(self._put, song.id, False), "icon-btn", icon="close")
            for name, each in (("up", up), ("down", down), ("off", off)):
                # A title may hold what would end a string of props.
                each.props["aria-label"] = t(f"host.lists.{name}", title=song.title)
                each.mark(f"{name}-{song.id}")
            up.set_enabled(not is_first)
            down.set_enabled(not is_last)

    def _look(self, *, one: bool) -> None:
        self._back.set_visibility(one)
        self._rename.set_visibility(one)
        self._delete.set_visibility(one)
        self._new.set_visibility(not one)
        self._finding.show(one)

    async def _add(self, song: SongView) -> None:
        await self._put(song.id, True)

    async def _put(self, song_id: str, on: bool) -> None:
        await self._change(lists.put, song_id, on)

    async def _move(self, song_id: str, by: int) -> None:
        await self._change(lists.move, song_id, by)

    async def _change(self, action: Callable[..., object], *args: object) -> None:
        """The list is drawn anew, unless another one is looked at by then, or all of them."""
        list_id = self._list_id
        with self._desk.caught():
            await self._desk.do(action, list_id, *args)
        if self._list_id == list_id:
            await self._one(list_id)

    def _ask_other_name(self) -> None:
        async def rename(name: str) -> None:
            await self._desk.do(lists.change, self._list_id, name)
            await self._one(self._list_id)

        self._prompt.open(t("host.lists.name"), rename, value=self._title.text, most=lists.MAX_NAME)

    def _ask_name(self) -> None:
        async def make(name: str) -> None:
            made = await self._desk.do(lists.create, name)
            await self._one(made.id)

        self._prompt.open(t("host.lists.name"), make, most=lists.MAX_NAME)

    async def _remove_list(self) -> None:
        with self._desk.caught():
            name, songs = await self._desk.house.read(_songs, self._list_id)
            await self._desk.do(lists.delete, self._list_id)
            words = t("host.lists.deleted", name=name)
            self._desk.say(words, undo=partial(self._bring_back, name, [song.id for song in songs]))
        await self._all()

    async def _bring_back(self, name: str, song_ids: list[str]) -> None:
        await self._desk.do(lists.create, name, song_ids)


async def choose_list(desk: Desk, sheet: Sheet, song: SongView) -> None:
    """“Put on a list”: which one?"""

    async def put(list_id: str, name: str) -> None:
        with desk.caught():
            await desk.do(lists.put, list_id, song.id)
            desk.say(t("host.lists.put_on", title=song.title, name=name), undo=partial(take_off, list_id))

    async def take_off(list_id: str) -> None:
        await desk.do(lists.put, list_id, song.id, False)

    with desk.caught():
        found = await desk.house.read(lists.every)
        choices = [Choice(each.name, "playlist_add", partial(put, each.id, each.name)) for each, _ in found]
        sheet.open(t("host.lists.which"), choices, "" if found else t("host.lists.nothing"))


def _songs(s: Session, list_id: str) -> tuple[str, list[SongView]]:
    return lists.get(s, list_id).name, [views.song(s, song_id) for song_id in lists.songs_of(s, list_id)]
