"""What people and channels write, and the song that is meant."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.intake import titles
from pipeline.intake.titles import Named, of_file, parse, similarity
from pipeline.tables import TrackKind

LIVE, KARAOKE, INSTRUMENTAL = TrackKind.LIVE, TrackKind.KARAOKE, TrackKind.INSTRUMENTAL
NOISE = (
    "Official Video",
    "Official Music Video",
    "Lyrics",
    "Lyric Video",
    "HD",
    "4K",
    "Official Audio",
    "Video Oficial",
    "Clip Officiel",
    "Offizielles Video",
    "MV",
    "Visualizer",
    "With Lyrics",
    "1080p",
    "公式",
    "Официальный клип",
)
BRACKETS = ("()", "[]", "{}", "【】", "（）", "［］")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Maria Stern - Blue Lamp (Official Video) [HD]", Named("Blue Lamp", "Maria Stern")),
        ("Maria Stern – Blue Lamp", Named("Blue Lamp", "Maria Stern")),
        ("Maria Stern- Blue Lamp", Named("Blue Lamp", "Maria Stern")),
        (
            "Maria Stern - Blue Lamp | Official Audio | New Album",
            Named("Blue Lamp - New Album", "Maria Stern"),
        ),
        ("Maria Stern - Blue Lamp [iqu132vTl5Y]", Named("Blue Lamp", "Maria Stern")),
        ('Maria Stern "Blue Lamp" (Official)', Named("Blue Lamp", "Maria Stern")),
        ("“Blue Lamp”", Named("Blue Lamp")),
        ("星「青い灯」 Official Music Video", Named("青い灯", "星")),
        ("星 - 青い灯 【公式】", Named("青い灯", "星")),
        ("BLUE LAMP karaoke version", Named("BLUE LAMP", kind=KARAOKE)),
        ("Karaoke: Blue Lamp", Named("Blue Lamp", kind=KARAOKE)),
        (
            "Blue Lamp (Karaoke Version) [in the style of Maria Stern]",
            Named("Blue Lamp", "Maria Stern", kind=KARAOKE),
        ),
        ("Blue Lamp (Instrumental)", Named("Blue Lamp", kind=INSTRUMENTAL)),
        ("Blue Lamp (Live at the Old Mill)", Named("Blue Lamp", label="Live at the Old Mill", kind=LIVE)),
        ("Maria Stern - Blue Lamp - Live", Named("Blue Lamp", "Maria Stern", "Live", LIVE)),
        ("Maria Stern - Blue Lamp - Remastered 2011", Named("Blue Lamp", "Maria Stern", "Remastered 2011")),
        (
            "Maria Stern - Blue Lamp (Official Video Remastered)",
            Named("Blue Lamp", "Maria Stern", "Remastered"),
        ),
        ("Maria Stern - Blue Lamp (feat. Tom)", Named("Blue Lamp", "Maria Stern feat. Tom")),
        ("Maria Stern - Blue Lamp ft. Tom", Named("Blue Lamp", "Maria Stern feat. Tom")),
        ("Maria Stern feat. Tom - Blue Lamp", Named("Blue Lamp", "Maria Stern feat. Tom")),
        ("Blue Lamp (feat. Tom)", Named("Blue Lamp (feat. Tom)")),
    ],
)
def test_what_is_meant(text: str, named: Named) -> None:
    assert parse(text) == named


@pytest.mark.parametrize(
    ("text", "title", "artist"),
    [
        ("(I Can't Wait for) Morning", "(I Can't Wait for) Morning", ""),
        ("Oaks - Live Forever", "Live Forever", "Oaks"),
        ("Live and Let Live", "Live and Let Live", ""),
        ("Maria Stern - Clean", "Clean", "Maria Stern"),
        ("Maria Stern - Video Games", "Video Games", "Maria Stern"),
        ("Maria Stern - Karaoke", "Karaoke", "Maria Stern"),
        ("Maria Stern - Demo", "Demo", "Maria Stern"),
        ("Maria-Jo - 99 Lamps", "99 Lamps", "Maria-Jo"),
        ("M/A - Blue", "Blue", "M/A"),
        ("[Official Video]", "Official Video", ""),
    ],
)
def test_what_looks_like_advertising_and_is_the_title(text: str, title: str, artist: str) -> None:
    found = parse(text)
    assert (found.title, found.artist, found.kind) == (title, artist, TrackKind.ORIGINAL)


@pytest.mark.parametrize(
    ("text", "channel", "title", "artist"),
    [
        ("Blue Lamp", "Maria Stern - Topic", "Blue Lamp", "Maria Stern"),
        ("Blue Lamp - Part 2", "Maria Stern - Topic", "Blue Lamp - Part 2", "Maria Stern"),
        ("Blue Lamp (Official Video)", "MariaSternVEVO", "Blue Lamp", "Maria Stern"),
        ("Tom - Blue Lamp", "MariaSternVEVO", "Blue Lamp", "Tom"),
        ("Blue Lamp", "Maria Stern Official", "Blue Lamp", "Maria Stern"),
        ("Blue Lamp - Maria Stern", "Maria Stern", "Blue Lamp", "Maria Stern"),
        ("Blue Lamp", "Songs for the Evening", "Blue Lamp", ""),
    ],
)
def test_a_channel_is_a_hint(text: str, channel: str, title: str, artist: str) -> None:
    found = parse(text, channel)
    assert (found.title, found.artist) == (title, artist)


def test_a_known_artist_is_no_part_of_the_title() -> None:
    assert parse("Blue Lamp - Live", artist="Maria Stern") == Named("Blue Lamp", "Maria Stern", "Live", LIVE)
    assert parse("Maria Stern - Blue Lamp", artist="Maria Stern") == Named("Blue Lamp", "Maria Stern")


@pytest.mark.parametrize(
    ("name", "title", "artist"),
    [
        ("Harry Dacre - Daisy Bell.mp3", "Daisy Bell", "Harry Dacre"),
        ("Harry Dacre – Daisy Bell.flac", "Daisy Bell", "Harry Dacre"),
        ("01 - Daisy Bell.mp3", "Daisy Bell", ""),
        ("03. Harry Dacre - Daisy Bell.mp3", "Daisy Bell", "Harry Dacre"),
        ("Harry Dacre - 03 - Daisy Bell.mp3", "Daisy Bell", "Harry Dacre"),
        ("1-03 Daisy Bell.mp3", "Daisy Bell", ""),
        ("Harry_Dacre_-_Daisy_Bell.ogg", "Daisy Bell", "Harry Dacre"),
        ("Harry Dacre - Daisy Bell (Official Video) [dQw4w9WgXcQ].webm", "Daisy Bell", "Harry Dacre"),
        ("Harry Dacre - Daisy Bell (Live).mp3", "Daisy Bell", "Harry Dacre"),
        ("Harry Dacre - Daisy Bell - Waltz.mp3", "Daisy Bell - Waltz", "Harry Dacre"),
        ("99 Luftballons.mp3", "99 Luftballons", ""),
        ("50 Cent - In Da Club.mp3", "In Da Club", "50 Cent"),
        ("01.mp3", "01", ""),
        ("../../etc/passwd", "passwd", ""),
        ("..\\..\\Daisy Bell.mp3", "Daisy Bell", ""),
        ("🎤 Maria - Sing 👩‍👩‍👧.mp3", "Sing 👩‍👩‍👧", "🎤 Maria"),
        ("Dai\x00sy\nBell.mp3", "Daisy Bell", ""),
        (".mp3", "Song", ""),
        ("", "Song", ""),
    ],
)
def test_names_of_files(name: str, title: str, artist: str) -> None:
    found = of_file(name)
    assert (found.title, found.artist) == (title, artist)


@given(st.text(max_size=400))
def test_every_name_gives_a_title(name: str) -> None:
    found = of_file(name)
    assert found.title
    for text in (found.title, found.artist, found.label):
        assert len(text) <= titles.MAX_TEXT
        assert text == text.strip()
        assert not any(c in text for c in "\n\r\0")


WORDS = st.text("abcdefgh öéß日'", min_size=1, max_size=20).filter(str.strip)
MESSY = st.lists(
    st.one_of(
        WORDS,
        st.sampled_from(
            (" - ", " – ", " | ", "- ", "“", "”", " feat. ", " ft. ", "karaoke", "Live", "「", "」")
        ),
        st.tuples(st.sampled_from(BRACKETS), st.one_of(WORDS, st.sampled_from(NOISE))).map(
            lambda pair: f" {pair[0][0]}{pair[1]}{pair[0][1]} "
        ),
    ),
    max_size=8,
).map("".join)


@given(MESSY)
def test_nothing_is_left_of_the_advertising(text: str) -> None:
    found = parse(text)
    assert found.title
    for each in NOISE:
        for pair in BRACKETS:
            assert f"{pair[0]}{each}{pair[1]}" not in f"{found.title} {found.artist}"


@given(MESSY)
@example("a - b - c (Live) feat. d")
def test_a_clean_title_stays_as_it_is(text: str) -> None:
    found = parse(f"blue{text}")
    again = parse(found.title, artist=found.artist)
    assert again.title == found.title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyoncé", "BEYONCE"),
        ("The Lamps", "lamps"),
        ("Stern & Tom", "Stern and Tom"),
        ("Don’t Stop", "Dont stop!"),
        ("Stern feat. Tom", "Stern"),
        ("Motörhead", "Motorhead"),
        ("Røde Sko", "Rode Sko"),
        ("!!!", "!!!"),
    ],
)
def test_the_same_written_otherwise(one: str, other: str) -> None:
    assert similarity(one, other) == 1.0


def test_others_are_less_alike() -> None:
    assert similarity("Stern, Maria", "Maria Stern") > 0.9
    assert (
        similarity("Blue Lamp", "Blue Lamps")
        > similarity("Blue Lamp", "Blue Moon")
        > similarity("Blue Lamp", "Daisy")
    )
    assert similarity("", "Blue Lamp") == 0.0
