"""The voice is taken out as demucs does it, at once for finished seconds, from any second on, and stops when told."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from demucs.api import Separator as Reference

from pipeline.engines import RATE, Audio, Separator, demucs, weights
from pipeline.engines.center import Center
from pipeline.errors import JobCancelled
from tests import demucs_repo
from tests.falcon import Falcon
from tests.sound import sdr

CANCEL_SECONDS = 2.0


def all_of(engine: Separator, mix: Audio, start: int = 0) -> Audio:
    return np.concatenate(list(engine.vocals(mix, start)), axis=1)


@pytest.fixture(scope="module")
def model(weights_dir: Path) -> Path:
    found = weights.find(weights_dir)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def engine(model: Path) -> demucs.Demucs:
    return demucs.Demucs(model, device="cpu", precision="fp32")


@pytest.fixture(scope="module")
def reference(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Audio], Audio]:
    """Demucs' own separator."""
    repo = demucs_repo.write(model, tmp_path_factory.mktemp("repo"))
    separator = Reference(demucs_repo.NAME, repo=repo, shifts=0, device="cpu")
    return lambda mix: separator.separate_tensor(torch.from_numpy(mix))[1]["vocals"].numpy()


@pytest.fixture(scope="module")
def voice(engine: demucs.Demucs, falcon: Falcon) -> Audio:
    return all_of(engine, falcon.mix)


@dataclass(frozen=True)
class Halves:
    """A song taken apart."""

    vocals: Audio
    instrumental: Audio


@pytest.fixture(scope="module")
def by_command(model: Path, falcon: Falcon, tmp_path_factory: pytest.TempPathFactory) -> Halves:
    """The real song as demucs' own command line takes it apart, with the same weights."""
    folder = tmp_path_factory.mktemp("command")
    demucs_repo.write(model, folder)
    what = ["--repo", str(folder), "-n", demucs_repo.NAME, "--shifts", "0", "-d", "cpu"]
    how = ["--float32", "--two-stems", "vocals", "-o", str(folder / "out"), str(falcon.wav)]
    subprocess.run(
        [sys.executable, "-m", "demucs", *what, *how], check=True, capture_output=True, timeout=300
    )
    (out,) = (folder / "out").rglob("vocals.wav")
    return Halves(*(soundfile.read(each, dtype="float32")[0].T for each in (out, out.with_stem("no_vocals"))))


@pytest.fixture(scope="module")
def longer(falcon: Falcon) -> Audio:
    """A dozen seconds, no two alike: three segments."""
    return np.concatenate([falcon.mix, falcon.mix[::-1] * 0.7], axis=1)


@pytest.fixture(scope="module")
def longer_voice(engine: demucs.Demucs, longer: Audio) -> Audio:
    return all_of(engine, longer)


def test_a_real_song_sounds_as_from_demucs_itself(
    voice: Audio, reference: Callable[[Audio], Audio], falcon: Falcon
) -> None:
    assert sdr(reference(falcon.mix), voice) > 60
    assert sdr(falcon.vocals, voice) > 5.3
    assert sdr(falcon.instrumental, falcon.mix - voice) > 12.5


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_quality_is_that_of_demucs_own_command(
    precision: str, model: Path, voice: Audio, by_command: Halves, falcon: Falcon
) -> None:
    if precision == "bf16":
        voice = all_of(demucs.Demucs(model, device="cpu", precision="bf16"), falcon.mix)
    assert abs(sdr(falcon.vocals, voice) - sdr(falcon.vocals, by_command.vocals)) < 0.1
    ours, theirs = falcon.mix - voice, by_command.instrumental
    assert abs(sdr(falcon.instrumental, ours) - sdr(falcon.instrumental, theirs)) < 0.1


def test_a_song_of_several_segments_sounds_as_from_demucs_itself(
    longer_voice: Audio, reference: Callable[[Audio], Audio], longer: Audio
) -> None:
    assert longer_voice.shape == longer.shape
    assert sdr(reference(longer), longer_voice) > 60


def test_work_that_stopped_goes_on_with_the_same_sound(
    engine: demucs.Demucs, longer: Audio, longer_voice: Audio
) -> None:
    start = 12 * RATE  # where the last two segments overlap
    assert sdr(longer_voice[:, start:], all_of(engine, longer, start)) > 60


def test_nothing_is_left_to_do_at_the_end(engine: demucs.Demucs, falcon: Falcon) -> None:
    assert list(engine.vocals(falcon.mix, falcon.mix.shape[1])) == []


