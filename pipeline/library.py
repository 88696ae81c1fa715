"""Songs and their tracks. `add` is the one way into the library, whoever brings the file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

import structlog
from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from pipeline import jobs, lyrics, store
from pipeline.box import Box
from pipeline.db import announce
from pipeline.errors import AlreadyThere, EncoreError, NotFound, NotWords, TooLong, TooShort
from pipeline.finding import search
from pipeline.finding.filters import ALL, Filters
from pipeline.formats import sidecar
from pipeline.intake import beside
from pipeline.intake.beside import NOTHING, Beside
from pipeline.store import Waiting
from pipeline.tables import JobKind, Lane, Song, Track, TrackKind, TrackState, new_id
from pipeline.words import Lyrics as Words

log = structlog.get_logger()

MAX_TITLE = 200
# Shorter than this is a jingle, or a file that broke off.
LEAST_SECONDS = 2.0

# Every page of the library asks these: they are put together once.
_SONGS = select(Song).where(col(Song.id).in_(bindparam("ids", expanding=True)))
_VERSIONS = (
    select(Track)
    .where(col(Track.song_id).in_(bindparam("ids", expanding=True)), col(Track.deleted_at).is_(None))
    .order_by(col(Track.state) == TrackState.READY, col(Track.chosen), col(Track.created_at))
)


@dataclass(frozen=True)
class Arrival:
    """What is known of a file before it is part of the library."""

    incoming: store.Incoming
    beside: Beside
    source: str
    brought_by: str
    seconds: float
    has_video: bool
    title: str
    artist: str
    album: str
    year: int | None
    label: str


def add(
    box: Box,
    stream: BinaryIO,
    name: str,
    source: str,
    with_it: Beside = NOTHING,
    *,
    brought_by: str = "",
    most_mb: int | None = None,
) -> Song:
    """Take a song file in: written to disk, looked at, listed, and queued for its preparation."""
    with _refusals_noted(name), box.store.taking_in():
        if with_it.graphics is not None:
            beside.check_graphics(with_it.graphics, f"{store.stem(name)}.cdg")
        incoming = box.store.receive(stream, name, most_mb or box.settings.max_upload_mb)
        try:
            arrival = _look_at(box, incoming, source, with_it, brought_by)
            song, track_id = _admit(box, arrival)
        finally:
            incoming.discard()
    for _ in JobKind:  # a message for each of its two jobs: there are threads for both
        box.lanes.wake(Lane.PREPARE)
    log.info(
        "song added", song=song.id, track=track_id, file=incoming.name, source=source, seconds=arrival.seconds
    )
    return song


def add_words(box: Box, content: bytes, name: str) -> Song | None:
    """Take a words file in: for the song that shares its name, or kept until that song arrives (None)."""
    with _refusals_noted(name):
        _words_in(content)  # what cannot be read is refused now, not at the song's turn
    head = sidecar.head(content)
    wanted = head.audio if head and head.audio else name
    if not has_called(box, wanted):
        box.store.leave(Waiting.WORDS, wanted, content)
    # The song may have come in the meantime, and not have seen what was left for it.
    track = _newest_called(box, wanted)
    return None if track is None else _give_words(box, track, content)


def add_graphics(box: Box, content: bytes, name: str) -> Song | None:
    """Take the picture of a karaoke disc in: for the song that shares its name, or kept until that arrives (None)."""
    with _refusals_noted(name):
        beside.check_graphics(content, name)
    if not has_called(box, name):
        box.store.leave(Waiting.GRAPHICS, name, content)
    track = _newest_called(box, name)
    return None if track is None else _give_graphics(box, track, content)


def complete(box: Box, song_id: str, with_it: Beside) -> None:
    """Give a song that is here already what it had to do without."""
    with box.db.read() as s:
        track = main_track(s, song_id)
        has_words = lyrics.of_track(s, track.id) is not None
    if with_it.words is not None and not has_words:
        _give_words(box, track, with_it.words)
    if with_it.graphics is not None and track.kind != TrackKind.KARAOKE:
        _give_graphics(box, track, with_it.graphics)


def has_called(box: Box, name: str) -> bool:
    """Whether a song came under this name."""
    return _newest_called(box, name) is not None


def _give_graphics(box: Box, track: Track, content: bytes) -> Song:
    box.store.put(track.id, beside.GRAPHICS, content)
    with box.db.write() as s:
        track = s.get_one(Track, track.id)
        track.kind, track.ready_made, track.video = TrackKind.KARAOKE, True, ""
        s.add(track)
        if track.chunks:
            jobs.go_back(s, track.id, "adopt")
        else:
            jobs.create(s, track.id, step="decode")
        (box.store.folder(track.id) / beside.PICTURE).unlink(missing_ok=True)  # it shows the one before
        song = get(s, track.song_id)
    box.lanes.wake(Lane.PREPARE)
    return song


def set_words(box: Box, song_id: str, content: bytes) -> Song:
    """Give a song its words, in place of those it has."""
    with box.db.read() as s:
        get(s, song_id)
        track = main_track(s, song_id)
    return _give_words(box, track, content)


def _give_words(box: Box, track: Track, content: bytes) -> Song:
    kind, found = _words_in(content, track.seconds)
    box.store.put_words(track.id, content)
    with box.db.write() as s:
        track = s.get_one(Track, track.id)
        lyrics.put(s, track.id, kind, found)
        song = get(s, track.song_id)
        if jobs.is_whole(track):
            jobs.go_back(s, track.id, "align")  # else its preparation comes to that by itself
    box.lanes.wake(Lane.PREPARE)
    return song


def _newest_called(box: Box, name: str) -> Track | None:
    """The newest song whose file had this name, whatever its ending."""
    wanted = store.stem(name).casefold()
    names = select(Track.id, Track.file_name).where(col(Track.deleted_at).is_(None))
    with box.db.read() as s:
        newest_first = s.exec(names.order_by(col(Track.created_at).desc()))
        found = next((key for key, each in newest_first if store.stem(each).casefold() == wanted), None)
        return s.get(Track, found) if found else None


def get(s: Session, song_id: str) -> Song:
    song = s.get(Song, song_id)
    if song is None or song.deleted_at is not None:
        raise NotFound(what="song")
    return song


def main_track(s: Session, song_id: str) -> Track:
    """The version of a song that is sung."""
    found = main_tracks(s, {song_id})
    if song_id not in found:
        raise NotFound(what="song")
    return found[song_id]


def main_tracks(s: Session, song_ids: Iterable[str]) -> dict[str, Track]:
    """Song id → the version that is sung: of those that are ready, else of all, the one somebody chose, or the newest."""
    return {track.song_id: track for track in s.exec(_VERSIONS, params={"ids": list(song_ids)})}


@dataclass(frozen=True)
class Page:
    """Some songs with the version of each that is sung, and how many there are in all."""

    songs: list[tuple[Song, Track]]
    total: int


def find(s: Session, words: str = "", limit: int = 50, offset: int = 0, filters: Filters = ALL) -> Page:
    """The songs that hold what was typed, the best first; all of them, the newest first, when nothing was."""
    look = partial(search.find, words=words) if words.strip() else _newest
    found = look(s, where=filters.where(), limit=limit, offset=offset)
    songs = {song.id: song for song in s.exec(_SONGS, params={"ids": list(found.song_ids)})}
    tracks = main_tracks(s, songs)
    return Page([(songs[each], tracks[each]) for each in found.song_ids if each in tracks], found.total)


def count(s: Session) -> int:
    return search.count(s)


def languages(s: Session) -> list[str]:
    """Those that songs are in."""
    there = select(Song.language).where(col(Song.deleted_at).is_(None), Song.language != "")
    return list(s.exec(there.distinct().order_by(col(Song.language))))


def decades(s: Session) -> list[int]:
    """Those that songs are from, each as its first year; the latest first."""
    years = select(Song.year).where(col(Song.deleted_at).is_(None), col(Song.year).is_not(None)).distinct()
    return sorted({year // 10 * 10 for year in s.exec(years) if year is not None}, reverse=True)


def _newest(s: Session, where: search.Where, limit: int, offset: int) -> search.Found:
    there = select(Song.id).where(col(Song.deleted_at).is_(None), *where)
    newest = there.order_by(col(Song.created_at).desc(), col(Song.id)).limit(limit).offset(offset)
    total = s.exec(select(func.count()).select_from(there.subquery())).one() if where else search.count(s)
    return search.Found(tuple(s.exec(newest)), total)


def _words_in(content: bytes, seconds: float | None = None) -> tuple[sidecar.Kind, Words]:
    kind, found = sidecar.read(content, seconds)
    if not found.lines:
        raise NotWords("no lines")
    return kind, found


@contextmanager
def _refusals_noted(name: str) -> Iterator[None]:
    try:
        yield
    except EncoreError as error:
        log.warning(
            "file refused",
            file=store.clean_name(name),
            code=error.code,
            reason=str(error),
            detail=error.detail,
        )
        raise


def _look_at(box: Box, incoming: store.Incoming, source: str, with_it: Beside, brought_by: str) -> Arrival:
    """Everything about a file that can be known without decoding it."""
    from pipeline.audio import media  # it loads ffmpeg's libraries: not before the first file comes
    from pipeline.intake import tags, titles

    with box.db.read() as s:
        _refuse_twice(s, incoming)
    found = media.probe(incoming.path, incoming.name)
    if found.seconds > box.settings.max_song_minutes * 60:
        raise TooLong(name=incoming.name, limit=box.settings.max_song_minutes)
    if found.seconds < LEAST_SECONDS:
        raise TooShort(name=incoming.name, least=round(LEAST_SECONDS))
    tagged = tags.read(incoming.path)
    named = titles.of_file(incoming.name)
    said = sidecar.head(with_it.words)
    if said and said.title:
        tagged = replace(tagged, title=said.title, artist=said.artist, year=said.year or tagged.year)
    return Arrival(
        incoming,
        with_it,
        source,
        brought_by,
        found.seconds,
        found.has_video,
        (tagged.title or named.title)[:MAX_TITLE],
        (tagged.artist or ("" if tagged.title else named.artist))[:MAX_TITLE],
        (tagged.album or "")[:MAX_TITLE],
        tagged.year,
        named.label,
    )


def _admit(box: Box, arrival: Arrival) -> tuple[Song, str]:
    """Make a file that was looked at part of the library: all of it, or nothing."""
    track_id, name = new_id(), arrival.incoming.name
    try:
        original = box.store.admit(arrival.incoming, track_id)
        kept = beside.keep(box.store, track_id, name, arrival.beside, box.settings.max_upload_mb)
        kind, ready_made = beside.kind_of(
            box.store.folder(track_id), name, arrival.has_video or bool(kept.video)
        )
        track = Track(
            id=track_id,
            song_id="",
            source=arrival.source,
            brought_by=arrival.brought_by,
            kind=kind,
            label=arrival.label,
            ready_made=ready_made,
            video=kept.video or (original if arrival.has_video else ""),
            file_name=name,
            original=original,
            sha256=arrival.incoming.sha256,
            bytes=arrival.incoming.bytes,
            seconds=arrival.seconds,
        )
        with box.db.write() as s:
            song = _insert(s, arrival, track, kept.cover)
    except BaseException:
        box.store.remove(track_id)
        raise
    _give_what_came_late(box, track_id, song.id, name)
    return song, track_id


def _give_what_came_late(box: Box, track_id: str, song_id: str, name: str) -> None:
    """Words and picture that arrived while their song was being taken in."""
    folder = box.store.folder(track_id)
    late = {
        kind: content
        for kind in Waiting
        if (content := box.store.waiting(kind, name)) is not None
        and not (folder / beside.KEPT_AS[kind]).is_file()
    }
    complete(box, song_id, Beside(late.get(Waiting.WORDS), late.get(Waiting.GRAPHICS)))
    box.store.drop(name)


def _refuse_twice(s: Session, incoming: store.Incoming) -> None:
    same = select(Song).join(Track).where(Track.sha256 == incoming.sha256, col(Track.deleted_at).is_(None))
    same = same.where(Track.sha256 != "")  # as the index says it, which is used only then
    song = s.exec(same).first()
    if song is not None:
        raise AlreadyThere(name=song.title, song=song.id, file=incoming.name)


def _insert(s: Session, arrival: Arrival, track: Track, has_cover: bool) -> Song:
    _refuse_twice(s, arrival.incoming)
    song = Song(title=arrival.title, artist=arrival.artist, album=arrival.album, year=arrival.year)
    song.cover_track = track.id if has_cover else ""
    s.add(song)
    s.flush()
    track.song_id = song.id
    s.add(track)
    s.flush()
    jobs.create(s, track.id)
    jobs.create(s, track.id, kind=JobKind.DESCRIBE)
    announce(s, "song", song.id)
    return song
