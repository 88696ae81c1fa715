"""The job of a song of one minute, against the command `python -m demucs` on the same file.

Warm: the model is loaded in this process, a short song went through it, and the job goes its real way: added to the
library, claimed and done lane by lane, to the last chunk on disk. Told is the time from the first claim to the end.
The command runs with the same weights, device and number of threads, with `--shifts 0`; told is the time of the whole
command, which loads the model too, and (its own measurement) that of the model alone, which is set beside the job's
separating step. Each precision is forced by its setting; the command computes in fp32.

Cold: the two worker processes are started while the job waits; told is the time until it is done.

All take turns for several rounds, each round with another song; told are the medians.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from pipeline import jobs, library, lifeline, migrate
from pipeline.box import Box
from pipeline.engines import memory, nothing, weights
from pipeline.engines.choice import Engines
from pipeline.engines.demucs import Demucs
from pipeline.jobs import Claim
from pipeline.settings import Settings
from pipeline.tables import Job, JobState, JobStep, Lane
from pipeline.work import drain
from tests import demucs_repo, places
from tests.bench import songs, warm
from tests.bench.figures import Figure, ratio, seconds
from tests.bench.timed_demucs import SAYS
from tests.server import FOREIGN, ROOT

LIMITS = {"bf16": 0.65, "fp32": 1.0}
# A processor that only imitates bf16 is this much slower in it: nobody waits for that, and the box would not choose it.
HOPELESS = 3.0
PATIENCE = 900.0
COMMAND = "`python -m demucs`"
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Warm:
    """The model, loaded in this process in one precision."""

    engines: Engines
    device: str
    # Seconds that a short song took.
    took: float


def measure(
    rounds: int = 3, length: float = 60.0, limits: dict[str, float] = LIMITS, *, cold: bool = True
) -> list[Figure]:
    memory.keep()  # as the worker does that separates
    with TemporaryDirectory() as name:
        folder = Path(name)
        (repo := folder / "repo").mkdir()
        demucs_repo.write(places.model_folder() / weights.FILE, repo)
        loaded = {precision: _load(folder / f"warm {precision}", precision) for precision in ("fp32", "bf16")}
        if loaded["bf16"].took > HOPELESS * loaded["fp32"].took:
            del loaded["bf16"]
        times: Times = defaultdict(list)
        for number in range(rounds):
            (round_folder := folder / str(number)).mkdir()
            file = songs.save(round_folder / "song.wav", length, seed=number)
            _round(round_folder, file, repo, loaded, times, cold=cold)
    middle = {what: median(found) for what, found in times.items()}
    return _figures(middle, f"{length:.0f} s song", list(loaded), limits)


def _round(
    folder: Path, file: Path, repo: Path, loaded: dict[str, Warm], times: Times, *, cold: bool
) -> None:
    for precision, model in loaded.items():
        whole, step = _job(model.engines, _settings(folder / precision, precision), file)
        times[precision].append(whole)
        times[f"{precision} step"].append(step)
        if cold:
            times[f"{precision} cold"].append(_cold(_settings(folder / f"{precision} cold", precision), file))
    command, model_alone = _demucs(file, repo, folder / "demucs", loaded["fp32"].device)
    times["demucs"].append(command)
    times["demucs model"].append(model_alone)


def _figures(
    times: dict[str, float], song: str, precisions: list[str], limits: dict[str, float]
) -> list[Figure]:
    found = []
    for precision in sorted(precisions):
        command, alone = times["demucs"], times["demucs model"]
        step = times[f"{precision} step"]
        found += [
            ratio(f"{song}, warm, {precision}", times[precision], command, COMMAND, limits[precision]),
            ratio(f"{song}, its separation alone, {precision}", step, alone, "the model inside"),
        ]
        if f"{precision} cold" in times:
            found.append(seconds(f"{song}, cold, {precision}", times[f"{precision} cold"]))
    if "bf16" not in precisions:
        found.append(
            seconds(f"{song}, bf16", float("nan"), note="not measured: this processor only imitates it")
        )
    return found


def _settings(data: Path, precision: str) -> Settings:
    """A library of its own, empty, that asks nobody outside: demucs' command asks nobody either."""
    data.mkdir()
    values = {"data": data, "models": places.model_folder(), "engine": "htdemucs", "precision": precision}
    values |= {"online": False}
    settings = Settings.model_validate(values)
    migrate.upgrade(settings.database, settings.backups)
    return settings


