"""On a graphics card: how fast a song is taken apart, how much of that is the network itself, and the command's time.

A song of three minutes, made of noise and tones: what it sounds like changes no time. Told are
- the seconds of music for a second of work, from the mix in memory to the voice in memory,
- what part of that work the network's own forward passes need, on the same number of segments in batches as large,
  that lie on the card already,
- the time from a WAV file to all chunks on the disk, against the command `python -m demucs` on the same file, with
  the same weights, on the card too. Both are told whole: the command loads its model, the box has it loaded,
- how far the card's result lies from that of the processor in fp32.

Without the real weights (a machine that was lent for this has no network) others of the same form are made: no time
depends on them. Without a card nothing is measured.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import torch
from demucs.htdemucs import HTDemucs
from safetensors.torch import save_file

from pipeline.audio.chunks import Reel, chunked
from pipeline.engines import RATE, Audio, weights
from pipeline.engines._network import FORM, Network
from pipeline.engines.demucs import CUDA_BATCH, OVERLAP, Demucs
from tests import demucs_repo, places
from tests.bench.figures import Figure, ratio, seconds
from tests.bench.timed_demucs import SAYS

ROOT = Path(__file__).parents[2]
PATIENCE = 500.0


def measure(rounds: int = 3, length: float = 180.0) -> list[Figure]:
    if not torch.cuda.is_available():
        print("gpu: there is no card with CUDA here, so nothing is measured", file=sys.stderr)
        return []
    with TemporaryDirectory() as name:
        folder = Path(name)
        model = weights.find(places.MODELS) or _made_up(folder / weights.FILE)
        soundfile.write(folder / "song.wav", _song(length).T, RATE, "PCM_16")
        found = []
        for precision in ("bf16", "fp32"):
            engine = Demucs(model, device="cuda", precision=precision)
            found += [_apart(engine, model), *_engine(engine, length, rounds)]
            found += _files(engine, folder, length, rounds)
            del engine
            torch.cuda.empty_cache()
        demucs_repo.write(model, folder)
        (folder / "out").mkdir()
        command, alone = _command(folder)
    card = torch.cuda.get_device_name()
    whole = {figure.what: figure.value for figure in found}
    for precision in ("bf16", "fp32"):
        ours = whole[f"{card}, {precision}, file to chunks"]
        found.append(ratio(f"{card}, {precision}, against the command", ours, command, "`python -m demucs`"))
        found.append(ratio(f"{card}, {precision}, against its model", ours, alone, "the model inside"))
    return found


def _apart(engine: Demucs, model: Path) -> Figure:
    segment = torch.randn(1, 2, engine._network.length, generator=torch.Generator().manual_seed(1))
    expected, found = Network(model).voices(segment), engine._network.voices(segment)
    decibels = 10 * torch.log10((found - expected).square().sum() / expected.square().sum())
    what = f"{torch.cuda.get_device_name()}, {engine.precision}, apart from the processor"
    return Figure(what, float(decibels), "dB")


def _engine(engine: Demucs, length: float, rounds: int) -> list[Figure]:
    """From memory to memory, beside the network alone."""
    mix, card = _song(length), torch.cuda.get_device_name()
    network = engine._network
    stride = int((1 - OVERLAP) * network.length)
    segments = -(-mix.shape[1] // stride)
    sizes = [1, *[CUDA_BATCH] * ((segments - 1) // CUDA_BATCH)]
    sizes += [segments - sum(sizes)] if segments > sum(sizes) else []
    there = torch.randn(CUDA_BATCH, 2, network.length, device="cuda")

    def whole() -> None:
        for _ in engine.vocals(mix):
            pass

    def alone() -> None:
        for size in sizes:
            network.start(there[:size])

    took, passes = _timed(whole, rounds), _timed(alone, rounds)
    what = f"{card}, {engine.precision}"
    return [
        Figure(f"{what}, faster than the music", length / took, "×", note=f"{length:.0f} s in {took:.2f} s"),
        Figure(
            f"{what}, share of forward passes", passes / took, "×", note=f"{passes:.2f} s of {took:.2f} s"
        ),
        Figure(f"{what}, memory of the card", torch.cuda.max_memory_allocated() / 1e6, "MB"),
    ]


def _files(engine: Demucs, folder: Path, length: float, rounds: int) -> list[Figure]:
    """From a file to all chunks on the disk, as the separating step does it."""

    def whole() -> None:
        mix = soundfile.read(folder / "song.wav", dtype="float32")[0].T.copy()
        out = [Reel(folder / engine.precision / stem) for stem in ("vocals", "instrumental")]
        at = 0
        for number, voice in enumerate(chunked(engine.vocals(mix))):
            for reel, part in zip(out, (voice, mix[:, at : at + voice.shape[1]] - voice), strict=True):
                reel.write(number, part)
            at += voice.shape[1]

    what = f"{torch.cuda.get_device_name()}, {engine.precision}, file to chunks"
    return [seconds(what, _timed(whole, rounds), note=f"{length:.0f} s of music")]


def _timed(run: Callable[[], None], rounds: int) -> float:
    times = []
    run()  # warm
    for _ in range(rounds):
        torch.cuda.synchronize()
        began = time.perf_counter()
        run()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return median(times)


def _command(folder: Path) -> tuple[float, float]:
    """Seconds of the whole command, and of the model in it."""
    arguments = ["--repo", str(folder), "-n", demucs_repo.NAME, "--shifts", "0", "-d", "cuda"]
    arguments += ["-o", str(folder / "out"), str(folder / "song.wav")]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.timed_demucs", *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    took = time.perf_counter() - began
    assert done.returncode == 0, done.stderr[-4000:]
    return took, float(done.stdout.rpartition(SAYS)[2])


def _made_up(path: Path) -> Path:
    """Weights that separate nothing."""
    torch.manual_seed(1)
    state = {name: tensor.half().contiguous() for name, tensor in HTDemucs(**FORM).state_dict().items()}
    save_file(state, path, weights.METADATA)
    return path


def _song(length: float) -> Audio:
    at = np.arange(round(length * RATE)) / RATE
    random = np.random.default_rng(1)
    tones = 0.2 * np.sin(2 * np.pi * np.array([[220.0], [330.0]]) * at)
    return (tones + 0.05 * random.standard_normal((2, len(at)))).astype(np.float32)
