"""What takes the voice out of a song: one small interface, with an engine behind it in each module here."""

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.audio.sound import RATE

# torch reads this when it is imported, after this module. Its threads would wait for each other by spinning: beside a
# web server and ffmpeg that doubles a song's time, and takes the processor from the others for nothing.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__all__ = ["RATE", "Audio", "Separator", "nothing"]

# Sound in Python: 44.1 kHz, shaped (2, frames).
Audio = npt.NDArray[np.float32]


def nothing() -> None:
    """The check of a caller who never stops the work."""


class Separator(Protocol):
    """Takes the voice out. Holds its model warm between songs, and nothing of a song."""

    name: str  # names the folder of the stems: a model's, or "center"

    def vocals(self, mix: Audio, start: int = 0, check: Callable[[], None] = nothing) -> Iterator[Audio]:
        """Yield the voice from frame `start` to the end of the mix, in consecutive finished blocks of any length.

        `check` is called every few milliseconds of work and raises to stop at once. Work that stopped goes on at any
        `start` with the same result: only what overlaps is computed again.
        """
        ...
