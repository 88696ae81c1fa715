"""Files that people drop on the host's panel by mistake or on purpose, over the wire and with the real workers."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.box import Box
from pipeline.settings import Settings
from tests import sound
from tests.disk import full_after
from tests.server import Server
from tests.workers import work_off

SONGS = "/api/v1/songs"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes files of 5 MB at most."""
    with Server(tmp_path_factory.mktemp("small") / "data", max_upload_mb=5) as started:
        yield started


@pytest.fixture
def host(small: Server) -> Iterator[httpx.Client]:
    with small.host() as client:
        yield client


@pytest.fixture
def tune(tmp_path: Path) -> Callable[[int], bytes]:
    return lambda seed: sound.save(tmp_path / f"{seed}.mp3", sound.song(5, seed)).read_bytes()


def left_behind(server: Server) -> tuple[set[str], set[str]]:
    """What lies in the folders of the library, and of files on their way in."""
    return tuple({path.name for path in (server.data / each).iterdir()} for each in ("library", "incoming"))  # type: ignore[return-value]


def bring(host: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return host.post(SONGS, files={"files": (name, content)})


def error(answer: httpx.Response) -> tuple[int, str, str]:
    body = answer.json()["error"]
    return answer.status_code, body["code"], body["message"]


def titles(host: httpx.Client) -> list[str]:
    return [song["title"] for song in host.get(SONGS, params={"limit": 200}).json()["items"]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.mp3", b"", (422, "empty_file", "“nothing.mp3” is empty. Please choose another file.")),
        (
            "letter.mp3",
            b"%PDF-1.7 Dear Sir",
            (422, "not_audio", "“letter.mp3” is not a song: there is no sound in it."),
        ),
        (
            "../../🎤.mp3",
            b"la la la" * 90,
            (422, "not_audio", "“🎤.mp3” is not a song: there is no sound in it."),
        ),
        (
            "big.wav",
            bytes(5_000_001),
            (413, "too_large", "“big.wav” is too large: a file may have 5 MB at most."),
        ),
        ("huge.wav", bytes(9_000_000), (413, "too_much", "That is too much at once: 6 MB is the most.")),
        ("song.lrc", b"", (422, "not_words", "This is not a file of words: there is no text in it.")),
    ],
    ids=["empty", "a PDF", "emoji and a path", "too large", "far too large", "no words"],
)
def test_the_person_reads_why_and_the_log_has_a_line(
    small: Server, host: httpx.Client, name: str, content: bytes, said: tuple[int, str, str]
) -> None:
    before = left_behind(small), titles(host)
    assert error(bring(host, name, content)) == said
    assert (left_behind(small), titles(host)) == before
    noted = small.events("file refused") + small.events("request refused")
    assert said[1] in {line["code"] for line in noted}


def test_a_file_of_unknown_length_is_stopped_on_its_way(small: Server, host: httpx.Client) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="endless.wav"\r\n\r\n'
        while sent < 12_000_000:
            sent += 1_000_000
            yield bytes(1_000_000)

    form = {"content-type": "multipart/form-data; boundary=x"}
    answer = host.post(SONGS, content=endless(), headers=form)
    assert error(answer) == (413, "too_much", "That is too much at once: 6 MB is the most.")
    assert not left_behind(small)[1]


def test_a_guest_who_sends_a_file_reads_why_not(small: Server) -> None:
    with small.phone("Maria") as maria, small.client() as stranger:
        assert error(bring(maria, "mine.wav", bytes(4_000_000)))[:2] == (403, "rights_error")
        assert error(bring(stranger, "mine.wav", bytes(4_000_000)))[:2] == (401, "not_logged_in")
    assert not left_behind(small)[1]


def test_a_form_that_is_no_form_is_refused(host: httpx.Client) -> None:
    form = {"content-type": "multipart/form-data; boundary=x"}
    for content in (b"nonsense", b"--x\r\nnonsense", b"--y--", b""):
        answer = host.post(SONGS, content=content, headers=form)
        assert answer.status_code in (400, 422), content
        assert answer.json()["error"]["message"]


