"""A box whose song can be sung in any key and tempo: the stems come from the real renderer.

The voice is a steady tone and the band a row of clicks, so that pitch and time can be read off what was heard.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from pipeline.audio.render import Renderer, Variant
from tests.browser.stage_box import CHUNK, RATE, Box, State, flac, open_box

VOICE = 440.0
LEVEL = 0.2
# Seconds between two clicks.
BEAT = 0.5


def clicks(seconds: float, start: float = 0.25) -> np.ndarray:
    random, burst = np.random.default_rng(1), round(0.03 * RATE)
    band = np.zeros((2, round(seconds * RATE)))
    for at in np.arange(start, seconds - 0.1, BEAT):
        first = round(at * RATE)
        band[:, first : first + burst] = 0.5 * random.standard_normal(burst) * np.exp(-np.arange(burst) / 150)
    return band


class SungBox(Box):
    """`separated` stems are on the disk, too: a separator that died leaves the rest away."""

    def __post_init__(self) -> None:
        super().__post_init__()
        t = np.arange(self.song["mix"].shape[1]) / RATE
        tone = LEVEL * np.sin(2 * np.pi * VOICE * t)
        voice, band = np.stack([tone, tone]), clicks(self.seconds)
        self.song = {"instrumental": band, "vocals": voice, "mix": voice + band}
        self.files = {
            (stem, n): flac(sound[:, n * CHUNK : (n + 1) * CHUNK])
            for stem, sound in self.song.items()
            for n in range(self.total)
        }
        self._folder = TemporaryDirectory()
        self.track = Path(self._folder.name) / "track-1"
        self.renderer = Renderer(Path(self._folder.name) / "cache", 500)
        self.rendered: list[tuple[str, int, int, float]] = []
        # Nothing is rendered, or nothing from this chunk on: the child is not there.
        self.dumb = False
        self.ends: int | None = None
        # Whether it takes the stage's word for where the song is, all the time, as the real one does.
        self.believes = False
        self.lay(self.total)

    def lay(self, separated: int) -> None:
        """Put the chunks on the disk: so many of the stems, all of the mix."""
        for (stem, n), content in self.files.items():
            path = self.track / ("mix" if stem == "mix" else f"stems/htdemucs/{stem}") / f"{n:05d}.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            if stem != "mix" and n >= separated:
                path.unlink(missing_ok=True)
            elif not path.exists():
                path.write_bytes(content)

    async def chunk(self, request: Request) -> Response:
        key, tempo = int(request.query_params.get("key", 0)), float(request.query_params.get("tempo", 1))
        if (key, tempo) == (0, 1.0):
            return await super().chunk(request)
        stem, n = request.path_params["stem"], request.path_params["n"]
        self.rendered.append((stem, n, key, tempo))
        separated = self.state["playback"]["chunks"]["separated"] if self.state["playback"] else self.total
        if self.ends is not None and n >= self.ends:
            return Response(status_code=404)
        if self.dumb or self.down or (stem != "mix" and n >= separated):
            return Response(status_code=404)
        variant = Variant(self.track, "" if stem == "mix" else "htdemucs", self.total, key, tempo)
        path = await asyncio.wrap_future(self.renderer.chunk(variant, stem, n))
        if path is None:
            return Response(status_code=404)
        return FileResponse(path, media_type="audio/flac", headers={"cache-control": "no-store"})

    async def hear(self, said: State) -> None:
        await super().hear(said)
        row = self.state["playback"]
        if self.believes and said["type"] == "anchor" and row and said["cue"] == row["cue"]:
            self.state["playback"] = row | {"position": said["position"], "at": said["at"]}
            await self._send_all()

    def press(self, **changes: float | bool) -> float:
        """What the desk of the real box does with a press; when it was."""
        now = time.time()
        row = self.state["playback"]
        if "tempo" in changes:
            at, old = row["at"], row.get("tempo", 1.0)
            changes |= {"position": row["position"] + max(0.0, now - at) * old, "at": now}
        self.retell(**changes)
        return now

    def second(self, at: float) -> float:
        """Where the box believes the song to be at that moment."""
        row = self.state["playback"]
        return float(row["position"] + (at - row["at"]) * row.get("tempo", 1.0))

    def close(self) -> None:
        self.renderer.close()
        self._folder.cleanup()


@contextmanager
def open_sung_box(seconds: float) -> Iterator[SungBox]:
    with open_box(seconds, SungBox) as box:
        assert isinstance(box, SungBox)
        yield box
        box.close()
