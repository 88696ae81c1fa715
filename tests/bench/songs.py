"""Real music of any length: the six seconds of the test song again and again, no time like the one before."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipeline.engines import RATE, Audio
from tests import falcon, places, sound


def save(path: Path, seconds: float, seed: int = 1) -> Path:
    """A song file, encoded as its ending says; another seed is another song."""
    return sound.save(path, music(seconds, seed))


def music(seconds: float, seed: int) -> Audio:
    random = np.random.default_rng(seed)
    song = _falcon()
    times = -(-round(seconds * RATE) // song.mix.shape[1])
    bars = [_bar(song, random) for _ in range(times)]
    return np.concatenate(bars, axis=1)[:, : round(seconds * RATE)]


def _bar(song: falcon.Falcon, random: np.random.Generator) -> Audio:
    """The six seconds with another balance of voice and band, begun at another moment."""
    voice, band = random.uniform(0.5, 1.0, 2).astype(np.float32)
    mixed: Audio = voice * song.vocals + band * song.instrumental
    return np.roll(mixed, int(random.integers(mixed.shape[1])), axis=1)


@cache
def _falcon() -> falcon.Falcon:
    with TemporaryDirectory() as folder:
        return falcon.load(places.falcon_file(), Path(folder))
