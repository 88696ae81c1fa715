"""The database: transactions, conflicts in our words, a busy writer, and the change table."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlmodel import select

from pipeline import db
from pipeline.box import Box
from pipeline.errors import AlreadyThere, DatabaseBusy
from pipeline.tables import Change, Song, Track


def track(song: Song, sha256: str) -> Track:
    return Track(
        song_id=song.id,
        source="upload",
        file_name="a.mp3",
        original="original.mp3",
        sha256=sha256,
        bytes=1,
        seconds=1,
    )


def test_what_is_written_is_there_and_what_fails_is_not(box: Box) -> None:
    with box.db.write() as s:
        s.add(Song(title="Kept"))
    with pytest.raises(RuntimeError), box.db.write() as s:
        s.add(Song(title="Undone"))
        s.flush()
        raise RuntimeError
    with box.db.read() as s:
        assert s.exec(select(Song.title)).all() == ["Kept"]


def test_a_unique_violation_is_a_domain_error(box: Box) -> None:
    with box.db.write() as s:
        song = Song(title="One")
        s.add(song)
        s.flush()
        s.add(track(song, "same"))
    with pytest.raises(AlreadyThere) as caught, box.db.write() as s:
        s.add(track(song, "same"))
    assert caught.value.context["name"] == "track"


def test_a_file_in_the_trash_may_come_again(box: Box) -> None:
    with box.db.write() as s:
        song = Song(title="One")
        s.add(song)
        s.flush()
        old = track(song, "same")
        old.deleted_at = time.time()
        s.add(old)
        s.add(track(song, "same"))


def test_two_writers_wait_for_each_other_and_both_count(box: Box) -> None:
    with box.db.write() as s:
        song = Song(title="0")
        s.add(song)

    def count_up() -> None:
        for _ in range(25):
            with box.db.write() as s:  # reads first, then writes: fails at once unless it begins IMMEDIATE
                row = s.get_one(Song, song.id)
                row.title = str(int(row.title) + 1)
                s.add(row)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with box.db.read() as s:
        assert s.get_one(Song, song.id).title == "100"


def test_a_database_that_stays_locked_says_so(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_TRIES", 2)
    blocker = sqlite3.connect(box.db.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with box.db.read() as s:
        s.connection().exec_driver_sql("PRAGMA busy_timeout=10")  # the pool hands out this connection again
    with pytest.raises(DatabaseBusy), box.db.write() as s:
        s.add(Song(title="Never"))
    blocker.execute("ROLLBACK")
    blocker.close()
    with box.db.write() as s:
        s.add(Song(title="Now"))


def test_a_busy_database_is_tried_again(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = sqlite3.connect(box.db.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with box.db.read() as s:
        s.connection().exec_driver_sql("PRAGMA busy_timeout=10")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            blocker.execute("ROLLBACK")

    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", pause)
        with box.db.write() as s:
            s.add(Song(title="Late"))
    blocker.close()
    assert len(pauses) == 2
    assert 0 < pauses[0] < pauses[1]
    with box.db.read() as s:
        assert s.exec(select(Song.title)).all() == ["Late"]


def test_every_connection_is_set_up(tmp_path: Path) -> None:
    raw = db.connect(tmp_path / "x.db")
    asked = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "foreign_keys": 1}
    raw.close()


def test_a_change_is_announced_with_it_or_not_at_all(box: Box) -> None:
    with box.db.write() as s:
        s.add(Song(title="One"))
        db.announce(s, "song", "1")
    with pytest.raises(RuntimeError), box.db.write() as s:
        db.announce(s, "song", "2")
        raise RuntimeError
    with box.db.read() as s:
        assert [(c.kind, c.key) for c in s.exec(select(Change))] == [("song", "1")]


def test_ids_of_changes_are_never_used_twice(box: Box) -> None:
    with box.db.write() as s:
        db.announce(s, "song", "1")
        s.flush()
        s.connection().exec_driver_sql("DELETE FROM change")
        db.announce(s, "song", "2")
    with box.db.read() as s:
        assert s.exec(select(Change)).one().id == 2
