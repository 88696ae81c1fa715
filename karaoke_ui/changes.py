"""What was committed to the database since the last look, whichever process did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import db

# What work on songs changes, how long it is gathered, and how much longer for each song among it.
OF_WORK = {"song", "track", "job", "lyrics"}
GATHER_SECONDS, PER_SONG_SECONDS, GATHER_AT_MOST = 0.2, 0.1, 1.0


@dataclass(frozen=True)
class Changes:
    """What changed in one look at the database: kind → keys."""

    keys: dict[str, frozenset[str]]

    def __contains__(self, kind: str) -> bool:
        return kind in self.keys

    @property
    def of_people(self) -> bool:
        return not self.keys.keys() <= OF_WORK

    @property
    def pause(self) -> float:
        """How long work changes nothing on the screens after these."""
        songs = len(self.keys.get("song", ()))
        return min(GATHER_AT_MOST, max(GATHER_SECONDS, songs * PER_SONG_SECONDS))

    def and_also(self, rows: Iterable[tuple[int, str, str]]) -> "Changes":
        keys = {kind: set(found) for kind, found in self.keys.items()}
        for _, kind, key in rows:
            keys.setdefault(kind, set()).add(key)
        return Changes({kind: frozenset(found) for kind, found in keys.items()})


NOTHING = Changes({})


class Unshown:
    """The changes that no screen has been told of yet, read out of the change table past the last one that was seen."""

    def __init__(self, path: Path, last: int) -> None:
        self._raw = db.connect(path)
        self._version: int | None = None
        self.last = last
        self.changes = NOTHING

    def read(self) -> None:
        (version,) = self._raw.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        rows = self._raw.execute(
            "SELECT id, kind, key FROM change WHERE id > ? ORDER BY id", (self.last,)
        ).fetchall()
        self._version = version
        if rows:
            self.last = rows[-1][0]
            self.changes = self.changes.and_also(rows)

    def shown(self) -> None:
        self.changes = NOTHING

    def close(self) -> None:
        self._raw.close()
