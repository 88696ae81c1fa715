"""The way into the library for a video: the song is listed and can be asked for at once, and fetched when its job runs."""

import time
from collections.abc import Iterable

import structlog
from sqlmodel import Session, col, select

from pipeline import jobs, ready
from pipeline.db import announce
from pipeline.errors import EncoreError
from pipeline.intake import titles
from pipeline.library import MAX_TITLE
from pipeline.sources import breaker
from pipeline.sources.youtube import Found
from pipeline.tables import JobKind, Song, Track, TrackKind, TrackState

log = structlog.get_logger()

SOURCE = "youtube"
# Seconds of fetching for a second of music, until this box has measured its own.
ASSUMED_SPEED = 0.1


def add(s: Session, found: Found, brought_by: str = "") -> Song:
    """The song of a video: the one that is there already, tried again if it failed, or a new one with its jobs.

    `brought_by`: the singer who asked for it, empty for the host.
    """
    track = _known(s, [found.source_id]).get(found.source_id)
    if track is not None:
        job = jobs.of_tracks(s, [track.id]).get(track.id)
        if job is not None and (job.cancel_asked or track.state == TrackState.FAILED):
            jobs.retry(s, job.id)
        return s.get_one(Song, track.song_id)
    named = titles.parse(found.title, found.channel)
    song = Song(title=named.title[:MAX_TITLE], artist=named.artist[:MAX_TITLE])
    s.add(song)
    s.flush()
    track = Track(
        song_id=song.id,
        source=SOURCE,
        source_id=found.source_id,
        source_url=found.url,
        kind=named.kind,
        label=named.label,
        ready_made=named.kind in (TrackKind.KARAOKE, TrackKind.INSTRUMENTAL),
        file_name=found.title,
        brought_by=brought_by,
        original="",
        sha256="",
        bytes=0,
        seconds=found.seconds,
    )
    s.add(track)
    s.flush()
    for work in JobKind:
        jobs.create(s, track.id, kind=work)
    announce(s, "song", song.id)
    log.info("video added", song=song.id, track=track.id, video=found.source_id, title=found.title)
    return song


def known(s: Session, found: Iterable[Found]) -> dict[str, str]:
    """Video id → the song it is in the library, for those that are there."""
    tracks = _known(s, [each.source_id for each in found])
    return {source_id.partition(":")[2]: track.song_id for source_id, track in tracks.items()}


def wait(s: Session, seconds: float) -> float:
    """Seconds until a video of this length could be sung if it were asked for now, from this box's own speed."""
    return seconds * fetch_speed(s) + ready.wait_for_start(0.0, seconds, jobs.speed(s, "htdemucs"))


def note(s: Session, trouble: EncoreError | None) -> None:
    """Let every screen know whether YouTube gives this box anything."""
    known = breaker.states(s).get(SOURCE)
    if trouble is None and known is not None and known.down:
        breaker.say(s, breaker.State(SOURCE))
    elif trouble is not None and not (known is not None and known.down):
        breaker.say(s, breaker.State(SOURCE, since=time.time(), reason=trouble.code))


def fetch_speed(s: Session) -> float:
    return jobs.speed(s, "fetch", ASSUMED_SPEED)


def _known(s: Session, source_ids: list[str]) -> dict[str, Track]:
    there = select(Track).where(col(Track.source_id).in_(source_ids), col(Track.deleted_at).is_(None))
    return {track.source_id: track for track in s.exec(there)}
