"""The work on one claimed job: its steps in order, its heartbeat, and the ways it can end."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from pipeline import jobs, steps
from pipeline.box import Box
from pipeline.errors import (
    EncoreError,
    InputError,
    JobCancelled,
    JobGaveWay,
    JobLost,
    JobPutOff,
    JobStopped,
    Unavailable,
)
from pipeline.jobs import Claim
from pipeline.tables import Job

log = structlog.get_logger()

LOOK_SECONDS = 0.25
BEAT_SECONDS = 2.0
REPORT_SECONDS = 0.5
PUT_OFF_SECONDS = 30.0


class Work:
    """What a step sees of its job."""

    def __init__(self, box: Box, held: Claim) -> None:
        self.box = box
        self.held = held
        self.folder = box.store.folder(held.track_id)
        self._stop: JobStopped | None = None
        self._give_way = False
        self._ended = threading.Event()
        self._reported = 0.0

    def check(self) -> None:
        """Raise when this work is to stop now. Cheap: call it as often as you can."""
        if self._stop is not None:
            raise self._stop

    def pause_point(self) -> None:
        """Where the work could be taken up again later: raise when a more urgent job is due."""
        self.check()
        if self._give_way:
            raise JobGaveWay(job=self.held.job_id)

    def progress(self, share: float) -> None:
        self.check()
        if time.monotonic() - self._reported > REPORT_SECONDS:
            self._reported = time.monotonic()
            with self.box.db.write() as s:
                jobs.report(s, self.held, share)

    def watch(self) -> threading.Thread:
        """Start the thread that beats for this job and sees when it is to stop."""
        thread = threading.Thread(target=self._watch, name=f"watch {self.held.job_id[:8]}", daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        beaten = time.monotonic()
        while not self._ended.wait(LOOK_SECONDS):
            try:
                self._look()
                if time.monotonic() - beaten > BEAT_SECONDS:
                    beaten = time.monotonic()
                    with self.box.db.write() as s:
                        jobs.beat(s, self.held, time.time())
            except JobLost as lost:
                self._stop = lost
                return
            except EncoreError as error:
                log.warning("heartbeat missed", reason=str(error))

    def _look(self) -> None:
        with self.box.db.read() as s:
            job = s.get(Job, self.held.job_id)
            if job is None or job.attempt != self.held.attempt:
                raise JobLost(job=self.held.job_id)
            if job.cancel_asked:
                self._stop = JobCancelled(job=job.id)
            self._give_way = jobs.more_urgent(s, self.held, time.time())


def drain(box: Box, claim: Callable[[], Claim | None]) -> None:
    """Work on one due job after the other until none is left."""
    while (held := claim()) is not None:
        with structlog.contextvars.bound_contextvars(
            job=held.job_id, track=held.track_id, attempt=held.attempt
        ):
            _perform(box, held)


def _perform(box: Box, held: Claim) -> None:
    work = Work(box, held)
    watcher = work.watch()
    try:
        _end(work)
    except JobLost:
        log.warning("job lost to another attempt")
    finally:
        work.end()
        watcher.join()


def _end(work: Work) -> None:
    """Run the steps that are left, and note how that ends."""
    box, held = work.box, work.held
    try:
        _run_steps(work)
    except JobLost:
        raise
    except JobGaveWay:
        log.info("gave way to a more urgent song")
        with box.db.write() as s:
            jobs.give_way(s, held)
        box.lanes.wake(held.lane)
    except JobPutOff:
        log.info("put off")
        with box.db.write() as s:
            jobs.give_way(s, held, time.time() + PUT_OFF_SECONDS)
    except JobCancelled:
        log.info("job cancelled")
        with box.db.write() as s:
            jobs.cancelled(s, held, time.time())
    except EncoreError as error:
        _failed(work, error, again=not isinstance(error, InputError))
    except Exception as error:
        log.exception("step broke")
        _failed(work, EncoreError(str(error)), again=True)


def _run_steps(work: Work) -> None:
    held = work.held
    step: str | None = held.step
    while step is not None:
        work.held = replace(held, step=step)
        began = time.monotonic()
        _run_step(step, work)
        work.check()
        seconds = time.monotonic() - began
        then = steps.after(step)
        with work.box.db.write() as s:
            jobs.step_done(s, work.held, seconds, then, time.time())
        log.info("step done", step=step, seconds=round(seconds, 3))
        if then is not None and then[1] != held.lane:
            work.box.lanes.wake(then[1])
            return
        step = then[0] if then else None


def _run_step(step: str, work: Work) -> None:
    try:
        steps.run(step, work)
    except (JobStopped, Unavailable):
        raise
    except Exception:
        if step not in steps.EXTRAS:
            raise
        log.exception("step left out", step=step)


def _failed(work: Work, error: EncoreError, again: bool) -> None:
    with work.box.db.write() as s:
        again = jobs.fail(s, work.held, error, again, time.time())
    log.warning(
        "step failed",
        step=work.held.step,
        code=error.code,
        reason=str(error),
        detail=error.detail,
        again=again,
    )
