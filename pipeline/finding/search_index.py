"""What search looks through: derived from the songs, in tables named `search_…` that only this module writes.

`search_text` has a folded row for each song outside the trash; `search_fts` is its full-text index, kept by triggers;
`search_word` and `search_gram` hold every word there is and the groups of three letters in it. They are no part of
the model: their migration makes them, and they can be made anew at any time.

A session that changed songs, tracks or words brings them up to date before it commits, whoever made the change.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.orm import Session, UOWTransaction

from pipeline.finding import folding
from pipeline.tables import Lyrics, Song, Track

_CHANGED, _WORDS_CHANGED = "songs whose index is out of date", "tracks whose words changed"
_FIELDS = ("title", "artist", "album", "line")
_BATCH = 2000

# The first line is that of the newest version that has words.
_SONGS = """
    SELECT song.id, song.title, song.artist, song.album, coalesce((
        SELECT lyricline.text FROM track JOIN lyrics ON lyrics.track_id = track.id
            JOIN lyricline ON lyricline.lyrics_id = lyrics.id
        WHERE track.song_id = song.id AND track.deleted_at IS NULL AND trim(lyricline.text) != ''
        ORDER BY track.created_at DESC, lyricline.place LIMIT 1), '') AS line
    FROM song WHERE song.deleted_at IS NULL"""
_ALL_SONGS = text(_SONGS + " ORDER BY song.created_at")
_SOME_SONGS = text(_SONGS + " AND song.id IN (SELECT value FROM json_each(:ids))")  # noqa: S608 - both are ours
_SONGS_OF_TRACKS = text("SELECT DISTINCT song_id FROM track WHERE id IN (SELECT value FROM json_each(:ids))")
_FORGET = text("DELETE FROM search_text WHERE song_id IN (SELECT value FROM json_each(:ids))")
_ADD = text(
    "INSERT INTO search_text (song_id, title, artist, album, line) VALUES (:id, :title, :artist, :album, :line)"
)
_NEW_WORDS = text(
    "INSERT INTO search_word (word) SELECT value FROM json_each(:words) WHERE true"
    " ON CONFLICT DO NOTHING RETURNING id, word"
)
_ADD_GRAM = text("INSERT OR IGNORE INTO search_gram (gram, word_id) VALUES (:gram, :word_id)")


def index(connection: Connection, song_ids: Iterable[str]) -> None:
    """Bring what can be found of these songs up to date."""
    ids = {"ids": json.dumps(sorted(song_ids))}
    connection.execute(_FORGET, ids)
    _add(connection, connection.execute(_SOME_SONGS, ids).all())


def renew(connection: Connection) -> None:
    """Make the index anew: after a migration, since a newer version may read titles in another way."""
    for empty in ("DELETE FROM search_text", "DELETE FROM search_gram", "DELETE FROM search_word"):
        connection.execute(text(empty))
    songs = connection.execute(_ALL_SONGS).all()
    for start in range(0, len(songs), _BATCH):
        _add(connection, songs[start : start + _BATCH])
    connection.execute(text("INSERT INTO search_fts (search_fts) VALUES ('optimize')"))


def is_of_the_model(name: str | None, kind: str, _parents: object) -> bool:
    """For Alembic: no model describes the tables of the index, nor those that SQLite makes for it."""
    return kind != "table" or not (name or "").startswith("search_")


def touch(s: Session, song_id: str) -> None:
    """Index a song at the end of this transaction. Needed only after a change that went past the objects."""
    s.info.setdefault(_CHANGED, set()).add(song_id)


def _add(connection: Connection, songs: Iterable[Sequence[str]]) -> None:
    rows = [
        {"id": song_id} | {name: folding.indexed(value) for name, value in zip(_FIELDS, fields, strict=True)}
        for song_id, *fields in songs
    ]
    if not rows:
        return
    connection.execute(_ADD, rows)
    words = {word for row in rows for name in _FIELDS for word in row[name].split()}
    new = connection.execute(_NEW_WORDS, {"words": json.dumps(sorted(words))}).all()
    grams = [{"gram": gram, "word_id": number} for number, word in new for gram in folding.grams(word)]
    if grams:
        connection.execute(_ADD_GRAM, sorted(grams, key=lambda row: (row["gram"], row["word_id"])))


@event.listens_for(Session, "after_flush")
def _note(s: Session, _flush: UOWTransaction) -> None:
    for row in (*s.new, *s.dirty, *s.deleted):
        if isinstance(row, Lyrics):
            s.info.setdefault(_WORDS_CHANGED, set()).add(row.track_id)
        elif isinstance(row, Song | Track) and _matters(row):
            touch(s, row.id if isinstance(row, Song) else row.song_id)


def _matters(row: Song | Track) -> bool:
    """Whether it changed in what can be found, and not only in how far it is prepared."""
    names = ("title", "artist", "album", "deleted_at") if isinstance(row, Song) else ("song_id", "deleted_at")
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


@event.listens_for(Session, "before_commit")
def _bring_up_to_date(s: Session) -> None:
    s.flush()
    changed, tracks = s.info.pop(_CHANGED, set()), s.info.pop(_WORDS_CHANGED, set())
    if tracks:
        changed.update(s.execute(_SONGS_OF_TRACKS, {"ids": json.dumps(sorted(tracks))}).scalars())
    if changed:
        index(s.connection(), changed)


@event.listens_for(Session, "after_rollback")
def _forget(s: Session) -> None:
    s.info.pop(_CHANGED, None)
    s.info.pop(_WORDS_CHANGED, None)
