"""Songs that guests bring on their phones: only where the host allows it, and never more than the box has room for."""

from typing import BinaryIO

from sqlmodel import Session

from karaoke_ui.show import night, rights, rules
from karaoke_ui.show.rights import Actor, Role, allow
from pipeline import library
from pipeline.box import Box
from pipeline.errors import Conflict, DiskFull
from pipeline.tables import Song

SOURCE = "phone"
# What guests bring leaves this much of the disk for the night itself.
KEEP_FREE_MB = 2000


def guests_may(s: Session) -> bool:
    return rules.of(night.current(s)).uploads


@allow(Role.SINGER)
def check(s: Session, actor: Actor) -> None:
    """Raise unless this singer may bring a song now."""
    if not guests_may(s):
        raise Conflict(reason="no_uploads")


def take(box: Box, actor: Actor, stream: BinaryIO, name: str) -> Song:
    """Take in a song from a singer's phone. No session here: looking at a file takes longer than a transaction may."""
    with box.db.read() as s:
        rights.check(s, actor, Role.SINGER)
        check(s, actor)
    if box.store.free_mb() < KEEP_FREE_MB:
        raise DiskFull
    return library.add(
        box, stream, name, SOURCE, brought_by=actor.id, most_mb=box.settings.max_guest_upload_mb
    )
