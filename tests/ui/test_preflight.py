"""The look before the night: each line green or red, and what turns it."""

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from karaoke_ui import text
from karaoke_ui.show.preflight import Check, Downloads, Facts, Health, Tv, examine
from pipeline.errors import YouTubeOffline
from pipeline.model import ModelState
from tests.server import Server

READY = Facts(
    now=100_000.0,
    tv=Tv("tv", connected=True, armed=True, heard_at=99_000.0, has_offset=True),
    guest_seen_at=99_000.0,
    address="192.168.1.20:8080",
    speed=0.3,
    model=ModelState("ready"),
    downloads=Downloads(works=True),
    waiting=2,
    awake=True,
)


def line(facts: Facts, key: str) -> Check:
    return next(check for check in examine(facts) if check.key == key)


def test_a_box_that_is_ready_is_green_in_every_line() -> None:
    checks = examine(READY)
    assert {check.health for check in checks} == {Health.GOOD}
    assert {check.mend for check in checks} == {""}
    assert len(checks) == 10


@pytest.mark.parametrize("language", text.languages())
def test_what_to_do_about_words_is_said_of_one_song_and_of_several(language: str) -> None:
    with text.speaking(language):
        one, two = (
            line(replace(READY, no_words=songs), "words") for songs in (("Creep",), ("Creep", "Hurt"))
        )
        library = text.t("host.tabs.library").casefold()
    assert one.mend != two.mend
    assert library in one.mend.casefold(), "the tab by its name"
    assert library in two.mend.casefold()


@pytest.mark.parametrize(
    ("facts", "key", "health", "said"),
    [
        (replace(READY, tv=None), "stage", Health.BAD, "192.168.1.20:8080/stage"),
        (replace(READY, tv=Tv("tv", connected=True)), "armed", Health.BAD, "Tap it"),
        (replace(READY, tv=Tv("tv", True, True)), "heard", Health.BAD, "Play the tone"),
        (replace(READY, tv=Tv("tv", True, True, heard_at=10.0)), "heard", Health.BAD, "Nobody has heard"),
        (replace(READY, tv=Tv("tv", True, True)), "offset", Health.WARN, "tap along"),
        (replace(READY, guest_seen_at=None), "phone", Health.BAD, "Wi-Fi"),
        (replace(READY, workers_alive=False), "workers", Health.BAD, "stopped"),
        (replace(READY, speed=2.0), "workers", Health.WARN, "about 8 minutes"),
        (replace(READY, speed=None), "workers", Health.GOOD, "first song"),
        (replace(READY, model=ModelState("missing")), "model", Health.BAD, "online"),
        (replace(READY, model=ModelState("fetching")), "model", Health.WARN, "loaded"),
        (
            replace(READY, downloads=Downloads(works=False, problem=YouTubeOffline().note)),
            "downloads",
            Health.BAD,
            "reached",
        ),
        (replace(READY, downloads=Downloads(on=False)), "downloads", Health.GOOD, "offline"),
        (replace(READY, free_gb=0.5), "disk", Health.BAD, "0.5 GB"),
        (replace(READY, no_words=("Creep",), weak_words=("Bad",)), "words", Health.WARN, "“Creep”"),
        (replace(READY, weak_words=("Creep", "Bad")), "words", Health.WARN, "2 songs"),
        (replace(READY, awake=False), "awake", Health.WARN, "automatic lock"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(facts: Facts, key: str, health: Health, said: str) -> None:
    check = line(facts, key)
    assert check.health == health
    assert said in f"{check.words} {check.mend}"


def test_a_real_box_turns_green_line_by_line(server: Server) -> None:
    with server.host() as host, server.paired_tv() as tv:

        def health(key: str) -> str | None:
            items = host.get("/api/v1/show/preflight").raise_for_status().json()["items"]
            return next((item["health"] for item in items if item["key"] == key), None)

        # A TV of somebody else may just have gone.
        if not tv.state["stage"]["leading"]:
            tv.until(lambda state: state["stage"]["leading"])
        assert health("stage") == "good"
        assert health("heard") == "bad"
        assert host.post(f"/api/v1/stages/{tv.id}/tone").status_code == 204
        assert tv_hears(tv.socket.recv) == "tone"
        host.post(f"/api/v1/stages/{tv.id}/heard", json={"heard": True}).raise_for_status()
        assert health("heard") == "good"
        assert host.post("/api/v1/stages/none/tone").status_code == 404
        with server.client() as guest:
            guest.get("/").raise_for_status()
        assert health("phone") == "good"
        assert_only_for_the_host(server.client())
        host.delete(f"/api/v1/stages/{tv.id}")


def tv_hears(receive: Callable[[float], str | bytes]) -> str:
    """What the box says to the TV, states left out."""
    while True:
        said = json.loads(receive(10.0))
        if said["type"] != "state":
            return str(said["type"])


def assert_only_for_the_host(anybody: httpx.Client) -> None:
    with anybody:
        assert anybody.get("/api/v1/show/preflight").status_code == 401
