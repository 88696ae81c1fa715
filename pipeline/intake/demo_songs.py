"""The songs to try, taken into the library: made by a process of its own, so that a running night never waits for it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from pipeline import library
from pipeline.box import Box
from pipeline.errors import AlreadyThere
from pipeline.tables import Song

log = structlog.get_logger()


def take_in(box: Box) -> Iterator[Song]:
    """Make the songs and take each in as it is ready; those that are there already stay as they are."""
    with TemporaryDirectory(prefix="encore-demo-") as folder:
        command = [sys.executable, "-m", "pipeline.demo", folder]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        ) as maker:
            for line in maker.stdout or ():
                if song := _take(box, Path(line.strip())):
                    yield song


def _take(box: Box, path: Path) -> Song | None:
    words = path.with_suffix(".lrc")
    try:
        with path.open("rb") as stream:
            song = library.add(box, stream, path.name, "demo")
    except AlreadyThere:
        log.info("demo song is there already", title=path.stem)
        return None
    library.add_words(box, words.read_bytes(), words.name)
    return song
