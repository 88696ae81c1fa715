"""Describe: what the song is. Its own title is tidied, services are asked, and a cover is found.

Nothing here is needed to sing: without services the song stays as it is, and they are asked again when they are back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from pipeline import covers, describing, jobs, matching
from pipeline.db import announce
from pipeline.errors import JobPutOff, NotAPicture, NotFound, ServiceDown
from pipeline.intake import tags, titles
from pipeline.intake.tags import Tags
from pipeline.library import MAX_TITLE
from pipeline.matching import Known, Match
from pipeline.settings import Settings
from pipeline.sources import itunes, musicbrainz, stills
from pipeline.sources.facts import Check, Fact
from pipeline.sources.web import DAY, Service, Web
from pipeline.tables import Song, Track, TrackKind
from pipeline.videos import SOURCE
from pipeline.work import Work

log = structlog.get_logger()

# Who is asked, in this order.
SERVICES: tuple[Callable[[Web, Settings, str, str, Check], list[Fact]], ...] = (
    musicbrainz.search,
    itunes.search,
)
# Beside a cover that is only a still of the video: a better one takes its place.
STILL = "cover.still"
TITLE_AND_ARTIST = {"title", "artist"}


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
        song = s.get(Song, track.song_id) if track else None
    if track is None or song is None:
        raise NotFound(what="song")
    path = work.folder / track.original
    tagged = tags.read(path) if track.original and path.is_file() else Tags()
    song = _tidy(work, song.id, track.id)
    asked = _ask(
        work,
        Known(
            song.title,
            song.artist,
            track.seconds if track.kind is TrackKind.ORIGINAL else None,
            track.kind,
            either_side=not tagged.title and not TITLE_AND_ARTIST & set(song.edited.split(",")),
        ),
    )
    it = _settle(work, song, asked)
    down = asked.down or _cover(work, track, tagged, it.fact.cover_url if it else "")
    if down is not None and work.box.settings.online:
        with work.box.db.write() as s:
            jobs.do_again_later(s, work.held, down)


@dataclass(frozen=True)
class Asked:
    """What came of asking; `down` says why somebody did not answer."""

    matches: list[Match]
    down: ServiceDown | None


def _tidy(work: Work, song_id: str, track_id: str) -> Song:
    """What the title says about the version is the track's, and advertising is nobody's."""
    with work.box.db.write() as s:
        song, track = s.get_one(Song, song_id), s.get_one(Track, track_id)
        if TITLE_AND_ARTIST & set(song.edited.split(",")):
            return song
        named = titles.parse(song.title, artist=song.artist)
        song.title, song.artist = named.title[:MAX_TITLE], named.artist[:MAX_TITLE]
        track.label = track.label or named.label[:MAX_TITLE]
        if named.kind is TrackKind.LIVE and track.kind is TrackKind.ORIGINAL:
            track.kind = named.kind
        s.add_all((song, track))
        announce(s, "song", song.id)
        return song


def _ask(work: Work, known: Known) -> Asked:
    facts: list[Fact] = []
    down: ServiceDown | None = None
    for search in SERVICES:
        for title, artist in known.readings():
            work.pause_point()
            try:
                facts += search(work.box.web, work.box.settings, title, artist, work.pause_point)
            except ServiceDown as error:
                down = error
                break
            if matching.sure(matching.matches(known, facts)):
                break
    return Asked(matching.matches(known, facts), down)


def _settle(work: Work, asked_for: Song, asked: Asked) -> Match | None:
    """Write down what is sure, and put before the host what is not; the one that it is, if that is known."""
    it = matching.sure(asked.matches)
    with work.box.db.write() as s:
        jobs.beat(s, work.held, time.time())  # fenced: an attempt that was lost writes nothing
        song = _song(s, work)
        if (song.id, song.title, song.artist) != (asked_for.id, asked_for.title, asked_for.artist):
            raise JobPutOff(job=work.held.job_id)  # the answers are another song's: they are asked for anew
        if it is None and set(song.edited.split(",")) >= TITLE_AND_ARTIST:
            # A person said what it is: nobody is asked once more, and what fits their words is taken.
            it = next(
                (match for match in asked.matches if match.same_words and match.score >= matching.SURE), None
            )
            describing.keep(s, song, ())
        elif it is None:
            describing.keep(s, song, matching.worth_asking(asked.matches))
        if it is not None:
            describing.write(s, song, it.fact)
            describing.keep(s, song, ())
    log.info(
        "song looked up",
        found=len(asked.matches),
        sure=it is not None,
        score=asked.matches[0].score if asked.matches else None,
    )
    return it


def _cover(work: Work, track: Track, tagged: Tags, url: str) -> ServiceDown | None:
    """The cover beside the song, else the one in its file, else the service's, else a still of the video."""
    small, large = (work.folder / covers.SIZES[size] for size in sorted(covers.SIZES))
    still, down = work.folder / STILL, None
    is_there = small.is_file() and large.is_file()
    if is_there and not still.is_file():
        return None
    if not is_there and large.is_file() and _keep(work, track, large.read_bytes()):
        return None
    if tagged.cover is not None and _keep(work, track, tagged.cover.data):
        return None
    if url:
        service = Service("covers", "Cover Art Archive", work.box.settings.coverart_url)
        try:
            picture = work.box.web.get(
                service, url, _picture, keep=DAY, limit=covers.MAX_BYTES, check=work.pause_point
            )
        except ServiceDown as error:
            picture, down = None, error
        if picture is not None and _keep(work, track, picture):
            still.unlink(missing_ok=True)
            return None
    if not is_there and track.source == SOURCE:
        _take_still(work, track)
    return down


def _take_still(work: Work, track: Track) -> None:
    video = track.source_id.partition(":")[2]
    try:
        picture = stills.fetch(
            work.box.web,
            work.box.settings,
            video,
            _picture,
            limit=covers.MAX_BYTES,
            check=work.pause_point,
        )
    except ServiceDown as error:
        log.info("no still to be had", reason=str(error))
        return
    if picture is not None and _keep(work, track, picture):
        work.box.store.put(track.id, STILL, b"")


def _song(s: Session, work: Work) -> Song:
    """The one that the track belongs to now: somebody may have made two songs one, or one two."""
    return s.get_one(Song, s.get_one(Track, work.held.track_id).song_id)


def _picture(content: bytes) -> bytes:
    try:
        covers.decode(content)
    except NotAPicture as error:
        raise ValueError(error.detail) from error
    return content


def _keep(work: Work, track: Track, picture: bytes) -> bool:
    try:
        covers.keep(work.box.store, track.id, picture)
    except NotAPicture as error:
        log.info("cover left out", reason=error.detail)
        return False
    with work.box.db.write() as s:
        song = _song(s, work)
        if not song.cover_track:
            song.cover_track = track.id
            s.add(song)
        announce(s, "song", song.id)
    return True
