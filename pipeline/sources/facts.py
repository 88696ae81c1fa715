"""What a service says about a song, in the same form whoever says it."""

from collections.abc import Callable
from dataclasses import dataclass

MAX_TEXT = 200


@dataclass(frozen=True)
class Fact:
    """One recording that a service knows. `seconds` is None where it does not say."""

    source: str
    title: str
    artist: str
    album: str = ""
    year: int | None = None
    seconds: float | None = None
    explicit: bool | None = None
    mbid: str = ""
    cover_url: str = ""


Check = Callable[[], None]
