"""Migrations: from nothing, over a filled database, back again, and never behind the tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from karaoke_ui.show import tables as of_the_night
from pipeline import migrate, search
from pipeline import tables as of_the_library
from pipeline.db import Database
from pipeline.search_index import is_of_the_model
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
