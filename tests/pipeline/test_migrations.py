"""Migrations: from nothing, over a filled database, back again, and never behind the tables."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select

from karaoke_ui.show import tables as of_the_night
from karaoke_ui.show.tables import Deed, Performance, Turn
from pipeline import migrate
from pipeline import tables as of_the_library
from pipeline.db import Database
from pipeline.finding import search
from pipeline.finding.search_index import is_of_the_model
from pipeline.tables import Song

TABLES = (of_the_night, of_the_library)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "encore.db"


def names(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search!_%' ESCAPE '!'"
        )
        return {name for (name,) in found}


def fill(path: Path) -> None:
    database = Database(path)
    with database.write() as s:
        s.add(Song(title="Daisy Bell"))
    database.close()


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return [title for (title,) in raw.execute("SELECT title FROM song")]


def test_an_empty_database_gets_every_table(path: Path, tmp_path: Path) -> None:
    assert migrate.upgrade(path, tmp_path / "backups")
    assert names(path) == {*SQLModel.metadata.tables, "alembic_version"}
    assert migrate.current(path) == migrate.head()
    assert not (tmp_path / "backups").exists()


def test_a_second_start_does_nothing(path: Path, tmp_path: Path) -> None:
    migrate.upgrade(path, tmp_path / "backups")
    assert not migrate.upgrade(path, tmp_path / "backups")


def test_the_newest_revision_is_read_without_alembic() -> None:
    from alembic.script import ScriptDirectory

    assert migrate.head() == ScriptDirectory.from_config(migrate.configuration()).get_current_head()


def test_every_step_up_and_down_keeps_the_rows(path: Path, tmp_path: Path) -> None:
    from alembic.script import ScriptDirectory

    revisions = [r.revision for r in ScriptDirectory.from_config(migrate.configuration()).walk_revisions()][
        ::-1
    ]
    migrate.to(path, revisions[0])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "INSERT INTO song (id, title, artist, album, created_at) VALUES ('1', 'Daisy Bell', '', '', 0)"
        )
        raw.commit()
    for revision in revisions[1:]:
        migrate.to(path, revision)
    assert titles(path) == ["Daisy Bell"]
    for _ in revisions[1:]:
        migrate.to(path, "-1")
    assert titles(path) == ["Daisy Bell"]
    migrate.upgrade(path, tmp_path / "backups")
    assert titles(path) == ["Daisy Bell"]


def test_a_downgrade_to_the_beginning_leaves_nothing(path: Path, tmp_path: Path) -> None:
    migrate.upgrade(path, tmp_path / "backups")
    fill(path)
    migrate.to(path, "base")
    assert names(path) == {"alembic_version"}


def test_what_was_there_before_can_be_searched(path: Path, tmp_path: Path) -> None:
    migrate.to(path, "0002")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "INSERT INTO song (id, title, artist, album, language, mbid, cover_track, edited, created_at)"
            " VALUES ('1', 'Für Elise', '', '', '', '', '', '', 0)"
        )
        raw.commit()
    migrate.upgrade(path, tmp_path / "backups")
    database = Database(path)
    with database.read() as s:
        assert search.find(s, "fur elis").song_ids == ("1",)
    database.close()


def test_autogenerate_finds_nothing_to_do(path: Path, tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    migrate.upgrade(path, tmp_path / "backups")
    database = Database(path)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_of_the_model}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    database.close()


def test_the_database_is_copied_before_an_upgrade(path: Path, tmp_path: Path) -> None:
    migrate.upgrade(path, tmp_path / "backups")
    fill(path)
    with closing(sqlite3.connect(path)) as raw:  # as an older version of the product would have left it
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
        raw.commit()
    with pytest.raises(Exception, match="0000"):
        migrate.upgrade(path, tmp_path / "backups")
    (copy,) = (tmp_path / "backups").glob("*.db")
    assert titles(copy) == ["Daisy Bell"]


# What a box of the last version keeps of duets: a turn for each answer, what was sung, and a deed with its way back.
DUETS = """
    INSERT INTO singer (id, name, face, spoken, regular, recovery, language, merged_into, created_at)
        VALUES ('ada', 'Ada', '', '', 0, 'A', '', '', 0), ('ben', 'Ben', '', '', 0, 'B', '', '', 0);
    INSERT INTO night (id, name, is_open, rules, version, opened_at) VALUES ('night', 'Friday', 1, '{}', 0, 0);
    INSERT INTO song (id, title, artist, album, language, mbid, cover_track, edited, created_at, blocked)
        VALUES ('song', 'Shallow', '', '', '', '', '', '', 0, 0);
    INSERT INTO turn (id, night_id, singer_id, song_id, state, place, asked_at, key, tempo, partner_id, partner, message,
            later, wish, early_ok, missed, closing)
        VALUES ('alone', 'night', 'ada', 'song', 'WAITING', 1, 0, 0, 1, NULL, 'NONE', '', 0, '', 0, 0, 0),
            ('asked', 'night', 'ada', 'song', 'WAITING', 2, 0, 0, 1, 'ben', 'ASKED', '', 0, '', 0, 0, 0),
            ('yes', 'night', 'ben', 'song', 'SUNG', 3, 0, 0, 1, 'ada', 'YES', '', 0, '', 0, 0, 0),
            ('no', 'night', 'ada', 'song', 'WAITING', 4, 0, 0, 1, 'ben', 'NO', '', 0, '', 0, 0, 0);
    INSERT INTO performance (id, turn_id, night_id, singer_id, song_id, started_at, seconds, finished, counted, partner_id,
            key, tempo)
        VALUES ('sung', 'yes', 'night', 'ben', 'song', 0, 60, 1, 1, 'ada', 0, 1),
            ('solo', 'alone', 'night', 'ada', 'song', 0, 60, 1, 1, NULL, 0, 1);
    INSERT INTO deed (night_id, at, by, action, about, before) VALUES ('night', 0, 'host', 'changed', '{}',
        '{"turn": {"asked": {"key": 2, "partner_id": "ben", "partner": "yes"}, "alone": {"partner_id": null, "partner": ""},
          "no": {"state": "removed"}}}');
