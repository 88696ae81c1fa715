"""Covers and “which one is it?”, as programs and as the host see them."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from nicegui.testing import User

from karaoke_ui.house import House
from karaoke_ui.pages.host.problems import problems
from karaoke_ui.parts import cover
from karaoke_ui.show import views
from karaoke_ui.show.views import ShowView
from pipeline import covers, describing, library
from pipeline.box import Box
from pipeline.matching import Match
from pipeline.settings import Settings
from pipeline.sources import breaker
from pipeline.sources.breaker import State
from pipeline.sources.facts import Fact
from pipeline.tables import Song
from tests import sound
from tests.server import Server
from tests.services.pictures import picture
from tests.ui.panel import log_in

# No two songs of this file are the same.
seeds = itertools.count(70_000)
FOUND = [
    Match(Fact("itunes", "Blue Lamp", "Maria Stern", "Lamps", 1999), 0.8, same_words=True),
    Match(Fact("musicbrainz", "Blue Lamp", "The Tinkers"), 0.79, same_words=True),
]


def bring(box: Box, folder: Path, *, unsure: bool = False, with_cover: bool = False) -> str:
    """A song as the describing step leaves it behind."""
    path = sound.save(folder / "song.wav", sound.song(4, seed=next(seeds)))
    with path.open("rb") as stream:
        song = library.add(box, stream, "Blue Lamp.wav", "upload")
    with box.db.write() as s:
        track = library.main_track(s, song.id)
        if with_cover:
            covers.keep(box.store, track.id, picture("png"))
            song.cover_track = track.id
            s.merge(song)
        if unsure:
            describing.keep(s, library.get(s, song.id), FOUND)
    return song.id


@pytest.fixture
def host(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        yield client


@pytest.fixture
def maria(server: Server) -> Iterator[httpx.Client]:
    with server.phone("Maria") as client:
        yield client


@pytest.fixture
def on_server(server: Server, tmp_path: Path) -> Callable[..., str]:
    def add(*, unsure: bool = False, with_cover: bool = False) -> str:
        box = Box.open(Settings(data=server.data, engine="center", online=False))
        song_id = bring(box, tmp_path, unsure=unsure, with_cover=with_cover)
        box.close()
        return song_id

    return add


def test_covers_come_in_two_sizes_and_are_kept(
    server: Server, host: httpx.Client, maria: httpx.Client, on_server: Callable[..., str]
) -> None:
    song_id = on_server(with_cover=True)
    with server.paired_tv() as stage:
        for browser in (host, maria, stage.http):
            for size in (160, 600):
                answer = browser.get(f"/api/v1/songs/{song_id}/cover", params={"size": size})
                assert answer.headers["content-type"] == "image/jpeg"
                assert "max-age" in answer.headers["cache-control"]
                assert covers.decode(answer.content).width == size
    address = host.get(f"/api/v1/songs/{song_id}").json()["cover"]
    assert maria.get(address).status_code == 200
    assert host.get(f"/api/v1/songs/{song_id}/cover?size=5000").status_code == 422
    with server.client() as nobody:
        assert nobody.get(address).status_code == 401


def test_a_song_without_a_cover_has_none(host: httpx.Client, on_server: Callable[..., str]) -> None:
    song_id = on_server()
    assert host.get(f"/api/v1/songs/{song_id}").json()["cover"] == ""
    assert host.get(f"/api/v1/songs/{song_id}/cover").status_code == 404
    assert host.get("/api/v1/songs/nothing/cover").status_code == 404


def test_a_program_says_which_one_it_is(
    host: httpx.Client, maria: httpx.Client, on_server: Callable[..., str]
) -> None:
    song_id = on_server(unsure=True)
    address = f"/api/v1/songs/{song_id}/candidates"
    assert maria.get(address).status_code == 403
    items = host.get(address).json()["items"]
    assert [(each["artist"], each["year"], each["score"]) for each in items] == [
        ("Maria Stern", 1999, 0.8),
        ("The Tinkers", None, 0.79),
    ]
    assert host.get(f"/api/v1/songs/{song_id}").json()["unsure"]
    assert host.post(f"{address}/nothing").status_code == 404
    song = host.post(f"{address}/{items[1]['id']}").json()
    assert (song["title"], song["artist"], song["unsure"]) == ("Blue Lamp", "The Tinkers", False)
    assert host.get(address).json()["items"] == []


def test_a_program_says_that_it_is_none_of_them(host: httpx.Client, on_server: Callable[..., str]) -> None:
    song_id = on_server(unsure=True)
    assert host.delete(f"/api/v1/songs/{song_id}/candidates").status_code == 204
    song = host.get(f"/api/v1/songs/{song_id}").json()
    assert (song["artist"], song["unsure"]) == ("", False)
    assert host.post(f"/api/v1/songs/{song_id}/describe").status_code == 200


@pytest.fixture
async def panel(user: User, house: House) -> User:
    log_in(user, house)
    await user.open("/host?tab=library")
    return user


def song_of(house: House, song_id: str) -> Song:
    with house.box.db.read() as s:
        return library.get(s, song_id)


async def test_the_host_says_with_one_tap_which_one_it_is(panel: User, house: House, tmp_path: Path) -> None:
    song_id = bring(house.box, tmp_path, unsure=True)
    await panel.should_see("Check title")
    panel.find("Check title").click()
    await panel.should_see("Which one is it?")
    panel.find("Blue Lamp · Maria Stern (Lamps, 1999)").click()
    await panel.should_see("It is Blue Lamp.")
    assert song_of(house, song_id).artist == "Maria Stern"
    await panel.should_not_see("Check title")


async def test_none_of_these(panel: User, house: House, tmp_path: Path) -> None:
    song_id = bring(house.box, tmp_path, unsure=True)
    await panel.should_see("Check title")
    panel.find("Check title").click()
    await panel.should_see("None of these")
    panel.find("None of these").click()
    await panel.should_see("Blue Lamp stays as it is.")
    assert song_of(house, song_id).artist == ""
    await panel.should_not_see("Check title")


async def test_the_host_reads_which_service_is_down(panel: User, house: House) -> None:
    with house.box.db.write() as s:
        breaker.say(s, State("musicbrainz", time.time(), time.time() + 60, "it answered 500"))
    await panel.should_see("MusicBrainz has given no answer since")
    with house.box.db.write() as s:
        breaker.say(s, State("musicbrainz"))
    await panel.should_not_see("MusicBrainz has given no answer since")


def test_several_services_are_one_problem() -> None:
    down = (State("itunes", 1000.0), State("somebody new", 2000.0))
    found = problems(ShowView(down=down), (), "http://box", 3)
    assert ["No answer from iTunes, somebody new since" in each.words for each in found] == [True]


def test_a_row_shows_the_cover_over_its_own_colours(box: Box, tmp_path: Path) -> None:
    with_one, without = bring(box, tmp_path, with_cover=True), bring(box, tmp_path)
    with box.db.read() as s:
        assert f"url(/api/v1/songs/{with_one}/cover?size=160" in cover.style(views.song(s, with_one))
        assert "--cover: none" in cover.style(views.song(s, without))
