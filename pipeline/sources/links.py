"""What a pasted text points to on YouTube: pure functions. Only what they read out of a link is ever asked for."""

import re
from urllib.parse import parse_qs, urlsplit

HOSTS = frozenset(
    {
        "youtube.com",
        "www.youtube.com",
        "m.youtube.com",
        "music.youtube.com",
        "youtube-nocookie.com",
        "www.youtube-nocookie.com",
    }
)
SHORT_HOSTS = frozenset({"youtu.be", "www.youtu.be"})
# The first part of a path that is followed by a video's id.
BEFORE_ID = frozenset({"shorts", "embed", "live", "v", "e"})
LONGEST = 2000

_ID = re.compile(r"[0-9A-Za-z_-]{11}")
_PLAYLIST = re.compile(r"[0-9A-Za-z_-]{2,64}")
_LOOKS_LIKE_LINK = re.compile(
    r"[a-z][a-z0-9+.-]*://|(?:[a-z0-9-]+\.)*(?:youtube(?:-nocookie)?\.com|youtu\.be)(?:/|$)", re.IGNORECASE
)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_link(text: str) -> bool:
    """Whether somebody pasted an address, of whatever place, rather than typed words."""
    return len(text) <= LONGEST and _LOOKS_LIKE_LINK.match(text.strip()) is not None


def video_id(text: str) -> str | None:
    """The id of the video that a link leads to; None for every other text."""
    host, path, query = _taken_apart(text)
    found = ""
    if host in SHORT_HOSTS:
        found = path[0] if path else ""
    elif host in HOSTS:
        if path == ["watch"]:
            found = query.get("v", [""])[0]
        elif len(path) >= 2 and path[0] in BEFORE_ID:
            found = path[1]
    return found if is_id(found) else None


def playlist_id(text: str) -> str | None:
    """The id of the playlist that a link leads to. A video within a playlist is that video."""
    host, path, query = _taken_apart(text)
    found = query.get("list", [""])[0] if host in HOSTS and path == ["playlist"] else ""
    return found if _PLAYLIST.fullmatch(found) else None


def address(video: str) -> str:
    return f"https://www.youtube.com/watch?v={video}"


def playlist_address(playlist: str) -> str:
    return f"https://www.youtube.com/playlist?list={playlist}"


def _taken_apart(text: str) -> tuple[str, list[str], dict[str, list[str]]]:
    """Host, parts of the path and query; nothing of each for what is no plain web address."""
    text = text.strip()
    nothing: tuple[str, list[str], dict[str, list[str]]] = "", [], {}
    if not is_link(text) or any(c.isspace() or not c.isprintable() or c == "\\" for c in text):
        return nothing
    try:
        parts = urlsplit(text if "://" in text.split("?")[0] else f"https://{text}")
        port = parts.port
    except ValueError:
        return nothing
    if parts.scheme not in {"http", "https"} or port not in {None, 80, 443} or "@" in parts.netloc:
        return nothing
    return (parts.hostname or ""), [part for part in parts.path.split("/") if part], parse_qs(parts.query)
