"""What may be promised: from what was measured tonight, never more than is sure."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from karaoke_ui.show import forecast
from karaoke_ui.show.places import Waiting
from karaoke_ui.show.rotation import order


@settings(deadline=None)
@given(st.lists(st.floats(1, 600), max_size=20), st.floats(0, 300))
def test_it_never_runs_backwards(lengths: list[float], changeover: float) -> None:
    turns = [Waiting(str(n), str(n), float(n), float(n), seconds) for n, seconds in enumerate(lengths)]
    places = order(turns, [], free_at=1000.0, changeover=changeover)
    for one, after in pairwise(places):
        assert after.at >= one.at + one.turn.seconds
    for place in places:
        sure = forecast.not_before(place.at, 1000.0)
        assert sure is None or 1000.0 < sure < place.at


def test_changeovers_are_those_of_tonight() -> None:
    assert forecast.changeover([]) == forecast.CHANGEOVER_SECONDS
    assert forecast.changeover([(0, 100), (120, 200)]) == forecast.CHANGEOVER_SECONDS, "one says little"
    sung: list[tuple[float, float | None]] = [(0, 100), (120, 200), (220, 300), (900, 1000), (1020, None)]
    assert forecast.changeover(sung) == 20, "and a break is none"


def test_what_can_still_be_sung_before_the_end() -> None:
    turns = [Waiting(name, name, float(n), float(n), 180.0) for n, name in enumerate("ABCD")]
    turns.append(Waiting("E", "E", 9.0, 9.0, 180.0, paused=True))
    found = forecast.last_call(order(turns, [], changeover=20.0), ends_at=579.0)
    assert (found.songs, found.too_late) == (2, ("C", "D"))
