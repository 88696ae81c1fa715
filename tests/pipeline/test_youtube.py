"""YouTube, by the real yt-dlp, from a stand-in on this machine that answers as the real one does."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import of_note
from pipeline.errors import (
    EncoreError,
    JobCancelled,
    NotAudio,
    NotAVideoLink,
    NotFetched,
    TooLarge,
    TooLong,
    VideoAgeGate,
    VideoGone,
    VideoLive,
    VideoNotInRegion,
    VideoPrivate,
    YouTubeBlocked,
    YouTubeOffline,
    YouTubeStrange,
)
from pipeline.settings import Settings
from pipeline.sources import links, youtube
from tests.services.youtube import Tube, serve, video

SOUND, PICTURE = bytes(range(256)) * 1200, b"picture" * 9000


@pytest.fixture
def tube() -> Iterator[Tube]:
    with serve(sound=SOUND, picture=PICTURE) as standing_in:
        yield standing_in


@pytest.fixture
def settings(tmp_path: Path, tube: Tube) -> Settings:
    return Settings(data=tmp_path / "data", youtube_url=tube.url)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube, "PAUSES", (0.01, 0.01))


def fetch(settings: Settings, kind: str = "ok", what: youtube.What = "sound") -> bytes:
    return youtube.fetch(settings, video(kind), settings.data / "fetching", what).read_bytes()


def test_a_search_finds_what_can_be_sung(settings: Settings, tube: Tube) -> None:
    found = youtube.search(settings, "valerie", limit=4)
    assert [each.title for each in found] == [f"valerie {n}" for n in (1, 2, 3, 4)]
    assert found[0] == youtube.Found(video("ok", 1), "valerie 1", "The Testers", 202.0)
    assert tube.asked == ["/youtubei/v1/search?prettyPrint=false"]


def test_live_streams_and_ten_hour_loops_are_not_offered(settings: Settings) -> None:
    assert len(youtube.search(settings, "valerie", limit=20)) == 5


def test_a_search_without_a_hit(settings: Settings, tube: Tube) -> None:
    tube.results = 0
    assert [each.title for each in youtube.search(settings, "valerie")] == []


@pytest.mark.parametrize("link", ["https://youtu.be/{}", "https://www.youtube.com/shorts/{}"])
def test_a_link_is_looked_up(settings: Settings, link: str) -> None:
    (found,) = youtube.look_up(settings, link.format(video("ok"))).videos
    assert (found.id, found.seconds, found.channel) == (video("ok"), 6.0, "The Testers")
    assert found.title == "The Testers - Song of Tests (Official Video)"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("private", VideoPrivate),
        ("member", VideoPrivate),
        ("removed", VideoGone),
        ("agegate", VideoAgeGate),
        ("region", VideoNotInRegion),
        ("live", VideoLive),
        ("long", TooLong),
        ("mute", NotAudio),
        ("robot", YouTubeBlocked),
    ],
)
def test_what_cannot_be_had_says_why(settings: Settings, kind: str, reason: type[EncoreError]) -> None:
    with pytest.raises(reason) as looked:
        youtube.look_up_video(settings, video(kind))
    with pytest.raises(reason):
        fetch(settings, kind)
    assert type(looked.value) is reason
    assert "yt-dlp" not in str(looked.value)
    assert "{" not in str(looked.value)


def test_sound_and_picture_are_fetched_apart(settings: Settings, tube: Tube) -> None:
    assert fetch(settings) == SOUND
    assert fetch(settings, what="picture") == PICTURE
    assert tube.hosts == {"www.youtube.com", "rr1---sn-test.googlevideo.com"}


def test_progress_is_told(settings: Settings) -> None:
    told: list[float] = []
    youtube.fetch(settings, video("ok"), settings.data / "x", "sound", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_refused_sound_is_asked_for_at_a_fresh_address(settings: Settings, tube: Tube) -> None:
    tube.refuse["/videoplayback"] = [403, 2]
    assert fetch(settings) == SOUND
    addresses = [each for each in tube.asked if each.startswith("/videoplayback")]
    assert len(set(addresses)) == 3
    assert tube.count("/watch") == 3


def test_a_sound_that_stays_refused_is_given_up(settings: Settings, tube: Tube) -> None:
    tube.refuse["/videoplayback"] = [403, 99]
    with pytest.raises(YouTubeBlocked):
        fetch(settings)
    assert tube.count("/watch") == 3


def test_nobody_at_home(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = settings.model_copy(update={"youtube_url": f"http://127.0.0.1:{probe.getsockname()[1]}"})
        for ask in (
            lambda: youtube.search(nowhere, "valerie"),
            lambda: fetch(nowhere),
            lambda: _look(nowhere),
        ):
            with pytest.raises(YouTubeOffline):
                ask()


def test_switched_off_nothing_is_asked(settings: Settings, tube: Tube) -> None:
    off = settings.model_copy(update={"online": False})
    for ask in (lambda: youtube.search(off, "valerie"), lambda: fetch(off), lambda: _look(off)):
        with pytest.raises(YouTubeOffline):
            ask()
    assert tube.asked == []


@pytest.mark.parametrize("status", [403, 429])
def test_a_box_that_is_refused_everywhere(settings: Settings, tube: Tube, status: int) -> None:
    for path in ("/watch", "/youtubei/v1/player", "/youtubei/v1/search"):
        tube.refuse[path] = [status, 99]
    for ask in (
        lambda: youtube.search(settings, "valerie"),
        lambda: fetch(settings),
        lambda: _look(settings),
    ):
        with pytest.raises(YouTubeBlocked):
            ask()


def test_a_broken_service_is_not_reached(settings: Settings, tube: Tube) -> None:
    for path in ("/watch", "/youtubei/v1/player", "/youtubei/v1/search"):
        tube.refuse[path] = [500, 99]
    for ask in (
        lambda: youtube.search(settings, "valerie"),
        lambda: fetch(settings),
        lambda: _look(settings),
    ):
        with pytest.raises(YouTubeOffline):
            ask()


def test_garbage_is_no_reason_to_fall_over(settings: Settings, tube: Tube) -> None:
    tube.garbage = True
    for ask in (
        lambda: youtube.search(settings, "valerie"),
        lambda: fetch(settings),
        lambda: _look(settings),
    ):
        with pytest.raises(YouTubeStrange):
            ask()


def test_a_sound_that_is_cut_off_goes_on_where_it_was_cut(settings: Settings, tube: Tube) -> None:
    tube.cut_at = 100_000
    with pytest.raises((YouTubeOffline, NotFetched)):
        fetch(settings)
    (part,) = (settings.data / "fetching").glob("*.part")
    assert 90_000 < part.stat().st_size < len(SOUND)
    tube.cut_at = 0
    assert fetch(settings) == SOUND


def test_a_slow_sound_can_be_cancelled(settings: Settings, tube: Tube) -> None:
    tube.drip = 0.2
    pressed: list[float] = []

    def check() -> None:
        if pressed:
            raise JobCancelled
        if tube.starts:  # the first bytes of some fifteen seconds' worth
            pressed.append(time.monotonic())

    with pytest.raises(JobCancelled):
        youtube.fetch(settings, video("ok"), settings.data / "x", "sound", check=check)
    assert time.monotonic() - pressed[0] < 3 * 2.0


def test_a_pause_before_the_next_try_can_be_cancelled(
    settings: Settings, tube: Tube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(youtube, "PAUSES", (60.0,))
    tube.refuse["/videoplayback"] = [403, 99]
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()

    def check() -> None:
        if stop.is_set():
            raise JobCancelled

    with pytest.raises(JobCancelled):
        youtube.fetch(settings, video("ok"), settings.data / "x", "sound", check=check)


def test_a_sound_larger_than_any_song_is_refused(settings: Settings, tube: Tube) -> None:
    tube.sound = bytes(2_000_000)
    small = settings.model_copy(update={"max_upload_mb": 1})
    with pytest.raises(TooLarge):
        fetch(small)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/secret",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data",
        "https://192.168.0.1/",
        "https://[::1]/",
        "https://evil.test/",
        "http://www.youtube.com/unencrypted",
        "https://www.youtube.com:8443/",
        "ftp://www.youtube.com/x",
        "file:///etc/passwd",
        "data:text/plain,hello",
    ],
)
def test_no_way_leads_out_of_youtube(settings: Settings, tube: Tube, target: str) -> None:
    tube.media_at = target
    with pytest.raises(EncoreError) as in_answer:
        fetch(settings)
    tube.media_at, tube.redirect_to = Tube.media_at, target
    with pytest.raises(EncoreError) as in_redirect:
        fetch(settings)
    assert isinstance(in_redirect.value, NotAVideoLink)
    assert isinstance(in_answer.value, NotAVideoLink) or "not" in str(in_answer.value)


def test_a_redirect_within_youtube_is_followed(settings: Settings, tube: Tube) -> None:
    tube.media_at = "https://rr9---sn-test.googlevideo.com/videoplayback"
    assert fetch(settings) == SOUND


@pytest.mark.parametrize("link", ["http://127.0.0.1/x", "file:///etc/passwd", "https://evil.test/", "words"])
def test_other_links_are_refused_without_asking(settings: Settings, tube: Tube, link: str) -> None:
    with pytest.raises(NotAVideoLink):
        youtube.look_up(settings, link, playlists=True)
    assert tube.asked == []


def test_a_playlist_is_for_the_host(settings: Settings, tube: Tube) -> None:
    link = links.playlist_address("PLtests12345")
    with pytest.raises(NotAVideoLink):
        youtube.look_up(settings, link)
    found = youtube.look_up(settings, link, playlists=True)
    assert [each.title for each in found.videos] == [f"Tester - Song {n}" for n in (1, 2, 3)]
    assert not found.more


def test_of_a_playlist_of_five_thousand_the_first_two_hundred_are_taken(
    settings: Settings, tube: Tube
) -> None:
    tube.playlist = 5000
    found = youtube.look_up(settings, links.playlist_address("PLtests12345"), playlists=True)
    assert (len(found.videos), found.more) == (200, True)
    assert tube.count("/youtubei/v1/browse") <= 4


def test_downloading_works_and_javascript_is_there(settings: Settings) -> None:
    found = youtube.health(settings)
    assert (found.works, found.javascript, found.problem) == (True, True, "")
    assert found.formats == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tube: tube.refuse.update({"/videoplayback": [403, 99]}), "refuses this box"),
        (lambda tube: setattr(tube, "garbage", True), "does not understand"),
    ],
)
def test_what_keeps_downloading_from_working_is_said(
    settings: Settings, tube: Tube, spoil: Callable[[Tube], None], said: str
) -> None:
    spoil(tube)
    found = youtube.health(settings)
    assert not found.works
    assert said in of_note(found.problem)


def test_a_cookies_file_is_read_and_never_written(settings: Settings, tmp_path: Path) -> None:
    jar = tmp_path / "cookies.txt"
    jar.write_text("# Netscape HTTP Cookie File\n.youtube.com\tTRUE\t/\tTRUE\t4000000000\tSID\tsecret\n")
    jar.chmod(0o400)
    before = jar.read_bytes()
    assert youtube.search(settings.model_copy(update={"youtube_cookies": jar}), "valerie")
    assert jar.read_bytes() == before
    with pytest.raises(YouTubeBlocked):
        youtube.search(settings.model_copy(update={"youtube_cookies": tmp_path / "none"}), "valerie")


def test_a_proxy_is_asked_in_place_of_youtube(tube: Tube, tmp_path: Path) -> None:
    through = Settings(data=tmp_path / "data", youtube_url="http://youtube.stand.in", proxy=tube.url)
    assert youtube.search(through, "valerie")
    assert tube.asked == ["http://youtube.stand.in/youtubei/v1/search?prettyPrint=false"]


def _look(settings: Settings) -> None:
    youtube.look_up_video(settings, video("ok"))
