"""Songs as people bring them: whole, odd, broken, and no songs at all."""

import io
import zipfile
from pathlib import Path
from typing import Any

import mutagen.id3
import numpy as np
import pytest
import soundfile

from pipeline.audio import media
from pipeline.engines import RATE, Audio
from pipeline.errors import DamagedFile, EmptyFile, InputError, NotAudio, UnknownCodec
from pipeline.formats import frames
from tests import sound
from tests.disk import held_open

id3: Any = mutagen.id3

LOSSLESS = {"wav", "aiff", "flac"}


def decoded(path: Path) -> Audio:
    return np.concatenate(list(media.decode(path)), axis=1)


def loudness(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio[:, RATE // 2 : -RATE // 2]))))


@pytest.mark.parametrize("kind", sorted(sound.FORMATS))
def test_a_song_plays_whatever_kind_of_file_it_is(tmp_path: Path, kind: str) -> None:
    tune = sound.tone(3.0)
    picture = kind in {"mp4", "mkv", "webm", "mov", "avi"}
    rate = 48_000 if kind in {"opus", "webm"} else RATE
    given = sound.tone(3.0, rate=rate)
    path = sound.save(tmp_path / f"song.{kind}", given, rate=rate, picture=picture)
    found = media.probe(path)
    assert found.seconds == pytest.approx(3.0, abs=0.1)
    assert found.channels == 2
    assert found.has_video == picture
    played = decoded(path)
    assert played.shape[0] == 2
    assert played.dtype == np.float32
    assert played.shape[1] / RATE == pytest.approx(3.0, abs=0.1)
    if kind in LOSSLESS:
        assert np.abs(played - tune).max() < 1e-4
    else:
        assert loudness(played) == pytest.approx(loudness(tune), rel=0.05)


@pytest.mark.parametrize("kind", ["mp3", "m4a", "flac", "ogg"])
def test_the_encoders_delay_is_taken_off(tmp_path: Path, kind: str) -> None:
    tune = np.zeros((2, 2 * RATE), np.float32)
    tune[:, RATE : RATE + 441] = sound.tone(0.01, 1000, 1000)
    played = decoded(sound.save(tmp_path / f"click.{kind}", tune))
    lag = (
        np.correlate(played[0, RATE - 2000 : RATE + 2441], tune[0, RATE : RATE + 441], "valid").argmax()
        - 2000
    )
    assert abs(int(lag)) <= 2


def test_one_channel_goes_to_both_sides_as_loud_as_it_was(tmp_path: Path) -> None:
    tune = sound.tone(2.0)[:1]
    for kind in ("wav", "flac"):
        played = decoded(sound.save(tmp_path / f"mono.{kind}", tune, layout="mono"))
        assert np.abs(played - tune).max() < 1e-4
    soundfile.write(tmp_path / "plain.wav", tune[0], RATE)
    assert np.abs(decoded(tmp_path / "plain.wav") - tune).max() < 1e-4


def test_five_channels_and_a_bass_become_two_without_clipping(tmp_path: Path) -> None:
    loud = np.repeat(sound.tone(2.0, 440, 440, level=0.99)[:1], 6, axis=0)
    played = decoded(sound.save(tmp_path / "surround.flac", loud, layout="5.1"))
    assert 0.9 < np.abs(played).max() <= 1.0

    voice_in_the_middle = np.zeros_like(loud)
    voice_in_the_middle[2] = loud[0]
    played = decoded(sound.save(tmp_path / "middle.flac", voice_in_the_middle, layout="5.1"))
    assert np.abs(played[0] - played[1]).max() < 1e-6
    assert np.abs(played).max() > 0.2


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000])
def test_any_rate_becomes_that_of_the_library(tmp_path: Path, rate: int) -> None:
    path = sound.save(tmp_path / "song.wav", sound.tone(2.0, rate=rate), rate=rate, codec="pcm_f32le")
    played = decoded(path)
    assert played.shape[1] == pytest.approx(2 * RATE, abs=2)
    middle = slice(RATE // 2, -RATE // 2)
    assert np.abs(played - sound.tone(3.0)[:, : played.shape[1]])[:, middle].max() < 1e-3


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.mp3", sound.tone(1.0)).rename(tmp_path / "🎤 letter.pdf")
    assert media.probe(path).codec == "mp3float"


def test_a_large_cover_in_front_is_no_hindrance(tmp_path: Path) -> None:
    for kind in ("flac", "mp3"):
        path = sound.save(tmp_path / f"song.{kind}", sound.tone(2.0))
        size = 2_000_000
        tag = b"ID3\x04\0\0" + bytes((size >> shift) & 127 for shift in (21, 14, 7, 0)) + bytes(size)
        path.write_bytes(tag + path.read_bytes())
        assert decoded(path).shape[1] == pytest.approx(2 * RATE, abs=1200)


def test_a_cover_is_no_video(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.mp3", sound.tone(1.0))
    sound.add_frames(path, id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=sound.png()))
    assert media.probe(path).has_video is False


def test_two_files_joined_into_one_play_to_the_end(tmp_path: Path) -> None:
    first = sound.save(tmp_path / "a.mp3", sound.tone(1.0)).read_bytes()
    second = sound.save(
        tmp_path / "b.mp3", sound.tone(1.0, rate=22_050)[:1], rate=22_050, layout="mono"
    ).read_bytes()
    both = tmp_path / "both.mp3"
    both.write_bytes(first + second)
    assert decoded(both).shape[1] / RATE == pytest.approx(2.0, abs=0.2)


def test_numbers_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    tune = sound.tone(1.0)
    tune[:, 100:200] = np.nan
    tune[:, 300] = np.inf
    soundfile.write(tmp_path / "song.wav", tune.T, RATE, subtype="FLOAT")
    played = decoded(tmp_path / "song.wav")
    assert np.isfinite(played).all()
    assert not played[:, 100:200].any()


class Stopped(Exception):
    pass


def test_work_can_be_stopped_at_any_moment(tmp_path: Path) -> None:
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > 60:
            raise Stopped

    path = sound.save(tmp_path / "song.mp3", sound.tone(20.0))
    blocks = media.decode(path, check=check)
    first = next(blocks)
    assert calls >= first.shape[1] / RATE
    with pytest.raises(Stopped):
        list(blocks)


def test_no_file_stays_open(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.mp3", sound.tone(5.0))
    blocks = media.decode(path)
    next(blocks)
    assert held_open(tmp_path) == ["song.mp3"]
    del blocks
    assert held_open(tmp_path) == []
    decoded(path)
    media.probe(path)
    assert held_open(tmp_path) == []


# ------------------------------------------------------------------------------------------------- what is no song


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", "words " * 10_000)
    return buffer.getvalue()


NO_SONGS = {
    "a PDF": b"%PDF-1.7\n" + np.random.default_rng(1).bytes(400_000),
    "a picture": sound.png(),
    "a zip file": _zip(),
    "a letter": b"Dear all, see you on Friday.\n" * 2000,
    "a web page": b"<!doctype html><html><body>404 not found</body></html>",
    "words of a song": b"[00:01.00]Daisy, Daisy\n[00:04.00]give me your answer, do\n",
    "a playlist": b"#EXTM3U\n#EXTINF:3\nsong.mp3\n",
    "a stream's playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nsong.mp3\n#EXT-X-ENDLIST\n",
    "a list for ffmpeg": b"ffconcat version 1.0\nfile song.mp3\n",
    "a WebP picture": b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0" + bytes(24),
    "zeros": bytes(300_000),
    "noise": np.random.default_rng(2).bytes(300_000),
    "one byte": b"\0",
}


@pytest.mark.parametrize("what", NO_SONGS)
def test_what_is_no_song_is_said_so(tmp_path: Path, what: str) -> None:
    sound.save(tmp_path / "song.mp3", sound.tone(1.0))
    path = tmp_path / "other.mp3"
    path.write_bytes(NO_SONGS[what])
    with pytest.raises(NotAudio, match="“My song” is not a song"):
        media.probe(path, "My song")
    with pytest.raises(NotAudio):
        decoded(path)


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").touch()
    with pytest.raises(EmptyFile, match=r"“song\.mp3” is empty"):
        media.probe(tmp_path / "song.mp3")


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_silent_film_is_no_song(tmp_path: Path, kind: str) -> None:
    with pytest.raises(NotAudio):
        media.probe(sound.save_silent_film(tmp_path / f"film.{kind}"))


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "aiff", "m4a", "mkv"])
def test_half_a_song_is_damaged(tmp_path: Path, kind: str) -> None:
    path = sound.save(tmp_path / f"song.{kind}", sound.song(10.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedFile, match="“My song” is damaged"):
        list(media.decode(path, "My song"))


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav", "ogg", "m4a"])
def test_rubbish_behind_a_whole_song_is_no_matter(tmp_path: Path, kind: str) -> None:
    path = sound.save(tmp_path / f"song.{kind}", sound.song(4.0))
    with path.open("ab") as file:
        file.write(np.random.default_rng(3).bytes(5000))
    assert decoded(path).shape[1] / RATE == pytest.approx(4.0, abs=0.1)


def test_a_song_full_of_holes_is_damaged(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.mp3", sound.song(10.0))
    content = bytearray(path.read_bytes())
    for at in range(3000, len(content) - 2000, 2500):
        content[at : at + 1500] = np.random.default_rng(at).bytes(1500)
    path.write_bytes(content)
    with pytest.raises(DamagedFile):
        decoded(path)


def test_a_small_scratch_is_left_out_and_the_rest_plays(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.mp3", sound.song(10.0))
    content = bytearray(path.read_bytes())
    content[60_000:61_000] = np.random.default_rng(4).bytes(1000)
    path.write_bytes(content)
    assert 9.5 < decoded(path).shape[1] / RATE < 10.1


def test_ten_hours_are_known_before_anything_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(800), 8000, subtype="PCM_U8")
    head = bytearray(path.read_bytes()[:44])
    size = 36_000 * 8000
    head[4:8], head[40:44] = (size + 36).to_bytes(4, "little"), size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(44 + size)
    assert media.probe(path).seconds == pytest.approx(36_000, abs=1)

    path = sound.save(tmp_path / "lie.flac", sound.tone(1.0))
    content = bytearray(path.read_bytes())
    stream = int.from_bytes(content[18:26], "big") & ~0xF_FFFF_FFFF | 36_000 * RATE
    content[18:26] = stream.to_bytes(8, "big")
    path.write_bytes(content)
    assert media.probe(path).seconds == pytest.approx(36_000, abs=1)


def test_a_file_that_does_not_say_its_length_is_counted(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.flac", sound.song(5.0))
    content = bytearray(path.read_bytes())
    content[18:26] = (int.from_bytes(content[18:26], "big") & ~0xF_FFFF_FFFF).to_bytes(8, "big")
    path.write_bytes(content)
    found = media.probe(path)
    assert found.seconds == pytest.approx(5.0, abs=0.3)
    assert not found.seconds_are_said


def test_a_rate_of_a_few_hertz_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "slow.wav", np.zeros(100_000), 2)
    with pytest.raises(NotAudio):
        media.probe(tmp_path / "slow.wav")


def test_sound_that_nothing_here_can_decode_is_said_so(tmp_path: Path) -> None:
    path = sound.save(tmp_path / "song.wav", sound.tone(1.0))
    content = bytearray(path.read_bytes())
    content[20:22] = b"\x99\x99"  # the number of its codec
    path.write_bytes(content)
    with pytest.raises(UnknownCodec, match="in a form that this box cannot play"):
        media.probe(path)


@pytest.mark.parametrize("kind", ["mp3", "flac", "m4a", "ogg", "wma", "wav", "mkv", "avi"])
def test_whatever_is_broken_ends_in_a_sentence(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = sound.save(tmp_path / f"song.{kind}", sound.tone(1.0))
    whole = path.read_bytes()
    random, said = np.random.default_rng(6), set()
    for _ in range(60):
        content = bytearray(whole[: random.integers(1, 2 * len(whole))])
        for at in random.integers(0, min(len(content), random.choice([64, 500, 4000])), 5):
            content[at] = random.integers(256)
        path.write_bytes(content)
        try:
            media.probe(path)
            decoded(path)
        except InputError as error:
            said.add(str(error))
    assert all(f"“{path.name}”" in sentence for sentence in said)
    assert capfd.readouterr().err == ""


def test_silence_can_be_told_from_a_quiet_song(tmp_path: Path) -> None:
    silent = sound.save(tmp_path / "silent.flac", sound.tone(1.0, level=0.0001))
    quiet = sound.save(tmp_path / "quiet.flac", sound.tone(1.0, level=0.001))
    assert np.abs(decoded(silent)).max() < media.SILENCE < np.abs(decoded(quiet)).max()


def test_a_copy_that_broke_off_is_noticed_though_its_kind_says_no_length(tmp_path: Path) -> None:
    whole = sound.save(tmp_path / "whole.mp3", sound.song(8)).read_bytes()
    headless = whole[len(whole) // 4 :]  # without the first frame, which holds the length
    for name, content, cut in (
        ("whole.mp3", whole, False),
        ("cut.mp3", headless[: len(headless) // 2 + 51], True),
        ("tag.mp3", whole + b"TAG" + bytes(125), False),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert media.is_cut(path) == cut, name
    assert not media.is_cut(sound.save(tmp_path / "whole.flac", sound.song(2)))


def test_frames_say_how_long_they_are() -> None:
    assert frames.length(bytes.fromhex("fffb9264000000")) == 418
    assert frames.length(bytes.fromhex("fff15080043ffc")) == 33
    assert (
        frames.length(b"TAG and more") == frames.length(b"") == frames.length(b"\xff\xfb\xff\xff\0\0\0") == 0
    )
