"""The order of the singers: what it promises holds for every night that can be thought up."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from karaoke_ui.show.line import GRACE_SECONDS
from karaoke_ui.show.places import Place, Sung, Waiting, Why
from karaoke_ui.show.rotation import order
from karaoke_ui.show.rules import Order

NAMES = "ABCDEFGH"
SECONDS = 180.0
POLICIES = st.sampled_from(Order)


def others(singer: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Those who sing along: mostly nobody, at times up to five."""
    those = [each for each in NAMES if each != singer]
    group = st.lists(st.sampled_from(those), min_size=1, max_size=5, unique=True).map(tuple)
    return st.one_of(st.just(()), st.just(()), group)


def voices(turn: Waiting) -> set[str]:
    return {turn.singer, *turn.along}


@st.composite
def nights(draw: st.DrawFn, *, pins: bool = True, unready: bool = True) -> tuple[list[Waiting], list[Sung]]:
    """Who waits, in the order of asking, and what was sung tonight."""
    singers = draw(st.lists(st.sampled_from(NAMES), max_size=16))
    turns = []
    for n, singer in enumerate(singers):
        turn = Waiting(f"t{n}", singer, place=float(n), asked_at=float(n), seconds=SECONDS)
        if unready:
            ready_at = draw(st.sampled_from([0.0, 0.0, 0.0, 100.0, 700.0, 2000.0, float("inf")]))
            turn = replace(turn, ready_at=ready_at, later=draw(st.sampled_from([0, 0, 0, 1, 3])))
        if pins and draw(st.integers(0, 5)) == 0:
            turn = replace(turn, pinned=draw(st.integers(1, len(singers))))
        turns.append(replace(turn, along=draw(others(singer))))
    past = []
    for n in range(draw(st.integers(0, 8))):
        singer = draw(st.sampled_from(NAMES))
        past.append(Sung((singer, *draw(others(singer))), at=float(n)))
    return turns, past


def ids(places: list[Place]) -> list[str]:
    return [place.turn.id for place in places]


def names(turns: list[Waiting], past: list[Sung] | None = None, policy: Order = Order.FAIR) -> str:
    return "".join(place.turn.singer for place in order(turns, past or [], policy))


def wait(singer: str, place: int, **more: object) -> Waiting:
    return Waiting(f"{singer}{place}", singer, float(place), asked_at=float(place), **more)  # type: ignore[arg-type]


@settings(deadline=None)
@given(nights(), POLICIES)
def test_everybody_has_one_place_and_the_same_night_has_the_same_order(
    night: tuple[list[Waiting], list[Sung]], policy: Order
) -> None:
    turns, past = night
    places = order(turns, past, policy, free_at=50.0, changeover=30.0)
    assert sorted(ids(places)) == sorted(turn.id for turn in turns)
    assert places == order(list(reversed(turns)), past, policy, free_at=50.0, changeover=30.0)
    moments = [place.at for place in places]
    assert moments == sorted(moments)


@settings(deadline=None)
@given(nights(), POLICIES)
def test_no_place_depends_on_the_order_of_those_who_sing_along(
    night: tuple[list[Waiting], list[Sung]], policy: Order
) -> None:
    turns, past = night
    turned = [replace(turn, along=turn.along[::-1]) for turn in turns]
    before = [replace(sung, singers=(sung.singers[0], *sung.singers[:0:-1])) for sung in past]
    places, again = order(turns, past, policy), order(turned, before, policy)
    assert [(place.turn.id, place.at, place.reason) for place in places] == [
        (place.turn.id, place.at, place.reason) for place in again
    ]


@settings(deadline=None)
@given(nights(), POLICIES)
def test_a_pin_is_never_moved(night: tuple[list[Waiting], list[Sung]], policy: Order) -> None:
    turns = [replace(turn, ready_at=0.0) if turn.pinned else turn for turn in night[0]]
    past = night[1]
    places = order(turns, past, policy)
    wanted = [turn.pinned for turn in turns if turn.pinned]
    there = len(turns) - sum(turn.stands_aside for turn in turns)
    if max(wanted, default=0) > there:
        return  # a place beyond the end is the end
    for index, place in enumerate(places):
        pinned = place.turn.pinned
        if pinned and wanted.count(pinned) == 1:
            taken = sum(1 for each in wanted if each < pinned and wanted.count(each) > 1)
            assert index == pinned - 1 or taken
            assert place.reason.why is Why.PINNED


