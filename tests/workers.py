"""What the two workers do, in the test's own process and with the quick mix: real jobs, real files, no model."""

import time
from functools import partial

from pipeline import jobs
from pipeline.box import Box
from pipeline.engines.choice import Engines
from pipeline.jobs import Claim
from pipeline.tables import Lane
from pipeline.work import drain


def work_off(box: Box) -> None:
    """Do everything that is due, lane by lane."""
    Engines._made = None  # of another test's box
    for lane in Lane:
        drain(box, partial(_claim, box, lane))


def _claim(box: Box, lane: Lane) -> Claim | None:
    with box.db.write() as s:
        return jobs.claim(s, lane, "test", time.time())
