"""The library as a collection: fields mended, songs made one and two again, a trash that empties, files that are checked,
folders that say what they are, and a database made anew from them.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from karaoke_ui.show import night, people
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Favourite, Performance, Turn
from pipeline import chores, describing, editing, jobs, library, lyrics, merging, migrate, versions
from pipeline.audio import stems
from pipeline.box import Box
from pipeline.editing import Fields
from pipeline.errors import AlreadyThere, BadValue, Conflict, NotFound
from pipeline.keeping import folders, integrity, rebuild, tidying, trash
from pipeline.settings import Settings
from pipeline.sources.facts import Fact
from pipeline.steps import describe
from pipeline.tables import Candidate, Job, JobKind, JobState, Lane, Song, StaleFolder, Track, TrackState
from tests import sound
from tests.workers import work_off

WORDS = b"[00:01.00]Daisy, Daisy\n[00:02.50]give me your answer, do\n"


def bring(
    box: Box,
    folder: Path,
    name: str = "Harry Dacre - Daisy Bell",
    seed: int = 1,
    seconds: int = 9,
    *,
    prepared: bool = True,
) -> Song:
    """A song with words, prepared where the test looks at what comes of that."""
    path = sound.save(folder / f"{seed}.wav", sound.song(seconds, seed))
    with path.open("rb") as stream:
        song = library.add(box, stream, f"{name}.wav", "upload")
    library.set_words(box, song.id, WORDS)
    if prepared:
        work_off(box)
    return song


def track_of(box: Box, song: Song) -> Track:
    with box.db.read() as s:
        return library.main_track(s, song.id)


# --------------------------------------------------------------------------------------------------- editing


def test_what_a_person_wrote_is_remembered_as_theirs(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        editing.edit(s, song.id, Fields(artist=" H. Dacre ", year=1892))
        changed = editing.edit(s, song.id, Fields(language="EN", explicit=False))
    assert (changed.title, changed.artist, changed.year, changed.language) == (
        "Daisy Bell",
        "H. Dacre",
        1892,
        "en",
    )
    assert changed.edited == "artist,explicit,language,year"


@pytest.mark.parametrize("fields", [Fields(title=" "), Fields(year=19), Fields(language="English, mostly")])
def test_what_cannot_be_is_refused(box: Box, tmp_path: Path, fields: Fields) -> None:
    song = bring(box, tmp_path, prepared=False)
    with pytest.raises(BadValue), box.db.write() as s:
        editing.edit(s, song.id, fields)


def test_two_songs_become_one_and_two_again(box: Box, tmp_path: Path) -> None:
    kept = bring(box, tmp_path, "Harry Dacre - Daisy Bell", 1, prepared=False)
    other = bring(box, tmp_path, "harry dacre - DAISY BELL", 2, prepared=False)
    with box.db.write() as s:
        assert editing.twins(s, [kept.id, other.id]) == {kept.id: other.id, other.id: kept.id}
        assert editing.all_twins(s) == [[kept.id, other.id]]
        maria = people.add_walk_up(s, BOX, "Maria")
        turn = night.ask(s, BOX, other.id, maria.id)
        s.flush()
        s.add(
            Performance(
                turn_id=turn.id, night_id=turn.night_id, singer_id=maria.id, song_id=other.id, started_at=1.0
            )
        )
        s.add(Candidate(song_id=other.id, source="itunes", title="Daisy", artist="", score=0.5))
        moved = library.main_track(s, other.id).id
    with box.db.write() as s:
        merging.merge(s, kept.id, other.id)
    with box.db.read() as s:
        assert s.exec(select(Song.id)).all() == [kept.id]
        assert {each.song_id for each in s.exec(select(Track))} == {kept.id}
        assert [each.song_id for each in s.exec(select(Turn))] == [kept.id]
        assert [each.song_id for each in s.exec(select(Performance))] == [kept.id]
        found = library.find(s, "daisy")
        assert (len(found.songs), found.total) == (1, 1), "one row, whatever its versions"
        assert not editing.all_twins(s)
    with box.db.write() as s:
        own = editing.split(s, moved)
    with box.db.read() as s:
        assert own.title == "DAISY BELL"
        assert library.main_track(s, own.id).id == moved
        assert library.find(s, "daisy").total == 2
        with pytest.raises(Conflict):
            editing.split(s, moved)
        with pytest.raises(Conflict):
            merging.merge(s, own.id, own.id)


def test_taking_a_merge_back_brings_turns_and_all_else_back(box: Box, tmp_path: Path) -> None:
    kept = bring(box, tmp_path, "Harry Dacre - Daisy Bell", 1, prepared=False)
    other = bring(box, tmp_path, "Dacre - Daisy", 2, prepared=False)
    with box.db.write() as s:
        editing.edit(s, other.id, Fields(album="Songs", year=1892))
        maria, tom = (people.add_walk_up(s, BOX, name) for name in ("Maria", "Tom"))
        own, both = night.ask(s, BOX, kept.id, maria.id), night.ask(s, BOX, other.id, tom.id)
        s.add_all(
            [Favourite(singer_id=maria.id, song_id=other.id), Favourite(singer_id=tom.id, song_id=kept.id)]
        )
        tracks = {song.id: library.main_track(s, song.id).id for song in (kept, other)}
    with box.db.write() as s:
        assert merging.merge(s, kept.id, other.id).year == 1892
    with box.db.write() as s:
        merging.take_back(s, other.id)
    with box.db.read() as s:
        one, two = library.get(s, kept.id), library.get(s, other.id)
        assert (two.title, two.artist, two.year, two.created_at) == ("Daisy", "Dacre", 1892, other.created_at)
        assert (one.album, one.year) == ("", None)
        assert {song.id: library.main_track(s, song.id).id for song in (one, two)} == tracks
        assert {turn.id: turn.song_id for turn in s.exec(select(Turn))} == {
            own.id: kept.id,
            both.id: other.id,
        }
        assert {each.singer_id: each.song_id for each in s.exec(select(Favourite))} == {
            maria.id: other.id,
            tom.id: kept.id,
        }
        assert library.find(s, "daisy").total == 2
    with box.db.write() as s, pytest.raises(NotFound):
        merging.take_back(s, other.id)


def test_a_merge_whose_song_went_on_is_taken_back_only_where_something_stays(
    box: Box, tmp_path: Path
) -> None:
    kept, other = (
        bring(box, tmp_path, "One", 1, prepared=False),
        bring(box, tmp_path, "Two", 2, prepared=False),
    )
    with box.db.write() as s:
        merging.merge(s, kept.id, other.id)
        own = editing.split(s, library.main_track(s, kept.id).id)
    with box.db.write() as s, pytest.raises(Conflict):
        merging.take_back(s, other.id)
    assert own.id


def test_two_songs_of_one_name_stay_two_when_somebody_said_so(box: Box, tmp_path: Path) -> None:
    one, two, three = (bring(box, tmp_path, "Gemini - Twins", seed, prepared=False) for seed in (1, 2, 3))
    with box.db.write() as s:
        merging.apart(s, one.id, two.id)
        assert editing.twins(s, [one.id, two.id]) == {one.id: three.id, two.id: three.id}
        assert [set(group) for group in editing.all_twins(s)] == [{one.id, two.id, three.id}]
        merging.apart(s, three.id, one.id)
        merging.apart(s, three.id, two.id)
        assert not editing.twins(s, [one.id, two.id, three.id])
        assert not editing.all_twins(s)
    # Who is made one of them all the same was asked about.
    with box.db.write() as s:
        merging.merge(s, one.id, two.id)
        assert not editing.all_twins(s)
        trash.throw(s, three.id)
    assert trash.empty(box) == 1
    with box.db.read() as s:
        assert s.get(Song, three.id) is None


def test_the_version_that_is_ready_is_sung(box: Box, tmp_path: Path) -> None:
    ready, newer = bring(box, tmp_path, "One", 1), bring(box, tmp_path, "Two", 2)
    with box.db.write() as s:
        late = library.main_track(s, newer.id)
        late.state = TrackState.PREPARING
        s.add(late)
        first = library.main_track(s, ready.id).id
        merging.merge(s, ready.id, newer.id)
    assert track_of(box, ready).id == first


def test_the_host_chooses_the_version_that_is_sung(box: Box, tmp_path: Path) -> None:
    old, new = bring(box, tmp_path, "One", 1), bring(box, tmp_path, "Two", 2)
    with box.db.write() as s:
        first, second = (library.main_track(s, song.id).id for song in (old, new))
        merging.merge(s, old.id, new.id)
        assert [track.id for track in versions.of(s, old.id)] == [first, second]
        assert library.main_track(s, old.id).id == second, "the newest, as long as nobody said"
        versions.choose(s, old.id, first)
        s.flush()
        assert library.main_track(s, old.id).id == first
        versions.choose(s, old.id, second)
        s.flush()
        assert library.main_track(s, old.id).id == second
        with pytest.raises(NotFound):
            versions.choose(s, old.id, "another")


# ----------------------------------------------------------------------------------------------------- trash


def test_the_trash_is_emptied_for_good(box: Box, tmp_path: Path) -> None:
    song, other = bring(box, tmp_path, "One", 1), bring(box, tmp_path, "Two", 2)
    folder = box.store.folder(track_of(box, song).id)
    while folders.describe(box):
        pass
    with box.db.write() as s:
        trash.throw(s, song.id)
        used = folders.disk_use(s, box.store)
    assert used.songs > 0
    assert used.trash >= folders.size(folder) - 100  # its description has grown by the date
    assert used.free > 0
    with box.db.read() as s:
        (thrown,) = trash.listed(s)
    assert (thrown.title, thrown.bytes) == ("One", used.trash)
    assert trash.empty(box, older_than=60) == 0
    assert trash.empty(box) == 1
    assert not folder.exists()
    with box.db.write() as s:
        assert s.exec(select(Song.id)).all() == [other.id]
        assert len({job.track_id for job in s.exec(select(Job))}) == 1
        with pytest.raises(NotFound):
            trash.restore(s, song.id)


def test_who_sang_a_song_is_remembered_when_it_is_gone(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        maria = people.add_walk_up(s, BOX, "Maria")
        night.remove(s, BOX, night.ask(s, BOX, song.id, maria.id).id)
        trash.throw(s, song.id)
    assert trash.empty(box) == 1
    with box.db.write() as s:
        assert s.get_one(Song, song.id).title == "Daisy Bell"
        assert not trash.listed(s)
        assert library.count(s) == 0
        with pytest.raises(NotFound):
            trash.restore(s, song.id)
    assert trash.empty(box) == 0


def test_old_trash_goes_by_itself(box: Box, tmp_path: Path) -> None:
    songs = [bring(box, tmp_path, f"Song {seed}", seed, 3, prepared=False) for seed in (1, 2)]
    with box.db.write() as s:
        for song in songs:
            trash.throw(s, song.id)
        old = s.get_one(Song, songs[0].id)
        old.deleted_at = time.time() - 31 * trash.DAY
        s.add(old)
    chores.empty_trash(box)
    with box.db.read() as s:
        assert [each.id for each in trash.listed(s)] == [songs[1].id]


def test_a_file_that_came_again_stays_when_its_twin_is_restored(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        trash.throw(s, song.id)
    bring(box, tmp_path, prepared=False)
    with pytest.raises(AlreadyThere), box.db.write() as s:
        trash.restore(s, song.id)


def test_what_is_put_back_before_its_worker_let_go_is_prepared(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        held = [jobs.claim(s, Lane.PREPARE, "me", time.time()) for _ in JobKind]
        trash.throw(s, song.id)
    with box.db.write() as s:
        trash.restore(s, song.id)
    with box.db.write() as s:
        for each in held:
            assert each is not None
            jobs.cancelled(s, each, time.time())
    assert track_of(box, song).state != TrackState.FAILED
    work_off(box)
    assert track_of(box, song).state == TrackState.READY
    with box.db.read() as s:
        assert {job.state for job in s.exec(select(Job))} == {JobState.DONE}


def test_what_is_put_back_while_the_trash_is_emptied_says_what_it_is(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        trash.throw(s, song.id)
    look = trash._is_in_use

    def slowly(*args: Any) -> bool:
        monkeypatch.undo()
        with box.db.write() as s:
            trash.restore(s, song.id)
        folders.describe(box)
        return look(*args)

    monkeypatch.setattr(trash, "_is_in_use", slowly)
    assert trash.empty(box) == 0
    assert (box.store.folder(track_of(box, song).id) / "song.json").is_file()


def test_a_folder_that_is_described_while_the_trash_is_emptied_goes_as_well(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = bring(box, tmp_path, prepared=False)
    with box.db.write() as s:
        trash.throw(s, song.id)
    put = box.store.put

    def slowly(*args: Any) -> None:
        assert trash.empty(box) == 1
        box.store.library.joinpath(args[0]).mkdir()  # not gone yet
        put(*args)

    monkeypatch.setattr(box.store, "put", slowly)
    folders.describe(box)
    assert not list(box.store.library.iterdir())


# -------------------------------------------------------------------------------------------------- integrity


def flip(path: Path) -> None:
    """Damage a byte in the middle, as an old disk does."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_library_that_is_whole_has_no_problems(box: Box, tmp_path: Path) -> None:
    bring(box, tmp_path)
    seen: list[int] = []
    found = integrity.check(box, lambda report: seen.append(report.checked))
    assert (found.state, found.checked, found.total, found.problems, seen) == ("done", 1, 1, (), [1])


