"""A worker process: `python -m pipeline.worker prepare` or `… separate`. It does the jobs of one lane, for ever."""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

import structlog

from pipeline import chores, jobs, lifeline, locks, log, settings
from pipeline.box import Box
from pipeline.engines import memory
from pipeline.errors import EncoreError
from pipeline.intake import watch
from pipeline.jobs import Claim
from pipeline.tables import Lane
from pipeline.work import drain

logger = structlog.get_logger()

SWEEP_SECONDS = 5.0
THREADS = {Lane.PREPARE: 2, Lane.SEPARATE: 1}
# The stage and the screens come first: their sends are short, and a song's preparation can wait for them.
NICE = {Lane.PREPARE: 3, Lane.SEPARATE: 5}


class Worker:
    """One lane's claims, sweeps and shutdown."""

    def __init__(self, box: Box, lane: Lane) -> None:
        self.box = box
        self.lane = lane
        self.name = f"{socket.gethostname()}/{lane}"
        # What was put back is for the next one: whoever worked on it here does not take it again.
        self._leaving = False

    def run(self) -> None:
        """Work until the process ends."""
        with self.box.db.write() as s:
            # The lock is ours, so whoever worked under this name before is dead.
            taken = jobs.take_back(s, self.lane, time.time(), dead_worker=self.name)
        logger.info("worker started", lane=self.lane.value, taken_back=taken)
        consumer = self.box.lanes.serve(self.lane, self._work, THREADS[self.lane])
        consumer.start()
        if self.lane is Lane.PREPARE:
            threading.Thread(target=chores.go_on, args=(self.box,), name="chores", daemon=True).start()
            watch.start(self.box)
        signal.signal(signal.SIGTERM, self._leave)
        signal.signal(signal.SIGINT, self._leave)
        while True:
            self._sweep()
            if self.lane is Lane.SEPARATE:
                self._follow_choice()
            time.sleep(SWEEP_SECONDS)
            consumer.check_worker_health()

    def _work(self) -> None:
        drain(self.box, self._claim)
        if self.lane is Lane.SEPARATE:
            memory.give_back()

    def _claim(self) -> Claim | None:
        with self.box.db.write() as s:
            return None if self._leaving else jobs.claim(s, self.lane, self.name, time.time())

    def _sweep(self) -> None:
        """Messages get lost and workers die: what is due is found here all the same."""
        try:
            with self.box.db.write() as s:
                jobs.take_back(s, self.lane, time.time())
                due = jobs.due(s, self.lane, time.time())
            if due and not self.box.lanes.unread(self.lane):
                for _ in range(min(due, THREADS[self.lane])):
                    self.box.lanes.wake(self.lane)
        except EncoreError as error:
            logger.warning("sweep missed", reason=str(error))

    def _follow_choice(self) -> None:
        from pipeline.engines.choice import Engines

        try:
            Engines.of(self.box).look()
        except EncoreError as error:
            logger.warning("choice of the model not seen", reason=str(error))

    def _leave(self, _signal: int, _frame: FrameType | None) -> None:
        """Put the jobs back and go at once: a finished chunk is on disk, the rest is done again."""
        threading.Thread(target=self._put_back_and_exit, daemon=True).start()

    def _put_back_and_exit(self) -> None:
        self._leaving = True
        with self.box.db.write() as s:
            jobs.put_back(s, self.lane, self.name)
        os._exit(0)


def main(lane: Lane) -> None:
    lifeline.hold()
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format, lane.value)
    os.nice(NICE[lane])
    if lane is Lane.SEPARATE:
        memory.keep()
    held = locks.lock(chosen.locks, lane)
    box = Box.open(chosen)
    if lane is Lane.SEPARATE:
        from pipeline.engines.choice import Engines  # numpy and, once a model is there, torch

        Engines.of(box).warm()
    try:
        Worker(box, lane).run()
    finally:
        held.close()


if __name__ == "__main__":
    main(Lane(sys.argv[1]))
