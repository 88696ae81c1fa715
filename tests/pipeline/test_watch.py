"""Folders that are watched: what is put into them comes in by itself, once, and what leaves them stays in the library."""

import os
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from pipeline import library, lyrics, merging, versions
from pipeline.box import Box
from pipeline.catalogue import of_note
from pipeline.errors import DiskFull
from pipeline.intake import bring, report
from pipeline.intake.bring import Outcome
from pipeline.intake.report import Report
from pipeline.intake.watch import Watcher
from pipeline.keeping import trash
from pipeline.settings import load
from pipeline.tables import NOT_URGENT, Job, JobKind, Song, Track, TrackKind
from tests import karaoke, sound
from tests.disk import full_after
from tests.workers import work_off

LRC = b"[00:01.00]Daisy, Daisy\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "music"
    made.mkdir()
    return made


@pytest.fixture
def watcher(box: Box, folder: Path) -> Watcher:
    return Watcher(box, (folder,))


def put(folder: Path, name: str, seed: int = 1) -> Path:
    return sound.save(folder / name, sound.song(3, seed))


def titles(box: Box) -> list[str]:
    with box.db.read() as s:
        return sorted(song.title for song in s.exec(select(Song).where(Song.deleted_at == None)))  # noqa: E711


def track(box: Box) -> Track:
    with box.db.read() as s:
        return s.exec(select(Track)).one()


def looks(watcher: Watcher, times: int = 2) -> list[Report]:
    return [watcher.look() for _ in range(times)]


def test_a_file_comes_in_once_it_has_come_to_rest(box: Box, folder: Path, watcher: Watcher) -> None:
    path = put(folder, "one.wav")
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    watcher.look()
    path.write_bytes(whole[:9000])  # it is still being copied
    watcher.look()
    path.write_bytes(whole)
    watcher.look()
    assert titles(box) == []
    assert watcher.expects_more
    assert watcher.look().added == 1
    assert titles(box) == ["one"]
    assert not watcher.expects_more
    assert watcher.look().added == 0
    with box.db.read() as s:
        assert {job.urgency for job in s.exec(select(Job))} == {NOT_URGENT}


def test_a_moved_file_keeps_its_song(box: Box, folder: Path, watcher: Watcher) -> None:
    path = put(folder, "one.wav")
    looks(watcher)
    song = titles(box)
    (folder / "Rock").mkdir()
    path.rename(folder / "Rock" / "Another name.wav")
    done = looks(watcher, 4)
    assert titles(box) == song
    assert sum(each.added for each in done) == 0
    assert [each.gone for each in done] == [[], [], [], []]


def test_a_vanished_file_leaves_its_song_and_is_told_about(box: Box, folder: Path, watcher: Watcher) -> None:
    put(folder, "stays.wav", 2)
    path = put(folder, "one.wav")
    looks(watcher)
    path.unlink()
    done = looks(watcher, 3)
    assert [each.gone for each in done] == [[], [str(path)], []]
    assert titles(box) == ["one", "stays"]
    kept = report.last(box.settings.reports)
    assert kept is not None
    assert kept.gone == [str(path)]


def test_a_disk_that_is_not_plugged_in_loses_nothing(box: Box, folder: Path, watcher: Watcher) -> None:
    path = put(folder, "one.wav")
    looks(watcher)
    folder.rename(folder.with_name("unplugged"))
    first, second = looks(watcher)
    assert (first.missing, second.missing) == ([str(folder)], [])
    folder.mkdir()  # the empty place where it was
    assert watcher.look().gone == []
    folder.rmdir()
    folder.with_name("unplugged").rename(folder)
    assert path.exists()
    assert [(each.gone, each.added, each.known) for each in looks(watcher)] == [([], 0, 0)] * 2


def test_what_cannot_be_used_is_listed_and_tried_again_when_it_changes(
    box: Box, folder: Path, watcher: Watcher
) -> None:
    path = folder / "letter.mp3"
    path.write_bytes(b"%PDF-1.7 Dear Sir")
    done = looks(watcher, 4)
    assert [each.refused for each in done] == [0, 1, 0, 0]
    (skipped,) = done[1].skipped
    assert (skipped.file, of_note(skipped.reason)) == (
        str(path),
        "“letter.mp3” is not a song: there is no sound in it.",
    )
    path.write_bytes(karaoke.mp3())
    assert sum(each.added for each in looks(watcher)) == 1


def test_halves_that_come_one_after_the_other_become_one_song(
    box: Box, folder: Path, watcher: Watcher
) -> None:
    (folder / "a.mp3").write_bytes(karaoke.mp3())
    looks(watcher)
    (folder / "a.lrc").write_bytes(LRC)
    looks(watcher)
    with box.db.read() as s:
        assert lyrics.of_track(s, track(box).id) is not None
    (folder / "a.cdg").write_bytes(karaoke.graphics(6))
    assert [each.refused for each in looks(watcher)] == [0, 0]
    work_off(box)
    assert (track(box).kind, track(box).engine) == (TrackKind.KARAOKE, "original")


