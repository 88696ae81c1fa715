"""What songs say about themselves, in tags of every kind and in their names."""

import base64
from pathlib import Path
from typing import Any

import mutagen
import mutagen.asf
import mutagen.flac
import mutagen.id3
import mutagen.mp4
import numpy as np
import pytest
import soundfile

from pipeline.formats import lrc
from pipeline.intake import tags
from pipeline.intake.tags import Cover, Tags
from tests import sound

id3: Any = mutagen.id3
mp4: Any = mutagen.mp4
SYNCED = "[00:01.00]Daisy, Daisy\n[00:04.00]give me your answer, do"


def short(path: Path) -> Path:
    return sound.save(path, sound.tone(0.3))


def reopen(path: Path) -> Any:
    return mutagen.File(path)


def test_id3(tmp_path: Path) -> None:
    path = sound.add_frames(
        short(tmp_path / "song.mp3"),
        id3.TIT2(encoding=3, text="Daisy Bell 🚲"),
        id3.TPE1(encoding=3, text=["Harry Dacre", "Friends"]),
        id3.TALB(encoding=1, text="Songs of 1892"),
        id3.TDRC(encoding=3, text="1892-05-01"),
        id3.USLT(encoding=3, lang="eng", desc="", text="Daisy, Daisy\rgive me"),
        id3.APIC(encoding=3, mime="image/jpeg", type=4, desc="back", data=b"\xff\xd8\xff back"),
        id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=sound.png()),
    )
    assert tags.read(path) == Tags(
        title="Daisy Bell 🚲",
        artist="Harry Dacre, Friends",
        album="Songs of 1892",
        year=1892,
        lyrics="Daisy, Daisy\ngive me",
        cover=Cover(sound.png(), "image/png"),
    )


def test_id3_with_times_for_lines(tmp_path: Path) -> None:
    path = sound.add_frames(
        short(tmp_path / "song.mp3"),
        id3.USLT(encoding=3, lang="eng", desc="", text="plain words"),
        id3.SYLT(encoding=3, lang="eng", format=2, type=1, text=[("Daisy, Daisy", 1000), ("give me", 4000)]),
    )
    lyrics = lrc.parse(tags.read(path).lyrics or "")
    assert [(line.start, line.text) for line in lyrics.lines] == [(1.0, "Daisy, Daisy"), (4.0, "give me")]


def test_id3_with_times_for_syllables(tmp_path: Path) -> None:
    pieces = [("Dai", 1000), ("sy", 1500), (" Bell", 2000), ("\ngive", 4000), (" me", 4500)]
    path = sound.add_frames(
        short(tmp_path / "song.mp3"), id3.SYLT(encoding=3, lang="eng", format=2, type=1, text=pieces)
    )
    lyrics = lrc.parse(tags.read(path).lyrics or "")
    assert lyrics.timed == "word"
    assert [line.text for line in lyrics.lines] == ["Daisy Bell", "give me"]
    assert [word.start for line in lyrics.lines for word in line.words] == [1.0, 1.5, 2.0, 4.0, 4.5]


def test_id3_in_other_files(tmp_path: Path) -> None:
    for kind in ("wav", "aiff"):
        path = short(tmp_path / f"song.{kind}")
        audio = reopen(path)
        audio.add_tags()
        audio.tags.add(id3.TIT2(encoding=3, text="Daisy Bell"))
        audio.save()
        assert tags.read(path).title == "Daisy Bell"


@pytest.mark.parametrize("kind", ["flac", "ogg", "opus"])
@pytest.mark.parametrize("field", ["LYRICS", "SYNCEDLYRICS", "UNSYNCEDLYRICS", "unsynced lyrics"])
def test_vorbis_comments(tmp_path: Path, kind: str, field: str) -> None:
    path = tmp_path / f"song.{kind}"
    sound.save(path, sound.tone(0.3, rate=48_000), rate=48_000)
    audio = reopen(path)
    audio["Title"], audio["ARTIST"], audio["album"] = "Daisy Bell", "Harry Dacre", "Songs"
    audio["date"], audio[field] = "1892", SYNCED
    picture: Any = mutagen.flac.Picture()  # type: ignore[no-untyped-call]
    picture.type, picture.mime, picture.data = 3, "image/png", sound.png()
    if kind == "flac":
        audio.add_picture(picture)
    else:
        audio["metadata_block_picture"] = base64.b64encode(picture.write()).decode()
    audio.save()
    expected = Tags("Daisy Bell", "Harry Dacre", "Songs", 1892, SYNCED, Cover(sound.png(), "image/png"))
    assert tags.read(path) == expected


