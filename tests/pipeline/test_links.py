"""What a pasted text leads to: a video, a playlist, or nothing that is ever asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources import links

ID = "dQw4w9WgXcQ"
IDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=11, max_size=11)


@pytest.mark.parametrize(
    "text",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}&t=42s",
        f"https://m.youtube.com/watch?app=desktop&v={ID}#comments",
        f"https://music.youtube.com/watch?v={ID}&list=RDAMVM{ID}",
        f"https://youtu.be/{ID}?si=abc",
        f"youtu.be/{ID}",
        f"www.youtube.com/watch?v={ID}",
        f"  https://www.youtube.com/shorts/{ID}?feature=share\n",
        f"https://www.youtube.com/embed/{ID}",
        f"https://www.youtube.com/live/{ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"HTTPS://WWW.YouTube.COM/watch?v={ID}",
    ],
)
def test_the_ways_a_video_is_shared(text: str) -> None:
    assert links.is_link(text)
    assert links.video_id(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID,
        "valerie",
        "youtube",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={ID}x",
        f"https://www.youtube.com/watch?v=../{ID}",
        f"https://evil.test/watch?v={ID}",
        f"https://youtube.com.evil.test/watch?v={ID}",
        f"https://evilyoutube.com/watch?v={ID}",
        f"https://evil.test/?u=https://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com@evil.test/watch?v={ID}",
        f"https://user:pass@www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com\\@evil.test/watch?v={ID}",
        f"https://www.youtube.com:8080/watch?v={ID}",
        f"https://www.youtube.com:x/watch?v={ID}",
        f"https://127.0.0.1/watch?v={ID}",
        f"http://localhost/watch?v={ID}",
        f"http://[::1]/watch?v={ID}",
        f"http://[/watch?v={ID}",
        f"http://2130706433/watch?v={ID}",
        f"http://169.254.169.254/watch?v={ID}",
        f"file:///etc/passwd?v={ID}",
        f"file://www.youtube.com/watch?v={ID}",
        f"ftp://www.youtube.com/watch?v={ID}",
        f"javascript://www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com/watch?v={ID} and more",
        f"https://www.youtube.com/redirect?q=http://127.0.0.1/&v={ID}",
        f"https://www.youtube.com/watch?v={ID}" + "&a=b" * 1000,
    ],
)
def test_nothing_else_is_a_video(text: str) -> None:
    assert links.video_id(text) is None


def test_a_playlist_and_a_video_in_one() -> None:
    assert links.playlist_id("https://www.youtube.com/playlist?list=PL1234567890") == "PL1234567890"
    assert links.playlist_id("https://music.youtube.com/playlist?list=OLAK5uy_abc&si=x") == "OLAK5uy_abc"
    inside = f"https://www.youtube.com/watch?v={ID}&list=PL1234567890"
    assert (links.video_id(inside), links.playlist_id(inside)) == (ID, None)
    assert links.playlist_id("https://evil.test/playlist?list=PL1234567890") is None
    assert links.playlist_id("https://www.youtube.com/playlist?list=../../x") is None


def test_words_are_no_links() -> None:
    for words in ("valerie", "AC/DC", "youtube.community blues", "10:04 a.m.", "what's up?", "youtu"):
        assert not links.is_link(words)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    found = links.video_id(text)
    assert found is None or links.is_id(found)
    assert links.playlist_id(text) is None or links.is_link(text)


@given(st.text(max_size=60), IDS, st.sampled_from(["https://", "http://", "//", ""]))
def test_no_other_host_gets_through(host: str, video: str, scheme: str) -> None:
    if links.video_id(f"{scheme}{host}/watch?v={video}") is not None:
        assert host.strip().casefold().split(":")[0] in links.HOSTS or "/" in host


@given(IDS)
def test_what_is_asked_for_leads_back_to_the_same_video(video: str) -> None:
    assert links.video_id(links.address(video)) == video
