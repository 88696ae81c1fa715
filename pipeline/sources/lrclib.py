"""LRCLIB: words of songs, most of them timed by line. Free, and asked without a key."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter

from pipeline.formats import lrc
from pipeline.intake import titles
from pipeline.settings import Settings
from pipeline.sources.web import DAY, Service, Web
from pipeline.words import Lyrics

Check = Callable[[], None]

NAME = "lrclib"
# Somebody may write the missing words tomorrow.
KEEP_SECONDS = 3 * DAY
# Two recordings of one song differ by less; the times of another one would be wrong throughout.
SAME_RECORDING = 4.0
# The words of another recording may still be the same.
SAME_WORDS = 45.0
TITLE_MATCH, ARTIST_MATCH = 0.75, 0.6
# Without an artist the title and the length must say it all.
TITLE_ALONE, LENGTH_ALONE = 0.9, 3.0


def _or_empty(value: object) -> object:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_or_empty)]


class Entry(BaseModel):
    """One recording as LRCLIB has it."""

    title: Text = Field("", alias="trackName")
    artist: Text = Field("", alias="artistName")
    seconds: float | None = Field(None, alias="duration")
    instrumental: bool = False
    plain: Text = Field("", alias="plainLyrics")
    synced: Text = Field("", alias="syncedLyrics")

    def distance(self, seconds: float) -> float:
        return abs((self.seconds or 0.0) - seconds)

    def words(self, seconds: float) -> Lyrics:
        """With times where they are those of a recording of this length."""
        if self.synced and self.distance(seconds) <= SAME_RECORDING:
            return lrc.parse(self.synced, seconds)
        text = self.plain or "\n".join(line.text for line in lrc.parse(self.synced).lines)
        return lrc.parse(text, seconds)


_LIST = TypeAdapter(list[Entry])


class Lrclib:
    """Finds the words of a recording."""

    def __init__(self, web: Web, settings: Settings) -> None:
        self._web = web
        self._service = Service(NAME, "LRCLIB", settings.lrclib_url)

    def find(self, title: str, artist: str, album: str, seconds: float, check: Check) -> Lyrics | None:
        """The words, or None where LRCLIB has none. Raises `ServiceDown` where it cannot be asked."""
        exact = self._exact(title, artist, album, seconds, check) if artist else None
        found = [exact] if exact else []
        if exact is None or not (exact.synced or exact.instrumental):
            found += ranked(self._search(title, artist, check), title, artist, seconds)
            found.sort(key=lambda entry: not entry.synced or entry.distance(seconds) > SAME_RECORDING)
        for entry in found:
            words = entry.words(seconds)
            if words.lines:
                return words
        return None

    def _exact(self, title: str, artist: str, album: str, seconds: float, check: Check) -> Entry | None:
        """The recording of this title and artist whose length differs by two seconds at most."""
        wanted = {"track_name": title, "artist_name": artist, "duration": str(round(seconds))}
        if album:
            wanted["album_name"] = album
        return self._web.get(
            self._service,
            "/api/get",
            Entry.model_validate_json,
            params=wanted,
            keep=KEEP_SECONDS,
            check=check,
        )

    def _search(self, title: str, artist: str, check: Check) -> list[Entry]:
        found = self._web.get(
            self._service,
            "/api/search",
            _LIST.validate_json,
            params={"q": f"{title} {artist}".strip()},
            keep=KEEP_SECONDS,
            check=check,
        )
        return found or []


def ranked(found: list[Entry], title: str, artist: str, seconds: float) -> list[Entry]:
    """What may be this song, the likeliest first: by length, then with times before without, then by its text."""

    def fits(entry: Entry) -> bool:
        alike = titles.similarity(entry.title, title)
        if not artist:
            return alike >= TITLE_ALONE and entry.distance(seconds) <= LENGTH_ALONE
        return (
            alike >= TITLE_MATCH
            and titles.similarity(entry.artist, artist) >= ARTIST_MATCH
            and entry.distance(seconds) <= SAME_WORDS
        )

    def rank(entry: Entry) -> tuple[int, bool, float]:
        alike = titles.similarity(f"{entry.artist} {entry.title}", f"{artist} {title}")
        return int(entry.distance(seconds) / 2.0), not entry.synced, -alike

    return sorted((entry for entry in found if fits(entry) and (entry.synced or entry.plain)), key=rank)
