"""The words of a song as values: lines and words with their times, wherever they were found."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Timed = Literal["none", "line", "word"]

# Control characters and halves of pairs. Joiners stay: emoji and many scripts need them.
_HIDDEN = {"Cc", "Cs"}
_BOM = "\ufeff"


@dataclass(frozen=True)
class Word:
    """A word or syllable, in seconds of the song. Its text keeps the space that joins it to the next."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line as it stands on the screen; without times where none are known. Its words add up to its text."""

    start: float | None
    end: float | None
    text: str
    words: tuple[Word, ...] = ()
    # 0: everybody; 1 and 2: the voices of a duet.
    voice: int = 0
    # How sure the times are, 0 to 1; None where they came with the words.
    confidence: float | None = None


@dataclass(frozen=True)
class Lyrics:
    """All lines in their order, how finely they are timed, and what else the file said (`ti`, `ar`, `al` …)."""

    lines: tuple[Line, ...]
    timed: Timed
    tags: Mapping[str, str] = field(default_factory=dict)
    # As in “en”, empty where nobody knows.
    language: str = ""


def clean(text: str, limit: int) -> str:
    """One line of somebody's text as it can be shown: no control characters, single spaces, at most `limit` long."""
    kept = (
        " " if c.isspace() else "" if unicodedata.category(c) in _HIDDEN or c == _BOM else c
        for c in text[: 2 * limit]
    )
    return " ".join("".join(kept).split())[:limit].rstrip()
