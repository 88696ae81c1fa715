"""Finding out what a song is, with the real clients, against stand-ins for MusicBrainz, iTunes and the covers."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest
from sqlmodel import select

from pipeline import chores, covers, describing, editing, jobs, library
from pipeline.box import Box
from pipeline.editing import Fields
from pipeline.errors import NotAPicture, NotFound
from pipeline.sources import breaker, itunes, musicbrainz
from pipeline.sources.breaker import Rest
from pipeline.sources.web import Patience, Web
from pipeline.tables import Job, JobKind, JobState, Song, Track, TrackKind
from tests import sound
from tests.services import stand_in
from tests.services.pictures import picture
from tests.services.stand_in import NOBODY, Answer, Asked, StandIn
from tests.services.test_web import HASTY, NEVER, QUICK, rest_over
from tests.workers import work_off

SECONDS = 5.0
id3: Any = mutagen.id3
FRAMES = {"title": "TIT2", "artist": "TPE1"}


@dataclass
class World:
    """What the services outside know."""

    server: StandIn
    recordings: Answer
    songs: Answer
    cover: Answer

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/ws/2/recording"):
            return self.recordings
        if asked.path.startswith("/api/"):
            return Answer(b"", 404)  # nobody's words are known
        return self.songs if asked.path == "/search" else self.cover

    def asked(self, path: str) -> list[Asked]:
        return [each for each in self.server.asked if each.path.startswith(path)]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(musicbrainz, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(itunes, "PAUSE_SECONDS", 0.0)
    server = StandIn(lambda _: Answer())
    nothing = Answer(b"", 404)
    found = World(server, stand_in.musicbrainz(), stand_in.itunes(), nothing)
    server.answer = found.answer
    with server.running():
        yield found


@pytest.fixture
def patience() -> Patience:
    return QUICK


@pytest.fixture
def online(box: Box, world: World, patience: Patience) -> Iterator[Box]:
    url = world.server.url
    addresses = {f"{name}_url": url for name in ("musicbrainz", "itunes", "coverart", "lrclib")}
    settings = box.settings.model_copy(update=addresses | {"online": True})
    made = replace(box, settings=settings)
    vars(made)["web"] = Web(settings, box.db, replace(patience, rest=Rest(3, 600.0, 3600.0)))
    yield made
    made.web.close()


def changed(box: Box, **settings: Any) -> Box:
    """The same box with other settings."""
    made = replace(box, settings=box.settings.model_copy(update=settings))
    vars(made)["web"] = box.web
    return made


def add(box: Box, name: str, cover: bytes | None = None, **tags: str) -> str:
    path = box.settings.data / name
    sound.save(path, sound.song(SECONDS))
    frames = [getattr(id3, FRAMES[tag])(encoding=3, text=text) for tag, text in tags.items()]
    if cover:
        frames.append(id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=cover))
    if frames:
        sound.add_frames(path, *frames)
    with path.open("rb") as file:
        return library.add(box, file, name, "upload").id


def song(box: Box, song_id: str) -> Song:
    with box.db.read() as s:
        return library.get(s, song_id)


def folder(box: Box, song_id: str) -> Path:
    with box.db.read() as s:
        return box.store.folder(library.main_track(s, song_id).id)


def candidates(box: Box, song_id: str) -> list[tuple[str, str]]:
    with box.db.read() as s:
        return [(each.title, each.artist) for each in describing.candidates(s, song_id)]


def describe_job(box: Box) -> Job:
    with box.db.read() as s:
        return s.exec(select(Job).where(Job.kind == JobKind.DESCRIBE)).one()


def test_a_messy_name_becomes_a_song(online: Box, world: World) -> None:
    world.recordings = stand_in.musicbrainz(
        stand_in.recording("Daisy Bell", "Harry Dacre", SECONDS, album="Songs of 1892", year=1892),
        stand_in.recording("Daisy", "Somebody Else", 300, number=2),
    )
    world.songs = stand_in.itunes(
        stand_in.song(
            "Daisy Bell",
            "Harry Dacre",
            SECONDS,
            explicitness="explicit",
            artwork=f"{world.server.url}/a/100x100bb.jpg",
        )
    )
    world.cover = Answer(picture("png"))
    song_id = add(online, "03 - harry dacre - daisy bell (Official Video) [HD].mp3")
    work_off(online)

    found = song(online, song_id)
    assert (found.title, found.artist, found.album, found.year) == (
        "Daisy Bell",
        "Harry Dacre",
        "Songs of 1892",
        1892,
    )
    assert found.explicit is True
    assert found.mbid == "00000001-1111-4111-8111-111111111111"
    assert candidates(online, song_id) == []
    assert found.cover_track
    for size in covers.SIZES:
        path = covers.path(online.store.folder(found.cover_track), size)
        assert path is not None
        frame = covers.decode(path.read_bytes())
        assert (frame.width, frame.height) == (size, size)
    assert world.asked("/release-group/00000001-2222-4222-8222-222222222222/front-500")
    assert "recording:(daisy bell)" in world.asked("/ws/2/recording")[0].params["query"]


def test_what_a_person_wrote_stays(online: Box, world: World) -> None:
    world.songs = stand_in.itunes(stand_in.song("Daisy Bell", "Harry Dacre", SECONDS, year=1892))
    song_id = add(online, "Harry Dacre - daisy bell.wav")
    with online.db.write() as s:
        mine = library.get(s, song_id)
        mine.title, mine.edited = "DAISY!", "title"
        s.add(mine)
    work_off(online)
    found = song(online, song_id)
    assert (found.title, found.artist, found.year) == ("DAISY!", "Harry Dacre", None)

    with online.db.write() as s:
        mine = library.get(s, song_id)
        mine.title = "daisy bell"
        s.add(mine)
        describing.again(s, song_id)
    work_off(online)
    found = song(online, song_id)
    assert (found.title, found.year) == ("daisy bell", 1892)


def test_what_is_not_sure_waits_for_one_tap(online: Box, world: World) -> None:
    two = [stand_in.song("Blue Lamp", name, SECONDS) for name in ("Maria Stern", "The Tinkers")]
    world.songs = stand_in.itunes(*two)
    song_id = add(online, "Blue Lamp.wav")
    work_off(online)
    assert song(online, song_id).artist == ""
    assert sorted(candidates(online, song_id)) == [("Blue Lamp", "Maria Stern"), ("Blue Lamp", "The Tinkers")]

    with online.db.write() as s:
        wanted = next(each for each in describing.candidates(s, song_id) if each.artist == "The Tinkers")
        describing.choose(s, song_id, wanted.id)
        describing.again(s, song_id)
    work_off(online)
    found = song(online, song_id)
    assert (found.title, found.artist, found.album) == ("Blue Lamp", "The Tinkers", "An Album")
    assert candidates(online, song_id) == []
    with online.db.write() as s, pytest.raises(NotFound):
        describing.choose(s, song_id, wanted.id)


def test_none_of_these(online: Box, world: World) -> None:
    world.songs = stand_in.itunes(*(stand_in.song("Blue Lamp", name, SECONDS) for name in ("Maria", "Tom")))
    song_id = add(online, "Blue Lamp.wav")
    work_off(online)
    with online.db.write() as s:
        assert describing.unsure(s, [song_id]) == {song_id}
        describing.dismiss(s, song_id)
        assert describing.unsure(s, [song_id]) == set()
    assert song(online, song_id).title == "Blue Lamp"


def test_nothing_is_known_of_it(online: Box) -> None:
    song_id = add(online, "Our own song.wav")
    work_off(online)
    assert song(online, song_id).title == "Our own song"
    assert candidates(online, song_id) == []
    assert describe_job(online).state == JobState.DONE


@pytest.mark.parametrize("patience", [HASTY], ids=["hasty"])
@pytest.mark.parametrize(
    "bad",
    [
        Answer(b"no", 403),
        Answer(b"busy", 429, {"Retry-After": "60"}),
        Answer(b"broken", 500),
        Answer(b"<html><body>Please log in to the hotel's network</body></html>"),
        Answer(b"\x00\xff garbage"),
        Answer(b"half of", cut=True),
        Answer(b"", wait=NEVER),
    ],
    ids=["403", "429", "500", "a page", "garbage", "cut off", "slow"],
)
def test_services_that_fail_harm_no_song(online: Box, world: World, bad: Answer) -> None:
    world.recordings = world.songs = world.cover = bad
    song_id = add(online, "Harry Dacre - Daisy Bell.wav")
    work_off(online)
    found = song(online, song_id)
    assert (found.title, found.artist) == ("Daisy Bell", "Harry Dacre")
    with online.db.read() as s:
        assert s.exec(select(Track)).one().chunks > 0
    job = describe_job(online)
    assert (job.state, job.error_code) == (JobState.DONE, "service_down")


def test_it_is_asked_again_when_the_services_are_back(online: Box, world: World) -> None:
    world.recordings = world.songs = Answer(b"", 500)
    song_id = add(online, "Harry Dacre - daisy bell.wav")
    work_off(online)
    with online.db.write() as s:
        assert breaker.states(s)["musicbrainz"].down
        assert jobs.again(s, time.time()) == 0
        assert jobs.again(s, time.time() + jobs.AGAIN_SECONDS + 1) == 1
        assert jobs.again(s, time.time() + jobs.AGAIN_SECONDS + 1) == 0
    rest_over(online.web)
    world.recordings = stand_in.musicbrainz(
        stand_in.recording("Daisy Bell", "Harry Dacre", SECONDS, year=1892)
    )
    world.songs = stand_in.itunes()
    work_off(online, later=jobs.AGAIN_SECONDS + 2)
    assert song(online, song_id).title == "Daisy Bell"
    assert (describe_job(online).state, describe_job(online).error_code) == (JobState.DONE, "")
    with online.db.read() as s:
        assert not breaker.states(s)["musicbrainz"].down


def test_one_service_is_enough(online: Box, world: World) -> None:
    world.songs = stand_in.itunes(stand_in.song("Daisy Bell", "Harry Dacre", SECONDS, year=1892))
    song_id = add(online, "Harry Dacre - daisy bell.wav")
    work_off(changed(online, musicbrainz_url=NOBODY))
    assert song(online, song_id).year == 1892


def test_without_services_a_title_is_tidied_all_the_same(box: Box) -> None:
    song_id = add(
        box, "song.mp3", title="Daisy Bell (Live at the Mill) [Official Video]", artist="Harry Dacre"
    )
    work_off(box)
    with box.db.read() as s:
        found, track = library.get(s, song_id), library.main_track(s, song_id)
    assert (found.title, found.artist) == ("Daisy Bell", "Harry Dacre")
    assert (track.kind, track.label) == (TrackKind.LIVE, "Live at the Mill")
    assert describe_job(box).error_code == ""


def test_the_cover_in_the_file_comes_before_any_other(online: Box, world: World) -> None:
    world.songs = stand_in.itunes(stand_in.song("Daisy Bell", "Harry Dacre", SECONDS))
    song_id = add(online, "song.mp3", picture("mjpeg"), title="Daisy Bell", artist="Harry Dacre")
    work_off(online)
    assert song(online, song_id).cover_track
    assert not world.asked("/release-group")
    assert covers.path(folder(online, song_id), 160) is not None


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xd8\xff half", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_picture_is_no_cover(online: Box, world: World, content: bytes) -> None:
    world.recordings = stand_in.musicbrainz(stand_in.recording("Daisy Bell", "Harry Dacre", SECONDS))
    world.cover = Answer(content)
    song_id = add(online, "Harry Dacre - Daisy Bell.wav")
    work_off(online)
    assert song(online, song_id).cover_track == ""
    assert covers.path(folder(online, song_id), 160) is None
    with pytest.raises(NotAPicture):
        covers.decode(content)


@pytest.mark.parametrize("codec", ["png", "mjpeg", "libwebp"])
def test_pictures_of_every_kind_become_square(box: Box, codec: str) -> None:
    covers.keep(box.store, "track", picture(codec, 321, 200))
    small = covers.path(box.store.folder("track"), 160)
    assert small is not None
    frame = covers.decode(small.read_bytes())
    assert (frame.width, frame.height) == (160, 160)


def test_a_file_without_tags_may_have_its_artist_last(online: Box, world: World) -> None:
    world.recordings = stand_in.musicbrainz(stand_in.recording("Daisy Bell", "Harry Dacre", SECONDS))
    song_id = add(online, "Daisy Bell - Harry Dacre.wav")
    work_off(online)
    found = song(online, song_id)
    assert (found.title, found.artist) == ("Daisy Bell", "Harry Dacre")


def test_a_stranger_in_the_way_is_not_taken(online: Box, world: World) -> None:
    world.songs = stand_in.itunes(stand_in.song("Completely Different", "Nobody", SECONDS))
    song_id = add(online, "Harry Dacre - Daisy Bell.wav")
    work_off(online)
    assert song(online, song_id).title == "Daisy Bell"
    assert candidates(online, song_id) == []


def test_the_worker_asks_again_once_the_service_may_be_asked(online: Box, world: World) -> None:
    world.recordings = world.songs = Answer(b"", 429, {"Retry-After": "120"})
    add(online, "Harry Dacre - daisy bell.wav")
    work_off(online)
    with online.db.write() as s:
        job = s.exec(select(Job).where(Job.kind == JobKind.DESCRIBE)).one()
        job.ended_at = time.time() - 3 * jobs.AGAIN_SECONDS
        s.add(job)
    chores.ask_again(online)
    assert describe_job(online).state == JobState.DONE  # nobody may be asked yet
    with online.db.write() as s:
        for state in breaker.states(s).values():
            breaker.say(s, replace(state, until=time.time() - 1))
    chores.ask_again(changed(online, online=False))
    assert describe_job(online).state == JobState.DONE
    chores.ask_again(online)
    assert describe_job(online).state == JobState.QUEUED


def test_a_still_of_the_video_is_the_cover_until_a_better_one_is_known(online: Box, world: World) -> None:
    box = changed(online, youtube_url=world.server.url, youtube_height=0)
    song_id = add(box, "Maria - Home Made.wav")
    with box.db.write() as s:
        track = library.main_track(s, song_id)
        track.source, track.source_id = "youtube", "youtube:abcdefghijk"
        s.add(track)
    world.cover = Answer(picture("mjpeg", 320, 180))
    work_off(box)
    assert song(box, song_id).cover_track
    assert [each.path for each in world.asked("/vi/")] == ["/vi/abcdefghijk/hq720.jpg"]
    with box.db.write() as s:
        describing.again(s, song_id)
    work_off(box)
    assert width(box, song_id) == 180
    # A service knows it now.
    art = f"{world.server.url}/a/100x100bb.jpg"
    world.songs = stand_in.itunes(stand_in.song("Homemade", "Maria", SECONDS, artwork=art))
    world.cover = Answer(picture("png", 500, 500))
    with box.db.write() as s:
        editing.edit(s, song_id, Fields(title="Homemade"))
        describing.again(s, song_id)
    work_off(box)
    assert width(box, song_id) == 500


def width(box: Box, song_id: str) -> int:
    found = covers.path(folder(box, song_id), 600)
    assert found is not None
    return covers.decode(found.read_bytes()).width
