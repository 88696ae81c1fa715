"""The start in the terminal: what is wrong with it is said in a sentence, once, and never as if all were well."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from karaoke_ui import address
from karaoke_ui.supervisor import WRONG_SETTINGS
from pipeline.settings import Settings
from tests.server import FOREIGN, ROOT, Server, free_port


def karaoke(*words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    environ |= {f"KARAOKE_{name.upper()}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "karaoke_ui", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environ | {"PYTHONPATH": str(ROOT), "KARAOKE_ONLINE": "false"},
        cwd=ROOT / "tests",
    )


def test_a_folder_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    for words in (["serve"], ["migrate"], ["import", str(tmp_path)]):
        ended = karaoke(*words, data=tmp_path / "data", port=free_port())
        assert ended.returncode == (WRONG_SETTINGS if words == ["serve"] else 1)
        assert f"KARAOKE_DATA={tmp_path / 'data'}" in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1


def test_a_port_that_is_taken_ends_the_start(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = karaoke("serve", data=tmp_path / "data", host="127.0.0.1", port=port)
    assert ended.returncode == WRONG_SETTINGS
    assert f"KARAOKE_PORT={port}" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, "no address is shown where nothing listens"


def test_an_address_of_another_box_ends_the_start(tmp_path: Path) -> None:
    ended = karaoke("serve", data=tmp_path / "data", host="192.0.2.77", port=free_port())
    assert ended.returncode == WRONG_SETTINGS
    assert "KARAOKE_HOST=192.0.2.77" in ended.stderr


def test_a_port_that_is_left_in_time_does_not(tmp_path: Path) -> None:
    """Ended and started again at once: the one before may still be leaving."""
    with Server(tmp_path / "data", whole=True) as server:
        server.restart()
        assert server.process is not None
        assert server.process.poll() is None


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1:81"), ("sing.local", "sing.local:81"), ("fd00::5", "[fd00::5]:81")],
)
def test_the_address_is_the_one_it_listens_on(tmp_path: Path, host: str, shown: str) -> None:
    assert address.join(Settings(data=tmp_path, host=host, port=81)).address == shown
    named = Settings(data=tmp_path, host=host, port=81, public_url="https://sing.example")
    assert address.join(named).address == "sing.example"


def test_the_help_says_what_a_command_takes() -> None:
    said = karaoke("import", "--help").stdout
    assert ".lrc" in said
    assert "zip" in said
    assert karaoke("--version").stdout.startswith("Encore ")


def test_the_help_speaks_as_the_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    said = karaoke("--help").stdout
    for english in ("usage", "options", "positional", "show this"):
        assert english not in said


def test_a_rebuild_says_what_it_found(tmp_path: Path) -> None:
    assert "0" in karaoke("rebuild", data=tmp_path / "data").stdout
