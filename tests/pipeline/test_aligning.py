"""Words get their times from the voice: held against songs whose every word's time is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import language, lyrics
from pipeline.aligning import MARGIN, Voice, align, is_open, spelling, syllables
from pipeline.aligning.activity import judge
from pipeline.audio.chunks import Reel, chunked
from pipeline.demo import DemoSong, songs
from pipeline.engines import RATE, Audio, nothing
from pipeline.words import Line, Lyrics, Word

Sung = list[list[Word]]


def reel(folder: Path, sound: Audio) -> Reel:
    made = Reel(folder)
    for number, chunk in enumerate(chunked([sound])):
        made.write(number, chunk)
    return made


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reel]:
    folder = tmp_path_factory.mktemp("voices")
    return {song.slug: reel(folder / song.slug, song.render().voice) for song in songs()}


def sung(song: DemoSong) -> Sung:
    """What is really sung, line by line."""
    lines: dict[int, list[Word]] = {}
    for word in song.words():
        lines.setdefault(word.line, []).append(Word(word.start, word.end, word.text))
    return list(lines.values())


def by_line(of: Sung, spoken: str = "en", late: float = 0.0) -> Lyrics:
    """As most services have words: a line begins when its first word does, and ends where the next begins."""
    starts = [line[0].start + late for line in of] + [of[-1][-1].end + 2.0]
    lines = tuple(
        Line(starts[n], starts[n + 1], " ".join(word.text for word in line)) for n, line in enumerate(of)
    )
    return Lyrics(lines, "line", {}, spoken)


def untimed(of: Sung, spoken: str = "en") -> Lyrics:
    lines = tuple(Line(None, None, line.text) for line in by_line(of).lines)
    return Lyrics(lines, "none", {}, spoken)


def errors(found: Lyrics, truth: Sung) -> list[float]:
    """How far each word's start is off."""
    return [
        abs(word.start - really.start)
        for line, true in zip(found.lines, truth, strict=True)
        for word, really in zip(line.words, true, strict=True)
    ]


def evenly(timed: Lyrics) -> Lyrics:
    """What could be done without hearing anything: as much time for each letter."""
    lines = []
    for line in timed.lines:
        assert line.start is not None
        assert line.end is not None
        letter, at, words = (line.end - line.start) / len(line.text), line.start, []
        for piece in syllables.pieces(line.text):
            words.append(Word(at, at + letter * len(piece), piece))
            at += letter * len(piece)
        lines.append(replace(line, words=tuple(words)))
    return replace(timed, lines=tuple(lines))


# Measured: 0.06 s, half of them below 0.02 s; 0.11 s where every line's own time is wrong.
@pytest.mark.parametrize(("late", "within"), [(0.0, 0.1), (-0.25, 0.15)])
def test_english_words_begin_where_they_are_sung(voices: dict[str, Reel], late: float, within: float) -> None:
    heard, spread = [], []
    for song in songs():
        given = by_line(sung(song), late=late)
        found = align(given, Voice(voices[song.slug], clear=True), nothing)
        assert found.timed == "word"
        assert all((line.confidence or 0) >= lyrics.WEAK for line in found.lines)
        heard += errors(found, sung(song))
        spread += errors(evenly(given), sung(song))
    assert np.mean(heard) < within
    assert np.median(heard) < 0.04
    assert np.mean(heard) < np.mean(spread) / 3


@pytest.mark.parametrize(("spoken", "clear"), [("it", True), ("en", False)])
def test_other_languages_and_quick_mixes_go_by_syllables(
    voices: dict[str, Reel], spoken: str, clear: bool
) -> None:
    heard, spread = [], []
    for song in songs():
        given = by_line(sung(song), spoken)
        found = align(given, Voice(voices[song.slug], clear=clear), nothing)
        assert found.timed == "word"
        assert all((line.confidence or 0) >= lyrics.WEAK for line in found.lines)
        heard += errors(found, sung(song))
        spread += errors(evenly(given), sung(song))
    assert np.mean(heard) < 0.8 * np.mean(spread)


