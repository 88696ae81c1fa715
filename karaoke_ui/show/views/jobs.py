"""The work on songs, as the host's panel lists it."""

from dataclasses import dataclass

from sqlmodel import Session, select

from karaoke_ui.show import night
from karaoke_ui.show.tables import Turn, TurnState
from karaoke_ui.show.views.rows import by_id
from pipeline import jobs
from pipeline.tables import JobState, Song, Track


@dataclass(frozen=True)
class JobView:
    """A song's preparation."""

    id: str
    song_id: str
    title: str
    artist: str
    step: str
    state: JobState
    progress: float
    error: str
    seconds: float
    has_turn: bool


def job_list(s: Session, limit: int = 60) -> tuple[JobView, ...]:
    """The work in hand and what failed, then the latest that is done; not of songs in the trash."""
    found = jobs.recent(s, limit)
    tracks = by_id(s, Track, {job.track_id for job in found})
    titles = by_id(s, Song, {track.song_id for track in tracks.values()})
    waiting = select(Turn.song_id).where(
        Turn.night_id == night.current(s).id, Turn.state == TurnState.WAITING
    )
    wanted = set(s.exec(waiting))
    rows = []
    for job in found:
        track = tracks[job.track_id]
        of = titles[track.song_id]
        if of.deleted_at is None:
            rows.append(
                JobView(
                    job.id,
                    of.id,
                    of.title,
                    of.artist,
                    job.step,
                    job.state,
                    job.progress,
                    job.error,
                    track.seconds,
                    of.id in wanted,
                )
            )
    return tuple(rows)
