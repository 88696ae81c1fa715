"""Songs of the others who sing with this phone: a press hands it over to whose song it is."""

import time
from functools import partial

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t


class Sharers:
    def __init__(self, phone: Phone, toast: Toast) -> None:
        self._phone = phone
        self._toast = toast
        self._drawn: list[tuple[str, str, str]] = []
        with box("div", "facts sharers") as self._all:
            Text("h2", t("singer.mine.sharers"))
            self._list = box("div", "people")

    def show(self, show: ShowView) -> None:
        """Draw them; they are few and change seldom, so they are made anew."""
        others = [each.id for each in self._phone.singers if each.id != self._phone.singer.id]
        found = [turn for other in others for turn in show.of_singer.get(other, ())]
        now = time.time()
        drawn = [
            (turn.singer_id, f"{turn.face} {turn.singer} · {turn.title}", phrases.place(show, turn, now))
            for turn in sorted(found, key=lambda turn: turn.place or len(show.queue) + 1)
        ]
        self._all.set_visibility(bool(drawn))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._list.clear()
        with self._list:
            for singer_id, what, place in drawn:
                with box("button", "person").on("click", partial(self._hand_over, singer_id)) as button:
                    Text("p", what)
                    Text("p", place, "quiet")
                tell(button.mark("sharer"), type="button")

    async def _hand_over(self, singer_id: str) -> None:
        await self._toast.attempt(lambda: self._phone.hand_over(singer_id))
