"""What a phone can look through: the library as far as guests may ask for it tonight, and lists of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from karaoke_ui.pages.singer import phrases
from karaoke_ui.show import history, lists, views
from karaoke_ui.show.rules import Requests, Rules
from karaoke_ui.show.tables import HouseListSong
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t
from pipeline import library
from pipeline.finding.filters import ALL, OPEN, Filters
from pipeline.tables import Song

NEW, FAVOURITES, SUNG, MOST, DUETS = "new", "favourites", "sung", "most", "duets"
LIST, DECADE, LANGUAGE = "list:", "decade:", "language:"
# Of the one singer alone.
OWN = (FAVOURITES, SUNG)


@dataclass(frozen=True)
class Offered:
    """What guests may ask for tonight."""

    house_list: str = ""
    only_list: bool = False
    explicit: bool = True

    @classmethod
    def of(cls, rules: Rules) -> "Offered":
        only_list = rules.requests is Requests.LIST
        return cls(rules.house_list if only_list else "", only_list, rules.explicit)

    def filters(self) -> Filters:
        more = list(OPEN)
        if self.only_list:
            on_list = select(HouseListSong.song_id).where(HouseListSong.list_id == self.house_list)
            more.append(col(Song.id).in_(on_list))
        return replace(ALL, explicit=None if self.explicit else False, more=tuple(more))


def songs(s: Session, words: str, limit: int, shelf: str, scope: Offered) -> list[SongView]:
    """Songs that hold what was typed; else those of a list."""
    filters = scope.filters()
    if words or shelf == NEW:
        return views.songs(s, words, limit, filters=filters).songs
    if shelf.startswith(DECADE):
        filters = replace(filters, decade=int(shelf.removeprefix(DECADE)))
        return views.songs(s, "", limit, filters=filters).songs
    if shelf.startswith(LANGUAGE):
        filters = replace(filters, language=shelf.removeprefix(LANGUAGE))
        return views.songs(s, "", limit, filters=filters).songs
    return _these(s, _named(s, shelf), limit, filters)


def own(
    s: Session, singer_id: str, shelf: str, limit: int, scope: Offered
) -> tuple[list[SongView], dict[str, str]]:
    """A list of one singer: the songs, and what stands below their titles in place of whose they are."""
    if shelf == FAVOURITES:
        return _these(s, history.favourites(s, singer_id), limit, scope.filters()), {}
    newest: dict[str, int] = {}
    for each in history.of_singer(s, singer_id):
        newest.setdefault(each.song_id, each.key)
    found = _these(s, list(newest), limit, scope.filters())
    return found, {song.id: phrases.sung_in(song, newest[song.id]) for song in found}


def offered(s: Session, rules: Rules) -> list[tuple[str, str]]:
    """The lists there are, each with its name."""
    named = [(each, t(f"singer.lists.{each}")) for each in (NEW, *OWN)]
    if rules.requests is Requests.LIST:
        return named
    if lists.most_sung(s, 1):
        named.append((MOST, t("singer.lists.most")))
    if lists.duets(s, 1):
        named.append((DUETS, t("singer.lists.duets")))
    named += [(f"{LIST}{each.id}", each.name) for each, count in lists.every(s) if count]
    named += [(f"{DECADE}{each}", t("singer.lists.decade", n=each)) for each in library.decades(s)]
    languages = library.languages(s)
    if len(languages) > 1:
        named += [(f"{LANGUAGE}{each}", each) for each in languages]
    return named


def _named(s: Session, shelf: str) -> list[str]:
    if shelf == MOST:
        return lists.most_sung(s)
    if shelf == DUETS:
        return lists.duets(s)
    return lists.songs_of(s, shelf.removeprefix(LIST))


def _these(s: Session, song_ids: Sequence[str], limit: int, filters: Filters) -> list[SongView]:
    allowed = set(s.exec(select(Song.id).where(col(Song.id).in_(song_ids), *filters.where())))
    return views.these(s, [each for each in song_ids if each in allowed][:limit])
