"""Fetch: the sound of a video comes into its track's folder. A file that is there already needs nothing of it."""

import hashlib
import shutil
import time
from pathlib import Path

import structlog
from sqlmodel import col, select

from pipeline import jobs, videos
from pipeline.audio import media
from pipeline.db import announce
from pipeline.errors import EncoreError, NotFound, YouTubeBlocked, YouTubeOffline
from pipeline.sources import youtube
from pipeline.store import BLOCK, disk_errors
from pipeline.tables import Track, TrackKind
from pipeline.videos import SOURCE
from pipeline.work import Work

log = structlog.get_logger()

# Where it lies until it is whole: what was fetched before a cut stays, and is gone on with.
UNFINISHED = "fetching"
ORIGINAL, VIDEO = "original", "video"
# A karaoke video is not singable without its picture: most of the wait is for its sound all the same.
SHARE_OF_SOUND = 0.9


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    if track.source != SOURCE or (track.original and (work.folder / track.original).is_file()):
        return
    began = time.monotonic()
    sound = _whole(work.folder, ORIGINAL) or _fetch(work, track, "sound", ORIGINAL)
    has_video = media.probe(sound, track.file_name).has_video
    video = sound.name if has_video else track.video
    if track.kind is TrackKind.KARAOKE and not video:
        video = (_whole(work.folder, VIDEO) or _fetch(work, track, "picture", VIDEO)).name
    shutil.rmtree(work.folder / UNFINISHED, ignore_errors=True)
    _publish(work, sound, video)
    with work.box.db.write() as s:
        jobs.note_speed(s, "fetch", (time.monotonic() - began) / max(track.seconds, 1.0))


def fetch_picture(work: Work, track: Track) -> Path:
    """The picture of a video that is there as sound. Gives way to whoever is waited for."""
    folder = work.folder / f"{UNFINISHED}-{VIDEO}"
    found = youtube.fetch(
        work.box.settings, _video(track), folder, "picture", progress=work.progress, check=work.pause_point
    )
    return _move(found, work.folder / f"{VIDEO}{found.suffix}")


def _fetch(work: Work, track: Track, what: youtube.What, name: str) -> Path:
    def progress(share: float) -> None:
        work.progress(share * SHARE_OF_SOUND if what == "sound" else SHARE_OF_SOUND + share / 10)

    folder = work.folder / UNFINISHED
    try:
        found = youtube.fetch(
            work.box.settings, _video(track), folder, what, progress=progress, check=work.check
        )
    except (YouTubeBlocked, YouTubeOffline) as error:
        _note(work, error)
        raise
    _note(work, None)
    work.check()
    return _move(found, work.folder / f"{name}{found.suffix}")


def _note(work: Work, trouble: EncoreError | None) -> None:
    if work.box.settings.online:  # else nobody was asked
        with work.box.db.write() as s:
            videos.note(s, trouble)


def _publish(work: Work, sound: Path, video: str) -> None:
    digest = _digest(work, sound)
    with work.box.db.write() as s:
        jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost publishes nothing
        twin = select(Track.id).where(Track.sha256 == digest, col(Track.deleted_at).is_(None))
        track = s.get_one(Track, work.held.track_id)
        track.original, track.bytes, track.video = sound.name, sound.stat().st_size, video
        # Two videos with the very same sound are two songs all the same: somebody waits for this one.
        track.sha256 = digest if s.exec(twin).first() is None else ""
        s.add(track)
        announce(s, "track", track.id)


def _digest(work: Work, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            work.check()
            digest.update(block)
    return digest.hexdigest()


def _whole(folder: Path, name: str) -> Path | None:
    """What an attempt before this one brought to its end."""
    return next((path for path in folder.glob(f"{name}.*") if path.is_file()), None)


def _move(found: Path, target: Path) -> Path:
    with disk_errors():
        return found.replace(target)


def _video(track: Track) -> str:
    return track.source_id.partition(":")[2]
