"""What an import did: how many songs came in, and what was left out and why. Kept as files, to be shown later."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipeline.errors import AlreadyThere
from pipeline.intake.bring import Outcome

KEEP = 20
# Enough to see what is wrong; the number is always right.
MAX_SKIPPED = 1000


@dataclass(frozen=True)
class Skipped:
    file: str
    # A note of the error, for the catalogue.
    reason: str


@dataclass
class Report:
    """One import, by hand (`import`) or of the watched folders (`watch`)."""

    kind: str
    paths: list[str]
    began: float = field(default_factory=time.time)
    ended: float = 0.0
    added: int = 0
    # There already: the same file, maybe somewhere else.
    known: int = 0
    refused: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    # Files of songs that are no longer where they were. The songs stay: the box has copies.
    gone: list[str] = field(default_factory=list)
    # Folders that could not be looked into.
    missing: list[str] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        if isinstance(outcome.error, AlreadyThere):
            self.known += 1
        elif outcome.error is not None:
            self.refused += 1
            if len(self.skipped) < MAX_SKIPPED:
                where = str(outcome.files[0]) if outcome.files else outcome.name
                inside = outcome.name if outcome.files and outcome.files[0].name != outcome.name else ""
                self.skipped.append(Skipped(f"{where} ({inside})" if inside else where, outcome.error.note))
        elif outcome.song is not None:
            self.added += 1

    @property
    def says_something(self) -> bool:
        return bool(self.added or self.refused or self.gone or self.missing)


def save(folder: Path, report: Report) -> Path:
    """Write a report whole, and let go of the oldest ones."""
    report.ended = time.time()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report.began:.3f}-{report.kind}.json"
    part = folder / f"{uuid4().hex}.part"
    part.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)
    for old in _newest_first(folder)[KEEP:]:
        old.unlink(missing_ok=True)
    return path


def last(folder: Path) -> Report | None:
    """The newest report that can be read."""
    for path in _newest_first(folder):
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return Report(**{**found, "skipped": [Skipped(**each) for each in found["skipped"]]})
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return None


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"), key=lambda path: path.name, reverse=True)
