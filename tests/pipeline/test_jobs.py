"""The job store: claims, fencing, order of work, failures, and that no job is ever lost."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import Session, select

from pipeline import jobs, steps, work
from pipeline.box import Box
from pipeline.errors import Conflict, EncoreError, JobGaveWay, JobLost
from pipeline.jobs import Claim
from pipeline.tables import NOT_URGENT, Job, JobState, JobStep, Lane, Song, Track, TrackState, new_id

NOW = 2_000_000_000.0


def add_track(s: Session) -> str:
    song = Song(title="Song")
    s.add(song)
    s.flush()
    track = Track(
        song_id=song.id,
        source="upload",
        file_name="a",
        original="original",
        sha256=new_id(),
        bytes=1,
        seconds=60,
    )
    s.add(track)
    s.flush()
    return track.id


def add_job(box: Box, urgency: float = NOT_URGENT) -> str:
    with box.db.write() as s:
        return jobs.create(s, add_track(s), urgency).id


def claim(box: Box, lane: Lane = Lane.PREPARE, worker: str = "me", now: float = NOW) -> Claim | None:
    with box.db.write() as s:
        return jobs.claim(s, lane, worker, now)


def must_claim(box: Box, lane: Lane = Lane.PREPARE, now: float = NOW) -> Claim:
    held = claim(box, lane, now=now)
    assert held is not None
    return held


def read(box: Box, job_id: str) -> Job:
    with box.db.read() as s:
        return jobs.get(s, job_id)


def test_the_most_urgent_job_comes_first(box: Box) -> None:
    add_job(box)
    soon, later = add_job(box, NOW + 60), add_job(box, NOW + 600)
    assert [must_claim(box).job_id, must_claim(box).job_id] == [soon, later]


def test_a_track_has_one_unfinished_job_however_often_it_is_asked_for(box: Box) -> None:
    with box.db.write() as s:
        track_id = add_track(s)
        first = jobs.create(s, track_id).id
    with box.db.write() as s:
        assert jobs.create(s, track_id).id == first


def test_two_workers_never_claim_the_same_job(box: Box) -> None:
    for _ in range(30):
        add_job(box)
    claimed: list[str] = []

    def work(name: str) -> None:
        while (held := claim(box, worker=name)) is not None:
            claimed.append(held.job_id)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30


def test_a_lane_sees_only_its_own_jobs(box: Box) -> None:
    add_job(box)
    assert claim(box, Lane.SEPARATE) is None


def test_steps_lead_from_one_lane_to_the_next_and_are_timed(box: Box) -> None:
    job_id = add_job(box)
    held = must_claim(box)
    with box.db.write() as s:
        jobs.step_done(s, held, 1.5, ("separate", Lane.SEPARATE), NOW)
    assert claim(box) is None
    held = must_claim(box, Lane.SEPARATE)
    with box.db.write() as s:
        jobs.step_done(s, held, 9.0, None, NOW)
    job = read(box, job_id)
    assert (job.state, job.progress) == (JobState.DONE, 1.0)
    with box.db.read() as s:
        assert s.get_one(Track, job.track_id).state == TrackState.READY
        assert {step.name: step.seconds for step in s.exec(select(JobStep))} == {
            "fetch": 1.5,
            "separate": 9.0,
        }


def test_what_an_older_attempt_writes_changes_nothing(box: Box) -> None:
    job_id = add_job(box)
    old = must_claim(box)
    with box.db.write() as s:
        assert jobs.take_back(s, Lane.PREPARE, NOW + jobs.STALE_SECONDS + 1) == 1
    new = must_claim(box)
    late: list[Callable[[Session], object]] = [
        lambda s: jobs.report(s, old, 0.9),
        lambda s: jobs.beat(s, old, NOW),
        lambda s: jobs.step_done(s, old, 1, None, NOW),
        lambda s: jobs.give_way(s, old),
        lambda s: jobs.fail(s, old, EncoreError(), again=True, now=NOW),
    ]
    for write in late:
        with pytest.raises(JobLost), box.db.write() as s:
            write(s)
    assert (read(box, job_id).attempt, read(box, job_id).state) == (new.attempt, JobState.RUNNING)


def test_a_beating_job_is_left_alone(box: Box) -> None:
    held = must_claim_of_new(box)
    later = NOW + jobs.STALE_SECONDS + 5
    with box.db.write() as s:
        jobs.beat(s, held, later - 1)
        assert jobs.take_back(s, Lane.PREPARE, later) == 0


def must_claim_of_new(box: Box) -> Claim:
    add_job(box)
    return must_claim(box)


def test_a_dead_workers_jobs_come_back_at_once(box: Box) -> None:
    add_job(box)
    claim(box, worker="dead")
    with box.db.write() as s:
        assert jobs.take_back(s, Lane.PREPARE, NOW, dead_worker="dead") == 1
    assert claim(box) is not None


def test_a_file_that_kills_its_worker_each_time_is_given_up(box: Box) -> None:
    job_id = add_job(box)
    for _ in range(jobs.MAX_FAILURES + 1):
        must_claim(box)
        with box.db.write() as s:
            jobs.take_back(s, Lane.PREPARE, NOW, dead_worker="me")
    assert claim(box) is None
    assert (read(box, job_id).state, read(box, job_id).error_code) == (JobState.FAILED, "crashed")


def test_a_failure_is_tried_again_later_and_later(box: Box) -> None:
    job_id = add_job(box)
    now = NOW
    for pause in jobs.BACKOFF_SECONDS:
        held = must_claim(box, now=now)
        with box.db.write() as s:
            assert jobs.fail(s, held, EncoreError("no network"), again=True, now=now)
        assert claim(box, now=now + pause - 0.1) is None
        now += pause
    held = must_claim(box, now=now)
    with box.db.write() as s:
        assert not jobs.fail(s, held, EncoreError("no network"), again=True, now=now)
    assert read(box, job_id).state == JobState.FAILED


def test_a_failure_that_cannot_be_mended_is_not_tried_again(box: Box) -> None:
    held = must_claim_of_new(box)
    with box.db.write() as s:
        assert not jobs.fail(s, held, EncoreError(), again=False, now=NOW)
        assert s.get_one(Track, held.track_id).state == TrackState.FAILED


def test_a_waiting_job_is_cancelled_at_once_and_can_be_taken_up_again(box: Box) -> None:
    job_id = add_job(box)
    with box.db.write() as s:
        jobs.cancel(s, job_id)
    assert claim(box) is None
    with pytest.raises(Conflict), box.db.write() as s:
        jobs.cancel(s, job_id)
    with box.db.write() as s:
        jobs.retry(s, job_id)
    assert must_claim(box, now=time.time() + 1).job_id == job_id


def test_a_running_job_is_told_to_stop(box: Box) -> None:
    held = must_claim_of_new(box)
    with box.db.write() as s:
        assert jobs.cancel(s, held.job_id).cancel_asked
    with box.db.write() as s:
        jobs.cancelled(s, held, NOW)
    assert read(box, held.job_id).state == JobState.CANCELLED


def cancel_of_new(box: Box) -> Claim:
    """A job whose worker has not seen yet that it is to end."""
    held = must_claim_of_new(box)
    with box.db.write() as s:
        jobs.cancel(s, held.job_id)
    return held


@pytest.mark.parametrize(
    "want",
    [
        lambda s, held: jobs.retry(s, held.job_id),
        lambda s, held: jobs.create(s, held.track_id),
        lambda s, held: jobs.separate_again(s, held.track_id),
    ],
    ids=["retried", "asked for", "made again"],
)
def test_a_cancel_that_was_thought_better_of_ends_nothing(
    box: Box, want: Callable[[Session, Claim], Job]
) -> None:
    held = cancel_of_new(box)
    with box.db.write() as s:
        assert want(s, held).id == held.job_id
    with box.db.write() as s:
        jobs.cancelled(s, held, NOW)  # its worker stops all the same
    assert must_claim(box).job_id == held.job_id
    with box.db.read() as s:
        assert s.get_one(Track, held.track_id).state == TrackState.PREPARING
    with pytest.raises(JobLost), box.db.write() as s:
        jobs.cancelled(s, held, NOW)


def test_a_cancel_that_came_too_late_ends_no_later_work(box: Box) -> None:
    held = cancel_of_new(box)
    with box.db.write() as s:
        jobs.step_done(s, held, 1.0, None, NOW)
    assert not read(box, held.job_id).cancel_asked


def stand_at(box: Box, step: str, *, running: bool = True) -> Job:
    """A song that can be sung, whose preparation is at a late step."""
    with box.db.write() as s:
        track = s.get_one(Track, add_track(s))
        track.engine, track.chunks, track.separated, track.state = "center", 3, 3, TrackState.READY
        job = jobs.create(s, track.id, step=step)
        s.flush()
        if running:
            assert jobs.claim(s, job.lane, "me", time.time())
    return read(box, job.id)


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("step", ["align", "measure", "film"])
def test_a_song_is_made_again_whatever_is_done_to_it(box: Box, step: str, running: bool) -> None:
    job = stand_at(box, step, running=running)
    with box.db.write() as s:
        assert jobs.separate_again(s, job.track_id).id == job.id
    held = must_claim(box, Lane.SEPARATE)
    assert (held.job_id, held.step) == (job.id, "separate")
    assert held.attempt > job.attempt


def test_a_step_is_done_anew_when_it_has_begun_but_not_when_it_waits(box: Box) -> None:
    begun, waiting = stand_at(box, "align"), stand_at(box, "align", running=False)
    with box.db.write() as s:
        again = [jobs.go_back(s, job.track_id, "align") for job in (waiting, begun)]
    assert [job.state for job in again] == [JobState.QUEUED] * 2
    assert [job.attempt - old.attempt for job, old in zip(again, (waiting, begun), strict=True)] == [0, 1]


def test_a_job_goes_back_no_further_than_it_has_come(box: Box) -> None:
    job = stand_at(box, "decode")
    with box.db.write() as s:
        assert jobs.go_back(s, job.track_id, "align").step == "decode"
    assert read(box, job.id).state == JobState.RUNNING


def test_a_song_without_a_sound_is_made_from_its_beginning(box: Box) -> None:
    with box.db.write() as s:
        assert jobs.separate_again(s, add_track(s)).step == "fetch"


def test_a_worker_that_gives_way_may_find_its_job_lost(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(box, "film", running=False)

    def run(_: str, doing: work.Work) -> None:
        with box.db.write() as s:
            jobs.go_back(s, doing.held.track_id, "separate")
        raise JobGaveWay(job=doing.held.job_id)

    monkeypatch.setattr(steps, "run", run)
    work.drain(box, partial(claim, box))
    assert must_claim(box, Lane.SEPARATE).step == "separate"


def test_only_a_job_that_is_due_much_sooner_makes_another_give_way(box: Box) -> None:
    add_job(box, NOW + 1000)
    held = must_claim(box)
    with box.db.write() as s:
        assert not jobs.more_urgent(s, held, NOW)
    add_job(box, NOW + 1000 - jobs.GIVE_WAY_SECONDS / 2)
    with box.db.read() as s:
        assert not jobs.more_urgent(s, held, NOW)
    add_job(box, NOW)
    with box.db.read() as s:
        assert jobs.more_urgent(s, held, NOW)


def test_nothing_that_nobody_waits_for_works_beside_a_singers_first_sound(box: Box) -> None:
    others = [add_job(box), add_job(box)]
    held = must_claim(box)
    asked = add_job(box, NOW + 60)
    urgent = must_claim(box)
    assert urgent.job_id == asked
    with box.db.write() as s:
        assert not jobs.more_urgent(s, held, NOW), "it may be fetched for minutes"
        jobs.step_done(s, urgent, 1.0, ("decode", Lane.PREPARE), NOW)
        assert jobs.more_urgent(s, held, NOW)
        jobs.give_way(s, held)
    assert claim(box) is None
    with box.db.write() as s:
        jobs.step_done(s, urgent, 1.0, ("separate", Lane.SEPARATE), NOW)
    urgent = must_claim(box, Lane.SEPARATE)
    assert claim(box) is None
    with box.db.write() as s:
        track = s.get_one(Track, urgent.track_id)
        track.separated = 1
        s.add(track)
    assert {must_claim(box).job_id, must_claim(box).job_id} == {*others}


def test_urgency_follows_the_singers(box: Box) -> None:
    first, second = add_job(box, NOW + 10), add_job(box, NOW + 20)
    with box.db.write() as s:
        jobs.hurry(s, {read(box, second).track_id: NOW + 5})
    assert read(box, first).urgency == NOT_URGENT
    assert must_claim(box).job_id == second


class NoJobIsLost(RuleBasedStateMachine):
    """Whatever happens in whatever order: each job is waiting, held by exactly one worker, or has ended."""

    box: Box

    def __init__(self) -> None:
        super().__init__()
        with self.box.db.write() as s:
            for job in s.exec(select(Job)):
                job.state = JobState.DONE
                s.add(job)
        self.now = NOW
        self.held: list[Claim] = []
        self.made: set[str] = set()

    @rule(urgency=st.floats(NOW, NOW + 1000))
    def ask(self, urgency: float) -> None:
        self.made.add(add_job(self.box, urgency))

    @rule(lane=st.sampled_from(list(Lane)))
    def take(self, lane: Lane) -> None:
        if held := claim(self.box, lane, now=self.now):
            self.held.append(held)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), ending=st.sampled_from(["next lane", "done", "failed", "gave way", "killed"]))
    def stop(self, data: st.DataObject, ending: str) -> None:
        held = data.draw(st.sampled_from(self.held))
        self.held.remove(held)
        try:
            with self.box.db.write() as s:
                match ending:
                    case "next lane":
                        jobs.step_done(s, held, 1, ("separate", Lane.SEPARATE), self.now)
                    case "done":
                        jobs.step_done(s, held, 1, None, self.now)
                    case "failed":
                        jobs.fail(s, held, EncoreError(), again=True, now=self.now)
                    case "gave way":
                        jobs.give_way(s, held)
        except JobLost:
            pass

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        with self.box.db.write() as s:
            for lane in Lane:
                jobs.take_back(s, lane, self.now)

    @invariant()
    def each_job_is_somewhere(self) -> None:
        with self.box.db.read() as s:
            rows = [job for job in s.exec(select(Job)) if job.id in self.made]
        assert len(rows) == len(self.made)
        newest = {held.job_id: held for held in self.held}
        for job in rows:
            if job.state == JobState.RUNNING:
                # Running means: somebody holds this very attempt, or its heartbeat will be found stale.
                held = newest.get(job.id)
                assert held is None or held.attempt <= job.attempt
                assert job.heartbeat_at is not None
            holders = [h for h in self.held if h.job_id == job.id and h.attempt == job.attempt]
            assert len(holders) <= 1


def test_no_job_is_lost_in_any_order_of_events(box: Box) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    few = settings(
        max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(type("Bound", (NoJobIsLost,), {"box": box}), settings=few)
