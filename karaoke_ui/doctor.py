"""`karaoke doctor`: what is wrong with this box, and how to mend it. Looks, and changes nothing."""

import os
import shutil
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from karaoke_ui import address
from karaoke_ui.text import number, t
from pipeline import migrate, model
from pipeline.locks import is_alive
from pipeline.settings import Settings
from pipeline.tables import Lane

LITTLE_DISK_GB = 5
HUB_SECONDS = 4.0
REGISTRY_SECONDS = 8.0


class Health(StrEnum):
    GOOD = "✓"
    WEAK = "▲"
    BAD = "✕"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and the remedy where it is not good."""

    health: Health
    what: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    for look in (_folder, _disk, _database, _port, _phones, _workers, _model, _card):
        yield look(settings)


def _finding(health: Health, key: str, **values: object) -> Finding:
    """The words for it: `doctor.<key>.<good|weak|bad>`, and `doctor.<key>.mend`."""
    what = t(f"doctor.{key}.{health.name.lower()}", **values)
    return Finding(health, what, "" if health is Health.GOOD else t(f"doctor.{key}.mend", **values))


def _folder(settings: Settings) -> Finding:
    folder = settings.data.absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return _finding(Health.GOOD if _can_be_used(there) else Health.BAD, "folder", folder=folder)


def _can_be_used(folder: Path) -> bool:
    """Tried, not asked: what a system allows is not always what it does."""
    try:
        with TemporaryDirectory(dir=folder):
            return True
    except OSError:
        return False


def _disk(settings: Settings) -> Finding:
    folder = settings.data.absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    health = Health.GOOD if free >= LITTLE_DISK_GB else Health.WEAK if free >= 1 else Health.BAD
    return _finding(health, "disk", free=number(free, 1), wanted=LITTLE_DISK_GB)


def _database(settings: Settings) -> Finding:
    path = settings.database
    if not path.exists():
        return Finding(Health.GOOD, t("doctor.database.new"))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            whole = raw.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        whole = False
    health = (
        Health.BAD if not whole else Health.GOOD if migrate.current(path) == migrate.head() else Health.WEAK
    )
    return _finding(health, "database", backups=settings.backups)


def _port(settings: Settings) -> Finding:
    """Free, or held by Encore itself."""
    try:
        with urllib.request.urlopen(
            f"http://{address.own(settings)}:{settings.port}/health", timeout=2
        ) as answer:
            ours = b"version" in answer.read(2000)
    except urllib.error.HTTPError:
        ours = False
    except OSError:
        why = address.why_unheard(settings)
        if why == "nowhere":
            return _finding(Health.BAD, "host", host=settings.host)
        return _finding(Health.BAD if why else Health.GOOD, "port", port=settings.port)
    return (
        Finding(Health.GOOD, t("doctor.port.ours"))
        if ours
        else _finding(Health.BAD, "port", port=settings.port)
    )


def _phones(settings: Settings) -> Finding:
    join = address.join(settings)
    alone = join.url.startswith(("http://127.", "http://localhost")) or settings.host.startswith("127.")
    health = Health.BAD if alone and not settings.public_url else Health.GOOD
    return _finding(health, "phones", url=join.url)


def _workers(settings: Settings) -> Finding:
    missing = [lane.value for lane in Lane if not is_alive(settings.locks, lane)]
    return _finding(Health.WEAK if missing else Health.GOOD, "workers")


def _model(settings: Settings) -> Finding:
    from pipeline.engines import models, weights

    if settings.engine == "center":
        return Finding(Health.GOOD, t("doctor.model.off"))
    name = _chosen(settings.database)
    there = (each for each in models.report(settings.model_folder, settings.models) if each.name == name)
    if any(each.state == "ready" for each in there):
        return _finding(Health.GOOD, "model", name=name)
    health = Health.BAD
    if name in models.PICKLES:  # Demucs' own: they can be fetched
        with suppress(OSError):
            urllib.request.urlopen(settings.hub_url, timeout=HUB_SECONDS).close()  # noqa: S310 - an address of the settings
            health = Health.WEAK
        if name == models.HTDEMUCS and health is Health.BAD and weights.in_registry(REGISTRY_SECONDS):
            health = Health.WEAK
    return _finding(health, "model", name=name, folder=settings.model_folder)


def _chosen(database: Path) -> str:
    """The model that the host chose, as far as the database tells."""
    asked = "SELECT value FROM setting WHERE name = ?"
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as raw,
    ):
        return next(iter(raw.execute(asked, (model.CHOSEN,)).fetchone() or ()), model.DEFAULT)
    return model.DEFAULT


def _card(_settings: Settings) -> Finding:
    if not (os.path.exists("/dev/nvidia0") or shutil.which("nvidia-smi")):  # noqa: PTH110 - a device, not a file
        return Finding(Health.GOOD, t("doctor.card.none"))
    import torch

    if not torch.cuda.is_available():
        return _finding(Health.WEAK, "card")
    return _finding(Health.GOOD, "card", name=torch.cuda.get_device_name(0))
