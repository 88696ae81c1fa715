"""Separate: the voice is taken out chunk by chunk, and each finished chunk can be played at once."""

import time

import structlog

from pipeline import jobs
from pipeline.chunks import CHUNK_FRAMES, RATE, Reel, chunked
from pipeline.db import announce
from pipeline.engines import Separator
from pipeline.engines.choice import Engines
from pipeline.errors import NotFound
from pipeline.tables import Track
from pipeline.work import Work

log = structlog.get_logger()


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    engine = Engines.of(work.box).current(work.check)
    stems = work.folder / "stems" / engine.name
    vocals, instrumental = Reel(stems / "vocals"), Reel(stems / "instrumental")
    # Stems that are whole stay on the stage until the new ones are.
    live = not (track.engine and track.engine != engine.name and track.separated == track.chunks)
    done = min(vocals.count(), instrumental.count())
    if live:
        _publish(work, track.id, engine, done)
    if done < track.chunks:
        _separate(work, track, engine, vocals, instrumental, done, live)
    if not live:
        _publish(work, track.id, engine, track.chunks)


def _separate(
    work: Work, track: Track, engine: Separator, vocals: Reel, instrumental: Reel, done: int, live: bool
) -> None:
    mix = Reel(work.folder / "mix").read(0, track.chunks * CHUNK_FRAMES)
    began, first = time.monotonic(), done
    for number, voice in enumerate(chunked(engine.vocals(mix, done * CHUNK_FRAMES, work.check)), done):
        start = number * CHUNK_FRAMES
        # The two stems always add up to the song: what is not voice is instrumental.
        instrumental.write(number, mix[:, start : start + voice.shape[1]] - voice)
        vocals.write(number, voice)
        done = number + 1
        if live:
            _publish(work, track.id, engine, done)
        work.progress(done / track.chunks)
        if done < track.chunks:
            work.pause_point()
    seconds = (done - first) * CHUNK_FRAMES / RATE
    speed = (time.monotonic() - began) / max(seconds, 1.0)
    with work.box.db.write() as s:
        jobs.note_speed(s, engine.name, speed)
    log.info("voice taken out", engine=engine.name, seconds=round(seconds, 1), speed=round(speed, 3))


def _publish(work: Work, track_id: str, engine: Separator, done: int) -> None:
    with work.box.db.write() as s:
        jobs.beat(s, work.held, time.time())  # fenced: an attempt that was lost publishes nothing
        track = s.get_one(Track, track_id)
        track.engine, track.separated = engine.name, done
        s.add(track)
        announce(s, "track", track_id)
