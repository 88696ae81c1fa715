"""The job store: making, claiming, reporting, ending and reviving jobs, each as one change of the job's row.

Whoever works on a job holds a `Claim`. Every write through it is fenced: when the job was taken back and claimed
anew in the meantime (its `attempt` rose), nothing is changed and `JobLost` is raised.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, update

from pipeline import steps
from pipeline.db import announce
from pipeline.errors import Conflict, Crashed, EncoreError, JobLost, NotFound, ServiceDown
from pipeline.tables import NOT_URGENT, Job, JobKind, JobState, JobStep, Lane, Setting, Track, TrackState

ACTIVE = (JobState.QUEUED, JobState.RUNNING)
FIRST_STEPS = {JobKind.PREPARE: "fetch", JobKind.DESCRIBE: "describe"}
MAX_FAILURES = 4
BACKOFF_SECONDS = (2, 8, 30)
STALE_SECONDS = 12.0
# A running job gives way only to one that is due this much sooner: less would not be worth the switch.
GIVE_WAY_SECONDS = 60.0
# What a service that was down left undone is done again after this while, so much of it at once.
AGAIN_SECONDS = 600.0
AGAIN_AT_ONCE = 20


@dataclass(frozen=True)
class Claim:
    """The right of one worker to work on one job."""

    job_id: str
    attempt: int
    track_id: str
    kind: JobKind
    lane: Lane
    step: str
    urgency: float


def create(
    s: Session, track_id: str, urgency: float = NOT_URGENT, kind: JobKind = JobKind.PREPARE, step: str = ""
) -> Job:
    """The one unfinished job of this kind for this track: a new one, or the one that is there, cancelled no more."""
    job = _active(s, track_id, kind)
    if job is not None:
        return _wanted(s, job)
    step = step or FIRST_STEPS[kind]
    job = Job(track_id=track_id, kind=kind, step=step, lane=steps.lane(step), urgency=urgency)
    s.add(job)
    _track_state(s, job, TrackState.WAITING)
    announce(s, "job", job.id)
    return job


def claim(s: Session, lane: Lane, worker: str, now: float) -> Claim | None:
    """Take the most urgent job of the lane that is due, if there is one."""
    due = select(Job).where(Job.lane == lane, Job.state == JobState.QUEUED, Job.due_at <= now)
    if _first_sound_is_made(s):
        due = due.where(Job.urgency < NOT_URGENT)
    while job := s.exec(due.order_by(col(Job.urgency), col(Job.created_at), col(Job.id)).limit(1)).first():
        attempt = job.attempt + 1
        taken = s.exec(
            update(Job)
            .where(col(Job.id) == job.id, col(Job.state) == JobState.QUEUED, col(Job.attempt) == job.attempt)
            .values(
                state=JobState.RUNNING,
                attempt=attempt,
                worker=worker,
                heartbeat_at=now,
                started_at=job.started_at or now,
                error_code="",
                error="",
            )
        )
        if taken.rowcount == 1:
            _track_state(s, job, TrackState.PREPARING)
            announce(s, "job", job.id)
            return Claim(job.id, attempt, job.track_id, job.kind, lane, job.step, job.urgency)
        s.expire_all()
    return None


def _first_sound_is_made(s: Session) -> bool:
    """A singer's song has no second of sound yet, and is worked on: what nobody waits for leaves it the processors."""
    made = (
        select(Job.id)
        .join(Track)
        .where(
            Job.state == JobState.RUNNING,
            Job.urgency < NOT_URGENT,
            Track.separated == 0,
            (Job.lane == Lane.SEPARATE) | (Job.step == "decode"),
        )
    )
    return s.exec(made.limit(1)).first() is not None


def beat(s: Session, held: Claim, now: float) -> None:
    """Say that the work goes on."""
    _write(s, held, heartbeat_at=now)