def _load(data: Path, precision: str) -> Warm:
    data.mkdir()
    settings = _settings(data / "box", precision)
    with closing(Box.open(settings)) as box:
        engines = Engines(box)
        engines.warm()
        model = engines.current(nothing)
    assert isinstance(model, Demucs), "the model could not be loaded"
    assert model.precision == precision
    file = songs.save(data / "short.wav", 8)
    whole, _ = _job(engines, _settings(data / "job", precision), file)
    return Warm(engines, model.device, whole)


def _job(engines: Engines, settings: Settings, file: Path) -> tuple[float, float]:
    """Seconds of a whole job, and of its separating step, with the model that is warm here."""
    Engines._made = engines
    with closing(Box.open(settings)) as box:
        job = _add(box, file)
        began = time.perf_counter()
        for lane in (Lane.PREPARE, Lane.SEPARATE, Lane.PREPARE):  # the way of a song through the lanes
            drain(box, partial(_claim, box, lane))
        took = time.perf_counter() - began
        with box.db.read() as s:
            assert s.get_one(Job, job).state == JobState.DONE, s.get_one(Job, job).error
            return took, s.get_one(JobStep, (job, "separate")).seconds


def _add(box: Box, file: Path) -> str:
    """Take the song in; the id of its job."""
    with file.open("rb") as content:
        song = library.add(box, content, file.name, "folder")
    with box.db.write() as s:
        return jobs.create(s, library.main_track(s, song.id).id).id


def _claim(box: Box, lane: Lane) -> Claim | None:
    with box.db.write() as s:
        return jobs.claim(s, lane, "bench", time.time())


def _cold(settings: Settings, file: Path) -> float:
    """Seconds from the start of both workers to the end of the job that waits for them."""
    with closing(Box.open(settings)) as box:
        job = _add(box, file)
    given = {f"KARAOKE_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    environ = kept | given | {"PYTHONPATH": str(ROOT), "KARAOKE_LOG_LEVEL": "error", lifeline.VARIABLE: "1"}
    began = time.perf_counter()
    workers = [_worker(lane, settings.data, environ) for lane in Lane]
    try:
        return warm.until(lambda: _is_done(settings, job), PATIENCE) - began
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _worker(lane: Lane, folder: Path, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    # The pipe is its lifeline: it ends with this process, however that ends.
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.worker", lane.value], cwd=folder, env=environ, stdin=subprocess.PIPE
    )


def _is_done(settings: Settings, job: str) -> bool:
    with closing(sqlite3.connect(f"{settings.database.as_uri()}?mode=ro", uri=True)) as raw:
        (state,) = raw.execute("SELECT state FROM job WHERE id = ?", (job,)).fetchone()
    assert state in ("QUEUED", "RUNNING", "DONE"), state
    return bool(state == "DONE")


def _demucs(file: Path, repo: Path, out: Path, device: str) -> tuple[float, float]:
    """Seconds of the whole command, and of the model in it."""
    arguments = [
        "--repo",
        str(repo),
        "-n",
        demucs_repo.NAME,
        "--shifts",
        "0",
        "-d",
        device,
        "-o",
        str(out),
        str(file),
    ]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(torch.get_num_threads())}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.timed_demucs", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    took = time.perf_counter() - began
    assert done.returncode == 0, done.stderr[-4000:]
    assert len(list(out.rglob("*.wav"))) == 4, "demucs did not write its four stems"
    return took, float(done.stdout.rpartition(SAYS)[2])
