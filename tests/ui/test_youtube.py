"""Songs from YouTube on the screens and in the API: looked for, asked for, added, and switched off by the host."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from nicegui import ui
from nicegui.testing import User

from karaoke_ui import workers
from karaoke_ui.house import House
from karaoke_ui.limits import VIDEO_SEARCHES
from karaoke_ui.pages.singer import videos as below
from karaoke_ui.show import night, videos
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Singer
from pipeline import library
from pipeline.box import Box
from pipeline.tables import Track
from tests.server import Server
from tests.services.youtube import Tube, serve, video
from tests.ui.held import Answers, Sleepers
from tests.ui.panel import log_in, until
from tests.ui.phone import press_ask


@pytest.fixture
def tube() -> Iterator[Tube]:
    with serve(sound=b"sound" * 1000, picture=b"picture" * 1000) as standing_in:
        yield standing_in


@pytest.fixture(autouse=True)
def soon_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works in these tests; but that is not noticed, however long they take."""
    monkeypatch.setattr(workers, "AWAY_SECONDS", 600.0)


@pytest.fixture
def box(box: Box, tube: Tube) -> Box:
    return replace(box, settings=box.settings.model_copy(update=tube.world))


@pytest.fixture
async def maria(user: User, house: House) -> User:
    await user.open("/")
    user.find(marker="name").type("Maria")
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see("Hi Maria")
    return user


def queue(house: House) -> list[tuple[str, str]]:
    """Singers and songs that wait."""
    with house.box.db.read() as s:
        turns = night.queue(s, night.current(s).id)
        return [(s.get_one(Singer, t.singer_id).name, library.get(s, t.song_id).title) for t in turns]


# ---------------------------------------------------------------------------------------------------- on the phone


async def test_a_guest_finds_and_asks_for_what_nobody_owns(maria: User, house: House) -> None:
    maria.find(marker="search-field").type("valerie")
    await maria.should_see("From YouTube")
    await maria.should_see("valerie 1")
    await maria.should_see("3:22")
    maria.find("+").click()
    await maria.should_see("It comes from YouTube")
    (await press_ask(maria)).raise_for_status()
    await maria.should_see("Your song is in the queue")
    assert [singer for singer, _ in queue(house)] == ["Maria"]
    with house.box.db.read() as s:
        assert library.count(s) == 1


async def test_a_pasted_link_is_that_video(maria: User, house: House, tube: Tube) -> None:
    maria.find(marker="search-field").type(f"https://youtu.be/{video('ok')}?si=x")
    await maria.should_see("Song of Tests")
    await maria.should_not_see("No song here")
    maria.find(marker="search-field").clear()
    maria.find(marker="search-field").type(f"https://youtu.be/{video('private')}")
    await maria.should_see("is private")