def report(s: Session, held: Claim, progress: float) -> None:
    """Say how far the current step is (0 to 1)."""
    _write(s, held, progress=round(progress, 4))
    announce(s, "job", held.job_id)


def step_done(s: Session, held: Claim, seconds: float, then: tuple[str, Lane] | None, now: float) -> None:
    """Note a finished step; `then` is the next one, in whichever lane, or None after the last."""
    _write(s, held, **_after(then, held.lane, now))
    taken = s.get(JobStep, (held.job_id, held.step)) or JobStep(job_id=held.job_id, name=held.step)
    taken.seconds, taken.ended_at = seconds, now
    s.add(taken)
    track = s.get(Track, held.track_id)
    if then is None or (track is not None and is_whole(track)):
        _track_state(s, held, TrackState.READY)
    announce(s, "job", held.job_id)


def give_way(s: Session, held: Claim, until: float | None = None) -> None:
    """Put the job back: what is finished of it stays, and it goes on when its time comes."""
    later = {} if until is None else {"due_at": until}
    _write(s, held, state=JobState.QUEUED, worker="", **later)
    announce(s, "job", held.job_id)


def fail(s: Session, held: Claim, error: EncoreError, again: bool, now: float) -> bool:
    """Note a failure; True when it will be tried again after a pause."""
    job = _held(s, held)
    failures = job.failures + 1
    again = again and failures < MAX_FAILURES
    pause = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]
    _write(
        s,
        held,
        state=JobState.QUEUED if again else JobState.FAILED,
        failures=failures,
        due_at=now + pause,
        worker="",
        ended_at=None if again else now,
        error_code=error.code,
        error=error.note,
    )
    if not again:
        _track_state(s, held, TrackState.FAILED)
    announce(s, "job", held.job_id)
    return again


def cancelled(s: Session, held: Claim, now: float) -> None:
    """End a running job whose cancel was asked for, now that its work has stopped; it goes on if it is wanted again."""
    if not _held(s, held).cancel_asked:
        give_way(s, held)
        return
    _write(s, held, state=JobState.CANCELLED, worker="", ended_at=now)
    _track_state(s, held, TrackState.FAILED)
    announce(s, "job", held.job_id)


def cancel(s: Session, job_id: str) -> Job:
    """Ask for a job's end: at once when it waits, through its worker when it runs."""
    job = get(s, job_id)
    if job.state == JobState.QUEUED:
        job.state, job.ended_at = JobState.CANCELLED, time.time()
        _track_state(s, job, TrackState.FAILED)
    elif job.state == JobState.RUNNING:
        job.cancel_asked = True
    else:
        raise Conflict(reason="job_ended")
    s.add(job)
    announce(s, "job", job.id)
    return job


def retry(s: Session, job_id: str) -> Job:
    """Queue a failed or cancelled job again, from the step it stopped at."""
    job = get(s, job_id)
    active = _active(s, job.track_id, job.kind)
    if active is not None:
        return _wanted(s, active)
    job.state, job.failures, job.cancel_asked, job.due_at = JobState.QUEUED, 0, False, time.time()
    job.ended_at, job.error_code, job.error = None, "", ""
    s.add(job)
    _track_state(s, job, TrackState.WAITING)
    announce(s, "job", job.id)
    return job


def do_again_later(s: Session, held: Claim, error: ServiceDown) -> None:
    """Note that a step had to do without a service: the job ends all the same, and is done again some time."""
    _write(s, held, error_code=error.code, error=error.note)


def again(s: Session, now: float) -> int:
    """Queue some of the jobs that had to do without a service, from their first step."""
    left = select(Job).join(Track).where(Job.state == JobState.DONE, Job.error_code == ServiceDown.code)
    left = left.where(
        col(Job.ended_at) < now - AGAIN_SECONDS * col(Job.attempt), col(Track.deleted_at).is_(None)
    )
    found = s.exec(left.order_by(col(Job.ended_at)).limit(AGAIN_AT_ONCE)).all()
    for job in found:
        job.error_code, job.error = "", ""
        if _active(s, job.track_id, job.kind) is None:
            job.step, job.state, job.due_at, job.ended_at = FIRST_STEPS[job.kind], JobState.QUEUED, now, None
            announce(s, "job", job.id)
        s.add(job)
    return len(found)


