"""Two songs that are one, with the way back; and two of one name that are not the same."""

import json
from typing import Any

from sqlalchemy import Column, and_, delete, update
from sqlmodel import Session, col, select

from pipeline import library
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound
from pipeline.finding import search_index
from pipeline.keeping import references
from pipeline.tables import Apart, Merged, Song, Track

# What of the one goes over to the other, where that knows nothing.
_GIVEN = ("album", "year", "language", "explicit", "mbid", "cover_track")
# What belongs to a song alone, and goes with it or by itself.
_OWN = ("track", "candidate", "search_text")


def merge(s: Session, keep_id: str, other_id: str) -> Song:
    """Make two songs one: the versions of the other, and all that refers to it, belong to the one that is kept."""
    keep, other = library.get(s, keep_id), library.get(s, other_id)
    if keep.id == other.id:
        raise Conflict(reason="itself")
    tracks = s.exec(select(Track).where(Track.song_id == other.id)).all()
    moved: dict[str, Any] = {
        "song": other.model_dump(),
        "tracks": {track.id: track.label for track in tracks},
        "given": {},
    }
    for track in tracks:
        if not track.label and other.title != keep.title:
            track.label = other.title
        track.song_id = keep.id
        s.add(track)
    for name in _GIVEN:
        if getattr(keep, name) in ("", None) and getattr(other, name) not in ("", None):
            moved["given"][name] = getattr(other, name)
            setattr(keep, name, getattr(other, name))
    s.add(keep)
    s.flush()
    moved["rows"] = {str(column): _refer(s, column, other.id, keep.id) for column in _columns()}
    s.delete(other)
    s.add(Merged(song_id=other.id, kept_id=keep.id, moved=json.dumps(moved)))
    s.exec(delete(Apart).where(col(Apart.song_id) == col(Apart.other_id)))
    return _told(s, keep, keep.id, other.id)


def take_back(s: Session, song_id: str) -> Song:
    """Let a song that became a part of another one be itself again, with all that went over."""
    note = s.get(Merged, song_id)
    if note is None:
        raise NotFound(what="song")
    keep, moved = library.get(s, note.kept_id), json.loads(note.moved)
    theirs = select(Track).where(col(Track.id).in_(moved["tracks"]), Track.song_id == keep.id)
    tracks = s.exec(theirs).all()
    stays = select(Track.id).where(Track.song_id == keep.id, col(Track.id).not_in(moved["tracks"]))
    if not tracks or s.exec(stays).first() is None:
        raise Conflict(reason="only_version")
    song = Song(**moved["song"])
    s.add(song)
    s.flush()
    for track in tracks:
        track.song_id, track.label = song.id, moved["tracks"][track.id]
        s.add(track)
    for name, value in moved["given"].items():
        if getattr(keep, name) == value:
            setattr(keep, name, Song.model_fields[name].get_default())
    s.add(keep)
    s.flush()
    for column in _columns():
        for own in moved["rows"].get(str(column), ()):
            this = and_(column == keep.id, *(column.table.c[name] == value for name, value in own.items()))
            s.execute(update(column.table).where(this).values({column: song.id}).prefix_with("OR IGNORE"))
    s.delete(note)
    return _told(s, song, keep.id, song.id)


def apart(s: Session, song_id: str, other_id: str) -> None:
    """They share a name and are two songs: nobody is asked about them again."""
    one, other = library.get(s, song_id), library.get(s, other_id)
    if one.id == other.id:
        raise Conflict(reason="itself")
    s.merge(Apart(song_id=one.id, other_id=other.id))
    s.merge(Apart(song_id=other.id, other_id=one.id))
    for each in (one, other):
        announce(s, "song", each.id)


def _columns() -> list[Column[str]]:
    return list(references.columns("song", without=_OWN))


def _refer(s: Session, column: Column[str], old: str, new: str) -> list[dict[str, Any]]:
    """What points at one song points at the other; the keys of those rows, but for what changed of them."""
    table = column.table
    keys = [key for key in table.primary_key.columns if key.name != column.name]
    rows = s.execute(select(*keys).where(column == old)).mappings().all() if keys else []
    # Where somebody has both already, one of the two is enough.
    s.execute(update(table).where(column == old).values({column: new}).prefix_with("OR IGNORE"))
    s.execute(delete(table).where(column == old))
    return [dict(row) for row in rows]


def _told(s: Session, song: Song, *changed: str) -> Song:
    """The song as it is now: rows were changed past the objects."""
    s.flush()
    s.expire_all()
    for song_id in changed:
        search_index.touch(s, song_id)
        announce(s, "song", song_id)
    s.refresh(song)
    return song
