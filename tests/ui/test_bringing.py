"""What people have at home, brought over the wire: zips, discs in two halves, UltraStar's texts; and what it is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui.testing import User

from karaoke_ui.house import House
from pipeline.box import Box
from pipeline.errors import NoPartner
from pipeline.intake import bring, report
from pipeline.settings import Settings
from tests import karaoke, sound
from tests.server import Server
from tests.ui.panel import log_in
from tests.workers import work_off

SONGS = "/api/v1/songs"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("bringing") / "data") as started:
        yield started


@pytest.fixture
def wire(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        yield client


def send(wire: httpx.Client, name: str, content: bytes) -> list[dict[str, Any]]:
    answer = wire.post(SONGS, files={"files": (name, content)}).raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def refused(wire: httpx.Client, name: str, content: bytes) -> tuple[int, str, str]:
    answer = wire.post(SONGS, files={"files": (name, content)})
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def test_a_disc_comes_in_two_halves_and_is_ready_without_the_model(
    wire: httpx.Client, server: Server, tmp_path: Path
) -> None:
    (picture,) = send(wire, "SC100-01 - Queen - One.cdg", karaoke.graphics(6))
    assert (picture["song"], picture["error"]) == (None, None)
    (song,) = send(wire, "SC100-01 - Queen - One.mp3", karaoke.mp3(11))
    assert (song["song"]["title"], song["song"]["artist"]) == ("One", "Queen")
    box = Box.open(Settings(data=server.data))
    work_off(box)
    box.close()
    found = wire.get(f"{SONGS}/{song['song']['id']}").json()
    assert (found["readiness"]["state"], found["readiness"]["quick"]) == ("ready", False)
    assert found["has_words"]  # they are in the picture


def test_a_zip_answers_for_each_of_its_songs(wire: httpx.Client, tmp_path: Path) -> None:
    files = {
        "a/one.mp3": karaoke.mp3(12),
        "b/two.mp3": karaoke.mp3(13),
        "b/two.cdg": karaoke.graphics(6),
        "c/three.cdg": karaoke.graphics(6),
    }
    items = send(wire, "discs.zip", karaoke.zipped(files))
    assert {item["name"] for item in items if item["song"]} == {"one.mp3", "two.mp3"}
    assert [item["error"]["message"] for item in items if item["error"]] == [
        "“three.cdg” is of no use alone: “three.mp3” is not beside it."
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "evil.zip",
            karaoke.zipped({"../evil.mp3": b"x"}),
            (422, "bad_archive", "“evil.zip” is not unpacked: a name in it leads outside."),
        ),
        (
            "letters.zip",
            karaoke.zipped({"letter.pdf": b"x"}),
            (422, "bad_archive", "“letters.zip” is not unpacked: there is no song in it."),
        ),
        (
            "song.cdg",
            bytes(7200),
            (422, "damaged_file", "“song.cdg” is damaged and cannot be played. Please try another copy."),
        ),
    ],
)
def test_what_is_refused_is_told_why(
    wire: httpx.Client, server: Server, name: str, content: bytes, said: tuple[int, str, str]
) -> None:
    before = sorted(path.name for path in (server.data / "incoming").iterdir())
    assert refused(wire, name, content) == said
    assert sorted(path.name for path in (server.data / "incoming").iterdir()) == before


def test_ultrastar_words_have_the_voices_of_a_duet(wire: httpx.Client, tmp_path: Path) -> None:
    text = "#TITLE:T\n#MP3:duet.mp3\n#BPM:120\nP1\n: 0 4 60 I\nP2\n: 8 4 60 You\nE\n"
    (song,) = send(wire, "duet.mp3", karaoke.mp3(14))
    (words,) = send(wire, "notes.txt", text.encode())
    assert words["song"]["id"] == song["song"]["id"]
    found = wire.get(f"{SONGS}/{song['song']['id']}/lyrics").json()
    assert [(line["voice"], line["text"]) for line in found["lines"]] == [(1, "I"), (2, "You")]


def test_the_files_of_an_ultrastar_folder_are_one_song(wire: httpx.Client, tmp_path: Path) -> None:
    text = karaoke.ULTRASTAR.format(audio="tune.mp3").replace(
        "#BPM", "#VIDEO:film.mp4\n#COVER:cover.png\n#BPM"
    )
    film = sound.save_silent_film(tmp_path / "film.mp4", 3).read_bytes()
    given = {
        "notes.txt": text.encode(),
        "tune.mp3": karaoke.mp3(24),
        "film.mp4": film,
        "cover.png": sound.png(),
    }
    files = [("files", (name, content)) for name, content in given.items()]
    answer = wire.post(SONGS, files=files)
    (arrived,) = answer.json()["items"]
    assert (arrived["song"]["title"], bool(arrived["song"]["cover"])) == ("Daisy Bell", True)
    # Files that say nothing of each other stand for themselves.
    files = [("files", (f"{n}.mp3", karaoke.mp3(n))) for n in (25, 26)]
    assert len(wire.post(SONGS, files=files).json()["items"]) == 2


def test_the_last_import_can_be_read(wire: httpx.Client, server: Server) -> None:
    assert wire.get("/api/v1/imports/last").status_code == 404
    done = report.Report("import", ["/music"], added=2, refused=1)
    done.skipped.append(report.Skipped("/music/a.cdg", NoPartner(name="a.cdg", missing="a.mp3").note))
    report.save(server.data / "reports", done)
    found = wire.get("/api/v1/imports/last").json()
    assert (found["kind"], found["added"], found["refused"]) == ("import", 2, 1)
    assert found["skipped"] == [
        {"file": "/music/a.cdg", "reason": "“a.cdg” is of no use alone: “a.mp3” is not beside it."}
    ]
    with server.client() as nobody:
        assert nobody.get("/api/v1/imports/last").status_code == 401


async def test_the_panel_shows_what_an_import_left_out(user: User, house: House, tmp_path: Path) -> None:
    log_in(user, house)
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "fine.mp3").write_bytes(karaoke.mp3())
    (folder / "lonely.cdg").write_bytes(karaoke.graphics(6))
    done = report.Report("import", [str(folder)])
    for outcome in bring.from_folders(house.box, [folder]):
        done.note(outcome)
    report.save(house.box.settings.reports, done)
    await user.open("/host")
    user.find("Library").click()
    await user.should_see(marker="last-import")
    user.find(marker="last-import").click()
    await user.should_see("“lonely.cdg” is of no use alone")
    await user.should_see("1 new, 0 there already, 1 left out")


def test_the_stage_is_told_who_sings_which_line_of_a_duet(wire: httpx.Client, tmp_path: Path) -> None:
    text = "#TITLE:Two\n#ARTIST:Us\n#MP3:two.mp3\n#BPM:120\n#P1:Sonny\n#P2:Cher\n"
    text += "P1\n: 0 4 60 I\n- 4\n: 16 4 60 We\nP2\n: 8 4 60 You\n- 12\n: 16 4 60 We\nE\n"
    (song,) = send(wire, "two.mp3", karaoke.mp3(23))
    wire.put(f"{SONGS}/{song['song']['id']}/lyrics", content=text.encode()).raise_for_status()
    words = wire.get(f"/stage/track/{song['song']['track_id']}/lyrics.json").json()
    assert words["voices"] == ["Sonny", "Cher"]
    assert [(line["voice"], line["text"]) for line in words["lines"]] == [(1, "I"), (2, "You"), (0, "We")]
