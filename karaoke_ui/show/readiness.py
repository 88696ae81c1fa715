"""How ready a song is to be sung, in the words of the room: a pure function of its track, its job and the box's speed."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from pipeline import jobs, ready, videos
from pipeline.audio.sound import CHUNK_SECONDS
from pipeline.tables import Job, JobState, Track, TrackState


class Ready(StrEnum):
    READY = "ready"
    # Singable now: the rest is separated while it plays.
    STARTABLE = "startable"
    SOON = "soon"
    FAILED = "failed"


@dataclass(frozen=True)
class Readiness:
    state: Ready
    # Seconds of work until it can start, when that is known.
    seconds: float = 0.0
    # Separated without the model: the voice is only turned down.
    quick: bool = False
    # Why it failed: the note of an error.
    reason: str = ""

    @property
    def can_start(self) -> bool:
        return self.state in (Ready.READY, Ready.STARTABLE)


def readiness(track: Track, job: Job | None, speed: float, fetch_speed: float = 0.0) -> Readiness:
    """Speeds are seconds of work for a second of music; what is not here yet has to be fetched first."""
    quick = track.engine == "center"
    if track.chunks and track.separated >= track.chunks:
        return Readiness(Ready.READY, quick=quick)
    if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
        return Readiness(Ready.FAILED, quick=quick, reason=job.error)
    if track.state == TrackState.FAILED:
        return Readiness(Ready.FAILED, quick=quick)
    finished = min(track.separated * CHUNK_SECONDS, track.seconds)
    running = job is not None and job.state == JobState.RUNNING and track.separated > 0
    if running and ready.can_start(finished, track.seconds, speed):
        return Readiness(Ready.STARTABLE, quick=quick)
    fetching = 0.0 if track.original else track.seconds * fetch_speed
    return Readiness(Ready.SOON, fetching + ready.wait_for_start(finished, track.seconds, speed), quick)


def of_tracks(s: Session, tracks: Collection[Track]) -> dict[str, Readiness]:
    """Track id → how ready it is now."""
    unfinished = [track.id for track in tracks if not is_whole(track)]
    if not unfinished:
        return {track.id: readiness(track, None, 0.0) for track in tracks}
    newest = jobs.of_tracks(s, unfinished)
    speed, fetch_speed = jobs.speed(s, "htdemucs"), videos.fetch_speed(s)
    return {track.id: readiness(track, newest.get(track.id), speed, fetch_speed) for track in tracks}


def is_whole(track: Track) -> bool:
    return bool(track.chunks) and track.separated >= track.chunks
