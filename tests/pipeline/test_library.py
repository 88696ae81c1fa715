"""Songs on their way into the library, good ones and bad ones: a sentence for the person, and nothing half-done left."""

import io
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlmodel import select
from structlog.testing import capture_logs

from pipeline import editing, jobs, library, lyrics, merging, steps, store, work
from pipeline.audio import media
from pipeline.audio.chunks import CHUNK_FRAMES, Reel
from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.editing import Fields
from pipeline.engines import RATE
from pipeline.errors import (
    AlreadyThere,
    BadValue,
    DamagedFile,
    DiskFull,
    EmptyFile,
    EncoreError,
    JobLost,
    NotAudio,
    NotFound,
    NotWords,
    TooLarge,
    TooLong,
    TooShort,
)
from pipeline.intake import beside, bring
from pipeline.keeping import tidying, trash
from pipeline.tables import Job, JobKind, JobState, Lane, Lyrics, Song, Timing, Track
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
        (wav(1.9), "short.wav", TooShort, "“short.wav” is too short: a song lasts 2 seconds at least."),
        (broken_beginning(), "cut.wav", EncoreError, "“cut.wav” is"),
    ],
    ids=["empty", "a PDF called .mp3", "text", "ten hours", "two seconds", "only a header"],
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


# Four seconds of noise are more than that; quiet ones are not, nor is what the database writes meanwhile.
LITTLE_ROOM = 900_000


def empty_the_log(box: Box) -> None:
    """What the database wrote goes into its file: its log begins anew."""
    with box.db.engine.connect() as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_full_disk_in_the_workers_is_tried_again_until_there_is_room(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BACKOFF_SECONDS", (1000.0,))  # not again at once, however slow the machine is
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 8 * RATE)).astype(np.float32)
    song = add(box, save(tmp_path, "noise.mp3", noise), "noise.mp3")
    empty_the_log(box)
    with full_after(LITTLE_ROOM):
        work_off(box)
    job = job_of(box, song)
    assert (job.state, job.error_code, job.failures) == (JobState.QUEUED, "disk_full", 1)
    assert of_note(job.error) == "The disk of the box is full. Free some space and try again."
    assert files_of(box, song) == ["original.mp3"]
    work_off(box, later=1000)
    assert job_of(box, song).state == JobState.DONE
    assert kept(box) == ONE_SONG


def test_a_full_disk_while_a_voice_is_taken_out_keeps_what_is_finished(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BACKOFF_SECONDS", (1000.0,))
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 8 * RATE)).astype(np.float32)
    noise[:, : 4 * RATE] *= 0.001  # its chunks are small
    song = add(box, save(tmp_path, "noise.mp3", noise), "noise.mp3")
    work_off_lane(box, Lane.PREPARE)
    empty_the_log(box)
    with full_after(LITTLE_ROOM):
        work_off(box)
    track = track_of(box, song)
    assert (job_of(box, song).error_code, track.chunks, track.separated) == ("disk_full", 2, 1)
    assert not [name for name in files_of(box, song) if name.endswith(".part")]
    work_off(box, later=1000)
    assert track_of(box, song).separated == 2


def test_a_full_disk_under_the_database_leaves_no_file_behind(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "LEAST_SECONDS", 0.0)
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
    tidying.tidy(box)
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
        tidying.tidy(box)
    assert {each["name"] for each in logged} == {"0123.part", "a folder", "nobodys"}
    assert box.store.waiting(store.Waiting.WORDS, "a song that will come.mp3") == WORDS
    assert kept(box) == replace(ONE_SONG, incoming=1)
    assert store.suffix(files_of(box, song)[0]) == ".wav"


def take_a_file(box: Box) -> None:
    add(box, wav())


def take_a_zip(box: Box) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as songs:
        songs.writestr("Harry Dacre - Daisy Bell.wav", wav())
    file.seek(0)
    bring.take(box, file, "songs.zip", "upload")


def take_files(box: Box) -> None:
    bring.take_together(box, [("Harry Dacre - Daisy Bell.wav", io.BytesIO(wav()))], "upload")


