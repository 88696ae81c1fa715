"""LRC files as they are found in the wild."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotWords
from pipeline.formats import lrc
from pipeline.words import Line, Lyrics, Word


def times(lyrics: Lyrics) -> list[tuple[float | None, float | None, str]]:
    return [(line.start, line.end, line.text) for line in lyrics.lines]


def test_each_line_lasts_until_the_next_one() -> None:
    lyrics = lrc.parse("[00:01.50]Daisy, Daisy\n[00:04.00]give me your answer, do\n", 7.0)
    assert lyrics.timed == "line"
    assert times(lyrics) == [(1.5, 4.0, "Daisy, Daisy"), (4.0, 7.0, "give me your answer, do")]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("[01:02.50]", 62.5),
        ("[01:02.5]", 62.5),
        ("[01:02.500]", 62.5),
        ("[01:02:50]", 62.5),
        ("[01:02,50]", 62.5),
        ("[1:2.5]", 62.5),
        ("[ 01:02.50 ]", 62.5),
        ("[01:02]", 62.0),
        ("[00:62.50]", 62.5),
        ("[00:01:02.50]", 62.5),
        ("[01:00:00.00]", 3600.0),
        ("[-00:02.00]", 0.0),
    ],
)
def test_times_in_every_spelling(stamp: str, seconds: float) -> None:
    assert lrc.parse(f"{stamp}la").lines[0].start == seconds


def test_a_line_that_comes_again_is_written_once() -> None:
    lyrics = lrc.parse("[00:10.00][00:20.00]Chorus\n[00:15.00]Verse\n[00:25.00]\n")
    assert times(lyrics) == [(10.0, 15.0, "Chorus"), (15.0, 20.0, "Verse"), (20.0, 25.0, "Chorus")]


def test_a_stamp_without_words_ends_the_line_before() -> None:
    assert times(lrc.parse("[00:01.00]la\n[00:03.00]\n[00:09.00]lo\n[00:20.00]\n")) == [
        (1.0, 3.0, "la"),
        (9.0, 20.0, "lo"),
    ]


def test_a_line_before_a_long_break_does_not_stay_for_ever() -> None:
    assert times(lrc.parse("[00:01.00]la\n[01:00.00]lo\n", 300)) == [
        (1.0, 1.0 + lrc.LONGEST_LINE, "la"),
        (60.0, 60.0 + lrc.LONGEST_LINE, "lo"),
    ]


def test_a_positive_offset_shows_the_words_earlier() -> None:
    text = "[00:02.00]<00:02.00>la <00:03.00>lo<00:04.00>\n[00:05.00]\n"
    early = lrc.parse("[offset:+500]\n" + text)
    assert early.lines[0].words == (Word(1.5, 2.5, "la "), Word(2.5, 3.5, "lo"))
    assert times(early) == [(1.5, 4.5, "la lo")]
    assert lrc.parse("[offset: -500]\n" + text).lines[0].start == 2.5
    assert lrc.parse("[offset:5000]\n" + text).lines[0].start == 0.0
    assert lrc.parse("[offset:soon]\n" + text).lines[0].start == 2.0
    assert "offset" not in early.tags


@pytest.mark.parametrize(
    "text",
    [
        "[00:01.00]<00:01.00>Dai<00:01.50>sy <00:02.00>Bell<00:03.00>",
        "[00:01.00] <00:01.00> Dai<00:01.50>sy  <00:02.00> Bell <00:03.00>",
        "[00:01.00]Dai[00:01.50]sy [00:02.00]Bell[00:03.00]",
        "<00:01.00>Dai<00:01.50>sy <00:02.00>Bell<00:03.00>",
        "[00:01.00]<00:01.00>Dai<00:01.50><00:01.50>sy<00:02.00> <00:02.00>Bell<00:03.00>",
    ],
)
def test_word_times_in_every_spelling(text: str) -> None:
    lyrics = lrc.parse(text + "\n[00:04.00]\n")
    assert lyrics.timed == "word"
    assert times(lyrics) == [(1.0, 4.0, "Daisy Bell")]
    assert [(word.start, word.end, word.text.rstrip()) for word in lyrics.lines[0].words] == [
        (1.0, 1.5, "Dai"),
        (1.5, 2.0, "sy"),
        (2.0, 3.0, "Bell"),
    ]
    assert "".join(word.text for word in lyrics.lines[0].words) == "Daisy Bell"


def test_a_breath_between_two_words_is_kept() -> None:
    lyrics = lrc.parse("[00:01.00]<00:01.00>la <00:01.40> <00:02.00>lo<00:02.50>\n")
    assert lyrics.lines[0].words == (Word(1.0, 1.4, "la "), Word(2.0, 2.5, "lo"))


def test_a_timed_line_that_comes_again_brings_its_words_along() -> None:
    lyrics = lrc.parse("[00:01.00][00:11.00]<00:01.00>la <00:02.00>lo<00:03.00>\n")
    assert lyrics.lines[1].words == (Word(11.0, 12.0, "la "), Word(12.0, 13.0, "lo"))


def test_one_stamp_for_a_whole_line_times_no_word() -> None:
    lyrics = lrc.parse("[00:01.00]<00:01.00>la lo\n")
    assert lyrics.timed == "line"
    assert lyrics.lines[0].words == ()


def test_words_that_run_backwards_or_out_of_their_line_are_put_right() -> None:
    lyrics = lrc.parse("[00:10.00]<00:09.00>a <00:12.00>b <00:11.00>c <00:30.00>d\n[00:15.00]next\n", 60)
    line = lyrics.lines[0]
    at = 10.0
    for word in line.words:
        assert at <= word.start <= word.end <= 15.0
        at = word.end
    assert line.text == "a b c d"


def test_lines_out_of_order_are_sorted_and_lines_after_the_song_left_out() -> None:
    lyrics = lrc.parse("[00:05.00]two\n[00:01.00]one\n[03:00.00]never\n", 60.0)
    assert [line.text for line in lyrics.lines] == ["one", "two"]
    assert lyrics.lines[-1].end == 15.0


def test_two_voices_at_the_same_moment_stand_together() -> None:
    assert times(lrc.parse("[00:01.00]la\n[00:01.00]ooh\n[00:04.00]lo\n[00:05.00]\n")) == [
        (1.0, 4.0, "la"),
        (1.0, 4.0, "ooh"),
        (4.0, 5.0, "lo"),
    ]


def test_what_the_file_says_about_itself() -> None:
    lyrics = lrc.parse("[ti: Daisy Bell]\r\n[ar:Harry Dacre]\r\n[length:03:05]\r\n[00:01.00]Daisy\r\n")
    assert lyrics.tags == {"ti": "Daisy Bell", "ar": "Harry Dacre", "length": "03:05"}
    assert len(lyrics.lines) == 1


def test_marks_for_who_sings_are_not_sung() -> None:
    lyrics = lrc.parse("[00:01.00]F: la\n[00:02.00]M:lo\n[00:03.00]D: <00:03.00>lu <00:04.00>li\n")
    assert [line.text for line in lyrics.lines] == ["la", "lo", "lu li"]


def test_plain_text_has_lines_and_no_times() -> None:
    lyrics = lrc.parse("[Verse 1]\nDaisy, Daisy\n\ngive me your answer, do\n")
    assert lyrics == Lyrics(
        (Line(None, None, "Daisy, Daisy"), Line(None, None, "give me your answer, do")), "none"
    )


def test_times_that_are_all_the_same_are_none() -> None:
    assert lrc.parse("[00:00.00]la\n[00:00.00]lo\n").timed == "none"


def test_words_of_another_longer_song_keep_no_times() -> None:
    lyrics = lrc.parse("[05:00.00]la\n[05:10.00]lo\n", 60.0)
    assert lyrics.timed == "none"
    assert [line.text for line in lyrics.lines] == ["la", "lo"]


@pytest.mark.parametrize(
    "data",
    [
        "[00:01.00]Müde?".encode(),
        "\ufeff[00:01.00]Müde?".encode(),
        "[00:01.00]Müde?".encode("utf-16"),
        "[00:01.00]Müde?".encode("utf-16-le"),
        "[00:01.00]Müde?".encode("utf-16-be"),
        "[00:01.00]Müde?".encode("cp1252"),
    ],
)
def test_words_in_every_encoding(data: bytes) -> None:
    assert lrc.parse(lrc.decode_text(data)).lines[0] == Line(1.0, 11.0, "Müde?")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50, bytes(100), b"a" * 2_000_000])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotWords):
        lrc.decode_text(data)


def test_control_characters_are_not_shown_and_emoji_are() -> None:
    assert lrc.parse("[00:01.00]la\x07\x1b[31m 👩‍👩‍👧\n").lines[0].text == "la[31m 👩‍👩‍👧"


@given(st.text(alphabet="[]<>:.,-0123456789 \nabF#\ufeff", max_size=300) | st.text(max_size=200))
def test_nothing_makes_it_stumble(text: str) -> None:
    lyrics = lrc.parse(text, 100.0)
    if lyrics.timed == "none":
        assert all(line.start is None and not line.words for line in lyrics.lines)
        return
    before = 0.0
    for line in lyrics.lines:
        assert line.start is not None
        assert line.end is not None
        assert before <= line.start <= line.end <= 100.0
        assert line.text
        before = at = line.start
        for word in line.words:
            assert at <= word.start <= word.end <= line.end
            at = word.end
        assert not line.words or "".join(word.text for word in line.words) == line.text


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        lrc.parse(lrc.decode_text(data))
    except NotWords:
        pass


# ------------------------------------------------------------------------------------------------- written and read

SYLLABLES = st.text(alphabet="aeioulmn'éß字", min_size=1, max_size=6)
PAUSE = st.sampled_from([0.0, 0.0, 0.0, 0.02, 0.5, 7.25])


@st.composite
def timed_lines(draw: st.DrawFn, with_words: bool) -> Lyrics:
    at, lines = draw(st.floats(0, 5)), []
    for _ in range(draw(st.integers(1, 5))):
        start, words = at, []
        for _ in range(draw(st.integers(2, 5))):
            end = at + draw(st.floats(0.05, 8.0))
            words.append(Word(at, end, draw(SYLLABLES) + draw(st.sampled_from(["", " "]))))
            at = end + draw(PAUSE)
        words[-1] = Word(words[-1].start, words[-1].end, words[-1].text.rstrip())
        at = words[-1].end + draw(PAUSE)
        text = "".join(word.text for word in words)
        lines.append(Line(start, at, text, tuple(words) if with_words else ()))
        at += draw(PAUSE)
    tags = draw(st.dictionaries(st.sampled_from(["ti", "ar", "al"]), SYLLABLES))
    return Lyrics(tuple(lines), "word" if with_words else "line", tags)


@given(st.booleans().flatmap(timed_lines))
def test_words_that_are_written_are_read_back(lyrics: Lyrics) -> None:
    again = lrc.parse(lrc.render(lyrics))
    assert (again.timed, again.tags) == (lyrics.timed, lyrics.tags)
    assert [line.text for line in again.lines] == [line.text for line in lyrics.lines]
    for line, was in zip(again.lines, lyrics.lines, strict=True):
        assert (line.start, line.end) == pytest.approx((was.start, was.end), abs=0.011)
        assert [word.text for word in line.words] == [word.text for word in was.words]
        for word, before in zip(line.words, was.words, strict=True):
            assert (word.start, word.end) == pytest.approx((before.start, before.end), abs=0.011)


@given(st.lists(SYLLABLES, min_size=1, max_size=5))
def test_plain_words_that_are_written_are_read_back(texts: list[str]) -> None:
    lyrics = Lyrics(tuple(Line(None, None, text) for text in texts), "none")
    assert lrc.parse(lrc.render(lyrics)) == lyrics
