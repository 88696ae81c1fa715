"""The host chooses the model that takes the voice out: on the panel and over the API."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui.testing import User

from karaoke_ui import actions
from karaoke_ui.house import House
from karaoke_ui.pages.host.footer import TABS
from karaoke_ui.show.rights import BOX
from pipeline import model
from pipeline.engines import weights
from pipeline.model import ModelState
from tests import sound
from tests.server import Server
from tests.ui import panel
from tests.ui.held import Answers
from tests.ui.panel import log_in

PATIENCE_SECONDS = 90.0


def put(weights_dir: Path, data: Path, name: str) -> None:
    """Lay a model beside the others, as a host does."""
    (data / "models").mkdir(exist_ok=True)
    shutil.copy(weights_dir / weights.FILE, data / "models" / name)


@pytest.fixture
async def host(user: User, house: House, weights_dir: Path) -> User:
    """A browser that is logged in and looks at the settings; three models are there."""
    put(weights_dir, house.box.settings.data, "party.safetensors")
    (house.box.settings.model_folder / "old.th").write_bytes(b"a pickle")
    log_in(user, house)
    await user.open(f"/host?tab={TABS[-1]}")
    return user


async def test_the_panel_lists_the_models_and_takes_the_hosts_choice(host: User, house: House) -> None:
    for name in ("htdemucs", "htdemucs_ft", "party", "old.th"):
        await host.should_see(name)
    await host.should_see("so it is not. Save it as safetensors.")
    await host.should_not_see(marker="use-old.th")
    await host.should_not_see(marker="use-htdemucs")
    host.find(marker="use-party").click()
    await host.should_see("voices are taken out with party")
    await host.should_see(marker="use-htdemucs")
    with house.box.db.read() as s:
        assert model.chosen(s) == "party"


async def test_the_panel_lists_the_choice_that_holds_now(
    user: User, house: House, weights_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(weights_dir, house.box.settings.data, "party.safetensors")
    log_in(user, house)
    answers = Answers(house, actions.models, monkeypatch, "work")
    await user.open(f"/host?tab={TABS[-1]}")
    await panel.until(lambda: answers.is_held)
    actions.choose_model(house.box, BOX, "party")
    await user.should_see(marker="use-htdemucs")
    answers.give()
    await panel.until(lambda: answers.is_given)
    await user.should_see(marker="use-htdemucs")


async def test_the_panel_says_when_another_one_does_its_work(host: User, house: House) -> None:
    with house.box.db.write() as s:
        model.say(s, ModelState("instead", "", engine="htdemucs"))
    await host.should_see("Voices are taken out with htdemucs meanwhile.")


def test_the_api_lists_and_chooses(server: Server, weights_dir: Path) -> None:
    put(weights_dir, server.data, "party.safetensors")
    (server.data / "models" / "noise.safetensors").write_bytes(b"noise")
    with server.host() as host:
        listed = host.get("/api/v1/models").raise_for_status().json()
        states = {each["name"]: each["state"] for each in listed["models"]}
        assert states == {
            "htdemucs": "missing",
            "htdemucs_ft": "missing",
            "party": "ready",
            "noise.safetensors": "unfit",
        }
        assert listed["chosen"] == "htdemucs"
        (reason,) = [each["reason"] for each in listed["models"] if each["reason"]]
        assert reason.startswith("“noise.safetensors” is not a model")
        chosen = host.put("/api/v1/models/chosen", json={"name": "party"}).raise_for_status().json()
        assert chosen["chosen"] == "party"
        for name, status in (("noise.safetensors", 422), ("another", 404)):
            refused = host.put("/api/v1/models/chosen", json={"name": name})
            assert refused.status_code == status
        assert host.get("/api/v1/models").json()["chosen"] == "party"
        host.put("/api/v1/models/chosen", json={"name": "htdemucs"}).raise_for_status()


def test_a_running_box_follows_the_choice_and_makes_a_song_again(tmp_path: Path, weights_dir: Path) -> None:
    settings = {"engine": "htdemucs", "precision": "bf16", "models": weights_dir}
    file = sound.save(tmp_path / "song.flac", sound.song(3), codec="flac")
    with Server(tmp_path / "data", whole=True, **settings) as server, server.host() as host:
        with file.open("rb") as content:
            answer = host.post("/api/v1/songs", files={"files": (file.name, content)}).raise_for_status()
        song = answer.json()["items"][0]["song"]
        stems = server.data / "library" / song["track_id"] / "stems"
        until(lambda: is_ready(host, song))
        assert [each.name for each in stems.iterdir()] == ["htdemucs"]
        put(weights_dir, server.data, "party.safetensors")
        host.put("/api/v1/models/chosen", json={"name": "party"}).raise_for_status()
        until(lambda: host.get("/api/v1/health").json()["model"]["engine"].startswith("party-"))
        host.post(f"/api/v1/songs/{song['id']}/separate").raise_for_status()
        assert is_ready(host, song), "it can be sung meanwhile"
        until(lambda: [each.name[:6] for each in stems.iterdir()] == ["party-"])
        assert is_ready(host, song)


def is_ready(host: httpx.Client, song: dict[str, Any]) -> bool:
    found = host.get(f"/api/v1/songs/{song['id']}").raise_for_status().json()
    return bool(found["readiness"]["state"] == "ready")


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "that did not come in time"
        time.sleep(0.1)
