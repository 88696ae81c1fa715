"""The client for services outside, against servers that behave as badly as real ones do."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from pipeline.box import Box
from pipeline.errors import JobCancelled, ServiceDown
from pipeline.sources import breaker
from pipeline.sources.breaker import Rest
from pipeline.sources.cache import Cache, Kept
from pipeline.sources.web import USER_AGENT, Patience, Service, Web, is_public
from tests.services.stand_in import NOBODY, Answer, Asked, StandIn

# No time is lost between two tries, but an answer may take its own: a service is as slow as the machine of the tests.
QUICK = Patience(
    tries=3, connect=20.0, read=20.0, whole=40.0, backoff=0.01, longest_wait=0.2, rest=Rest(5, 600.0, 3600.0)
)
# For answers that never come, or not to their end.
HASTY = replace(QUICK, read=0.3, whole=0.6)
NEVER = 600.0


def fine(content: bytes = b"here it is") -> Callable[[Asked], Answer]:
    return lambda _: Answer(content)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(fine()).running() as running:
        yield running


@pytest.fixture
def patience() -> Patience:
    return QUICK


@pytest.fixture
def web(box: Box, patience: Patience) -> Iterator[Web]:
    with closing(another(box, patience)) as opened:
        yield opened


def another(box: Box, patience: Patience = QUICK) -> Web:
    """The client of another process."""
    return Web(box.settings.model_copy(update={"online": True}), box.db, patience)


def rest_over(web: Web) -> None:
    """The while has passed for which services that are down are left alone."""
    for closed in web._breakers.values():
        closed.state = replace(closed.state, until=0.0)


def at(server: StandIn, pause: float = 0.0) -> Service:
    return Service("songs", "The song service", server.url, pause)


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    """One after the other; the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def state(box: Box) -> breaker.State:
    with box.db.read() as s:
        return breaker.states(s).get("songs", breaker.State("songs"))


def test_an_answer_is_read_and_kept(web: Web, server: StandIn) -> None:
    for _ in range(2):
        assert web.get(at(server), "/find", bytes.decode, params={"q": "blue & lamp"}) == "here it is"
    assert len(server.asked) == 1
    assert server.asked[0].params == {"q": "blue & lamp"}
    assert server.asked[0].headers["User-Agent"] == USER_AGENT == "Encore/0.1.0"


def test_what_is_kept_has_its_time(web: Web, server: StandIn) -> None:
    for _ in range(2):
        web.get(at(server), "/find", bytes.decode, keep=0.0)
    assert len(server.asked) == 2


def test_nothing_there_is_an_answer_too(web: Web, server: StandIn) -> None:
    server.answer = fine_with(404)
    for _ in range(2):
        assert web.get(at(server), "/find", bytes.decode) is None
    assert len(server.asked) == 1


def fine_with(status: int, **headers: str) -> Callable[[Asked], Answer]:
    return lambda _: Answer(b"no", status, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "bad",
    [
        Answer(b"busy", 429),
        Answer(b"busy", 429, {"Retry-After": "0.1"}),
        Answer(b"broken", 500),
        Answer(b"half of", cut=True),
    ],
    ids=["429", "retry-after", "500", "cut off"],
)
def test_what_passes_is_tried_again(web: Web, server: StandIn, bad: Answer) -> None:
    server.answer = in_turn(bad, Answer(b"now"))
    assert web.get(at(server), "/find", bytes.decode) == "now"
    assert len(server.asked) == 2


@pytest.mark.parametrize("patience", [replace(QUICK, read=2.0)], ids=["two seconds"])
def test_an_answer_that_does_not_come_is_asked_for_again(web: Web, server: StandIn) -> None:
    server.answer = in_turn(Answer(b"too late", wait=NEVER), Answer(b"now"))
    assert web.get(at(server), "/find", bytes.decode) == "now"
    assert len(server.asked) >= 2


def test_a_date_may_say_when_to_come_again(web: Web, server: StandIn) -> None:
    server.answer = in_turn(Answer(b"", 503, {"Retry-After": formatdate(time.time() - 5)}), Answer(b"now"))
    assert web.get(at(server), "/find", bytes.decode) == "now"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"no", 403), "it answers with an error"),
        (Answer(b"no", 400), "it answers with an error"),
        (Answer(b"\xff\xfe"), "its answer makes no sense"),
        (Answer(b"x" * 20_000), "its answer is too large"),
    ],
)
def test_what_stays_is_not_tried_again(web: Web, server: StandIn, answer: Answer, reason: str) -> None:
    server.answer = lambda _: answer
    with pytest.raises(ServiceDown, match=f"The song service cannot be reached: {reason}"):
        web.get(at(server), "/find", bytes.decode, limit=10_000)
    assert len(server.asked) == 1


@pytest.mark.parametrize("patience", [replace(QUICK, whole=0.6)], ids=["not whole in time"])
def test_an_answer_that_drips_is_not_waited_for(web: Web, server: StandIn) -> None:
    server.answer = lambda _: Answer(b"x" * 10_000, drip=0.05)
    with pytest.raises(ServiceDown, match="too slow"):
        web.get(at(server), "/find", bytes.decode)


def test_garbage_is_not_kept(web: Web, server: StandIn) -> None:
    server.answer = in_turn(Answer(b"\xff"), Answer(b"sense"))
    with pytest.raises(ServiceDown):
        web.get(at(server), "/find", bytes.decode)
    assert web.get(at(server), "/find", bytes.decode) == "sense"


