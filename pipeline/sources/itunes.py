"""iTunes: what is sold under a title, whether it is marked as explicit, and its cover."""

import re

from pydantic import BaseModel, Field

from pipeline.settings import Settings
from pipeline.sources.facts import MAX_TEXT, Check, Fact
from pipeline.sources.web import Service, Web
from pipeline.words import clean

NAME = "itunes"
# It allows about twenty requests a minute.
PAUSE_SECONDS = 3.0
LIMIT = "12"
EXPLICIT = {"explicit": True, "cleaned": False, "notExplicit": False}


class _Song(BaseModel):
    title: str = Field("", alias="trackName")
    artist: str = Field("", alias="artistName")
    album: str = Field("", alias="collectionName")
    date: str = Field("", alias="releaseDate")
    milliseconds: float | None = Field(None, alias="trackTimeMillis")
    explicitness: str = Field("", alias="trackExplicitness")
    artwork: str = Field("", alias="artworkUrl100")


class _Answer(BaseModel):
    results: list[_Song]


def search(web: Web, settings: Settings, title: str, artist: str, check: Check) -> list[Fact]:
    """Songs of that title, the best match first."""
    service = Service(NAME, "iTunes", settings.itunes_url, PAUSE_SECONDS)
    wanted = {"term": f"{artist} {title}".strip(), "media": "music", "entity": "song", "limit": LIMIT}
    found = web.get(service, "/search", _Answer.model_validate_json, params=wanted, check=check)
    return [_fact(song) for song in (found.results if found else []) if song.title and song.artist]


def _fact(song: _Song) -> Fact:
    year = re.match(r"(1[5-9]|20)\d\d", song.date)
    return Fact(
        source=NAME,
        title=clean(song.title, MAX_TEXT),
        artist=clean(song.artist, MAX_TEXT),
        album=clean(song.album, MAX_TEXT),
        year=int(year[0]) if year else None,
        seconds=song.milliseconds / 1000 if song.milliseconds else None,
        explicit=EXPLICIT.get(song.explicitness),
        # The address of the small picture holds its size; larger ones lie beside it.
        cover_url=re.sub(r"/\d+x\d+(bb)?\.", r"/600x600\1.", song.artwork),
    )
