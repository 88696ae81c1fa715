"""How late a TV's sound comes: told by hand, or found by tapping along."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karaoke_ui.show import night, offsets, stages
from karaoke_ui.show.offsets import BEAT, FINDING, TAPS, Mode, Tapping
from karaoke_ui.show.rights import BOX, Actor, Role
from karaoke_ui.show.tables import PlayState, Stage
from pipeline.box import Box
from pipeline.errors import BadValue, Conflict


def tap_along(tapping: Tapping, late: float, dice: random.Random, wobble: float = 0.012) -> None:
    """Somebody taps to the beat until the pass is over, each tap a little off. Two passes may be off by twice as much."""
    run, beat = tapping.run, 3
    tapping.hear(run, 1000.0)
    while tapping.run == run:
        tapping.tap(1000.0 + beat * BEAT + late + dice.uniform(-wobble, wobble))
        beat += 1
        assert beat < 100


@given(st.floats(-0.3, 0.4), st.floats(-0.15, 0.25), st.integers())
def test_what_the_person_adds_to_both_passes_falls_out(late: float, person: float, seed: int) -> None:
    tapping, dice = Tapping(), random.Random(seed)
    tapping.begin("tv", Mode.SOUND)
    tap_along(tapping, late + person, dice)
    assert tapping.mode is Mode.PICTURE
    assert tapping.found is None
    tap_along(tapping, person, dice)
    assert tapping.mode is None
    assert tapping.found == pytest.approx(late, abs=0.025)


def test_taps_all_over_the_place_find_nothing() -> None:
    tapping, dice = Tapping(), random.Random(1)
    tapping.begin("tv", Mode.SOUND)
    tapping.hear(tapping.run, 1000.0)
    for beat in range(40):
        tapping.tap(1000.0 + beat * BEAT + dice.uniform(-0.5, 0.5))
    assert tapping.mode is Mode.SOUND


def test_what_was_found_is_kept_with_the_tv_and_told_to_it(box: Box) -> None:
    tapping, dice = Tapping(), random.Random(2)
    with box.db.write() as s:
        tv = stages.pair(s, BOX, _shown(s))
        offsets.listen(s, BOX, tapping, tv.id, Mode.SOUND)
        assert tapping.told(tv.id) == {"mode": "sound", "beat": BEAT, "run": 1}
        assert tapping.told("another") is None
        for late in (0.22, 0.02):
            tapping.hear(tapping.run, 1000.0)
            for beat in range(FINDING + TAPS):
                at = 1000.0 + beat * BEAT + late + dice.uniform(-0.01, 0.01)
                offsets.tap(s, Actor(Role.STAGE, tv.id), tapping, tv.id, at)
        assert tapping.told(tv.id) is None
        assert tv.sound_offset == pytest.approx(0.2, abs=0.02)
        assert tv.picture_offset == 0
        assert tv.offset_at is not None
        assert offsets.set_offsets(s, BOX, tv.id, picture=0.08).picture_offset == 0.08
        with pytest.raises(BadValue, match="delay"):
            offsets.set_offsets(s, BOX, tv.id, sound=3.0)


def test_nothing_is_struck_into_a_song(box: Box) -> None:
    with box.db.write() as s:
        tv = stages.pair(s, BOX, _shown(s))
        night.playback(s).state = PlayState.PLAYING
        with pytest.raises(Conflict):
            offsets.listen(s, BOX, Tapping(), tv.id, Mode.SOUND)


def _shown(s: object) -> str:
    stage: Stage = stages.known(s, "token")  # type: ignore[arg-type]
    stage.connected = True
    return stage.code
