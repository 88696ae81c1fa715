"""The keyboard of a laptop: what each key does, and the list of them that “?” opens."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from karaoke_ui.pages.host.desk import button, dialog
from karaoke_ui.pages.host.parts import Keys
from karaoke_ui.text import t

Act = Callable[[], Awaitable[None] | None]

# What is shown as the key, and the text of what it does.
LISTED = (
    ("␣", "toggle"),
    ("← →", "seek"),
    ("k  K", "key"),
    ("t  T", "tempo"),
    ("g  G", "guide"),
    ("v  V", "volume"),
    ("m", "mute"),
    ("r", "rescue"),
    ("h", "hold"),
    ("n", "start"),
    ("w", "walk_up"),
    ("z", "undo"),
    ("/", "search"),
    ("1 – 6", "tabs"),
    ("?", "help"),
)


class Keyboard:
    """Hands each key to the press that it stands for."""

    def __init__(self, acts: Mapping[str, Act]) -> None:
        self._acts = {**acts, "help": self.open}
        Keys(self._press)
        self._dialog = dialog(t("host.keys.head"))

    def open(self) -> None:
        self._dialog.clear()
        with self._dialog, ui.element("div").classes("card sheet keys-sheet"):
            ui.label(t("host.keys.head")).classes("sheet-title").props("role=heading aria-level=2")
            with ui.element("dl").classes("keys-list"):
                for key, name in LISTED:
                    with ui.element("div"):
                        with ui.element("dt"):
                            for each in key.split("  "):
                                ui.label(each).classes("key-cap")
                        with ui.element("dd"):
                            ui.label(t(f"host.keys.{name}"))
            button(t("host.close"), self._dialog.close, "quiet-btn")
        self._dialog.open()

    async def _press(self, name: str) -> None:
        done = self._acts[name]() if name in self._acts else None
        if done is not None:
            await done
