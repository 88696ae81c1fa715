"""Videos made by the ffmpeg that comes with us, in a process of its own: the whole of one or nothing."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import imageio_ffmpeg
import structlog

from pipeline.errors import DamagedFile

log = structlog.get_logger()

LOOK_SECONDS = 0.1


def make(
    source: Path, target: Path, reading: Sequence[str], writing: Sequence[str], check: Callable[[], None]
) -> None:
    """Turn a file into an mp4 that every screen plays. `check` is called often and raises to stop."""
    for left in target.parent.glob(f"{target.stem}.*.part"):
        left.unlink(missing_ok=True)  # by a worker that was killed; its ffmpeg may still be at it
    part = target.with_name(f"{target.stem}.{uuid4().hex}.part")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", *reading, "-i", str(source)),
        *(*writing, "-movflags", "+faststart", "-f", "mp4", str(part)),
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
            raise DamagedFile(said.decode("utf-8", "replace")[-300:], name=source.name)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    log.info(
        "video made",
        name=target.name,
        seconds=round(time.monotonic() - began, 2),
        bytes=target.stat().st_size,
    )


def _wait(process: subprocess.Popen[bytes], check: Callable[[], None]) -> bytes:
    """What the program said, once it has ended."""
    while True:
        check()
        try:
            return process.communicate(timeout=LOOK_SECONDS)[1]
        except subprocess.TimeoutExpired:
            continue
