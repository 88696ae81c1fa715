"""Those who wait for the stage, in the order of their right to the next slot, while the night is played to its end."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from karaoke_ui.show.places import Pick, Reason, Sung, Waiting, Why
from karaoke_ui.show.rules import Order

# A song that is ready so much later than its slot is waited for.
GRACE_SECONDS = 15.0

# Since when somebody waits, the place of the first song, and who it is.
Entry = tuple[float, float, str]


@dataclass
class _Singer:
    id: str
    # Songs tonight, for the reasons.
    sung: int = 0
    # As the night is played on.
    is_new: bool = True
    last: float = -1.0
    own: list[Waiting] = field(default_factory=list)
    # Where it stands among those who wait.
    entry: Entry | None = None


class Line:
    """Those who wait, while the night is played to its end.

    What the host pinned is in the line as well, and leaves it when its right comes: so the others keep their order.
    """

    def __init__(self, turns: Sequence[Waiting], past: Sequence[Sung], policy: Order) -> None:
        self._policy = policy
        self._singers: dict[str, _Singer] = {}
        # Whose slot it is: a newcomer's, or that of somebody who has sung.
        self._new_next = True
        self._just_sang: set[str] = set()
        for sung in sorted(past, key=lambda each: each.at):
            self._learn(sung)
        self._latest = max((sung.at for sung in past), default=0.0)
        self._latest = max([self._latest, *(turn.asked_at for turn in turns)])
        free = [turn for turn in turns if turn.called_at is None and not turn.stands_aside]
        self._asked = sorted(free, key=lambda each: (each.place, each.id))
        self._wishes = sorted(
            (turn for turn in free if turn.wish and not turn.pinned),
            key=lambda each: (each.asked_at, each.id),
        )
        self._left = {turn.id for turn in free}
        for turn in self._asked:
            self._singer(turn.singer).own.append(turn)
        waiting = [singer for singer in self._singers.values() if singer.own]
        since = {each.id: min(turn.asked_at for turn in each.own) for each in waiting}
        for each in waiting:
            each.entry = (since[each.id] if each.is_new else each.last, each.own[0].place, each.id)
        self._new = sorted(each.entry for each in waiting if each.entry and each.is_new)
        self._back = sorted(each.entry for each in waiting if each.entry and not each.is_new)
        # For the reasons: how often a turn let others pass, what made it wait, and who came before it.
        self._passed: dict[str, int] = {}
        self._because: dict[str, tuple[Why, str]] = {}
        self._new_ahead: set[str] = set()
        self._back_ahead: set[str] = set()
        self._placed: set[str] = set()

    def _learn(self, sung: Sung) -> None:
        if not sung.apart:
            self._new_next = self._singer(sung.singers[0]).sung > 0
        self._just_sang = {*sung.singers}
        for each in map(self._singer, sung.singers):
            each.sung, each.is_new, each.last = each.sung + 1, False, max(each.last, sung.at)

    def _singer(self, singer_id: str) -> _Singer:
        if singer_id not in self._singers:
            self._singers[singer_id] = _Singer(singer_id)
        return self._singers[singer_id]

    def pick(self, moment: float, *, only_now: bool = False) -> Pick | None:
        """Who has the right to the slot at this moment, and can be called; None when nobody is left.

        Where nobody can be called yet it is who can be first, unless `only_now`.
        """
        self._pass_pinned()
        let_by: list[str] = []
        passed: list[Waiting] = []
        found = None
        for turn in self._free():
            if turn.later > self._passed.get(turn.id, 0):
                let_by.append(turn.id)
            elif turn.free_at > moment + GRACE_SECONDS:
                passed.append(turn)
            else:
                found = turn
                break
        if found is None and not only_now:
            # Nobody can be called now: the one who can be first.
            found = min(self._free(), key=lambda each: max(moment, each.free_at), default=None)
            let_by, passed = [], []
        if found is None:
            return None
        if found.told > moment + GRACE_SECONDS and _hindrance(found) is Why.TOLD:
            self._because.setdefault(found.id, (Why.TOLD, ""))
        at = moment if found.asks else max(moment, found.free_at)
        pick = Pick(found, at, self._why(found), tuple(let_by), tuple(passed))
        self.take(found)
        return pick

    def pinned(self, turn: Waiting, moment: float) -> Pick:
        at = moment if turn.is_hopeless else max(moment, turn.ready_at)
        return Pick(turn, at, Why.PINNED)

    def _pass_pinned(self) -> None:
        """Those whose right has come, and who stand elsewhere."""
        while (turn := next(self._by_right(), None)) is not None and turn.pinned:
            self.take(turn)

    def _free(self) -> Iterator[Waiting]:
        return (turn for turn in self._by_right() if not turn.pinned)

    def _by_right(self) -> Iterator[Waiting]:
        """The first song of each singer, in the order of their right to the slot."""
        for turn in self._wishes:
            if turn.id in self._left:
                yield turn
        if self._policy is Order.FIRST_COME:
            for turn in self._asked:
                if turn.id in self._left and self._singers[turn.singer].own[0] is turn and not turn.wish:
                    yield turn
            return
        for _, _, singer_id in self._in_turns():
            turn = self._singers[singer_id].own[0]
            if turn.pinned or not turn.wish:
                yield turn

    def _in_turns(self) -> Iterator[Entry]:
        """Newcomers first, or those who have sung, by whose slot it is.

        Nobody sings twice in a row while a newcomer waits, and a newcomer who was here when the others last sang has
        waited longer than they.
        """
        longer = len(self._new)
        if self._back and not self._new_next:
            last, _, singer_id = self._back[0]
            longer = bisect_left(self._new, (self._latest + 1.0 if singer_id in self._just_sang else last,))
        yield from islice(self._new, longer)
        yield from self._back
        yield from islice(self._new, longer, None)

    def _why(self, turn: Waiting) -> Why:
        if turn.wish:
            return Why.WISH
        if turn.singer in self._placed:
            return Why.OWN
        if self._policy is Order.FIRST_COME:
            return Why.ASKED
        return Why.NEW if self._singers[turn.singer].sung == 0 else Why.AGAIN

    def take(self, turn: Waiting) -> None:
        """Its right is used: all for whom it counts are the last of those who have sung."""
        singer = self._singer(turn.singer)
        if not turn.wish:
            self._new_next = not singer.is_new
        self._left.discard(turn.id)
        if turn in singer.own:
            singer.own.remove(turn)
        self._latest += 1.0
        self._just_sang = {singer.id, *turn.along}
        for each in self._just_sang:
            self._has_sung(self._singer(each))

    def _has_sung(self, singer: _Singer) -> None:
        if singer.entry is not None:
            line = self._new if singer.is_new else self._back
            del line[bisect_left(line, singer.entry)]
        singer.is_new, singer.last, singer.entry = False, self._latest, None
        if singer.own:
            singer.entry = (singer.last, singer.own[0].place, singer.id)
            insort(self._back, singer.entry)

    def placed(self, pick: Pick) -> None:
        """For the reasons of those who come after."""
        for each in pick.let_by:
            self._passed[each] = self._passed.get(each, 0) + 1
            self._because[each] = (Why.LATER, pick.turn.id)
        for other in pick.passed:
            self._because.setdefault(other.id, (_hindrance(other), pick.turn.id))
        self._placed.add(pick.turn.singer)
        for each in {pick.turn.singer, *pick.turn.along}:
            (self._back_ahead if self._singer(each).sung else self._new_ahead).add(each)

    def reason(self, pick: Pick) -> Reason:
        singer = self._singer(pick.turn.singer)
        why, other = pick.why, ""
        if why is Why.PINNED:
            why, other = self._because.get(pick.turn.id, (why, ""))
        elif why not in (Why.CALLED, Why.WISH):
            why, other = self._because.get(pick.turn.id, (why, ""))
            why = Why.PARTNER if pick.turn.asks else why
            unready = (each for each in pick.passed if _hindrance(each) is Why.UNREADY)
            gave_way = next(unready, None)
            if why is pick.why and gave_way is not None:
                why, other = Why.MOVED_UP, gave_way.id
        new, back = len(self._new_ahead - {singer.id}), len(self._back_ahead - {singer.id})
        return Reason(why, singer.sung, new, back, other)


def can_start(pinned: Waiting, moment: float) -> bool:
    """Could what the host put into this slot be sung in it? What it was told counts for nothing there."""
    return not pinned.asks and pinned.ready_at <= moment + GRACE_SECONDS


def _hindrance(turn: Waiting) -> Why:
    """Why a turn cannot be called yet."""
    if turn.asks:
        return Why.PARTNER
    return Why.UNREADY if turn.ready_at >= turn.told else Why.TOLD
