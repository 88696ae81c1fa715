"""`karaoke doctor` finds what is wrong, on boxes where it really is."""

import socket
import time
from pathlib import Path

import pytest

from karaoke_ui.doctor import Finding, Health, examine
from pipeline import migrate, model
from pipeline.db import Database
from pipeline.engines import weights
from pipeline.settings import Settings
from tests.server import Server, free_port


def findings(settings: Settings) -> dict[str, Finding]:
    """By what was looked at, in the order of the looks."""
    looks = ("folder", "disk", "database", "port", "phones", "workers", "model", "card")
    return dict(zip(looks, examine(settings), strict=True))


def new_box(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"data": folder, "engine": "center", "port": free_port()} | given)


def test_a_new_box_is_healthy_but_asleep(tmp_path: Path) -> None:
    found = findings(new_box(tmp_path / "data"))
    assert found["workers"].health is Health.WEAK
    assert {each.health for name, each in found.items() if name != "workers"} == {Health.GOOD}
    assert "make run" in found["workers"].mend


def test_a_running_box_is_healthy(tmp_path: Path) -> None:
    with Server(tmp_path / "data", whole=True) as server:
        settings = new_box(server.data, port=server.port)
        until = time.monotonic() + 60
        while bad := [each for each in examine(settings) if each.health is not Health.GOOD]:
            assert time.monotonic() < until, bad
            time.sleep(0.1)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    found = findings(new_box(tmp_path / "data"))["folder"]
    assert (found.health, str(tmp_path / "data") in found.what) == (Health.BAD, True)


def test_a_folder_where_nothing_can_be_made_is_named() -> None:
    """Even to those who may do everything."""
    assert findings(new_box(Path("/proc/encore")))["folder"].health is Health.BAD


def test_an_address_that_is_not_of_this_box(tmp_path: Path) -> None:
    found = findings(new_box(tmp_path, host="192.0.2.77"))["port"]
    assert found.health is Health.BAD
    assert "192.0.2.77" in found.what


def test_a_damaged_and_an_old_database_are_told_apart(tmp_path: Path) -> None:
    settings = new_box(tmp_path)
    migrate.to(settings.database, "0001")
    assert findings(settings)["database"].health is Health.WEAK
    whole = settings.database.read_bytes()
    settings.database.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    assert findings(settings)["database"].health is Health.BAD


def test_a_port_that_another_program_holds(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))  # noqa: S104 - as the box would
        other.listen()
        found = findings(new_box(tmp_path, port=other.getsockname()[1]))["port"]
    assert found.health is Health.BAD
    assert "KARAOKE_PORT" in found.mend


def test_an_address_that_no_phone_can_reach(tmp_path: Path) -> None:
    assert findings(new_box(tmp_path, host="127.0.0.1"))["phones"].health is Health.BAD
    named = new_box(tmp_path, host="127.0.0.1", public_url="https://sing.example")
    assert "https://sing.example" in findings(named)["phones"].what


@pytest.mark.parametrize(("answers", "health"), [(False, Health.BAD), (True, Health.WEAK)])
def test_a_missing_model_is_fetched_from_any_place_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: bool, health: Health
) -> None:
    monkeypatch.setattr(weights, "in_registry", lambda _: answers)
    nobody = f"http://127.0.0.1:{free_port()}"
    found = findings(new_box(tmp_path, engine="htdemucs", hub_url=nobody))["model"]
    assert found.health is health
    assert "karaoke models" in found.mend


def test_a_model_that_is_here(tmp_path: Path, weights_dir: Path) -> None:
    found = findings(new_box(tmp_path, engine="htdemucs", models=weights_dir))["model"]
    assert found.health is Health.GOOD


def test_the_model_that_the_host_chose(tmp_path: Path, weights_dir: Path) -> None:
    """One of the host's own that is gone cannot be fetched, whatever else is there."""
    box = new_box(tmp_path, engine="htdemucs", models=weights_dir)
    migrate.upgrade(box.database, box.backups)
    database = Database(box.database)
    with database.write() as s:
        model.choose(s, "party")
    database.close()
    found = findings(box)["model"]
    assert found.health is Health.BAD
    assert "party" in found.what
