"""Separate: the voice is taken out chunk by chunk, and each finished chunk can be played at once."""

import time
from dataclasses import dataclass

import structlog

from pipeline import jobs, stems
from pipeline.chunks import CHUNK_FRAMES, RATE, Reel, chunked
from pipeline.db import announce
from pipeline.engines import Separator
from pipeline.engines.choice import Engines
from pipeline.errors import JobPutOff, NotFound
from pipeline.tables import Track
from pipeline.work import Work

log = structlog.get_logger()


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    if track.ready_made:
        return  # it was taken over as it is
    begun = track.engine if 0 < track.separated < track.chunks else ""
    with Engines.of(work.box).using(work.check, begun) as engine:
        Separation(work, track, engine).go_on()
    stems.free(work.folder, engine.name)


@dataclass
class Separation:
    """One track on its way through one engine."""

    work: Work
    track: Track
    engine: Separator

    def __post_init__(self) -> None:
        folder = self.work.folder / stems.FOLDER / self.engine.name
        self.vocals, self.instrumental = Reel(folder / "vocals"), Reel(folder / "instrumental")
        # Stems that are whole stay on the stage until the new ones are.
        other = self.track.engine not in ("", self.engine.name)
        self.live = not (other and self.track.separated == self.track.chunks)

    def go_on(self) -> None:
        """From where an earlier attempt was cut: what is finished lies on disk."""
        done = min(self.vocals.count(), self.instrumental.count())
        if self.live:
            self._publish(done)
        if done < self.track.chunks:
            self._separate(done)
        for reel in (self.vocals, self.instrumental):
            reel.seal()
        if not self.live:
            self._swap()

    def _separate(self, first: int) -> None:
        mix = Reel(self.work.folder / "mix").read(0, self.track.chunks * CHUNK_FRAMES)
        began, speed = time.monotonic(), 0.0
        voices = self.engine.vocals(mix, first * CHUNK_FRAMES, self.work.check)
        for number, voice in enumerate(chunked(voices), first):
            start = number * CHUNK_FRAMES
            # The two stems always add up to the song: what is not voice is instrumental.
            self.instrumental.write(number, mix[:, start : start + voice.shape[1]] - voice)
            self.vocals.write(number, voice)
            done = number + 1
            speed = (time.monotonic() - began) / ((done - first) * CHUNK_FRAMES / RATE)
            if self.live:
                self._publish(done, speed)
            self.work.progress(done / self.track.chunks)
            if done < self.track.chunks:
                self.work.pause_point()
        log.info(
            "voice taken out",
            engine=self.engine.name,
            chunks=self.track.chunks - first,
            speed=round(speed, 3),
        )

    def _swap(self) -> None:
        """The new stems are whole: from now on they are played. Not in the middle of a performance."""
        with self.work.box.db.read() as s:
            if stems.is_held(s, self.track.id):
                raise JobPutOff(job=self.work.held.job_id)
        self._publish(self.track.chunks)

    def _publish(self, done: int, speed: float | None = None) -> None:
        """Let the stage have the chunks that are finished, and everybody know how fast this box is."""
        with self.work.box.db.write() as s:
            jobs.beat(s, self.work.held, time.time())  # fenced: an attempt that was lost publishes nothing
            track = s.get_one(Track, self.track.id)
            track.engine, track.separated = self.engine.name, done
            s.add(track)
            if speed is not None:
                jobs.note_speed(s, self.engine.name, speed)
            announce(s, "track", track.id)
