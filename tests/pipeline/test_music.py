"""What is measured of a song: loudness as ffmpeg measures it, key and tempo, and how high and low somebody sings."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from pipeline.audio import pitch
from pipeline.audio.chunks import CHUNK_FRAMES, chunked
from pipeline.audio.loudness import Meter
from pipeline.audio.music import NAMES, Ear
from pipeline.audio.sound import CEILING, TARGET, gain
from pipeline.demo import DemoSong, songs
from pipeline.demo.mix import Mixed
from pipeline.engines import RATE, Audio
from tests.falcon import Falcon

KEYS = {"daisy-bell": "Bb major", "greensleeves": "E minor", "auld-lang-syne": "G major"}


def tones(seconds: float, *partials: tuple[float, float]) -> Audio:
    at = np.arange(round(seconds * RATE)) / RATE
    sound = sum((level * np.sin(2 * np.pi * pitch * at) for pitch, level in partials), np.zeros(len(at)))
    return np.stack([sound, 0.5 * sound]).astype(np.float32)


def quiet_and_loud() -> Audio:
    noise = 0.05 * np.random.default_rng(1).standard_normal((2, 20 * RATE)).astype(np.float32)
    noise[:, 8 * RATE : 14 * RATE] *= 0.01
    return noise


def by_ffmpeg(path: Path, sound: Audio) -> float:
    soundfile.write(path, sound.T, RATE, subtype="FLOAT")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-i",
        str(path),
        "-af",
        "ebur128",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def heard(sound: Audio, block: int = CHUNK_FRAMES) -> Meter:
    meter = Meter()
    for start in range(0, sound.shape[1], block):
        meter.hear(sound[:, start : start + block])
    return meter


def test_loudness_is_what_ffmpeg_says(tmp_path: Path, falcon: Falcon, rendered: dict[str, Mixed]) -> None:
    for sound in (
        quiet_and_loud(),
        tones(8, (45, 0.4), (6000, 0.1)),
        tones(8, (997, 0.9)),
        falcon.mix,
        rendered["daisy-bell"].sound,
    ):
        loudness = heard(sound).loudness()
        assert loudness is not None
        assert abs(loudness - by_ffmpeg(tmp_path / "sound.wav", sound)) <= 0.1


def test_it_does_not_matter_in_which_pieces_it_is_heard() -> None:
    whole, pieces = heard(quiet_and_loud()), heard(quiet_and_loud(), block=12_345)
    assert whole.loudness() == pytest.approx(pieces.loudness(), abs=0.005)
    assert whole.peak == pieces.peak == np.abs(quiet_and_loud()).max()


def test_silence_and_a_blink_have_no_loudness() -> None:
    assert heard(np.zeros((2, 5 * RATE), np.float32)).loudness() is None
    assert heard(tones(0.2, (440, 0.5))).loudness() is None


@pytest.mark.parametrize(
    ("loudness", "peak", "factor"),
    [
        (-10.0, 1.0, 10 ** (-6 / 20)),  # a loud master is turned down
        (-22.0, 0.2, 10 ** (6 / 20)),  # a soft one up,
        (-22.0, 0.8, CEILING / 0.8),  # as far as its peaks allow
        (-10.0, 2.0, CEILING / 2.0),  # stems may peak far above the mix
        (TARGET, 0.5, 1.0),
        (None, None, 1.0),  # not heard yet
    ],
)
def test_songs_are_brought_to_one_loudness(loudness: float | None, peak: float | None, factor: float) -> None:
    assert gain(loudness, peak) == pytest.approx(factor, abs=1e-4)


@pytest.mark.parametrize("song", songs(), ids=lambda song: song.slug)
def test_key_and_tempo_of_the_songs_to_try(song: DemoSong, rendered: dict[str, Mixed]) -> None:
    slug, bpm = song.slug, song.score.bpm
    ear = Ear()
    for chunk in chunked([rendered[slug].band]):
        ear.hear(chunk)
    assert ear.key() == KEYS[slug]
    assert ear.tempo() == pytest.approx(bpm, rel=0.02)


@pytest.mark.parametrize("root", range(12), ids=NAMES)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_key_is_told(root: int, mode: str) -> None:
    third = 4 if mode == "major" else 3
    fifth = (7, 11, 14)  # the dominant is major in both
    cadence = [(0, third, 7), (5, 5 + third, 12), fifth, (0, third, 7)]
    ear = Ear()
    for chord in cadence * 2:
        notes = [48 + root + step for step in chord]
        partials = [
            (440 * 2 ** ((note - 69) / 12) * overtone, 0.1 / overtone)
            for note in notes
            for overtone in (1, 2, 3, 4)
        ]
        ear.hear(tones(1.0, *partials))
    assert ear.key() == f"{NAMES[root]} {mode}"


@pytest.mark.parametrize("bpm", [66.0, 90.0, 120.0, 171.0])
def test_the_beat_of_a_drum(bpm: float) -> None:
    sound = np.zeros((2, 30 * RATE), np.float32)
    random = np.random.default_rng(2)
    for beat in np.arange(0.2, 29, 60 / bpm):
        hit = 0.5 * random.standard_normal(2000) * np.exp(-np.arange(2000) / 300)
        sound[:, round(beat * RATE) : round(beat * RATE) + 2000] += hit.astype(np.float32)
    ear = Ear()
    for chunk in chunked([sound]):
        ear.hear(chunk)
    assert ear.tempo() == pytest.approx(bpm, rel=0.02)


def test_where_there_is_nothing_to_hear_nothing_is_claimed() -> None:
    ear = Ear()
    assert (ear.key(), ear.tempo()) == ("", None)
    ear.hear(np.zeros((2, 10 * RATE), np.float32))
    assert (ear.key(), ear.tempo()) == ("", None)
    assert pitch.span(pitch.moments(np.zeros((2, RATE), np.float32))) is None
    noise = 0.1 * np.random.default_rng(3).standard_normal((2, 4 * RATE)).astype(np.float32)
    assert pitch.span(pitch.moments(noise)) is None


@pytest.mark.parametrize(("low", "high"), [(40, 52), (48, 64), (57, 77), (60, 83)])
def test_the_range_of_a_known_melody(low: int, high: int) -> None:
    notes = [low, low + 4, (low + high) // 2, high - 3, high]
    sound = [
        tones(0.8, *((440 * 2 ** ((note - 69) / 12) * over, 0.2 / over) for over in (1, 2, 3, 4, 5)))
        for note in notes
    ]
    found = pitch.span(pitch.moments(np.concatenate(sound, axis=1)))
    assert found is not None
    assert found == pytest.approx((low, high), abs=0.5)


def test_the_range_of_a_song(rendered: dict[str, Mixed]) -> None:
    song = songs()[0]
    notes = [each.midi for syllable in song.score.syllables for each in syllable.pitches]
    voice = np.concatenate([pitch.moments(chunk) for chunk in chunked([rendered[song.slug].voice])])
    assert pitch.span(voice) == pytest.approx((min(notes), max(notes)), abs=0.5)
