"""A sheet of large buttons: what can be done with a row. One for the whole panel, filled when it opens."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import button, dialog
from karaoke_ui.pages.host.parts import HoldButton, Language
from karaoke_ui.text import t


@dataclass(frozen=True)
class Choice:
    """One thing that can be done."""

    words: str
    icon: str
    act: Callable[[], Awaitable[None] | None]
    tone: str = ""
    # Instead of words: the language that it stands for.
    language: str = ""
    # What a screen reader calls it, where it has to be held.
    held_as: str = ""


class Sheet:
    """Opens with a title and its choices; each choice closes it and acts."""

    def __init__(self) -> None:
        with dialog() as self._dialog, ui.element("div").classes("card sheet").mark("sheet") as card:
            self._card = card
            self._title = (
                ui.label().classes("sheet-title ellipsis").props("dir=auto role=heading aria-level=2")
            )
            self._words = ui.label().classes("quiet sheet-words")
            self._choices = ui.element("div").classes("sheet-choices")
            button(t("host.close"), self._dialog.close, "quiet-btn")

    def tell(self, title: str, words: str) -> None:
        """Something to read, and nothing to choose."""
        self.open(title, (), words)

    def open(self, title: str, choices: Sequence[Choice], words: str = "", *, wide: bool = False) -> None:
        self._title.set_text(title)
        self._dialog.props["aria-label"] = title
        self._words.set_text(words)
        self._words.set_visibility(bool(words))
        self._card.classes(add="wide" if wide else "", remove="" if wide else "wide")
        self._choices.clear()
        with self._choices:
            for choice in choices:
                if choice.held_as:
                    held = partial(self._hold, choice)
                    HoldButton(choice.words, choice.held_as, choice.icon, held).mark("hold-choice")
                    continue
                made = button(
                    choice.words,
                    partial(self._choose, choice),
                    f"big {choice.tone}",
                    icon=choice.icon,
                )
                if choice.language:
                    with made:
                        Language(choice.language)
        self._dialog.open()

    def _choose(self, choice: Choice) -> Awaitable[None] | None:
        self._dialog.close()
        return choice.act()

    async def _hold(self, choice: Choice) -> None:
        if (acting := self._choose(choice)) is not None:
            await acting
