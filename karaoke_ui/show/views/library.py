"""Songs as the screens list them: how ready each is, and what else should be known of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from karaoke_ui.show import night, readiness
from karaoke_ui.show.readiness import Readiness
from karaoke_ui.show.tables import Performance, Singer
from karaoke_ui.show.views.rows import by_id
from pipeline import describing, editing, library, lyrics
from pipeline.finding.filters import ALL, Filters
from pipeline.tables import Lyrics, Song, Track

_WITH_LYRICS = select(Lyrics.track_id).where(col(Lyrics.track_id).in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class SongView:
    """A song in the library or in a search."""

    id: str
    track_id: str
    title: str
    artist: str
    seconds: float
    readiness: Readiness
    has_words: bool
    album: str = ""
    language: str = ""
    year: int | None = None
    # Which version is sung, in words.
    label: str = ""
    # The address of its cover, empty while there is none.
    cover: str = ""
    # Services named several songs that it may be.
    unsure: bool = False
    # Where its words were timed, not all came out well.
    weak_words: bool = False
    # Another song that seems to be the same one.
    twin: str = ""
    # Its file stops in the middle of the music.
    cut_off: bool = False
    # The guest whose phone it came from.
    brought_by: str = ""
    # What took its voice out.
    engine: str = ""
    # Guests may not ask for it.
    blocked: bool = False


@dataclass(frozen=True)
class SongPage:
    """Some songs, and how many there are in all."""

    songs: list[SongView]
    total: int


class Sung(StrEnum):
    """When a song was sung."""

    TONIGHT = "tonight"
    EVER = "ever"


def songs(
    s: Session,
    words: str = "",
    limit: int = 50,
    offset: int = 0,
    *,
    filters: Filters = ALL,
    never_sung: Sung | None = None,
) -> SongPage:
    if never_sung is not None:
        filters = replace(filters, more=(*filters.more, _never_sung(s, never_sung)))
    found = library.find(s, words, limit, offset, filters)
    return SongPage(_songs(s, found.songs), found.total)


def _never_sung(s: Session, when: Sung) -> ColumnElement[bool]:
    sung = select(Performance.song_id)
    if when is Sung.TONIGHT:
        sung = sung.where(Performance.night_id == night.current(s).id)
    return col(Song.id).not_in(sung)


def these(s: Session, song_ids: Sequence[str]) -> list[SongView]:
    """Songs in the order in which they are named; what is in the trash is left out."""
    tracks = library.main_tracks(s, song_ids)
    named = by_id(s, Song, set(tracks))
    return _songs(s, [(named[each], tracks[each]) for each in song_ids if each in named])


def song(s: Session, song_id: str) -> SongView:
    return _songs(s, [(library.get(s, song_id), library.main_track(s, song_id))])[0]


def _songs(s: Session, found: list[tuple[Song, Track]]) -> list[SongView]:
    ready = readiness.of_tracks(s, [track for _, track in found])
    worded = lyrics.worded(s, [track for _, track in found])
    twins = editing.twins(s, [song.id for song, _ in found])
    unsure = describing.unsure(s, [song.id for song, _ in found])
    weak = lyrics.weak(s, [track.id for _, track in found])
    guests = _guests(s, {track.brought_by for _, track in found} - {""})
    return [
        SongView(
            id=song.id,
            track_id=track.id,
            title=song.title,
            artist=song.artist,
            seconds=track.seconds,
            readiness=ready[track.id],
            has_words=track.id in worded,
            album=song.album,
            language=song.language,
            year=song.year,
            label=track.label,
            cover=cover(song),
            unsure=song.id in unsure,
            weak_words=track.id in weak,
            twin=twins.get(song.id, ""),
            cut_off=track.cut_off,
            brought_by=guests.get(track.brought_by, ""),
            engine=track.engine,
            blocked=song.blocked,
        )
        for song, track in found
    ]


def _guests(s: Session, singer_ids: set[str]) -> dict[str, str]:
    """The names of those who brought songs."""
    if not singer_ids:
        return {}
    return {each.id: each.name for each in by_id(s, Singer, singer_ids).values()}


def cover(song: Song, size: int = 160) -> str:
    """The address of a song's cover. It changes with the picture, so that browsers may keep it."""
    if not song.cover_track:
        return ""
    return f"/api/v1/songs/{song.id}/cover?size={size}&of={song.cover_track[:8]}"