def separate_again(s: Session, track_id: str) -> Job:
    """Take the voice out once more (a quick mix, when the model has arrived); what is there is played until then."""
    # What was to be used as it is goes the way of every song, now that somebody wants it to.
    track = s.get_one(Track, track_id)
    track.ready_made = False
    s.add(track)
    return go_back(s, track_id, "separate") if track.chunks else create(s, track_id)


def go_back(s: Session, track_id: str, step: str) -> Job:
    """Let a job do a step anew that it has begun or passed: whoever works on it loses it."""
    job = create(s, track_id, kind=steps.kind(step), step=step)
    begun = job.step == step and job.state == JobState.RUNNING
    if begun or steps.comes_before(step, job.step):
        job.step, job.lane, job.state = step, steps.lane(step), JobState.QUEUED
        job.attempt, job.worker, job.progress = job.attempt + 1, "", 0.0
        s.add(job)
        announce(s, "job", job.id)
    return job


def hurry(s: Session, urgencies: Mapping[str, float]) -> None:
    """Let the order of work follow the queue of singers: track id → when its turn is expected."""
    # Thousands may wait that nobody has asked for: they stay as they are.
    concerned = (col(Job.urgency) < NOT_URGENT) | col(Job.track_id).in_(list(urgencies))
    for job in s.exec(select(Job).where(col(Job.state).in_(ACTIVE), concerned)):
        wanted = urgencies.get(job.track_id, NOT_URGENT)
        if abs(job.urgency - wanted) >= 1:
            job.urgency = wanted
            s.add(job)


def more_urgent(s: Session, held: Claim, now: float) -> bool:
    """Does a job wait that should go before this one, or is one at work that should not share the processors?"""
    mine = _held(s, held).urgency
    waiting = select(func.min(Job.urgency)).where(
        Job.lane == held.lane, Job.state == JobState.QUEUED, col(Job.due_at) <= now
    )
    soonest: float | None = s.exec(waiting).one()
    if soonest is not None and soonest < mine - GIVE_WAY_SECONDS:
        return True
    return mine >= NOT_URGENT and _first_sound_is_made(s)


def take_back(s: Session, lane: Lane, now: float, dead_worker: str | None = None) -> int:
    """Queue the jobs again whose worker died: all of `dead_worker` at its new start, others by a stale heartbeat."""
    lost: ColumnElement[bool] = col(Job.heartbeat_at) < now - STALE_SECONDS
    if dead_worker:
        lost = lost | (col(Job.worker) == dead_worker)
    jobs = s.exec(select(Job).where(Job.lane == lane, Job.state == JobState.RUNNING, lost)).all()
    for job in jobs:
        # A file that kills its worker each time must not do so for ever.
        job.failures += 1
        job.worker = ""
        if job.cancel_asked or job.failures > MAX_FAILURES:
            job.state = JobState.CANCELLED if job.cancel_asked else JobState.FAILED
            job.ended_at = now
            job.error_code, job.error = ("", "") if job.cancel_asked else (Crashed.code, Crashed().note)
            _track_state(s, job, TrackState.FAILED)
        else:
            job.state = JobState.QUEUED
        s.add(job)
        announce(s, "job", job.id)
    return len(jobs)


def put_back(s: Session, lane: Lane, worker: str) -> None:
    """Queue a worker's jobs again because it is being stopped, not because something failed."""
    for job in s.exec(
        select(Job).where(Job.lane == lane, Job.state == JobState.RUNNING, Job.worker == worker)
    ):
        job.state, job.worker = JobState.QUEUED, ""
        s.add(job)
        announce(s, "job", job.id)


