"""House lists: songs that the host put together, and what of the library a phone offers without a search."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from karaoke_ui.show import along, night, rules
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.rules import Requests
from karaoke_ui.show.tables import HouseList, HouseListSong, Performance
from pipeline import library
from pipeline.db import announce
from pipeline.errors import AlreadyThere, BadValue, NotFound
from pipeline.tables import LyricLine, Lyrics, Song, Track

MAX_NAME = 60
SECOND_VOICE = 2


@allow(Role.HOST)
def create(s: Session, actor: Actor, name: str, song_ids: Sequence[str] = ()) -> HouseList:
    """Where guests choose from a list tonight and there was none, it is this one."""
    made = HouseList(name=_name(s, name))
    s.add(made)
    s.flush()
    _fill(s, made, song_ids)
    announce(s, "list", made.id)
    tonight = night.current(s)
    chosen = rules.of(tonight)
    if chosen.requests is Requests.LIST and s.get(HouseList, chosen.house_list) is None:
        rules.change(s, actor, tonight, {"house_list": made.id})
    return made


@allow(Role.HOST)
def change(
    s: Session, actor: Actor, list_id: str, name: str | None = None, song_ids: Sequence[str] | None = None
) -> HouseList:
    """Another name, other songs or another order; what is not named stays."""
    found = get(s, list_id)
    if name is not None and night.clean_text(name) != found.name:
        found.name = _name(s, name)
    if song_ids is not None:
        _fill(s, found, song_ids)
    s.add(found)
    announce(s, "list", list_id)
    return found


@allow(Role.HOST)
def put(s: Session, actor: Actor, list_id: str, song_id: str, on: bool = True) -> HouseList:
    """Add a song at the end, or take it off."""
    found = get(s, list_id)
    there = s.get(HouseListSong, (list_id, song_id))
    if on and there is None:
        library.get(s, song_id)
        last = s.exec(select(func.max(HouseListSong.place)).where(HouseListSong.list_id == list_id)).one()
        s.add(HouseListSong(list_id=list_id, song_id=song_id, place=(last or 0.0) + 1))
    elif not on and there is not None:
        s.delete(there)
    announce(s, "list", list_id)
    return found


@allow(Role.HOST)
def move(s: Session, actor: Actor, list_id: str, song_id: str, by: int) -> HouseList:
    """A song changes places with the one before (-1) or after it (1), if there is one."""
    found, shown = get(s, list_id), songs_of(s, list_id)
    if song_id not in shown:
        raise NotFound(what="song")
    to = shown.index(song_id) + by
    if 0 <= to < len(shown):
        here, there = (s.get_one(HouseListSong, (list_id, each)) for each in (song_id, shown[to]))
        here.place, there.place = there.place, here.place
        s.add_all((here, there))
        announce(s, "list", list_id)
    return found


@allow(Role.HOST)
def delete(s: Session, actor: Actor, list_id: str) -> None:
    found = get(s, list_id)
    for each in s.exec(select(HouseListSong).where(HouseListSong.list_id == list_id)):
        s.delete(each)
    s.flush()
    s.delete(found)
    announce(s, "list", list_id)


def get(s: Session, list_id: str) -> HouseList:
    found = s.get(HouseList, list_id)
    if found is None:
        raise NotFound(what="list")
    return found


def every(s: Session) -> list[tuple[HouseList, int]]:
    """All lists by name, and how many songs each has."""
    counted = select(HouseListSong.list_id, func.count()).group_by(HouseListSong.list_id)
    songs = dict(s.exec(counted).all())
    found = s.exec(select(HouseList).order_by(col(HouseList.name)))
    return [(each, songs.get(each.id, 0)) for each in found]


def songs_of(s: Session, list_id: str) -> list[str]:
    theirs = select(HouseListSong.song_id).join(Song, col(Song.id) == HouseListSong.song_id)
    theirs = theirs.where(HouseListSong.list_id == list_id, col(Song.deleted_at).is_(None))
    return list(s.exec(theirs.order_by(col(HouseListSong.place), col(HouseListSong.song_id))))


def most_sung(s: Session, limit: int = 50) -> list[str]:
    """What is sung here most, on all nights."""
    counted = select(Performance.song_id, func.count()).join(Song, col(Song.id) == Performance.song_id)
    counted = counted.where(Performance.finished, col(Song.deleted_at).is_(None))
    most = counted.group_by(col(Performance.song_id)).order_by(func.count().desc()).limit(limit)
    return [song_id for song_id, _ in s.exec(most)]


def duets(s: Session, limit: int = 50) -> list[str]:
    """What is written for two voices, and what several have sung here."""
    second = select(Lyrics.track_id).join(LyricLine).where(LyricLine.voice == SECOND_VOICE)
    written = select(Track.song_id).where(col(Track.id).in_(second), col(Track.deleted_at).is_(None))
    by_several = select(Performance.song_id).where(along.somebody(Performance.partners))
    songs = select(Song.id).where(col(Song.id).in_(written) | col(Song.id).in_(by_several))
    return list(
        s.exec(songs.where(col(Song.deleted_at).is_(None)).order_by(Song.title, Song.id).limit(limit))
    )


def _name(s: Session, name: str) -> str:
    clean = night.clean_text(name)
    if not clean or len(clean) > MAX_NAME:
        raise BadValue(what="name", value=clean, most=MAX_NAME)
    if s.exec(select(HouseList.id).where(HouseList.name == clean)).first() is not None:
        raise AlreadyThere(name=clean)
    return clean


def _fill(s: Session, of: HouseList, song_ids: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(song_ids))
    for each in s.exec(select(HouseListSong).where(HouseListSong.list_id == of.id)):
        s.delete(each)
    s.flush()
    for place, song_id in enumerate(wanted, 1):
        library.get(s, song_id)
        s.add(HouseListSong(list_id=of.id, song_id=song_id, place=float(place)))
