"""`karaoke import` as it is typed: a folder of everything, and a report of what was left out and why."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlmodel import select

from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.intake import report
from pipeline.settings import Settings
from pipeline.tables import NOT_URGENT, Job, Song, Track, TrackKind
from tests import karaoke, sound
from tests.server import Server


def karaoke_import(data: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KARAOKE_")}
    return subprocess.run(
        [sys.executable, "-m", "karaoke_ui", "import", *map(str, paths)],
        env=environ | {"KARAOKE_DATA": str(data), "KARAOKE_ONLINE": "false"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """What collects on a disk over the years."""
    made = tmp_path / "music"
    star, discs = made / "UltraStar" / "Daisy", made / "Discs" / "1"
    for folder in (star, discs):
        folder.mkdir(parents=True)
    (star / "daisy.txt").write_bytes(karaoke.ULTRASTAR.replace("{audio}", "daisy.mp3").encode("cp1252"))
    (star / "daisy.mp3").write_bytes(karaoke.mp3(1))
    (made / "UltraStar" / "lonely.txt").write_text(karaoke.ULTRASTAR.replace("{audio}", "gone.mp3"))
    (discs / "SC1-01 - Queen - One.mp3").write_bytes(karaoke.mp3(2))
    (discs / "sc1-01 - queen - one.CDG").write_bytes(karaoke.graphics(6))
    (discs / "lonely.cdg").write_bytes(karaoke.graphics(6))
    zipped = {"x/two.mp3": karaoke.mp3(3), "x/two.cdg": karaoke.graphics(6)}
    (made / "discs.zip").write_bytes(karaoke.zipped(zipped))
    (made / "evil.zip").write_bytes(karaoke.zipped({"../../evil.mp3": karaoke.mp3(4)}))
    sound.save(made / "Film (Karaoke).mp4", sound.song(5, 5), picture=True)
    sound.save(made / "Band [Instrumental].flac", sound.song(5, 6))
    (made / "band [instrumental].lrc").write_text("[00:01.00]la\n")
    sound.save(made / "Plain.ogg", sound.song(5, 7))
    sound.save(made / "Same.wav", sound.song(5, 8))
    (made / "Same again.wav").write_bytes((made / "Same.wav").read_bytes())
    (made / "readme.txt").write_text("Dear reader")
    (made / "folder.jpg").write_bytes(b"\xff\xd8\xff")
    (made / ".hidden.mp3").write_bytes(b"x")
    (made / "broken.mp3").write_bytes(b"la la la" * 100)
    return made


def test_a_folder_of_everything(tmp_path: Path, music: Path) -> None:
    done = karaoke_import(tmp_path / "data", music)
    assert done.returncode == 1  # something was left out
    box = Box.open(Settings(data=tmp_path / "data"))
    with box.db.read() as s:
        found = {track.file_name: (track.kind, track.ready_made) for track in s.exec(select(Track))}
        titles = {song.title for song in s.exec(select(Song))}
        assert {job.urgency for job in s.exec(select(Job))} == {NOT_URGENT}
    kept = report.last(box.settings.reports)
    box.close()
    original, used = (TrackKind.ORIGINAL, False), True
    same = {"Same.wav": original} if "Same.wav" in found else {"Same again.wav": original}
    assert found == same | {
        "daisy.mp3": original,
        "SC1-01 - Queen - One.mp3": (TrackKind.KARAOKE, used),
        "two.mp3": (TrackKind.KARAOKE, used),
        "Film (Karaoke).mp4": (TrackKind.KARAOKE, used),
        "Band [Instrumental].flac": (TrackKind.INSTRUMENTAL, used),
        "Plain.ogg": original,
    }
    assert "Daisy Bell" in titles
    assert kept is not None
    assert (kept.added, kept.known, kept.refused) == (7, 1, 4)
    reasons = {Path(each.file).name: of_note(each.reason) for each in kept.skipped}
    assert reasons == {
        "lonely.txt": "“lonely.txt” is of no use alone: “gone.mp3” is not beside it.",
        "lonely.cdg": "“lonely.cdg” is of no use alone: “lonely.mp3” is not beside it.",
        "evil.zip": "“evil.zip” is not unpacked: a name in it leads outside.",
        "broken.mp3": "“broken.mp3” is not a song: there is no sound in it.",
    }
    for reason in reasons.values():
        assert reason in done.stderr
    assert "7 new, 1 there already, 4 left out." in done.stdout
    assert not (tmp_path / "evil.mp3").exists()
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


def test_a_second_time_nothing_is_new(tmp_path: Path) -> None:
    song = sound.save(tmp_path / "one.wav", sound.song(3))
    assert karaoke_import(tmp_path / "data", song).returncode == 0
    again = karaoke_import(tmp_path / "data", song)
    assert again.returncode == 0
    assert "0 new, 1 there already, 0 left out." in again.stdout


def test_halves_may_be_named_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(karaoke.mp3())
    (tmp_path / "a.cdg").write_bytes(karaoke.graphics(6))
    done = karaoke_import(tmp_path / "data", tmp_path / "a.cdg", tmp_path / "a.mp3")
    assert done.stdout.splitlines()[0] == f"  ✓ {tmp_path / 'a.mp3'}"


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = karaoke_import(tmp_path / "data", tmp_path / "nowhere")
    assert done.returncode == 1
    assert f"{tmp_path / 'nowhere'}: there is no such file" in done.stderr


def test_reports_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(report.KEEP + 5):
        report.save(tmp_path, report.Report("import", ["x"], began=1000.0 + number, added=number))
    assert len(list(tmp_path.iterdir())) == report.KEEP
    (tmp_path / "9999.000-import.json").write_text(json.dumps({"kind": 1}))
    kept = report.last(tmp_path)
    assert kept is not None
    assert kept.added == report.KEEP + 4


def test_a_running_box_watches_its_folders(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    sound.save(folder / "One.wav", sound.song(3))
    with Server(tmp_path / "data", whole=True, folders=folder) as server, server.host() as host:
        until = time.monotonic() + 90
        # A look is told of once it is over, when the song is in for a moment already.
        while not (told := host.get("/api/v1/imports/last")).is_success:
            assert time.monotonic() < until, "it did not come in"
            time.sleep(0.2)
        assert (told.json()["kind"], told.json()["added"]) == ("watch", 1)
        assert [song["title"] for song in host.get("/api/v1/songs").json()["items"]] == ["One"]
