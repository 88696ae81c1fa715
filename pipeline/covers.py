"""Covers: a picture from anywhere, told by its bytes, becomes two square JPEGs in the track's folder."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from pipeline.errors import NotAPicture
from pipeline.store import Store

# For the stage and the panel; for rows in lists.
SIZES = {600: "cover.jpg", 160: "cover_160.jpg"}
MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
QUALITY = "3"  # of ffmpeg's scale: 2 is the best, 31 the worst


def keep(store: Store, track_id: str, picture: bytes) -> None:
    """Put a picture into a track's folder in both sizes, the small one first: the large one says that they are there."""
    frame = _square(decode(picture))
    store.folder(track_id).mkdir(parents=True, exist_ok=True)  # a video is described before it is fetched
    for size in sorted(SIZES):
        store.put(track_id, SIZES[size], _jpeg(frame, min(size, frame.width)))


def path(folder: Path, size: int) -> Path | None:
    """The file of a track's cover in this size, or the nearest that is there."""
    for name in (SIZES[size], *SIZES.values()):
        if (folder / name).is_file():
            return folder / name
    return None


def decode(picture: bytes) -> VideoFrame:
    """A JPEG, PNG or WebP, whatever it was called."""
    codec = _codec(picture)
    if codec is None or len(picture) > MAX_BYTES:
        raise NotAPicture("no JPEG, PNG or WebP, or too large")
    context = cast(VideoCodecContext, av.CodecContext.create(codec, "r"))
    context.options = {"max_pixels": str(MAX_PIXELS)}
    try:
        frames = [*context.decode(av.Packet(picture)), *context.decode(None)]
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise NotAPicture(str(error)) from error
    if not frames or min(frames[0].width, frames[0].height) < 2:
        raise NotAPicture("nothing to see")
    return frames[0]


def _codec(picture: bytes) -> str | None:
    if picture.startswith(b"\xff\xd8\xff"):
        return "mjpeg"
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" else None


def _square(frame: VideoFrame) -> VideoFrame:
    """The middle of it: a video's still has bars or scenery at its sides."""
    pixels = frame.to_ndarray(format="rgb24")
    side = min(frame.width, frame.height)
    top, left = (frame.height - side) // 2, (frame.width - side) // 2
    middle = pixels[top : top + side, left : left + side].copy()
    return VideoFrame.from_ndarray(middle, format="rgb24")


def _jpeg(frame: VideoFrame, size: int) -> bytes:
    size -= size % 2
    small = frame.reformat(width=size, height=size, format="yuvj420p", interpolation="AREA")
    context = av.CodecContext.create("mjpeg", "w")
    context.width = context.height = size
    context.pix_fmt = "yuvj420p"
    context.time_base = small.time_base = Fraction(1)
    context.options = {"qmin": QUALITY, "qmax": QUALITY}
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*context.encode(small), *context.encode(None)])