@settings(deadline=None)
@given(nights(), POLICIES)
def test_a_pin_waits_for_its_song_only_while_nobody_else_can_sing(
    night: tuple[list[Waiting], list[Sung]], policy: Order
) -> None:
    turns, past = night
    places = order(turns, past, policy)
    singers = [turn.singer for turn in turns]
    for index, place in enumerate(places):
        began = places[index - 1].at + SECONDS if index else 0.0
        if place.turn.pinned and place.at > began + GRACE_SECONDS:
            behind = [each.turn for each in places[index + 1 :] if not each.turn.stands_aside]
            # Who lets others go first, and who has another song before this one, is not asked.
            asked = [each for each in behind if not each.later and singers.count(each.singer) == 1]
            assert all(each.ready_at > began for each in asked)


def test_what_the_host_put_first_changes_places_while_it_is_not_ready() -> None:
    turns = [wait("U", 0, pinned=1, ready_at=150.0), wait("V", 1), wait("W", 2), wait("X", 3, pinned=3)]
    places = order([replace(turn, seconds=SECONDS) for turn in turns], [])
    assert ids(places) == ["V1", "U0", "X3", "W2"]
    assert [place.reason.why for place in places[:2]] == [Why.MOVED_UP, Why.UNREADY]
    assert (places[0].reason.other, places[1].reason.other) == ("U0", "V1")
    # Where only what is pinned could go instead, those two change places.
    pinned = [wait("U", 0, pinned=1, ready_at=200.0), wait("V", 1, pinned=2), wait("W", 2, ready_at=9e9)]
    assert names(pinned)[:2] == "VU"
    assert names(pinned[:1]) == "U"


@settings(deadline=None)
@given(nights(), POLICIES, st.data())
def test_a_turn_that_was_called_stays_first(
    night: tuple[list[Waiting], list[Sung]], policy: Order, data: st.DataObject
) -> None:
    turns, past = night
    if turns:
        n = data.draw(st.integers(0, len(turns) - 1))
        turns[n] = replace(turns[n], called_at=1.0)
        first = order(turns, past, policy)[0]
        assert (first.turn.id, first.reason.why) == (turns[n].id, Why.CALLED)


@settings(deadline=None)
@given(nights(pins=False), POLICIES, st.sampled_from(NAMES))
def test_to_add_a_song_never_makes_an_earlier_one_come_later(
    night: tuple[list[Waiting], list[Sung]], policy: Order, singer: str
) -> None:
    turns, past = night
    before = ids(order(turns, past, policy))
    more = Waiting("new", singer, place=99.0, asked_at=99.0, seconds=SECONDS)
    after = ids(order([*turns, more], past, policy))
    aside = {turn.id for turn in turns if turn.stands_aside}
    for turn in turns:
        if turn.singer == singer and turn.id not in aside:
            assert after.index(turn.id) <= before.index(turn.id)
    assert all(
        after.index("new") > after.index(t.id) for t in turns if t.singer == singer and t.id not in aside
    )


@settings(deadline=None)
@given(nights(pins=False))
def test_with_k_of_ones_own_kind_ahead_at_most_2k_plus_1_turns_come_first(
    night: tuple[list[Waiting], list[Sung]],
) -> None:
    turns, past = night
    turns = [turn for turn in turns if not turn.is_hopeless]
    places = order(turns, past)
    last = {singer: sung.at for sung in past for singer in sung.singers}
    first: dict[str, Waiting] = {}
    for turn in turns:
        first.setdefault(turn.singer, turn)
    for singer, turn in first.items():
        if turn.ready_at == 0 and not turn.later:
            if singer in last:
                # Of those who sang together, whoever asked first.
                mine = (last[singer], turn.place)
                ahead = sum(
                    1 for each, own in first.items() if (last.get(each, own.asked_at), own.place) < mine
                )
            else:
                ahead = sum(1 for each in first if each not in last and first[each].asked_at < turn.asked_at)
            # To sing along is to be on stage as well.
            on_stage = next(n for n, place in enumerate(places) if singer in voices(place.turn))
            assert on_stage <= 2 * ahead + 1


@settings(deadline=None)
@given(nights(pins=False), st.integers(1, 4))
def test_nobody_starves_however_many_newcomers_come(
    night: tuple[list[Waiting], list[Sung]], crowd: int
) -> None:
    turns, past = night
    turns = [replace(turn, later=0) for turn in turns if not turn.is_hopeless]
    heads = {turn.singer: turn for turn in reversed(turns)}
    ready = {singer for singer, turn in heads.items() if turn.ready_at == 0}
    waiting, now = list(turns), 0.0
    for slot in range(2 * len(turns) + 2):
        waiting += [
            Waiting(f"n{slot}.{n}", f"N{slot}.{n}", 1000.0 + slot, asked_at=1000.0 + slot, seconds=SECONDS)
            for n in range(crowd)
        ]
        place = order(waiting, past, free_at=now)[0]
        waiting.remove(place.turn)
        past = [*past, Sung((place.turn.singer, *place.turn.along), at=100.0 + slot)]
        now = place.at + SECONDS
        ready -= voices(place.turn)
    assert not ready, "who was here before the crowd has sung"


