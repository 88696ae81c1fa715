"""Several songs at once: chosen by a tap on each, then mended alike, made one, or moved to the trash."""

from collections.abc import Callable

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.pages.host.deleting import delete
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.show.views import SongView
from karaoke_ui.text import plural, t
from pipeline.editing import Fields


class Picking:
    """The bar that appears when songs are chosen."""

    def __init__(self, desk: Desk, shown: Callable[[], None]) -> None:
        self._desk = desk
        self._shown = shown
        self._picked: dict[str, SongView] = {}
        self._edit = EditMany(desk, self.stop)
        self.on = False
        with ui.element("div").classes("card line picking") as self._bar:
            self._sum = ui.label().classes("grow item-title")
            self._merge = button(t("host.picking.merge"), self._make_one, "small")
            self._change = button(t("host.picking.edit"), self._open_edit, "small").mark("picked-edit")
            self._throw = button(t("host.library.delete"), self._delete, "small bad").mark("picked-delete")
            button(t("host.picking.done"), self.stop, "small quiet-btn")
        self._bar.set_visibility(False)

    def start(self) -> None:
        self.on = True
        self._show()

    def stop(self) -> None:
        self.on = False
        self._picked.clear()
        self._show()

    def tap(self, song: SongView) -> None:
        if self.on:
            if self._picked.pop(song.id, None) is None:
                self._picked[song.id] = song
            self._show()

    def has(self, song_id: str) -> bool:
        return song_id in self._picked

    def _show(self) -> None:
        chosen = len(self._picked)
        self._bar.set_visibility(self.on)
        self._sum.set_text(plural("host.picking.sum", chosen) if chosen else t("host.picking.none"))
        self._merge.set_visibility(chosen == 2)
        for press in (self._change, self._throw):
            press.set_visibility(chosen > 0)
        self._shown()

    def _open_edit(self) -> None:
        self._edit.open(list(self._picked))

    async def _delete(self) -> None:
        ids = list(self._picked)
        with self._desk.caught():
            await delete(self._desk, ids, plural("host.picking.deleted", len(ids)))
            self.stop()

    async def _make_one(self) -> None:
        kept, other = self._picked.values()
        await merge(self._desk, kept, other)
        self.stop()


async def merge(desk: Desk, kept: SongView, other: SongView) -> None:
    """Make two songs versions of one, with a way back."""

    async def apart() -> None:
        await desk.do(actions.take_merge_back, other.id)

    with desk.caught():
        await desk.do(actions.merge_songs, kept.id, other.id)
        desk.say(t("host.picking.merged", title=kept.title), undo=apart)


class EditMany:
    """What is left empty stays as it is."""

    def __init__(self, desk: Desk, done: Callable[[], None]) -> None:
        self._desk = desk
        self._done = done
        self._ids: list[str] = []
        with dialog(t("host.picking.edit")) as self._dialog, ui.element("div").classes("card sheet"):
            ui.label(t("host.picking.edit")).classes("sheet-title")
            ui.label(t("host.picking.help")).classes("quiet small-text")
            self._fields = {name: self._field(name) for name in ("artist", "album", "language")}
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.edit.save"), self._save, "main").mark("picked-save")

    def _field(self, name: str) -> ui.input:
        words = t(f"host.picking.{name}")
        with ui.element("div").classes("named"):
            ui.label(words).classes("quiet small-text")
            field = ui.input().props(f'outlined maxlength=200 aria-label="{words}"').classes("field")
            return field.mark(f"picked-{name}")

    def open(self, ids: list[str]) -> None:
        self._ids = ids
        for field in self._fields.values():
            field.set_value("")
        self._dialog.open()

    async def _save(self) -> None:
        given = {name: field.value for name, field in self._fields.items() if (field.value or "").strip()}
        with self._desk.caught():
            await self._desk.do(actions.edit_songs, self._ids, Fields(**given))
            self._dialog.close()
            self._done()
