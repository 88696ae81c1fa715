"""The disk as a process meets it: full, where the system itself refuses to let a file grow; and the files held open."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No file of this process, or of one that it starts, may grow beyond so many bytes."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def held_open(folder: Path) -> list[str]:
    """The files in a folder that this process has open, whatever else it does at the same time."""
    stats = ((path.stat(), path.name) for path in folder.rglob("*"))
    names = {(stat.st_dev, stat.st_ino): name for stat, name in stats}
    found = []
    for link in Path("/dev/fd").iterdir():
        try:
            stat = os.fstat(int(link.name))
        except OSError:
            continue  # closed meanwhile, as that of this look is
        if (stat.st_dev, stat.st_ino) in names:
            found.append(names[stat.st_dev, stat.st_ino])
    return found
