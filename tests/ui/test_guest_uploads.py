"""Songs that guests bring on their phones: only where the host allows it, within limits, and told who brought them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from nicegui.testing import User
from sqlmodel import Session

from karaoke_ui.house import House
from karaoke_ui.limits import GUEST_UPLOADS
from karaoke_ui.show import night, rules
from karaoke_ui.show.rights import BOX
from pipeline.db import Database
from tests import karaoke
from tests.server import Server

BROUGHT = "/api/v1/songs/brought"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("guests") / "data", max_guest_upload_mb=1) as started:
        yield started


def let(s: Session, on: bool) -> None:
    rules.change(s, BOX, night.current(s), {"uploads": on})


def allow(server: Server, on: bool) -> None:
    database = Database(server.data / "encore.db")
    with database.write() as s:
        let(s, on)
    database.close()


@pytest.fixture
def maria(server: Server) -> Iterator[httpx.Client]:
    """Her phone, on a night where guests may bring songs."""
    allow(server, True)
    with server.phone("Maria") as phone:
        yield phone


def send(phone: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return phone.post(BROUGHT, files={"file": (name, content)})


def test_a_guest_brings_a_song_and_the_host_sees_who(
    server: Server, maria: httpx.Client, tmp_path: Path
) -> None:
    song = send(maria, "Maria - Her Song.mp3", karaoke.mp3(31)).raise_for_status().json()["song"]
    assert (song["title"], song["artist"], song["brought_by"]) == ("Her Song", "Maria", "Maria")
    with server.host() as host:
        (listed,) = host.get("/api/v1/songs", params={"q": "her song"}).json()["items"]
    assert (listed["id"], listed["brought_by"]) == (song["id"], "Maria")
    # And is sung like any other.
    maria.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status()


def test_unless_the_host_allows_it_nothing_is_taken(
    server: Server, maria: httpx.Client, tmp_path: Path
) -> None:
    allow(server, False)
    answer = send(maria, "song.mp3", karaoke.mp3(32))
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        409,
        "The host takes no songs from phones tonight.",
    )
    assert not list((server.data / "incoming").iterdir())
    with server.client() as stranger:
        assert stranger.post(BROUGHT, files={"file": ("song.mp3", b"x")}).status_code == 401


def test_what_cannot_be_sung_is_refused_with_a_reason(maria: httpx.Client, tmp_path: Path) -> None:
    first = karaoke.mp3(33)
    assert send(maria, "first.mp3", first).status_code == 201
    for name, content, code in (
        ("again.mp3", first, "already_there"),
        ("song.mp3", b"<html>" * 100, "not_audio"),
        # Many songs at once are the host's to bring.
        ("songs.zip", karaoke.zipped({"one.mp3": karaoke.mp3(34)}), "not_audio"),
        ("empty.mp3", b"", "empty_file"),
    ):
        assert send(maria, name, content).json()["error"]["code"] == code, name


def test_one_phone_brings_only_so_much(server: Server, maria: httpx.Client) -> None:
    answer = send(maria, "long.wav", bytes(1_600_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    answer = send(maria, "longer.wav", bytes(3_000_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_much")
    codes = [send(maria, "x.mp3", b"x").status_code for _ in range(GUEST_UPLOADS.times)]
    assert codes[-1] == 429
    with server.phone("Tom") as tom:
        assert send(tom, "x.mp3", b"x").status_code == 422


async def test_phones_offer_it_as_long_as_the_host_allows_it(user: User, house: House) -> None:
    await user.open("/")
    user.find(marker="name").type("Maria")
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see("Hi Maria")
    await user.should_not_see(marker="bring")
    with house.box.db.write() as s:
        let(s, True)
    await user.should_see(marker="bring")
    with house.box.db.write() as s:
        let(s, False)
    await user.should_not_see(marker="bring")
