"""`python -m tests.crash.every_step FOLDER SONG WORDS`: a song prepared in many boxes, in each killed at another moment.

One process that never has a second thread forks what is killed: so each of dozens of deaths costs a second, and is a
real one. Each box is a folder in FOLDER, named by its step and moment; `whole` is the one that nobody killed. How the
two workers of each ended stands in `ended.json`.
"""

import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline import jobs, library, migrate, steps
from pipeline.box import Box
from pipeline.settings import Settings
from pipeline.tables import Lane
from pipeline.work import Work
from tests.workers import work_off

MOMENTS = ("before", "during", "after")
# The worker looks whether it should stop this often in a step before it is killed in the middle.
LOOKS = 3


def main(folder: Path, song: Path, words: Path) -> None:
    _forked(partial(_fill, folder / "filled", song, words))
    ended: dict[str, list[int]] = {}
    names = [name for order in steps.ORDER.values() for name, _ in order]
    for step, moment in [("", ""), *((name, moment) for name in names for moment in MOMENTS)]:
        data = folder / (f"{step} {moment}" if step else "whole")
        shutil.copytree(folder / "filled", data)
        ended[data.name] = [_forked(partial(_work, data, *killed)) for killed in ((step, moment), ("", ""))]
    (folder / "ended.json").write_text(json.dumps(ended))


def _fill(data: Path, song: Path, words: Path) -> None:
    """A song on its way in, with its words beside it."""
    box = _open(data)
    with song.open("rb") as stream:
        added = library.add(box, stream, song.name, "folder")
    library.set_words(box, added.id, words.read_bytes())
    box.close()


def _work(data: Path, step: str, moment: str) -> None:
    """What a worker does from its start until there is nothing left to do, or until it is killed."""
    box = _open(data)
    with box.db.write() as s:
        for lane in Lane:
            jobs.take_back(s, lane, time.time(), dead_worker="test")
    if step:
        _be_killed(step, moment)
    work_off(box, later=60.0)
    box.close()


def _be_killed(step: str, moment: str) -> None:
    run, check = steps.run, Work.check
    left = LOOKS

    def running(name: str, work: Work) -> None:
        if (name, moment) == (step, "before"):
            _die()
        run(name, work)
        if name == step:  # of one that never looks, this is the middle
            _die()

    def looking(work: Work) -> None:
        nonlocal left
        if work.held.step == step:
            left -= 1
            if not left:
                _die()
        check(work)

    vars(steps)["run"] = running
    if moment == "during":
        Work.check = looking  # type: ignore[assignment, method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _open(data: Path) -> Box:
    settings = Settings(data=data, engine="center", online=False)
    if not settings.database.exists():
        data.mkdir()
        migrate.upgrade(settings.database, settings.backups)
    return Box.open(settings)


def _forked(work: Callable[[], None]) -> int:
    """Do it in a process of its own; how that ended, minus the signal's number when it was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except Exception:  # noqa: BLE001 - the edge of this process
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:]))