@pytest.mark.parametrize(
    "damaged",
    [
        ["mix/00001.flac"],
        ["stems/center/vocals/00001.flac"],
        ["stems/center/instrumental/00000.flac", "mix/00002.flac"],
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_damaged_chunks_are_made_anew(box: Box, tmp_path: Path, damaged: list[str], gone: bool) -> None:
    song = bring(box, tmp_path)
    folder = box.store.folder(track_of(box, song).id)
    before = {name: (folder / name).read_bytes() for name in damaged}
    for name in damaged:
        (folder / name).unlink() if gone else flip(folder / name)
    with box.db.write() as s:
        assert integrity.ask(s).state == "asked"
    integrity.check_if_asked(box)
    with box.db.read() as s:
        found = integrity.report(s)
    assert {(p.file, p.missing, p.repaired) for p in found.problems} == {
        (name, gone, True) for name in damaged
    }
    work_off(box)
    assert {name: (folder / name).read_bytes() for name in damaged} == before
    assert (track_of(box, song).state, track_of(box, song).separated) == (TrackState.READY, 3)
    assert not integrity.check(box).problems


@pytest.mark.parametrize(
    "damaged",
    [
        ["stems/center/vocals/00001.flac"],
        ["stems/center/instrumental/00000.flac", "stems/center/vocals/00002.flac"],
        ["mix/00001.flac"],
        ["mix/00000.flac", "stems/center/vocals/00001.flac"],
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_song_that_is_made_again_is_whole(
    box: Box, tmp_path: Path, damaged: list[str], gone: bool
) -> None:
    song = bring(box, tmp_path)
    track = track_of(box, song)
    folder = box.store.folder(track.id)
    before = {name: (folder / name).read_bytes() for name in damaged}
    for name in damaged:
        (folder / name).unlink() if gone else flip(folder / name)
    with box.db.write() as s:
        jobs.separate_again(s, track.id)
    for _ in Lane:  # a mix is made anew by the other one
        work_off(box)
    assert {name: (folder / name).read_bytes() for name in damaged} == before
    assert (track_of(box, song).state, track_of(box, song).separated) == (TrackState.READY, 3)
    assert not integrity.check(box).problems
    with box.db.read() as s:
        assert jobs.of_tracks(s, [track.id])[track.id].state == JobState.DONE


def test_a_damaged_song_is_not_made_again_while_it_is_sung(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path)
    track = track_of(box, song)
    chunk = box.store.folder(track.id) / "stems/center/vocals/00001.flac"
    whole = chunk.read_bytes()
    flip(chunk)
    damaged = chunk.read_bytes()
    with box.db.write() as s:
        stems.hold(s, track.id)
        jobs.separate_again(s, track.id)
    work_off(box)
    assert (track_of(box, song).separated, chunk.read_bytes()) == (3, damaged)
    with box.db.write() as s:
        stems.hold(s, "")
    work_off(box, later=60)
    assert (track_of(box, song).separated, chunk.read_bytes()) == (3, whole)
    assert not integrity.check(box).problems


def test_a_damaged_song_of_which_no_good_file_is_left_keeps_what_can_be_sung(
    box: Box, tmp_path: Path
) -> None:
    song = bring(box, tmp_path)
    track = track_of(box, song)
    folder = box.store.folder(track.id)
    for name in ("original.wav", "mix/00001.flac", "stems/center/vocals/00002.flac"):
        flip(folder / name)
    before = folder_of(folder)
    with box.db.write() as s:
        jobs.separate_again(s, track.id)
    work_off(box)
    assert folder_of(folder) == before
    assert (track_of(box, song).state, track_of(box, song).separated) == (TrackState.READY, 3)
    with box.db.read() as s:
        job = jobs.of_tracks(s, [track.id])[track.id]
    assert (job.state, job.error_code) == (JobState.FAILED, "damaged_file")


def folder_of(folder: Path) -> dict[str, bytes]:
    """What is in it, but for what it says about itself."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "song.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("step", ["separate", "film"])
def test_what_others_work_on_meanwhile_is_left_to_them(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    song = bring(box, tmp_path)
    track = track_of(box, song)
    chunk = box.store.folder(track.id) / "stems/center/vocals/00001.flac"
    flip(chunk)
    look = integrity.damage_of

    def slowly(folder: Path, track: Track) -> integrity.Damage:
        found = look(folder, track)
        with box.db.write() as s:
            jobs.create(s, track.id, step=step)
        return found

    monkeypatch.setattr(integrity, "damage_of", slowly)
    assert not integrity.check(box).problems
    assert chunk.exists()
    assert track_of(box, song).separated == track.separated


def test_a_damaged_original_is_reported_and_the_song_stays_singable(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path)
    folder = box.store.folder(track_of(box, song).id)
    flip(folder / "original.wav")
    (problem,) = integrity.check(box).problems
    assert (problem.file, problem.missing, problem.repaired) == ("original.wav", False, False)
    flip(folder / "mix/00000.flac")
    assert {p.repaired for p in integrity.check(box).problems} == {False}
    assert track_of(box, song).state == TrackState.READY


def test_a_damaged_original_is_fetched_again_from_where_it_came(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path)
    with box.db.write() as s:
        track = library.main_track(s, song.id)
        track.source, track.source_url = "youtube", "https://example.org/watch"
        s.add(track)
    original = box.store.folder(track.id) / "original.wav"
    flip(original)
    (problem,) = integrity.check(box).problems
    assert problem.repaired
    assert not original.exists()
    with box.db.read() as s:
        assert jobs.of_tracks(s, [track.id])[track.id].step == "fetch"


# ------------------------------------------------------------------------------------------ folders, rebuilding


def test_a_folder_says_what_it_is_after_every_change(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path)
    path = box.store.folder(track_of(box, song).id) / "song.json"
    assert folders.describe(box) == 1
    assert folders.describe(box) == 0
    said = json.loads(path.read_text())
    assert (said["song"]["title"], said["track"]["engine"]) == ("Daisy Bell", "center")
    assert [line["text"] for line in said["lyrics"]["lines"]] == ["Daisy, Daisy", "give me your answer, do"]
    with box.db.write() as s:
        editing.edit(s, song.id, Fields(artist="Somebody"))
    assert folders.describe(box) == 1
    assert json.loads(path.read_text())["song"]["artist"] == "Somebody"
    assert track_of(box, song).disk == pytest.approx(folders.size(path.parent), abs=10)


def test_a_change_while_a_folder_is_written_is_not_forgotten(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = bring(box, tmp_path)
    put = box.store.put

    def put_late(*given: object) -> None:
        put(*given)  # type: ignore[arg-type]
        with box.db.write() as s:
            editing.edit(s, song.id, Fields(artist="Somebody"))

    monkeypatch.setattr(box.store, "put", put_late)
    folders.describe(box)
    with box.db.read() as s:
        assert s.exec(select(StaleFolder)).one().track_id == track_of(box, song).id


def test_the_database_is_made_anew_from_the_folders(box: Box, tmp_path: Path) -> None:
    first, second = bring(box, tmp_path, "A - One", 1), bring(box, tmp_path, "B - Two", 2)
    thrown = bring(box, tmp_path, "C - Three", 3)
    path = sound.save(tmp_path / "4.wav", sound.song(6, 4))
    with path.open("rb") as stream:
        waiting = library.add(box, stream, "D - Four.wav", "upload")
    with box.db.write() as s:
        editing.edit(s, first.id, Fields(year=1999))
        trash.throw(s, thrown.id)
    while folders.describe(box):
        pass

    def everything(of: Box) -> dict[str, object]:
        with of.db.read() as s:
            tracks = {t.id: t.model_dump(exclude={"disk"}) for t in s.exec(select(Track))}
            return {
                "songs": {song.id: song.model_dump() for song in s.exec(select(Song))},
                "tracks": tracks,
                "words": {track_id: lyrics.load(s, track_id) for track_id in tracks},
                "found": [song.title for song, _ in library.find(s, "answer do").songs],
            }

    before = everything(box)
    again = lose_the_database(box)
    done = rebuild.rebuild(again)
    assert (done.tracks, done.left) == (4, ())
    with again.db.read() as s:
        assert rebuild.report(s).state == "never", "no worker begins as well"
    assert everything(again) == before
    work_off(again)
    assert track_of(again, waiting).state == TrackState.READY
    assert track_of(again, second).state == TrackState.READY
    with pytest.raises(Conflict):
        rebuild.rebuild(again)
    again.close()


def test_folders_that_say_nothing_or_nonsense_stop_nobody(box: Box, tmp_path: Path) -> None:
    good, bad, silent = (
        bring(box, tmp_path, f"A - {name}", seed) for seed, name in enumerate(("G", "B", "S"))
    )
    while folders.describe(box):
        pass
    (box.store.folder(track_of(box, bad).id) / "song.json").write_text("{[")
    (box.store.folder(track_of(box, silent).id) / "song.json").unlink()
    bad_folder = track_of(box, bad).id
    again = lose_the_database(box)
    tidying.tidy(again)
    with again.db.write() as s:
        assert rebuild.lost(s, again) == 3
        assert rebuild.ask(s).state == rebuild.ask(s).state == "asked"
    rebuild.rebuild_if_asked(again)
    with again.db.read() as s:
        done = rebuild.report(s)
        assert rebuild.lost(s, again) == 0
    assert (done.state, done.tracks, done.left) == ("done", 2, (bad_folder,))
    with again.db.read() as s:
        assert {song.id for song in s.exec(select(Song))} > {good.id}
    tidying.tidy(again)
    assert (again.store.library / bad_folder).is_dir(), "it may be read by a person"
    again.close()


def test_a_song_that_is_to_be_taken_in_again_is_not_tidied_up(box: Box, tmp_path: Path) -> None:
    """Where both processes were killed in the middle of making the database anew."""
    for seed, name in enumerate(("A", "B", "C")):
        bring(box, tmp_path, name, seed, 3, prepared=False)
    again = lose_the_database(box)
    with again.db.write() as s:
        rebuild.ask(s)
    next(rebuild._steps(again))
    tidying.tidy(again)
    rebuild.rebuild_if_asked(again)
    with again.db.read() as s:
        assert library.count(s) == 3
    tidying.tidy(again)
    assert len(list(again.store.library.iterdir())) == 3
    again.close()


def lose_the_database(box: Box) -> Box:
    """The same folders, and an empty database."""
    box.close()
    data = box.settings.data.with_name("again")
    shutil.copytree(box.settings.data / "library", data / "library")
    os.utime(data / "library")
    migrate.upgrade(data / "encore.db", data / "backups")
    return Box.open(Settings(data=data, engine="center"))


# ------------------------------------------------------------------------------------- changed while looked up


def rename(box: Box, song: Song, _: Song) -> None:
    with box.db.write() as s:
        editing.edit(s, song.id, Fields(title="Let It Be"))


def give_away(box: Box, song: Song, other: Song) -> None:
    with box.db.write() as s:
        merging.merge(s, other.id, song.id)


@pytest.mark.parametrize("change", [rename, give_away])
def test_what_services_say_is_not_written_to_what_has_become_another_song(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Box, Song, Song], None]
) -> None:
    song = bring(box, tmp_path, prepared=False)
    other = bring(box, tmp_path, "The Beatles - Let It Be", 2, prepared=False)
    asked: list[str] = []

    def search(_web: object, _settings: object, title: str, artist: str, _check: object) -> list[Fact]:
        if not asked:
            change(box, song, other)
        asked.append(title)
        return [Fact("itunes", title, artist, album=f"The Best of {title}", seconds=9.0)]

    monkeypatch.setattr(describe, "SERVICES", (search,))
    with box.db.write() as s:
        held = jobs.create(s, library.main_track(s, song.id).id, kind=JobKind.DESCRIBE)
        for job in s.exec(select(Job).where(Job.id != held.id)):
            jobs.cancel(s, job.id)
    work_off(box, later=100)
    assert asked[0] == "Daisy Bell"
    assert asked[-1] == "Let It Be"
    with box.db.read() as s:
        albums = s.exec(select(Song.album)).all()
        assert jobs.get(s, held.id).state == JobState.DONE
    assert "The Best of Daisy Bell" not in albums
    assert "The Best of Let It Be" in albums


def test_a_song_that_is_said_to_be_another_one_is_looked_up_anew(box: Box, tmp_path: Path) -> None:
    song = bring(box, tmp_path)
    with box.db.write() as s:
        job = jobs.create(s, library.main_track(s, song.id).id, kind=JobKind.DESCRIBE, step="backdrop")
        s.flush()
        assert jobs.claim(s, Lane.PREPARE, "me", time.time())
        assert describing.again(s, song.id).id == job.id
    assert (job.step, job.state) == ("describe", JobState.QUEUED)
