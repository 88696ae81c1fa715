"""MusicBrainz: who recorded a title, when, and under which id; and the covers of the Cover Art Archive beside it.

musicbrainzngs builds the queries and reads the answers. Its own transport has no time limit and waits for minutes, so
it is left out: what it would ask for is asked for through `web.py`.
"""

import re
import threading
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import musicbrainzngs
from musicbrainzngs import mbxml

from pipeline import __version__
from pipeline.settings import Settings
from pipeline.sources.facts import MAX_TEXT, Check, Fact
from pipeline.sources.web import Service, Web
from pipeline.words import clean

NAME = "musicbrainz"
# What its rules allow: one request a second.
PAUSE_SECONDS = 1.0
LIMIT = 12
# Records of others' songs, and of one's own once more: the song was not made for them.
_LATER = {"Compilation", "Live", "DJ-mix", "Mixtape/Street", "Remix", "Interview"}

_library = threading.Lock()
_client: Any = musicbrainzngs.musicbrainz


def search(web: Web, settings: Settings, title: str, artist: str, check: Check) -> list[Fact]:
    """Recordings of that title, the best match first."""
    service = Service(NAME, "MusicBrainz", settings.musicbrainz_url, PAUSE_SECONDS)
    fields = {"recording": title} | ({"artist": artist} if artist else {})
    found = web.get(service, _address(service, fields), _read, check=check)
    return [fact for each in found or [] if (fact := _fact(each, settings)) is not None]


def _address(service: Service, fields: dict[str, str]) -> str:
    """The address that the library would ask."""
    where = urlsplit(service.url)
    with _library:  # it keeps its settings in globals
        musicbrainzngs.set_useragent("Encore", __version__)
        musicbrainzngs.set_rate_limit(False)
        musicbrainzngs.set_parser(str)
        musicbrainzngs.set_hostname(where.netloc + where.path.rstrip("/"), use_https=where.scheme == "https")
        _client._safe_read = lambda _opener, request, _body: request.full_url  # noqa: SLF001 - see above
        return str(musicbrainzngs.search_recordings(limit=LIMIT, **fields))


def _read(content: bytes) -> list[dict[str, Any]]:
    try:
        found = mbxml.parse_message(content)["recording-list"]
    except (ParseError, LookupError, AttributeError, TypeError, UnicodeError) as error:
        raise ValueError(repr(error)) from error
    return [each for each in found if isinstance(each, dict)]


def _fact(recording: dict[str, Any], settings: Settings) -> Fact | None:
    title = clean(str(recording.get("title", "")), MAX_TEXT)
    artist = clean(str(recording.get("artist-credit-phrase", "")), MAX_TEXT)
    if not title or not artist:
        return None
    releases = [each for each in recording.get("release-list", []) if isinstance(each, dict)]
    first = min(releases, key=_order, default={})
    years = [year for each in releases if (year := _year(each)) is not None]
    group = first.get("release-group", {}).get("id", "")
    length = str(recording.get("length", ""))
    return Fact(
        source=NAME,
        title=title,
        artist=artist,
        album=clean(str(first.get("title", "")), MAX_TEXT),
        year=min(years, default=None),
        seconds=int(length) / 1000 if length.isascii() and length.isdigit() else None,
        mbid=_id(recording.get("id", "")),
        cover_url=f"{settings.coverart_url.rstrip('/')}/release-group/{_id(group)}/front-500"
        if _id(group)
        else "",
    )


def _order(release: dict[str, Any]) -> tuple[bool, bool, int]:
    """The album it was made for comes first: neither a collection nor a concert, official, the oldest."""
    group = release.get("release-group", {})
    later = bool(_LATER & set(group.get("secondary-type-list", []))) or group.get("primary-type") == "Other"
    return later, release.get("status", "Official") != "Official", _year(release) or 9999


def _year(release: dict[str, Any]) -> int | None:
    found = re.match(r"(1[5-9]|20)\d\d", str(release.get("date", "")))
    return int(found[0]) if found else None


def _id(text: object) -> str:
    return str(text) if re.fullmatch(r"[0-9a-f-]{36}", str(text)) else ""