def test_cancel_stops_within_a_segment_and_the_engine_stays_fit(
    engine: demucs.Demucs, falcon: Falcon
) -> None:
    began = time.monotonic()
    pressed = began + 0.3

    def check() -> None:
        if time.monotonic() > pressed:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        list(engine.vocals(falcon.mix, check=check))
    assert time.monotonic() - pressed < 3 * CANCEL_SECONDS
    short = falcon.mix[:, :RATE]
    assert all_of(engine, short).shape == short.shape


def test_the_box_is_measured_once_and_remembers(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    first = demucs.Demucs(model, device="cpu", notes=folder)
    (notes,) = folder.iterdir()
    ((what, found),) = json.loads(notes.read_text()).items()
    assert torch.__version__ in what
    faster = found["bf16"] is not None and found["bf16"] < 0.9 * found["fp32"]
    assert first.precision == ("bf16" if faster else "fp32")

    # Were it measured again, these times could not be found again.
    for bf16, chosen in ((0.8, "bf16"), (0.95, "fp32"), (None, "fp32")):
        notes.write_text(json.dumps({what: {"fp32": 1.0, "bf16": bf16}}))
        assert demucs.Demucs(model, device="cpu", notes=folder).precision == chosen


class Card:
    """A graphics card that holds few segments at once, with a network that takes everything for a voice."""

    length = 343_980
    precision = "fp32"

    def __init__(self, room: int) -> None:
        self.device, self.room, self.ran = "cuda", room, list[int]()

    def use(self, device: str) -> None:
        self.device = device

    def start(self, segments: torch.Tensor, check: Callable[[], None]) -> torch.Tensor:
        check()
        if self.device == "cuda" and len(segments) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.ran.append(len(segments))
        return segments


@pytest.mark.parametrize(("room", "device"), [(8, "cuda"), (3, "cuda"), (0, "cpu")])
def test_a_card_short_of_memory_is_given_less(
    room: int, device: str, longer: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card(room)
    monkeypatch.setattr(demucs, "Network", lambda _: card)
    monkeypatch.setattr(demucs, "settle", lambda network, device, *_: network.use(device))
    song = np.tile(longer, 6)
    assert sdr(song, all_of(demucs.Demucs(Path("weights"), device="cuda"), song)) > 60
    assert card.device == device
    assert card.ran[0] == 1, "somebody waits for the first seconds"
    assert max(card.ran) == {8: 8, 3: 2, 0: 1}[room]


def test_a_card_without_room_for_the_model_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(Card):
        def use(self, device: str) -> None:
            if device == "cuda":
                raise torch.OutOfMemoryError("CUDA out of memory")
            super().use(device)

    card = Full(0)
    monkeypatch.setattr(demucs, "Network", lambda _: card)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert demucs.Demucs(Path("weights"), precision="fp32").device == "cpu"


def test_the_quick_mix_takes_a_voice_from_the_middle_of_a_wide_band(falcon: Falcon) -> None:
    random = np.random.default_rng(1)
    at = np.arange(falcon.mix.shape[1]) / RATE
    chords = [(110.0, 164.8, 220.0, 329.6, 440.0), (130.8, 196.0, 261.6, 392.0, 523.2)]
    band = np.stack([sum(0.05 * np.sin(2 * np.pi * hz * at) for hz in chord) for chord in chords])
    band = (band + 0.02 * random.standard_normal(band.shape)).astype(np.float32)
    voice = np.tile(falcon.vocals.mean(axis=0), (2, 1)) * 4
    found = all_of(Center(), band + voice)
    assert sdr(voice, found) > 4, "most of the voice is found"
    assert sdr(band, band + voice - found) > sdr(band, band + voice) + 4, "and leaves the song"


def test_the_quick_mix_beats_left_minus_right_on_a_real_song(falcon: Falcon) -> None:
    quick = falcon.mix - all_of(Center(), falcon.mix)
    left_minus_right = np.tile((falcon.mix[0] - falcon.mix[1]) / 2, (2, 1))
    untouched = sdr(falcon.instrumental, falcon.mix)
    assert sdr(falcon.instrumental, quick) > max(
        untouched + 1, sdr(falcon.instrumental, left_minus_right) + 6
    )


@pytest.mark.parametrize("start", [1, RATE, 131_072, 200_000, 268_287])
def test_the_quick_mix_goes_on_from_any_frame_with_the_same_sound(start: int, falcon: Falcon) -> None:
    whole = all_of(Center(), falcon.mix)
    assert whole.shape == falcon.mix.shape
    assert np.array_equal(all_of(Center(), falcon.mix, start), whole[:, start:])


def test_the_quick_mix_stops_when_told(falcon: Falcon) -> None:
    def check() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        next(Center().vocals(falcon.mix, check=check))
    assert list(Center().vocals(falcon.mix, falcon.mix.shape[1])) == []
