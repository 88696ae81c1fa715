"""After a crash: what is half-done on the disk goes, and nothing that somebody is just taking in."""

import structlog
from sqlmodel import select

from pipeline.box import Box
from pipeline.keeping import rebuild
from pipeline.tables import Track

log = structlog.get_logger()


def tidy(box: Box) -> None:
    """Remove what nobody owns. One process that starts again may find others at work: then a later start does it."""
    with box.store.tidying() as alone:
        if not alone:
            log.info("tidied up at another start: files are being taken in")
            return
        with box.db.read() as s:
            # Until the database is made anew, a folder without a track may be a song.
            known = set() if rebuild.is_under_way(s) else set(s.exec(select(Track.id)))
        for name in box.store.tidy(known):
            log.warning("half-done file removed", name=name)
