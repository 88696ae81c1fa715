"""My songs: the place of each in big type, and what comes before it."""

import time
from collections.abc import Callable

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t


class Mine:
    def __init__(self, phone: Phone, toast: Toast, to_search: Callable[[], None]) -> None:
        self._phone = phone
        self._toast = toast
        self._cards: list[Card] = []
        with box("main", "page mine") as self.page:
            Text("h2", t("singer.tabs.mine"), "hidden-but-read")
            with box("div", "card singing") as self._singing:
                self._singing_place = Text("p", t("singer.mine.on_stage"), "place")
                self._singing_title = Text("p", "", "what")
            self._list = box("ul", "cards")
            self._nothing = Text("p", t("singer.mine.nothing"), "empty")
            self._find = Text("button", t("singer.mine.find"), "main").on("click", to_search)

    def show(self, show: ShowView) -> None:
        mine = phrases.of(self._phone.singer.id, show.queue)
        now = show.now if show.now and show.now.singer_id == self._phone.singer.id else None
        self._singing.set_visibility(now is not None)
        if now is not None:
            self._singing_title.text = phrases.by(now.title, now.artist)
        self._nothing.set_visibility(not mine and now is None)
        self._find.set_visibility(not mine)
        with self._list:
            self._cards += [Card(self._toast) for _ in range(len(mine) - len(self._cards))]
        for number, card in enumerate(self._cards):
            card.line.set_visibility(number < len(mine))
            if number < len(mine):
                card.show(show, mine[number], time.time())


class Card:
    """One song that waits for its turn."""

    def __init__(self, toast: Toast) -> None:
        self._toast = toast
        self._turn: TurnView | None = None
        with box("li", "card") as self.line:
            self._place = Text("p", "", "place")
            self._what = Text("p", "", "what")
            self._before = Text("p", "", "quiet")
            self._trouble = Text("p", "", "trouble")
            self._cancel = (
                Text("button", t("singer.mine.cancel"), "soft").on("click", self._press).mark("cancel")
            )

    def show(self, show: ShowView, turn: TurnView, now: float) -> None:
        self._turn = turn
        self._place.text = phrases.place(show, turn, now)
        self._what.text = phrases.by(turn.title, turn.artist)
        self._before.text = phrases.before(show, turn)
        self._trouble.text = phrases.trouble(turn)
        self._trouble.set_visibility(bool(self._trouble.text))
        tell(self._cancel, aria_label=t("singer.mine.cancel_song", title=turn.title))

    async def _press(self) -> None:
        if self._turn is not None:
            await self._toast.cancel(self._turn.id, self._turn.title)
