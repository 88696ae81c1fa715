"""A worker is killed before, in the middle of, and after each step of both kinds of job: the next one makes of the song
what nobody's death would have made of it, and nothing twice.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, func, select

from pipeline import steps
from pipeline.box import Box
from pipeline.settings import Settings
from pipeline.tables import (
    Candidate,
    Job,
    JobState,
    JobStep,
    LyricLine,
    Lyrics,
    LyricWord,
    Song,
    Track,
    TrackState,
)
from tests import sound
from tests.crash.every_step import MOMENTS
from tests.server import ROOT

WORDS = "[00:00.20]Daisy, Daisy\n[00:02.00]give me your answer, do\n[00:04.20]I'm half crazy\n"
TABLES: tuple[type[SQLModel], ...] = (Song, Track, Lyrics, LyricLine, LyricWord, Candidate, Job, JobStep)
NAMES = [name for order in steps.ORDER.values() for name, _ in order]


@dataclass(frozen=True)
class Made:
    """What a box holds when all work is done."""

    rows: dict[str, int]
    jobs: dict[str, JobState]
    track: TrackState
    separated: int
    measured: tuple[object, ...]
    # Every file of the song's folder, by its name, with what is in it.
    files: dict[str, str]
    left: list[str]


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """The folder with all boxes, and how the first worker of each ended."""
    folder = tmp_path_factory.mktemp("steps")
    song = sound.save(folder / "Harry Dacre - Daisy Bell.wav", sound.song(6))
    words = folder / "words.lrc"
    words.write_text(WORDS)
    run = subprocess.run(
        [sys.executable, "-m", "tests.crash.every_step", str(folder), str(song), str(words)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    ended = json.loads((folder / "ended.json").read_text())
    assert all(again == 0 for _, again in ended.values()), run.stderr[-4000:]
    return folder, {box: killed for box, (killed, _) in ended.items()}


def made(data: Path) -> Made:
    box = Box.open(Settings(data=data, engine="center", online=False))
    try:
        with box.db.read() as s:
            track, jobs = s.exec(select(Track)).one(), s.exec(select(Job)).all()
            return Made(
                {table.__name__: count(s, table) for table in TABLES},
                {job.kind: job.state for job in jobs},
                track.state,
                track.separated,
                (track.engine, track.chunks, track.loudness, track.peak, track.key, track.bpm),
                dict(digests(box.store.folder(track.id))),
                sorted(path.name for path in box.store.incoming.iterdir()),
            )
    finally:
        box.close()


def count(s: Session, table: type[SQLModel]) -> int:
    return s.exec(select(func.count()).select_from(table)).one()


def digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            yield path.relative_to(folder).as_posix(), hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def whole(boxes: tuple[Path, dict[str, int]]) -> Made:
    """What nobody's death came between."""
    folder, ended = boxes
    assert ended["whole"] == 0
    found = made(folder / "whole")
    assert (found.track, set(found.jobs.values())) == (TrackState.READY, {JobState.DONE})
    assert found.rows["LyricWord"] > 0, "the words have their times"
    return found


@pytest.mark.parametrize("step", NAMES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_is_lost_and_nothing_made_twice(
    step: str, moment: str, boxes: tuple[Path, dict[str, int]], whole: Made
) -> None:
    folder, ended = boxes
    assert ended[f"{step} {moment}"] == -signal.SIGKILL
    assert made(folder / f"{step} {moment}") == whole
