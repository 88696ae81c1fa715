"""Chunks in another key and tempo: their pitch, their time, their seams, and the children that make them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.audio.chunks import Reel
from pipeline.audio.render import IDLE_SECONDS, MAX_CHILDREN, Renderer, Variant
from pipeline.audio.sound import CHUNK_FRAMES, RATE, edge
from tests import sound
from tests.falcon import Falcon

pytestmark = pytest.mark.long

SECONDS = 18.5
CHUNKS = 5
# For what takes a second.
PATIENCE = 120.0


def write(folder: Path, audio: np.ndarray, first: int = 0) -> None:
    reel = Reel(folder)
    for number in range(first, -(-audio.shape[1] // CHUNK_FRAMES)):
        reel.write(number, audio[:, number * CHUNK_FRAMES : (number + 1) * CHUNK_FRAMES])


def clicks(seconds: float) -> np.ndarray:
    """A short burst of noise twice a second."""
    random, burst = np.random.default_rng(1), round(0.05 * RATE)
    audio = np.zeros((2, round(seconds * RATE)), np.float32)
    for at in np.arange(0.5, seconds - 0.5, 0.5):
        start = round(at * RATE)
        audio[:, start : start + burst] = (
            0.3 * random.standard_normal(burst) * np.exp(-np.arange(burst) / 220)
        )
    return audio


@pytest.fixture
def track(tmp_path: Path) -> Path:
    """A song whose voice is a steady tone and whose band is a row of clicks."""
    folder = tmp_path / "library" / "track"
    voice, band = sound.tone(SECONDS, 440.0, 440.0, 0.3), clicks(SECONDS)
    write(folder / "stems/htdemucs/vocals", voice)
    write(folder / "stems/htdemucs/instrumental", band)
    write(folder / "mix", voice + band)
    return folder


@pytest.fixture
def renderer(tmp_path: Path) -> Iterator[Renderer]:
    made = Renderer(tmp_path / "cache", 1000)
    yield made
    made.close()
    assert made.children() == []


def variant(track: Path, key: int, tempo: float, engine: str = "htdemucs") -> Variant:
    return Variant(track, engine, CHUNKS, key, tempo)


def get(renderer: Renderer, of: Variant, stem: str, numbers: range = range(CHUNKS)) -> list[np.ndarray]:
    """Chunks at their own loudness, each (2, frames)."""
    asked = [renderer.chunk(of, stem, number) for number in numbers]
    paths = [each.result(PATIENCE) for each in asked]
    assert all(paths), paths
    return [2 * soundfile.read(path, dtype="float32")[0].T for path in paths if path]


def cents(audio: np.ndarray, wanted: float) -> float:
    """How far a steady tone is off."""
    analytic = np.fft.fft(audio[: len(audio) // 2 * 2])
    analytic[len(analytic) // 2 :] = 0
    turns = np.unwrap(np.angle(np.fft.ifft(analytic)))[RATE // 2 : -RATE // 2]
    return float(1200 * np.log2((turns[-1] - turns[0]) / (2 * np.pi) / len(turns) * RATE / wanted))


def lateness(audio: np.ndarray, tempo: float, first: int) -> np.ndarray:
    """Milliseconds by which each click comes late; `audio` begins with chunk `first`."""
    burst, energy, late = clicks(SECONDS)[0] ** 2, audio**2, []
    for at in np.arange(0.5, SECONDS - 1.0, 0.5):
        wanted = round(at / tempo * RATE) - edge(first, tempo)
        low, high = wanted - RATE // 10, wanted + round(0.2 * RATE)
        if low < 0 or high > len(energy):
            continue
        start = round(at * RATE)
        shape = burst[start : start + RATE // 20]
        middle = (at + np.average(np.arange(len(shape)), weights=shape) / RATE) / tempo
        heard = (
            low + np.average(np.arange(high - low), weights=energy[low:high]) + edge(first, tempo)
        ) / RATE
        late.append(1000 * (heard - middle))
    return np.array(late)


@pytest.mark.parametrize(("key", "tempo"), [(2, 1.0), (-6, 1.0), (6, 0.7), (0, 1.3), (0, 0.97), (-3, 1.15)])
def test_key_and_tempo_leave_each_other_alone(
    renderer: Renderer, track: Path, key: int, tempo: float
) -> None:
    of = variant(track, key, tempo)
    voice, band = get(renderer, of, "vocals"), get(renderer, of, "instrumental")
    for number, (one, other) in enumerate(zip(voice, band, strict=True)):
        last = number == CHUNKS - 1
        until = int(SECONDS * RATE / tempo + 0.5) if last else edge(number + 1, tempo)
        assert one.shape == other.shape == (2, until - edge(number, tempo)), "to the frame"
    assert abs(cents(np.concatenate(voice, axis=1)[0], 440 * 2 ** (key / 12))) < 1
    late = lateness(np.concatenate(band, axis=1)[0], tempo, 0)
    assert np.abs(late).max() < 10, "onsets"
    assert abs(np.polyfit(np.arange(len(late)) * 500 / tempo, late, 1)[0]) < 0.0005, "tempo"


def test_it_can_begin_anywhere_and_lies_where_the_whole_lies(renderer: Renderer, track: Path) -> None:
    band = get(renderer, variant(track, 3, 0.9), "instrumental", range(2, 4))
    assert np.abs(lateness(np.concatenate(band, axis=1)[0], 0.9, 2)).max() < 10


def test_renderings_are_joined_without_a_click(renderer: Renderer, track: Path) -> None:
    of = variant(track, 2, 0.95)
    get(renderer, of, "vocals", range(2, 4))
    get(renderer, of, "vocals", range(2))  # runs into what is there
    get(renderer, of, "vocals", range(4, 5))  # goes on after it
    voice = np.concatenate(get(renderer, of, "vocals"), axis=1)[0][RATE:-RATE]
    steepest = 2 * np.pi * 440 * 2 ** (2 / 12) / RATE * 0.3
    assert np.abs(np.diff(voice)).max() < 1.1 * steepest
    assert len(renderer.children()) <= MAX_CHILDREN


def test_both_stems_stay_together_and_add_up_to_the_mix(
    renderer: Renderer, tmp_path: Path, falcon: Falcon
) -> None:
    track, long = tmp_path / "library" / "falcon", 3
    for name, stem in (("vocals", falcon.vocals), ("instrumental", falcon.instrumental)):
        write(track / "stems/htdemucs" / name, np.tile(stem, (1, long)))
    write(track / "mix", np.tile(falcon.mix, (1, long)))
    chunks = -(-falcon.mix.shape[1] * long // CHUNK_FRAMES)
    of = Variant(track, "htdemucs", chunks, 2, 0.9)
    voice, band = get(renderer, of, "vocals"), get(renderer, of, "instrumental")
    mix = get(renderer, Variant(track, "", chunks, 2, 0.9), "mix")
    stems, whole = (
        np.concatenate(a, axis=1)[0, RATE:-RATE]
        for a in ([v + b for v, b in zip(voice, band, strict=True)], mix)
    )
    ours, theirs = (
        np.sqrt(np.mean(a[: len(a) // 441 * 441].reshape(-1, 441) ** 2, axis=1)) for a in (stems, whole)
    )
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9, "the same beat, 10 ms by 10 ms"
    assert 0.8 < np.sqrt(np.mean(stems**2) / np.mean(whole**2)) < 1.25


def test_what_is_not_separated_yet_is_refused_at_once_and_made_when_it_comes(
    renderer: Renderer, track: Path
) -> None:
    stems = track / "stems/htdemucs"
    late = {
        path: path.read_bytes()
        for stem in ("vocals", "instrumental")
        for path in (stems / stem).glob("0000[34]*")
    }
    for path in late:
        path.unlink()
    of = variant(track, 1, 1.0)
    assert len(get(renderer, of, "vocals", range(2))) == 2
    refused = renderer.chunk(of, "vocals", 2).result(IDLE_SECONDS / 2)
    assert refused is None, "its end needs the beginning of the next one"
    for path, content in late.items():
        path.write_bytes(content)
    children = renderer.children()
    assert len(get(renderer, of, "vocals", range(2, 5))) == 3
    assert renderer.children() in (children, []), "the same child went on"


def test_room_is_made_by_those_that_nobody_waits_for(
    renderer: Renderer, track: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.audio.render._Run.start", lambda _: None)
    asked = {key: renderer.chunk(variant(track, key, 1.0), "vocals", 0) for key in range(1, MAX_CHILDREN + 1)}
    asked[2].cancel()
    renderer.chunk(variant(track, 6, 1.0), "vocals", 0)
    at_work = {each.key for each in renderer._runs}
    renderer._runs.clear()  # they never began
    assert at_work == {*asked, 6} - {2}, "the first was asked longest ago, and is waited for"


def test_there_are_few_children_and_none_stays(
    renderer: Renderer, track: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in range(1, 7):
        get(renderer, variant(track, key, 1.0), "vocals", range(1))
        assert len(renderer.children()) <= MAX_CHILDREN
    pids = renderer.children()
    assert pids
    renderer.close()
    assert IDLE_SECONDS < 60
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


RENDERS = """
import sys
from pathlib import Path
from pipeline.audio.render import Renderer, Variant
renderer = Renderer(Path(sys.argv[2]), 100)
assert renderer.chunk(Variant(Path(sys.argv[1]), "htdemucs", 5, 1, 1.0), "vocals", 0).result(120)
print(*renderer.children(), flush=True)
sys.stdin.read()
"""


def test_a_killed_server_leaves_no_child_behind(track: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", RENDERS, str(track), str(tmp_path / "other")]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as server:
        assert server.stdout is not None
        pid = next(int(line) for line in server.stdout if line.strip().isdigit())
        os.kill(pid, 0)
        server.kill()
    until = time.monotonic() + PATIENCE
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(0.05)


def test_the_cache_stays_within_its_size(tmp_path: Path, track: Path) -> None:
    made = Renderer(tmp_path / "small", 3)
    for key in range(1, 7):
        get(made, variant(track, key, 1.0), "vocals")
    kept = sum(path.stat().st_size for path in (tmp_path / "small").rglob("*.flac"))
    assert kept < 6_000_000
    assert len(get(made, variant(track, 1, 1.0), "vocals")) == CHUNKS, "what went is made again"
    made.close()
