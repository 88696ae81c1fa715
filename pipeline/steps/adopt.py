"""Adopt: a song that came ready to be sung is used as it is. Its stems are made of what there is, nothing is separated.

It may be on the stage meanwhile, when its picture comes late: what is played stays there, and stays the same.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
from sqlmodel import Session

from pipeline import jobs
from pipeline.audio import media, stems
from pipeline.audio.chunks import CHUNK_FRAMES, Audio, Reel, chunked
from pipeline.db import announce
from pipeline.errors import JobPutOff, NotFound
from pipeline.intake import beside
from pipeline.store import disk_errors
from pipeline.tables import READY_MADE, Track
from pipeline.video import picture
from pipeline.work import Work

# Where separated stems have the name of the engine that made them.
ENGINE = READY_MADE


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
        if track is None:
            raise NotFound(what="song")
        if not track.ready_made:
            return
        _let_it_be_sung(s, work, track)
    video = _picture(work)
    folder = work.folder / stems.FOLDER / ENGINE
    vocals, instrumental = Reel(folder / "vocals"), Reel(folder / "instrumental")
    for reel in (vocals, instrumental):
        reel.clear_temp()
    sung = beside.half(work.folder, beside.VOCALS)
    played = beside.half(work.folder, beside.INSTRUMENTAL)
    if sung and played:
        _take(work, sung, vocals)
        _take(work, played, instrumental)
    else:
        _share(work, instrumental)
        _be_silent(work, vocals)
    work.check()
    for reel in (vocals, instrumental):
        reel.cut(track.chunks)
        reel.seal()
    with work.box.db.write() as s:
        jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost publishes nothing
        track = s.get_one(Track, work.held.track_id)
        _let_it_be_sung(s, work, track)
        track.engine, track.separated, track.video = ENGINE, track.chunks, video or track.video
        s.add(track)
        announce(s, "track", track.id)
    stems.free(work.folder, ENGINE)


def _let_it_be_sung(s: Session, work: Work, track: Track) -> None:
    """Stems of another engine that are whole are not taken from under a performance."""
    if track.engine != ENGINE and jobs.is_whole(track) and stems.is_held(s, track.id):
        raise JobPutOff(job=work.held.job_id)


def _picture(work: Work) -> str:
    """The disc's picture as a video that every screen plays; its name, empty where there is none."""
    graphics = work.folder / beside.GRAPHICS
    if not graphics.is_file():
        return ""
    if not (work.folder / beside.PICTURE).is_file():
        picture.make(graphics, work.folder / beside.PICTURE, work.check)
    return beside.PICTURE


def _take(work: Work, path: Path, reel: Reel) -> None:
    """One half of a song, exactly as long as the whole."""
    mix = Reel(work.folder / "mix")
    for number, chunk in enumerate(_fitted(work, path, mix.frames())):
        work.check()
        reel.write(number, chunk)


def _fitted(work: Work, path: Path, frames: int) -> Iterator[Audio]:
    """The sound of a file, cut or filled up with silence to that many frames, in chunks."""

    def blocks() -> Iterator[Audio]:
        left = frames
        for block in media.decode(path, path.name, work.check):
            if left <= 0:
                return
            yield block[:, :left]
            left -= block.shape[1]
        while left > 0:
            yield np.zeros((2, min(left, CHUNK_FRAMES)), np.float32)
            left -= CHUNK_FRAMES

    return chunked(blocks())


def _share(work: Work, reel: Reel) -> None:
    """The whole song once more, without taking room for it."""
    mix = Reel(work.folder / "mix")
    for number in range(mix.count()):
        work.check()
        _link(mix.path(number), reel.path(number))


def _be_silent(work: Work, reel: Reel) -> None:
    """No voice at all, as long as the song: one silent chunk under every number but the last."""
    frames = Reel(work.folder / "mix").frames()
    whole, rest = divmod(frames, CHUNK_FRAMES)
    for number in range(whole):
        work.check()
        if number == 0:
            reel.write(0, np.zeros((2, CHUNK_FRAMES), np.float32))
        else:
            _link(reel.path(0), reel.path(number))
    if rest:
        reel.write(whole, np.zeros((2, rest), np.float32))


def _link(source: Path, target: Path) -> None:
    """A second name for a file; a copy on disks that know no such thing. What has that name is there until then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{uuid4().hex}.part")
    try:
        with disk_errors():
            try:
                os.link(source, part)
            except OSError:
                shutil.copyfile(source, part)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # two names of one file do not replace each other
