"""What the host says to the room between and over the songs: hold, break, a message, and the delay of its screens."""

import time
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.scene import STOPPED
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show import between
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import plural, t

BREAKS = (5, 10, 15, 20, 30, 45)


class RoomRow:
    """A row of buttons that stands in the same place whatever plays."""

    def __init__(self, desk: Desk, sheet: Sheet) -> None:
        self._desk = desk
        self._sheet = sheet
        self._stopped = False
        with ui.element("div").classes("room-row") as self.row:
            self._hold = button(t("host.room.hold"), self.toggle_hold, "stack", icon="front_hand").mark(
                "hold-show"
            )
            self._break = button(t("host.room.break"), self._open_breaks, "stack", icon="schedule").mark(
                "break"
            )

    def show(self, show: ShowView) -> None:
        stopped = show.scene.name in STOPPED
        if stopped != self._stopped:
            self._stopped = stopped
            self._hold.set_text(t("host.room.go_on" if stopped else "host.room.hold"))
            self._hold.props(f"icon={'play_arrow' if stopped else 'front_hand'}")
            self._hold.classes(add="warm" if stopped else "", remove="" if stopped else "warm")

    async def toggle_hold(self) -> None:
        with self._desk.caught():
            await self._desk.do(between.go_on if self._stopped else between.hold)

    def _open_breaks(self) -> None:
        now = time.time()
        choices = [
            Choice(
                plural("host.room.back_at", minutes, at=clock(now + minutes * 60)),
                "schedule",
                partial(self._take_break, minutes),
            )
            for minutes in BREAKS
        ]
        self._sheet.open(t("host.room.break_head"), choices)

    async def _take_break(self, minutes: int) -> None:
        with self._desk.caught():
            await self._desk.do(between.take_break, minutes)