def due(s: Session, lane: Lane, now: float) -> int:
    waiting = select(func.count()).where(
        Job.lane == lane, Job.state == JobState.QUEUED, col(Job.due_at) <= now
    )
    return s.exec(waiting).one()


def get(s: Session, job_id: str) -> Job:
    job = s.get(Job, job_id)
    if job is None:
        raise NotFound(what="job")
    return job


def recent(s: Session, limit: int = 100) -> list[Job]:
    """The preparations: those in hand first, then the newest ended ones."""
    order = (col(Job.state).in_(ACTIVE).desc(), col(Job.urgency), col(Job.created_at).desc())
    return list(s.exec(select(Job).where(Job.kind == JobKind.PREPARE).order_by(*order).limit(limit)))


def of_tracks(s: Session, track_ids: Iterable[str], kind: JobKind = JobKind.PREPARE) -> dict[str, Job]:
    """The newest job of this kind of each track."""
    theirs = select(Job).where(col(Job.track_id).in_(list(track_ids)), Job.kind == kind)
    found = s.exec(theirs.order_by(col(Job.created_at)))
    return {job.track_id: job for job in found}


def note_speed(s: Session, engine: str, seconds_per_second: float) -> None:
    """Remember how fast this box separates: seconds of work for a second of music."""
    s.merge(Setting(name=f"speed.{_pace(engine)}", value=f"{seconds_per_second:.4f}"))


def speed(s: Session, engine: str, assumed: float = 1.0) -> float:
    found = s.get(Setting, f"speed.{_pace(engine)}")
    return float(found.value) if found else assumed


def _pace(engine: str) -> str:
    """All models are the same network with other weights."""
    return engine if engine in ("center", "fetch") else "htdemucs"


def _after(then: tuple[str, Lane] | None, lane: Lane, now: float) -> dict[str, object]:
    if then is None:
        done = {"state": JobState.DONE, "progress": 1.0, "worker": "", "ended_at": now, "failures": 0}
        return done | {"cancel_asked": False}  # it came too late
    moved: dict[str, object] = {"step": then[0], "progress": 0.0, "failures": 0}
    if then[1] != lane:
        moved |= {"lane": then[1], "state": JobState.QUEUED, "worker": ""}
    return moved


def _held(s: Session, held: Claim) -> Job:
    job = s.get(Job, held.job_id)
    if job is None or job.attempt != held.attempt or job.state != JobState.RUNNING:
        raise JobLost(job=held.job_id)
    return job


def _write(s: Session, held: Claim, **values: object) -> None:
    changed = s.exec(
        update(Job)
        .where(
            col(Job.id) == held.job_id, col(Job.attempt) == held.attempt, col(Job.state) == JobState.RUNNING
        )
        .values(**values)
    )
    if changed.rowcount != 1:
        raise JobLost(job=held.job_id)


def _active(s: Session, track_id: str, kind: JobKind) -> Job | None:
    unfinished = select(Job).where(Job.track_id == track_id, Job.kind == kind, col(Job.state).in_(ACTIVE))
    return s.exec(unfinished).first()


def _wanted(s: Session, job: Job) -> Job:
    """Take back that an unfinished job is to end, if somebody asked for that."""
    if job.cancel_asked:
        job.cancel_asked = False
        s.add(job)
        announce(s, "job", job.id)
    return job


def _track_state(s: Session, of: Job | Claim, state: TrackState) -> None:
    """What a preparation means for its track. What is found out beside it makes no song less singable."""
    track = s.get(Track, of.track_id)
    if track is None or of.kind != JobKind.PREPARE:
        return
    # A track whose stems are whole stays singable while better ones are made.
    if is_whole(track) and state != TrackState.READY:
        return
    track.state = state
    s.add(track)
    announce(s, "track", track.id)


def is_whole(track: Track) -> bool:
    return track.engine != "" and track.separated == track.chunks