@pytest.mark.parametrize("take", [take_a_file, take_a_zip, take_files])
@pytest.mark.parametrize("moment", ["_look_at", "_insert"])
def test_what_is_being_taken_in_is_not_tidied_up(
    box: Box, monkeypatch: pytest.MonkeyPatch, take: Callable[[Box], None], moment: str
) -> None:
    """The web process starts again while a worker takes a song in."""
    add(box, wav(seed=2), "Another.wav")
    go_on = getattr(library, moment)
    known = {path.name for path in box.store.library.iterdir()}
    monkeypatch.setattr(store, "GAP_SECONDS", 0.05)

    def slowly(*args: Any) -> Any:
        with capture_logs() as logged:
            tidying.tidy(box)
        assert [each["log_level"] for each in logged] == ["info"], "left to another start"
        return go_on(*args)

    monkeypatch.setattr(library, moment, slowly)
    take(box)
    (new,) = {path.name for path in box.store.library.iterdir()} - known
    assert (box.store.folder(new) / "original.wav").read_bytes() == wav()
    assert kept(box) == Kept(2, 2, 4, 2, 0)


def test_tidying_up_waits_for_a_moment_without_anything_on_its_way(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "GAP_SECONDS", 60.0)
    (box.store.incoming / "0123.part").write_bytes(b"half a file")
    with ThreadPoolExecutor() as others, box.store.taking_in():
        tidied = others.submit(tidying.tidy, box)
        with pytest.raises(TimeoutError):
            tidied.result(0.1)
        assert kept(box).incoming == 1
    tidied.result()
    assert kept(box).incoming == 0


def test_what_is_to_be_taken_in_waits_until_all_is_tidy(box: Box) -> None:
    with ThreadPoolExecutor() as others:
        with box.store.tidying() as alone:
            assert alone
            song = others.submit(add, box, wav())
            with pytest.raises(TimeoutError):
                song.result(0.1)
            assert kept(box) == NOTHING
        song.result()
    assert kept(box) == ONE_SONG


def test_who_was_killed_while_taking_in_keeps_nobody_from_tidying_up(box: Box) -> None:
    takes_in = f"""
import sys
from pipeline.box import Box
from pipeline.settings import Settings
store = Box.open(Settings(data={str(box.settings.data)!r})).store
with store.taking_in():
    store.receive(sys.stdin.buffer, "half.wav", 1)
    print("here", flush=True)
    sys.stdin.buffer.raw.read()
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", takes_in], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin
        other.stdin.write(b"half a song")
        other.stdin.flush()
        while kept(box).incoming == 0:
            assert other.poll() is None
            time.sleep(0.02)
        other.send_signal(signal.SIGKILL)
    tidying.tidy(box)
    assert kept(box) == NOTHING


def at_film(box: Box) -> tuple[Song, jobs.Claim]:
    """A song that can be sung, and the worker that makes its picture."""
    song = add(box, wav())
    work_off(box)
    with box.db.write() as s:
        jobs.create(s, library.main_track(s, song.id).id, step="film")
        held = jobs.claim(s, Lane.PREPARE, "me", job_of(box, song).created_at + 60)
    assert held is not None
    return song, held


def test_words_that_come_while_a_later_step_runs_are_timed(box: Box) -> None:
    song, held = at_film(box)
    library.set_words(box, song.id, WORDS)
    with pytest.raises(JobLost), box.db.write() as s:
        jobs.step_done(s, held, 1.0, None, 0.0)
    work_off(box)
    with box.db.read() as s:
        found = lyrics.of_track(s, held.track_id)
    assert found is not None
    assert found.timing is Timing.WORD


def test_words_find_their_song_when_it_becomes_part_of_another_one(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    song, other = add(box, wav()), add(box, wav(seed=2), "Another.wav")
    put = box.store.put_words

    def slowly(*args: Any) -> None:
        put(*args)
        with box.db.write() as s:
            merging.merge(s, other.id, song.id)

    monkeypatch.setattr(box.store, "put_words", slowly)
    assert library.set_words(box, song.id, WORDS).id == other.id


def test_an_attempt_that_was_lost_leaves_the_sound_to_the_next_one(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    song, decode = add(box, wav()), media.decode

    def slowly(*args: Any) -> Any:
        yield from decode(*args)
        raise JobLost(job="")

    with monkeypatch.context() as patch:
        patch.setattr(media, "decode", slowly)
        with box.db.write() as s:
            held = jobs.claim(s, Lane.PREPARE, "me", job_of(box, song).created_at + 60)
        assert held is not None
        with pytest.raises(JobLost):
            steps.run("decode", work.Work(box, held))
    assert Reel(box.store.folder(held.track_id) / "mix").count() == 1
