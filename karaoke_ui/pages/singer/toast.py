"""A line above the bottom bar that goes by itself: what just happened, and a way back."""

from collections.abc import Awaitable, Callable

from karaoke_ui import text
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.show import night, turns, undo
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import t
from pipeline.errors import EncoreError

Act = Callable[[], Awaitable[object]]


class Toast:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        # The turn that was cancelled last: a second tap on the same button changes nothing.
        self._gone = ""
        self._place = box("div", "toasts")
        tell(self._place, role="status")

    def say(self, sentence: str) -> None:
        self._place.clear()
        with self._place, box("div", "toast brief"):
            Text("p", sentence)

    async def attempt(self, act: Act) -> bool:
        """Do something; why it cannot be done is said."""
        try:
            await act()
        except EncoreError as error:
            self.say(text.of_error(error))
            return False
        return True

    async def cancel(self, turn: TurnView) -> None:
        """Take one's own turn out of the queue, and offer to put it back."""
        if turn.id == self._gone:
            return
        self._gone = turn.id
        if not await self.attempt(lambda: self._phone.do(night.remove, turn.id)):
            self._gone = ""
            return
        self._offer(t("singer.mine.cancelled", title=turn.title), lambda: self._put_back(turn))

    async def let_one_go_first(self, turn: TurnView) -> None:
        if await self.attempt(lambda: self._phone.do(turns.later, turn.id, turn.later + 1)):
            self._offer(t("singer.mine.later_done", title=turn.title), lambda: self._as_before(turn))

    def _offer(self, sentence: str, undo: Act) -> None:
        self._place.clear()
        with self._place, box("div", "toast"):
            Text("p", sentence)
            Text("button", t("singer.mine.undo")).on("click", undo).mark("undo")

    async def _put_back(self, turn: TurnView) -> None:
        self._gone = ""
        if await self.attempt(lambda: self._phone.do(undo.put_back, turn.id)):
            self.say(t("singer.mine.back", title=turn.title))

    async def _as_before(self, turn: TurnView) -> None:
        if await self.attempt(lambda: self._phone.do(turns.later, turn.id, turn.later)):
            self.say(t("singer.mine.back", title=turn.title))
