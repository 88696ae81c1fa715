"""The songs that Encore makes itself: what a newcomer hears first."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC

from pipeline import library, lyrics
from pipeline.box import Box
from pipeline.demo import DemoSong, songs
from pipeline.demo.articulation import Block, pronounce
from pipeline.demo.mix import Mixed, loudness
from pipeline.demo.movements import move
from pipeline.demo.voice import sing
from pipeline.engines import RATE, Audio
from pipeline.formats import lrc
from pipeline.intake import tags
from pipeline.intake.demo_songs import take_in

pytestmark = pytest.mark.long

SLUGS = ["daisy-bell", "greensleeves", "auld-lang-syne"]


@pytest.fixture(scope="module", params=SLUGS)
def song(request: pytest.FixtureRequest) -> DemoSong:
    return next(song for song in songs() if song.slug == request.param)


def test_there_are_three_short_songs_of_different_voices(rendered: dict[str, Mixed]) -> None:
    assert [song.slug for song in songs()] == SLUGS
    assert all(25 <= mixed.sound.shape[1] / RATE <= 40 for mixed in rendered.values())
    assert len({song.arrangement for song in songs()}) == len({song.singer for song in songs()}) == 3


def test_the_singer_stands_in_the_middle_of_a_wide_band(rendered: dict[str, Mixed], song: DemoSong) -> None:
    mixed = rendered[song.slug]
    assert _side_over_middle(mixed.voice) < -13.0
    assert _side_over_middle(mixed.band) > -3.0
    left, right = mixed.band
    assert abs(_decibels(left) - _decibels(right)) < 3.0


def test_a_song_is_as_loud_as_music_usually_is_and_never_clips(
    rendered: dict[str, Mixed], song: DemoSong
) -> None:
    mixed = rendered[song.slug]
    assert loudness(mixed.sound) == pytest.approx(-16.0, abs=0.5)
    assert np.abs(mixed.sound).max() <= 10 ** (-1 / 20)
    assert 0.0 < loudness(mixed.voice) - loudness(mixed.band) < 3.0


def test_the_loudness_of_a_known_tone_is_right() -> None:
    """The reference of ITU-R BS.1770: 997 Hz at full scale in one channel is -3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997.0 * np.arange(5 * RATE) / RATE).astype(np.float32)
    assert loudness(np.stack([tone, np.zeros_like(tone)])) == pytest.approx(-3.01, abs=0.05)


def test_every_word_is_heard_when_its_time_says(song: DemoSong) -> None:
    """Each word is sung with its neighbours silent, so that its beginning shows."""
    late = {}
    for turn in range(3):
        voice = _sing_every_third(song, turn)
        for number, word in list(enumerate(song.words()))[turn::3]:
            late[number, word.text] = _begins(voice, word.start, word.end) - word.start
    assert len(late) == len(song.words())
    assert {word: seconds for word, seconds in late.items() if abs(seconds) > 0.03} == {}


def test_words_follow_each_other(song: DemoSong) -> None:
    words = song.words()
    assert all(word.start < word.end for word in words)
    assert all(now.end <= following.start + 0.001 for now, following in pairwise(words))
    assert all(1 <= len(text) <= 80 for text in _texts(song))


def test_the_file_is_an_ordinary_song_with_its_words_beside_it(
    tmp_path: Path, rendered: dict[str, Mixed], song: DemoSong
) -> None:
    path = song.write(tmp_path)
    assert path == tmp_path / f"{song.title}.flac"
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.subtype) == (44_100, 2, "PCM_16")
    sound, _ = soundfile.read(path, dtype="float32")
    assert np.abs(sound.T - rendered[song.slug].sound).max() <= 1 / 2**15
    read = tags.read(path)
    assert (read.title, read.artist, read.album) == (song.title, song.artist, song.album)
    assert FLAC(path)["date"] == [str(song.year)]  # type: ignore[no-untyped-call]

    read_words = lrc.parse(path.with_suffix(".lrc").read_text(encoding="utf-8"), info.duration)
    assert read_words.timed == "word"
    assert read_words.tags["ti"] == song.title
    assert [line.text for line in read_words.lines] == _texts(song)
    starts = [word.start for line in read_words.lines for word in line.words]
    assert starts == pytest.approx([word.start for word in song.words()], abs=0.006)


def test_the_songs_enter_the_library_once(box: Box) -> None:
    titles = [song.title for song in songs()]
    assert [song.title for song in take_in(box)] == titles
    assert list(take_in(box)) == []  # the same to the last byte: the library knows them again
    with box.db.read() as s:
        assert library.count(s) == len(titles)
        for song, track in library.find(s).songs:
            assert (track.source, song.album) == ("demo", "Songs to try")
            words = lyrics.load(s, track.id)
            assert words is not None
            assert words.timed == "word"


def test_the_real_model_takes_the_singer_out(rendered: dict[str, Mixed], weights_dir: Path) -> None:
    from pipeline.engines.demucs import Demucs
    from pipeline.engines.weights import find

    model = find(weights_dir)
    assert model is not None
    part = slice(2 * RATE, 13 * RATE)
    mixed = rendered["daisy-bell"]
    sound, voice, band = (each[:, part] for each in (mixed.sound, mixed.voice, mixed.band))
    heard = np.concatenate(list(Demucs(model, device="cpu", precision="fp32").vocals(sound)), axis=1)
    assert _sdr(voice, heard) > 9.0
    assert _sdr(band, sound - heard) > 9.0


def _sing_every_third(song: DemoSong, turn: int) -> Audio:
    """Words number `turn`, `turn + 3` and so on, dry."""
    number = 0
    blocks: list[Block] = []
    for syllable in pronounce(song.score):
        if number % 3 == turn:
            blocks += syllable.blocks
        number += syllable.syllable.ends_word
    last = song.score.chords[-1]
    return sing(move(song.score, blocks, song.score.seconds(last.beat + last.beats)), song.singer)


def _begins(voice: Audio, start: float, end: float) -> float:
    """When the voice rises to within 35 dB of the word's loudest moment, looking from shortly before `start`."""
    window, first = round(0.004 * RATE), round((start - 0.06) * RATE)
    power = voice[first : round(end * RATE)] ** 2
    level = np.convolve(power, np.ones(window) / window, mode="valid")
    return float(np.argmax(level > level.max() * 10 ** (-35 / 10)) + window / 2 + first) / RATE


def _texts(song: DemoSong) -> list[str]:
    """The lines as they stand on the screen."""
    words = song.words()
    numbers = sorted({word.line for word in words})
    return [" ".join(word.text for word in words if word.line == number) for number in numbers]


def _decibels(sound: Audio) -> float:
    return float(10 * np.log10((sound**2).mean()))


def _side_over_middle(sound: Audio) -> float:
    return _decibels(sound[0] - sound[1]) - _decibels(sound[0] + sound[1])


def _sdr(true: Audio, got: Audio) -> float:
    return _decibels(true) - _decibels(true - got)
