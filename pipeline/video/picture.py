"""The picture of a karaoke disc as a video that every screen plays."""

from collections.abc import Callable
from pathlib import Path

from pipeline.video import encoding

# Every pixel of the disc becomes two by two, so that the letters keep their edges.
_FILTER = "fps=20,scale=iw*2:ih*2:flags=neighbor"
_ENCODING = ("-c:v", "libx264", "-preset", "superfast", "-tune", "animation", "-crf", "24", "-g", "100")


def make(graphics: Path, target: Path, check: Callable[[], None]) -> None:
    """Turn a `.cdg` into a video. `check` is called often and raises to stop."""
    writing = ("-vf", _FILTER, *_ENCODING, "-pix_fmt", "yuv420p")
    encoding.make(graphics, target, ("-f", "cdg"), writing, check)