def test_a_half_waits_for_the_one_that_is_still_being_copied(
    box: Box, folder: Path, watcher: Watcher
) -> None:
    song, picture = folder / "a.mp3", folder / "a.cdg"
    picture.write_bytes(karaoke.graphics(6))
    watcher.look()
    song.write_bytes(b"the first bytes")
    assert watcher.look().refused == 0
    song.write_bytes(karaoke.mp3())
    done = looks(watcher, 3)
    assert [(each.added, each.refused) for each in done] == [(0, 0), (1, 0), (0, 0)]
    assert track(box).kind is TrackKind.KARAOKE


def test_a_song_that_was_deleted_does_not_come_back(box: Box, folder: Path, watcher: Watcher) -> None:
    put(folder, "one.wav")
    looks(watcher)
    with box.db.write() as s:
        trash.throw(s, track(box).song_id)
    looks(watcher, 3)
    assert titles(box) == []


def test_new_tags_make_no_second_song(box: Box, folder: Path, watcher: Watcher) -> None:
    path = put(folder, "one.wav")
    looks(watcher)
    path.write_bytes(path.read_bytes() + b"LIST\4\0\0\0INFO")
    assert sum(each.added for each in looks(watcher, 3)) == 0


def test_another_recording_under_the_same_name_is_a_version_of_the_song(
    box: Box, folder: Path, watcher: Watcher
) -> None:
    put(folder, "one.wav")
    looks(watcher)
    work_off(box)
    first = track(box)
    for seed in (2, 3):
        put(folder, "one.wav", seed=seed)
        watcher.look()
        assert titles(box) == ["one"]
        looks(watcher)
    with box.db.read() as s:
        found = versions.of(s, first.song_id)
        assert (len(found), found[0].id) == (3, first.id)
        assert library.main_track(s, first.song_id).id == first.id, "until the newest is ready"
    work_off(box)
    with box.db.read() as s:
        assert library.main_track(s, first.song_id).id == found[-1].id
    assert looks(watcher)[-1].added == 0


def test_another_recording_follows_a_song_that_became_part_of_another_one(
    box: Box, folder: Path, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "one.wav")
    looks(watcher)
    first = track(box)
    put(folder, "two.wav", seed=2)
    looks(watcher)
    with box.db.read() as s:
        other = s.exec(select(Song.id).where(Song.id != first.song_id)).one()
    group = bring.group

    def slowly(*args: Any) -> Outcome:
        with box.db.write() as s:
            merging.merge(s, other, first.song_id)
        return group(*args)

    monkeypatch.setattr(bring, "group", slowly)
    put(folder, "one.wav", seed=3)
    looks(watcher)
    with box.db.read() as s:
        assert len(versions.of(s, other)) == 3


def test_a_zip_comes_in_as_its_songs(box: Box, folder: Path, watcher: Watcher) -> None:
    content = karaoke.zipped({"a.mp3": karaoke.mp3(), "a.cdg": karaoke.graphics(6)})
    (folder / "discs.zip").write_bytes(content)
    assert [each.added for each in looks(watcher, 3)] == [0, 1, 0]


def test_a_full_disk_is_no_fault_of_the_file(box: Box, folder: Path, watcher: Watcher) -> None:
    sound.save(folder / "one.wav", sound.song(12))
    watcher.look()
    with full_after(2_000_000), pytest.raises(DiskFull):
        watcher.look()
    assert not watcher.expects_more  # it is tried again with the next round, not at once
    assert watcher.look().added == 1


def test_where_the_box_keeps_its_songs_is_not_watched(box: Box) -> None:
    above = Watcher(box, (box.settings.data.parent,))
    put(box.settings.data.parent, "one.wav")
    looks(above)
    work_off(box)
    looks(above, 3)
    assert titles(box) == ["one"]


def test_strange_names_are_no_hindrance(box: Box, folder: Path, watcher: Watcher) -> None:
    made = put(folder, "one.wav")
    made.rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.wav"))
    put(folder, "'; DROP TABLE song; --.wav", 2)
    assert [each.added for each in looks(watcher)] == [0, 2]
    assert sum(each.added for each in looks(watcher)) == 0


def test_the_folders_are_a_setting(tmp_path: Path) -> None:
    settings = load({"KARAOKE_FOLDERS": f"{tmp_path}/a:{tmp_path}/b"}, tmp_path / "none")
    assert settings.watched == (tmp_path / "a", tmp_path / "b")
    assert load({}, tmp_path / "none").watched == ()


def test_only_the_work_that_makes_songs_singable_is_queued(box: Box, folder: Path, watcher: Watcher) -> None:
    put(folder, "one.wav")
    looks(watcher, 4)
    with box.db.read() as s:
        assert sorted(job.kind for job in s.exec(select(Job))) == sorted(JobKind)
