"""Backdrop: the picture of a video, fetched beside its preparation for the stage to show behind the words."""

import shutil

import structlog

from pipeline.db import announce
from pipeline.errors import NotAudio, NotFound, VideoRefused
from pipeline.steps import fetch
from pipeline.tables import Track
from pipeline.videos import SOURCE
from pipeline.work import Work

log = structlog.get_logger()


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    # A ready-made one has its picture from its fetching.
    if track.source != SOURCE or track.video or track.ready_made or not work.box.settings.youtube_height:
        return
    try:
        video = fetch.fetch_picture(work, track).name
    except (NotAudio, VideoRefused) as error:
        log.info("no picture to be had", reason=error.detail[:300])
        return
    shutil.rmtree(work.folder / f"{fetch.UNFINISHED}-{fetch.VIDEO}", ignore_errors=True)
    with work.box.db.write() as s:
        track = s.get_one(Track, track.id)
        if not track.video:
            track.video = video
            s.add(track)
            announce(s, "track", track.id)
