"""Align, measure and words as steps: real files, real jobs, the quick mix; only what is sung comes from a known song."""

from pathlib import Path

import numpy as np
import pytest
from sqlmodel import col, select

from pipeline import jobs, library, lyrics, steps
from pipeline.audio.chunks import Reel, chunked
from pipeline.box import Box
from pipeline.demo import DemoSong, songs
from pipeline.errors import DatabaseBusy
from pipeline.formats import lrc
from pipeline.tables import Job, JobKind, JobState, JobStep, Lane, Timing, Track, TrackState
from pipeline.words import Line, Lyrics
from pipeline.work import Work
from tests import sound
from tests.workers import work_off, work_off_lane

pytestmark = pytest.mark.long

SONG = songs()[2]


@pytest.fixture(scope="module")
def song_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SONG.write(tmp_path_factory.mktemp("song"))


def line_times(of: DemoSong) -> bytes:
    """Its words as most services have them."""
    lines: dict[int, list[str]] = {}
    starts: dict[int, float] = {}
    for word in of.words():
        lines.setdefault(word.line, []).append(word.text)
        starts.setdefault(word.line, word.start)
    return "\n".join(f"[{lrc.stamp(starts[n])}]{' '.join(words)}" for n, words in lines.items()).encode()


def add(box: Box, path: Path, words: bytes | None = None) -> str:
    if words is not None:
        library.add_words(box, words, path.with_suffix(".lrc").name)
    with path.open("rb") as stream:
        song = library.add(box, stream, path.name, "upload")
    with box.db.read() as s:
        return library.main_track(s, song.id).id


def take_the_voice_out(box: Box, track_id: str) -> None:
    """What the model would leave: the true voice and the true band."""
    mixed = SONG.render()
    stems = box.store.folder(track_id) / "stems" / "htdemucs"
    for name, part in (("vocals", mixed.voice), ("instrumental", mixed.band)):
        for number, chunk in enumerate(chunked([part])):
            Reel(stems / name).write(number, chunk)
    with box.db.write() as s:
        track = s.get_one(Track, track_id)
        track.engine, track.separated = "htdemucs", track.chunks
        s.add(track)


def track_of(box: Box, track_id: str) -> Track:
    with box.db.read() as s:
        return s.get_one(Track, track_id)


def words_of(box: Box, track_id: str) -> Lyrics:
    with box.db.read() as s:
        found = lyrics.load(s, track_id)
    assert found is not None
    return found


def mean_error(found: Lyrics) -> float:
    timed = [word.start for line in found.lines for word in line.words]
    return float(np.mean([abs(a - word.start) for a, word in zip(timed, SONG.words(), strict=True)]))


def test_a_prepared_song_is_loud_measured_and_timed(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file, line_times(SONG))
    work_off(box)
    track = track_of(box, track_id)
    assert track.state == TrackState.READY
    assert track.loudness == pytest.approx(-16, abs=0.1)
    assert track.peak is not None
    assert 0.5 < track.peak < 1.5
    assert track.key == "G major"
    assert track.bpm == pytest.approx(SONG.score.bpm, rel=0.02)
    assert track.lowest is None, "what the quick mix calls the voice is more than that"
    found = words_of(box, track_id)
    assert found.timed == "word"
    assert found.language == "en"
    assert all(line.confidence is not None for line in found.lines)


def test_with_the_voice_out_the_words_are_heard_in_it(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file, line_times(SONG))
    work_off(box)
    rough = mean_error(words_of(box, track_id))
    take_the_voice_out(box, track_id)
    with box.db.write() as s:
        before = lyrics.of_track(s, track_id)
        jobs.create(s, track_id, step="align")
    work_off(box)
    with box.db.read() as s:
        after = lyrics.of_track(s, track_id)
    assert before is not None
    assert after is not None
    assert after.id != before.id, "the stage sees by the id that there are better ones"
    assert after.source == before.source
    assert mean_error(words_of(box, track_id)) < min(0.15, rough / 2)
    track = track_of(box, track_id)
    assert (track.lowest, track.highest) == pytest.approx((52, 64), abs=0.5)


def test_a_song_can_be_sung_before_its_words_are_timed(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file, line_times(SONG))
    work_off_lane(box, Lane.PREPARE)
    work_off_lane(box, Lane.SEPARATE)
    assert track_of(box, track_id).state == TrackState.READY
    assert words_of(box, track_id).timed == "line"
    with box.db.read() as s:
        job = jobs.of_tracks(s, [track_id])[track_id]
    assert (job.step, job.lane, job.state) == ("align", Lane.PREPARE, JobState.QUEUED)


def test_words_that_come_late_are_timed_all_the_same(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file)
    work_off(box)
    with box.db.read() as s:
        song_id = s.get_one(Track, track_id).song_id
    library.set_words(box, song_id, line_times(SONG))
    assert words_of(box, track_id).timed == "line"
    work_off(box)
    assert words_of(box, track_id).timed == "word"
    assert track_of(box, track_id).state == TrackState.READY


