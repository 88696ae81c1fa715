"""The whole screen: “You're next” in the accent, “It's you” in the warm light. It never traps: one tap leads back."""

import time
from collections.abc import Callable
from typing import Literal

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show.views import NowView, ShowView, TurnView
from karaoke_ui.text import t

Kind = Literal["", "next", "stage"]


class Moment:
    def __init__(self, phone: Phone, toast: Toast, to: Callable[[str], None]) -> None:
        self._phone = phone
        self._toast = toast
        # What was closed by hand: it stays closed, until the moment is another one.
        self._closed = ""
        self._key = ""
        self._turn: TurnView | None = None
        self._to = to
        self._screen = box("section", "moment")
        tell(self._screen, role="dialog")

    def _fill(self) -> None:
        """Before it is shown for the first time: most phones wait for long."""
        with self._screen:
            Text("p", f"{self._phone.singer.name} {self._phone.singer.face}", "name")
            self._heading = Text("h1")
            self._song = Text("p", "", "what")
            self._when = Text("p")
            self._trouble = Text("p", "", "trouble")
            Text("button", t("singer.moment.back"), "link").on("click", lambda: self._to("search")).mark(
                "back"
            )
            box("div", "grow")
            with box("div", "answers") as self._answers:
                Text("button", t("singer.moment.look"), "main").on("click", lambda: self._to("now"))
                self._cancel = Text("button", t("singer.moment.cancel"), "soft").on("click", self._doubt)
            with box("div", "answers") as self._sure:
                Text("p", t("singer.moment.sure"), "what")
                Text("button", t("singer.moment.yes"), "main").on("click", self._give_up)
                Text("button", t("singer.moment.keep"), "soft").on("click", lambda: self._ask_again(False))

    @property
    def is_open(self) -> bool:
        return bool(self._key) and self._key != self._closed

    def kind(self, show: ShowView) -> Kind:
        me = self._phone.singer.id
        if show.now and show.now.singer_id == me:
            return "stage"
        return "next" if show.queue and show.queue[0].singer_id == me else ""

    def show(self, show: ShowView) -> None:
        kind = self.kind(show)
        turn_id = show.now.turn_id if kind == "stage" and show.now else show.queue[0].id if kind else ""
        key = f"{kind} {turn_id}".strip()
        if key and not self._screen.default_slot.children:
            self._fill()
        if key != self._key:
            self._key, self._closed = key, ""
            if key:
                self._ask_again(False)
        self._screen.set_visibility(self.is_open)
        if kind == "stage" and show.now:
            self._show_stage(show.now)
        elif kind == "next":
            self._show_next(show, show.queue[0])

    def close(self) -> None:
        self._closed = self._key

    def reopen(self) -> None:
        self._closed = ""

    def _show_next(self, show: ShowView, turn: TurnView) -> None:
        self._turn = turn
        self._dress("next", phrases.by(turn.title, turn.artist))
        self._when.text = phrases.you_are_next(show, turn, time.time())
        self._trouble.text = phrases.trouble(turn) or t("singer.moment.come")
        self._cancel.set_visibility(True)

    def _show_stage(self, now: NowView) -> None:
        self._dress("stage", phrases.by(now.title, now.artist))
        self._when.text = t(f"singer.moment.{'words' if now.lyrics_id else 'no_words'}")
        self._trouble.text = ""
        self._cancel.set_visibility(False)

    def _dress(self, kind: Kind, song: str) -> None:
        mark(self._screen, "stage", kind == "stage")
        self._heading.text = t(f"singer.moment.{kind}")
        self._song.text = song
        tell(self._screen, aria_label=self._heading.text)

    def _doubt(self) -> None:
        self._ask_again(True)

    def _ask_again(self, doubt: bool) -> None:
        self._sure.set_visibility(doubt)
        self._answers.set_visibility(not doubt)

    async def _give_up(self) -> None:
        self._ask_again(False)
        if self._turn is not None:
            await self._toast.cancel(self._turn.id, self._turn.title)
