"""Sounds and song files made by code, for tests that need real ones."""

import struct
import zlib
from pathlib import Path
from typing import Any

import av
import mutagen.id3
import numpy as np
import soundfile
from av.audio import AudioFrame, AudioStream
from av.video import VideoFrame, VideoStream

from pipeline.engines import RATE, Audio

# What to give to `save` for each kind of file.
FORMATS = {
    "wav": "pcm_s16le",
    "aiff": "pcm_s24be",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "vorbis",
    "opus": "libopus",
    "wma": "wmav2",
    "mkv": "aac",
    "webm": "libopus",
    "mov": "aac",
    "mp4": "aac",
    "avi": "libmp3lame",
}


def tone(
    seconds: float, left: float = 440.0, right: float = 660.0, level: float = 0.5, rate: int = RATE
) -> Audio:
    """A steady tone on each side."""
    at = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * np.array([[left], [right]]) * at)).astype(np.float32)


def song(seconds: float, seed: int = 1) -> Audio:
    """Something less steady than a tone: a beat of noise over wandering notes."""
    random = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE)) / RATE
    notes = np.repeat(random.choice([220.0, 261.6, 329.6, 392.0], int(seconds * 2) + 1), RATE // 2)[: len(at)]
    melody = 0.3 * np.sin(2 * np.pi * np.cumsum(notes) / RATE)
    beat = 0.2 * random.standard_normal((2, len(at))) * np.exp(-8 * (at % 0.5))
    return (melody + beat).astype(np.float32)


def sdr(reference: Audio, estimate: Audio) -> float:
    """How far the error lies below the sound, in dB."""
    reference, error = reference.astype(np.float64), (reference - estimate).astype(np.float64)
    return float(10 * np.log10(np.sum(reference**2) / max(np.sum(error**2), 1e-30)))


def save(
    path: Path,
    audio: Audio,
    *,
    codec: str = "",
    rate: int = RATE,
    layout: str = "stereo",
    picture: bool | str = False,
    **options: str,
) -> Path:
    """Encode a sound, one row a channel, as the file's ending says; with a moving picture, in a codec, if wanted."""
    if path.suffix == ".ogg":
        soundfile.write(path, audio.T, rate, format="OGG", subtype="VORBIS")
        return path
    with av.open(str(path), "w", options=options) as container:
        sound = container.add_stream(codec or FORMATS[path.suffix[1:]], rate=rate)
        assert isinstance(sound, AudioStream)
        sound.layout, sound.bit_rate = layout, 128_000
        if picture:
            usual = "mpeg4" if path.suffix != ".webm" else "libvpx"
            video = container.add_stream(picture if isinstance(picture, str) else usual, rate=5)
            assert isinstance(video, VideoStream)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            _add_picture(container, video, audio.shape[1] / rate)
        for start in range(0, audio.shape[1], rate):
            block = np.ascontiguousarray(audio[:, start : start + rate], np.float32)
            frame = AudioFrame.from_ndarray(block, "fltp", layout)
            frame.sample_rate, frame.pts = rate, start
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def save_silent_film(path: Path, seconds: float = 1.0, codec: str = "mpeg4") -> Path:
    """A video without any sound."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=5)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        _add_picture(container, video, seconds)
    return path


def add_frames(path: Path, *frames: Any) -> Path:
    """Put ID3 frames in front of an MP3 file."""
    id3: Any = mutagen.id3
    tags = id3.ID3()
    for frame in frames:
        tags.add(frame)
    tags.save(path)
    return path


def png() -> bytes:
    """A small black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(31) * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _add_picture(container: Any, video: VideoStream, seconds: float) -> None:
    for _ in range(int(seconds * 5)):
        frame = VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), "rgb24")
        container.mux(video.encode(frame))
    container.mux(video.encode(None))
