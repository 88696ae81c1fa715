"""Mending what is known of songs: fields of one or many, songs that seem to be one, and one that is two."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from pipeline import library
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, NotFound
from pipeline.finding import search_index
from pipeline.library import MAX_TITLE
from pipeline.tables import Song, Track

YEARS = range(1000, 2200)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")

# Songs of the same folded title and artist.
_TWINS = text(
    "SELECT one.song_id, other.song_id FROM search_text AS one JOIN search_text AS other"
    " ON other.title = one.title AND other.artist = one.artist AND other.id != one.id"
    " WHERE one.title != '' AND one.song_id IN (SELECT value FROM json_each(:ids)) AND NOT EXISTS ("
    "SELECT 1 FROM apart WHERE apart.song_id = one.song_id AND apart.other_id = other.song_id) ORDER BY other.id"
)
_ALL_TWINS = text(
    "SELECT json_group_array(song_id) FROM search_text WHERE title != ''"
    " GROUP BY title, artist HAVING count(*) > 1 ORDER BY title, artist LIMIT :limit"
)


def twins(s: Session, song_ids: Iterable[str]) -> dict[str, str]:
    """For those of these songs that seem to be in the library twice: the other one."""
    found = s.execute(_TWINS, {"ids": json.dumps(list(song_ids))})
    return {row[0]: row[1] for row in found}


def all_twins(s: Session, limit: int = 200) -> list[list[str]]:
    """Groups of songs that seem to be the same."""
    groups = [json.loads(group) for group in s.execute(_ALL_TWINS, {"limit": limit}).scalars()]
    known = twins(s, [song_id for group in groups for song_id in group])
    return [open_ones for group in groups if (open_ones := [each for each in group if each in known])]


@dataclass(frozen=True)
class Fields:
    """What a person says about a song; None leaves a field as it is, an empty one is not known."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    language: str | None = None
    year: int | None = None
    explicit: bool | None = None
    # Guests may not ask for it; the host may.
    blocked: bool | None = None


def edit(s: Session, song_id: str, fields: Fields) -> Song:
    """Write down what a person says: no service overwrites it afterwards."""
    song = library.get(s, song_id)
    given = {name: value for name, value in asdict(fields).items() if value is not None}
    for name, value in given.items():
        setattr(song, name, _checked(name, value))
    song.edited = ",".join(sorted({*filter(None, song.edited.split(",")), *given}))
    s.add(song)
    announce(s, "song", song.id)
    return song


def _checked(name: str, value: str | int | bool) -> str | int | bool | None:
    match name, value:
        case "title", str() if not value.strip():
            raise BadValue(what="title", value=value)
        case "language", str() if value.strip() and not _LANGUAGE.fullmatch(value.strip().lower()):
            raise BadValue(what="language", value=value)
        case "language", str():
            return value.strip().lower()
        case "year", int() if value and value not in YEARS:
            raise BadValue(what="year", value=value)
        case "year", int():
            return value or None
        case _, str():
            return value.strip()[:MAX_TITLE]
    return value


def split(s: Session, track_id: str, *, title: str = "", artist: str = "") -> Song:
    """Make a version a song of its own again."""
    track = s.get(Track, track_id)
    if track is None or track.deleted_at is not None:
        raise NotFound(what="version")
    song = library.get(s, track.song_id)
    others = select(Track.id).where(
        Track.song_id == song.id, Track.id != track.id, col(Track.deleted_at).is_(None)
    )
    if s.exec(others).first() is None:
        raise Conflict(reason="only_version")
    taken = song.model_dump(exclude={"id", "created_at", "cover_track", "mbid", "title", "artist"})
    own = Song(**taken, title=title or track.label or song.title, artist=artist or song.artist)
    if song.cover_track == track.id:
        song.cover_track, own.cover_track = "", track.id
        s.add(song)
    s.add(own)
    s.flush()
    track.song_id, track.label = own.id, ""
    s.add(track)
    search_index.touch(s, song.id)
    search_index.touch(s, own.id)
    for song_id in (song.id, own.id):
        announce(s, "song", song_id)
    return own
