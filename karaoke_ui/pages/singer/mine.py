"""My songs: the place of each in big type, why it is that one, and what can be done about it."""

import time
from collections.abc import Awaitable, Callable, Sequence

from sqlmodel import Session

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.duets import Duets
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show import guests, turns
from karaoke_ui.show.places import Why
from karaoke_ui.show.tables import Turn, TurnState
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t


class Mine:
    def __init__(
        self,
        phone: Phone,
        toast: Toast,
        to_search: Callable[[], None],
        change: Callable[[TurnView], Awaitable[None]],
    ) -> None:
        self._phone = phone
        self._toast = toast
        self._change = change
        self._cards: list[Card] = []
        self._mine: list[TurnView] = []
        self._paused = False
        with box("main", "page mine") as self.page:
            Text("h2", t("singer.tabs.mine"), "hidden-but-read")
            with box("div", "card singing") as self._singing:
                Text("p", t("singer.mine.on_stage"), "place")
                self._singing_title = Text("p", "", "what")
            self._duets = Duets(phone, toast)
            self._list = box("ul", "cards")
            self._nothing = Text("p", t("singer.mine.nothing"), "empty")
            self._find = Text("button", t("singer.mine.find"), "main").on("click", to_search)
            with box("div", "pause") as self._pausing:
                self._pause = Text("button", "", "soft").on("click", self._press_pause).mark("pause")
                self._pause_why = Text("p", t("singer.mine.pause_why"), "quiet")

    def show(self, show: ShowView) -> None:
        me = self._phone.singer.id
        mine = show.of_singer.get(me, [])
        now = show.now if show.now and show.now.sings(me) else None
        self._singing.set_visibility(now is not None)
        if now is not None:
            self._singing_title.text = phrases.by(now.title, now.artist)
        along = self._duets.show(show)
        self._nothing.set_visibility(not mine and now is None and not along)
        self._find.set_visibility(not mine)
        self._show_pause(mine)
        self._mine = mine
        with self._list:
            self._cards += [Card(self) for _ in range(len(mine) - len(self._cards))]
        for number, card in enumerate(self._cards):
            card.line.set_visibility(number < len(mine))
            if number < len(mine):
                card.show(show, mine[number], time.time(), can_rise=self._above(mine[number]) is not None)

    async def refused(self, gone: Sequence[TurnView]) -> None:
        """A request that the host did not take is told."""
        for turn in gone:
            row = await self._phone.house.read(Session.get, Turn, turn.id)
            if row is not None and row.state is TurnState.REFUSED and not self.page.is_deleted:
                self._toast.say(t("singer.mine.refused", title=turn.title))

    def _show_pause(self, mine: Sequence[TurnView]) -> None:
        self._paused = any(turn.paused for turn in mine)
        self._pausing.set_visibility(any(turn.place for turn in mine))
        self._pause.text = t(f"singer.mine.{'resume' if self._paused else 'pause'}")
        self._pause_why.set_visibility(not self._paused)

    async def _press_pause(self) -> None:
        await self._toast.attempt(lambda: self._phone.do(guests.pause, not self._paused))

    async def change(self, turn: TurnView) -> None:
        await self._change(turn)

    async def later(self, turn: TurnView) -> None:
        await self._toast.let_one_go_first(turn)

    async def remove(self, turn: TurnView) -> None:
        await self._toast.cancel(turn)

    async def early(self, turn: TurnView) -> None:
        await self._toast.attempt(lambda: self._phone.do(turns.come_early, turn.id))

    async def rise(self, turn: TurnView) -> None:
        """Sing it before the one of one's own that stands above it."""
        above = self._above(turn)
        if above is None:
            return
        order = [each.id for each in self._mine if each.place and not each.called]
        here = order.index(turn.id)
        order[here - 1], order[here] = order[here], order[here - 1]
        if await self._toast.attempt(lambda: self._phone.do(turns.reorder, order)):
            self._toast.say(t("singer.mine.reordered"))

    def _above(self, turn: TurnView) -> TurnView | None:
        """The song of one's own that it could change places with."""
        free = [each for each in self._mine if each.place and not each.called]
        here = next((n for n, each in enumerate(free) if each.id == turn.id), 0)
        return free[here - 1] if here > 0 else None


class Card:
    """One song that waits for its turn."""

    def __init__(self, mine: Mine) -> None:
        self._turn: TurnView | None = None
        with box("li", "card") as self.line:
            self._place = Text("p", "", "place")
            self._what = Text("p", "", "what")
            self._manner = Text("p", "", "manner")
            self._why = Text("p", "", "quiet")
            self._trouble = Text("p", "", "trouble")
            with box("div", "acts"):
                self._early = self._button("early", mine.early, "main")
                self._change = self._button("change", mine.change)
                self._later = self._button("later", mine.later)
                self._up = self._button("up", mine.rise, "soft up")
                self._up.text = "↑"
                self._cancel = self._button("cancel", mine.remove)

    def _button(self, name: str, act: Callable[[TurnView], Awaitable[None]], style: str = "soft") -> Text:
        async def press() -> None:
            if self._turn is not None:
                await act(self._turn)

        return Text("button", t(f"singer.mine.{name}"), style).on("click", press).mark(name)

    def show(self, show: ShowView, turn: TurnView, now: float, *, can_rise: bool) -> None:
        self._turn = turn
        self._place.text = phrases.place(show, turn, now)
        self._what.text = phrases.by(turn.title, turn.artist)
        self._manner.text = phrases.manner(turn, turn.singer_id)
        self._why.text = phrases.why(show, turn)
        self._trouble.text = phrases.trouble(turn)
        self._trouble.set_visibility(bool(self._trouble.text))
        self._manner.set_visibility(bool(self._manner.text))
        free = bool(turn.place) and not turn.called
        self._early.set_visibility(turn.reason.why is Why.TOLD)
        self._later.set_visibility(free and not turn.paused)
        self._up.set_visibility(can_rise)
        tell(self._change, aria_label=t("singer.mine.change_song", title=turn.title))
        tell(self._later, aria_label=t("singer.mine.later_song", title=turn.title))
        tell(self._up, aria_label=t("singer.mine.up", title=turn.title))
        tell(self._cancel, aria_label=t("singer.mine.cancel_song", title=turn.title))
