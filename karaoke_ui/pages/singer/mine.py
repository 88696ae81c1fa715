"""My songs: the place of each in big type, why it is that one, and what can be done about it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from sqlmodel import Session, col, select

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.duets import Duets
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.sharers import Sharers
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show import along, deeds, guests, night, turns
from karaoke_ui.show.places import Why
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Deed, Performance, Turn, TurnState
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t


def sang_in(s: Session, singer_id: str) -> str:
    """The night of today, where they were on stage in it."""
    tonight = night.current(s).id
    theirs = (col(Performance.singer_id) == singer_id) | along.names(Performance.partners, singer_id)
    sung = select(Performance.id).where(Performance.night_id == tonight, theirs).limit(1)
    return tonight if s.exec(sung).first() is not None else ""


def end_of(s: Session, turn_id: str) -> Literal["", "refused", "taken_out"]:
    """What others did with a turn that waits no more; nothing where it was sung, or its singer took it out."""
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state not in (TurnState.REFUSED, TurnState.REMOVED):
        return ""
    if turn.state is TurnState.REFUSED:
        return "refused"
    of_it = select(Deed).where(Deed.night_id == turn.night_id, col(Deed.before).contains(turn.id))
    newest = s.exec(of_it.where(col(Deed.undone_at).is_(None)).order_by(col(Deed.id).desc())).first()
    if newest is None or newest.action not in ("removed", "sent_home"):
        return ""
    return "" if newest.by == deeds.by(s, Actor(Role.SINGER, turn.singer_id)) else "taken_out"


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
        self._cards: dict[str, Card] = {}
        self._mine: list[TurnView] = []
        self._paused = False
        # The night in which this singer was last on stage.
        self._sang_in = ""
        with box("section", "page mine") as self.page:
            tell(Text("h2", t("singer.tabs.mine"), "hidden-but-read"), tabindex="-1")
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
            self._sharers = Sharers(phone, toast)

    async def begin(self) -> None:
        self._sang_in = await self._phone.house.read(sang_in, self._phone.singer.id)

    def sings(self, show: ShowView) -> None:
        """Whose phone it is stands on the stage."""
        self._sang_in = show.night_id

    def show(self, show: ShowView) -> None:
        me = self._phone.singer.id
        mine = show.of_singer.get(me, [])
        now = show.now if show.now and show.now.sings(me) else None
        self._singing.set_visibility(now is not None)
        if now is not None:
            self._singing_title.text = phrases.by(now.title, now.artist)
        along = self._duets.show(show)
        self._sharers.show(show)
        self._nothing.text = self._why_nothing(show)
        self._nothing.set_visibility(not mine and now is None and not along)
        self._find.set_visibility(not mine and show.takes_songs)
        self._show_pause(mine)
        self._mine = mine
        self._arrange(mine)
        for turn in mine:
            self._cards[turn.id].show(show, turn, time.time(), can_rise=self._above(turn) is not None)

    def _arrange(self, mine: Sequence[TurnView]) -> None:
        """One card a turn: what is pressed late is meant for no other."""
        for gone in self._cards.keys() - {turn.id for turn in mine}:
            self._cards.pop(gone).line.delete()
        for place, turn in enumerate(mine):
            if turn.id not in self._cards:
                with self._list:
                    self._cards[turn.id] = Card(self)
            line = self._cards[turn.id].line
            if self._list.default_slot.children[place] is not line:
                line.move(target_index=place)

    def _why_nothing(self, show: ShowView) -> str:
        if show.is_over:
            return t("singer.mine.over")
        if not show.takes_songs:
            return t("singer.mine.none")
        return t(f"singer.mine.{'no_more' if self._sang_in == show.night_id else 'nothing'}")

    async def gone(self, gone: Sequence[TurnView]) -> None:
        """What the host did not take, or took out, is told."""
        for turn in gone:
            end = await self._phone.house.read(end_of, turn.id)
            if end and not self.page.is_deleted:
                self._toast.say(t(f"singer.mine.{end}", title=turn.title))

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
            await self._toast.did("reordered", turn, t("singer.mine.reordered"))

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
        self._trouble.text = phrases.trouble(show, turn)
        self._trouble.set_visibility(bool(self._trouble.text))
        self._manner.set_visibility(bool(self._manner.text))
        self._early.set_visibility(turn.reason.why is Why.TOLD)
        self._later.set_visibility(phrases.can_let_pass(show, turn))
        self._up.set_visibility(can_rise)
        tell(self._change, aria_label=t("singer.mine.change_song", title=turn.title))
        tell(self._later, aria_label=t("singer.mine.later_song", title=turn.title))
        tell(self._up, aria_label=t("singer.mine.up", title=turn.title))
        tell(self._cancel, aria_label=t("singer.mine.cancel_song", title=turn.title))
