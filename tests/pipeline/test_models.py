"""Which models can be chosen: Demucs' own, to the last bit, and files of one's own that fit. Nothing else is opened."""

import hashlib
import json
import pickle
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from demucs.htdemucs import HTDemucs
from safetensors.numpy import load_file, save_file
from sqlmodel import select

from pipeline import jobs, library, model
from pipeline.audio import stems
from pipeline.audio.chunks import Reel
from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.engines import models, nothing, weights
from pipeline.engines._network import FORM, Network
from pipeline.engines.choice import Engines
from pipeline.engines.models import EXPERT, HTDEMUCS, Known
from pipeline.errors import NotFound, NoWeights, WrongModel
from pipeline.settings import Settings
from pipeline.tables import Job, JobKind, JobState, Lane, Setting, Track
from tests import sound
from tests.hub import NOBODY, hub
from tests.workers import work_off, work_off_lane

OWN = "party.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the host puts models."""
    made = tmp_path / "data" / "models"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def own(folder: Path, weights_dir: Path) -> Path:
    """The real model under another name, in single precision, with a note that leads elsewhere."""
    tensors = {
        name: tensor.astype(np.float32) for name, tensor in load_file(weights_dir / weights.FILE).items()
    }
    save_file(tensors, folder / OWN, {"klass": "os.system", "args": '["touch sprung"]', "kwargs": "{}"})
    return folder / OWN


