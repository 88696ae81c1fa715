"""The picture of a film, as it can run behind the words: what browsers cannot play becomes an mp4 that they can.

The sound is left out of it: the stage plays the song's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
from av.stream import Disposition

from pipeline.video import encoding

# What browsers play as it is: containers, and the codecs in them.
_CONTAINERS = {".mp4", ".m4v", ".webm"}
_CODECS = {"h264", "vp8", "vp9", "av1"}
# H.264 of more than eight bits, or with finer colours, is played by few.
_PIXELS = {"yuv420p", "yuvj420p"}
# Nothing larger is needed behind words, and a small box has to send it and a small TV to show it.
MOST_LINES, LINES = 1080, 720
_KINDS = "asf,avi,matroska,mov,mpeg,mpegts,webm"

_COPY = ("-c:v", "copy")
_ENCODE = (
    *("-vf", f"scale=-2:'min({LINES},ih)',format=yuv420p", "-fpsmax", "30"),
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-g", "100", "-threads", "2"),
)


@dataclass(frozen=True)
class Picture:
    """What there is to see in a file."""

    codec: str
    pixels: str
    lines: int

    @property
    def is_plain(self) -> bool:
        """Whether browsers can play it, in whatever container."""
        fine = self.codec != "h264" or self.pixels in _PIXELS
        return self.codec in _CODECS and fine and self.lines <= MOST_LINES


def look(path: Path) -> Picture | None:
    """The moving picture in a file; None where there is none, or none that can be read."""
    try:
        with (
            path.open("rb") as file,
            av.open(
                file, "r", container_options={"format_whitelist": _KINDS}, metadata_errors="replace"
            ) as film,
        ):
            for stream in film.streams.video:
                if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None:
                    context = stream.codec_context
                    return Picture(context.name, context.pix_fmt or "", context.height)
    except (av.FFmpegError, OSError):
        pass
    return None


def plays(path: Path, picture: Picture) -> bool:
    """Whether browsers play the file as it is."""
    return path.suffix.lower() in _CONTAINERS and picture.is_plain


def make(source: Path, target: Path, picture: Picture, check: Callable[[], None]) -> None:
    """Turn a film into a silent mp4: another wrapping where that is enough, another picture where it is not."""
    how = _COPY if picture.codec == "h264" and picture.is_plain else _ENCODE
    reading = ("-format_whitelist", _KINDS)
    encoding.make(source, target, reading, ("-map", "0:V:0", "-an", "-sn", "-dn", *how), check)
