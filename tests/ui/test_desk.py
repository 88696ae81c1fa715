"""The sound desk: what the host changes while a song goes on, and where the song's second stays meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karaoke_ui.show import clock, desk, night
from karaoke_ui.show.rights import BOX, NOBODY
from karaoke_ui.show.tables import Playback, PlayState
from pipeline.box import Box
from pipeline.errors import BadValue, NotLoggedIn

PRESSES = st.lists(
    st.tuples(
        st.floats(0.0, 30.0),
        st.one_of(
            st.tuples(st.just("tempo"), st.floats(0.7, 1.3)),
            st.tuples(st.just("pause"), st.none()),
            st.tuples(st.just("seek"), st.floats(0.0, 240.0)),
        ),
    ),
    max_size=20,
)


@given(PRESSES)
def test_the_songs_second_never_jumps_whatever_is_pressed(
    presses: list[tuple[float, tuple[str, float]]],
) -> None:
    row, now, heard = Playback(state=PlayState.PLAYING, position=0.0, at=1000.0), 1000.0, 0.0
    for wait, (press, value) in presses:
        now += wait
        heard += wait * row.tempo if row.state == PlayState.PLAYING else 0.0
        assert clock.position(row, now) == pytest.approx(heard, abs=1e-5)
        match press:
            case "tempo":
                clock.set_tempo(row, value, now)
            case "pause":
                row.position, row.at = clock.position(row, now), now
                playing = row.state == PlayState.PLAYING
                row.state = PlayState.PAUSED if playing else PlayState.PLAYING
            case "seek":
                row.position, row.at, heard = value, now, value
        assert clock.position(row, now) == pytest.approx(heard, abs=1e-5)


def test_the_desk_leaves_the_cue_alone_and_is_told_to_every_screen(box: Box) -> None:
    with box.db.write() as s:
        before = night.playback(s).cue
        desk.set_guide(s, BOX, 0.5)
        desk.set_volume(s, BOX, 0.3)
        desk.set_muted(s, BOX, True)
        desk.rescue(s, BOX, True)
        desk.set_key(s, BOX, -6)
        desk.set_tempo(s, BOX, 0.7)
        row = night.playback(s)
        assert (row.guide, row.volume, row.muted, row.rescue) == (0.5, 0.3, True, True)
        assert (row.key, row.tempo, row.cue, row.version) == (-6, 0.7, before, 6)


def test_what_cannot_be_sung_is_refused_and_only_the_host_is_at_the_desk(box: Box) -> None:
    with box.db.write() as s:
        for wrong in (-7, 7):
            with pytest.raises(BadValue):
                desk.set_key(s, BOX, wrong)
        for slow in (0.69, 1.31):
            with pytest.raises(BadValue):
                desk.set_tempo(s, BOX, slow)
        with pytest.raises(BadValue):
            desk.set_guide(s, BOX, 1.1)
        with pytest.raises(NotLoggedIn):
            desk.set_key(s, NOBODY, 1)
        assert desk.set_tempo(s, BOX, 0.8999).tempo == 0.9