@pytest.fixture
def slow_hub() -> Iterator[socket.socket]:
    """It takes what it is asked and says nothing; closed, it is gone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def real(
    tmp_path: Path, empty_database: Path, weights_dir: Path, own: Path, slow_hub: socket.socket
) -> Iterator[Box]:
    """A library that separates with the real model."""
    url = f"http://127.0.0.1:{slow_hub.getsockname()[1]}"
    values = {"data": tmp_path / "data", "models": weights_dir, "hub_url": url}
    settings = Settings.model_validate(values | {"precision": "bf16", "online": False})
    shutil.copy(empty_database, settings.database)
    opened = Box.open(settings)
    yield opened
    opened.close()


def only(folder: Path, name: str) -> models.Model:
    (found,) = [each for each in models.report(folder) if each.name == name]
    return found


def test_demucs_own_models_are_listed_whether_they_are_there_or_not(folder: Path, weights_dir: Path) -> None:
    assert [(each.name, each.state) for each in models.report(folder)] == [
        (HTDEMUCS, "missing"),
        (EXPERT, "missing"),
    ]
    assert [each.state for each in models.report(folder, weights_dir)] == ["ready", "missing"]
    (folder / weights.FILE).write_bytes(b"something else")
    assert only(folder, HTDEMUCS).state == "damaged"


def test_ones_own_model_is_known_by_its_tensors(own: Path, folder: Path) -> None:
    found = only(folder, "party")
    assert (found.state, found.path, found.own) == ("ready", own, True)
    assert found.engine == f"party-{hashlib.sha256(own.read_bytes()).hexdigest()[:8]}"
    assert models.fetch("party", folder, NOBODY) == found


def test_nothing_in_the_file_but_its_tensors_is_believed(own: Path, weights_dir: Path, folder: Path) -> None:
    segment = torch.randn(1, 2, 343_980, generator=torch.Generator().manual_seed(1))
    theirs = Network(weights_dir / weights.FILE)
    mine = Network(own)
    theirs.precision = mine.precision = "bf16"
    assert torch.equal(mine.voices(segment), theirs.voices(segment))
    assert not (folder / "sprung").exists()


def with_one_less(tensors: dict[str, np.ndarray]) -> None:
    del tensors["encoder.0.conv.bias"]


def with_another_name(tensors: dict[str, np.ndarray]) -> None:
    tensors["encoder.0.conv.bios"] = tensors.pop("encoder.0.conv.bias")


def with_another_shape(tensors: dict[str, np.ndarray]) -> None:
    tensors["encoder.0.conv.bias"] = tensors["encoder.0.conv.bias"][1:]


@pytest.mark.parametrize("change", [with_one_less, with_another_name, with_another_shape])
def test_a_model_of_another_form_is_refused(change: object, own: Path, folder: Path) -> None:
    tensors = dict(load_file(own))
    assert callable(change)
    change(tensors)
    save_file(tensors, own)
    found = only(folder, OWN)
    assert found.state == "unfit"
    assert "form" in found.reason
    with pytest.raises(WrongModel, match="party"):
        models.fetch(OWN, folder, NOBODY)
    with pytest.raises(WrongModel, match="names or shapes"):
        Network(own)


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0[]", b"\x02\0\0\0\0\0\0\0{}"])
def test_what_is_no_model_is_refused(content: bytes, folder: Path) -> None:
    (folder / OWN).write_bytes(content)
    assert only(folder, OWN).state == "unfit"


def test_a_file_that_was_cut_off_is_refused(own: Path, folder: Path) -> None:
    with own.open("r+b") as file:
        file.truncate(own.stat().st_size - 1)
    assert only(folder, OWN).state == "unfit"


def test_a_model_without_numbers_is_refused(own: Path) -> None:
    tensors = dict(load_file(own))
    tensors["encoder.0.conv.bias"] = np.full_like(tensors["encoder.0.conv.bias"], np.nan)
    save_file(tensors, own)
    with pytest.raises(WrongModel, match="damaged"):
        Network(own)


@pytest.mark.parametrize("name", ["center.safetensors", "original.safetensors", "-rf.safetensors"])
def test_a_name_that_stands_for_something_else_is_refused(name: str, own: Path, folder: Path) -> None:
    own.rename(folder / name)
    assert only(folder, name).state == "unfit"


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.sprung,)


def test_a_pickle_that_nobody_knows_is_not_opened(folder: Path) -> None:
    for name in ("mine.th", models.PICKLES[HTDEMUCS].file):
        (folder / name).write_bytes(pickle.dumps(Trap(folder / "sprung")))
    assert only(folder, "mine.th").state == "unfit"
    assert only(folder, HTDEMUCS).state == "damaged"
    assert not (folder / "sprung").exists()


def known(path: Path) -> Known:
    content = path.read_bytes()
    return Known(path.name, len(content), hashlib.sha256(content).hexdigest())


def test_a_pickle_on_the_list_is_opened_without_running_anything(
    own: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {name: torch.from_numpy(tensor.copy()) for name, tensor in load_file(own).items()}
    path = folder / "published.th"
    torch.save({"klass": HTDemucs, "args": (), "kwargs": FORM, "state": state}, path)
    monkeypatch.setitem(models.PICKLES, EXPERT, known(path))
    assert only(folder, EXPERT) == models.Model(EXPERT, EXPERT, "ready", path, own=False)
    loaded = Network(path)
    assert loaded.length == 343_980
    torch.save({"klass": HTDemucs, "state": Trap(folder / "sprung")}, path)
    with pytest.raises(WrongModel):
        Network(path)
    assert not (folder / "sprung").exists()


def test_demucs_names_carry_the_first_digits_of_the_checksums() -> None:
    for pickled in models.PICKLES.values():
        assert Path(pickled.file).stem.rpartition("-")[2] == pickled.sha256[:8]


def test_the_expert_for_voices_comes_from_the_hub(
    own: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_hub = tmp_path / "hub" / models.EXPERT_PATH
    on_hub.parent.mkdir(parents=True)
    own.rename(on_hub)
    with hub(tmp_path / "hub") as url:
        with pytest.raises(NoWeights, match="not the one that was expected"):
            models.fetch(EXPERT, folder, url)
        assert list(folder.iterdir()) == []
        monkeypatch.setattr(models, "EXPERT_FILE", known(on_hub))
        assert models.fetch(EXPERT, folder, url).state == "ready"
    with pytest.raises(NoWeights, match="cannot be reached"):
        models.fetch(EXPERT, folder / "nowhere", NOBODY)
    with pytest.raises(NotFound):
        models.fetch("another", folder, NOBODY)


def choose(box: Box, name: str) -> None:
    with box.db.write() as s:
        model.choose(s, name)


def told(box: Box) -> model.ModelState:
    with box.db.read() as s:
        return model.state(s)


def engine_now(engines: Engines, begun: str = "") -> str:
    with engines.using(nothing, begun) as engine:
        return engine.name


def test_the_hosts_choice_is_followed_from_song_to_song(
    real: Box, folder: Path, slow_hub: socket.socket
) -> None:
    own = only(folder, "party").engine
    engines = Engines(real)
    assert engine_now(engines) == HTDEMUCS
    choose(real, "party")
    with engines.using(nothing, HTDEMUCS) as engine:
        assert engine.name == HTDEMUCS, "a song is finished by the model that began it"
        engines.look()
        assert engines._name == HTDEMUCS, "and nothing is loaded meanwhile"
    engines.look()  # as the worker does while it rests
    assert engine_now(engines) == own
    assert told(real) == model.ModelState("ready", engine=own)
    assert engine_now(engines, "a model that went away") == own
    choose(real, EXPERT)
    assert engine_now(engines) == own, "until the other one is here, this one does it"
    assert told(real).state == "fetching"
    slow_hub.close()
    assert engines._loading is not None
    engines._loading.join()
    assert engine_now(engines) == own, "and when it cannot be had"
    found = told(real)
    assert (found.state, found.engine) == ("instead", own)
    assert "cannot be reached" in of_note(found.reason)


def test_a_model_that_was_taken_away_leaves_htdemucs(real: Box, own: Path) -> None:
    choose(real, "party")
    own.unlink()
    assert engine_now(Engines(real)) == HTDEMUCS
    assert told(real).state == "instead"


# ------------------------------------------------------------------------------------------------- once more
def bring(box: Box, path: Path) -> Track:
    with path.open("rb") as stream:
        song = library.add(box, stream, path.name, "upload")
    work_off(box)
    return track_of(box, song.id)


def track_of(box: Box, song_id: str) -> Track:
    with box.db.read() as s:
        return library.main_track(s, song_id)


def again(box: Box, track: Track) -> None:
    with box.db.write() as s:
        jobs.separate_again(s, track.id)


def made_by(box: Box, track: Track) -> list[str]:
    return sorted(path.name for path in (box.store.folder(track.id) / stems.FOLDER).iterdir())


def test_a_song_is_made_again_with_another_model_and_plays_meanwhile(
    real: Box, folder: Path, tmp_path: Path
) -> None:
    own = only(folder, "party").engine
    track = bring(real, sound.save(tmp_path / "song.flac", sound.song(2), codec="flac"))
    assert (track.engine, made_by(real, track)) == (HTDEMUCS, [HTDEMUCS])

    choose(real, "party")
    again(real, track)
    with real.db.write() as s:
        stems.hold(s, track.id)
    work_off_lane(real, Lane.SEPARATE)
    held = track_of(real, track.song_id)
    assert (held.engine, held.separated, held.state) == (HTDEMUCS, held.chunks, "ready")
    assert made_by(real, track) == sorted([HTDEMUCS, own]), "both are whole: the old one is on stage"
    with real.db.read() as s:
        waiting = s.exec(select(Job).where(Job.kind == JobKind.PREPARE)).all()[-1]
    assert (waiting.state, waiting.step) == (JobState.QUEUED, "separate")
    assert waiting.due_at > time.time()

    with real.db.write() as s:
        stems.hold(s, "")
    work_off_lane(real, Lane.SEPARATE, later=60)
    swapped = track_of(real, track.song_id)
    assert (swapped.engine, swapped.separated) == (own, swapped.chunks)
    assert made_by(real, track) == [own], "the disk is freed"
    voice = Reel(real.store.folder(track.id) / stems.FOLDER / own / "vocals")
    assert voice.count() == swapped.chunks
    assert voice.is_sealed()


def test_how_long_a_song_takes_is_known_whatever_the_model(box: Box) -> None:
    with box.db.write() as s:
        jobs.note_speed(s, "party-01234567", 0.25)
        jobs.note_speed(s, "center", 0.01)
        assert jobs.speed(s, HTDEMUCS) == jobs.speed(s, "another") == 0.25
        assert jobs.speed(s, "center") == 0.01
        assert s.get(Setting, "speed.fetch") is None
        assert json.loads(s.get_one(Setting, "speed.htdemucs").value) == 0.25
