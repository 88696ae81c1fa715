"""The words of a track in the database: kept by line and by word, given back as one value."""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from pipeline import language, words
from pipeline.db import announce
from pipeline.tables import LyricLine, Lyrics, LyricWord, Song, Timing, Track, TrackKind

# A line whose times are less sure than this is worth a look.
WEAK = 0.5
# Put together once: every page of a library asks these.
_OF_THESE = col(Lyrics.track_id).in_(bindparam("ids", expanding=True))
_WORDED = select(Lyrics.track_id).where(_OF_THESE)
_DOUBTFUL = (
    select(Lyrics.track_id).join(LyricLine).where(col(LyricLine.confidence) < WEAK, _OF_THESE).distinct()
)


def put(s: Session, track_id: str, source: str, found: words.Lyrics) -> Lyrics:
    """Replace the words of a track."""
    s.exec(delete(Lyrics).where(col(Lyrics.track_id) == track_id))
    spoken = found.language or language.guess(line.text for line in found.lines)
    lyrics = Lyrics(track_id=track_id, source=source, timing=Timing(found.timed), language=spoken)
    s.add(lyrics)
    s.flush()
    lines = [
        LyricLine(
            lyrics_id=lyrics.id,
            place=place,
            start=line.start,
            end=line.end,
            text=line.text,
            voice=line.voice,
            confidence=line.confidence,
        )
        for place, line in enumerate(found.lines)
    ]
    s.add_all(lines)
    s.flush()
    s.add_all(
        LyricWord(line_id=row.id, place=place, start=word.start, end=word.end, text=word.text)
        for row, line in zip(lines, found.lines, strict=True)
        if row.id is not None
        for place, word in enumerate(line.words)
    )
    _tell_song(s, track_id, spoken)
    announce(s, "lyrics", track_id)
    return lyrics


def of_track(s: Session, track_id: str) -> Lyrics | None:
    return s.exec(select(Lyrics).where(Lyrics.track_id == track_id)).first()


def worded(s: Session, tracks: Collection[Track]) -> set[str]:
    """The tracks with words, be it in their picture."""
    pictured = {track.id for track in tracks if track.kind == TrackKind.KARAOKE}
    return pictured.union(s.exec(_WORDED, params={"ids": [track.id for track in tracks]}))


def weak(s: Session, track_ids: Iterable[str]) -> set[str]:
    """Those of these tracks that have a line whose times are doubtful."""
    return set(s.exec(_DOUBTFUL, params={"ids": list(track_ids)}))


def load(s: Session, track_id: str) -> words.Lyrics | None:
    """All lines and words of a track, in order."""
    lyrics = of_track(s, track_id)
    if lyrics is None:
        return None
    rows = s.exec(
        select(LyricLine).where(LyricLine.lyrics_id == lyrics.id).order_by(col(LyricLine.place))
    ).all()
    of_line: dict[int | None, list[words.Word]] = {row.id: [] for row in rows}
    joined = select(LyricWord).join(LyricLine).where(LyricLine.lyrics_id == lyrics.id)
    for word in s.exec(joined.order_by(col(LyricWord.place))):
        of_line[word.line_id].append(words.Word(word.start, word.end, word.text))
    lines = tuple(
        words.Line(row.start, row.end, row.text, tuple(of_line[row.id]), row.voice, row.confidence)
        for row in rows
    )
    return words.Lyrics(lines, lyrics.timing.value, {}, lyrics.language)


def _tell_song(s: Session, track_id: str, spoken: str) -> None:
    """A song is in the language of its words, unless something better is known."""
    track = s.get_one(Track, track_id)
    song = s.get_one(Song, track.song_id)
    if spoken and not song.language and "language" not in song.edited.split(","):
        song.language = spoken
        s.add(song)
        announce(s, "song", song.id)
