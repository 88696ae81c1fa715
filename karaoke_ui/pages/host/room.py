"""What the host says to the room between and over the songs: hold, break, a message, and the delay of its screens."""

import time
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.delay import DelayDialog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.scene import CALLING, STOPPED
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show import between, messages, turns
from karaoke_ui.show.asking import MAX_MESSAGE
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import plural, quoted, t

BREAKS = (5, 10, 15, 20, 30, 45)


class RoomRow:
    """A row of buttons that stands in the same place whatever plays."""

    def __init__(self, desk: Desk, sheet: Sheet, prompt: Prompt) -> None:
        self._desk = desk
        self._sheet = sheet
        self._prompt = prompt
        self._delay = DelayDialog(desk)
        self._message = ""
        # The singer's own line beside the name that is up, and the turn it came with.
        self._said = self._turn_id = ""
        self._kept = False
        self._stopped = False
        with ui.element("div").classes("room") as self.all:
            with ui.element("div").classes("room-lines") as self.lines:
                self._line = RoomLine(self._take_down, "message-down")
                self._singers = RoomLine(self._hush, "line-down")
            with ui.element("div").classes("room-row") as self.row:
                self._hold = button(t("host.room.hold"), self.toggle_hold, "stack", icon="front_hand").mark(
                    "hold-show"
                )
                self._break = button(t("host.room.break"), self._open_breaks, "stack", icon="schedule").mark(
                    "break"
                )
                self._say = button(
                    t("host.room.message"), self._open_message, "stack", icon="chat_bubble_outline"
                )
                self._say.mark("message")
                button(t("host.room.delay"), self._delay.open, "stack", icon="av_timer").mark("delay")

    def show(self, show: ShowView) -> None:
        # Before the first TV there is no room to speak to.
        self.row.set_visibility(bool(show.stages or show.queue or show.now))
        stopped = show.scene.name in STOPPED
        if stopped != self._stopped:
            self._stopped = stopped
            self._hold.set_text(t("host.room.go_on" if stopped else "host.room.hold"))
            self._hold.props(f"icon={'play_arrow' if stopped else 'front_hand'}")
            self._hold.classes(add="warm" if stopped else "", remove="" if stopped else "warm")
        called = show.scene.called if show.scene.name in CALLING else None
        self._said, self._turn_id = (called.message, called.turn_id) if called else ("", "")
        self._line.show(show.message)
        self._singers.show(self._said)
        self._kept = show.message_until is None
        if show.message != self._message:
            self._message = show.message
            shown = bool(show.message)
            self._say.set_text(t("host.room.shown" if shown else "host.room.message"))
            self._say.classes(add="warm" if shown else "", remove="" if shown else "warm")

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

    def _open_message(self) -> None:
        """What the room reads: a new line, or what becomes of the one that is there."""
        if not self._message:
            self._write()
            return
        choices = [
            Choice(t("host.room.message_other"), "edit", self._write),
            Choice(t("host.room.message_down"), "close", self._take_down),
        ]
        if not self._kept:
            choices.insert(0, Choice(t("host.room.message_keep"), "push_pin", self._keep))
        says = t("host.room.message_stays" if self._kept else "host.room.message_passes")
        self._sheet.open(self._message, choices, says)

    async def _keep(self) -> None:
        with self._desk.caught():
            await self._desk.do(messages.keep)

    async def _take_down(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(messages.clear)

    async def _hush(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(turns.allow_line, self._turn_id, False)

    def _write(self) -> None:
        self._prompt.open(
            t("host.room.message_head"),
            self._show_message,
            value=self._message,
            words=t("host.room.message_help"),
            most=MAX_MESSAGE,
            act=t("host.room.message_do"),
        )

    async def _show_message(self, words: str) -> None:
        if words.strip():
            await self._desk.undoable(messages.say, words)
        elif self._message:
            await self._desk.undoable(messages.clear)


class RoomLine:
    """What the room reads now, and one tap that takes it off all screens."""

    def __init__(self, down: Callable[[], Awaitable[None]], mark: str) -> None:
        with ui.element("div").classes("room-line") as self.line:
            ui.icon("tv").props("aria-hidden=true")
            self._words = ui.label().classes("grow ellipsis").props("dir=auto")
            button(t("host.room.message_down"), down, "small").mark(mark)

    def show(self, words: str) -> None:
        self.line.set_visibility(bool(words))
        self._words.set_text(quoted(words))
