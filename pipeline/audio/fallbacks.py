"""The stage's sound for browsers that cannot have it as FLAC: single chunks as AAC, or the whole song as one MP3 stream.

An encoder needs some sound before and after what counts, so a chunk goes out with a lap of its neighbours on each side,
and the stage cuts it out again: then its edges meet the next chunk's as they did in the original.
"""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import imageio_ffmpeg
import numpy as np
import soundfile
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from pipeline.audio.sound import RATE, edge
from pipeline.audio.stretch import Sound
from pipeline.errors import DamagedFile

# Two of AAC's frames.
LAP = 2048
BIT_RATE = 256_000
STREAM_RATE = 192_000
# Of the stream, that is mixed and sent at once.
BLOCK = RATE // 4
FULL = np.float32(2.0)

# A stem's chunk, or None where it is not there (yet).
Chunk = Callable[[str, int], Future[Path | None]]
WAIT_SECONDS = 8.0


def m4a(before: Path | None, chunk: Path, after: Path | None) -> tuple[bytes, int]:
    """A chunk as AAC with its laps, and how many frames the chunk itself has."""
    sound = _read(chunk)
    lead = _read(before)[-LAP:] if before else np.zeros((0, 2), np.float32)
    tail = _read(after)[:LAP] if after else np.zeros((0, 2), np.float32)
    padded = np.concatenate(
        [
            np.zeros((LAP - len(lead), 2), np.float32),
            lead,
            sound,
            tail,
            np.zeros((LAP - len(tail), 2), np.float32),
        ]
    )
    return _encoded(padded), len(sound)


def silence() -> bytes:
    """The shortest m4a, for a stage to try whether it can decode any."""
    return _encoded(np.zeros((LAP, 2), np.float32))


def _encoded(sound: Sound) -> bytes:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "chunk.m4a"
        raw = ("-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0")
        done = subprocess.run(
            [
                imageio_ffmpeg.get_ffmpeg_exe(),
                *("-v", "error", *raw, "-c:a", "aac", "-b:a", str(BIT_RATE), "-f", "ipod", str(target)),
            ],
            input=sound.astype(np.float32).tobytes(),
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise DamagedFile(done.stderr.decode("utf-8", "replace")[-300:], name=target.name)
        return target.read_bytes()


def _read(path: Path) -> Sound:
    frames: Sound = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return frames


class Stream:
    """A song as one MP3, mixed as it is sung: each call of `next` gives a quarter of a second."""

    def __init__(self, chunk: Chunk, chunks: int, position: float, tempo: float) -> None:
        self._chunk, self._chunks = chunk, chunks
        encoder = av.CodecContext.create("libmp3lame", "w")
        assert isinstance(encoder, AudioCodecContext)  # noqa: S101 - for the type checker
        encoder.sample_rate, encoder.layout, encoder.bit_rate = RATE, "stereo", STREAM_RATE
        encoder.format = "s16p"
        self._encoder = encoder
        self._guide = 0.0
        # Seconds of sound given out so far.
        self.given = 0.0
        start = round(position * RATE / tempo)
        first = next((n for n in range(chunks) if edge(n + 1, tempo) > start), chunks)
        self._blocks = self._mixed(first, start - edge(first, tempo))

    def next(self, guide: float) -> bytes | None:
        """The next piece, with so much of the voice; None at the song's end."""
        self._guide = guide
        block = next(self._blocks, None)
        if block is None:
            return None
        self.given += len(block) / RATE
        planes = np.ascontiguousarray((np.clip(block.T, -1, 1) * 32767).astype(np.int16))
        frame = AudioFrame.from_ndarray(planes, "s16p", "stereo")
        frame.sample_rate = RATE
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))

    def _mixed(self, first: int, skip: int) -> Iterator[Sound]:
        before = np.float32(self._guide)
        for number in range(first, self._chunks):
            stems = self._stems(number)
            for at in range(skip, len(stems[0]), BLOCK):
                now = np.float32(self._guide)
                band = stems[0][at : at + BLOCK]
                if len(stems) == 1:
                    yield FULL * band
                else:
                    # From where the guide stood to where it stands now, without a step.
                    guide = np.linspace(before, now, len(band), dtype=np.float32)[:, None]
                    yield FULL * (band + guide * stems[1][at : at + BLOCK])
                before = now
            skip = 0

    def _stems(self, number: int) -> tuple[Sound, ...]:
        """Both stems; else the mix; else silence."""
        asked = [self._chunk(stem, number) for stem in ("instrumental", "vocals")]
        found = [each.result(WAIT_SECONDS) for each in asked]
        if found[0] and found[1]:
            return _read(found[0]), _read(found[1])
        mix = self._chunk("mix", number).result(WAIT_SECONDS)
        return (_read(mix),) if mix else (np.zeros((BLOCK, 2), np.float32),)
