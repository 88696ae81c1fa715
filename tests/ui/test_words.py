"""What people see of words and loudness: a song with doubtful lines is marked, and the stage is told how loud to play."""

from pathlib import Path

import pytest
from nicegui.testing import User

from karaoke_ui import address
from karaoke_ui.house import House
from karaoke_ui.pages.stage.wire import state
from karaoke_ui.show import night, people, player, stages, views
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Stage
from pipeline import library, lyrics
from pipeline.audio.sound import CEILING
from pipeline.tables import Song, Track
from pipeline.words import Line, Lyrics, Word
from tests import sound
from tests.ui.panel import log_in
from tests.workers import work_off


@pytest.fixture
def song(house: House, tmp_path: Path) -> Song:
    path = sound.save(tmp_path / "song.wav", sound.song(6))
    with path.open("rb") as stream:
        added = library.add(house.box, stream, "Harry Dacre - Daisy Bell.wav", "upload")
    work_off(house.box)
    return added


@pytest.fixture
async def host(user: User, house: House) -> User:
    """A browser that is logged in."""
    log_in(user, house)
    return user


def give_words(house: House, song: Song, *confidences: float | None) -> None:
    lines = tuple(
        Line(n, n + 1.0, "Daisy", (Word(n, n + 0.5, "Daisy"),), confidence=sure)
        for n, sure in enumerate(confidences)
    )
    with house.box.db.write() as s:
        lyrics.put(s, library.main_track(s, song.id).id, "lrclib", Lyrics(lines, "word"))


async def test_a_song_with_doubtful_lines_is_marked(host: User, house: House, song: Song) -> None:
    await host.open("/host")
    host.find(marker="tab-library").click()
    await host.should_see("▲ no words")
    give_words(house, song, None, 0.9, 0.5)
    await host.should_see("♪ words")
    give_words(house, song, 0.9, 0.3)
    await host.should_see("▲ check words")


async def test_programs_see_which_lines_are_doubtful(host: User, house: House, song: Song) -> None:
    give_words(house, song, None, 0.3)
    told = (await host.http_client.get(f"/api/v1/songs/{song.id}")).json()
    assert (told["has_words"], told["weak_words"]) == (True, True)
    lines = (await host.http_client.get(f"/api/v1/songs/{song.id}/lyrics")).json()["lines"]
    assert [line["confidence"] for line in lines] == [None, 0.3]


@pytest.mark.parametrize(
    ("loudness", "peak", "factor"), [(None, None, 1.0), (-10.0, 1.0, 0.5012), (-25.0, 0.9, CEILING / 0.9)]
)
def test_the_stage_is_told_how_loud_to_play(
    house: House, song: Song, loudness: float | None, peak: float | None, factor: float
) -> None:
    with house.box.db.write() as s:
        track = library.main_track(s, song.id)
        track.loudness, track.peak = loudness, peak
        s.add(track)
        stage = stages.known(s, "a token")
        stages.saw(s, stage.id, connected=True, armed=True)
        stages.pair(s, BOX, stage.code)
        night.ask(s, BOX, song.id, people.add_walk_up(s, BOX, "Maria").id)
        player.play(s, BOX)
    with house.box.db.read() as s:
        show, row = views.show(s), s.get_one(Stage, stage.id)
        assert s.get_one(Track, track.id).loudness == loudness
    playback = state(show, row, "boot", address.join(house.box.settings))["playback"]
    assert playback["gain"] == pytest.approx(factor, abs=1e-3)