def test_newcomers_and_those_who_have_sung_take_turns() -> None:
    past = [Sung((each,), at=float(n)) for n, each in enumerate("ABC")]
    turns = [wait("C", 1), wait("A", 2), wait("N", 3), wait("B", 4), wait("M", 5)]
    assert names(turns, past) == "ANBMC", "C was the last to sing, and it was a first song"
    assert names(turns, past, Order.FIRST_COME) == "CANBM"


def test_the_second_song_of_somebody_waits_for_all_who_were_here_before_the_first() -> None:
    turns = [wait("A", 1), wait("A", 2), wait("A", 3), wait("B", 4), wait("C", 5)]
    assert names(turns) == "ABCAA"
    places = order(turns, [])
    assert [place.reason.why for place in places] == [Why.NEW, Why.NEW, Why.NEW, Why.OWN, Why.OWN]
    assert (places[3].reason.new_ahead, places[3].reason.sung) == (2, 0)
    later = [wait("A", 2), wait("B", 4), wait("C", 5), wait("D", 6)]
    assert names(later, [Sung(("A",), at=3.0)]) == "BACD", "not twice in a row, nor after all who come later"


def test_a_song_that_is_not_ready_lets_the_next_ready_one_go_first_and_keeps_its_right() -> None:
    turns = [wait("A", 1, ready_at=200.0, seconds=180.0), wait("B", 2, seconds=180.0), wait("C", 3)]
    places = order(turns, [], changeover=30.0)
    assert [place.turn.singer for place in places] == ["B", "A", "C"]
    assert (places[0].reason.why, places[0].reason.other) == (Why.MOVED_UP, "A1")
    assert (places[1].reason.why, places[1].reason.other) == (Why.UNREADY, "B2")


def test_an_earlier_moment_than_told_needs_a_yes() -> None:
    turns = [wait("A", 1, told=1000.0), wait("B", 2, seconds=100.0)]
    places = order(turns, [])
    assert [(place.turn.singer, place.at) for place in places] == [("B", 0.0), ("A", 1000.0)]
    assert places[1].reason.why is Why.TOLD


def test_a_duet_waits_for_the_partners_yes_and_keeps_its_right() -> None:
    places = order([wait("A", 1, asks=True), wait("B", 2), wait("C", 3, asks=True)], [])
    assert [place.turn.singer for place in places] == ["B", "A", "C"]
    assert [place.reason.why for place in places[1:]] == [Why.PARTNER, Why.PARTNER]
    assert all(place.at == 0.0 for place in places)


def test_one_later_lets_one_pass_and_no_more() -> None:
    turns = [wait("A", 1, later=1), wait("B", 2), wait("C", 3)]
    places = order(turns, [])
    assert [place.turn.singer for place in places] == ["B", "A", "C"]
    assert places[0].let_by == ("A1",)
    assert places[1].reason.why is Why.LATER
    assert names([wait("A", 1, later=3)]) == "A", "there is nobody to let pass"


def test_a_wish_jumps_once_and_who_pauses_keeps_the_right() -> None:
    turns = [wait("A", 1), wait("B", 2), wait("C", 3, wish=True), wait("C", 4)]
    assert names(turns) == "CABC"
    turns = [wait("A", 1, paused=True), wait("B", 2)]
    assert names(turns) == "BA"
    assert names([replace(each, paused=False) for each in turns]) == "AB"


def test_a_song_of_several_uses_up_the_turns_of_all() -> None:
    past = [Sung(("A", "B"), at=1.0), Sung(("C",), at=2.0)]
    turns = [wait("B", 1), wait("C", 2), wait("D", 3)]
    assert names(turns, past) == "BDC"
    turns = [wait("A", 1, along=("B", "C")), wait("B", 2), wait("C", 3), wait("D", 4)]
    assert names(turns) == "ADBC"
    assert names([replace(turns[0], along=()), *turns[1:]]) == "ABCD", "where only the asker counts"
    assert names(turns[1:], [Sung(("A", "B", "C"), at=5.0)]) == "DBC", "as they had asked"
