"""The sheet in which a song is asked for: what it is, when one would sing, Ask; then the place in the queue."""

import time
from collections.abc import Callable

from nicegui import ui

from karaoke_ui import text
from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.parts import cover
from karaoke_ui.show import night, videos
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.views import ShowView, SongView
from karaoke_ui.text import plural, t
from pipeline.errors import EncoreError
from pipeline.sources.youtube import Found


class Sheet:
    def __init__(self, phone: Phone, to_mine: Callable[[], None]) -> None:
        self._phone = phone
        self._to_mine = to_mine
        self._song: SongView | None = None
        self._video: Found | None = None
        # The turn that came of it, once the singer has asked.
        self._turn = ""
        with ui.dialog().props("position=bottom") as self._dialog:
            self._sheet = box("div", "sheet")
        tell(self._dialog, aria_label=t("singer.sheet.heading"))

    def _fill(self) -> None:
        """Before it is opened for the first time: an element that nobody sees costs as much as another."""
        with self._sheet:
            self._heading = Text("h2")
            with box("div", "song") as self._line:
                self._title = Text("h3")
                self._artist = Text("p")
            self._when = Text("p", "", "when")
            self._about = Text("p", "", "quiet")
            self._error = Text("p", "", "wrong")
            tell(self._error, role="alert")
            self._ask = Text("button", t("singer.sheet.ask"), "main").on("click", self._press_ask).mark("ask")
            self._mine = Text("button", t("singer.tabs.mine"), "soft").on("click", self._press_mine)
            self._close = Text("button", "", "soft").on("click", self._dialog.close).mark("close")

    def open(self, song: SongView, video: Found | None = None) -> None:
        """Ask about a song; about a video that would be this song, where it is not in the library yet."""
        if not self._sheet.default_slot.children:
            self._fill()
        self._song, self._video, self._turn = song, video, ""
        self._error.text = ""
        self._title.text, self._artist.text = song.title, phrases.whose(song)
        self._line.style(cover.style(song))
        self._dialog.open()
        self.show(self._phone.house.live.show)

    def show(self, show: ShowView) -> None:
        if self._song is None or not self._dialog.value:
            return
        mine = phrases.of(self._phone.singer.id, show.queue)
        turn = next((each for each in mine if each.id == self._turn), None)
        mark(self._sheet, "done", bool(self._turn))
        self._close.classes(replace="main" if self._turn else "soft")
        self._mine.set_visibility(bool(self._turn))
        if self._turn:
            self._heading.text = t("singer.sheet.done")
            self._when.text = phrases.place(show, turn, time.time()) if turn else self._when.text
            self._about.text = phrases.before(show, turn) if turn else self._about.text
            self._close.text = t("singer.sheet.fine")
            self._ask.set_visibility(False)
        else:
            self._show_question(show, self._song, len(mine))

    def _show_question(self, show: ShowView, song: SongView, mine: int) -> None:
        can_sing = song.readiness.state is not Ready.FAILED
        may_ask = mine < night.MAX_WAITING
        self._heading.text = t("singer.sheet.heading")
        self._when.text = phrases.would_sing(show, song, time.time()) if can_sing and may_ask else ""
        self._about.text = (
            phrases.before_asking(song, self._video is not None)
            if may_ask
            else plural("singer.sheet.full", mine)
        )
        self._close.text = t("singer.sheet.close")
        self._ask.set_visibility(can_sing and may_ask)

    async def _press_ask(self) -> None:
        if self._song is None or self._turn:
            return
        try:
            if self._video is None:
                self._turn = (await self._phone.do(night.ask, self._song.id)).id
            else:
                self._turn = (await self._phone.do(videos.ask_video, self._video)).id
                self._phone.house.wake()
        except EncoreError as error:
            self._error.text = text.of_error(error)
            return
        self.show(self._phone.house.live.show)

    def _press_mine(self) -> None:
        self._dialog.close()
        self._to_mine()
