"""What stands behind the words, and who decides: videos, the picture of a karaoke disc, covers, and the house's logo."""

from pathlib import Path
from typing import Any

import pytest
from nicegui.testing import User

from karaoke_ui import address
from karaoke_ui.house import House
from karaoke_ui.pages.stage import pictures
from karaoke_ui.pages.stage.wire import state
from karaoke_ui.show import backdrops, night, people, player, rules, stages, views
from karaoke_ui.show.backdrops import Behind
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.rules import Rules
from karaoke_ui.show.tables import Stage
from karaoke_ui.show.wifi import Wifi
from pipeline import library
from pipeline.settings import Settings
from pipeline.tables import Song, Track, TrackKind
from tests import sound
from tests.ui.panel import log_in
from tests.workers import work_off

PICTURE = bytes(range(256)) * 16


def track(**about: Any) -> Track:
    given: dict[str, Any] = {
        "file_name": "Queen - Somebody to Love (Official Video)",
        "video": "video.mp4",
    } | about
    return Track(song_id="song", source="youtube", original="", sha256="", bytes=0, seconds=200, **given)


@pytest.mark.parametrize(
    ("about", "tonight", "kind"),
    [
        ({}, {}, Behind.VIDEO),
        ({"video": ""}, {}, Behind.COVER),
        ({"video": "picture.mp4", "kind": TrackKind.KARAOKE}, {}, Behind.CDG),
        # Titled as one that has words in its picture, behind which ours would stand.
        ({"file_name": "Queen - Somebody to Love (Lyrics)"}, {}, Behind.COVER),
        ({"file_name": "Somebody to Love [Karaoke]"}, {}, Behind.COVER),
        ({"file_name": "Somebody to Love (Lyric Video)", "video_allowed": True}, {}, Behind.VIDEO),
        ({"file_name": "The Lyrical Gangster"}, {}, Behind.VIDEO),
        # The host chose it for its picture; a guest did not ask the host.
        ({"file_name": "Queen karaoke", "kind": TrackKind.KARAOKE}, {}, Behind.VIDEO),
        ({"file_name": "Queen karaoke", "kind": TrackKind.KARAOKE, "brought_by": "guest"}, {}, Behind.COVER),
        ({"brought_by": "guest"}, {}, Behind.COVER),
        ({"brought_by": "guest", "video_allowed": True}, {}, Behind.VIDEO),
        ({"brought_by": "guest"}, {"guest_videos": True}, Behind.VIDEO),
        ({"video_allowed": False}, {"guest_videos": True}, Behind.COVER),
    ],
)
def test_the_room_sees_a_video_only_when_the_host_wants_it(
    about: dict[str, object], tonight: dict[str, bool], kind: Behind
) -> None:
    found = backdrops.of(Song(title="A song", cover_track="a"), track(**about), Rules.model_validate(tonight))
    assert found.kind == kind
    assert found.has_words == (found.is_video and about.get("kind") == TrackKind.KARAOKE)


def test_without_a_video_or_a_cover_there_is_the_quiet_scene() -> None:
    assert backdrops.of(Song(title="A song"), track(video=""), Rules()) == backdrops.SCENE


@pytest.fixture
def song(house: House, tmp_path: Path) -> Song:
    """A song with a video that a guest brought."""
    path = sound.save(tmp_path / "song.wav", sound.song(6))
    with path.open("rb") as stream:
        added = library.add(house.box, stream, "Harry Dacre - Daisy Bell.wav", "upload")
    work_off(house.box)
    with house.box.db.write() as s:
        of = library.main_track(s, added.id)
        of.video, of.brought_by = "video.mp4", "a guest"
        house.box.store.put(of.id, "video.mp4", PICTURE)
        s.add(of)
    return added


@pytest.fixture
async def host(user: User, house: House) -> User:
    """A browser that is logged in."""
    log_in(user, house)
    return user


async def test_the_host_lets_the_room_see_a_guests_video(host: User, house: House, song: Song) -> None:
    http = host.http_client
    with house.box.db.write() as s:
        row = stages.known(s, "a token")
        stages.saw(s, row.id, connected=True, armed=True)
        stages.pair(s, BOX, row.code)
        night.ask(s, BOX, song.id, people.add_walk_up(s, BOX, "Maria").id)
        player.play(s, BOX)
        track_id = library.main_track(s, song.id).id

    def told() -> dict[str, object]:
        with house.box.db.read() as s:
            show, stage = views.show(s), s.get_one(Stage, row.id)
        playback: dict[str, object] = state(show, stage, "boot", address.join(house.box.settings))["playback"]
        return playback

    asked = await http.get(f"/api/v1/songs/{song.id}/video")
    assert asked.json() == {"there": True, "allowed": None, "shown": False}
    assert (told()["video"], told()["backdrop"], told()["own_words"]) == (None, "scene", True)
    assert (await http.get(f"/stage/track/{track_id}/video")).status_code == 404

    answer = await http.put(f"/api/v1/songs/{song.id}/video", json={"allowed": True})
    assert answer.json() == {"there": True, "allowed": True, "shown": True}
    assert told()["backdrop"] == "video"
    assert told()["video"] == {"url": f"/stage/track/{track_id}/video", "from": 0.0}
    part = await http.get(f"/stage/track/{track_id}/video", headers={"range": "bytes=256-511"})
    assert part.status_code == 206
    assert part.content == PICTURE[256:512]
    assert part.headers["content-range"] == f"bytes 256-511/{len(PICTURE)}"

    await http.put(f"/api/v1/songs/{song.id}/video", json={"allowed": None})
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"guest_videos": True})
    assert told()["backdrop"] == "video"


async def test_a_song_without_a_video_has_none_to_allow(host: User, house: House, song: Song) -> None:
    with house.box.db.write() as s:
        of = library.main_track(s, song.id)
        of.video = ""
        s.add(of)
    answer = await host.http_client.put(f"/api/v1/songs/{song.id}/video", json={"allowed": True})
    assert answer.status_code == 404


async def test_the_logo_of_the_house_is_a_picture_and_nothing_else(house: House, user: User) -> None:
    data = house.box.settings.data
    assert pictures.logo(house.box.settings) is None
    assert (await user.http_client.get("/stage/logo")).status_code == 404
    (data / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    shown = pictures.logo(house.box.settings)
    assert shown is not None
    answer = await user.http_client.get(shown)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_guests_wifi_comes_with_a_code_to_scan(tmp_path: Path) -> None:
    join = address.join(Settings(data=tmp_path, wifi_name="Mo’s; Guests", wifi_password="sing:sing"))
    assert join.wifi == "Mo’s; Guests"
    assert join.wifi_qr.startswith("<svg")
    assert address.join(Settings(data=tmp_path)).wifi == ""
    written = Wifi("Upstairs")
    assert address.join(Settings(data=tmp_path, wifi_name="Guests"), written).wifi == "Upstairs"
    assert address.join(Settings(data=tmp_path, wifi_name="Guests"), Wifi()).wifi_qr == "", "not to be shown"
