"""Chooses where and how precisely the network runs on this box: by measuring it once, and remembering the result."""

import json
import math
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import structlog
import torch
from torch import Tensor

from pipeline.engines._network import Network, Precision

log = structlog.get_logger()

FILE = "measured.json"
WORTH = 0.9  # bf16 is taken when it needs less than this share of the time of fp32
SANE_DB = -40.0  # a device's result may be this far from the processor's

Measured = dict[str, float | None]


class _TooSlow(Exception):
    """Ends a measurement whose result is clear."""


class Notes:
    """What was measured on this box: a small file in a folder, or only this process's memory."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE
        self._all: dict[str, Measured] = {}
        if self._path is not None and self._path.is_file():
            try:
                self._all = json.loads(self._path.read_text())
            except ValueError:
                log.warning("measurements unreadable, measuring again", file=FILE)

    def of(self, what: str, measure: Callable[[], Measured]) -> Measured:
        """What is remembered of `what` on this machine with this torch, else what `measure` finds."""
        key = f"{what} | {_processor()} | torch {torch.__version__} | {torch.get_num_threads()} threads"
        if key not in self._all:
            self._all[key] = measure()
            log.info("measured", what=what, **self._all[key])
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                temp = self._path.with_suffix(f".{os.getpid()}")
                temp.write_text(json.dumps(self._all, indent=2))
                temp.replace(self._path)
        return self._all[key]


def settle(network: Network, device: str, precision: str, notes: Notes) -> None:
    """Bring the network to the wanted device and precision; `auto` and what is not there are decided here."""
    try:
        network.use(_device(network, device, notes))
        network.precision = _precision(network, precision, notes)
    except torch.OutOfMemoryError:
        log.warning("the card has no room for the model", device=network.device)
        network.use("cpu")
        network.precision = _precision(network, precision, notes)
    log.info("engine ready", device=network.device, precision=network.precision)


def _device(network: Network, wanted: str, notes: Notes) -> str:
    if wanted in {"auto", "cuda"} and torch.cuda.is_available():
        return "cuda"
    if wanted in {"auto", "mps"} and torch.backends.mps.is_available():
        found = notes.of("mps against cpu", lambda: _mps(network))
        if wanted == "mps" or _is_sane(found):
            return "mps"
    if wanted in {"cuda", "mps"}:
        log.warning("the wanted device is not there", device=wanted)
    return "cpu"


def _precision(network: Network, wanted: str, notes: Notes) -> Precision:
    if wanted == "fp32" or (wanted == "auto" and network.device == "mps"):
        return "fp32"
    if network.device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return "fp32"
    if wanted == "bf16":
        return "bf16"
    card = torch.cuda.get_device_name() if network.device == "cuda" else "cpu"
    found = notes.of(f"seconds a segment, {card}", lambda: _both(network))
    fp32, bf16 = found["fp32"], found["bf16"]
    return "bf16" if fp32 is not None and bf16 is not None and bf16 < WORTH * fp32 else "fp32"


def _both(network: Network) -> Measured:
    """Seconds a segment takes in each precision; None for bf16 where it is hopeless (no support in the processor)."""
    network.precision = "fp32"
    _timed(network)
    fp32 = _timed(network)
    network.precision = "bf16"
    try:
        _timed(network, limit=3 * fp32)
        bf16: float | None = _timed(network, limit=fp32)
    except _TooSlow:
        bf16 = None
    return {"fp32": fp32, "bf16": bf16}


def _mps(network: Network) -> Measured:
    """How fast Apple's graphics runs the network against the processor, and how far apart the results are."""
    noise = _noise(network)
    network.use("cpu")
    cpu_seconds = _timed(network)
    expected = network.voices(noise)
    network.use("mps")
    off = network.voices(noise) - expected
    ratio = float(off.square().sum() / expected.square().sum())
    apart = 10 * math.log10(ratio) if ratio > 0 else -200.0
    return {"cpu": cpu_seconds, "mps": _timed(network), "db": apart if math.isfinite(apart) else None}


def _is_sane(found: Measured) -> bool:
    cpu, mps, apart = found["cpu"], found["mps"], found["db"]
    return cpu is not None and mps is not None and apart is not None and mps < cpu and apart < SANE_DB


def _timed(network: Network, limit: float = math.inf) -> float:
    noise = _noise(network)
    began = time.perf_counter()

    def check() -> None:
        if time.perf_counter() - began > limit:
            raise _TooSlow

    network.voices(noise, check)
    return time.perf_counter() - began


def _noise(network: Network) -> Tensor:
    return torch.randn(1, 2, network.length, generator=torch.Generator().manual_seed(1))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model} {torch.backends.cpu.get_cpu_capability()}"
