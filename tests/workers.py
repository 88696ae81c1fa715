"""What the two workers do, in the test's own process and with the quick mix: real jobs, real files, no model."""

import time
from functools import partial

from pipeline import jobs
from pipeline.box import Box
from pipeline.engines.choice import Engines
from pipeline.jobs import Claim
from pipeline.tables import Lane
from pipeline.work import drain


def work_off(box: Box, later: float = 0.0) -> None:
    """Do everything that is due, or will be in so many seconds, lane by lane and back again."""
    for lane in (*Lane, Lane.PREPARE):
        work_off_lane(box, lane, later)


def work_off_lane(box: Box, lane: Lane, later: float = 0.0) -> None:
    Engines._made = None  # of another test's box
    drain(box, partial(_claim, box, lane, later))


def _claim(box: Box, lane: Lane, later: float) -> Claim | None:
    with box.db.write() as s:
        return jobs.claim(s, lane, "test", time.time() + later)
