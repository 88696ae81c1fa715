"""The halves of a song on the disk: each engine's in a folder of its own, of which one pair is played."""

import shutil
from pathlib import Path

from sqlmodel import Session

from pipeline.tables import Setting

FOLDER = "stems"
_HELD = "on_stage"


def hold(s: Session, track_id: str) -> None:
    """Whoever plays a song says so: until it says another one (or none), the pair that is played stays the same."""
    s.merge(Setting(name=_HELD, value=track_id))


def is_held(s: Session, track_id: str) -> bool:
    held = s.get(Setting, _HELD)
    return held is not None and held.value == track_id


def free(folder: Path, kept: str) -> None:
    """Remove from a track's folder what other engines made than the one whose stems are played."""
    for other in (folder / FOLDER).glob("*"):
        if other.name != kept:
            shutil.rmtree(other, ignore_errors=True)
