"""Measure: key and tempo of the band, the range of the voice, and how high the stems peak. Loudness: see decode."""

import numpy as np
import structlog

from pipeline import jobs, lyrics
from pipeline.audio import pitch
from pipeline.audio.chunks import CHUNK_FRAMES, RATE, Reel
from pipeline.audio.music import Ear
from pipeline.db import announce
from pipeline.steps.align import NOT_CLEAR
from pipeline.tables import Track
from pipeline.work import Work

log = structlog.get_logger()


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track, words = s.get(Track, work.held.track_id), lyrics.load(s, work.held.track_id)
    if track is None or not jobs.is_whole(track):
        return
    stems = work.folder / "stems" / track.engine
    band, voice = Reel(stems / "instrumental"), Reel(stems / "vocals")
    ear, peak = Ear(), track.peak or 0.0
    heard = [pitch.NONE]
    for number in range(track.chunks):
        work.pause_point()
        start, stop = number * CHUNK_FRAMES, (number + 1) * CHUNK_FRAMES
        played = band.read(start, stop)
        ear.hear(played)
        # A stem can peak above the mix that it came from.
        peak = max(peak, float(np.abs(played).max(initial=0.0)))
        if track.engine != NOT_CLEAR:
            heard.append(pitch.moments(voice.read(start, stop), start / RATE))
        work.progress((number + 1) / track.chunks)
    timed = sorted((word.start, word.end) for line in (words.lines if words else ()) for word in line.words)
    span = pitch.span(np.concatenate(heard), timed)
    with work.box.db.write() as s:
        jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost writes nothing
        track = s.get_one(Track, track.id)
        track.key, track.bpm, track.peak = ear.key(), ear.tempo(), peak
        track.lowest, track.highest = span or (None, None)
        s.add(track)
        announce(s, "track", track.id)
    log.info("song measured", key=track.key, bpm=track.bpm, lowest=track.lowest, highest=track.highest)