async def test_who_types_on_asks_youtube_once(
    maria: User, tube: Tube, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = Sleepers()
    monkeypatch.setattr(below, "asyncio", pauses)
    field = maria.find(marker="search-field")
    for number, letters in enumerate(("val", "eri", "e"), 1):
        field.type(letters)
        await until(lambda number=number: pauses.count == number)  # type: ignore[misc]
    await pauses.wake()
    await maria.should_see("valerie 1")
    assert tube.count("/youtubei/v1/search") == 1


async def test_youtube_out_of_reach_is_one_sentence(maria: User, tube: Tube) -> None:
    tube.refuse["/youtubei/v1/search"] = [500, 99]
    maria.find(marker="search-field").type("valerie")
    await maria.should_see("YouTube cannot be reached")


async def test_the_host_can_switch_it_off(maria: User, house: House, tube: Tube) -> None:
    maria.find(marker="search-field").type("valerie")
    await maria.should_see("valerie 1")
    with house.box.db.write() as s:
        videos.let_guests(s, BOX, False)
    await maria.should_not_see("From YouTube")
    asked = len(tube.asked)
    maria.find(marker="search-field").type("s")
    await asyncio.sleep(0.6)
    await maria.should_not_see("From YouTube")
    assert len(tube.asked) == asked


async def test_a_late_answer_hides_no_newer_one_from_a_guest(
    maria: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(house, videos.offers, monkeypatch)
    maria.find(marker="search-field").type("valerie")
    await until(lambda: answers.is_held)
    await add_first(house)
    await maria.should_see("valerie 2")
    await until(lambda: len(maria.find("3:22").elements) == 4)
    answers.give()
    await until(lambda: answers.is_given)
    assert len(maria.find("3:22").elements) == 4, "the first one stands among the songs"


async def add_first(house: House) -> None:
    """The first video that is found comes into the library."""
    found = await house.youtube.search("valerie", "somebody else")
    await house.do(videos.add_videos, BOX, found[:1])


# ------------------------------------------------------------------------------------------------ on the host's panel


async def test_the_host_adds_one(host: User, house: House) -> None:
    host.find(marker="tab-library").click()
    host.find(marker="library-search").type("valerie")
    await host.should_see("valerie 1")
    host.find(marker="youtube-add").click()
    await host.should_see("It is being fetched now")
    await host.should_see("in the library")


async def test_a_late_answer_hides_no_newer_one_from_the_host(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(house, videos.offers, monkeypatch)
    host.find(marker="tab-library").click()
    host.find(marker="library-search").type("valerie")
    await until(lambda: answers.is_held)
    await add_first(house)
    await host.should_see("in the library")
    answers.give()
    await until(lambda: answers.is_given)
    await host.should_see("in the library")


async def test_the_host_adds_a_playlist(host: User, house: House, tube: Tube) -> None:
    tube.playlist = 250
    host.find(marker="tab-library").click()
    host.find(marker="library-search").type("https://www.youtube.com/playlist?list=PLtests12345")
    await host.should_see("Add all 200")
    await host.should_see("The playlist is long")
    await host.should_not_see("No song like that")
    host.find(marker="youtube-all").click()
    await host.should_see("200 songs are in")
    with house.box.db.read() as s:
        assert library.count(s) == 200


async def test_the_switch_and_the_check_among_the_settings(host: User, house: House) -> None:
    host.find(marker="tab-settings").click()
    await host.should_see(marker="youtube-check")
    host.find(marker="youtube-check").click()
    await host.should_see("Downloading works")
    host.find(marker="guests-youtube").click()

    def guests_may() -> bool:
        with house.box.db.read() as s:
            return videos.guests_may(s)

    await until(lambda: not guests_may())


async def test_the_switch_shows_what_holds_now(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(user, house)
    answers = Answers(house, videos.guests_may, monkeypatch)
    await user.open("/host?tab=settings")
    await until(lambda: answers.is_held)
    with house.box.db.write() as s:
        videos.let_guests(s, BOX, False)
    (switch,) = user.find(kind=ui.switch, marker="guests-youtube").elements
    await until(lambda: switch.value is False)
    answers.give()
    await until(lambda: answers.is_given)
    assert switch.value is False


# --------------------------------------------------------------------------------------------------------- in the API


@pytest.fixture(scope="module")
def standing_in() -> Iterator[Tube]:
    with serve(sound=b"sound" * 1000, picture=b"picture" * 1000) as tube:
        yield tube


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, standing_in: Tube) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("youtube") / "data"
    with Server(data, **standing_in.world) as started:
        yield started


def found(browser: httpx.Client, words: str) -> list[dict[str, Any]]:
    answer = browser.get("/api/v1/youtube/search", params={"q": words})
    answer.raise_for_status()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_search_add_and_ask(server: Server) -> None:
    with server.host() as host, server.phone("Maria") as maria:
        first, second = found(maria, "valerie")[:2]
        assert (first["title"], first["seconds"], first["song_id"]) == ("valerie 1", 202.0, "")
        assert first["wait"] > 0
        turn = maria.post("/api/v1/youtube/ask", json={"id": first["id"]}).json()
        assert turn["singer"].startswith("Maria")
        assert found(maria, "valerie")[0]["song_id"] == turn["song_id"]
        added = host.post("/api/v1/youtube", json={"url": f"https://youtu.be/{second['id']}"})
        assert (added.status_code, added.json()["total"], added.json()["more"]) == (201, 1, False)
        again = host.post("/api/v1/youtube", json={"id": second["id"]}).json()
        assert again["items"][0]["id"] == added.json()["items"][0]["id"]


def test_a_song_that_is_still_to_be_fetched_takes_as_long_as_was_offered(server: Server) -> None:
    with server.phone("Ada") as ada:
        offer = found(ada, "creep")[3]
        turn = ada.post("/api/v1/youtube/ask", json={"id": offer["id"]}).json()
    fetching = turn["seconds"] * 0.1
    assert turn["readiness"]["seconds"] >= fetching
    assert offer["wait"] >= offer["seconds"] * 0.1


def test_downloading_works(server: Server) -> None:
    with server.host() as host:
        answer = host.get("/api/v1/youtube/check").json()
    assert (answer["works"], answer["javascript"], answer["problem"]) == (True, True, "")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"url": "http://127.0.0.1:8080/"}, 422, "not_a_video_link"),
        ({"url": "file:///etc/passwd"}, 422, "not_a_video_link"),
        ({}, 422, "not_a_video_link"),
        ({"id": "../../../../"}, 422, "invalid"),
        ({"id": video("private")}, 422, "video_private"),
        ({"id": video("removed")}, 422, "video_gone"),
        ({"id": video("robot")}, 503, "you_tube_blocked"),
        ({"url": "x" * 5000}, 422, "invalid"),
    ],
)
def test_what_cannot_be_added(server: Server, wish: dict[str, str], status: int, code: str) -> None:
    with server.host() as host:
        answer = host.post("/api/v1/youtube", json=wish)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_guest_who_searches_without_end_is_slowed_down(server: Server) -> None:
    with server.phone("Tom") as tom:
        statuses = [
            tom.get("/api/v1/youtube/search", params={"q": f"song {n}"}).status_code
            for n in range(VIDEO_SEARCHES.times + 1)
        ]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {200}


def test_tracks_of_videos_say_where_they_came_from(server: Server) -> None:
    box = Box.open(server_settings(server))
    with server.host() as host:
        added = host.post("/api/v1/youtube", json={"id": video("ok", 77)}).json()["items"][0]
    with box.db.read() as s:
        track = s.get_one(Track, added["track_id"])
    box.close()
    assert (track.source, track.source_id) == ("youtube", f"youtube:{video('ok', 77)}")
    assert track.source_url == f"https://www.youtube.com/watch?v={video('ok', 77)}"


def server_settings(server: Server) -> Any:
    from pipeline.settings import Settings

    return Settings(data=server.data)
