"""The trash: a deleted song loses nothing until it is emptied, by hand or after some days."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from pipeline import jobs, library
from pipeline.box import Box
from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.keeping import references
from pipeline.tables import Job, JobKind, JobState, Lyrics, Song, Track

log = structlog.get_logger()

DAY = 86400.0


@dataclass(frozen=True)
class Thrown:
    """A song in the trash."""

    id: str
    title: str
    artist: str
    deleted_at: float
    bytes: int


def throw(s: Session, song_id: str) -> Song:
    """Move a song to the trash: nothing is lost, and unfinished work on it ends."""
    song = library.get(s, song_id)
    song.deleted_at = time.time()
    s.add(song)
    for track in s.exec(select(Track).where(Track.song_id == song_id, col(Track.deleted_at).is_(None))):
        track.deleted_at = song.deleted_at
        s.add(track)
        running = select(Job).where(Job.track_id == track.id, col(Job.state).in_(jobs.ACTIVE))
        for job in s.exec(running):
            jobs.cancel(s, job.id)
    announce(s, "song", song.id)
    return song


def restore(s: Session, song_id: str) -> Song:
    """Take a song out of the trash, and finish its preparation where that was cut short."""
    song = s.get(Song, song_id)
    tracks = s.exec(select(Track).where(Track.song_id == song_id)).all()
    if song is None or not tracks:
        raise NotFound(what="song")
    song.deleted_at = None
    s.add(song)
    for track in tracks:
        track.deleted_at = None
        s.add(track)
        for kind in JobKind:
            last = jobs.of_tracks(s, [track.id], kind).get(track.id)
            # One that is to end may have a worker still.
            if last is not None and last.state in (JobState.CANCELLED, *jobs.ACTIVE):
                jobs.retry(s, last.id)
    announce(s, "song", song.id)
    return song


def listed(s: Session) -> list[Thrown]:
    """What lies in the trash, the latest first."""
    size = func.sum(func.max(Track.disk, Track.bytes))
    thrown = select(Song, size).join(Track).where(col(Song.deleted_at).is_not(None)).group_by(col(Song.id))
    found = s.exec(thrown.order_by(col(Song.deleted_at).desc()))
    return [Thrown(song.id, song.title, song.artist, song.deleted_at or 0.0, used) for song, used in found]


def empty(box: Box, older_than: float = 0.0) -> int:
    """Remove for good what has been in the trash for so many seconds; how many songs that were."""
    with box.db.read() as s:
        old = [each.id for each in listed(s) if each.deleted_at <= time.time() - older_than]
    return sum(_remove(box, song_id) for song_id in old)


def _remove(box: Box, song_id: str) -> bool:
    with box.db.read() as s:
        tracks = s.exec(select(Track.id).where(Track.song_id == song_id)).all()
        if _is_in_use(s, tracks):
            return False
    with box.db.write() as s:
        song = s.get(Song, song_id)
        if song is None or song.deleted_at is None or _is_in_use(s, tracks):
            return False
        # A folder that describes itself is kept when nobody owns it, as after the loss of the database. Not this one.
        for track_id in tracks:
            box.store.forget(track_id)
        theirs = col(Job.track_id).in_(tracks)
        s.exec(delete(Job).where(theirs))
        s.exec(delete(Lyrics).where(col(Lyrics.track_id).in_(tracks)))
        s.exec(delete(Track).where(col(Track.id).in_(tracks)))
        # Who sang it is remembered, and so is the name of the song.
        if not _is_remembered(s, song_id):
            s.delete(song)
        announce(s, "song", song_id)
    for track_id in tracks:
        box.store.remove(track_id)
    log.info("song removed for good", song=song_id, tracks=len(tracks))
    return True


def _is_in_use(s: Session, track_ids: Sequence[str]) -> bool:
    """A worker has not let go of it yet, or it still stands on the stage."""
    running = select(Job.id).where(col(Job.track_id).in_(track_ids), Job.state == JobState.RUNNING)
    own = ("job", "lyrics", "stalefolder")
    return s.exec(running).first() is not None or references.is_referred(s, "track", track_ids, own)


def _is_remembered(s: Session, song_id: str) -> bool:
    return references.is_referred(
        s, "song", [song_id], without=("track", "candidate", "search_text", "apart", "merged")
    )
