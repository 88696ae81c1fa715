"""Finding songs by the words of title, artist, album and first line, whatever the accents and slips of the finger.

A search looks for the songs that hold a beginning of every word. Only where there are hardly any, the words are
replaced by those that are like them, found by the groups of three letters they share: an index of such groups over
words, because one over whole songs takes twenty times as long. What is searched is kept by `search_index.py`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table, text
from sqlmodel import Session, col

from pipeline import folding
from pipeline.folding import likeness
from pipeline.tables import Song

# Of more songs than these only so many are weighed: who types “love” reads the first page.
WEIGHED = 1000
# With fewer hits than these, what was typed may be a slip.
FEW = 3
# How many words stand in for one, and how many songs that hold them are compared.
ALIKE, COMPARED = 12, 300
MAX_TYPED = 200
# What a word counts in the title, the artist, the album and the first line.
WEIGHTS = (10.0, 6.0, 2.0, 1.0)

Where = Sequence[ColumnElement[bool]]
Forms = list[tuple[str, ...]]

_FIELDS = ("title", "artist", "album", "line")
_TEXT = table("search_text", column("id"), column("song_id"), *map(column, _FIELDS))
_FTS = table("search_fts", column("rowid"))
_ROW: ColumnElement[str] = literal_column("search_fts")
_RANK: ColumnElement[float] = func.bm25(_ROW, *(literal_column(str(weight)) for weight in WEIGHTS))

# Words that share the most groups of letters with one.
_NEAR = text(
    "SELECT word FROM search_word JOIN (SELECT word_id, count(*) AS shared FROM search_gram"
    " WHERE gram IN (SELECT value FROM json_each(:grams)) GROUP BY word_id HAVING shared >= :least"
    " ORDER BY shared DESC LIMIT 100) ON id = word_id"
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
    best = _weighed(s, match, where)
    total = len(best)
    if total == WEIGHED:
        total = s.execute(select(func.count()).select_from(_matching(match, where).subquery())).scalar_one()
        first = _weighed(s, _in_front(typed), where)
        best = list(dict.fromkeys([*first, *best]))
    elif total < FEW:
        best = list(dict.fromkeys([*best, *_alike(s, typed, where)]))
        total = len(best)
    page = best[offset : offset + limit]
    if len(page) < limit and offset + len(page) < total:
        # Beyond those that were weighed: in an order that stays the same.
        rest = _matching(match, where).where(_TEXT.c.song_id.not_in(best)).order_by(_FTS.c.rowid)
        page += s.execute(rest.limit(limit - len(page)).offset(max(0, offset - len(best)))).scalars()
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


def _matching(match: str, where: Where) -> Select[tuple[str]]:
    query = select(_TEXT.c.song_id).join_from(_FTS, _TEXT, _TEXT.c.id == _FTS.c.rowid)
    query = query.where(_ROW.op("MATCH")(match))
    return query.join(Song, col(Song.id) == _TEXT.c.song_id).where(*where) if where else query


def _weighed(s: Session, match: str, where: Where) -> list[str]:
    some = _matching(match, where).add_columns(_RANK.label("rank")).limit(WEIGHED).subquery()
    return list(s.execute(select(some.c.song_id).order_by(some.c.rank)).scalars())


def _alike(s: Session, typed: Sequence[Forms], where: Where) -> list[str]:
    """Songs with words like those that were typed, the likest first."""
    words = ["".join(forms[0]) for forms in typed]
    meant = [_near(s, word) for word in words]
    # The same word need not be there as it was typed: its beginning stays a way to read it.
    match = " AND ".join(
        f"({' OR '.join([_beginning([w]), *map(_whole, near)])})"
        for w, near in zip(words, meant, strict=True)
    )
    songs = _matching(match, where).add_columns(*(_TEXT.c[field] for field in _FIELDS)).limit(COMPARED)
    scored = [(score(words, fields), song_id) for song_id, *fields in s.execute(songs)]
    return [song_id for _, song_id in sorted(scored, reverse=True)]


def _whole(word: str) -> str:
    return f'"{word}"'


def _near(s: Session, word: str) -> list[str]:
    """The words in the library that somebody may have meant who typed this one."""
    if not folding.slips(word):
        return []
    grams = folding.grams(word)
    values = {"grams": json.dumps(sorted(grams)), "least": 1 if len(word) < 5 else 2}
    found = ((likeness(word, each), each) for each in s.execute(_NEAR, values).scalars())
    return [each for likely, each in sorted(found, reverse=True)[:ALIKE] if likely]


def score(typed: Sequence[str], fields: Sequence[str]) -> float:
    """How well the folded title, artist, album and first line fit what was typed."""
    heavy = WEIGHTS[0]
    return sum(
        max(
            (
                likeness(word, each) * (0.8 + 0.2 * weight / heavy)
                for weight, field in zip(WEIGHTS, fields, strict=True)
                for each in field.split()
            ),
            default=0.0,
        )
        for word in typed
    )
