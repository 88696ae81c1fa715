"""When somebody sings: the separated voice as a row of yes and no, a hundred a second."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.chunks import CHUNK_FRAMES, Reel
from pipeline.audio.sound import RATE

A_SECOND = 100
_STEP = RATE // A_SECOND
# Sung is what lies less than this below the loud moments of the voice; the rest is breath and what the model left over.
_BELOW_LOUD = 10 ** (-26 / 20)
_SILENCE = 10 ** (-60 / 20)
# A stop inside a word is no pause.
_SHORTEST_PAUSE = 8


@dataclass(frozen=True)
class Activity:
    """Whether somebody sings, step by step."""

    sung: NDArray[np.bool_]

    def share(self, start: float, end: float) -> float:
        """How much of this time is sung, 0 to 1."""
        part = self._part(start, end)
        return float(part.mean()) if part.size else 0.0

    def seconds(self, start: float, end: float) -> float:
        return float(self._part(start, end).sum()) / A_SECOND

    def spread(self, start: float, end: float, weights: list[float]) -> list[tuple[float, float]]:
        """Lay pieces of these weights one after the other over the sung part of this time."""
        part = self._part(start, end)
        if not part.any():
            part = np.ones(max(1, round((end - start) * A_SECOND)), np.bool_)
        gone = np.cumsum(part)
        shares = np.concatenate([[0.0], np.cumsum(weights)]) / sum(weights) * gone[-1]
        # A piece begins with the first sung moment after the one before it, and ends with its own last.
        begins = np.minimum(np.searchsorted(gone, shares[:-1], side="right"), len(gone) - 1)
        ends = np.minimum(np.searchsorted(gone, shares[1:], side="left") + 1, len(gone))
        first = self._index(start) / A_SECOND
        return [
            (max(start, first + b / A_SECOND), min(end, first + e / A_SECOND))
            for b, e in zip(begins.tolist(), ends.tolist(), strict=True)
        ]

    def _part(self, start: float, end: float) -> NDArray[np.bool_]:
        return self.sung[self._index(start) : self._index(end)]

    def _index(self, seconds: float) -> int:
        return max(0, round(seconds * A_SECOND))


def listen(voice: Reel, check: Callable[[], None]) -> Activity:
    """Hear the whole voice, a chunk at a time."""
    levels = [np.zeros(0)]
    for number in range(voice.count()):
        check()
        sound = voice.read(number * CHUNK_FRAMES, (number + 1) * CHUNK_FRAMES).mean(axis=0)
        whole = len(sound) // _STEP * _STEP
        levels.append(np.sqrt((sound[:whole].reshape(-1, _STEP).astype(np.float64) ** 2).mean(axis=1)))
    return judge(np.concatenate(levels))


def judge(levels: NDArray[np.floating]) -> Activity:
    if not levels.size:
        return Activity(np.zeros(0, np.bool_))
    loud = float(np.quantile(levels, 0.95))
    sung = levels > max(_SILENCE, loud * _BELOW_LOUD)
    edges = np.flatnonzero(np.diff(sung.astype(np.int8)))
    for stop, again in pairwise(edges):
        if not sung[stop + 1] and again - stop < _SHORTEST_PAUSE:
            sung[stop + 1 : again + 1] = True
    return Activity(sung)
