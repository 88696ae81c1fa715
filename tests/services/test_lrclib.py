"""Words from LRCLIB, asked by the real client at a stand-in: found, ranked, refused, broken, and asked again later."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from pipeline import editing, jobs, library, lyrics, merging
from pipeline.box import Box
from pipeline.editing import Fields
from pipeline.errors import ServiceDown
from pipeline.sources import itunes, musicbrainz
from pipeline.sources.lrclib import Entry, Lrclib, ranked
from pipeline.sources.web import Patience, Web
from pipeline.tables import Job, JobKind, JobState, Song, Track
from pipeline.words import Lyrics
from tests import sound
from tests.services.stand_in import Answer, Asked, StandIn
from tests.services.test_web import HASTY, NEVER, QUICK
from tests.workers import work_off

TIMED = "[00:01.00]Daisy, Daisy,\n[00:02.50]give me your answer, do"
PLAIN = "Daisy, Daisy,\ngive me your answer, do"


def entry(seconds: float = 6.0, **more: Any) -> dict[str, Any]:
    """A recording as LRCLIB tells of it; what it does not have is null."""
    told = {"id": 1, "trackName": "Daisy Bell", "artistName": "Harry Dacre", "albumName": "Old Songs"}
    return (
        told | {"duration": seconds, "instrumental": False, "plainLyrics": None, "syncedLyrics": None} | more
    )


NOT_FOUND = Answer(
    b'{"statusCode":404,"name":"TrackNotFound","message":"Failed to find specified track"}', status=404
)


class World:
    """What LRCLIB has, and how it behaves."""

    def __init__(self) -> None:
        self.exact: Answer = NOT_FOUND
        self.found: Answer = Answer(b"[]")
        self.server = StandIn(self.answer)

    def answer(self, asked: Asked) -> Answer:
        return {"/api/get": self.exact, "/api/search": self.found}.get(asked.path, Answer(b"", 404))

    def has(self, **told: Any) -> None:
        self.exact = Answer(json.dumps(entry(**told)).encode())

    def lists(self, *told: dict[str, Any]) -> None:
        self.found = Answer(json.dumps(told).encode())

    def behaves(self, answer: Answer) -> None:
        self.exact = self.found = answer


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with made.server.running():
        yield made


@pytest.fixture
def patience() -> Patience:
    return QUICK


@pytest.fixture
def online(box: Box, world: World, patience: Patience, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A box that asks the stand-in, whoever it means to ask: only LRCLIB's addresses have answers there."""
    monkeypatch.setattr(musicbrainz, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(itunes, "PAUSE_SECONDS", 0.0)
    services = ("musicbrainz_url", "itunes_url", "coverart_url", "lrclib_url")
    settings = box.settings.model_copy(update=dict.fromkeys(services, world.server.url) | {"online": True})
    made = replace(box, settings=settings)
    vars(made)["web"] = Web(settings, box.db, patience)
    yield made
    made.web.close()


def ask(
    box: Box, title: str = "Daisy Bell", artist: str = "Harry Dacre", seconds: float = 6.0
) -> Lyrics | None:
    return Lrclib(box.web, box.settings).find(title, artist, "Old Songs", seconds, lambda: None)


def texts(found: Lyrics | None) -> list[str]:
    return [line.text for line in found.lines] if found else []


def test_the_very_recording_is_asked_for_first(online: Box, world: World) -> None:
    world.has(syncedLyrics=TIMED, plainLyrics=PLAIN)
    found = ask(online)
    assert found is not None
    assert (found.timed, found.lines[1].start) == ("line", 2.5)
    [asked] = world.server.asked
    assert asked.path == "/api/get"
    assert asked.params == {
        "track_name": "Daisy Bell", "artist_name": "Harry Dacre", "album_name": "Old Songs", "duration": "6"
    }  # fmt: skip
    assert asked.headers["User-Agent"].startswith("Encore/")


def test_an_answer_is_kept_on_disk(online: Box, world: World) -> None:
    world.has(syncedLyrics=TIMED)
    assert ask(online) == ask(online)
    assert len(world.server.asked) == 1


def test_words_without_times_are_better_than_none_and_worse_than_timed_ones(
    online: Box, world: World
) -> None:
    world.has(plainLyrics=PLAIN)
    world.lists(entry(7.0, plainLyrics=PLAIN))
    found = ask(online)
    assert found is not None
    assert (found.timed, texts(found)) == ("none", PLAIN.split("\n"))

    world.lists(entry(7.0, syncedLyrics=TIMED))
    found = ask(online, title="Daisy  Bell")  # as another question: the first one's answers are kept
    assert found is not None
    assert found.timed == "line"


def test_it_is_searched_where_the_very_recording_is_not_there(online: Box, world: World) -> None:
    world.lists(entry(180, syncedLyrics=TIMED), entry(6.5, syncedLyrics="[00:01.00]Right"))
    assert texts(ask(online)) == ["Right"]
    assert world.server.asked[-1].params == {"q": "Daisy Bell Harry Dacre"}


def test_the_times_of_another_recording_are_not_used(online: Box, world: World) -> None:
    world.lists(entry(25.0, syncedLyrics=TIMED))
    found = ask(online)
    assert found is not None
    assert (found.timed, texts(found)) == ("none", PLAIN.split("\n"))


def test_the_nearest_in_length_wins_then_times_then_the_name() -> None:
    def one(number: int, seconds: float, **more: Any) -> Entry:
        return Entry.model_validate(entry(seconds, plainLyrics=str(number), **more))

    found = [
        one(0, 200.0, artistName="Tom Jones", syncedLyrics=TIMED),
        one(1, 205.0, syncedLyrics=TIMED),
        one(2, 200.5, trackName="Daisy Bell (Bicycle)", syncedLyrics=TIMED),
        one(3, 200.0),
        one(4, 200.0, syncedLyrics=TIMED),
        one(5, 300.0, syncedLyrics=TIMED),
        one(6, 200.0, trackName="Something else", syncedLyrics=TIMED),
    ]
    assert [each.plain for each in ranked(found, "Daisy Bell", "Harry Dacre", 200.0)] == ["4", "2", "3", "1"]


def test_without_an_artist_only_the_same_title_and_length_will_do(online: Box, world: World) -> None:
    world.lists(entry(60.0, syncedLyrics=TIMED), entry(6.0, trackName="Daisy", syncedLyrics=TIMED))
    assert ask(online, artist="") is None
    world.lists(entry(6.0, syncedLyrics=TIMED))
    assert texts(ask(online, title="daisy bell", artist="")) == PLAIN.split("\n")


def test_nothing_found_and_an_instrumental_are_no_words(online: Box, world: World) -> None:
    assert ask(online) is None
    world.has(instrumental=True)
    assert ask(online, title="Daisy") is None


BAD = {
    "forbidden": Answer(b"no", status=403),
    "too many": Answer(b"", status=429, headers={"Retry-After": "3600"}),
    "broken": Answer(b"oops", status=500),
    "garbage": Answer(b"<html>Please log in to the hotel's network</html>"),
    "another form": Answer(b'{"trackName": ["no", "text"]}'),
    "slow": Answer(b'{"trackName": "Daisy Bell"}' + b" " * 200, drip=0.02),
    "mute": Answer(b"{}", wait=NEVER),
    "cut off": Answer(b'{"trackName": "Dai', cut=True),
}


@pytest.mark.parametrize("patience", [HASTY], ids=["hasty"])
@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_an_answer_that_is_none_is_not_taken_for_no_words(online: Box, world: World, answer: Answer) -> None:
    world.behaves(answer)
    with pytest.raises(ServiceDown, match="LRCLIB"):
        ask(online)


def test_a_song_gets_its_words_and_where_they_are_from(online: Box, world: World) -> None:
    world.has(syncedLyrics=TIMED)
    track = add(online)
    work_off(online)
    with online.db.read() as s:
        kept, found = lyrics.of_track(s, track), lyrics.load(s, track)
    assert kept is not None
    assert (kept.source, kept.language) == ("lrclib", "en")
    assert texts(found) == PLAIN.split("\n")


def test_what_somebody_brought_is_never_replaced(online: Box, world: World) -> None:
    world.has(syncedLyrics=TIMED)
    library.add_words(online, b"[00:01.00]My own words", "Harry Dacre - Daisy Bell.lrc")
    track = add(online)
    work_off(online)
    with online.db.write() as s:
        assert texts(lyrics.load(s, track)) == ["My own words"]
        jobs.create(s, track, kind=JobKind.DESCRIBE)
    work_off(online)
    with online.db.read() as s:
        assert texts(lyrics.load(s, track)) == ["My own words"]
    assert not [asked for asked in world.server.asked if asked.path.startswith("/api/")]


def test_a_box_without_a_network_asks_again_when_it_has_one(online: Box, world: World) -> None:
    world.behaves(Answer(b"", status=503))
    track = add(online)
    work_off(online)
    with online.db.read() as s:
        job = s.exec(select(Job).where(Job.track_id == track, Job.kind == JobKind.DESCRIBE)).one()
        assert s.get_one(Track, track).separated > 0
        assert lyrics.of_track(s, track) is None
    assert (job.state, job.error_code) == (JobState.DONE, "service_down")

    world.has(syncedLyrics=TIMED)
    with online.db.write() as s:
        assert jobs.again(s, time.time() + jobs.AGAIN_SECONDS + 1) == 1
    work_off(online, later=jobs.AGAIN_SECONDS + 2)
    with online.db.read() as s:
        assert texts(lyrics.load(s, track)) == PLAIN.split("\n")


def rename(box: Box, song: Song, _: Song) -> None:
    with box.db.write() as s:
        editing.edit(s, song.id, Fields(title="Sweet Daisy"))


def give_away(box: Box, song: Song, other: Song) -> None:
    with box.db.write() as s:
        merging.merge(s, other.id, song.id)


OTHER = "Another song"


@pytest.mark.parametrize("change", [rename, give_away])
@pytest.mark.parametrize(
    "first", [Answer(json.dumps(entry(syncedLyrics=TIMED)).encode()), NOT_FOUND], ids=["found", "not found"]
)
def test_words_are_looked_up_anew_for_what_became_another_song_meanwhile(
    online: Box, world: World, first: Answer, change: Callable[[Box, Song, Song], None]
) -> None:
    track = add(online)
    with online.db.write() as s:
        song = library.get(s, s.get_one(Track, track).song_id)
        other = Song(title="Sweet Daisy", artist="Harry Dacre")
        s.add(other)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/get" and asked.params["track_name"] == "Daisy Bell":
            change(online, song, other)
            return first
        if asked.path == "/api/get" and asked.params["track_name"] == "Sweet Daisy":
            return Answer(json.dumps(entry(syncedLyrics=f"[00:01.00]{OTHER}")).encode())
        return Answer(b"[]") if asked.path == "/api/search" else NOT_FOUND

    world.server.answer = answer
    work_off(online, later=100)
    with online.db.read() as s:
        assert texts(lyrics.load(s, track)) == [OTHER]
        assert {job.state for job in s.exec(select(Job))} == {JobState.DONE}


def test_nothing_found_is_known_for_good(online: Box, world: World) -> None:
    track = add(online)
    work_off(online)
    with online.db.write() as s:
        job = s.exec(select(Job).where(Job.track_id == track, Job.kind == JobKind.DESCRIBE)).one()
        assert job.state == JobState.DONE
        assert lyrics.of_track(s, track) is None


def add(box: Box) -> str:
    path = box.settings.data / "song.wav"
    sound.save(path, sound.song(6.0))
    with path.open("rb") as stream:
        song = library.add(box, stream, "Harry Dacre - Daisy Bell.wav", "upload")
    with box.db.read() as s:
        return library.main_track(s, song.id).id
