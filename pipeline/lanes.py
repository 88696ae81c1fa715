"""The Huey queues, one a lane. A message carries nothing: it says “there is work”; which, the job table knows."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer

from pipeline.tables import Lane

# Whoever reads a message works until nothing is left: more than the threads of a lane would say nothing new.
ENOUGH = 8


class Lanes:
    """Sends messages from any process; in a worker process, `serve` gives one lane the code that does its work."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._work: dict[Lane, Callable[[], None]] = {}
        self._queues: dict[Lane, tuple[SqliteHuey, Callable[[], Any]]] = {}

    def wake(self, lane: Lane) -> None:
        """Say that there is work, unless that has been said often enough and not been heard yet."""
        queue, send = self._open(lane)
        if queue.pending_count() < ENOUGH:
            send()

    def unread(self, lane: Lane) -> int:
        return int(self._open(lane)[0].pending_count())

    def serve(self, lane: Lane, work: Callable[[], None], threads: int) -> Consumer:
        """The consumer that calls `work` for each message of the lane."""
        self._work[lane] = work
        queue = self._open(lane)[0]
        return queue.create_consumer(
            workers=threads,
            worker_type="thread",
            initial_delay=0.02,
            max_delay=0.1,
            backoff=1.2,
            periodic=False,
        )

    def _open(self, lane: Lane) -> tuple[SqliteHuey, Callable[[], Any]]:
        if lane not in self._queues:
            # A file a lane: SqliteHuey locks its file exclusively. No results: they would pile up for ever.
            queue = SqliteHuey(
                lane.value, filename=str(self._folder / f"{lane}.db"), results=False, fsync=False
            )
            self._queues[lane] = queue, queue.task(name="work")(partial(self._do, lane))
        return self._queues[lane]

    def _do(self, lane: Lane) -> None:
        self._work[lane]()