def test_words_follow_each_other_inside_their_line(voices: dict[str, Reel]) -> None:
    for song in songs():
        for spoken in ("en", "it"):
            given = by_line(sung(song), spoken, late=0.2)
            found = align(given, Voice(voices[song.slug], clear=True), nothing)
            before = 0.0
            for line, old in zip(found.lines, given.lines, strict=True):
                assert line.start is not None
                assert old.start is not None
                assert old.start - MARGIN <= line.start <= old.start
                assert line.end == old.end
                assert "".join(word.text for word in line.words) == line.text == old.text
                for word in line.words:
                    assert before <= word.start <= word.end <= (line.end or 0)
                    before = word.end


def test_a_whole_english_text_without_times_is_timed(voices: dict[str, Reel]) -> None:
    song = songs()[0]
    found = align(untimed(sung(song)), Voice(voices[song.slug], clear=True), nothing)
    assert found.timed == "word"
    assert np.mean(errors(found, sung(song))) < 0.15
    other = untimed(sung(song), "de")
    assert align(other, Voice(voices[song.slug], clear=True), nothing) == other
    assert not is_open(other)


def test_times_that_came_with_the_words_stay(voices: dict[str, Reel]) -> None:
    song = songs()[0]
    truth = sung(song)
    given = by_line(truth)
    first = replace(given.lines[0], words=tuple(replace(word, text=word.text + " ") for word in truth[0]))
    half = replace(given, lines=(first, *given.lines[1:]), timed="word")
    assert is_open(half)
    found = align(half, Voice(voices[song.slug], clear=True), nothing)
    assert found.lines[0] is first
    assert all(line.words for line in found.lines)
    assert not is_open(Lyrics((first,), "word", {}, "en"))


def test_a_better_voice_times_words_anew_and_the_same_one_changes_nothing(voices: dict[str, Reel]) -> None:
    song = songs()[2]
    rough = align(by_line(sung(song)), Voice(voices[song.slug], clear=False), nothing)
    fine = align(rough, Voice(voices[song.slug], clear=True), nothing)
    assert np.mean(errors(fine, sung(song))) < np.mean(errors(rough, sung(song)))
    assert np.mean(errors(align(fine, Voice(voices[song.slug], clear=True), nothing), sung(song))) < 0.1


def test_the_words_of_another_song_are_doubted(voices: dict[str, Reel]) -> None:
    ours, theirs = sung(songs()[0]), by_line(sung(songs()[1])).lines
    given = by_line(ours)
    wrong = replace(
        given,
        lines=tuple(replace(line, text=other.text) for line, other in zip(given.lines, theirs, strict=True)),
    )
    found = align(wrong, Voice(voices[songs()[0].slug], clear=True), nothing)
    assert sum((line.confidence or 0) < lyrics.WEAK for line in found.lines) >= len(found.lines) / 2


def test_a_line_where_nobody_sings_is_doubted(tmp_path: Path) -> None:
    sound = np.zeros((2, 15 * RATE), np.float32)
    given = Lyrics((Line(2.0, 9.0, "Is anybody there?"),), "line", {}, "en")
    silent = Voice(reel(tmp_path / "silent", sound), clear=True)
    assert align(given, silent, nothing) is given, "of an instrumental nothing is claimed"

    sound[:, 11 * RATE :] = 0.3 * np.sin(np.arange(4 * RATE) / 20)
    [line] = align(given, Voice(reel(tmp_path / "later", sound), clear=True), nothing).lines
    assert [word.text for word in line.words] == ["Is ", "anybody ", "there?"]
    assert line.words[-1].end < 5, "nobody drags three words over seven seconds"
    assert (line.confidence or 0) < lyrics.WEAK


def test_what_is_no_word_gets_a_time_too(voices: dict[str, Reel]) -> None:
    song = songs()[0]
    truth = sung(song)
    given = by_line(truth)
    odd = replace(given.lines[4], text="♪ It won’t - be a stylish (Zwqqx) marriage, 1892 ♫")
    given = replace(given, lines=(*given.lines[:4], odd, *given.lines[5:]))
    line = align(given, Voice(voices[song.slug], clear=True), nothing).lines[4]
    assert "".join(word.text for word in line.words) == odd.text
    assert all(a.end <= b.start for a, b in zip(line.words, line.words[1:], strict=False))


