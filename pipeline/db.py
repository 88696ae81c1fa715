"""The database: how it is opened, read and written, and how others learn of a change.

Readers begin deferred and see one snapshot. Writers begin IMMEDIATE: on SQLite a transaction that reads first and
writes later fails at once when another one wrote in between, whatever the busy timeout says.
"""

import random
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from pipeline.errors import AlreadyThere, Conflict, DatabaseBusy, DiskFull, EncoreError
from pipeline.tables import Change

log = structlog.get_logger()

BUSY_TRIES = 4


def connect(path: Path) -> sqlite3.Connection:
    """A plain autocommit connection, set up like every other one."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    prepare(raw)
    return raw


def prepare(raw: sqlite3.Connection) -> None:
    cursor = raw.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Writing(Session):
    """Holds the rows it has loaded: many rules look at the same ones, which are asked for once."""


@event.listens_for(Writing, "loaded_as_persistent")
def _hold(session: Session, row: object) -> None:
    session.info.setdefault("rows", []).append(row)


class Database:
    """Sessions on one database file."""

    def __init__(self, path: Path, slow_query_ms: int = 200) -> None:
        self.path = path
        self.engine = _engine(path, slow_query_ms)
        self._writing = self.engine.execution_options(encore_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One snapshot of the database. What is loaded stays usable after the session."""
        with Session(self.engine, expire_on_commit=False) as session, _as_domain_errors():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, undone by any error."""
        with Writing(self._writing, expire_on_commit=False) as session, _as_domain_errors():
            _begin(session)
            yield session
            session.commit()

    def close(self) -> None:
        self.engine.dispose()


def announce(s: Session, kind: str, key: str = "") -> None:
    """Tell every screen, in this transaction, that something of this kind is to be shown anew."""
    s.add(Change(kind=kind, key=key))


def newest_change(s: Session) -> int:
    found: int = s.connection().exec_driver_sql("SELECT coalesce(max(id), 0) FROM change").scalar_one()
    return found


def _engine(path: Path, slow_query_ms: int) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The driver must send no BEGIN of its own: ours says what kind of transaction it is.
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"check_same_thread": False, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def _connected(raw: sqlite3.Connection, _record: object) -> None:
        prepare(raw)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        write = connection.get_execution_options().get("encore_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection: Connection, *_rest: object) -> None:
        connection.info["encore_started"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(connection: Connection, _c: object, statement: str, *_rest: object) -> None:
        taken = (time.perf_counter() - connection.info["encore_started"]) * 1000
        if taken > slow_query_ms:
            log.warning("slow query", ms=round(taken), statement=" ".join(statement.split())[:300])

    return engine


def _begin(session: Session) -> None:
    """Open the transaction now, so that a busy database is met here, where trying again is harmless."""
    for attempt in range(1, BUSY_TRIES + 1):
        try:
            session.connection()
            return
        except OperationalError as error:
            if not _is_busy(error) or attempt == BUSY_TRIES:
                raise
            session.rollback()
            log.warning("database busy", attempt=attempt)
            time.sleep(random.uniform(0.05, 0.1) * 2**attempt)  # noqa: S311 - jitter, not a secret


@contextmanager
def _as_domain_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise _conflict(error) from error
    except OperationalError as error:
        if _is_busy(error):
            raise DatabaseBusy(str(error.orig)) from error
        if "disk is full" in str(error.orig):
            raise DiskFull(str(error.orig)) from error
        raise


def _is_busy(error: OperationalError) -> bool:
    return "is locked" in str(error.orig) or "is busy" in str(error.orig)


def _conflict(error: IntegrityError) -> EncoreError:
    """“UNIQUE constraint failed: track.sha256” → AlreadyThere that names table and column."""
    said = str(error.orig)
    unique = re.search(r"UNIQUE constraint failed: (?:index ')?(\w+)\.?(\w*)", said)
    if unique:
        return AlreadyThere(said, name=unique[1], column=unique[2])
    return Conflict(said)
