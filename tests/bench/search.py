"""Looking for a song among 100,000: from what was typed to the rows of the page, in the database as it is.

The songs are made up: words of syllables, some of which stand in very many titles and most in few, as in a language;
artists with many songs and with one; each with an album, a first line and a prepared track. What is asked for are one
to three words of a song's title and artist, the last of them often just begun, as a phone sends it while somebody
types; then the same with a slip of the finger in the longest word. How often the song is among the first ten all the
same is told beside it: the words here are denser than in any language, and one of them may stand in hundreds of titles.
"""

import random
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

from sqlalchemy import Table, insert
from sqlmodel import SQLModel

from karaoke_ui.show import night, views
from pipeline import migrate
from pipeline.db import Database
from pipeline.finding import search_index
from pipeline.tables import LyricLine, Lyrics, Song, Timing, Track, TrackState
from tests.bench.figures import Figure, milliseconds, percentile

SONGS, QUERIES = 100_000, 600
WORDS_GOAL, SLIPS_GOAL = 0.010, 0.030
FIRST_PAGE = 10
STARTS = (
    *"bcdfghjklmnprstvw",
    "br",
    "ch",
    "cl",
    "cr",
    "dr",
    "fl",
    "gr",
    "pl",
    "pr",
    "sh",
    "sl",
    "st",
    "str",
    "th",
    "tr",
)
MIDDLES = (*"aeiou", "ai", "ea", "ee", "ie", "oo", "ou")
ENDS = ("", "", "", *"nrsltm", "nd", "ng", "ck", "st")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Made:
    """A song of the made-up library."""

    id: str
    title: str
    artist: str
    album: str
    line: str


def measure() -> list[Figure]:
    lot = random.Random(5)
    with TemporaryDirectory() as name:
        path = Path(name) / "encore.db"
        migrate.upgrade(path, Path(name))
        database = Database(path)
        songs = library(lot)
        fill(database, songs)
        typed = [(song, _typed(lot, song)) for song in lot.choices(songs, k=QUERIES)]
        slipped = [(song, _slip(lot, words)) for song, words in typed]
        plain, work, found = _ask(database, typed)
        forgiving, more_work, forgiven = _ask(database, slipped)
        database.close()
    note = f"{SONGS:,} songs, {QUERIES} searches"
    share = f"{note}; {forgiven / found:.0%} as often among the first {FIRST_PAGE} as without the slip"
    return [
        milliseconds("search, one to three words, p50", percentile(plain, 0.5), note=note),
        milliseconds("search, one to three words, p95", percentile(plain, 0.95), WORDS_GOAL, note),
        milliseconds("search, one to three words, processor time, p95", percentile(work, 0.95), note=note),
        milliseconds("search with a slip, p50", percentile(forgiving, 0.5), note=note),
        milliseconds("search with a slip, p95", percentile(forgiving, 0.95), SLIPS_GOAL, share),
        milliseconds("search with a slip, processor time, p95", percentile(more_work, 0.95), note=note),
    ]


def library(lot: random.Random, count: int = SONGS) -> list[Made]:
    """A library that a language could have."""
    word = _zipf(lot, list(dict.fromkeys(_word(lot) for _ in range(40_000))), 8, 0.9)

    def phrase(*lengths: int) -> str:
        return " ".join(word() for _ in range(lot.choice(lengths)))

    artist = _zipf(lot, [phrase(1, 2, 2, 2, 3) for _ in range(15_000)], 20, 0.8)
    return [
        Made(f"{at:032x}", phrase(1, 2, 2, 3, 3, 4, 5), artist(), phrase(1, 2, 3, 4), phrase(5, 6, 7, 8))
        for at in range(count)
    ]


def fill(database: Database, songs: Sequence[Made]) -> None:
    """All of it in one go; the index as after a migration."""
    with database.write() as s:
        night.current(s)
        for table, rows in (
            (Song, [_song(song, at) for at, song in enumerate(songs)]),
            (Track, [_track(song, at) for at, song in enumerate(songs)]),
            (
                Lyrics,
                [
                    {"id": song.id, "track_id": song.id, "source": "lrclib", "timing": Timing.LINE}
                    for song in songs
                ],
            ),
            (
                LyricLine,
                [
                    {"lyrics_id": song.id, "place": 0, "start": 0.0, "end": 1.0, "text": song.line}
                    for song in songs
                ],
            ),
        ):
            s.execute(insert(_table(table)), rows)
        search_index.renew(s.connection())


def _ask(database: Database, queries: list[tuple[Made, str]]) -> tuple[list[float], list[float], int]:
    """How long each took by the clock and by the processor, and in how many the song was on the first page."""
    times, work, found = [], [], 0
    for song, words in queries:
        began, worked = perf_counter(), thread_time()
        with database.read() as s:
            page = views.songs(s, words, 50)
        times.append(perf_counter() - began)
        work.append(thread_time() - worked)
        found += song.id in [each.id for each in page.songs[:FIRST_PAGE]]
    return times, work, found


def _typed(lot: random.Random, song: Made) -> str:
    there = f"{song.title} {song.artist}".split()
    words = lot.sample(there, min(len(there), lot.choice((1, 2, 3))))
    if lot.random() < 0.5:
        words[-1] = words[-1][: max(2, lot.randint(2, len(words[-1])))]
    return " ".join(words)


def _slip(lot: random.Random, words: str) -> str:
    """One letter left out, added, mistaken or swapped, in the longest word."""
    parts = words.split()
    place = max(range(len(parts)), key=lambda at: len(parts[at]))
    word = parts[place]
    at = lot.randrange(len(word))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    other = lot.choice(LETTERS)
    slips = (
        before + after,
        before + other + letter + after,
        before + other + after,
        before + after[:1] + letter + after[1:],
    )
    parts[place] = lot.choice(slips)
    return " ".join(parts)


def _word(lot: random.Random) -> str:
    syllables = lot.choice((1, 1, 2, 2, 2, 3))
    return "".join(lot.choice(STARTS) + lot.choice(MIDDLES) + lot.choice(ENDS) for _ in range(syllables))


def _zipf(lot: random.Random, of: list[str], flat: int, steep: float) -> Callable[[], str]:
    """Draws one of them: the first often, the last hardly ever."""
    heights = list(accumulate(1 / (at + flat) ** steep for at in range(len(of))))
    return lambda: of[bisect(heights, lot.random() * heights[-1])]


def _table(kind: type[SQLModel]) -> Table:
    found: Table = kind.__table__  # type: ignore[attr-defined]
    return found


def _song(song: Made, at: int) -> dict[str, object]:
    return Song(
        id=song.id, title=song.title, artist=song.artist, album=song.album, created_at=float(at)
    ).model_dump()


def _track(song: Made, at: int) -> dict[str, object]:
    return Track(
        id=song.id,
        song_id=song.id,
        source="folder",
        file_name="song.mp3",
        original="original.mp3",
        sha256=song.id,
        bytes=5_000_000,
        seconds=180.0,
        state=TrackState.READY,
        engine="htdemucs",
        chunks=45,
        separated=45,
        created_at=float(at),
    ).model_dump()
