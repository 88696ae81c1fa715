"""Sound in another key and tempo: one ffmpeg child with Rubber Band that is fed source sound and gives back chunks.

All channels go through one stretcher, so that two stems stay together to the sample. Where each chunk begins follows
from the source alone (`sound.edge`), whatever second the child began at.
"""

import contextlib
import io
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias, cast

import imageio_ffmpeg
import numpy as np
import soundfile
import structlog
from numpy.typing import NDArray

from pipeline.audio.sound import CHUNK_FRAMES, RATE, chunk_name, edge

log = structlog.get_logger()

# Shaped (frames, channels), as pipes and files want it.
Sound: TypeAlias = NDArray[np.float32]

# What the stretcher hears before the first frame that counts: it needs some sound to get going.
PREROLL_FRAMES = RATE // 2
# How much two renderings overlap where one follows the other.
LAP_FRAMES = round(0.03 * RATE)
# How often to look for a chunk that is not there yet.
WAIT_SECONDS = 0.1
# Rubber Band's third engine ("finer") with its short window: the filter hands its numbers through. On drums and voices
# it is twice as close to the ideal as the older engine, at the same price, and steady tones do not dip.
_FINER = 0x20000000
_LEVEL = 0.5


def pitch(key: int) -> float:
    return float(2 ** (key / 12))


def lag(key: int, tempo: float) -> float:
    """Seconds by which the stretcher's sound comes late (measured with clicks, to within 4 ms)."""
    return (1 - pitch(key) / tempo) * (0.0169 / tempo + 0.0129 / pitch(key))


def command(channels: int, key: int, tempo: float) -> list[str]:
    band = f"rubberband=pitch={pitch(key):.9f}:tempo={tempo}:transients={_FINER}:window=short"
    layout = {2: "stereo", 4: "quad"}[channels]
    raw = ("-f", "f32le", "-ar", str(RATE))
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-v", "error", "-filter_threads", "1", "-threads", "1"),
        *(*raw, "-ac", str(channels), "-channel_layout", layout, "-i", "pipe:0"),
        *("-af", band, "-flush_packets", "1", *raw, "pipe:1"),
    ]


@dataclass(frozen=True)
class Source:
    """Folders with the chunks of what is rendered together, and how many chunks the whole song has."""

    reels: tuple[Path, ...]
    chunks: int

    def holds(self, number: int) -> bool:
        return all((reel / chunk_name(number)).is_file() for reel in self.reels)

    def can_render(self, number: int) -> bool:
        """The stretcher looks ahead into the next chunk."""
        return all(self.holds(each) for each in range(number, min(number + 2, self.chunks)))

    def read(self, number: int) -> Sound:
        """A chunk's frames as they are stored, (frames, 2 for each reel)."""
        sounds = [soundfile.read(reel / chunk_name(number), dtype="float32")[0] for reel in self.reels]
        frames = min(len(sound) for sound in sounds)
        return np.concatenate([sound[:frames] for sound in sounds], axis=1)


class Child:
    """The stretcher at work from one chunk on. It runs no further ahead of its reader than the pipes hold."""

    def __init__(self, source: Source, key: int, tempo: float, first: int) -> None:
        self.source, self.key, self.tempo, self.first = source, key, tempo, first
        self._channels = 2 * len(source.reels)
        self._closed = threading.Event()
        # What sounds right before the first chunk: another rendering that ends there goes over into it.
        self.head: Sound = np.empty((0, self._channels), np.float32)
        # The process ends by itself as soon as this one is gone: its input ends.
        self._process = subprocess.Popen(
            command(self._channels, key, tempo),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._feeder = threading.Thread(target=self._feed, name="stretch feeder", daemon=True)
        self._feeder.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._closed.set()
        self._process.kill()

    def close(self) -> None:
        self.kill()
        self._process.wait()
        self._feeder.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def chunks(self) -> Iterator[tuple[int, Sound, Sound]]:
        """Each chunk, and what sounds on after its end. Ends with the song, or when the child is closed."""
        skip = round(PREROLL_FRAMES / self.tempo + lag(self.key, self.tempo) * RATE)
        self.head = self._read(skip)[-LAP_FRAMES:]
        rest = np.empty((0, self._channels), np.float32)
        for number in range(self.first, self.source.chunks):
            last = number == self.source.chunks - 1
            length = (self._end() if last else edge(number + 1, self.tempo)) - edge(number, self.tempo)
            sound = np.concatenate([rest, self._read(length + LAP_FRAMES - len(rest))])
            if len(sound) < length:
                if not last or self._closed.is_set():
                    return
                sound = np.concatenate([sound, np.zeros((length - len(sound), self._channels), np.float32)])
            rest = sound[length:]
            yield number, sound[:length], rest

    def _end(self) -> int:
        """The frame at which the song's last chunk ends."""
        last = self.source.chunks - 1
        frames = int(soundfile.info(self.source.reels[0] / chunk_name(last)).frames)
        return max(int((last * CHUNK_FRAMES + frames) / self.tempo + 0.5), edge(last, self.tempo) + 1)

    def _feed(self) -> None:
        pipe = cast("IO[bytes]", self._process.stdin)
        try:
            for block in self._blocks():
                pipe.write(block.tobytes())
            pipe.close()
        except (OSError, ValueError):
            pass  # the child was ended
        except soundfile.LibsndfileError as error:
            log.warning("chunk cannot be rendered", reason=str(error))
            self._process.kill()

    def _blocks(self) -> Iterator[Sound]:
        if self.first == 0:
            yield np.zeros((PREROLL_FRAMES, self._channels), np.float32)
        else:
            yield self.source.read(self.first - 1)[-PREROLL_FRAMES:]
        for number in range(self.first, self.source.chunks):
            while not self.source.holds(number):
                if self._closed.wait(WAIT_SECONDS):
                    return
            yield self.source.read(number)

    def _read(self, frames: int) -> Sound:
        """The next frames; fewer at the song's end."""
        pipe = cast("IO[bytes]", self._process.stdout)
        wanted, found = frames * self._channels * 4, bytearray()
        while len(found) < wanted and (piece := pipe.read(wanted - len(found))):
            found += piece
        whole = len(found) - len(found) % (self._channels * 4)
        return np.frombuffer(found[:whole], np.float32).reshape(-1, self._channels)


def cross(over: Sound, into: Sound) -> Sound:
    """One sound that goes over into another, of the same length."""
    rise = ((np.arange(len(into), dtype=np.float32) + 0.5) / len(into))[:, None]
    return np.asarray(over * (1 - rise) + into * rise, np.float32)


def encode(sound: Sound) -> bytes:
    """As chunks are stored: the sound was never brought to another level on its way."""
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, "PCM_24", format="FLAC", compression_level=_LEVEL)
    return file.getvalue()
