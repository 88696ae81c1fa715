"""When each turn will come: a pure function, from the queue and from what plays now."""

from collections.abc import Sequence
from dataclasses import dataclass

# From the last note of one singer to the first of the next.
CHANGEOVER_SECONDS = 35.0


@dataclass(frozen=True)
class Slot:
    """What the forecast needs of a waiting turn."""

    turn_id: str
    seconds: float


def expected(queue: Sequence[Slot], free_at: float) -> dict[str, float]:
    """Turn id → the moment it is expected to start, when the stage is free at `free_at`."""
    moments: dict[str, float] = {}
    for slot in queue:
        moments[slot.turn_id] = free_at
        free_at += slot.seconds + CHANGEOVER_SECONDS
    return moments
