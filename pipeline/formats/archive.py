"""Zips, which are never trusted: names in them are no paths here, and what they say of their sizes is not believed."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.errors import BadArchive
from pipeline.store import clean_name, disk_errors, suffix

MAGIC = b"PK\x03\x04"
BLOCK = 1 << 20
MAX_ENTRIES = 20_000
MAX_FILES = 5000
# Sound hardly gets smaller in a zip, and the picture of a karaoke disc by a factor of some tens.
MAX_RATIO = 60
# Below this much nothing can be a bomb.
HARMLESS = 100_000_000
# A name as long as any file system takes it, with its ending.
MAX_NAME = 180

_LINK = 0o120000
_KIND = 0o170000


@dataclass
class Budget:
    """What may still be unpacked: shared by a zip and those inside of it."""

    bytes: int
    files: int = MAX_FILES


def unpack(path: Path, name: str, into: Path, budget: Budget, wanted: Callable[[str], bool]) -> None:
    """Write the wanted files of a zip below a folder, each folder of the zip as one of its own.

    All or nothing is for the caller: what was written before an error stays in `into`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise BadArchive(name=name, reason="too_many_files")
            folders: dict[str, Path] = {}
            most = max(HARMLESS, MAX_RATIO * path.stat().st_size)
            for entry in entries:
                folder, file_name = _place(entry, name)
                if file_name and wanted(file_name):
                    inside = folders.setdefault(folder, into / f"{len(folders):05d}")
                    most -= _extract(archive, entry, inside / file_name, min(most, budget.bytes), name)
                    budget.files -= 1
                if budget.files < 0:
                    raise BadArchive(name=name, reason="too_many_files")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        encrypted = isinstance(error, RuntimeError) and "password" in str(error)
        reason = "password" if encrypted else "damaged"
        raise BadArchive(str(error), name=name, reason=reason) from error
    budget.bytes = max(0, budget.bytes)


def _place(entry: zipfile.ZipInfo, name: str) -> tuple[str, str]:
    """The folder and the name of an entry; no name for what is no file. One that leads outside spoils the zip."""
    path = _readable(entry).replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or parts[0].endswith(":"):
        raise BadArchive(path, name=name, reason="outside")
    mode = entry.external_attr >> 16
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    if entry.is_dir() or mode & _KIND == _LINK or hidden:
        return "", ""
    return "/".join(parts[:-1]), short_name(parts[-1])


def short_name(name: str) -> str:
    """A name that a file system takes; files that share a name up to the ending still do."""
    name, ending = clean_name(name), suffix(name)
    body = name[: len(name) - len(ending)] if ending else name
    return body.encode()[:MAX_NAME].decode("utf-8", "ignore") + ending


def _readable(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: programs write UTF-8 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int, name: str) -> int:
    """Write one file while counting; how many bytes it has."""
    written = 0
    with archive.open(entry) as source, disk_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return 0  # two entries of one name: the first counts
        with target.open("xb") as file:
            for block in _blocks(source):
                written += len(block)
                if written > most:
                    raise BadArchive(name=name, reason="grows")
                file.write(block)
    return written


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block
