"""Separate: the voice is taken out chunk by chunk, and each finished chunk can be played at once."""

import time
from dataclasses import dataclass, replace

import structlog

from pipeline import jobs
from pipeline.audio import stems
from pipeline.audio.chunks import CHUNK_FRAMES, RATE, Reel, chunked
from pipeline.db import announce
from pipeline.engines import Separator
from pipeline.engines.choice import Engines
from pipeline.errors import DamagedFile, JobLost, JobPutOff, NotFound
from pipeline.keeping import integrity
from pipeline.tables import Lane, Track, TrackState
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
        if jobs.is_whole(track):
            track = _without_damage(work, track, engine.name)
        Separation(work, track, engine).go_on()
    stems.free(work.folder, engine.name)


def _without_damage(work: Work, track: Track, engine: str) -> Track:
    """A song that is made again loses what is damaged of it: its mix, and those stems that are not replaced anyway."""
    found = integrity.damage_of(work.folder, track)
    if track.engine != engine:
        found = replace(found, stems=(), first=track.separated)
    if not found.mix and not found.stems:
        return track
    if integrity.is_lost(track, found):
        raise DamagedFile("and so is its mix", name=track.file_name)
    if not found.mix:
        found = replace(found, original="")  # nothing is made of it now
    with work.box.db.write() as s:
        jobs.beat(s, work.held, time.time())  # fenced: an attempt that was lost removes nothing
        if stems.is_held(s, track.id):
            raise JobPutOff(job=work.held.job_id)
        track = s.get_one(Track, track.id)
        step = integrity.let_go(s, work.folder, track, found)
        log.warning("what is damaged is made anew", files=len(found.files()), step=step)
        if step == work.held.step:
            track.state = TrackState.PREPARING
        else:
            jobs.go_back(s, track.id, step)
    if step != work.held.step:
        work.box.lanes.wake(Lane.PREPARE)
        raise JobLost(job=work.held.job_id)
    return track


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
            # What was sealed and found good stays as it was sealed.
            if done < self.track.chunks or not reel.is_sealed():
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
