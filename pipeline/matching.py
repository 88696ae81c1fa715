"""Which of the recordings that services know a song is, and how sure that is. Pure rules over values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.intake import titles
from pipeline.sources.facts import Fact
from pipeline.tables import TrackKind

# Sure: as good as this, and this much better than any other song.
SURE, LEAD = 0.85, 0.08
# Below this it is another song: nobody is asked about it.
WORTH_ASKING = 0.6
# What nearly is the song's own title or artist, written better.
SAME_TITLE, SAME_ARTIST = 0.85, 0.75
MOST = 5

# How far the lengths may be apart, in seconds, and what that does to the score.
_LENGTHS = ((3.0, 1.0), (8.0, 0.95), (20.0, 0.8))
_OTHER_LENGTH, _LENGTH_UNKNOWN = 0.65, 0.92
# When title and artist agree to the letter, another length is only another pressing.
_SAME_WORDS, _SAME_WORDS_AT_LEAST = 0.95, 0.87
_TITLE_ALONE = 0.8
_SECOND_SERVICE = 0.08
_OTHER_VERSION = 0.9


@dataclass(frozen=True)
class Known:
    """What the file, its tags or its channel say. `seconds` is None where a version has a length of its own."""

    title: str
    artist: str
    seconds: float | None
    kind: TrackKind = TrackKind.ORIGINAL
    # The names come from a file's name: which side of the dash is the artist is a guess.
    either_side: bool = False

    def readings(self) -> list[tuple[str, str]]:
        as_it_is = (self.title, self.artist)
        return [as_it_is, (self.artist, self.title)] if self.either_side and self.artist else [as_it_is]


@dataclass(frozen=True)
class Match:
    """One song that it may be, from all that services say about it."""

    fact: Fact
    score: float
    # As near to the song's own title and artist as another way to write them.
    same_words: bool


def matches(known: Known, facts: Sequence[Fact]) -> list[Match]:
    """The songs that it may be, the likeliest first."""
    found = [_match(known, group) for group in _by_song(facts)]
    return sorted(found, key=lambda match: match.score, reverse=True)[:MOST]


def sure(found: Sequence[Match]) -> Match | None:
    """The one that it surely is."""
    if not found or found[0].score < SURE or not found[0].same_words:
        return None
    if len(found) > 1 and found[0].score - found[1].score < LEAD:
        return None
    return found[0]


def worth_asking(found: Iterable[Match]) -> list[Match]:
    return [match for match in found if match.score >= WORTH_ASKING]


def _by_song(facts: Sequence[Fact]) -> list[list[tuple[Fact, titles.Named]]]:
    """Recordings of one song together, whoever knows them."""
    groups: list[list[tuple[Fact, titles.Named]]] = []
    for fact in facts:
        named = titles.parse(fact.title, artist=fact.artist)
        for group in groups:
            first = group[0][1]
            if (
                titles.similarity(first.title, named.title) > 0.9
                and titles.similarity(first.artist, named.artist) > 0.8
            ):
                group.append((fact, named))
                break
        else:
            groups.append([(fact, named)])
    return groups


def _match(known: Known, group: list[tuple[Fact, titles.Named]]) -> Match:
    scored = sorted(
        ((_score(known, fact, named), fact, named) for fact, named in group), key=lambda each: -each[0]
    )
    score, best, named = scored[0]
    if len({fact.source for fact, _ in group}) > 1:
        score = min(1.0, score + _SECOND_SERVICE)
    # Each service adds what the best one does not say; the mark is the shop's, the id the archive's.
    whole = replace(best, title=named.title, artist=named.artist)
    for _, fact, _ in scored[1:]:
        whole = replace(
            whole,
            **{
                name: getattr(fact, name)
                for name in ("album", "year", "explicit", "mbid", "cover_url")
                if getattr(whole, name) in ("", None)
            },
        )
    title, artist = _words(known, named)
    return Match(whole, round(score, 3), title >= SAME_TITLE and (not known.artist or artist >= SAME_ARTIST))


def _words(known: Known, named: titles.Named) -> tuple[float, float]:
    """How alike title and artist are, the way round that fits better."""
    readings = [
        (titles.similarity(title, named.title), titles.similarity(artist, named.artist))
        for title, artist in known.readings()
    ]
    return max(readings, key=sum)


def _score(known: Known, fact: Fact, named: titles.Named) -> float:
    title, artist = _words(known, named)
    words = 0.6 * title + 0.4 * artist if known.artist else _TITLE_ALONE * title
    length = _length(known.seconds, fact.seconds)
    if min(title, artist) >= _SAME_WORDS:
        length = max(length, _SAME_WORDS_AT_LEAST)
    version = 1.0 if (named.kind is TrackKind.LIVE) <= (known.kind is TrackKind.LIVE) else _OTHER_VERSION
    return words * length * version


def _length(ours: float | None, theirs: float | None) -> float:
    if ours is None or theirs is None:
        return _LENGTH_UNKNOWN
    apart = abs(ours - theirs)
    return next((factor for limit, factor in _LENGTHS if apart <= limit), _OTHER_LENGTH)
