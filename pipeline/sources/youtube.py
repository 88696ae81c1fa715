"""Songs from YouTube: searching, looking a link up, and fetching sound and picture. All of it through yt-dlp.

What is asked for is always made from an id of eleven letters, never from what somebody pasted. Each function takes the
box's settings and may take many seconds: never on the event loop, and never inside a transaction.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import structlog

from pipeline.errors import (
    DiskFull,
    EncoreError,
    NoJavaScript,
    NotAVideoLink,
    NotFetched,
    TooLarge,
    TooLong,
    VideoGone,
    VideoLive,
    VideoRefused,
    YouTubeBlocked,
    YouTubeOffline,
    YouTubeStrange,
)
from pipeline.settings import Settings
from pipeline.sources import links
from pipeline.sources.downloader import Downloaders

log = structlog.get_logger()

MOST_OF_PLAYLIST = 200
# The first video ever put there: nobody expects it to go away.
KNOWN_VIDEO = "jNQXAC9IVRw"
# Before the second try with a fresh address for the sound, and before the third.
PAUSES = (2.0, 6.0)
# A pause looks this often whether it is still wanted.
LOOK_SECONDS = 0.1
What = Literal["sound", "picture"]

LIVE = {"is_live", "is_upcoming", "post_live"}
# A picture that every TV can play, if there is one.
SOUND = "bestaudio/best[acodec!=none][height<=480]/best[acodec!=none]"
# Of a karaoke video the picture is fetched in any case: its words stand in it.
LEAST_HEIGHT = 360
PICTURE = "bestvideo[height<={0}][vcodec^=avc1]/bestvideo[height<={0}]"


@dataclass(frozen=True)
class Found:
    """A video, as a search or a link finds it."""

    id: str
    title: str
    channel: str
    seconds: float

    @property
    def source_id(self) -> str:
        return f"youtube:{self.id}"

    @property
    def url(self) -> str:
        return links.address(self.id)


@dataclass(frozen=True)
class Playlist:
    """What a link leads to: one video, or as many of a playlist as are taken."""

    videos: tuple[Found, ...]
    # It goes on beyond the most that are taken.
    more: bool = False


@dataclass(frozen=True)
class Health:
    """Does downloading work?"""

    works: bool
    version: str
    javascript: bool
    formats: int
    # The note of what is wrong; nothing when it works.
    problem: str = ""


@cache
def downloaders(settings_data: Path) -> Downloaders:
    return Downloaders(settings_data / "yt-dlp")


def search(settings: Settings, words: str, limit: int = 8) -> list[Found]:
    """Videos that could be sung: none that are live, and none longer than a song may be."""
    _refuse_offline(settings)
    with downloaders(settings.data).use() as tube:
        # The answer alone will do; the page around it takes as long again.
        lean = {"youtubetab": {"skip": ["webpage"]}}
        options = {"extract_flat": True, "playlistend": 2 * limit, "extractor_args": lean}
        with tube.Tube(settings, quick=True, **options) as ydl:
            found = ydl.get(f"ytsearch{2 * limit}:{words}")
    return list(_songs(found, settings))[:limit]


def look_up(settings: Settings, link: str, playlists: bool = False) -> Playlist:
    """What a pasted link leads to. Playlists are for the host."""
    video, playlist = links.video_id(link), links.playlist_id(link)
    if video is None and (playlist is None or not playlists):
        raise NotAVideoLink(link[:200])
    _refuse_offline(settings)
    if video is not None:
        return Playlist((look_up_video(settings, video),))
    with downloaders(settings.data).use() as tube:
        options = {"extract_flat": True, "playlistend": MOST_OF_PLAYLIST + 1, "noplaylist": False}
        with tube.Tube(settings, quick=True, **options) as ydl:
            found = ydl.get(links.playlist_address(playlist or ""), name="")
    videos = tuple(_songs(found, settings))
    if not videos:
        raise VideoGone(name=_clean(str(found.get("title") or "")))
    return Playlist(videos[:MOST_OF_PLAYLIST], len(found.get("entries") or ()) > MOST_OF_PLAYLIST)


def look_up_video(settings: Settings, video: str) -> Found:
    """One video, which is refused here if it cannot be sung."""
    _refuse_offline(settings)
    with downloaders(settings.data).use() as tube:
        try:
            found = _look(tube, settings, video, quick=True)
        except (VideoRefused, YouTubeStrange) as error:
            if type(error) not in {VideoRefused, YouTubeStrange}:
                raise  # a plain reason; the others may come from looking in a hurry
            found = _look(tube, settings, video, quick=False)
    _refuse(settings, found)
    return _found(found)


def fetch(
    settings: Settings,
    video: str,
    folder: Path,
    what: What,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Fetch the best sound of a video, or its picture alone; the file. Goes on where it was cut.

    YouTube's addresses of sound and picture grow old and are refused then: so a refusal is answered by asking for
    fresh ones, twice, after a pause.
    """
    _refuse_offline(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for pause in (*PAUSES, None):
        try:
            with downloaders(settings.data).use(check) as tube:
                return _fetch(tube, settings, video, folder, what, progress=progress, check=check)
        except (YouTubeBlocked, YouTubeOffline) as error:
            if pause is None:
                raise
            log.info("asking for a fresh address", video=video, reason=error.detail[:300], pause=pause)
            _wait(pause, check)
    raise AssertionError  # the last round returns or raises


def health(settings: Settings) -> Health:
    """Look a known video up with all its formats, and fetch the first bytes of its sound."""
    version = downloaders(settings.data).installed()
    javascript, formats = False, 0
    try:
        _refuse_offline(settings)
        with (
            downloaders(settings.data).use() as tube,
            tube.Tube(settings, format=SOUND, skip_download=True) as ydl,
        ):
            javascript = ydl.has_javascript()
            found = ydl.get(links.address(KNOWN_VIDEO))
            formats = len(found.get("formats") or ())
            ydl.taste(found)
    except EncoreError as error:
        log.warning("downloading does not work", code=error.code, reason=str(error), detail=error.detail)
        return Health(False, version, javascript, formats, error.note)
    problem = "" if javascript else NoJavaScript().note
    return Health(javascript, version, javascript, formats, problem)


def _look(tube: Any, settings: Settings, video: str, *, quick: bool) -> Mapping[str, Any]:
    with tube.Tube(settings, quick=quick, skip_download=True, format=SOUND) as ydl:
        looked: Mapping[str, Any] = ydl.get(links.address(video))
        return looked


def _fetch(
    tube: Any,
    settings: Settings,
    video: str,
    folder: Path,
    what: What,
    *,
    progress: Callable[[float], None],
    check: Callable[[], None],
) -> Path:
    stops: list[EncoreError] = []

    def check_all() -> None:
        check()
        if stops:
            raise stops[0]

    def look_first(info: Mapping[str, Any], *, incomplete: bool) -> None:
        if not incomplete:
            _refuse(settings, info)

    def hook(state: Mapping[str, Any]) -> None:
        # What is raised here would leave yt-dlp's file open: it is raised at the next bytes instead.
        done, size = state.get("downloaded_bytes") or 0, state.get("total_bytes") or 0
        try:
            if max(done, size) > settings.max_upload_mb * 1_000_000:
                raise TooLarge(
                    name=_clean(str(state["info_dict"].get("title") or "")), limit=settings.max_upload_mb
                )
            progress(min(1.0, done / size) if size else 0.0)
        except EncoreError as stop:
            stops.append(stop)

    options = {
        "format": SOUND if what == "sound" else PICTURE.format(settings.youtube_height or LEAST_HEIGHT),
        # With the format in its name: what was begun in another one is not gone on with.
        "outtmpl": {"default": f"{what}.%(format_id)s.%(ext)s"},
        "paths": {"home": str(folder)},
        "overwrites": False,
        "match_filter": look_first,
        "progress_hooks": [hook],
    }
    with tube.Tube(settings, check=check_all, **options) as ydl:
        info = ydl.get(links.address(video), download=True)
        said = " ".join(ydl.said)
    check_all()
    files = [Path(each["filepath"]) for each in info.get("requested_downloads") or () if "filepath" in each]
    if len(files) == 1 and files[0].is_file():
        return files[0]
    if "No space left" in said:
        raise DiskFull(said[:500])
    raise NotFetched(said[:500], reason="video_cut")


def _songs(found: Mapping[str, Any], settings: Settings) -> Iterator[Found]:
    for entry in found.get("entries") or ():
        if not isinstance(entry, dict) or not links.is_id(str(entry.get("id") or "")):
            continue
        seconds = _seconds(entry)
        if entry.get("live_status") in LIVE or not 0 < seconds <= settings.max_song_minutes * 60:
            continue
        yield _found(entry)


def _found(info: Mapping[str, Any]) -> Found:
    channel = str(info.get("channel") or info.get("uploader") or "")
    return Found(
        str(info["id"]),
        _clean(str(info.get("title") or "")) or str(info["id"]),
        _clean(channel),
        _seconds(info),
    )


def _refuse(settings: Settings, info: Mapping[str, Any]) -> None:
    """What can be told about a video before anything of it is fetched."""
    name = _clean(str(info.get("title") or ""))
    if info.get("live_status") in LIVE or info.get("is_live"):
        raise VideoLive(name=name)
    if _seconds(info) > settings.max_song_minutes * 60:
        raise TooLong(name=name, limit=settings.max_song_minutes)


def _refuse_offline(settings: Settings) -> None:
    if not settings.online:
        raise YouTubeOffline("switched off by KARAOKE_ONLINE")


def _seconds(info: Mapping[str, Any]) -> float:
    try:
        seconds = float(info.get("duration") or 0)
    except (TypeError, ValueError):
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _wait(seconds: float, check: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        check()
        time.sleep(LOOK_SECONDS)
