"""The two halves of the library's tab: its songs, and their preparation."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.text import t

HALVES = ("library", "jobs")


class LibraryWays:
    """Two titles side by side; the one that is not shown leads to the other half."""

    def __init__(self, shown: str, open_tab: Callable[[str], None]) -> None:
        self._buttons = {}
        for name in HALVES:
            if name == shown:
                title = ui.label(t(f"host.tabs.{name}")).classes("pane-title")
                title.props("role=heading aria-level=2")
            else:
                press = button(t(f"host.tabs.{name}"), partial(open_tab, name), "way").mark(f"to-{name}")
                self._buttons[name] = press

    def count(self, number: int) -> None:
        """How many songs are being prepared."""
        if "jobs" in self._buttons:
            self._buttons["jobs"].set_text(t("host.tabs.jobs") + (f" {number}" if number else ""))
