"""A small server that answers like a service outside would, and can be told to behave badly."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing answers there


@dataclass
class Answer:
    """What is sent back."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # Seconds before it begins, and between its bytes.
    wait: float = 0.0
    drip: float = 0.0
    # Fewer bytes than promised.
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


class StandIn:
    """A server on this machine: `answer` decides what is sent back for a path and its parameters."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.url = ""
        self.gone = threading.Event()

    @contextmanager
    def running(self) -> Iterator["StandIn"]:
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self.gone.clear()
        with QuietServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            self.url = f"http://127.0.0.1:{server.server_port}"
            try:
                yield self
            finally:
                self.gone.set()
                server.shutdown()
                thread.join()


class QuietServer(ThreadingHTTPServer):
    """A thread for each who asks; closed, all of them are done. Those who go away before are no matter."""

    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        asked = Asked(where.path, dict(parse_qsl(where.query)), dict(self.headers))
        self.stand_in.asked.append(asked)
        answer = self.stand_in.answer(asked)
        self.stand_in.gone.wait(answer.wait)
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content) + (100 if answer.cut else 0)))
            self.end_headers()
            for each in (
                (answer.content[i : i + 1] for i in range(len(answer.content)))
                if answer.drip
                else [answer.content]
            ):
                self.wfile.write(each)
                if answer.drip and self.stand_in.gone.wait(answer.drip):
                    break
        except OSError:
            pass  # whoever asked has gone

    def log_message(self, *_: object) -> None:
        pass


def song(title: str, artist: str, seconds: float, **more: Any) -> dict[str, Any]:
    """A song as the iTunes search tells of it."""
    return {
        "wrapperType": "track",
        "kind": "song",
        "trackName": title,
        "artistName": artist,
        "collectionName": more.get("album", "An Album"),
        "releaseDate": f"{more.get('year', 1999)}-03-01T12:00:00Z",
        "trackTimeMillis": round(seconds * 1000),
        "trackExplicitness": more.get("explicitness", "notExplicit"),
        "artworkUrl100": more.get("artwork", ""),
    }


def itunes(*songs: dict[str, Any]) -> Answer:
    body = json.dumps({"resultCount": len(songs), "results": songs}).encode()
    return Answer(b"\n\n\n" + body, headers={"Content-Type": "text/javascript; charset=utf-8"})


def recording(
    title: str, artist: str, seconds: float, *, number: int = 1, album: str = "An Album", year: int = 1999
) -> str:
    """A recording as MusicBrainz' search tells of it."""
    mbid = f"{number:08d}-1111-4111-8111-111111111111"
    group = f"{number:08d}-2222-4222-8222-222222222222"
    return f"""<recording id="{mbid}" ns2:score="100"><title>{title}</title><length>{round(seconds * 1000)}</length>
      <artist-credit><name-credit><name>{artist}</name>
        <artist id="a1111111-1111-4111-8111-111111111111"><name>{artist}</name><sort-name>{artist}</sort-name></artist>
      </name-credit></artist-credit>
      <release-list>
        <release id="{number:08d}-3333-4333-8333-333333333333"><title>Best of Everybody</title><status>Official</status>
          <release-group id="{number:08d}-4444-4444-8444-444444444444" type="Compilation"><primary-type>Album</primary-type>
            <secondary-type-list><secondary-type>Compilation</secondary-type></secondary-type-list></release-group>
          <date>{year}</date></release>
        <release id="{number:08d}-5555-4555-8555-555555555555"><title>{album}</title><status>Official</status>
          <release-group id="{group}" type="Album"><primary-type>Album</primary-type></release-group>
          <date>{year}-05-01</date></release>
      </release-list></recording>"""


def musicbrainz(*recordings: str) -> Answer:
    body = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
    <metadata created="2026-01-01T00:00:00.000Z" xmlns="http://musicbrainz.org/ns/mmd-2.0#"
      xmlns:ns2="http://musicbrainz.org/ns/ext#-2.0">
    <recording-list count="{len(recordings)}" offset="0">{"".join(recordings)}</recording-list></metadata>"""
    return Answer(body.encode(), headers={"Content-Type": "application/xml; charset=UTF-8"})
