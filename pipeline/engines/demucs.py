"""The engine that holds a model: Demucs on torch, segment by segment, so that finished seconds can be sung at once.

The result is that of `demucs.api.Separator` with `shifts=0`: the same segments, overlaps and weights. Only the order
differs: a block is given away as soon as no later segment can change it.

This module and the two it stands on import torch: load it in the process that separates, nowhere else.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import structlog
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.engines import Audio, nothing
from pipeline.engines._measured import Notes, settle
from pipeline.engines._network import Network

log = structlog.get_logger()

OVERLAP = 0.25  # of a segment, as demucs has it
CUDA_BATCH = 8  # segments computed together on a card; halved when it runs out of memory


class _Song(NamedTuple):
    """A mix and the scale that the network wants it in."""

    wave: Tensor
    mean: Tensor
    std: Tensor

    @property
    def frames(self) -> int:
        return self.wave.shape[1]


class _Batch(NamedTuple):
    """Segments that are computed together: where they begin, and their voices, done or under way on a card."""

    offsets: list[int]
    voices: Tensor


class Demucs:
    """The warm engine. One song at a time: it is not for several threads."""

    def __init__(
        self,
        weights: Path,
        device: str = "auto",
        precision: str = "auto",
        notes: Path | None = None,
        name: str = "htdemucs",
    ) -> None:
        """Load `weights` (a file that was looked at) and choose where and how precisely to compute.

        `notes` is the folder with the file that remembers what was measured on this box for `auto`.
        """
        self.name = name
        self._network = Network(weights)
        self._precision, self._notes = precision, Notes(notes)
        settle(self._network, device, precision, self._notes)
        self._batch = CUDA_BATCH if self.device == "cuda" else 1
        self._length = self._network.length
        self._stride = int((1 - OVERLAP) * self._length)
        self._fade = _triangle(self._length)

    @property
    def device(self) -> str:
        """Where it computes: `cpu`, `cuda` or `mps`."""
        return self._network.device

    @property
    def precision(self) -> str:
        """How precisely it computes: `fp32` or `bf16`."""
        return self._network.precision

    def vocals(self, mix: Audio, start: int = 0, check: Callable[[], None] = nothing) -> Iterator[Audio]:
        """The voice from frame `start` on: a block of 5.85 s for each segment computed."""
        if start >= mix.shape[1]:
            return
        song = _song(mix)
        tail: Tensor | None = (
            None  # what the segment before says about this block, and its weights as a last row
        )
        for offset, voice in self._voices(song, self._first(start), check):
            fade = self._fade[: voice.shape[1]]
            sums = torch.cat([fade * voice, fade[None]])
            if tail is not None:
                sums[:, : tail.shape[1]] += tail
            tail = sums[:, self._stride :]
            done = sums[:, max(start - offset, 0) : self._stride]
            if done.shape[1]:
                yield (done[:-1] / done[-1] * song.std + song.mean).numpy()

    def _first(self, start: int) -> int:
        """Where the first segment begins that has a say in the frame `start`."""
        number, within = divmod(start, self._stride)
        shared = within < self._length - self._stride
        return max(0, number - shared) * self._stride

    def _voices(self, song: _Song, first: int, check: Callable[[], None]) -> Iterator[tuple[int, Tensor]]:
        """Offset and voice of every segment from the one at `first` on, each as the network alone hears it."""
        left = list(range(first, song.frames, self._stride))
        running: _Batch | None = None
        together = 1  # the first one alone: somebody waits for it
        while left or running:
            # A card goes on with the next ones while those before them are given away.
            then = self._start(song, left, together, check) if left else None
            done = [running] if running else []
            if self.device == "cpu" and then:
                done, then = [*done, then], None
            for batch in done:
                yield from _cut(song, batch, self._length)
            running, together = then, self._batch

    def _start(self, song: _Song, left: list[int], together: int, check: Callable[[], None]) -> _Batch:
        """Begin with the next segments, and take them off what is left."""
        while True:
            offsets = left[:together]
            try:
                voices = self._network.start(torch.stack([self._padded(song, at) for at in offsets]), check)
            except RuntimeError as error:
                self._need_less(error, len(offsets))
                together = self._batch
            else:
                del left[: len(offsets)]
                return _Batch(offsets, voices)

    def _padded(self, song: _Song, offset: int) -> Tensor:
        """A full segment for the network. The song's last, shorter one stands in the middle, with its surroundings."""
        frames = min(self._length, song.frames - offset)
        begin = offset - (self._length - frames) // 2
        end = begin + self._length
        inside = (song.wave[:, max(0, begin) : end] - song.mean) / song.std
        return functional.pad(inside, (max(0, -begin), max(0, end - song.frames)))

    def _need_less(self, error: RuntimeError, tried: int) -> None:
        """After a card ran out of memory: fewer segments together, and at last the processor."""
        if self.device == "cpu" or not _out_of_memory(error):
            raise error
        if tried > 1:
            self._batch = tried // 2
            log.warning("card out of memory, smaller batches", batch=self._batch)
        else:
            log.warning("card out of memory, going on with the processor", device=self.device)
            settle(self._network, "cpu", self._precision, self._notes)
            self._batch = 1
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _cut(song: _Song, batch: _Batch, length: int) -> Iterator[tuple[int, Tensor]]:
    """Offset and voice of each segment, without the surroundings of a shorter one. Waits for the card."""
    for offset, voice in zip(batch.offsets, batch.voices.cpu(), strict=True):
        frames = min(length, song.frames - offset)
        margin = (length - frames) // 2
        yield offset, voice[:, margin : margin + frames]


def _song(mix: Audio) -> _Song:
    """As demucs does: by the mean and deviation of the whole song in mono."""
    wave = torch.from_numpy(mix)
    mono = wave.mean(0)
    return _Song(wave, mono.mean(), mono.std() + 1e-8)


def _triangle(length: int) -> Tensor:
    """How much a segment has to say: most in its middle, least at its edges."""
    rising = torch.arange(1, length // 2 + 1)
    falling = torch.arange(length - length // 2, 0, -1)
    weight = torch.cat([rising, falling])
    return weight / weight.max()


def _out_of_memory(error: RuntimeError) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)
