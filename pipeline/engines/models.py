"""The models that can take the voice out: Demucs' own, each known by its checksum, and files of one's own.

One's own model is a safetensors file in the folder of the models with the tensors of htdemucs: names and shapes must be
the same, and nothing else in the file is read. A pickle (`.th`) runs code when it is opened, so only Demucs' own two are,
whose checksums stand here: their first eight digits are those that Demucs itself checks, in the names of the files.

This module is imported by the web process too: no torch here.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.engines import weights
from pipeline.engines.weights import HUB, Progress, silent
from pipeline.errors import EncoreError, NotFound, WrongModel

HTDEMUCS, EXPERT = weights.NAME, "htdemucs_ft"
# The names of stems that no model made.
TAKEN = {HTDEMUCS, EXPERT, "center", "original"}


class Known(NamedTuple):
    """A published file, the same to the last bit wherever it comes from."""

    file: str
    bytes: int
    sha256: str


# The fourth of the four models that are together called htdemucs_ft: the one for the voice, alone.
EXPERT_PATH = "adefossez/HTDemucs-ft/resolve/main/04573f0d.safetensors"
EXPERT_FILE = Known(
    "04573f0d.safetensors", 84_025_440, "68854b0d7c2b3274723b5761f6fd9f5aec5f1bcd3f0de7c1669546fdb7871b7c"
)
PICKLES = {
    HTDEMUCS: Known(
        "955717e8-8726e21a.th",
        84_141_911,
        "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
    ),
    EXPERT: Known(
        "04573f0d-f3cf25b2.th",
        84_141_271,
        "f3cf25b222c4eed7cd49dd8b2c9597d50c18bd154090f7b919cfa5f93cf22c49",
    ),
}

# A checksum of the names and shapes of htdemucs' 533 tensors.
FORM = "7ce04467ac703f4fc8c61de72ce96ef3738cf745d47bfa23fb3d29acb0930ea4"
NUMBERS = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}
LONGEST_HEADER = 10_000_000
NAMES = re.compile(r"\w[\w ().+-]{0,59}")


@dataclass(frozen=True)
class Model:
    """What the command line and the host's panel say about a model."""

    name: str
    # Where the stems lie that it made: one's own models have the beginning of their checksum in it.
    engine: str
    state: Literal["ready", "missing", "damaged", "unfit"]
    path: Path
    own: bool
    # Why it cannot be used, as an error's note.
    reason: str = ""


def report(models_dir: Path, cache: Path | None = None) -> list[Model]:
    """Demucs' own, there or not, then what somebody put into the folders."""
    found: dict[str, Model] = {}
    for model in (*_official(models_dir, cache), *_own(models_dir, cache)):
        found.setdefault(model.name, model)
    return list(found.values())


def usable(name: str, models_dir: Path, cache: Path | None = None) -> Model:
    """One that is here, or can be fetched."""
    found = next((model for model in report(models_dir, cache) if model.name == name), None)
    if found is None:
        raise NotFound(what="model")
    if found.state == "unfit":
        raise WrongModel(name=found.path.name, reason=json.loads(found.reason)["context"]["reason"])
    return found


def fetch(
    name: str, models_dir: Path, hub_url: str = HUB, cache: Path | None = None, progress: Progress = silent
) -> Model:
    """A model whose file is here now, fetched if it has to be; an error says why it cannot be had."""
    model = usable(name, models_dir, cache)
    if model.state != "ready" and name == HTDEMUCS:
        weights.fetch(models_dir, hub_url, cache, progress)
    elif model.state != "ready":
        weights.download(EXPERT_PATH, models_dir / EXPERT_FILE.file, EXPERT_FILE.sha256, hub_url, progress)
    return usable(name, models_dir, cache)


def _official(models_dir: Path, cache: Path | None) -> Iterator[Model]:
    for name, known in ((HTDEMUCS, weights.KNOWN), (EXPERT, EXPERT_FILE)):
        ways = (Known(*known), PICKLES[name])
        paths = [(folder / way.file, way) for way in ways for folder in weights.folders(models_dir, cache)]
        right = next((path for path, way in paths if weights.is_right(path, way.bytes, way.sha256)), None)
        there = right or next((path for path, _ in paths if path.exists()), None)
        yield Model(
            name,
            name,
            "ready" if right else "damaged" if there else "missing",
            there or paths[0][0],
            own=False,
        )


def _own(models_dir: Path, cache: Path | None) -> Iterator[Model]:
    known = {weights.FILE, weights.HUB_FILE, EXPERT_FILE.file, *(pickle.file for pickle in PICKLES.values())}
    for folder in weights.folders(models_dir, cache):
        for path in sorted(folder.glob("*")):
            if path.suffix in (".safetensors", ".th") and path.name not in known and path.is_file():
                yield _look(path)


def _look(path: Path) -> Model:
    name = path.stem
    try:
        if path.suffix == ".th":
            raise WrongModel(name=path.name, reason="pickle")
        if name in TAKEN or not NAMES.fullmatch(name):
            raise WrongModel(name=path.name, reason="name")
        stat = path.stat()
        if _form(path, stat.st_size, stat.st_mtime_ns) != FORM:
            raise WrongModel(name=path.name, reason="form")
        return Model(name, f"{name}-{weights.sum_of(path)[:8]}", "ready", path, own=True)
    except EncoreError as error:
        return Model(path.name, "", "unfit", path, own=True, reason=error.note)


@lru_cache(maxsize=64)
def _form(path: Path, size: int, _changed: int) -> str:
    """The checksum of the names and shapes of a safetensors file's tensors; empty for what is no such file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 0 < length <= min(size - 8, LONGEST_HEADER):
                return ""
            header = json.loads(file.read(length))
        shapes = []
        for name, tensor in header.items():
            if name == "__metadata__":
                continue
            begin, end = tensor["data_offsets"]
            shape = [int(each) for each in tensor["shape"]]
            if (
                end - begin != prod(shape) * NUMBERS[tensor["dtype"]]
                or not 0 <= begin <= end <= size - 8 - length
            ):
                return ""
            shapes.append([name, shape])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return hashlib.sha256(json.dumps(sorted(shapes)).encode()).hexdigest()
