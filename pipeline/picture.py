"""The picture of a karaoke disc as a video that every screen plays, made by the ffmpeg that comes with us."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import imageio_ffmpeg
import structlog

from pipeline.errors import DamagedFile

log = structlog.get_logger()

LOOK_SECONDS = 0.1
# Every pixel of the disc becomes two by two, so that the letters keep their edges.
_FILTER = "fps=20,scale=iw*2:ih*2:flags=neighbor"
_ENCODING = ("-c:v", "libx264", "-preset", "superfast", "-tune", "animation", "-crf", "24", "-g", "100")


def make(graphics: Path, target: Path, check: Callable[[], None]) -> None:
    """Turn a `.cdg` into a video: the whole of it or nothing. `check` is called often and raises to stop."""
    for left in target.parent.glob(f"{target.stem}.*.part"):
        left.unlink(missing_ok=True)  # by a worker that was killed; its ffmpeg may still be at it
    part = target.with_name(f"{target.stem}.{uuid4().hex}.part")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-f", "cdg", "-i", str(graphics)),
        *(
            "-vf",
            _FILTER,
            *_ENCODING,
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            str(part),
        ),
    ]
    began = time.monotonic()
    try:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                said = _wait(process, check)
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0 or not part.is_file() or not part.stat().st_size:
            raise DamagedFile(said.decode("utf-8", "replace")[-300:], name=graphics.name)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    log.info("picture made", seconds=round(time.monotonic() - began, 2), bytes=target.stat().st_size)


def _wait(process: subprocess.Popen[bytes], check: Callable[[], None]) -> bytes:
    """What the program said, once it has ended."""
    while True:
        check()
        try:
            return process.communicate(timeout=LOOK_SECONDS)[1]
        except subprocess.TimeoutExpired:
            continue
