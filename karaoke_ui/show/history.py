"""What somebody sang, likes and usually sings: for their phone, and for the host's “the usual”."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from karaoke_ui.show import along
from karaoke_ui.show.keys import Kept, Range, suggest
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Favourite, Performance, Singer
from pipeline import library
from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.tables import Song, Track

USUAL = 3


@dataclass(frozen=True)
class SungBefore:
    """A song that somebody sang."""

    song_id: str
    title: str
    artist: str
    key: int
    tempo: float
    at: float
    finished: bool
    # The others who sang it.
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usual:
    """A song that somebody sings often, in the key that was kept last."""

    song_id: str
    title: str
    artist: str
    key: int
    times: int


def of_singer(s: Session, singer_id: str, limit: int = 200) -> list[SungBefore]:
    """The newest first, on all nights."""
    theirs = (
        select(Performance, Song)
        .join(Song, col(Song.id) == Performance.song_id)
        .where((col(Performance.singer_id) == singer_id) | along.names(Performance.partners, singer_id))
        .where(col(Performance.ended_at).is_not(None))
        .order_by(col(Performance.started_at).desc())
        .limit(limit)
    )
    rows = s.exec(theirs).all()
    sang = {performance.id: (performance.singer_id, *performance.partners) for performance, _ in rows}
    others = {each for voices in sang.values() for each in voices if each != singer_id}
    names = dict(s.exec(select(Singer.id, Singer.name).where(col(Singer.id).in_(others))).all())
    return [
        SungBefore(
            song_id=song.id,
            title=song.title,
            artist=song.artist,
            key=performance.key,
            tempo=performance.tempo,
            at=performance.started_at,
            finished=performance.finished,
            partners=tuple(names[each] for each in sang[performance.id] if each in names),
        )
        for performance, song in rows
    ]


def usual(s: Session, singer_id: str) -> list[Usual]:
    """The three songs that somebody sings most; of nobody who has not agreed to be remembered."""
    singer = s.get(Singer, singer_id)
    if singer is None:
        raise NotFound(what="singer")
    if not singer.regular:
        return []
    sung = of_singer(s, singer_id)
    times = Counter(each.song_id for each in sung)
    newest = {each.song_id: each for each in reversed(sung)}
    there = library.main_tracks(s, times)
    most = [song_id for song_id, _ in times.most_common() if song_id in there][:USUAL]
    return [
        Usual(song_id, newest[song_id].title, newest[song_id].artist, newest[song_id].key, times[song_id])
        for song_id in most
    ]


def suggested_key(s: Session, singer_id: str, song_id: str) -> int | None:
    """The key to begin with when this singer asks for this song."""
    track = library.main_track(s, song_id)
    sung = select(Performance).where(Performance.singer_id == singer_id, Performance.finished)
    rows = list(s.exec(sung.order_by(col(Performance.started_at))))
    tracks = library.main_tracks(s, {row.song_id for row in rows})
    kept = [Kept(row.song_id, row.key, range_of(tracks.get(row.song_id))) for row in rows]
    return suggest(song_id, range_of(track), kept)


def range_of(track: Track | None) -> Range | None:
    if track is None or track.lowest is None or track.highest is None:
        return None
    return Range(track.lowest, track.highest)


@allow(Role.SINGER)
def favour(s: Session, actor: Actor, song_id: str, on: bool) -> None:
    """Keep a song among one's favourites, or no longer."""
    library.get(s, song_id)
    kept = s.get(Favourite, (actor.id, song_id))
    if on and kept is None:
        s.add(Favourite(singer_id=actor.id, song_id=song_id))
    elif not on and kept is not None:
        s.delete(kept)
    announce(s, "favourite", actor.id)


def favourites(s: Session, singer_id: str) -> list[str]:
    """Songs, the newest favourite first."""
    theirs = select(Favourite.song_id).join(Song, col(Song.id) == Favourite.song_id)
    theirs = theirs.where(Favourite.singer_id == singer_id, col(Song.deleted_at).is_(None))
    return list(s.exec(theirs.order_by(col(Favourite.created_at).desc())))
