"""A stand-in for YouTube on this machine: pages and answers of the real one's shape, read by the real yt-dlp.

A video is played as its id begins: `ok…` is well, the others fail as their names say.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.services.stand_in import QuietServer

MEDIA = "https://rr1---sn-test.googlevideo.com/videoplayback"


def video(kind: str, number: int = 1) -> str:
    """An id of eleven letters that begins with its kind."""
    return f"{kind}{number:0{11 - len(kind)}d}"


@dataclass
class Tube:
    """What it plays, and how it behaves."""

    sound: bytes = b""
    picture: bytes = b""
    seconds: int = 6
    title: str = "The Testers - Song of Tests (Official Video)"
    # What every video shows, as a picture.
    still: bytes = b""
    # Paths answered with this status, as often as the number says.
    refuse: dict[str, list[int]] = field(default_factory=dict)
    # Seconds between two pieces of a sound, and where it is cut off.
    drip: float = 0.0
    cut_at: int = 0
    garbage: bool = False
    redirect_to: str = ""
    media_at: str = MEDIA
    playlist: int = 3
    results: int = 5
    port: int = 0
    asked: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    # From which byte each sound or picture was asked for.
    starts: list[int] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def world(self) -> dict[str, Any]:
        """Settings of a box that asks nobody else: what is no video is not to be had."""
        services = ("youtube", "musicbrainz", "itunes", "coverart", "lrclib")
        return {"online": True} | {f"{name}_url": self.url for name in services}

    def count(self, path: str) -> int:
        return sum(1 for each in self.asked if each.startswith(path))


@contextmanager
def serve(**chosen: Any) -> Iterator[Tube]:
    tube = Tube(**chosen)
    handler = type("Handler", (_Handler,), {"tube": tube})
    with QuietServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True  # yt-dlp may keep its connections
        tube.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield tube
        finally:
            tube.gone.set()
            server.shutdown()
            thread.join()


PLAYABILITY: dict[str, dict[str, Any]] = {
    "private": {
        "status": "LOGIN_REQUIRED",
        "messages": ["This is a private video. Please sign in to verify that you may see it."],
        "errorScreen": {
            "playerErrorMessageRenderer": {
                "reason": {"simpleText": "Private video"},
                "subreason": {"simpleText": "Sign in if you've been granted access to this video"},
            }
        },
    },
    "removed": {
        "status": "ERROR",
        "reason": "Video unavailable",
        "errorScreen": {
            "playerErrorMessageRenderer": {
                "reason": {"simpleText": "Video unavailable"},
                "subreason": {"simpleText": "This video has been removed by the uploader"},
            }
        },
    },
    "agegate": {
        "status": "LOGIN_REQUIRED",
        "reason": "Sign in to confirm your age",
        "desktopLegacyAgeGateReason": 1,
        "errorScreen": {
            "playerErrorMessageRenderer": {
                "reason": {"simpleText": "Sign in to confirm your age"},
                "subreason": {"simpleText": "This video may be inappropriate for some users."},
            }
        },
    },
    "region": {
        "status": "UNPLAYABLE",
        "reason": "Video unavailable",
        "errorScreen": {
            "playerErrorMessageRenderer": {
                "reason": {"simpleText": "Video unavailable"},
                "subreason": {"simpleText": "The uploader has not made this video available in your country"},
            }
        },
    },
    "robot": {
        "status": "LOGIN_REQUIRED",
        "reason": "Sign in to confirm you’re not a bot",
        "errorScreen": {
            "playerErrorMessageRenderer": {"reason": {"simpleText": "Sign in to confirm you’re not a bot"}}
        },
    },
    "member": {
        "status": "UNPLAYABLE",
        "reason": "Join this channel to get access to members-only content like this video, and other exclusive perks.",
    },
}


_OWNER = {"videoOwnerRenderer": {"title": {"runs": [{"text": "The Testers"}]}}}
_INFO = [{"videoSecondaryInfoRenderer": {"owner": _OWNER}}]
_WATCH_PAGE = {"contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": _INFO}}}}}


class _Handler(BaseHTTPRequestHandler):
    tube: Tube
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        self.tube.asked.append(self.path)
        self.tube.hosts.add(self.headers.get("Host", ""))
        if (left := self.tube.refuse.get(parts.path)) and left[1] > 0:
            left[1] -= 1
            self._send(left[0], b"refused", "text/plain")
        elif self.tube.redirect_to and parts.path in {"/videoplayback", "/watch"}:
            self.send_response(302)
            self.send_header("Location", self.tube.redirect_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path == "/videoplayback":
            self._play(self.tube.sound if query.get("itag") == "251" else self.tube.picture)
        elif self.tube.garbage:
            self._send(200, b"\x00<html>{{{" * 50, "text/html")
        else:
            self._page(parts.path, query, json.loads(body) if body else {})

    def _page(self, path: str, query: dict[str, str], asked: dict[str, Any]) -> None:
        if path == "/watch":
            self._html(self._player(query["v"]), _WATCH_PAGE)
        elif path == "/" or path.startswith("/embed/"):
            self._html({}, {})
        elif path.startswith("/vi/"):
            there = self.tube.still and path.endswith("/mqdefault.jpg")
            self._send(200 if there else 404, self.tube.still, "image/jpeg")
        elif path == "/iframe_api":
            self._send(
                200, b"var scriptUrl = 'https://www.youtube.com/s/player/0123abcd/';", "text/javascript"
            )
        elif path == "/playlist":
            self._html({}, self._playlist_page())
        elif path == "/youtubei/v1/player":
            self._json(self._player(asked["videoId"]))
        elif path == "/youtubei/v1/search":
            self._json(self._results(asked["query"]))
        elif path == "/youtubei/v1/browse":
            next_page = asked.get("continuation")
            self._json(self._more(int(next_page.split("-")[1])) if next_page else self._playlist_page())
        elif path == "/youtubei/v1/next":
            self._json(_WATCH_PAGE)
        else:
            self._send(404, b"", "text/plain")

    def _player(self, video_id: str) -> dict[str, Any]:
        kind = re.split(r"\d", video_id)[0]
        details = {
            "videoId": video_id,
            "title": self.tube.title,
            "lengthSeconds": str(self.tube.seconds if kind != "long" else 7200),
            "channelId": "UC0123456789012345678901",
            "author": "The Testers",
            "isLiveContent": kind == "live",
            **({"isLive": True} if kind == "live" else {}),
        }
        answer: dict[str, Any] = {"videoDetails": details, "playabilityStatus": {"status": "OK"}}
        if kind in PLAYABILITY:
            return answer | {"playabilityStatus": PLAYABILITY[kind]}
        formats = [self._picture()] if kind == "mute" else [self._sound(), self._picture()]
        return answer | {"streamingData": {"expiresInSeconds": "21540", "adaptiveFormats": formats}}

    def _sound(self) -> dict[str, Any]:
        return {
            "itag": 251,
            "url": f"{self.tube.media_at}?itag=251&stamp={time.time_ns()}",
            "mimeType": 'audio/webm; codecs="opus"',
            "bitrate": 130_000,
            "contentLength": str(len(self.tube.sound)),
            "approxDurationMs": str(self.tube.seconds * 1000),
            "audioQuality": "AUDIO_QUALITY_MEDIUM",
            "audioChannels": 2,
            "audioSampleRate": "48000",
            "quality": "tiny",
        }

    def _picture(self) -> dict[str, Any]:
        return {
            "itag": 135,
            "url": f"{self.tube.media_at}?itag=135&stamp={time.time_ns()}",
            "mimeType": 'video/mp4; codecs="avc1.4d401f"',
            "bitrate": 500_000,
            "width": 854,
            "height": 480,
            "fps": 25,
            "contentLength": str(len(self.tube.picture)),
            "approxDurationMs": str(self.tube.seconds * 1000),
            "qualityLabel": "480p",
            "quality": "large",
        }

    def _results(self, words: str) -> dict[str, Any]:
        items = [_result(video("ok", n), f"{words} {n}", "3:22") for n in range(1, self.tube.results + 1)]
        items.append(_result(video("long"), f"{words}, ten hours", "10:00:00"))
        items.append(_result(video("live"), f"{words}, live now", ""))
        section = {"itemSectionRenderer": {"contents": items if self.tube.results else []}}
        listed = {"sectionListRenderer": {"contents": [section]}}
        return {"contents": {"twoColumnSearchResultsRenderer": {"primaryContents": listed}}}

    def _playlist_page(self) -> dict[str, Any]:
        videos = {"playlistVideoListRenderer": {"contents": self._entries(1)}}
        listed = {"sectionListRenderer": {"contents": [{"itemSectionRenderer": {"contents": [videos]}}]}}
        tab = {"tabRenderer": {"selected": True, "content": listed}}
        return {
            "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [tab]}},
            "header": {
                "playlistHeaderRenderer": {"playlistId": "PLtests", "title": {"simpleText": "Songs of tests"}}
            },
            "metadata": {"playlistMetadataRenderer": {"title": "Songs of tests"}},
        }

    def _more(self, start: int) -> dict[str, Any]:
        appended = {"continuationItems": self._entries(start), "targetId": "x"}
        return {"onResponseReceivedActions": [{"appendContinuationItemsAction": appended}]}

    def _entries(self, start: int) -> list[dict[str, Any]]:
        """A hundred videos of the playlist, and what asks for the next hundred."""
        end = min(start + 100, self.tube.playlist + 1)
        found = [
            {
                "playlistVideoRenderer": {
                    "videoId": video("ok", n),
                    "title": {"runs": [{"text": f"Tester - Song {n}"}]},
                    "shortBylineText": {"runs": [{"text": "The Testers"}]},
                    "lengthSeconds": "200",
                    "isPlayable": True,
                }
            }
            for n in range(start, end)
        ]
        if end <= self.tube.playlist:
            token = {"continuationCommand": {"token": f"page-{end}"}}
            found.append({"continuationItemRenderer": {"continuationEndpoint": token}})
        return found

    def _html(self, player: dict[str, Any], data: dict[str, Any]) -> None:
        config = {"INNERTUBE_CONTEXT": {"client": {"clientName": "WEB", "clientVersion": "2.20260708.00.00"}}}
        page = (
            "<html><head><title>stand-in</title></head><body><script>"
            f"ytcfg.set({json.dumps(config)});</script>"
            f"<script>var ytInitialPlayerResponse = {json.dumps(player)};</script>"
            f"<script>var ytInitialData = {json.dumps(data)};</script></body></html>"
        )
        self._send(200, page.encode(), "text/html; charset=utf-8")

    def _json(self, answer: dict[str, Any]) -> None:
        self._send(200, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body)

    def _play(self, content: bytes) -> None:
        """Bytes in ranges, as the real one sends them; drop by drop or cut off, where a test wants that."""
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        assert wanted is not None
        start, end = int(wanted[1]), int(wanted[2] or len(content) - 1)
        end = min(end, len(content) - 1)
        self.tube.starts.append(start)
        self.send_response(206)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
        self.send_header("Content-Length", str(end + 1 - start))
        self.end_headers()
        stop = self.tube.cut_at or len(content)
        for place in range(start, end + 1, 4096):
            if place >= stop:
                self.close_connection = True
                return
            self._write(content[place : min(place + 4096, end + 1)])
            if self.tube.drip and self.tube.gone.wait(self.tube.drip):
                return

    def _write(self, piece: bytes) -> None:
        try:
            self.wfile.write(piece)
        except OSError:
            self.close_connection = True  # whoever asked has gone


def _result(video_id: str, title: str, length: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "videoId": video_id,
        "title": {"runs": [{"text": title}]},
        "ownerText": {"runs": [{"text": "The Testers"}]},
    }
    if length:
        found["lengthText"] = {"simpleText": length}
    else:
        found["badges"] = [{"metadataBadgeRenderer": {"style": "BADGE_STYLE_TYPE_LIVE_NOW", "label": "LIVE"}}]
    return {"videoRenderer": found}
