"""A video becomes a song: listed at once, fetched by its job, whatever happens on the way."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from pipeline import jobs, videos
from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.errors import JobCancelled
from pipeline.sources import breaker, itunes, musicbrainz, youtube
from pipeline.sources.youtube import Found
from pipeline.tables import Job, JobKind, JobState, Lane, Song, Track, TrackKind, TrackState
from pipeline.work import Work
from tests import sound
from tests.services.youtube import Tube, serve, video
from tests.workers import work_off

SECONDS = 6


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    folder = tmp_path_factory.mktemp("files")
    heard = sound.save(folder / "sound.webm", sound.song(SECONDS), rate=48_000)
    return heard.read_bytes(), sound.save_silent_film(folder / "picture.mp4", codec="libx264").read_bytes()


@pytest.fixture
def tube(files: tuple[bytes, bytes]) -> Iterator[Tube]:
    with serve(sound=files[0], picture=files[1], seconds=SECONDS) as standing_in:
        yield standing_in


@pytest.fixture
def box(box: Box, tube: Tube, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setattr(youtube, "PAUSES", (0.01, 0.01))
    for service in (musicbrainz, itunes):
        monkeypatch.setattr(service, "PAUSE_SECONDS", 0.0)
    return replace(box, settings=box.settings.model_copy(update=tube.world))


def add(box: Box, kind: str = "ok", title: str = "The Testers - Song of Tests (Official Video)") -> Song:
    with box.db.write() as s:
        return videos.add(s, Found(video(kind), title, "The Testers", SECONDS))


def track_of(box: Box, song: Song) -> Track:
    with box.db.read() as s:
        return s.exec(select(Track).where(Track.song_id == song.id)).one()


def job_of(box: Box, song: Song) -> Job:
    with box.db.read() as s:
        return jobs.of_tracks(s, [track_of(box, song).id])[track_of(box, song).id]


def is_down(box: Box) -> bool:
    """Whether the host reads that YouTube gives nothing."""
    with box.db.read() as s:
        return breaker.states(s)["youtube"].down


def begin(box: Box) -> Work:
    """Claim the preparation, as the worker does."""
    with box.db.write() as s:
        held = jobs.claim(s, Lane.PREPARE, "test", time.time())
    assert held is not None
    assert held.kind is JobKind.PREPARE
    return Work(box, held)


def test_a_video_is_a_song_at_once_and_singable_once_it_was_fetched(box: Box, tube: Tube) -> None:
    song = add(box)
    assert (song.title, song.artist) == ("Song of Tests", "The Testers")
    assert track_of(box, song).state == TrackState.WAITING
    work_off(box)
    track = track_of(box, song)
    folder = box.store.folder(track.id)
    assert (track.state, track.separated) == (TrackState.READY, track.chunks)
    assert 5 < track.seconds < 6  # as it is in the file, not as it was announced
    assert (folder / track.original).read_bytes() == tube.sound
    assert (track.bytes, len(track.sha256)) == (len(tube.sound), 64)
    assert (folder / track.video).read_bytes() == tube.picture
    assert [path.name for path in folder.iterdir() if path.name.startswith("fetching")] == []


def test_the_same_video_is_the_same_song(box: Box) -> None:
    assert add(box).id == add(box, title="Another title").id
    with box.db.read() as s:
        assert len(s.exec(select(Job).where(Job.kind == JobKind.PREPARE)).all()) == 1


def test_a_video_that_failed_is_tried_again_when_somebody_asks_for_it(box: Box, tube: Tube) -> None:
    tube.refuse["/videoplayback"] = [403, 1000]
    song = add(box)
    for _ in range(jobs.MAX_FAILURES):
        work_off(box, later=100)
    job = job_of(box, song)
    assert (job.state, job.step) == (JobState.FAILED, "fetch")
    assert "refuses this box" in of_note(job.error)
    assert is_down(box)
    tube.refuse.clear()
    assert add(box).id == song.id
    work_off(box)
    assert track_of(box, song).state == TrackState.READY
    assert not is_down(box)


def test_a_video_that_is_being_given_up_goes_on_when_somebody_asks_for_it(box: Box) -> None:
    song = add(box)
    work = begin(box)
    with box.db.write() as s:
        jobs.cancel(s, work.held.job_id)
    add(box)
    with box.db.write() as s:
        jobs.cancelled(s, work.held, time.time())
    assert job_of(box, song).state == JobState.QUEUED


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("private", "private"),
        ("removed", "not on YouTube any more"),
        ("live", "live stream"),
        ("mute", "no sound"),
    ],
)
def test_what_cannot_be_had_fails_once_and_says_why(box: Box, kind: str, said: str) -> None:
    song = add(box, kind)
    work_off(box)
    job = job_of(box, song)
    assert (job.state, job.failures) == (JobState.FAILED, 1)
    assert said in of_note(job.error)


def test_a_fetch_that_was_killed_goes_on_where_it_was(box: Box, tube: Tube) -> None:
    song = add(box)
    work = begin(box)
    tube.drip = 0.05

    def killed() -> None:
        if any(box.store.folder(work.held.track_id).rglob("*.part")):
            raise KeyboardInterrupt

    work.check = killed  # type: ignore[method-assign]
    from pipeline.steps import fetch

    with pytest.raises(KeyboardInterrupt):
        fetch.run(work)
    tube.drip, tube.asked = 0.0, []
    with box.db.write() as s:
        jobs.put_back(s, Lane.PREPARE, "test")
    work_off(box)
    assert track_of(box, song).state == TrackState.READY
    folder = box.store.folder(work.held.track_id)
    assert (folder / track_of(box, song).original).read_bytes() == tube.sound


def test_a_fetch_that_was_killed_at_its_very_end_fetches_nothing_again(
    box: Box, tube: Tube, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.steps import fetch

    song = add(box)
    work = begin(box)
    with monkeypatch.context() as patched:
        patched.setattr(fetch, "_publish", lambda *_: (_ for _ in ()).throw(JobCancelled))
        with pytest.raises(JobCancelled):
            fetch.run(work)
    assert tube.count("/videoplayback?itag=251") == 1
    fetch.run(work)
    fetch.run(work)
    assert tube.count("/videoplayback?itag=251") == 1
    assert track_of(box, song).bytes == len(tube.sound)


def test_a_fetch_can_be_cancelled_in_the_middle(
    box: Box, tube: Tube, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.steps import fetch

    tube.drip = 1.0
    add(box)
    work = begin(box)
    really, pressed = work.check, list[float]()

    def check() -> None:
        if tube.starts and not pressed:
            with box.db.write() as s:
                jobs.cancel(s, work.held.job_id)
            pressed.append(time.monotonic())
        really()

    monkeypatch.setattr(work, "check", check)
    watcher = work.watch()
    with pytest.raises(JobCancelled):
        fetch.run(work)
    taken = time.monotonic() - pressed[0]
    work.end()
    watcher.join()
    assert taken < 3 * 2.0, "of half a minute for the whole of it"


def test_a_karaoke_video_is_used_as_it_is_with_its_picture(box: Box, tube: Tube) -> None:
    song = add(box, title="The Testers - Song of Tests (Karaoke Version)")
    work_off(box)
    track = track_of(box, song)
    assert (track.kind, track.ready_made, track.engine) == (TrackKind.KARAOKE, True, "original")
    assert (box.store.folder(track.id) / track.video).read_bytes() == tube.picture


def test_no_picture_where_none_is_wanted(box: Box, tube: Tube) -> None:
    plain = replace(box, settings=box.settings.model_copy(update={"youtube_height": 0}))
    song = add(plain)
    work_off(plain)
    assert track_of(box, song).video == ""
    assert tube.count("/videoplayback?itag=135") == 0


def test_a_picture_that_cannot_be_had_leaves_the_song_singable(box: Box, tube: Tube) -> None:
    tube.picture = b""
    song = add(box)
    for _ in range(jobs.MAX_FAILURES):
        work_off(box, later=100)
    assert track_of(box, song).state == TrackState.READY


def test_a_file_that_is_there_needs_nothing_of_it(box: Box, tube: Tube, tmp_path: Path) -> None:
    from pipeline import library

    with sound.save(tmp_path / "a.flac", sound.song(2), codec="flac").open("rb") as stream:
        song = library.add(box, stream, "a.flac", "upload")
    work_off(box)
    assert track_of(box, song).state == TrackState.READY
    assert not [path for path in tube.asked if path.startswith(("/watch", "/youtubei", "/videoplayback"))]
