"""Where the things are that `make test` brought for the tests; each asked for by name, or a sentence says what to do."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from pipeline.engines import weights

CACHE = Path(os.environ.get("ENCORE_TEST_CACHE") or "~/.cache/encore").expanduser().absolute()
MODELS = CACHE / "models"
FALCON = CACHE / "music" / "falcon69.stem.mp4"
FALCON_SHA256 = "874a2552f4d6e2421789e9816f0db58337e97e20539579e34a6100029e3cde5d"
AXE = CACHE / "scripts" / "axe-4.10.3.min.js"
ACORN = CACHE / "scripts" / "acorn-8.15.0.js"
BROWSER_DATA = CACHE / "scripts" / "browsers-8.1.9.json"

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class NotThere(Exception):
    """Something the tests need is missing."""


@cache
def chromium() -> Path:
    """A Chromium that starts, playwright's own last."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found and _starts(found):
            return Path(found)
    own = _playwrights_own()
    if _starts(own):
        return Path(own)
    raise NotThere("there is no Chromium: run `make test`, which brings one.")


def model_folder() -> Path:
    """The folder with the real separation model, for `KARAOKE_MODELS` and `weights.find`."""
    if weights.find(MODELS) is None:
        raise NotThere("the separation model is not there: run `make test`, which fetches it.")
    return MODELS


def falcon_file() -> Path:
    """A real song with its true stems."""
    if not FALCON.is_file():
        raise NotThere("the test song is not there: run `make test`, which fetches it.")
    return FALCON


def axe_script() -> str:
    """The source of axe-core, to be run in a page."""
    if not AXE.is_file():
        raise NotThere("axe-core is not there: run `make test`, which fetches it.")
    return AXE.read_text(encoding="utf-8")


def acorn_script() -> Path:
    """A parser of JavaScript, to be loaded by node."""
    if not ACORN.is_file():
        raise NotThere("acorn is not there: run `make test`, which fetches it.")
    return ACORN


def browser_data() -> Path:
    """MDN's tables: which browser understands what, and since when."""
    if not BROWSER_DATA.is_file():
        raise NotThere("the tables of browsers are not there: run `make test`, which fetches them.")
    return BROWSER_DATA


def _playwrights_own() -> str:
    # In a process of its own: playwright refuses to start where an event loop runs.
    ask = "from playwright.sync_api import sync_playwright as start\nwith start() as p: print(p.chromium.executable_path)"
    return subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True
    ).stdout.strip()


def _starts(browser: str) -> bool:
    try:
        found = subprocess.run([browser, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return found.returncode == 0  # Ubuntu has a placeholder of that name, which only says what to install
