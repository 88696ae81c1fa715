"""The shape of a song: how loud its mix and its voice are as it goes on. Read from the chunks, kept for the night."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from karaoke_ui.house import House
from karaoke_ui.show.views import NowView
from pipeline.audio.sound import CHUNK_SECONDS, chunk_name

BARS = 130
# How finely a chunk is looked at: a quarter of a second.
PARTS = 16
# Shapes of the last songs that were on stage.
MOST_KEPT = 20


@dataclass
class Shape:
    """What is known so far; the voice grows while it is being separated."""

    engine: str
    mix: list[float] = field(default_factory=list)
    voice: list[float] = field(default_factory=list)


class Peaks:
    """The shapes of the songs that were on stage, shared by all open panels."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: dict[str, Shape] = {}
        self._reading = asyncio.Lock()

    async def of(self, now: NowView) -> dict[str, list[float]]:
        """Heights from 0 to 1 for the whole song; seconds whose voice is not out yet are flat."""
        async with self._reading:
            shape = self._kept.get(now.track_id)
            if shape is None or shape.engine != now.engine:
                shape = self._kept[now.track_id] = Shape(now.engine)
                while len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
            folder = self._house.box.store.folder(now.track_id)
            stem = folder / "stems" / now.engine / "vocals"
            await self._house.work(_extend, shape.mix, folder / "mix", now.chunks)
            await self._house.work(_extend, shape.voice, stem, now.separated)
            whole = max(BARS, round(now.seconds / CHUNK_SECONDS * PARTS))
            return {"mix": _bars(shape.mix, whole), "voice": _bars(shape.voice, whole)}


def _bars(parts: list[float], whole: int) -> list[float]:
    """As many bars as the screen shows, each as high as its loudest part, the loudest bar 1."""
    padded = (parts + [0.0] * whole)[:whole]
    edges = [round(n * whole / BARS) for n in range(BARS + 1)]
    heights = [max(padded[a:b]) for a, b in pairwise(edges)]
    loudest = max(*heights, 1e-6)
    return [round(height / loudest, 3) for height in heights]


def _extend(heights: list[float], folder: Path, chunks: int) -> None:
    """Read the chunks that are not known yet."""
    import numpy as np  # the first song on stage loads them, not the start of the box
    import soundfile

    for number in range(len(heights) // PARTS, chunks):
        path = folder / chunk_name(number)
        if not path.is_file():
            return
        sound = soundfile.read(path, dtype="float32", always_2d=True)[0]
        heights += [
            float(np.sqrt(np.mean(part**2))) if part.size else 0.0 for part in np.array_split(sound, PARTS)
        ]