def test_words_found_late_are_timed_in_the_same_breath(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file)
    work_off(box)
    box.store.put_words(track_id, line_times(SONG))
    with box.db.write() as s:
        jobs.create(s, track_id, kind=JobKind.DESCRIBE, step="words")
    work_off_lane(box, Lane.PREPARE)
    assert words_of(box, track_id).timed == "word"


def test_word_times_of_their_own_are_left_alone(box: Box, song_file: Path) -> None:
    given = song_file.with_suffix(".lrc").read_bytes()
    track_id = add(box, song_file, given)
    work_off(box)
    found = words_of(box, track_id)
    assert found.timed == "word"
    assert mean_error(found) < 0.01
    assert all(line.confidence is None for line in found.lines)


def test_other_words_that_come_meanwhile_win(
    box: Box, song_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track_id = add(box, song_file, line_times(SONG))
    work_off_lane(box, Lane.PREPARE)
    work_off_lane(box, Lane.SEPARATE)
    brought = Lyrics((Line(1.0, 3.0, "Mine, and only mine"),), "line")
    done: list[str] = []

    def check(work: Work) -> None:
        if not done:
            done.append(work.held.step)
            with box.db.write() as s:
                lyrics.put(s, track_id, "person", brought)

    monkeypatch.setattr(Work, "pause_point", check)
    work_off_lane(box, Lane.PREPARE)
    found = words_of(box, track_id)
    assert [line.text for line in found.lines] == ["Mine, and only mine"]
    assert found.timed == "word"
    with box.db.read() as s:
        kept = lyrics.of_track(s, track_id)
        assert kept is not None
        assert (kept.source, kept.timing) == ("person", Timing.WORD)


@pytest.mark.parametrize("step", ["align", "measure"])
def test_what_fails_after_the_voice_is_out_costs_no_song(
    box: Box, song_file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    track_id = add(box, song_file, line_times(SONG))
    really = steps.run

    def broken(name: str, work: Work) -> None:
        if name == step:
            raise ZeroDivisionError("a riddle")
        really(name, work)

    monkeypatch.setattr(steps, "run", broken)
    work_off(box)
    assert track_of(box, track_id).state == TrackState.READY
    with box.db.read() as s:
        assert jobs.of_tracks(s, [track_id])[track_id].state == JobState.DONE


def test_a_busy_box_comes_back_to_it(box: Box, song_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    track_id = add(box, song_file, line_times(SONG))
    really = steps.run
    refused: list[str] = []

    def busy(name: str, work: Work) -> None:
        if name == "align" and not refused:
            refused.append(name)
            raise DatabaseBusy
        really(name, work)

    monkeypatch.setattr(steps, "run", busy)
    work_off(box)
    assert track_of(box, track_id).state == TrackState.READY
    work_off(box, later=60)
    assert words_of(box, track_id).timed == "word"


def test_each_step_is_timed(box: Box, tmp_path: Path) -> None:
    path = sound.save(tmp_path / "short.wav", sound.song(5))
    track_id = add(box, path)
    work_off(box)
    with box.db.read() as s:
        job = jobs.of_tracks(s, [track_id])[track_id]
        taken = s.exec(select(JobStep.name).where(JobStep.job_id == job.id).order_by(col(JobStep.ended_at)))
        assert [name for name in taken if name not in {"fetch", "adopt", "film"}] == [
            "decode", "separate", "align", "measure"
        ]  # fmt: skip


def test_a_song_is_in_the_language_of_its_words_unless_somebody_said_another(
    box: Box, song_file: Path
) -> None:
    track_id = add(box, song_file, line_times(SONG))
    work_off(box)
    with box.db.read() as s:
        song = library.get(s, s.get_one(Track, track_id).song_id)
    assert song.language == "en"
    with box.db.write() as s:
        song = library.get(s, song.id)
        song.language, song.edited = "", "language"
        s.add(song)
        lyrics.put(s, track_id, "person", words_of(box, track_id))
    with box.db.read() as s:
        assert library.get(s, song.id).language == ""


def test_only_one_of_its_jobs_is_unfinished(box: Box, song_file: Path) -> None:
    track_id = add(box, song_file)
    work_off(box)
    with box.db.read() as s:
        song_id = s.get_one(Track, track_id).song_id
    for _ in range(3):
        library.set_words(box, song_id, line_times(SONG))
    with box.db.read() as s:
        waiting = s.exec(select(Job).where(Job.track_id == track_id, Job.state == JobState.QUEUED)).all()
    assert [job.step for job in waiting] == ["align"]


def test_half_a_song_that_nobody_can_tell_by_its_length_is_marked(box: Box, tmp_path: Path) -> None:
    whole = sound.save(tmp_path / "whole.mp3", sound.song(12))
    content = whole.read_bytes()
    half = tmp_path / "half.mp3"
    half.write_bytes(content[len(content) // 4 : len(content) // 4 * 3 + 33])
    ids = [add(box, path) for path in (whole, half)]
    work_off(box)
    assert [track_of(box, each).cut_off for each in ids] == [False, True]
