"""Words: from a file that came beside the song, else from the song's own tags."""

import structlog

from pipeline import lyrics, tags
from pipeline.errors import NotFound
from pipeline.formats import lrc, sidecar
from pipeline.tables import Track
from pipeline.words import Lyrics
from pipeline.work import Work

log = structlog.get_logger()


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    found = _beside(work, track) or _inside(work, track)
    if found is None:
        log.info("no words found")
        return
    with work.box.db.write() as s:
        lyrics.put(s, track.id, *found)
    log.info("words found", source=found[0], timing=found[1].timed, lines=len(found[1].lines))


def _beside(work: Work, track: Track) -> tuple[str, Lyrics] | None:
    content = work.box.store.words(track.id)
    if content is None:
        return None
    found = sidecar.read(content, track.seconds)
    return found if found[1].lines else None


def _inside(work: Work, track: Track) -> tuple[str, Lyrics] | None:
    text = tags.read(work.folder / track.original).lyrics
    found = lrc.parse(text, track.seconds) if text else None
    return ("tags", found) if found and found.lines else None
