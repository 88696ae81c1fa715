"""The one sheet that comes up from the bottom, for whoever needs it; empty again when it is closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nicegui import ui

from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.text import t


class Drawer:
    def __init__(self, moved: Callable[[], None]) -> None:
        """`moved` is called when it was opened or closed, however that came."""
        self._owner: object = None
        self._moved = moved
        with ui.dialog().props("position=bottom") as self._dialog:
            self._sheet = box("div", "sheet")
        self._dialog.on_value_change(self._moved)
        self._dialog.on("hide", self._empty)

    @property
    def is_open(self) -> bool:
        return bool(self._dialog.value)

    def is_of(self, owner: object) -> bool:
        return self.is_open and self._owner is owner

    @contextmanager
    def fill(self, owner: object, label: str) -> Iterator[ui.element]:
        """What is put into it is shown; elements that nobody sees cost as much as others, so they go with it."""
        self._owner = owner
        self._sheet.clear()
        self._sheet.classes(replace="sheet")
        tell(self._dialog, aria_label=label)
        with self._sheet:
            close = Text("button", "×", "close").on("click", self.close).mark("close")
            tell(close, aria_label=t("singer.sheet.close"), type="button")
            yield self._sheet
        self._dialog.open()

    def mark_done(self) -> None:
        """What it was opened for has happened."""
        mark(self._sheet, "done", on=True)

    def close(self) -> None:
        self._owner = None
        self._dialog.close()

    def _empty(self) -> None:
        if not self.is_open:
            self._sheet.clear()