def test_a_phone_that_loses_the_network_leaves_nothing(small: Server, host: httpx.Client) -> None:
    before = left_behind(small), titles(host)
    with socket.create_connection(("127.0.0.1", small.port)) as line:
        line.sendall(
            f"POST {SONGS} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: encore_host={host.cookies['encore_host']}\r\n"
            "content-type: multipart/form-data; boundary=x\r\ncontent-length: 4000000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="files"; filename="lost.wav"\r\n\r\n'.encode()
            + bytes(2_000_000)
        )
        time.sleep(0.2)
    assert host.get("/health").status_code == 200
    assert (left_behind(small), titles(host)) == before


def test_the_same_file_from_two_tablets_at_once_is_one_song(
    small: Server, tune: Callable[[int], bytes]
) -> None:
    content = tune(11)

    def drop(_: int) -> httpx.Response:
        with small.host() as tablet:
            return bring(tablet, "The Twins - Same Song.mp3", content)

    small.host().close()
    with ThreadPoolExecutor(4) as tablets:
        answers = list(tablets.map(drop, range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert error(refused)[1:] == ("already_there", "“Same Song” is there already.")
    with small.host() as host:
        assert titles(host).count("Same Song") == 1
    assert not left_behind(small)[1]


def test_a_name_with_paths_and_pictures_is_only_shown(
    small: Server, host: httpx.Client, tune: Callable[[int], bytes]
) -> None:
    answer = bring(host, "../../../🎤 Ça va – été.mp3", tune(12))
    assert answer.status_code == 201
    assert {path.name for path in small.data.parent.iterdir()} <= {small.data.name, small.log_file.name}
    assert "🎤" in " ".join(titles(host)) + answer.text


def test_damaged_and_silent_songs_are_named_in_the_list_of_work(
    small: Server, host: httpx.Client, tmp_path: Path
) -> None:
    whole = sound.save(tmp_path / "a.flac", sound.song(8, 13)).read_bytes()
    hush = sound.save(tmp_path / "b.flac", 0 * sound.tone(8)).read_bytes()
    bad: list[dict[str, Any]] = [
        bring(host, name, content).json()["items"][0]["song"]
        for name, content in (("half.flac", whole[: len(whole) // 2]), ("hush.flac", hush))
    ]
    box = Box.open(Settings(data=small.data, engine="center", online=False))
    work_off(box)
    box.close()
    failed = {
        job["song_id"]: job for job in host.get("/api/v1/jobs").json()["items"] if job["state"] == "failed"
    }
    assert [failed[song["id"]]["error"] for song in bad] == [
        "“half.flac” is damaged and cannot be played. Please try another copy.",
        "“hush.flac” is silent from start to end.",
    ]
    for song in bad:
        found = host.get(f"{SONGS}/{song['id']}").json()["readiness"]
        assert (found["state"], found["reason"]) == ("failed", failed[song["id"]]["error"])
        folder = small.data / "library" / song["track_id"]
        assert [path.name for path in folder.rglob("*") if path.is_file()] == ["original.flac"]
        assert host.delete(f"{SONGS}/{song['id']}").status_code == 204


def test_a_full_disk_is_said_and_the_box_goes_on(tmp_path: Path, tune: Callable[[int], bytes]) -> None:
    server = Server(tmp_path / "data")
    # Room for the database, and for what this server logs; not for a song of 6 MB.
    with full_after(5_000_000):
        server.start()
    try:
        with server.host() as host:
            answer = bring(host, "large.wav", bytes(6_000_000))
            assert error(answer) == (
                507,
                "disk_full",
                "The disk of the box is full. Free some space and try again.",
            )
            assert left_behind(server) == (set(), set())
            assert bring(host, "small.mp3", tune(14)).status_code == 201
            assert "disk_full" in {line["code"] for line in server.events("request failed")}
    finally:
        server.stop()
