"""Whether the workers live: each holds the lock of its lane as long as it runs, and the system lets go when it dies."""

from pathlib import Path

from pipeline.locks import is_alive
from pipeline.tables import Lane

# Who is away for less only starts again.
AWAY_SECONDS = 10.0


class Workers:
    def __init__(self, locks: Path) -> None:
        self._locks = locks
        # Lane → when somebody worked in it, or could have begun to.
        self._seen: dict[Lane, float] = {}

    def missing(self, now: float) -> frozenset[Lane]:
        """The lanes in which nobody works, and has not for a while. A look takes a few microseconds."""
        for lane in Lane:
            if lane not in self._seen or is_alive(self._locks, lane):
                self._seen[lane] = now
        return frozenset(lane for lane, seen in self._seen.items() if now - seen > AWAY_SECONDS)
