"""The list of who did what tonight, each deed with its own way back."""

from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.deeds import DeedView, listed
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show import nights, turns, undo
from karaoke_ui.show.rights import Right
from karaoke_ui.text import t


class DeedsLog:
    """A dialog that is filled when it opens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with dialog(t("host.log.head")) as self._dialog, ui.element("div").classes("card sheet log-sheet"):
            ui.label(t("host.log.head")).classes("sheet-title").props("role=heading aria-level=2")
            self._rows = ui.element("div").classes("report-lines").props("role=list")
            button(t("host.close"), self._dialog.close, "quiet-btn")

    async def open(self) -> None:
        with self._desk.caught():
            await self._load()
            self._dialog.open()

    async def _load(self) -> None:
        found = await self._desk.house.read(listed, self._desk.rights)
        self._rows.clear()
        with self._rows:
            for deed in found:
                self._row(deed)
            if not found:
                ui.label(t("host.log.nothing")).classes("quiet empty-line")

    def _row(self, deed: DeedView) -> None:
        with (
            ui.element("div")
            .classes(f"line log-line{' undone' if deed.undone else ''}")
            .props("role=listitem")
        ):
            ui.label(clock(deed.at)).classes("when quiet")
            with ui.element("div").classes("grow item-text"):
                ui.label(deed.words).classes("log-words").props("dir=auto")
                ui.label(deed.who).classes("quiet small-text ellipsis")
            if deed.performance_id:
                words = t("host.now.not_counted" if deed.counted else "host.now.counts")
                button(words, partial(self._count, deed), "small")
            if deed.can_undo:
                button(t("host.undo"), partial(self._undo, deed.id), "small")
            elif deed.reopens and Right.HOST in self._desk.rights:
                button(t("host.undo"), partial(self._reopen, deed.reopens), "small").mark("reopen")
            elif deed.undone:
                ui.label(t("host.log.undone")).classes("tag")

    async def _count(self, deed: DeedView) -> None:
        with self._desk.caught():
            await self._desk.do(turns.set_counted, deed.performance_id, not deed.counted)
            await self._load()

    async def _reopen(self, night_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(nights.reopen, night_id)
            await self._load()

    async def _undo(self, deed_id: int) -> None:
        with self._desk.caught():
            await self._desk.do(undo.undo, deed_id)
            await self._load()
