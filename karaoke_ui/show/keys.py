"""In which key somebody may like to sing a song: from what they kept before, and from the song's range. A pure function."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.audio.sound import KEYS

OCTAVE = 12
# Farther off than this, another octave is nearer.
FARTHEST = 7
# Songs that have to be known of somebody before anything is said about a new one.
FEWEST = 2


@dataclass(frozen=True)
class Range:
    """The lowest and the highest note that is sung, as MIDI numbers."""

    lowest: float
    highest: float

    @property
    def middle(self) -> float:
        return (self.lowest + self.highest) / 2


@dataclass(frozen=True)
class Kept:
    """A song that was sung to its end, and the key in which."""

    song_id: str
    key: int
    range: Range | None = None


def suggest(song_id: str, of: Range | None, kept: Sequence[Kept]) -> int | None:
    """Half tones up or down; None where nothing can be said. The newest of `kept` is the last."""
    same = [each.key for each in kept if each.song_id == song_id]
    if same:
        return same[-1]
    known = [each.range.middle + each.key for each in kept if each.range is not None]
    if of is None or len(known) < FEWEST:
        return None
    away = median(known) - of.middle
    # A voice an octave off sings the same notes where they suit it.
    nearest = away if abs(away) <= FARTHEST else (away + OCTAVE / 2) % OCTAVE - OCTAVE / 2
    half_tones = round(nearest)
    if abs(half_tones) <= 1:
        return 0
    return max(KEYS.start, min(half_tones, KEYS.stop - 1))
