"""`karaoke stage`: the stage on the box's own screen, in a browser that fills it, with its sound on from the start.

Whoever may write into the data folder owns the box: a key that is left there lets the stage in without a code, once.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from karaoke_ui.text import t
from pipeline.settings import Settings

KEY = "stage.key"
KEY_SECONDS = 600.0
START_SECONDS = 60.0
# A browser that ended sooner has nothing to show here.
AT_LEAST_SECONDS = 5.0

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
FIREFOXES = ("firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox")

# What keeps a browser from asking or telling anything, and lets it sound without a tap.
CHROMIUM_FLAGS = (
    "--kiosk",
    "--autoplay-policy=no-user-gesture-required",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--hide-crash-restore-bubble",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate",
    "--disable-component-update",
    "--password-store=basic",
)
FIREFOX_PREFERENCES = {
    "media.autoplay.default": "0",
    "media.autoplay.blocking_policy": "0",
    "browser.shell.checkDefaultBrowser": "false",
    "browser.sessionstore.resume_from_crash": "false",
    "browser.aboutwelcome.enabled": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "full-screen-api.warning.timeout": "0",
}


def run(settings: Settings) -> int:
    """Open the stage here, and again when the browser falls over, until somebody closes it."""
    here = f"http://{_reached_at(settings)}:{settings.port}"
    browser = find()
    if browser is None:
        return _refuse(t("cli.stage.no_browser", address=f"{here}/stage"))
    if not _has_screen(os.environ):
        return _refuse(t("cli.stage.no_screen"))
    if not _wait_for(f"{here}/health"):
        return _refuse(t("cli.stage.no_box", address=here))
    while True:
        began = time.monotonic()
        address = f"{here}/stage?key={leave_key(settings.data)}"
        try:
            code = subprocess.run(command(browser, address, settings.data / "kiosk"), check=False).returncode
        except KeyboardInterrupt:
            return 0
        if code == 0:
            return 0
        if time.monotonic() - began < AT_LEAST_SECONDS:
            return _refuse(t("cli.stage.fell_over", browser=browser, code=code))


def find() -> str | None:
    """A browser of this system: one that can be told to play without a tap comes first."""
    return next((found for name in (*CHROMIUMS, *FIREFOXES) if (found := shutil.which(name))), None)


def command(browser: str, address: str, profile: Path) -> list[str]:
    """How it is started, with a profile of its own, so that nobody's windows and habits come along."""
    profile = profile.absolute() / Path(browser).name.replace(" ", "-")
    profile.mkdir(parents=True, exist_ok=True)
    if "firefox" in Path(browser).name:
        lines = [f'user_pref("{name}", {value});' for name, value in FIREFOX_PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n")
        return [browser, "--kiosk", "--no-remote", "--profile", str(profile), address]
    # It refuses to run its sandbox as the system's owner.
    rootless = [] if getattr(os, "geteuid", lambda: 1)() else ["--no-sandbox"]
    return [browser, *CHROMIUM_FLAGS, *rootless, f"--user-data-dir={profile}", address]


def leave_key(data: Path) -> str:
    """A key for one stage, readable by nobody else."""
    key = secrets.token_urlsafe(24)
    part = data / f"{KEY}.part"
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(key)
    part.replace(data / KEY)
    return key


def redeem(data: Path, key: str) -> bool:
    """Is it the key that was left here a moment ago? It opens once."""
    if not key:
        return False
    path = data / KEY
    try:
        left, age = path.read_text(), time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    if age > KEY_SECONDS or not secrets.compare_digest(left.encode(), key.encode()):
        return False
    path.unlink(missing_ok=True)
    return True


def _reached_at(settings: Settings) -> str:
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared only


def _has_screen(environ: Mapping[str, str]) -> bool:
    return sys.platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _wait_for(address: str) -> bool:
    """The box may be starting together with its screen."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=3).close()  # noqa: S310 - our own address
            return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    return False


def _refuse(words: str) -> int:
    sys.stderr.write(f"  ✗ {words}\n")
    return 1
