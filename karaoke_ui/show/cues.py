"""Where the words of a song stand in time: its first and last one, and the line to go back to after a stop."""

from bisect import bisect_right
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from pipeline.tables import LyricLine, Lyrics

# A line that begins this soon is where the song goes on, rather than the one before it.
SOON_SECONDS = 1.0
# After a line of unknown end.
LINE_SECONDS = 5.0

_LINES = (
    select(LyricLine.start, LyricLine.end)
    .join(Lyrics)
    .where(Lyrics.track_id == bindparam("track"), col(LyricLine.start).is_not(None), LyricLine.text != "")
    .order_by(col(LyricLine.start))
)


@dataclass(frozen=True)
class Cues:
    """The lines of a song as (start, end), in order; none where nobody knows."""

    lines: tuple[tuple[float, float], ...] = ()

    @property
    def first(self) -> float | None:
        return self.lines[0][0] if self.lines else None

    @property
    def last(self) -> float | None:
        """When the last word is sung."""
        return max(end for _, end in self.lines) if self.lines else None

    def line_at(self, second: float) -> float | None:
        """The start of the line that is sung at this second; None between the lines, and before and after them."""
        place = bisect_right(self.lines, (second + SOON_SECONDS, float("inf"))) - 1
        if place < 0:
            return None
        start, end = self.lines[place]
        return start if second < end else None


def of(s: Session, track_id: str) -> Cues:
    rows = s.exec(_LINES, params={"track": track_id}).all()
    return Cues(
        tuple((start, max(end or start + LINE_SECONDS, start)) for start, end in rows if start is not None)
    )
