"""When the web process looks for rubbish: in a quiet moment, and not for ever later."""

import gc
import time
from collections.abc import Iterator

import pytest

from karaoke_ui.live import Changes, Live
from karaoke_ui.rubbish import ENOUGH, LONGEST_SECONDS, QUIET_SECONDS, Rubbish
from pipeline.box import Box


@pytest.fixture
def live(box: Box) -> Iterator[Live]:
    before = gc.get_threshold()
    yield Live(box.db)
    gc.set_threshold(*before)


def test_it_waits_for_a_quiet_moment_but_not_for_ever(live: Live) -> None:
    rubbish, now = Rubbish(live), time.monotonic()
    live.on_changes.emit(Changes({"queue": frozenset()}))
    assert not rubbish.is_time(now + QUIET_SECONDS / 2, ENOUGH)
    assert rubbish.is_time(now + QUIET_SECONDS + 1, ENOUGH)
    assert not rubbish.is_time(now + QUIET_SECONDS + 1, ENOUGH - 1), "little has become old"
    while time.monotonic() < now + 0.01:
        live.on_changes.emit(Changes({"queue": frozenset()}))
    assert rubbish.is_time(now + LONGEST_SECONDS + 1, ENOUGH)


def test_python_itself_looks_through_young_objects_only(live: Live) -> None:
    Rubbish(live)
    made = [[] for _ in range(300_000)]  # type: ignore[var-annotated]
    before = gc.get_stats()[2]["collections"]
    made.extend([[] for _ in range(300_000)])
    assert gc.get_stats()[2]["collections"] == before
