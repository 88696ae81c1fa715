"""Bring the database to the newest form: looks first, so that a start that needs nothing imports nothing."""

import re
import sqlite3
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
KEEP_BACKUPS = 10


@cache
def head() -> str:
    """The newest revision: the one that no other follows. Read from the files, since Alembic takes long to import."""
    revisions, followed = set(), set()
    for path in (FOLDER / "versions").glob("*.py"):
        content = path.read_text(encoding="utf-8")
        revisions.update(re.findall(r'^revision = ["\'](\w+)', content, re.MULTILINE))
        followed.update(re.findall(r'^down_revision = ["\'](\w+)', content, re.MULTILINE))
    (newest,) = revisions - followed
    return str(newest)


def current(database: Path) -> str | None:
    """The revision of a database file, None for one that is empty or not there."""
    if not database.exists():
        return None
    with closing(sqlite3.connect(database)) as raw:
        try:
            row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return str(row[0]) if row else None


def upgrade(database: Path, backups: Path) -> bool:
    """Migrate if that is needed, after a copy of the database was put aside; True when something was done."""
    found = current(database)
    if found == head():
        return False
    if found is not None:
        copy = backup(database, backups, f"before-{head()}")
        log.info("database copied before its upgrade", copy=copy.name)
    to(database, "head")
    _renew_index(database)
    log.info("database migrated", before=found, now=head())
    return True


def to(database: Path, revision: str) -> None:
    """Move to any revision, up or down."""
    from alembic import command

    from pipeline.db import Database

    opened = Database(database)
    steps = command.downgrade if _is_down(revision) else command.upgrade
    with opened.engine.connect() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        # Recreating a table drops it for a moment: its references must not go with it.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN")
        steps(config, revision)
        connection.commit()
    opened.close()


def _renew_index(database: Path) -> None:
    """The search index is derived by code, not by SQL, and newer code may read titles in another way."""
    from pipeline.db import Database
    from pipeline.finding import search_index

    opened = Database(database)
    with opened.write() as s:
        search_index.renew(s.connection())
    opened.close()


def configuration() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def backup(database: Path, folder: Path, label: str) -> Path:
    """A whole copy of the database as of now, safe while others write to it."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{label}.db"
    part = target.with_suffix(".part")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    part.replace(target)
    for old in sorted(folder.glob("*-before-*.db"))[:-KEEP_BACKUPS]:
        old.unlink()
    return target


def _is_down(revision: str) -> bool:
    return revision == "base" or revision.startswith("-")
