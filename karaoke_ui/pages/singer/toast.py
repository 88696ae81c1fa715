"""A line above the bottom bar that goes by itself: what just happened, and a way back."""

from karaoke_ui import text
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.show import night
from karaoke_ui.text import t
from pipeline.errors import EncoreError


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

    async def cancel(self, turn_id: str, title: str) -> None:
        """Take one's own turn out of the queue, and offer to put it back."""
        if turn_id == self._gone:
            return
        self._gone = turn_id
        try:
            await self._phone.do(night.remove, turn_id)
        except EncoreError as error:
            self._gone = ""
            self.say(text.of_error(error))
            return
        self._place.clear()
        with self._place, box("div", "toast"):
            Text("p", t("singer.mine.cancelled", title=title))
            Text("button", t("singer.mine.undo")).on("click", lambda: self._undo(turn_id, title)).mark("undo")

    async def _undo(self, turn_id: str, title: str) -> None:
        self._gone = ""
        try:
            await self._phone.do(night.put_back, turn_id)
        except EncoreError as error:
            self.say(text.of_error(error))
            return
        self.say(t("singer.mine.back", title=title))
