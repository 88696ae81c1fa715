"""When a song may start while it is still being separated."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ready import can_start, needed, wait_for_start

seconds = st.floats(1, 3600)
speeds = st.floats(0.01, 5)


def test_a_fast_box_needs_ten_seconds() -> None:
    assert not can_start(9.9, 200, speed=0.3)
    assert can_start(10, 200, speed=0.3)


def test_a_slow_box_needs_more() -> None:
    assert not can_start(10, 200, speed=1.0)
    assert needed(0, 200, speed=1.0) == 10 + 200 * (1.3 - 1)


def test_a_faster_tempo_needs_more() -> None:
    assert can_start(10, 200, speed=0.7)
    assert not can_start(10, 200, speed=0.7, tempo=1.3)


@given(seconds, speeds)
def test_a_finished_song_can_always_start(whole: float, speed: float) -> None:
    assert can_start(whole, whole, speed)


@given(seconds, speeds, st.floats(0, 1))
def test_whoever_may_start_is_never_caught_up_with(whole: float, speed: float, share: float) -> None:
    finished = whole * share
    if can_start(finished, whole, speed):
        # Separation ends before the singer does, and the singer never overtakes it on the way (both are linear).
        assert (whole - finished) * speed <= whole + 1e-6


@given(seconds, speeds, st.floats(0, 1), st.floats(0, 1))
def test_more_finished_never_means_a_longer_wait(whole: float, speed: float, a: float, b: float) -> None:
    less, more = sorted((a * whole, b * whole))
    assert wait_for_start(more, whole, speed) <= wait_for_start(less, whole, speed) + 1e-6
