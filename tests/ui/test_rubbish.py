"""When the web process looks for rubbish: in a quiet moment, and not for ever later."""

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from karaoke_ui import rubbish as module
from karaoke_ui.changes import Changes
from karaoke_ui.live import Live
from karaoke_ui.rubbish import ENOUGH, LONGEST_SECONDS, QUIET_SECONDS, Rubbish
from pipeline.box import Box


@pytest.fixture
def live(box: Box) -> Iterator[Live]:
    before = gc.get_threshold()
    yield Live(box.db, box.settings.locks)
    gc.set_threshold(*before)


def test_it_waits_for_a_quiet_moment_but_not_for_ever(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    watch = SimpleNamespace(monotonic=lambda: now)
    monkeypatch.setattr(module, "time", watch)
    rubbish = Rubbish(live)

    def changes_at(moment: float) -> None:
        watch.monotonic = lambda: moment
        live.on_changes.emit(Changes({"queue": frozenset()}))

    changes_at(now)
    assert not rubbish.is_time(now + QUIET_SECONDS / 2, ENOUGH)
    assert rubbish.is_time(now + QUIET_SECONDS + 1, ENOUGH)
    assert not rubbish.is_time(now + QUIET_SECONDS + 1, ENOUGH - 1), "little has become old"
    changes_at(now + LONGEST_SECONDS)
    assert not rubbish.is_time(now + LONGEST_SECONDS, ENOUGH), "long ago, but it is not quiet"
    assert rubbish.is_time(now + LONGEST_SECONDS + 1, ENOUGH)


def test_python_itself_looks_through_young_objects_only(live: Live) -> None:
    Rubbish(live)
    made = [[] for _ in range(300_000)]  # type: ignore[var-annotated]
    before = gc.get_stats()[2]["collections"]
    made.extend([[] for _ in range(300_000)])
    assert gc.get_stats()[2]["collections"] == before