def test_a_service_that_is_down_is_left_alone_and_the_host_can_see_it(
    box: Box, web: Web, server: StandIn
) -> None:
    server.answer = fine_with(500)
    for _ in range(2):
        with pytest.raises(ServiceDown):
            web.get(at(server), "/find", bytes.decode)
    assert len(server.asked) == 5  # and not six
    assert state(box).down
    assert state(box).reason == "answered"
    with pytest.raises(ServiceDown, match="answers with an error"):
        web.get(at(server), "/find", bytes.decode)
    assert len(server.asked) == 5

    server.answer = fine()
    rest_over(web)
    assert web.get(at(server), "/find", bytes.decode) == "here it is"
    assert not state(box).down


def test_one_try_shows_that_it_is_still_down(box: Box, web: Web, server: StandIn) -> None:
    server.answer = fine_with(500)
    for _ in range(2):
        with pytest.raises(ServiceDown):
            web.get(at(server), "/find", bytes.decode)
    since = state(box).since
    rest_over(web)
    with pytest.raises(ServiceDown):
        web.get(at(server), "/find", bytes.decode)
    assert len(server.asked) == 6
    assert state(box).since == since


def test_a_new_process_knows_who_is_down(box: Box, web: Web, server: StandIn) -> None:
    server.answer = fine_with(429, Retry_After="900")
    with pytest.raises(ServiceDown):
        web.get(at(server), "/find", bytes.decode)
    assert len(server.asked) == 1
    assert 800 < state(box).until - time.time() <= 900
    with closing(another(box)) as other, pytest.raises(ServiceDown):
        other.get(at(server), "/find", bytes.decode)
    assert len(server.asked) == 1


def test_no_service_is_left_alone_for_days(box: Box, web: Web, server: StandIn) -> None:
    server.answer = fine_with(503, Retry_After="86400000")
    with pytest.raises(ServiceDown):
        web.get(at(server), "/find", bytes.decode)
    assert state(box).until - time.time() <= 3600


def test_nobody_at_the_address(web: Web) -> None:
    with pytest.raises(ServiceDown, match="there is no way to it"):
        web.get(Service("songs", "The song service", NOBODY), "/find", bytes.decode)


def test_switched_off(box: Box, server: StandIn) -> None:
    with pytest.raises(ServiceDown, match="switched off"):
        box.web.get(at(server), "/find", bytes.decode)
    assert server.asked == []


@pytest.mark.parametrize("patience", [replace(QUICK, backoff=0.0)], ids=["however short"])
def test_waiting_ends_when_it_is_no_longer_wanted(web: Web, server: StandIn) -> None:
    server.answer = fine_with(500)

    def check() -> None:
        if server.asked:
            raise JobCancelled(job="1")

    with pytest.raises(JobCancelled):
        web.get(at(server), "/find", bytes.decode, check=check)
    assert len(server.asked) == 1


def test_a_pause_between_two_requests_whoever_makes_them(box: Box, web: Web, server: StandIn) -> None:
    with closing(another(box)) as other:
        began = time.monotonic()
        for number, asking in enumerate((web, other, web)):
            asking.get(at(server, pause=0.5), f"/{number}", bytes.decode)
        assert time.monotonic() - began > 2 * 0.5 - 0.05, "a file's time is only so exact"
    assert len(server.asked) == 3


def test_it_is_followed_to_another_address(web: Web, server: StandIn) -> None:
    server.answer = in_turn(Answer(b"", 307, {"Location": "/there"}), Answer(b"found"))
    assert web.get(at(server), "/here", bytes.decode) == "found"
    assert [asked.path for asked in server.asked] == ["/here", "/there"]


def test_not_in_circles(web: Web, server: StandIn) -> None:
    server.answer = fine_with(302, Location="/again")
    with pytest.raises(ServiceDown, match="without end"):
        web.get(at(server), "/again", bytes.decode)


def outside(answer: httpx.Response, asked: list[str]) -> httpx.MockTransport:
    """A service that really stands outside, as far as anybody can tell."""

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:8080/secret",
        "http://localhost/",
        "http://192.168.1.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "ftp://93.184.215.14/",
    ],
)
def test_nobody_leads_it_into_the_house(box: Box, where: str) -> None:
    asked: list[str] = []
    to = outside(httpx.Response(302, headers={"Location": where}), asked)
    web = Web(box.settings.model_copy(update={"online": True}), box.db, QUICK, to)
    service = Service("songs", "The song service", "http://93.184.215.14")
    with pytest.raises(ServiceDown):
        web.get(service, "/find", bytes.decode)
    with pytest.raises(ServiceDown):
        web.get(service, where, bytes.decode)
    assert set(asked) == {"http://93.184.215.14/find"}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("::ffff:192.168.0.1", False),
        ("2002:c0a8:1::", False),
        ("fe80::1%eth0", False),
        ("224.0.0.1", False),
    ],
)
def test_addresses_of_the_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_cache_stays_small(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "web", max_bytes=50_000)
    for number in range(10):
        cache.put(f"key {number}", Kept(bytes(10_000)), 60)
        os.utime(cache._path(f"key {number}"), (number, number))
    cache.trim()
    assert cache.get("key 9") is not None
    assert cache.get("key 0") is None
    assert sum(path.stat().st_size for path in (tmp_path / "web").iterdir()) <= 50_000


def test_a_damaged_answer_on_disk_is_asked_for_anew(web: Web, server: StandIn, box: Box) -> None:
    web.get(at(server), "/find", bytes.decode)
    for path in (box.settings.data / "cache" / "web").iterdir():
        path.write_bytes(b"{half")
    assert web.get(at(server), "/find", bytes.decode) == "here it is"
    assert len(server.asked) == 2


def test_switched_off_no_service_is_missed_any_more(box: Box) -> None:
    with box.db.write() as s:
        breaker.say(s, breaker.State("songs", since=1.0, reason="gone"))
        breaker.forget(s)
    assert not state(box).down
