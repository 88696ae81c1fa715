"""The container: it cannot be built everywhere, so what it says is held against what the product has."""

import re
import subprocess
from pathlib import Path

import yaml

from pipeline.settings import PREFIX, Settings
from tests.server import Server

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}


def test_it_is_installed_as_make_run_installs() -> None:
    assert "sh tools/install.sh" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "sh tools/install.sh" in DOCKERFILE


def test_it_sets_only_settings_that_exist() -> None:
    named = set(re.findall(rf"{PREFIX}\w+", DOCKERFILE))
    for service in COMPOSE["services"].values():
        named |= set(service["environment"])
    assert named <= KNOWN
    assert f"{PREFIX}DATA" in named


def test_it_runs_without_rights_and_keeps_its_data_in_one_volume() -> None:
    lines = DOCKERFILE.splitlines()
    assert lines.index("USER encore") < lines.index("WORKDIR /encore")
    assert [line for line in lines if line.startswith("VOLUME")] == ["VOLUME /data"]
    assert all(service["volumes"] == ["encore:/data"] for service in COMPOSE["services"].values())


def test_an_empty_public_url_means_none() -> None:
    """As compose passes it on when nobody set it."""
    assert Settings.model_validate({"public_url": ""}).public_url == ""


def test_its_health_check_tells_a_box_that_answers(tmp_path: Path) -> None:
    check = ["sh", str(ROOT / "tools" / "health.sh")]
    with Server(tmp_path / "data") as server:
        environ = {"KARAOKE_PORT": str(server.port), "PATH": "/usr/bin:/bin"}
        assert subprocess.run(check, cwd=ROOT, env=environ, check=False).returncode == 0
    assert subprocess.run(check, cwd=ROOT, env=environ, capture_output=True, check=False).returncode != 0
