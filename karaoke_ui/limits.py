"""Rate limits: how often one source may try a thing. In memory: a restart forgives."""

import time
from collections import deque
from dataclasses import dataclass

from pipeline.errors import TooManyTries

MOST_SOURCES = 10_000


@dataclass(frozen=True, eq=False)
class Limit:
    """At most `times` in `seconds`. Two limits with the same numbers are still two."""

    times: int
    seconds: float


LOGINS = Limit(8, 60)
PAIRINGS = Limit(10, 60)
JOINS = Limit(20, 60)
REQUESTS = Limit(20, 60)
# Of one phone: four letters are guessed in no night. And of all together.
RECOVERIES = Limit(5, 600)
ALL_RECOVERIES = Limit(40, 3600)
MESSAGES = Limit(4, 120)
REACTIONS = Limit(12, 10)
SEARCHES = Limit(240, 60)
PREVIEWS = Limit(60, 60)
# Of one phone, and of all together: YouTube refuses a box that asks too often.
VIDEO_SEARCHES = Limit(30, 60)
ALL_VIDEO_SEARCHES = Limit(90, 60)
UPDATES = Limit(4, 300)
UPLOADS = Limit(600, 60)
# Songs that guests bring: of one phone, and of all together.
GUEST_UPLOADS = Limit(6, 600)
ALL_GUEST_UPLOADS = Limit(60, 600)


class Limits:
    """Counts tries by limit and source, over a sliding window."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Limit, str], deque[float]] = {}

    def spend(self, limit: Limit, source: str, now: float | None = None) -> None:
        """Count one try, or raise `TooManyTries`."""
        now = time.monotonic() if now is None else now
        tries = self._tries.setdefault((limit, source), deque())
        while tries and tries[0] <= now - limit.seconds:
            tries.popleft()
        if len(tries) >= limit.times:
            raise TooManyTries(seconds=max(1, round(tries[0] + limit.seconds - now)))
        tries.append(now)
        if len(self._tries) > MOST_SOURCES:
            self._forget(now)

    def _forget(self, now: float) -> None:
        for key in [
            key for key, tries in self._tries.items() if not tries or tries[-1] <= now - key[0].seconds
        ]:
            del self._tries[key]
