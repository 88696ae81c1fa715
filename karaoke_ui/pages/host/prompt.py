"""A dialog with one field: a name, a wish, a few words. One for the whole panel, filled when it opens."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.parts import HoldButton
from karaoke_ui.text import t

Later = Callable[[str], Awaitable[None]]


class Prompt:
    """Asks for a line of text and hands it on. What is refused stays in the field, to be mended."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._done: Later | None = None
        with dialog() as self._dialog, ui.element("div").classes("card sheet").mark("prompt"):
            self._title = ui.label().classes("sheet-title").props("dir=auto role=heading aria-level=2")
            self._help = ui.label().classes("quiet small-text")
            self._field = ui.input().props("outlined autocomplete=off").classes("field").mark("prompt-field")
            self._field.on("keydown.enter", self._enter, args=[])
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                self._do = button("", self._save, "main").mark("prompt-save")
                self._hold = HoldButton("", "", "", self._save).mark("prompt-hold")

    def open(
        self,
        title: str,
        done: Later,
        *,
        value: str = "",
        words: str = "",
        most: int = 60,
        act: str = "",
        hold: str = "",
    ) -> None:
        """`hold`: what stands on the button where it has to be held, and `act` is what it is called."""
        self._done = done
        self._title.set_text(title)
        self._dialog.props["aria-label"] = title
        self._help.set_text(words)
        self._help.set_visibility(bool(words))
        self._field.props(f'maxlength={most} aria-label="{title}"')
        self._field.set_value(value)
        self._do.set_text(act or t("host.edit.save"))
        self._do.set_visibility(not hold)
        self._hold.props.update(text=hold, said=act)
        self._hold.set_visibility(bool(hold))
        self._dialog.open()
        self._field.run_method("focus")

    async def _enter(self) -> None:
        if self._do.visible:
            await self._save()

    async def _save(self) -> None:
        if self._done is None:
            return
        with self._desk.caught():
            await self._done(self._field.value or "")
            self._dialog.close()
