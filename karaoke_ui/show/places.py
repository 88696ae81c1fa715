"""The words of the rotation: who waits, what was sung, and a place in the order with the reason for it."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What a place comes from. The words for each stand in the catalogue."""

    CALLED = "called"
    PINNED = "pinned"
    WISH = "wish"
    # Has not sung tonight, or has.
    NEW = "new"
    AGAIN = "again"
    # After a song of one's own.
    OWN = "own"
    ASKED = "asked"
    # Lets others pass, by a word or by not coming.
    LATER = "later"
    # Waits for its song, while `other` went ahead; and the one that did, in place of `other`.
    UNREADY = "unready"
    MOVED_UP = "moved_up"
    # Waits for the answer of those who were asked to sing along.
    PARTNER = "partner"
    # Could come earlier than was told, and has not said yes.
    TOLD = "told"
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True)
class Reason:
    why: Why
    # Songs of the singer tonight, and how many people come before who have not sung, or who sang longer ago.
    sung: int = 0
    new_ahead: int = 0
    back_ahead: int = 0
    # The turn that this one changed places with.
    other: str = ""


@dataclass(frozen=True)
class Waiting:
    """What the rotation needs of a waiting turn."""

    id: str
    singer: str
    place: float
    asked_at: float = 0.0
    seconds: float = 0.0
    # Those who sing along, where that uses up their turns too.
    along: tuple[str, ...] = ()
    # From when its song can start; infinite when it never will.
    ready_at: float = 0.0
    # Somebody was asked to sing along, and has not answered.
    asks: bool = False
    # “Not before” this was told, and nobody said that earlier is fine.
    told: float = 0.0
    pinned: int | None = None
    later: int = 0
    wish: bool = False
    called_at: float | None = None
    paused: bool = False

    @property
    def free_at(self) -> float:
        return float("inf") if self.asks else max(self.ready_at, self.told)

    @property
    def is_hopeless(self) -> bool:
        return self.ready_at == float("inf")

    @property
    def stands_aside(self) -> bool:
        """Comes after all others: it cannot be sung as things are."""
        return self.called_at is None and (self.paused or (self.is_hopeless and self.pinned is None))


@dataclass(frozen=True)
class Sung:
    """What was sung tonight and counts: by whom, when, and whether the host or a wish had put it there."""

    singers: tuple[str, ...]
    at: float
    apart: bool = False


@dataclass(frozen=True)
class Place:
    turn: Waiting
    # When it is expected to start.
    at: float
    reason: Reason
    # Turns that had the right to this slot, and let it pass by their own word.
    let_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pick:
    turn: Waiting
    at: float
    why: Why
    let_by: tuple[str, ...] = ()
    # Those that could not be called yet, in the order of their right.
    passed: tuple[Waiting, ...] = ()
