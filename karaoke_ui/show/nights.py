"""From night to night: open one, close one, look back at those that were, and take them home as figures and lists."""

import csv
import io
import json
import time
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile

from sqlmodel import Session, col, func, select

from karaoke_ui.show import deeds, director, lineup, messages, names, night, rules, scenes
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import (
    Deed,
    Guest,
    Message,
    Night,
    Performance,
    PlayState,
    Singer,
    Turn,
    TurnState,
)
from karaoke_ui.text import t, together
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound
from pipeline.tables import Song

MOST = 10
# Of the table for a spreadsheet.
COLUMNS = (
    *("started", "ended", "singer", "partners", "title", "artist"),
    *("key", "tempo", "seconds", "finished", "counted", "waited"),
)


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
    rules.change(s, actor, night.current(s), {"requests_open": False, "over": True})
    return closed


@allow(Role.HOST)
def reopen(s: Session, actor: Actor, night_id: str) -> Night:
    """The night goes on as if it had not been closed. What was opened since is gone: nobody has asked or sung in it."""
    back, since = get(s, night_id), _opened_since(s, night_id)
    if not since:
        raise NotFound(what="night")
    if not can_reopen(s, night_id):
        raise Conflict(reason="night_since")
    dropped = _dropped(s, since, back)
    for each in since:
        _give_to(s, each, back)
    # There is one open night, also between two statements.
    s.flush()
    s.info.pop("night", None)
    back.is_open, back.closed_at = True, None
    s.add(back)
    s.flush()
    for turn in (s.get(Turn, turn_id) for turn_id in dropped):
        if turn is not None and turn.state is TurnState.REMOVED:
            turn.state = TurnState.WAITING
            s.add(turn)
    deeds.note(s, actor, "reopened", name=back.name)
    night.changed(s, back)
    announce(s, "singer")
    announce(s, "message")
    announce(s, "night", back.id)
    return back


def can_reopen(s: Session, night_id: str) -> bool:
    """Nothing has been asked for in a night since then."""
    since = [each.id for each in _opened_since(s, night_id)]
    asked = select(Turn.id).where(col(Turn.night_id).in_(since))
    return bool(since) and s.exec(asked).first() is None


def _opened_since(s: Session, night_id: str) -> list[Night]:
    """The nights after this one; none after the one that is open."""
    newest = s.exec(select(Night).order_by(col(Night.is_open).desc(), col(Night.opened_at).desc()))
    return list(takewhile(lambda each: each.id != night_id, newest))


def _dropped(s: Session, since: list[Night], back: Night) -> list[str]:
    """The turns that waited when a night was closed."""
    for deed in (deed for each in since for deed in deeds.of_night(s, each.id)):
        about = json.loads(deed.about)
        if deed.action.startswith("closed") and about.get("night") == back.id:
            deed.undone_at = time.time()
            s.add(deed)
            return list(about["turns"])
    return []


def _give_to(s: Session, gone: Night, back: Night) -> None:
    """Who came, what they wrote and what was done goes on in the night that is open again."""
    for guest in s.exec(select(Guest).where(Guest.night_id == gone.id)):
        if s.get(Guest, (back.id, guest.singer_id)) is None:
            s.add(Guest(**guest.model_dump() | {"night_id": back.id}))
        s.delete(guest)
    for deed in s.exec(select(Deed).where(Deed.night_id == gone.id)):
        # There is no way back to a night that is gone.
        deed.night_id, deed.before = back.id, "{}" if gone.id in deed.before else deed.before
        s.add(deed)
    for message in s.exec(select(Message).where(Message.night_id == gone.id)):
        message.night_id = back.id
        s.add(message)
    s.flush()
    s.delete(gone)
    s.flush()


def _close(s: Session, who: Actor) -> Night:
    tonight = night.current(s)
    if night.playback(s).state != PlayState.IDLE:
        raise Conflict(reason="singing")
    if night.playback(s).called_id is not None:
        director.move(s, scenes.Clear())
    waiting = lineup.waiting(s, tonight.id)
    for turn in waiting:
        turn.state, turn.called_at = TurnState.REMOVED, None
        s.add(turn)
    messages.take_down(s)
    tonight.is_open, tonight.closed_at = False, time.time()
    s.add(tonight)
    s.flush()
    following = night.current(s)
    # Where it is read from now on.
    about = {"name": tonight.name, "night": tonight.id, "turns": [turn.id for turn in waiting]}
    deeds.note(s, who, "closed_early" if waiting else "closed", n=len(waiting), **about)
    night.changed(s, following)
    announce(s, "night", tonight.id)
    return tonight


def every(s: Session, limit: int | None = 100) -> list[NightLine]:
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
    known = select(Singer.id, Singer.name).where(col(Singer.id).in_(partners))
    called = {**dict(s.exec(known).all()), **names.tonight(s, night_id)}
    return [
        SungLine(
            started_at=performance.started_at,
            ended_at=performance.ended_at,
            singer=called.get(singer.id, singer.name),
            partners=tuple(called[each] for each in performance.partners if each in called),
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
            partner_ids=tuple(each for each in performance.partners if each in called),
            song_id=song.id,
        )
        for performance, turn, singer, song in rows
    ]


def figures(s: Session, night_id: str) -> Figures:
    lines = [line for line in sung(s, night_id) if line.counted]
    guests = s.exec(select(func.count()).where(Guest.night_id == night_id)).one()
    songs = Counter((line.title, line.artist) for line in lines)
    called = {
        each: name
        for line in lines
        for each, name in zip((line.singer_id, *line.partner_ids), (line.singer, *line.partners), strict=True)
    }
    singers = Counter(who for line in lines for who in (line.singer_id, *line.partner_ids))
    waits = sorted(line.waited for line in lines)
    hours = Counter(int(line.started_at // 3600) for line in lines)
    return Figures(
        songs=len(lines),
        singers=len(singers),
        guests=guests,
        minutes=round(sum(line.seconds for line in lines) / 60),
        most_sung=tuple((*song, times) for song, times in songs.most_common(MOST)),
        busiest=tuple((called[who], songs) for who, songs in singers.most_common(MOST)),
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
    # Without it Excel takes the letters for another alphabet's.
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for line in lines:
        table.writerow(
            [
                _moment(line.started_at),
                _moment(line.ended_at),
                *map(_harmless, (line.singer, together(line.partners), line.title, line.artist)),
                line.key,
                line.tempo,
                line.seconds,
                _yes(line.finished),
                _yes(line.counted),
                round(line.waited),
            ]
        )
    return out.getvalue()


def _yes(on: bool) -> str:
    return "yes" if on else "no"


def _moment(at: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if at is not None else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
