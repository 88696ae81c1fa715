"""Words: from a file that came beside the song, its own tags, or LRCLIB; then timed by the voice, if that is out."""

import structlog
from sqlmodel import Session

from pipeline import jobs, lyrics
from pipeline.errors import NotFound, ServiceDown
from pipeline.formats import lrc, sidecar
from pipeline.intake import tags
from pipeline.sources.lrclib import Lrclib
from pipeline.steps import align
from pipeline.tables import Song, Track, TrackKind
from pipeline.words import Lyrics
from pipeline.work import Work

log = structlog.get_logger()

# Brought by somebody: no service replaces them.
OWN = {"person", "sidecar", "ultrastar"}


def run(work: Work) -> None:
    while not _find(work):
        log.info("it became another song meanwhile")
    # The voice may have been out before the words came: then no other step will time them.
    align.run(work)


def _find(work: Work) -> bool:
    """False when the song became another one while its words were looked up: the answer is not about it."""
    with work.box.db.read() as s:
        track, song = _of(s, work)
        there = lyrics.of_track(s, track.id)
    if there is not None and there.source in OWN:
        return True
    own = _beside(work, track) or _inside(work, track)
    found = own or _outside(work, song, track)
    with work.box.db.write() as s:
        if own is None and _question(_of(s, work)[1]) != _question(song):
            return False
        if found is not None:
            _put(s, work, *found)
    if found is None:
        log.info("no words found")
    return True


def _of(s: Session, work: Work) -> tuple[Track, Song]:
    """The track, and the song that it belongs to now: somebody may have made two songs one, or one two."""
    track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    return track, s.get_one(Song, track.song_id)


def _question(song: Song) -> tuple[str, ...]:
    return song.id, song.title, song.artist, song.album


def _put(s: Session, work: Work, source: str, found: Lyrics) -> None:
    """Keep what was found, unless it is there already, maybe better timed by now, or somebody brought their own."""
    track_id = work.held.track_id
    there, kept = lyrics.of_track(s, track_id), lyrics.load(s, track_id)
    if there is not None and (there.source in OWN or (there.source == source and _same(kept, found))):
        return
    jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost writes nothing
    lyrics.put(s, track_id, source, found)
    log.info("words found", source=source, timing=found.timed, lines=len(found.lines))


def _same(kept: Lyrics | None, found: Lyrics) -> bool:
    return kept is not None and [line.text for line in kept.lines] == [line.text for line in found.lines]


def _beside(work: Work, track: Track) -> tuple[str, Lyrics] | None:
    content = work.box.store.words(track.id)
    if content is None:
        return None
    found = sidecar.read(content, track.seconds)
    return found if found[1].lines else None


def _inside(work: Work, track: Track) -> tuple[str, Lyrics] | None:
    text = tags.read(work.folder / track.original).lyrics if track.original else None
    found = lrc.parse(text, track.seconds) if text else None
    return ("tags", found) if found and found.lines else None


def _outside(work: Work, song: Song, track: Track) -> tuple[str, Lyrics] | None:
    # What has its words in the picture needs no second ones over them.
    if not work.box.web.online or track.kind is TrackKind.KARAOKE:
        return None
    service = Lrclib(work.box.web, work.box.settings)
    try:
        found = service.find(song.title, song.artist, song.album, track.seconds, work.check)
    except ServiceDown as error:
        # Nobody knows: that is not the same as no words.
        with work.box.db.write() as s:
            jobs.do_again_later(s, work.held, error)
        return None
    return ("lrclib", found) if found else None
