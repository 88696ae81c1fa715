"""The breaker of a service: after some failures in a row it is left alone for a while, and every screen can see that."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from pipeline.db import announce
from pipeline.tables import Setting

PREFIX = "service."
# A service that sends us away for longer than this is asked once an hour all the same.
MAX_PAUSE_SECONDS = 3600.0


@dataclass(frozen=True)
class State:
    """What is known of a service. `since` is None while it answers."""

    name: str
    since: float | None = None
    # Not asked again before this moment.
    until: float = 0.0
    reason: str = ""

    @property
    def down(self) -> bool:
        return self.since is not None


@dataclass(frozen=True)
class Rest:
    """How many failures in a row open the breaker, and for how long: the pause doubles while it stays down."""

    failures: int = 5
    seconds: float = 30.0
    longest: float = 600.0


class Breaker:
    """Closed, open (nobody asks), or half-open (one asks, and what comes of it decides)."""

    def __init__(self, state: State, rest: Rest, say: Callable[[State], None]) -> None:
        self.state = state
        self._rest = rest
        self._say = say
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = rest.seconds
        self._trying = False

    def let_in(self) -> bool:
        """May a request be made now? Who is let in says afterwards what came of it."""
        with self._lock:
            if not self.state.down:
                return True
            if self._trying or time.time() < self.state.until:
                return False
            self._trying = True
            return True

    @property
    def is_open(self) -> bool:
        return self.state.down

    def worked(self) -> None:
        with self._lock:
            self._failures, self._trying, self._pause = 0, False, self._rest.seconds
            if self.state.down:
                self._become(State(self.state.name))

    def gave_up(self) -> None:
        """The request ended without an answer and without a failure: somebody stopped it."""
        with self._lock:
            self._trying = False

    def failed(self, reason: str, wait: float = 0.0) -> None:
        """A request failed; the service may have said how long it wants to be left alone."""
        with self._lock:
            now = time.time()
            self._failures += 1
            self._trying = False
            if not (self.state.down or wait or self._failures >= self._rest.failures):
                return
            pause = min(max(self._pause, wait), MAX_PAUSE_SECONDS)
            self._pause = min(self._pause * 2, self._rest.longest)
            self._become(State(self.state.name, self.state.since or now, now + pause, reason))

    def _become(self, state: State) -> None:
        self.state = state
        self._say(state)


def say(s: Session, state: State) -> None:
    s.merge(Setting(name=PREFIX + state.name, value=json.dumps(asdict(state))))
    announce(s, "service", state.name)


def forget(s: Session) -> None:
    """Who is not asked any more is not missed either."""
    for state in states(s).values():
        if state.down:
            say(s, State(state.name))


def states(s: Session) -> dict[str, State]:
    """Every service that was ever down, by name."""
    kept = s.exec(select(Setting).where(col(Setting.name).startswith(PREFIX)))
    found = (State(**json.loads(row.value)) for row in kept)
    return {state.name: state for state in found}
