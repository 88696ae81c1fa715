"""Align: words that came with line times, or none, get a time each, heard from the separated voice."""

from dataclasses import replace

import structlog

from pipeline import aligning, jobs, language, lyrics
from pipeline.audio.chunks import Reel
from pipeline.tables import Track
from pipeline.work import Work

log = structlog.get_logger()

# The quick mix only turns the voice down: what it calls the voice is all that stands in the middle.
NOT_CLEAR = "center"


def run(work: Work) -> None:
    """Also called when words come late. Does nothing while the voice is not out."""
    while not _run(work):
        log.info("other words came meanwhile")


def _run(work: Work) -> bool:
    """False when the words were replaced while they were being timed."""
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
        there, found = lyrics.of_track(s, work.held.track_id), lyrics.load(s, work.held.track_id)
    if track is None or there is None or found is None or not jobs.is_whole(track):
        return True
    found = replace(found, language=found.language or language.guess(line.text for line in found.lines))
    if not aligning.is_open(found):
        return True
    voice = Reel(work.folder / "stems" / track.engine / "vocals")
    timed = aligning.align(found, aligning.Voice(voice, track.engine != NOT_CLEAR), work.pause_point)
    if timed == found:
        return True
    with work.box.db.write() as s:
        current = lyrics.of_track(s, track.id)
        if current is None or current.id != there.id:
            return False
        jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost writes nothing
        lyrics.put(s, track.id, there.source, timed)
    weak = sum(line.confidence is not None and line.confidence < lyrics.WEAK for line in timed.lines)
    log.info("words timed", lines=len(timed.lines), weak=weak, language=found.language)
    return True
