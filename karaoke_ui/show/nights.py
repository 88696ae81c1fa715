"""From night to night: open one, close one, look back at those that were, and take them home as figures and lists."""

import csv
import io
import time
from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from karaoke_ui.show import deeds, lineup, night, rules
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Guest, Night, Performance, PlayState, Singer, Turn, TurnState
from karaoke_ui.text import t, together
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound
from pipeline.tables import Song

MOST = 10


@dataclass(frozen=True)
class SungLine:
    """A song of a night, as it goes into the export."""

    started_at: float
    ended_at: float | None
    singer: str
    # Those who sang along.
    partners: tuple[str, ...]
    title: str
    artist: str
    key: int
    tempo: float
    seconds: float
    finished: bool
    counted: bool
    # From the asking to the first note.
    waited: float
    performance_id: str
    singer_id: str
    partner_ids: tuple[str, ...]
    song_id: str


@dataclass(frozen=True)
class Figures:
    """What people like to look at."""

    songs: int
    singers: int
    guests: int
    minutes: int
    # (title, artist, times), and (name, songs), the most first.
    most_sung: tuple[tuple[str, str, int], ...]
    busiest: tuple[tuple[str, int], ...]
    # Minutes from the asking to the first note: the usual, and the longest.
    usual_wait: float
    longest_wait: float
    # Songs begun in each hour, from the first one on: (hour of the day, songs).
    by_hour: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class NightLine:
    """A night in the history."""

    id: str
    name: str
    opened_at: float
    closed_at: float | None
    is_open: bool
    songs: int
    singers: int


@allow(Role.HOST)
def open_new(s: Session, actor: Actor, name: str = "", template: str = "") -> Night:
    """Begin a new night; the one before it is closed."""
    _close(s, actor)
    tonight = night.current(s)
    tonight.name = night.clean_text(name)[: night.MAX_NIGHT_NAME] or t("host.night.unnamed")
    s.add(tonight)
    s.flush()
    if template:
        rules.use_template(s, actor, tonight, template)
    rules.change(s, actor, tonight, {"requests_open": True})
    return tonight


@allow(Role.HOST)
def close(s: Session, actor: Actor) -> Night:
    """The night is over: what still waits is not sung, and no more requests are taken until a new one is opened."""
    closed = _close(s, actor)
    rules.change(s, actor, night.current(s), {"requests_open": False})
    return closed


def _close(s: Session, who: Actor) -> Night:
    tonight = night.current(s)
    if night.playback(s).state != PlayState.IDLE:
        raise Conflict(reason="singing")
    waiting = lineup.waiting(s, tonight.id)
    deeds.note(s, who, "closed")
    for turn in waiting:
        turn.state, turn.called_at = TurnState.REMOVED, None
        s.add(turn)
    playback = night.playback(s)
    playback.called_id = None
    s.add(playback)
    tonight.is_open, tonight.closed_at = False, time.time()
    s.add(tonight)
    s.flush()
    night.changed(s, night.current(s))
    announce(s, "night", tonight.id)
    return tonight


def every(s: Session, limit: int = 100) -> list[NightLine]:
    """The newest first; nights on which nobody sang are left out, but for the open one."""
    sung: dict[str, tuple[int, set[str]]] = {}
    counted = select(Performance.night_id, Performance.singer_id, Performance.partners)
    for night_id, singer_id, partners in s.exec(counted.where(Performance.counted)):
        songs, singers = sung.get(night_id, (0, set()))
        sung[night_id] = (songs + 1, singers | {singer_id, *partners})
    rows = s.exec(select(Night).order_by(col(Night.opened_at).desc()))
    lines = [
        NightLine(row.id, row.name, row.opened_at, row.closed_at, row.is_open, songs, len(singers))
        for row in rows
        for songs, singers in (sung.get(row.id, (0, set())),)
        if row.is_open or songs
    ]
    return lines[:limit]


def get(s: Session, night_id: str) -> Night:
    found = s.get(Night, night_id)
    if found is None:
        raise NotFound(what="night")
    return found


def sung(s: Session, night_id: str) -> list[SungLine]:
    """What was sung on a night, in its order. The closing number is everybody's."""
    get(s, night_id)
    rows = s.exec(
        select(Performance, Turn, Singer, Song)
        .join(Turn, col(Turn.id) == Performance.turn_id)
        .join(Singer, col(Singer.id) == Performance.singer_id)
        .join(Song, col(Song.id) == Performance.song_id)
        .where(Performance.night_id == night_id)
        .order_by(col(Performance.started_at))
    ).all()
    partners = {each for row in rows for each in row[0].partners}
    names = {each.id: each.name for each in s.exec(select(Singer).where(col(Singer.id).in_(partners)))}
    return [
        SungLine(
            started_at=performance.started_at,
            ended_at=performance.ended_at,
            singer=singer.name,
            partners=tuple(names[each] for each in performance.partners if each in names),
            title=song.title,
            artist=song.artist,
            key=performance.key,
            tempo=performance.tempo,
            seconds=performance.seconds,
            finished=performance.finished,
            counted=performance.counted,
            waited=max(0.0, performance.started_at - turn.asked_at),
            performance_id=performance.id,
            singer_id=singer.id,
            partner_ids=tuple(performance.partners),
            song_id=song.id,
        )
        for performance, turn, singer, song in rows
    ]


def figures(s: Session, night_id: str) -> Figures:
    lines = [line for line in sung(s, night_id) if line.counted]
    guests = s.exec(select(func.count()).where(Guest.night_id == night_id)).one()
    songs = Counter((line.title, line.artist) for line in lines)
    singers = Counter(name for line in lines for name in (line.singer, *line.partners))
    waits = sorted(line.waited for line in lines)
    hours = Counter(int(line.started_at // 3600) for line in lines)
    return Figures(
        songs=len(lines),
        singers=len({who for line in lines for who in (line.singer_id, *line.partner_ids)}),
        guests=guests,
        minutes=round(sum(line.seconds for line in lines) / 60),
        most_sung=tuple((*song, times) for song, times in songs.most_common(MOST)),
        busiest=tuple(singers.most_common(MOST)),
        usual_wait=round(waits[len(waits) // 2] / 60, 1) if waits else 0.0,
        longest_wait=round(waits[-1] / 60, 1) if waits else 0.0,
        by_hour=tuple(
            (time.localtime(hour * 3600).tm_hour, hours[hour]) for hour in range(min(hours), max(hours) + 1)
        )
        if hours
        else (),
    )


def as_csv(lines: list[SungLine]) -> str:
    """For a spreadsheet: times as people read them, and no cell that one would run as a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        ["started", "ended", "singer", "partners", "title", "artist", "key", "tempo", "seconds", "finished"]
    )
    for line in lines:
        table.writerow(
            [
                _moment(line.started_at),
                _moment(line.ended_at),
                *map(_harmless, (line.singer, together(line.partners), line.title, line.artist)),
                line.key,
                line.tempo,
                line.seconds,
                "yes" if line.finished else "no",
            ]
        )
    return out.getvalue()


def _moment(at: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if at is not None else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
