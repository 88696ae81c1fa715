"""Songs on their way into the library, good ones and bad ones: a sentence for the person, and nothing half-done left."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlmodel import select
from structlog.testing import capture_logs

from pipeline import beside, editing, jobs, library, lyrics, store, trash
from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.chunks import CHUNK_FRAMES, Reel
from pipeline.editing import Fields
from pipeline.engines import RATE
from pipeline.errors import (
    AlreadyThere,
    BadValue,
    DamagedFile,
    DiskFull,
    EmptyFile,
    EncoreError,
    NotAudio,
    NotFound,
    NotWords,
    TooLarge,
    TooLong,
)
from pipeline.tables import Job, JobKind, JobState, Lane, Lyrics, Song, Track
from tests import sound
from tests.disk import full_after
from tests.workers import work_off, work_off_lane

WORDS = b"[00:01.00]Daisy, Daisy\n[00:02.50]give me your answer, do\n"
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def wav(seconds: float = 5.0, seed: int = 1) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound.song(seconds, seed).T, RATE, "PCM_16", format="WAV")
    return file.getvalue()


def add(box: Box, content: bytes, name: str = "Harry Dacre - Daisy Bell.wav") -> Song:
    return library.add(box, io.BytesIO(content), name, "upload")


@dataclass(frozen=True)
class Kept:
    """Everything that a box holds on to."""

    songs: int
    tracks: int
    jobs: int
    folders: int
    incoming: int


NOTHING = Kept(0, 0, 0, 0, 0)
ONE_SONG = Kept(1, 1, 2, 1, 0)  # two jobs: it is prepared, and described


def kept(box: Box) -> Kept:
    with box.db.read() as s:
        return Kept(
            songs=len(s.exec(select(Song)).all()),
            tracks=len(s.exec(select(Track)).all()),
            jobs=len(s.exec(select(Job)).all()),
            folders=len(list(box.store.library.iterdir())),
            incoming=len(list(box.store.incoming.iterdir())),
        )


def job_of(box: Box, song: Song) -> Job:
    with box.db.read() as s:
        return jobs.of_tracks(s, [library.main_track(s, song.id).id]).popitem()[1]


def track_of(box: Box, song: Song) -> Track:
    with box.db.read() as s:
        return library.main_track(s, song.id)


def files_of(box: Box, song: Song) -> list[str]:
    folder = box.store.folder(track_of(box, song).id)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ---------------------------------------------------------------------------------------- refused at the door


def flac_that_says(said: float, seconds: float) -> bytes:
    """A FLAC file whose header lies about its length."""
    file = io.BytesIO()
    soundfile.write(file, sound.song(seconds).T, RATE, "PCM_16", format="FLAC")
    content, frames = bytearray(file.getvalue()), round(said * RATE)
    content[21] = content[21] & 0xF0 | frames >> 32
    content[22:26] = (frames & 0xFFFFFFFF).to_bytes(4)
    return bytes(content)


def broken_beginning() -> bytes:
    return wav()[:40]


@pytest.mark.parametrize(
    ("content", "name", "error", "sentence"),
    [
        (b"", "nothing.mp3", EmptyFile, "“nothing.mp3” is empty. Please choose another file."),
        (PDF, "letter.mp3", NotAudio, "“letter.mp3” is not a song: there is no sound in it."),
        (b"la la la\n" * 90, "song.wav", NotAudio, "“song.wav” is not a song: there is no sound in it."),
        (
            flac_that_says(36_000, 1),
            "long.flac",
            TooLong,
            "“long.flac” is too long: a song may last 30 minutes at most.",
        ),
        (broken_beginning(), "cut.wav", EncoreError, "“cut.wav” is"),
    ],
    ids=["empty", "a PDF called .mp3", "text", "ten hours", "only a header"],
)
def test_what_is_no_song_is_refused_with_a_sentence_and_leaves_nothing(
    box: Box, content: bytes, name: str, error: type[EncoreError], sentence: str
) -> None:
    with capture_logs() as logged, pytest.raises(error) as refusal:
        add(box, content, name)
    assert str(refusal.value).startswith(sentence)
    assert kept(box) == NOTHING
    (line,) = [each for each in logged if each["event"] == "file refused"]
    assert (line["file"], line["code"], line["log_level"]) == (name, refusal.value.code, "warning")
    assert line["reason"] == str(refusal.value)


def test_too_large_a_file_is_refused_before_it_has_come_in(box: Box) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    stream = Endless()
    small = replace(box, settings=box.settings.model_copy(update={"max_upload_mb": 3}))
    with pytest.raises(TooLarge) as refusal:
        library.add(small, stream, "zeros.wav", "upload")  # type: ignore[arg-type]
    assert str(refusal.value) == "“zeros.wav” is too large: a file may have 3 MB at most."
    assert stream.given < 5_000_000
    assert kept(box) == NOTHING


def test_a_sender_who_goes_away_leaves_nothing(box: Box) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 1_000_000:
                raise ConnectionError("the phone went home")
            return super().read(size)

    with pytest.raises(ConnectionError):
        library.add(box, Torn(wav(20)), "torn.wav", "upload")
    assert kept(box) == NOTHING


# --------------------------------------------------------------------------------------- found by the workers


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def save(folder: Path, name: str, audio: Any, **how: Any) -> bytes:
    return sound.save(folder / name, audio, **how).read_bytes()


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_half_a_song_is_found_out_and_said(box: Box, tmp_path: Path, kind: str) -> None:
    with capture_logs() as logged:
        song = add(box, half(save(tmp_path, f"whole.{kind}", sound.song(20))), f"half.{kind}")
        work_off(box)
    job = job_of(box, song)
    assert (job.state, job.error_code) == (JobState.FAILED, "damaged_file")
    assert of_note(job.error) == f"“half.{kind}” is damaged and cannot be played. Please try another copy."
    assert files_of(box, song) == [f"original.{kind}"]
    assert kept(box) == ONE_SONG
    (line,) = [each for each in logged if each["event"] == "step failed"]
    assert (line["code"], line["again"]) == ("damaged_file", False)
    assert line["detail"]


def test_half_a_song_that_keeps_its_index_at_the_end_is_refused_at_the_door(box: Box, tmp_path: Path) -> None:
    content = half(save(tmp_path, "whole.m4a", sound.song(20)))
    with pytest.raises(DamagedFile) as refusal:
        add(box, content, "half.m4a")
    assert str(refusal.value) == "“half.m4a” is damaged and cannot be played. Please try another copy."
    assert kept(box) == NOTHING


def test_a_silent_song_is_found_out_and_said(box: Box) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((10 * RATE, 2)), RATE, "PCM_16", format="WAV")
    with capture_logs() as logged:
        song = add(box, file.getvalue(), "hush.wav")
        work_off(box)
    job = job_of(box, song)
    assert (job.state, of_note(job.error)) == (JobState.FAILED, "“hush.wav” is silent from start to end.")
    assert files_of(box, song) == ["original.wav"]
    assert [each["code"] for each in logged if each["event"] == "step failed"] == ["silent_file"]


def test_a_song_that_is_longer_than_it_says_is_stopped(box: Box) -> None:
    minute = replace(box, settings=box.settings.model_copy(update={"max_song_minutes": 1}))
    song = add(minute, flac_that_says(30, 70), "more.flac")
    work_off(minute)
    job = job_of(box, song)
    assert (job.state, job.error_code) == (JobState.FAILED, "too_long")
    assert files_of(box, song) == ["original.flac"]


@pytest.mark.parametrize(
    ("layout", "channels", "rate"),
    [("mono", 1, RATE), ("stereo", 2, 96_000), ("5.1", 6, 48_000)],
    ids=["mono", "96 kHz", "5.1"],
)
def test_odd_but_good_songs_become_singable(
    box: Box, tmp_path: Path, layout: str, channels: int, rate: int
) -> None:
    tune = np.repeat(sound.tone(6.0, 440, 440, rate=rate)[:1], channels, axis=0)
    song = add(box, save(tmp_path, "odd.flac", tune, rate=rate, layout=layout), "odd.flac")
    work_off(box)
    assert job_of(box, song).state == JobState.DONE
    track = track_of(box, song)
    assert (track.chunks, track.separated, track.engine) == (2, 2, "center")
    assert track.seconds == pytest.approx(6.0, abs=0.05)
    folder = box.store.folder(track.id)
    mix, voice, band = (
        Reel(folder / part).read(0, 2 * CHUNK_FRAMES)
        for part in ("mix", "stems/center/vocals", "stems/center/instrumental")
    )
    assert np.abs(mix).max() > 0.3
    assert np.abs(mix - voice - band).max() < 1e-4


# ------------------------------------------------------------------------------------------------------ names

RIGHT_TO_LEFT = "\u202e"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\evil.wav", "evil.wav"),
        ("/absolute/path.wav", "path.wav"),
        ("🎤🎶 Émile – Ça va.wav", "🎤🎶 Émile – Ça va.wav"),
        ("null\x00byte\n.wav", "nullbyte.wav"),
        (f"invoice{RIGHT_TO_LEFT}vaw.exe", "invoicevaw.exe"),
        ("..", ".."),
        ("", "song"),
        (".wav", ".wav"),
        ("x" * 500 + ".wav", "x" * 200),
        ("'; DROP TABLE song; --.wav", "'; DROP TABLE song; --.wav"),
        ("<script>alert(1)</script>.wav", "script>.wav"),
    ],
)
def test_a_files_name_is_only_ever_shown(box: Box, tmp_path: Path, name: str, shown: str) -> None:
    before = {path for path in tmp_path.rglob("*") if box.store.library not in path.parents}
    song = add(box, wav(2), name)
    assert song.title.strip()
    track = track_of(box, song)
    assert track.file_name == shown
    (original,) = files_of(box, song)
    assert original.startswith("original")
    after = {path for path in tmp_path.rglob("*") if box.store.library not in path.parents}
    assert {path for path in after - before if path.is_file()} <= set(
        (box.settings.data / "queue").iterdir()
    ) | set(box.settings.data.glob("encore.db*"))
    work_off(box)
    assert job_of(box, song).state == JobState.DONE


# ------------------------------------------------------------------------------------------------------- twice


def test_the_same_file_twice_is_one_song(box: Box) -> None:
    first = add(box, wav())
    with pytest.raises(AlreadyThere) as refusal:
        add(box, wav(), "another name.wav")
    assert str(refusal.value) == "“Daisy Bell” is there already."
    assert refusal.value.context["song"] == first.id
    assert kept(box) == ONE_SONG


def test_the_same_file_from_eight_people_at_once_is_one_song_with_its_words(box: Box) -> None:
    library.add_words(box, WORDS, "Harry Dacre - Daisy Bell.lrc")
    content = wav()

    def bring(_: int) -> Song | EncoreError:
        try:
            return add(box, content)
        except AlreadyThere as error:
            return error

    with ThreadPoolExecutor(8) as people:
        became = list(people.map(bring, range(8)))
    (song,) = [each for each in became if isinstance(each, Song)]
    assert kept(box) == ONE_SONG
    work_off(box)
    with box.db.read() as s:
        assert lyrics.load(s, library.main_track(s, song.id).id) is not None


def test_a_file_whose_song_lies_in_the_trash_may_come_again(box: Box) -> None:
    first = add(box, wav())
    with box.db.write() as s:
        trash.throw(s, first.id)
    second = add(box, wav())
    assert second.id != first.id


# ---------------------------------------------------------------------------------------------------- full disk


def test_a_full_disk_at_the_door(box: Box) -> None:
    with capture_logs() as logged, full_after(1_500_000), pytest.raises(DiskFull) as refusal:
        add(box, wav(20))
    assert str(refusal.value) == "The disk of the box is full. Free some space and try again."
    assert kept(box) == NOTHING
    assert [each["code"] for each in logged if each["event"] == "file refused"] == ["disk_full"]
    assert add(box, wav(20)).title == "Daisy Bell"


def test_a_full_disk_in_the_workers_is_tried_again_until_there_is_room(box: Box, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 8 * RATE)).astype(np.float32)
    song = add(box, save(tmp_path, "noise.mp3", noise), "noise.mp3")
    with full_after(600_000):
        work_off(box)
    job = job_of(box, song)
    assert (job.state, job.error_code, job.failures) == (JobState.QUEUED, "disk_full", 1)
    assert of_note(job.error) == "The disk of the box is full. Free some space and try again."
    assert files_of(box, song) == ["original.mp3"]
    work_off(box, later=60)
    assert job_of(box, song).state == JobState.DONE
    assert kept(box) == ONE_SONG


def test_a_full_disk_while_a_voice_is_taken_out_keeps_what_is_finished(box: Box, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 8 * RATE)).astype(np.float32)
    noise[:, : 4 * RATE] *= 0.001  # its chunks are small
    song = add(box, save(tmp_path, "noise.mp3", noise), "noise.mp3")
    work_off_lane(box, Lane.PREPARE)
    with full_after(600_000):
        work_off(box)
    track = track_of(box, song)
    assert (job_of(box, song).error_code, track.chunks, track.separated) == ("disk_full", 2, 1)
    assert not [name for name in files_of(box, song) if name.endswith(".part")]
    work_off(box, later=60)
    assert track_of(box, song).separated == 2


def test_a_full_disk_under_the_database_leaves_no_file_behind(box: Box) -> None:
    with box.db.engine.connect() as raw:
        pages = raw.exec_driver_sql("PRAGMA page_count").scalar_one()
        raw.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        fill(box)
    added = kept(box).songs
    assert kept(box) == Kept(added, added, 2 * added, added, 0)


def fill(box: Box) -> None:
    for seed in range(200):
        add(box, wav(0.2, seed))


# ------------------------------------------------------------------------------------------------------- words


def test_words_wait_for_their_song_whatever_comes_first(box: Box) -> None:
    assert library.add_words(box, WORDS, "Harry Dacre - Daisy Bell.lrc") is None
    song = add(box, wav())
    work_off(box)
    assert kept(box) == ONE_SONG
    later = add(box, wav(seed=2), "Another.wav")
    given = library.add_words(box, WORDS, "another.LRC")
    assert given is not None
    assert given.id == later.id
    with box.db.read() as s:
        tracks = [library.main_track(s, each.id).id for each in (song, later)]
        assert {row.track_id for row in s.exec(select(Lyrics))} == set(tracks)


def worded(box: Box, song: Song) -> bool:
    with box.db.read() as s:
        return lyrics.of_track(s, library.main_track(s, song.id).id) is not None


def test_words_that_come_while_their_song_is_taken_in_are_not_lost(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = beside.kind_of

    def slowly(*args: Any) -> Any:
        assert library.add_words(box, WORDS, "Harry Dacre - Daisy Bell.lrc") is None
        return look(*args)

    monkeypatch.setattr(beside, "kind_of", slowly)
    assert worded(box, add(box, wav()))


def test_a_song_that_comes_while_its_words_are_taken_in_gets_them(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, songs = box.store.leave, []

    def slowly(*args: Any) -> None:
        songs.append(add(box, wav()))
        leave(*args)

    monkeypatch.setattr(box.store, "leave", slowly)
    given = library.add_words(box, WORDS, "Harry Dacre - Daisy Bell.lrc")
    assert given is not None
    assert [song.id for song in songs] == [given.id]
    assert worded(box, given)


def test_words_survive_a_copy_of_the_song_that_was_refused(box: Box) -> None:
    add(box, wav(), "here.wav")
    library.add_words(box, WORDS, "there.lrc")
    with pytest.raises(AlreadyThere):
        add(box, wav(), "there.wav")
    assert box.store.waiting(store.Waiting.WORDS, "there.mp3") == WORDS


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xff\xfb\x90\x00" + bytes(range(256)) * 9, b"x" * 3_000_000]
)
def test_what_holds_no_words_is_refused(box: Box, content: bytes) -> None:
    song = add(box, wav(), "song.wav")
    with pytest.raises(NotWords):
        library.add_words(box, content, "song.lrc")
    with pytest.raises(NotWords):
        library.set_words(box, song.id, content)
    assert files_of(box, song) == ["original.wav"]


# --------------------------------------------------------------------------------------- looking, editing, trash


def test_a_song_is_found_by_any_of_its_words(box: Box) -> None:
    song = add(box, wav())
    add(box, wav(seed=2), "Somebody - 100%.wav")
    with box.db.read() as s:
        for words in ("daisy", "DACRE bell", "ais", ""):
            assert song.id in {found.id for found, _ in library.find(s, words).songs}, words
        assert [found.title for found, _ in library.find(s, "%").songs] == ["100%"]
        assert not library.find(s, "daisy nobody").songs
        assert library.find(s, "daisy").total == 1
        assert library.count(s) == 2


def test_the_trash_keeps_everything(box: Box) -> None:
    song = add(box, wav())
    with box.db.write() as s:
        trash.throw(s, song.id)
    assert job_of_any(box).state == JobState.CANCELLED
    with box.db.read() as s:
        with pytest.raises(NotFound):
            library.get(s, song.id)
        assert library.find(s).songs == []
    library.tidy(box)
    with box.db.write() as s:
        trash.restore(s, song.id)
    work_off(box)
    assert job_of(box, song).state == JobState.DONE


def job_of_any(box: Box) -> Job:
    with box.db.read() as s:
        return s.exec(select(Job).where(Job.kind == JobKind.PREPARE)).one()


def test_a_title_needs_letters(box: Box) -> None:
    song = add(box, wav())
    with box.db.write() as s:
        assert editing.edit(s, song.id, Fields(title=" Daisy ", artist="")).title == "Daisy"
    with pytest.raises(BadValue), box.db.write() as s:
        editing.edit(s, song.id, Fields(title=" "))


def test_what_a_killed_process_left_is_tidied_up(box: Box) -> None:
    song = add(box, wav())
    (box.store.incoming / "0123.part").write_bytes(b"half a file")
    (box.store.incoming / "a folder").mkdir()
    (box.store.library / "nobodys").mkdir()
    library.add_words(box, WORDS, "a song that will come.lrc")
    with capture_logs() as logged:
        library.tidy(box)
    assert {each["name"] for each in logged} == {"0123.part", "a folder", "nobodys"}
    assert box.store.waiting(store.Waiting.WORDS, "a song that will come.mp3") == WORDS
    assert kept(box) == replace(ONE_SONG, incoming=1)
    assert store.suffix(files_of(box, song)[0]) == ".wav"
