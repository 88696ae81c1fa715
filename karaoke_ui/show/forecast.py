"""When each turn will come, and what may be promised: pure functions of the order and of what was measured tonight."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from karaoke_ui.show.places import Place

# From the last note of one singer to the first of the next, until enough of them were measured tonight.
CHANGEOVER_SECONDS = 35.0
FEWEST_GAPS, NEWEST_GAPS = 3, 12
# A longer gap was a break, not a change of singers.
LONGEST_GAP = 240.0
# A wait shorter than this is no reason to go away: nothing is promised.
PROMISED_FROM = 480.0
# Who sings before may be quicker than thought, or leave.
SURE_SHARE = 0.75


def changeover(sung: Sequence[tuple[float, float | None]]) -> float:
    """Seconds between two singers, from when each song of tonight started and ended, in their order."""
    gaps = [start - ended for (_, ended), (start, _) in pairwise(sung) if ended is not None]
    usual = [gap for gap in gaps if 0.0 <= gap <= LONGEST_GAP][-NEWEST_GAPS:]
    return median(usual) if len(usual) >= FEWEST_GAPS else CHANGEOVER_SECONDS


def not_before(at: float, now: float) -> float | None:
    """The moment before which nobody will be called who is expected at `at`; None: it can be any moment."""
    wait = at - now
    return now + wait * SURE_SHARE if wait >= PROMISED_FROM else None


@dataclass(frozen=True)
class LastCall:
    """What can still be sung until the end."""

    ends_at: float
    # How many of the waiting turns can, and those that cannot.
    songs: int
    too_late: tuple[str, ...]


def last_call(places: Sequence[Place], ends_at: float) -> LastCall:
    sung = [place for place in places if not place.turn.stands_aside]
    late = tuple(place.turn.id for place in sung if place.at + place.turn.seconds > ends_at)
    return LastCall(ends_at, len(sung) - len(late), late)
