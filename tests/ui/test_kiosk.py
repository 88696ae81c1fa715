"""`karaoke stage`: the browser that is found, how it is started, and the key that lets its page in."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from karaoke_ui import kiosk
from pipeline.settings import Settings
from tests.server import ROOT, Server


def install(folder: Path, name: str, script: str = "exit 0") -> Path:
    """A program of this name."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_browser_that_plays_without_a_tap_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kiosk.find() is None
    firefox = install(tmp_path, "firefox")
    assert kiosk.find() == str(firefox)
    chrome = install(tmp_path, "google-chrome")
    assert kiosk.find() == str(chrome)


def test_it_fills_the_screen_and_sounds_at_once(tmp_path: Path) -> None:
    chromium = kiosk.command("/usr/bin/chromium", "http://box/stage", tmp_path)
    assert {"--kiosk", "--autoplay-policy=no-user-gesture-required"} <= {*chromium}
    assert chromium[-1] == "http://box/stage"
    firefox = kiosk.command("/usr/bin/firefox", "http://box/stage", tmp_path)
    assert firefox[1] == "--kiosk"
    preferences = (tmp_path / "firefox" / "user.js").read_text()
    assert 'user_pref("media.autoplay.default", 0);' in preferences


def test_the_key_opens_once_and_not_for_long(tmp_path: Path) -> None:
    key = kiosk.leave_key(tmp_path)
    assert stat.S_IMODE((tmp_path / kiosk.KEY).stat().st_mode) == 0o600
    assert not kiosk.redeem(tmp_path, "guessed")
    assert kiosk.redeem(tmp_path, key)
    assert not kiosk.redeem(tmp_path, key)
    old = kiosk.leave_key(tmp_path)
    os.utime(tmp_path / kiosk.KEY, (0, 0))
    assert not kiosk.redeem(tmp_path, old)


def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=tmp_path, port=9)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kiosk.run(settings) == 1
    assert "Install Chromium or Firefox, or open http://127.0.0.1:9/stage" in capsys.readouterr().err
    install(tmp_path, "chromium")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert kiosk.run(settings) == 1
    assert "not over SSH" in capsys.readouterr().err


def test_the_boxs_own_screen_leads_without_code_or_tap(tmp_path: Path, chromium: str) -> None:
    programs = tmp_path / "bin"
    install(programs, "chromium", f'exec "{chromium}" --headless=new --disable-gpu --no-sandbox "$@"')
    with Server(tmp_path / "data") as server, server.host() as host:
        environ = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "DISPLAY": ":0",
            "PYTHONPATH": str(ROOT),
            "KARAOKE_DATA": str(server.data),
            "KARAOKE_PORT": str(server.port),
            "KARAOKE_HOST": "127.0.0.1",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "karaoke_ui", "stage"],
            cwd=tmp_path,
            env=environ,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as opened:
            try:
                found: list[dict[str, object]] = []
                until = time.monotonic() + 90
                while not any(each["armed"] for each in found):
                    assert time.monotonic() < until, found
                    time.sleep(0.2)
                    found = host.get("/api/v1/stages").json()["items"]
                assert [(each["leads"], each["connected"]) for each in found] == [(True, True)]
                assert not (server.data / kiosk.KEY).exists()
            finally:
                os.killpg(opened.pid, signal.SIGKILL)
