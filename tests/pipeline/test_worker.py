"""A worker process that is asked to end: its work is put back, and nothing of it is taken again on the way out."""

import os

import pytest

from pipeline import jobs
from pipeline.box import Box
from pipeline.tables import JobState, Lane
from pipeline.worker import Worker
from tests.pipeline.test_jobs import add_job, read


def test_what_is_put_back_is_left_for_the_next_one(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    job, worker = add_job(box), Worker(box, Lane.PREPARE)
    assert worker._claim() is not None
    worker._put_back_and_exit()
    assert ended == [0]
    # Its other thread finds the work lost, and looks for more before the process has ended.
    assert worker._claim() is None
    found = read(box, job)
    assert (found.state, found.failures) == (JobState.QUEUED, 0)
    with box.db.write() as s:
        assert jobs.take_back(s, Lane.PREPARE, 0.0, dead_worker=worker.name) == 0
