"""Finding songs by the words of title, artist, album and first line, whatever the accents and slips of the finger.

A search looks for the songs that hold a beginning of every word. Only where there are hardly any, the words are
replaced by those that are like them, found by the groups of three letters they share: an index of such groups over
words, because one over whole songs takes twenty times as long. What is searched is kept by `search_index.py`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, select, table, text
from sqlmodel import Session, col

from pipeline.finding import folding
from pipeline.finding.folding import BEGUN, likeness
from pipeline.tables import Song

# Of more songs than these only so many are weighed: who types “love” reads the first page.
WEIGHED = 500
# With fewer hits than these a single word may be a slip; several words that stand in one song are none.
FEW = 3
# How many words stand in for one, and how many songs that hold them are compared.
ALIKE, COMPARED = 12, 300
MAX_TYPED = 200
# What a word counts in the title, the artist, the album and the first line.
WEIGHTS = (10.0, 6.0, 2.0, 1.0)

Where = Sequence[ColumnElement[bool]]
Forms = list[tuple[str, ...]]
Query = Select[*tuple[Any, ...]]

_FIELDS = ("title", "artist", "album", "line")
_TEXT = table("search_text", column("id"), column("song_id"), *map(column, _FIELDS))
_FTS = table("search_fts", column("rowid"))
_ROW: ColumnElement[str] = literal_column("search_fts")
_RANK: ColumnElement[float] = func.bm25(_ROW, *(literal_column(str(weight)) for weight in WEIGHTS))

_BEGUN = text("SELECT 1 FROM search_word WHERE word >= :word AND word < :word || char(1114111) LIMIT 1")
# Words that share the most groups of letters with one, and are about as long.
_NEAR = text(
    "SELECT word FROM search_word JOIN (SELECT word_id, count(*) AS shared FROM search_gram"
    " WHERE gram IN (SELECT value FROM json_each(:grams)) GROUP BY word_id"
    " ORDER BY shared DESC LIMIT 200) ON id = word_id"
    " ORDER BY shared - 0.7 * abs(length(word) - :length) DESC LIMIT 40"
)


@dataclass(frozen=True)
class Found:
    """The songs of one page, the best first, and how many there are in all."""

    song_ids: tuple[str, ...]
    total: int


def find(s: Session, words: str, where: Where = (), limit: int = 50, offset: int = 0) -> Found:
    """Songs that hold these words; `where` are conditions on Song. Any text may be typed."""
    typed = folding.asked(words[:MAX_TYPED])
    if not typed:
        return Found((), 0)
    match = " AND ".join(f"({' OR '.join(map(_beginning, forms))})" for forms in typed)
    total: int = s.execute(_counted(where) if where else _COUNTED, {"match": match}).scalar_one()
    if total == 0 or (total < FEW and len(typed) == 1):
        best = list(dict.fromkeys([*_weighed(s, match, where, FEW), *_alike(s, typed, where)]))
        return Found(tuple(best[offset : offset + limit]), len(best))
    if total <= WEIGHED:
        return Found(tuple(_weighed(s, match, where, offset + limit)[offset:]), total)
    best = _weighed(s, _in_front(typed), where, offset + limit)
    if len(best) < offset + limit:
        best = list(dict.fromkeys([*best, *_weighed(s, match, where, offset + limit)]))
    page = best[offset : offset + limit]
    if len(page) < limit:
        # Beyond those that were weighed: in an order that stays the same.
        rest = _texts(where, _TEXT.c.song_id).where(_TEXT.c.song_id.not_in(best)).order_by(_TEXT.c.id)
        rest = rest.limit(limit - len(page)).offset(max(0, offset - len(best)))
        page += s.execute(rest, {"match": match}).scalars()
    return Found(tuple(page), total)


def count(s: Session) -> int:
    """How many songs are in the library, the trash left out."""
    there: int = s.execute(select(func.count()).select_from(_TEXT)).scalar_one()
    return there


def _beginning(words: Iterable[str]) -> str:
    """These words side by side, the last one begun. They are letters and digits: nothing can break the expression."""
    return f'"{" ".join(words)}"*'


def _in_front(typed: Sequence[Forms]) -> str:
    """Titles and artists that begin with all that was typed."""
    return f"{{title artist}} : ^{_beginning(word for forms in typed for word in forms[0])}"


def _weighed(s: Session, match: str, where: Where, most: int) -> list[str]:
    """The best of those that match; of very many, the best of some."""
    query = _best(where) if where else _BEST
    return list(s.execute(query, {"match": match, "most": most}).scalars())


def _best(where: Where) -> Query:
    # Only those that go on the page are looked up.
    some = _matching(where).add_columns(_RANK.label("rank")).limit(WEIGHED).subquery()
    best = select(some.c.rowid, some.c.rank).order_by(some.c.rank).limit(bindparam("most")).subquery()
    return select(_TEXT.c.song_id).join_from(best, _TEXT, _TEXT.c.id == best.c.rowid).order_by(best.c.rank)


def _counted(where: Where) -> Query:
    return select(func.count()).select_from(_matching(where).subquery())


def _matching(where: Where) -> Query:
    """The rows that match; what is asked of a song is looked up only where something is."""
    query = select(_FTS.c.rowid).where(_ROW.op("MATCH")(bindparam("match")))
    if not where:
        return query
    query = query.join_from(_FTS, _TEXT, _TEXT.c.id == _FTS.c.rowid)
    return query.join(Song, col(Song.id) == _TEXT.c.song_id).where(*where)


def _texts(where: Where, *columns: ColumnElement[str]) -> Query:
    """What is looked through, of those that match."""
    found = _matching(where).subquery()
    return select(*columns).join_from(found, _TEXT, _TEXT.c.id == found.c.rowid)


# Nearly every search asks for nothing else: these are put together once.
_BEST, _COUNTED = _best(()), _counted(())


def _alike(s: Session, typed: Sequence[Forms], where: Where) -> list[str]:
    """Songs with words like those that were typed, the likest first."""
    words = ["".join(forms[0]) for forms in typed]
    unknown = [word for word in words if not s.execute(_BEGUN, {"word": word}).first()]
    # A word that nobody sings is the slip; where that leads nowhere, or all are known, it may be any of them.
    for slips in filter(None, (unknown, words)):
        near = {word: _near(s, word) if word in slips else {} for word in words}
        match = " AND ".join(
            f"({_beginning([w])}{''.join(f' OR {_whole(n)}' for n in near[w])})" for w in words
        )
        fields = [_TEXT.c[field] for field in _FIELDS]
        songs = s.execute(_texts(where, _TEXT.c.song_id, *fields).limit(COMPARED), {"match": match}).all()
        if songs:
            scored = [(score(near, folded), song_id) for song_id, *folded in songs]
            return [song_id for _, song_id in sorted(scored, reverse=True)]
    return []


def _whole(word: str) -> str:
    return f'"{word}"'


def _near(s: Session, word: str) -> dict[str, float]:
    """The words in the library that somebody may have meant who typed this one, and how probable each is."""
    if not folding.slips(word):
        return {}
    grams = folding.grams(word)
    found = s.execute(_NEAR, {"grams": json.dumps(sorted(grams)), "length": len(word)}).scalars()
    likely = sorted(((likeness(word, each), each) for each in found), reverse=True)[:ALIKE]
    return {each: like for like, each in likely if like}


def score(typed: Mapping[str, Mapping[str, float]], fields: Sequence[str]) -> float:
    """How well a song fits: its folded title, artist, album and first line against each word, and those near it."""
    shares = [0.8 + 0.2 * weight / WEIGHTS[0] for weight in WEIGHTS]
    found = [(each, share) for field, share in zip(fields, shares, strict=True) for each in field.split()]
    return sum(
        max(
            (share * (near.get(each) or (BEGUN if each.startswith(word) else 0.0)) for each, share in found),
            default=0.0,
        )
        for word, near in typed.items()
    )