def test_words_with_times_are_taken_before_those_without(tmp_path: Path) -> None:
    path = short(tmp_path / "song.flac")
    audio = reopen(path)
    audio["LYRICS"], audio["UNSYNCEDLYRICS"] = "plain words", SYNCED
    audio.save()
    assert tags.read(path).lyrics == SYNCED


def test_mp4(tmp_path: Path) -> None:
    path = short(tmp_path / "song.m4a")
    audio = reopen(path)
    audio["©nam"], audio["©ART"], audio["©alb"] = "Daisy Bell", "Harry Dacre", "Songs"
    audio["©day"], audio["©lyr"] = "1892", SYNCED
    audio["covr"] = [mp4.MP4Cover(sound.png(), 14)]
    audio.save()
    expected = Tags("Daisy Bell", "Harry Dacre", "Songs", 1892, SYNCED, Cover(sound.png(), "image/png"))
    assert tags.read(path) == expected
    audio["----:com.apple.iTunes:SYNCEDLYRICS"] = SYNCED.encode()
    del audio["©lyr"]
    audio.save()
    assert tags.read(path).lyrics == SYNCED


def test_windows_media(tmp_path: Path) -> None:
    path = short(tmp_path / "song.wma")
    audio = reopen(path)
    audio["Title"], audio["Author"], audio["WM/AlbumTitle"] = "Daisy Bell", "Harry Dacre", "Songs"
    audio["WM/Year"], audio["WM/Lyrics"] = "1892", SYNCED
    audio.save()
    assert tags.read(path) == Tags("Daisy Bell", "Harry Dacre", "Songs", 1892, SYNCED)


def test_no_tags_at_all(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "song.wav", np.zeros(100), 8000)
    (tmp_path / "letter.mp3").write_text("Dear all")
    (tmp_path / "empty.mp3").touch()
    for path in tmp_path.iterdir():
        assert tags.read(path) == Tags()
    assert tags.read(tmp_path / "not there.mp3") == Tags()


def test_tags_of_ten_megabytes_are_cut(tmp_path: Path) -> None:
    path = sound.add_frames(
        short(tmp_path / "song.mp3"),
        id3.TIT2(encoding=3, text="la" * 5_000_000),
        id3.TPE1(encoding=3, text="x\x00\x1b[31m\n y\u200d\x7f"),
        id3.USLT(encoding=3, lang="eng", desc="", text="la la\n" * 2_000_000),
        id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=sound.png() + bytes(11_000_000)),
    )
    found = tags.read(path)
    assert found.title == "la" * (tags.MAX_TEXT // 2)
    assert found.artist == "x, [31m y\u200d"
    assert found.lyrics is not None
    assert len(found.lyrics) <= lrc.MAX_BYTES
    assert found.cover is None


@pytest.mark.parametrize("kind", ["mp3", "flac", "m4a", "ogg", "wma", "aiff"])
def test_broken_tags_never_raise(tmp_path: Path, kind: str) -> None:
    path = short(tmp_path / f"song.{kind}")
    audio = reopen(path)
    if audio.tags is None:
        audio.add_tags()
    if isinstance(audio.tags, id3.ID3):
        audio.tags.add(id3.TIT2(encoding=3, text="Daisy Bell"))
        audio.tags.add(id3.SYLT(encoding=1, lang="eng", format=2, type=1, text=[("la", 1), ("lo", 2)]))
        audio.tags.add(id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=sound.png()))
    else:
        audio["©nam" if kind == "m4a" else "title"] = "Daisy Bell"
    audio.save()
    whole = path.read_bytes()
    random = np.random.default_rng(5)
    for _ in range(150):
        content = bytearray(whole[: random.integers(20, len(whole))])
        for at in random.integers(0, min(len(content), 1000), 8):
            content[at] = random.integers(256)
        path.write_bytes(content)
        assert isinstance(tags.read(path), Tags)
