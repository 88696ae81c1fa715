"""Who sings next: a pure function from the waiting turns, what was sung tonight and the rules, to an order with a reason
for each place.

It plays the night to its end, slot by slot. A slot that the host pinned is taken by that turn, or, where that could
not start, by the next one that can: the two change places. Else a wish comes first, and then whoever has the right to
it. Under the fair policy that is who has waited longest since singing, while newcomers, who are sorted by when they
asked, and returning singers take turns: no stream of newcomers holds up those who came early, and no crowd of those a
newcomer. With k singers of one's own kind ahead at most 2k + 1 turns come first; for somebody who has sung, newcomers
who were waiting at that moment already are of the same kind.

Of each singer only the first song is looked at: to add one never makes an earlier one come later. Who cannot be called
yet (the song is not ready, an earlier moment than told) is passed over, and keeps the right to the next slot.
"""

from collections.abc import Sequence
from dataclasses import replace

from karaoke_ui.show.line import Line, can_start
from karaoke_ui.show.places import Pick, Place, Sung, Waiting, Why
from karaoke_ui.show.rules import Order


def order(
    turns: Sequence[Waiting],
    past: Sequence[Sung],
    policy: Order = Order.FAIR,
    free_at: float = 0.0,
    changeover: float = 0.0,
) -> list[Place]:
    """The turns in the order they will be sung, when the stage is free at `free_at`."""
    line = Line(turns, past, policy)
    places: list[Place] = []
    moment = free_at

    def put(pick: Pick) -> None:
        nonlocal moment
        moment = max(moment, pick.at)
        places.append(Place(pick.turn, moment, line.reason(pick), pick.let_by))
        line.placed(pick)
        moment += pick.turn.seconds + changeover

    called = [turn for turn in turns if turn.called_at is not None]
    for turn in sorted(called, key=lambda each: (each.called_at or 0.0, each.place, each.id)):
        line.take(turn)
        put(Pick(turn, moment, Why.CALLED))
    pins = _pins(turns, len(places))
    while True:
        held = pins.pop(len(places), None)
        if held is not None and not can_start(held, moment):
            put(_in_place_of(held, pins, len(places), line, moment))
        elif held is not None:
            put(line.pinned(held, moment))
        elif (pick := line.pick(moment)) is not None:
            put(pick)
        elif pins:
            put(line.pinned(pins.pop(min(pins)), moment))
        else:
            break
    aside = [turn for turn in turns if turn.stands_aside]
    for turn in sorted(aside, key=lambda each: (each.place, each.id)):
        put(Pick(turn, moment, Why.PAUSED if turn.paused else Why.FAILED))
    return places


def _in_place_of(held: Waiting, pins: dict[int, Waiting], index: int, line: Line, moment: float) -> Pick:
    """Who sings in the slot of a pinned turn that could not start: it comes as soon after that as there is room."""
    pick = line.pick(moment, only_now=True)
    if pick is None:
        other = next((each for each in sorted(pins) if can_start(pins[each], moment)), None)
        if other is None:
            return line.pinned(held, moment)
        pick = line.pinned(pins.pop(other), moment)
    index += 1
    while index in pins:
        index += 1
    pins[index] = held
    return replace(pick, passed=(*pick.passed, replace(held, told=0.0)))


def _pins(turns: Sequence[Waiting], first: int) -> dict[int, Waiting]:
    """Index → the turn that the host put there. Where two want one place, the other takes the next that is free."""
    pinned = [turn for turn in turns if turn.pinned and turn.called_at is None and not turn.paused]
    taken: dict[int, Waiting] = {}
    for turn in sorted(pinned, key=lambda each: (each.pinned or 0, each.place, each.id)):
        index = max(first, (turn.pinned or 1) - 1)
        while index in taken:
            index += 1
        taken[index] = turn
    return taken