"""
TURNS_OF_OLD = "SELECT id, partner_id, partner FROM turn ORDER BY id"


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(question).fetchall()


def test_a_duet_is_a_group_of_two_and_goes_back(path: Path) -> None:
    migrate.to(path, "0009")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(DUETS)
        raw.commit()
    turns, deeds = ask(path, TURNS_OF_OLD), json.loads(str(ask(path, "SELECT before FROM deed")[0][0]))
    migrate.to(path, "0010")
    database = Database(path)
    with database.read() as s:
        assert dict(s.exec(select(Turn.id, Turn.partners)).all()) == {
            "alone": {},
            "asked": {"ben": "asked"},
            "yes": {"ada": "yes"},
            "no": {"ben": "no"},
        }
        assert {sung.id: sung.partners for sung in s.exec(select(Performance))} == {
            "sung": ["ada"],
            "solo": [],
        }
        undone = json.loads(s.exec(select(Deed.before)).one())["turn"]
        assert undone == {
            "asked": {"key": 2, "partners": {"ben": "yes"}},
            "alone": {"partners": {}},
            "no": {"state": "removed"},
        }
    database.close()
    # Only one of a group goes back: who said yes.
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            """UPDATE turn SET partners = '{"x": "no", "ada": "asked", "ben": "yes"}' WHERE id = 'no'"""
        )
        raw.commit()
    migrate.to(path, "-1")
    assert ask(path, TURNS_OF_OLD) == [("no", "ben", "YES") if each[0] == "no" else each for each in turns]
    assert ask(path, "SELECT id, partner_id FROM performance ORDER BY id") == [
        ("solo", None),
        ("sung", "ada"),
    ]
    assert json.loads(str(ask(path, "SELECT before FROM deed")[0][0])) == deeds


LINES = """
    INSERT INTO singer (id, name, face, spoken, regular, recovery, language, merged_into, created_at)
        VALUES ('ada', 'Ada', '', '', 0, 'A', '', '', 0);
    INSERT INTO night (id, name, is_open, rules, version, opened_at) VALUES ('night', 'Friday', 1, '{}', 0, 0);
    INSERT INTO song (id, title, artist, album, language, mbid, cover_track, edited, created_at, blocked)
        VALUES ('song', 'Shallow', '', '', '', '', '', '', 0, 0);
    INSERT INTO turn (id, night_id, singer_id, song_id, state, place, asked_at, key, tempo, partners, message,
            later, wish, early_ok, missed, closing)
        VALUES ('line', 'night', 'ada', 'song', 'WAITING', 1, 0, 0, 1, '{}', 'Hello', 0, '', 0, 0, 0),
            ('none', 'night', 'ada', 'song', 'SUNG', 2, 0, 0, 1, '{}', '', 0, '', 0, 0, 0),
            ('undone', 'night', 'ada', 'song', 'REQUESTED', 3, 0, 0, 1, '{}', '', 0, '', 0, 0, 0);
    INSERT INTO deed (night_id, at, by, action, about, before, undone_at) VALUES
        ('night', 0, 'host', 'asked', '{}', '{"turn": {"none": {"state": "removed"}}}', NULL),
        ('night', 0, 'singer:ada', 'asked', '{}', '{"turn": {"line": {"state": "removed"}}}', NULL),
        ('night', 0, 'host', 'approved', '{}', '{"turn": {"undone": {"state": "requested"}}}', 1);
"""


def test_a_line_that_was_shown_is_shown_on_and_one_that_waits_does_not_go_back(path: Path) -> None:
    migrate.to(path, "0010")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(LINES)
        raw.commit()
    migrate.to(path, "0011")
    found = ask(path, "SELECT id, approved, message_allowed FROM turn ORDER BY id")
    assert found == [("line", 0, 1), ("none", 1, None), ("undone", 0, None)]
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE turn SET message = 'Waits' WHERE id = 'undone'")
        waits = {"key": 1, "approved": False, "message": "Waited", "message_allowed": None}
        raw.execute("UPDATE deed SET before = ? WHERE id = 1", (json.dumps({"turn": {"none": waits}}),))
        raw.commit()
    migrate.to(path, "-1")
    assert ask(path, "SELECT id, message FROM turn ORDER BY id") == [
        ("line", "Hello"),
        ("none", ""),
        ("undone", ""),
    ]
    before = json.loads(str(ask(path, "SELECT before FROM deed WHERE id = 1")[0][0]))
    assert before == {"turn": {"none": {"key": 1, "message": ""}}}


def test_one_turn_at_a_time_is_on_stage_whatever_was_migrated(path: Path, tmp_path: Path) -> None:
    migrate.upgrade(path, tmp_path / "backups")
    ((index,),) = ask(path, "SELECT sql FROM sqlite_master WHERE name = 'uq_turn_on_stage'")
    assert "UNIQUE" in str(index)
    assert "WHERE state = 'ON_STAGE'" in str(index)
