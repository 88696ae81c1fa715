"""Songs are found by what people type: with slips, without accents, in any script; and nothing they type breaks it."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import library, lyrics
from pipeline.box import Box
from pipeline.finding import folding, search
from pipeline.finding.filters import Filters
from pipeline.keeping import trash
from pipeline.tables import Song, Track, TrackKind, TrackState
from pipeline.words import Line, Lyrics

SONGS = (
    ("Valerie", "Amy Winehouse"),
    ("Halo", "Beyoncé"),
    ("Thunderstruck", "AC/DC"),
    ("Don’t Stop Believin’", "Journey"),
    ("C++", "The Coders"),
    ("C", "The Letters"),
    ("月亮代表我的心", "鄧麗君"),
    ("Катюша", "Лидия Русланова"),
    ("봄날", "방탄소년단"),
    ("Ænima", "TOOL"),
    ("Mädchen, Mädchen", "Die Straßenjungs"),
    ("Bohemian Rhapsody", "Queen"),
    ("Dancing Queen", "ABBA"),
    ("So What", "P!nk"),
    ("Hello", "Adele"),
    ("100%", "Somebody"),
)


def put(box: Box, title: str, artist: str = "", **more: Any) -> Song:
    """A song in the library, prepared already."""
    of_song = {name: value for name, value in more.items() if name in Song.model_fields}
    of_track = {"state": TrackState.READY} | {k: v for k, v in more.items() if k not in Song.model_fields}
    with box.db.write() as s:
        song = Song(title=title, artist=artist, **of_song)
        s.add(song)
        s.flush()
        file: dict[str, Any] = {"source": "upload", "file_name": "", "original": "", "sha256": "", "bytes": 0}
        s.add(Track(song_id=song.id, seconds=60.0, **file, **of_track))
    return song


@pytest.fixture
def full(box: Box) -> Box:
    for title, artist in SONGS:
        put(box, title, artist)
    return box


def titles(box: Box, words: str, **filters: Any) -> list[str]:
    with box.db.read() as s:
        found = library.find(s, words, filters=Filters(**filters)).songs
    return [song.title for song, _ in found]


# ------------------------------------------------------------------------------------------------- pure rules


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Beyoncé", "beyonce"),
        ("AC/DC", "ac dc acdc"),
        ("don’t", "don t dont"),
        ("C++", "c plus plus cplusplus"),
        ("P!nk", "pink"),
        ("Ke$ha", "kesha"),
        ("STRASSE straße", "strasse strasse"),
        ("月亮", "月 亮"),
        ("Йод", "иод"),
        ("봄날", "봄날"),
        ("… ?", ""),
    ],
)
def test_text_is_folded_to_what_can_be_compared(text: str, words: str) -> None:
    assert folding.indexed(text) == words


def reference(typed: str, meant: str) -> tuple[int, int]:
    """Every cell of the table."""
    cost = [[i + j if not i * j else 0 for j in range(len(meant) + 1)] for i in range(len(typed) + 1)]
    for i in range(1, len(typed) + 1):
        for j in range(1, len(meant) + 1):
            same = typed[i - 1] == meant[j - 1]
            cost[i][j] = min(cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and typed[i - 2 : i] == meant[j - 2 : j][::-1]:
                cost[i][j] = min(cost[i][j], cost[i - 2][j - 2] + 1)
    return cost[-1][-1], min(cost[-1])


@given(st.text("abc", min_size=1, max_size=7), st.text("abc", min_size=1, max_size=9), st.integers(1, 2))
def test_the_distance_is_right_as_far_as_it_matters(typed: str, meant: str, most: int) -> None:
    whole, begun = reference(typed, meant)
    assert folding.distance(typed, meant, most) == (min(whole, most + 1), min(begun, most + 1))


def test_the_likest_word_is_the_one_with_the_fewest_slips() -> None:
    for typed, *meant in (
        ("valery", "valery", "valerystar", "valerie", "gallery", "amy"),
        ("hallo", "hallo", "hello", "zzz"),
        ("queen", "queen", "queens", "quen", "king"),
    ):
        likely = [folding.likeness(typed, each) for each in meant]
        assert likely == sorted(likely, reverse=True), typed
        assert (likely[0], likely[-1]) == (1.0, 0.0)
    assert not folding.likeness("ab", "ac"), "so short a word is no slip of another"


# --------------------------------------------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("valerie", "Valerie"),
        ("VALER", "Valerie"),
        ("valery", "Valerie"),
        ("vallerie winhouse", "Valerie"),
        ("amy", "Valerie"),
        ("beyonce", "Halo"),
        ("beyonse", "Halo"),
        ("BEYONCÉ halo", "Halo"),
        ("acdc", "Thunderstruck"),
        ("ac dc", "Thunderstruck"),
        ("AC/DC", "Thunderstruck"),
        ("thunder struck acdc"[8:], "Thunderstruck"),
        ("dont stop", "Don’t Stop Believin’"),
        ("don't stop", "Don’t Stop Believin’"),
        ("beleivin", "Don’t Stop Believin’"),
        ("C++", "C++"),
        ("月亮", "月亮代表我的心"),
        ("鄧麗君", "月亮代表我的心"),
        ("катюша", "Катюша"),
        ("КАТЮШ", "Катюша"),
        ("катюшо", "Катюша"),
        ("봄", "봄날"),
        ("aenima", "Ænima"),
        ("strassen", "Mädchen, Mädchen"),
        ("madchen", "Mädchen, Mädchen"),
        ("bohemain rapsody", "Bohemian Rhapsody"),
        ("pink", "So What"),
        ("helo adel", "Hello"),
        ("%", "100%"),
    ],
)
def test_a_song_is_found_as_people_type_it(full: Box, typed: str, title: str) -> None:
    assert titles(full, typed)[:1] == [title]


def test_what_is_typed_right_stands_before_what_is_like_it(box: Box) -> None:
    put(box, "Love Song", "Somebody")
    put(box, "Something", "Love")
    put(box, "Glove", "Nobody")
    put(box, "Other", "Other", album="Love")
    assert titles(box, "love") == ["Love Song", "Something", "Other"]


def test_a_title_counts_more_than_an_artist_and_an_album(full: Box) -> None:
    put(full, "Queen of Hearts", "Somebody", album="Hits")
    assert titles(full, "queen")[-1] == "Bohemian Rhapsody"


def test_nothing_is_found_where_nothing_is_like_it(full: Box) -> None:
    for typed in ("xylophone", "valerie xylophone", "???", '- / * " ( )'):
        assert titles(full, typed) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="\"*():^+-{}' ANDORNOTEAR/aé月", max_size=30))
def test_whatever_is_typed_is_only_text(full: Box, typed: str) -> None:
    with full.db.read() as s:
        found = library.find(s, typed)
    assert found.total >= len(found.songs)


def test_pages_of_very_many_songs_hold_each_of_them_once(box: Box) -> None:
    with box.db.write() as s:
        for at in range(search.WEIGHED + 150):
            song = Song(title=f"Love {at}", created_at=float(at))
            s.add(song)
    with box.db.read() as s:
        pages = [search.find(s, "love", limit=100, offset=start) for start in range(0, 1200, 100)]
    found = [song_id for page in pages for song_id in page.song_ids]
    assert len(found) == len(set(found)) == pages[0].total == search.WEIGHED + 150


# ------------------------------------------------------------------------------------------------ up to date


def test_what_changes_is_found_at_once(box: Box) -> None:
    song = put(box, "Dasy Bel", "Harry Dacre")
    with box.db.write() as s:
        s.get_one(Song, song.id).title = "Daisy Bell"
    assert titles(box, "daisy bell") == ["Daisy Bell"]
    with box.db.write() as s:
        track = library.main_track(s, song.id)
        lines = (Line(None, None, " "), Line(0.0, 1.0, "Give me your answer, do"))
        lyrics.put(s, track.id, "person", Lyrics(lines, "line"))
    assert titles(box, "give me your answer") == ["Daisy Bell"]
    with box.db.write() as s:
        trash.throw(s, song.id)
    assert titles(box, "daisy bell") == []
    with box.db.write() as s:
        trash.restore(s, song.id)
    assert titles(box, "dacre") == ["Daisy Bell"]


def test_what_was_taken_back_is_not_found(box: Box) -> None:
    song = put(box, "Daisy Bell")
    with pytest.raises(ZeroDivisionError), box.db.write() as s:
        s.get_one(Song, song.id).title = "Something else"
        s.flush()
        raise ZeroDivisionError
    put(box, "Unrelated")
    assert titles(box, "daisy") == ["Daisy Bell"]
    assert titles(box, "something") == []


# --------------------------------------------------------------------------------------------------- filters


def test_a_search_can_be_narrowed(box: Box) -> None:
    put(box, "Love me do", year=1962, language="en")
    put(box, "Love is a battlefield", year=1983, explicit=True)
    put(box, "Love, half prepared", state=TrackState.PREPARING)
    put(box, "Love karaoke", kind=TrackKind.KARAOKE)
    worded = put(box, "Love with words")
    with box.db.write() as s:
        lines = (Line(0.0, 1.0, "la"),)
        lyrics.put(s, library.main_track(s, worded.id).id, "person", Lyrics(lines, "line"))
    for words in ("love", "lvoe", ""):
        assert titles(box, words, language="EN") == ["Love me do"], words
        assert titles(box, words, decade=1980) == ["Love is a battlefield"]
        assert titles(box, words, explicit=True) == ["Love is a battlefield"]
        assert titles(box, words, kind=TrackKind.KARAOKE) == ["Love karaoke"]
        assert titles(box, words, has_words=True) == ["Love with words"]
        assert "Love, half prepared" not in titles(box, words, ready=True)
        assert len(titles(box, words, explicit=False)) == 4
        assert titles(box, words, decade=1960, ready=True, language="en") == ["Love me do"]


def test_the_newest_stand_first_when_nothing_is_typed(box: Box) -> None:
    for at, title in enumerate(("first", "second", "third")):
        put(box, title, created_at=time.time() + at)
    assert titles(box, " ") == ["third", "second", "first"]
