"""UltraStar's song files as they are found in the wild."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotWords
from pipeline.formats import sidecar, ultrastar
from pipeline.words import Line, Lyrics
from tests.karaoke import ULTRASTAR

HEAD = "#TITLE:T\n#ARTIST:A\n#MP3:a.mp3\n#BPM:120\n#GAP:1000\n"
# What a beat of these files lasts: a quarter of one at 120 a minute.
BEAT = 60 / (120 * 4)


def parsed(body: str, head: str = HEAD, seconds: float | None = None) -> Lyrics:
    return ultrastar.parse(head + body, seconds)


def texts(lyrics: Lyrics) -> list[tuple[int, str]]:
    return [(line.voice, line.text) for line in lyrics.lines]


def starts(line: Line) -> list[float]:
    return [round(word.start, 6) for word in line.words]


def test_syllables_stand_on_their_beats() -> None:
    lyrics = ultrastar.parse(ULTRASTAR)
    first, second = lyrics.lines
    assert lyrics.timed == "word"
    assert [word.text for word in first.words] == ["Dai", "sy, ", "Daisy"]
    assert (first.text, second.text) == ("Daisy, Daisy", "give me")
    assert starts(first) == [0.5, 1.0, 1.5]
    assert (first.start, first.end) == (0.5, 0.5 + 16 * BEAT)
    assert starts(second) == [0.5 + 24 * BEAT, 0.5 + 28 * BEAT]


def test_the_head_names_the_song_and_its_files() -> None:
    said = "#TITLE:Ä\n#ARTIST:B\n#AUDIO:new.ogg\n#MP3:old.mp3\n#VIDEO:v.mp4\n#COVER:c.jpg\n#YEAR:1999\n#LANGUAGE:German\n"
    head = ultrastar.head(said + "#INSTRUMENTAL:i.ogg\n#VOCALS:v.ogg\n")
    assert (head.title, head.artist, head.year, head.language) == ("Ä", "B", 1999, "German")
    assert (head.audio, head.video, head.cover) == ("new.ogg", "v.mp4", "c.jpg")
    assert (head.instrumental, head.vocals) == ("i.ogg", "v.ogg")


@pytest.mark.parametrize(
    "content",
    [
        HEAD.replace("#TITLE:T", "#TITLE:Café").encode("cp1252") + ": 0 4 60 Café\nE\n".encode("cp1252"),
        b"\xef\xbb\xbf" + (HEAD + ": 0 4 60 Café\r\nE\r\n").encode(),
        (HEAD + ": 0 4 60 Café\nE\n").encode("utf-16"),
        b"#ENCODING:CP1252\n" + (HEAD + ": 0 4 60 Café\nE\n").encode("cp1252"),
        b"#ENCODING:CP1252\n" + (HEAD + ": 0 4 60 Café\nE\n").encode(),
    ],
    ids=["cp1252", "utf-8 with a mark", "utf-16", "cp1252 and says so", "says cp1252 and is utf-8"],
)
def test_an_accent_in_every_encoding(content: bytes) -> None:
    kind, lyrics = sidecar.read(content)
    assert (kind, lyrics.lines[0].text) == ("ultrastar", "Café")


def test_an_encoding_that_cannot_be_guessed_is_taken_as_it_is_named() -> None:
    content = b"#ENCODING:CP1250\n" + (HEAD + ": 0 4 60 Dvo\u0159\xe1k\nE\n").encode("cp1250")
    assert sidecar.read(content)[1].lines[0].text == "Dvo\u0159\xe1k"


def test_numbers_with_commas() -> None:
    lyrics = parsed(": 10 4 60 la\nE\n", "#TITLE:T\n#BPM:150,5\n#GAP:1234,5\n")
    assert lyrics.lines[0].start == pytest.approx(1.2345 + 10 * 60 / (150.5 * 4))


def test_in_a_relative_file_beats_count_from_the_last_break() -> None:
    relative = parsed(
        ": 2 4 60 one\n- 8 10\n: 0 4 60 two\n- 6\n: 1 4 60 three\nE\n", "#RELATIVE:YES\n" + HEAD
    )
    absolute = parsed(": 2 4 60 one\n- 8\n: 10 4 60 two\n- 16\n: 17 4 60 three\nE\n")
    assert relative.lines == absolute.lines


def test_the_voices_of_a_duet() -> None:
    lyrics = parsed(
        "P1\n: 0 4 60 I\n- 8\n: 10 4 60 Both\n: 14 4 60  now\nP2\n: 5 4 60 You\n- 8\n: 10 4 60 both\n: 14 4 60  now\nP3\n: 30 4 60 All\nE\n"
    )
    assert texts(lyrics) == [(1, "I"), (2, "You"), (0, "Both now"), (0, "All")]


@pytest.mark.parametrize("names", ["#P1:Sonny\n#P2:Cher\n", "#DuetSingerP1:Sonny\n#DUETSINGERP2: Cher \n"])
def test_a_duet_names_its_voices(names: str) -> None:
    assert ultrastar.head(names + HEAD + "P1\n: 0 4 60 I\nE\n").voices == ("Sonny", "Cher")
    assert ultrastar.head(HEAD).voices == ("", "")


def test_relative_voices_count_from_the_beginning_each() -> None:
    lyrics = parsed("P1\n: 0 4 60 I\n- 8\n: 0 4 60 go\nP 2\n: 4 4 60 You\nE\n", "#RELATIVE:yes\n" + HEAD)
    assert [(line.voice, line.start) for line in lyrics.lines] == [
        (1, 1.0),
        (2, 1.0 + 4 * BEAT),
        (1, 1.0 + 8 * BEAT),
    ]


def test_a_tilde_holds_the_syllable_before() -> None:
    (line,) = parsed(": 0 4 60 love\n: 4 4 62 ~\n: 8 4 64 ~ \n: 12 4 60 me\nE\n").lines
    assert [(word.text, round(word.end - word.start, 6)) for word in line.words] == [
        ("love ", round(12 * BEAT, 6)),
        ("me", round(4 * BEAT, 6)),
    ]


@pytest.mark.parametrize("kind", [":", "*", "F", "R", "G"])
def test_every_kind_of_note_is_a_word(kind: str) -> None:
    assert parsed(f"{kind} 0 4 60 la\nE\n").lines[0].text == "la"


def test_spaces_at_either_side_part_words() -> None:
    before = parsed(": 0 2 60 give\n: 2 2 60  me\nE\n").lines
    behind = parsed(": 0 2 60 give \n: 2 2 60 me\nE\n").lines
    assert before == behind
    assert before[0].text == "give me"


def test_a_change_of_tempo() -> None:
    lyrics = parsed(": 0 4 60 one\n- 8\nB 8 240\n: 16 4 60 two\nE\n")
    assert lyrics.lines[1].start == pytest.approx(1 + 8 * BEAT + 8 * BEAT / 2)


def test_what_lies_outside_of_the_song_is_left_out() -> None:
    lyrics = parsed(
        ": -99 4 60 before\n- 0\n: 0 4 60 in\n: 4 9999 60  it\n- 90\n: 900000 4 60 after\nE\n", seconds=10
    )
    assert texts(lyrics) == [(0, "in it")]
    assert lyrics.lines[0].end == 10


def test_lines_that_make_no_sense_are_left_out() -> None:
    lyrics = parsed(
        ": x y z\n: 0 4\nrubbish\n: 0 4 60 la\n:\n-\nP9\n: 99999999999 1 1 far\nE\n: 8 4 60 behind the end\n"
    )
    assert texts(lyrics) == [(0, "la")]


def test_without_a_tempo_there_are_no_times() -> None:
    with pytest.raises(NotWords):
        parsed(": 0 4 60 la\nE\n", "#TITLE:T\n#BPM:0\n")


def test_a_letter_is_no_song() -> None:
    assert not ultrastar.recognise("#1: the list\n- milk\n: 0 4 60 la\n")
    assert not ultrastar.recognise("#BPM: 120 is what I like\nDear Sir\n")


notes = st.lists(
    st.tuples(
        st.sampled_from([":", "*", "F", "R", "-", "P1", "P2"]),
        st.integers(-500, 9000),
        st.integers(0, 60),
        st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=8),
    ),
    max_size=40,
)


@given(notes, st.floats(1, 600), st.floats(1, 2000), st.integers(-5000, 60_000), st.booleans())
def test_whatever_stands_in_a_file_the_times_make_sense(
    body: list[tuple[str, int, int, str]], seconds: float, bpm: float, gap: int, relative: bool
) -> None:
    lines = [
        kind if kind[0] == "P" else f"- {beat}" if kind == "-" else f"{kind} {beat} {length} 60 {text}"
        for kind, beat, length, text in body
    ]
    head = f"#BPM:{bpm:.4f}\n#GAP:{gap}\n#RELATIVE:{'yes' if relative else 'no'}\n"
    lyrics = ultrastar.parse(head + "\n".join(lines), seconds)
    for line in lyrics.lines:
        assert line.text == line.text.strip() == "".join(word.text for word in line.words)
        assert line.start == line.words[0].start
        edges = [edge for word in line.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= seconds
    assert [line.start for line in lyrics.lines] == sorted(line.start or 0.0 for line in lyrics.lines)


@given(st.integers(0, 20_000), st.integers(1, 99), st.integers(30, 999), st.integers(0, 90_000))
def test_a_beat_is_a_quarter_of_what_the_head_calls_one(beat: int, length: int, bpm: int, gap: int) -> None:
    lyrics = ultrastar.parse(f"#BPM:{bpm}\n#GAP:{gap}\n: {beat} {length} 60 la\n")
    (word,) = lyrics.lines[0].words
    assert word.start == pytest.approx(gap / 1000 + beat * 60 / (bpm * 4))
    assert word.end == pytest.approx(gap / 1000 + (beat + length) * 60 / (bpm * 4))