def test_who_stops_the_work_stops_the_alignment(voices: dict[str, Reel]) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        align(by_line(sung(songs()[0])), Voice(voices[songs()[0].slug], clear=True), stop)


def test_words_are_laid_over_what_is_sung() -> None:
    levels = np.zeros(1000)
    levels[200:300] = levels[500:600] = 1.0
    levels[240:244] = 0.0  # a stop inside a word
    activity = judge(levels)
    assert activity.seconds(0, 10) == 2.0
    assert activity.spread(1.0, 9.0, [1, 1, 2]) == [(2.0, 2.5), (2.5, 3.0), (5.0, 6.0)]


@pytest.mark.parametrize(
    ("word", "english", "number"),
    [
        ("love", True, 1), ("little", True, 2), ("beautiful", True, 3), ("answer,", True, 2), ("rhythm", True, 1),
        ("Liebe", False, 2), ("l’été", False, 2), ("сегодня", False, 3), ("σ’αγαπώ", False, 3),
        ("さくら", False, 3), ("ちゃん", False, 2), ("사랑해요", False, 4), ("爱", False, 1), ("1892", True, 1), ("–", True, 1),
    ],
)  # fmt: skip
def test_syllables(word: str, english: bool, number: int) -> None:
    assert syllables.count(word, english) == number


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Give me your answer, do!", ["Give ", "me ", "your ", "answer, ", "do!"]),
        ("さくら ちゃん、今", ["さ", "く", "ら ", "ちゃ", "ん、", "今"]),
        ("I love 你，好吗？ baby", ["I ", "love ", "你，", "好", "吗？ ", "baby"]),
        ("사랑해요 그대를", ["사랑해요 ", "그대를"]),
    ],
)
def test_lines_are_cut_into_words(text: str, cut: list[str]) -> None:
    assert syllables.pieces(text) == cut
    assert "".join(cut) == text


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("syne", "S AY N"), ("knightley", "N AY T L IY"), ("discourteously", "D IH S K AW ER T IY AH S L IY"),
        ("yeehaw", "Y IY HH AO"), ("chevy", "CH EH V IY"), ("", ""), ("1892", ""),
    ],
)  # fmt: skip
def test_unknown_words_are_spoken_as_they_are_spelt(word: str, phones: str) -> None:
    assert spelling.phones(word) == phones.split()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Give me your answer, do.\nI’m half crazy, all for the love of you"),
        ("de", "Ich hab dich lieb\nund du weißt es nicht"),
        ("fr", "Et moi je ne sais pas\nqui tu es, mon amour"),
        ("es", "Quiero que me digas\ncosas al oído, y si no estás"),
        ("pt", "Eu não sei mais viver\nsem você, meu amor"),
        ("it", "Il cielo è sempre più blu\ne non so cosa dire di te"),
        ("nl", "Ik hou van jou\nmaar jij niet meer van mij, het is voorbij"),
        ("sv", "Jag vill inte gå hem\nför du är så vacker"),
        ("pl", "Nie wiem co to jest\nale już się nie boję"),
        ("tr", "Ben seni çok sevdim\nama sen beni bir gün"),
        ("fi", "Minä en tiedä\nmutta se on niin kaunis"),
        ("ja", "さくらさくら 今 咲き誇る"),
        ("zh", "你问我爱你有多深"),
        ("ko", "사랑해요 그대를"),
        ("ru", "Не слышны в саду даже шорохи"),
        ("uk", "Ой у лузі червона калина, її гілля"),
        ("el", "Σ’ αγαπώ γιατί είσαι ωραία"),
        ("he", "אני הולך הביתה"),
        ("ar", "أنت عمري"),
        ("th", "ฉันรักเธอ"),
        ("hi", "तुम ही हो"),
        ("", "La la la la la\nOh, oh, oh"),
        ("", "Macarena"),
        ("", ""),
    ],
)
def test_the_language_of_a_text(code: str, text: str) -> None:
    assert language.guess(text.split("\n")) == code
