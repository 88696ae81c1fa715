"""Which yt-dlp is used: the one installed with Encore, or a newer one that the host fetched into the data folder.

YouTube changes often, and an old downloader is the usual reason why nothing can be fetched. So it can be brought up to
date while the night goes on, in a read-only image too: a new one is taken into use as soon as nobody in this process
works with the old one. yt-dlp is imported here and nowhere else, and not before it is needed.
"""

import importlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import structlog

from pipeline.errors import NotFetched

log = structlog.get_logger()

PACKAGE, SCRIPTS = "yt-dlp", "yt-dlp-ejs"
POINTER = "current"
# Ours are imported anew with it, because their classes are made from yt-dlp's.
MODULES = ("yt_dlp", "yt_dlp_ejs", "pipeline.sources.tube", "pipeline.sources.refusals")
PIP_SECONDS = 180.0
TRIAL_SECONDS = 30.0
LOOK_SECONDS = 0.2
# What a fetched one must be able to do before it is trusted.
TRIAL = """
import sys
sys.path.insert(0, sys.argv[1])
import yt_dlp, yt_dlp_ejs
assert yt_dlp.__file__.startswith(sys.argv[1])
with yt_dlp.YoutubeDL({"quiet": True}, auto_init=False) as ydl:
    ydl.get_info_extractor("Youtube")
    ydl.get_info_extractor("YoutubeSearch")
print(yt_dlp.version.__version__)
"""


class Downloaders:
    """The versions of yt-dlp at hand, and the one that this process has loaded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._changed = threading.Condition()
        self._users = 0
        self._loaded: Path | None = None

    def installed(self) -> str:
        """The version that is used from now on."""
        chosen = self._chosen()
        return chosen.name if chosen else shipped()

    @contextmanager
    def use(self, check: Callable[[], None] = lambda: None) -> Iterator[ModuleType]:
        """`pipeline.sources.tube` on the newest yt-dlp. Waits while an older one is still at work."""
        with self._changed:
            while self._users and self._chosen() != self._loaded:
                check()
                self._changed.wait(LOOK_SECONDS)
            tube = self._load(self._chosen())
            self._users += 1
        try:
            yield tube
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    def update(self) -> str:
        """Fetch the newest version from the package index, try it, and let every process use it; its number."""
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"new-{uuid4().hex}"
        try:
            self._fetch(PACKAGE, fresh)
            # The scripts it runs on YouTube's own ones must be of the version it names.
            self._fetch(_wanted_scripts(fresh), fresh)
            version = self._tried(fresh)
            kept = self._folder / version
            if version != shipped() and not kept.exists():
                fresh.rename(kept)
            part = self._folder / f"{POINTER}-{uuid4().hex}"
            part.write_text(version, encoding="utf-8")
            part.replace(self._folder / POINTER)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        self._forget_old(version)
        log.info("downloader updated", version=version, shipped=shipped())
        return version

    def _chosen(self) -> Path | None:
        """The folder of the fetched version, None where the one that came with Encore is as new."""
        try:
            version = (self._folder / POINTER).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = self._folder / version
        if not _number(version) > _number(shipped()) or not (folder / "yt_dlp").is_dir():
            return None
        return folder

    def _load(self, chosen: Path | None) -> ModuleType:
        tube = sys.modules.get("pipeline.sources.tube")
        if tube is not None and chosen == self._loaded:
            return tube
        _forget_modules()
        if self._loaded is not None and str(self._loaded) in sys.path:
            sys.path.remove(str(self._loaded))
        if chosen is not None:
            sys.path.insert(0, str(chosen))
        importlib.invalidate_caches()
        self._loaded = chosen
        began = time.perf_counter()
        tube = importlib.import_module("pipeline.sources.tube")
        log.info(
            "downloader loaded", version=tube.yt_dlp_version(), ms=round((time.perf_counter() - began) * 1000)
        )
        return tube

    def _fetch(self, what: str, target: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-cache-dir"]
        command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
        try:
            done = subprocess.run(
                [*command, "--target", str(target), what],
                check=False,
                capture_output=True,
                text=True,
                timeout=PIP_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise NotFetched(reason="index_slow") from error
        if done.returncode != 0:
            log.warning("downloader not fetched", package=what, said=done.stderr[-1000:])
            raise NotFetched(reason="index_gone")

    def _tried(self, folder: Path) -> str:
        """The version in a folder, once it has been seen to work."""
        try:
            done = subprocess.run(
                [sys.executable, "-c", TRIAL, str(folder)],
                check=False,
                capture_output=True,
                text=True,
                timeout=TRIAL_SECONDS,
            )
            version = done.stdout.strip()
            if done.returncode == 0 and _number(version):
                return version
            said = done.stderr[-1000:]
        except subprocess.TimeoutExpired:
            said = "timeout"
        log.warning("downloader does not work", said=said)
        raise NotFetched(reason="index_broken")

    def _forget_old(self, version: str) -> None:
        """Remove the versions before the last: another process may still be at work with that one."""
        kept = sorted((f for f in self._folder.iterdir() if _number(f.name)), key=lambda f: _number(f.name))
        for folder in [f for f in kept if f.name != version][:-1]:
            shutil.rmtree(folder, ignore_errors=True)


@cache
def shipped() -> str:
    """The version that was installed with Encore; read before any other one can stand in the path."""
    return metadata.version(PACKAGE)


def _number(version: str) -> tuple[int, ...]:
    """“2026.10.26” as something that can be compared; nothing for what is no version."""
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def _wanted_scripts(folder: Path) -> str:
    found = next(iter(metadata.distributions(name=PACKAGE, path=[str(folder)])), None)
    wanted = (found.requires if found else None) or []
    return next((each.split(";")[0].strip() for each in wanted if each.startswith(SCRIPTS)), SCRIPTS)


def _forget_modules() -> None:
    for name in [n for n in sys.modules if any(n == m or n.startswith(f"{m}.") for m in MODULES)]:
        del sys.modules[name]
