"""A sound as numbered files of four seconds: written whole or not at all, sent to the stage as they are.

The files are 24-bit FLAC at -6 dB (a stem can peak above the mix it came from), and everybody who plays or reads them
gives the 6 dB back. What is louder than twice full scale is clipped.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import soundfile

from pipeline.audio.sound import CHUNK_FRAMES, CHUNK_SECONDS, RATE, chunk_name
from pipeline.engines import Audio
from pipeline.errors import DamagedFile
from pipeline.store import disk_errors

__all__ = ["CHUNK_FRAMES", "CHUNK_SECONDS", "RATE", "SCALE", "Audio", "Reel", "chunked"]

SCALE = np.float32(0.5)

# Names every chunk of a whole reel with its checksum.
SUMS = "sums.json"

# The fourth of libsndfile's eight levels: a chunk takes 5 ms to write; the next one that is 3 % smaller takes 33 ms.
_COMPRESSION = 0.5


class Reel:
    """The chunks of one sound in a folder, numbered from 0. All have the same length but the last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sums: dict[str, str] = {}

    def path(self, number: int) -> Path:
        return self.folder / chunk_name(number)

    def write(self, number: int, audio: Audio) -> None:
        """Publish a chunk: whoever sees the file sees all of it, after a power cut as well."""
        if not 0 < audio.shape[1] <= CHUNK_FRAMES:
            raise ValueError(f"a chunk has 1 to {CHUNK_FRAMES} frames, not {audio.shape[1]}")
        # Encoded in memory, because libsndfile does not tell when a disk is full.
        flac = io.BytesIO()
        soundfile.write(
            flac, (audio * SCALE).T, RATE, "PCM_24", format="FLAC", compression_level=_COMPRESSION
        )
        part = self.folder / f"{uuid4().hex}.part"
        try:
            with disk_errors():
                self.folder.mkdir(parents=True, exist_ok=True)
                with part.open("xb") as file:
                    file.write(flac.getbuffer())
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self.path(number))
        finally:
            part.unlink(missing_ok=True)
        self._sums[chunk_name(number)] = hashlib.sha256(flac.getbuffer()).hexdigest()

    def seal(self) -> None:
        """The reel is whole: keep the checksum of every chunk beside them."""
        names = [chunk_name(number) for number in range(self.count())]
        sums = {name: self._sums.get(name) or _sum(self.folder / name) for name in names}
        part = self.folder / f"{uuid4().hex}.part"
        try:
            with disk_errors():
                part.write_text(json.dumps(sums, indent=0), encoding="utf-8")
                part.replace(self.folder / SUMS)
        finally:
            part.unlink(missing_ok=True)

    def unseal(self) -> None:
        """Some of its chunks are to be made anew."""
        (self.folder / SUMS).unlink(missing_ok=True)

    def is_sealed(self) -> bool:
        return (self.folder / SUMS).is_file()

    def damaged(self, count: int) -> list[int]:
        """Which of the first `count` chunks are missing, or not as they were when the reel was sealed."""
        try:
            sums = json.loads((self.folder / SUMS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            sums = {}
        return [number for number in range(count) if not self._is_good(number, sums)]

    def count(self) -> int:
        """How many chunks there are from the first one on without a gap."""
        try:
            there = {path.name for path in self.folder.iterdir()}
        except FileNotFoundError:
            return 0
        count = 0
        while self.path(count).name in there:
            count += 1
        return count

    def frames(self) -> int:
        """The length of what `count` counts."""
        last = self.count() - 1
        return last * CHUNK_FRAMES + int(soundfile.info(self.path(last)).frames) if last >= 0 else 0

    def seconds(self) -> float:
        return self.frames() / RATE

    def read(self, start: int, stop: int) -> Audio:
        """The frames from `start` to `stop`, at their own loudness; fewer where the reel ends before, as in a slice."""
        stop = min(stop, self.frames())
        audio = np.empty((2, max(0, stop - start)), np.float32)
        at = start
        while at < stop:
            number, within = divmod(at, CHUNK_FRAMES)
            piece = self._read(number, within, min(CHUNK_FRAMES, within + stop - at))
            np.divide(piece, SCALE, out=audio[:, at - start : at - start + piece.shape[1]])
            at += piece.shape[1]
        return audio

    def cut(self, count: int) -> None:
        """Remove what lies behind so many chunks."""
        for path in self.folder.iterdir():
            if path.suffix == ".flac" and path.name >= chunk_name(count):
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def clear_temp(self) -> None:
        """Remove what a killed writer left half-done."""
        for part in self.folder.glob("*.part"):
            part.unlink(missing_ok=True)

    def _is_good(self, number: int, sums: dict[str, str]) -> bool:
        path = self.path(number)
        return path.is_file() and sums.get(path.name, "") in ("", _sum(path))

    def _read(self, number: int, start: int, stop: int) -> Audio:
        path = self.path(number)
        try:
            frames, _ = soundfile.read(path, start=start, stop=stop, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise DamagedFile(str(error), name=path.name) from error
        if len(frames) != stop - start:
            raise DamagedFile(f"{len(frames)} frames instead of {stop - start}", name=path.name)
        piece: Audio = frames.T
        return piece


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def chunked(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """The same sound in whole chunks, whatever the length of its blocks; the last one may be short."""
    chunk, filled = np.empty((2, CHUNK_FRAMES), np.float32), 0
    for block in blocks:
        at = 0
        while at < block.shape[1]:
            taken = block[:, at : at + CHUNK_FRAMES - filled]
            chunk[:, filled : filled + taken.shape[1]] = taken
            at += taken.shape[1]
            filled += taken.shape[1]
            if filled == CHUNK_FRAMES:
                yield chunk
                chunk, filled = np.empty((2, CHUNK_FRAMES), np.float32), 0
    if filled:
        yield chunk[:, :filled]
