"""A line above the bottom bar that goes by itself: what just happened, and a way back."""

from collections.abc import Awaitable, Callable

from karaoke_ui import text
from karaoke_ui.pages.singer.elements import Text, box, read_out, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.show import deeds, night, turns, undo
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import plural, t
from pipeline.errors import EncoreError

Act = Callable[[], Awaitable[object]]


class Toast:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        # The turn that was cancelled last: a second tap on the same button changes nothing.
        self._gone = ""
        self._cancels = False
        # It has been seen to be gone: the queue may tell so before the answer to the tap is here.
        self._is_away = False
        self._place = box("div", "toasts")
        tell(self._place, role="status")

    def show(self, show: ShowView) -> None:
        """What waits again after it was cancelled, somebody else has put back."""
        waits = self._gone in show.waiting
        if waits and (self._is_away or not self._cancels):
            self._gone = ""
        self._is_away = not waits

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
        self._gone, self._cancels, self._is_away = turn.id, True, False
        is_gone = await self.attempt(lambda: self._phone.do(night.remove, turn.id))
        self._cancels = False
        if not is_gone:
            self._gone = ""
            return
        self._offer(t("singer.mine.cancelled", title=turn.title), lambda: self._put_back(turn))
        with self._place:  # what was pressed may be gone by now
            read_out(".page:not(.hidden) > h2[tabindex]", ".hello")

    async def let_one_go_first(self, turn: TurnView) -> None:
        if await self.attempt(
            lambda: self._phone.do_for(turn.singer_id, turns.later, turn.id, turn.later + 1)
        ):
            said = plural("singer.mine.later_done", turn.later + 1, title=turn.title)
            self._offer(said, lambda: self._as_before(turn))

    async def did(self, action: str, turn: TurnView, sentence: str) -> None:
        """Tell what was just done to a song, and offer to take it back."""
        who = Actor(Role.SINGER, self._phone.singer.id)
        deed = await self._phone.house.read(deeds.newest, who, action, turn.id)
        if deed is None:
            self.say(sentence)
        else:
            self._offer(sentence, lambda: self._undo(deed, turn))

    async def _undo(self, deed: int, turn: TurnView) -> None:
        if await self.attempt(lambda: self._phone.do(undo.undo, deed)):
            self.say(t("singer.mine.as_before", title=turn.title))

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
        if await self.attempt(lambda: self._phone.do_for(turn.singer_id, turns.later, turn.id, turn.later)):
            self.say(t("singer.mine.back", title=turn.title))
