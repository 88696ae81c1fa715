"""A box made for one stage: serves the real page and speaks the stage's protocol, with a song made here.

The test says what the box would say (`tell`), makes files late, missing or broken, and drops the line.
"""

import asyncio
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import segno
import soundfile
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from karaoke_ui.pages.stage.page import filled

ROOT = Path(__file__).parents[2] / "karaoke_ui"
STAGE = ROOT / "pages" / "stage"
RATE = 44_100
CHUNK = 4 * RATE
State = dict[str, Any]


def make_song(seconds: float) -> dict[str, np.ndarray]:
    """A band on the left and right, a voice in the middle; never two moments alike, and loud enough to measure."""
    t = np.arange(int(seconds * RATE)) / RATE
    rng = np.random.default_rng(4)
    left = 0.2 * np.sin(2 * np.pi * (110 * t + 3 * t**2)) + rng.normal(0, 0.01, t.size)
    right = 0.2 * np.sin(2 * np.pi * (164 * t + 2 * t**2)) + rng.normal(0, 0.01, t.size)
    voice = 0.25 * np.sin(2 * np.pi * (330 * t + 5 * np.sin(2 * np.pi * 0.7 * t)))
    instrumental, vocals = np.stack([left, right]), np.stack([voice, voice])
    return {"instrumental": instrumental, "vocals": vocals, "mix": instrumental + vocals}


def flac(sound: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound.T * 0.5, RATE, subtype="PCM_24", format="FLAC")
    return file.getvalue()


@dataclass
class Box:
    """What the box says and has. `separated` chunks have stems; all have the mix."""

    seconds: float = 20.0
    state: State = field(default_factory=dict)
    lyrics: State = field(default_factory=dict)
    heard: list[State] = field(default_factory=list)
    broken: dict[tuple[str, int], bytes] = field(default_factory=dict)
    missing: set[tuple[str, int]] = field(default_factory=set)
    delays: dict[tuple[str, int], float] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    video: Path | None = None
    # What plays between the songs.
    music: list[bytes] = field(default_factory=list)
    down: bool = False
    port: int = 0

    def __post_init__(self) -> None:
        self.song = make_song(self.seconds)
        self.total = -(-self.song["mix"].shape[1] // CHUNK)
        self.files = {
            (stem, n): flac(sound[:, n * CHUNK : (n + 1) * CHUNK])
            for stem, sound in self.song.items()
            for n in range(self.total)
        }
        self.sockets: set[WebSocket] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.version = 0
        self.reset()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stage"

    def reset(self) -> None:
        """Paired and idle, everything there, nothing said."""
        self.down = False
        for kept in (self.heard, self.broken, self.missing, self.delays, self.requests, self.lyrics):
            kept.clear()
        address = "192.168.1.20:8080"
        code = segno.make(f"http://{address}/").svg_inline(scale=10, border=0, dark="#0d0b14")
        self.state.clear()
        self.state.update(
            type="state", boot="one", stage={"code": "4821", "paired": True, "leading": True},
            night={"name": "Friday at Mo’s"}, playback=None, next=None, last=None, waiting=0,
            join={"url": f"http://{address}/", "address": address, "qr": code},
        )  # fmt: skip

    def song_state(self, state: str, cue: int, position: float = 0.0, **more: Any) -> State:
        """A playback row; `more` may hold guide, volume, separated, quick, lyrics…"""
        separated = more.pop("separated", self.total)
        chunks = {
            "total": self.total, "separated": separated, "engine": "htdemucs", "quick": more.pop("quick", False)
        }  # fmt: skip
        row: State = {
            "version": 1, "cue": cue, "state": state, "turn": "turn-1", "track": "track-1", "position": position,
            "at": time.time(), "guide": 0.0, "volume": 1.0, "gain": 1.0, "duration": self.seconds, "singer": "Maria",
            "face": "", "faces": [],
            "title": "Daisy Bell", "artist": "Harry Dacre", "chunks": chunks, "lyrics": None,
        }  # fmt: skip
        return row | more

    def tell(self, **changes: Any) -> None:
        """Change the state and send it whole to whoever is connected."""
        self.state.update(changes)
        if self.loop is not None:
            asyncio.run_coroutine_threadsafe(self._send_all(), self.loop).result(30)

    def say(self, message: State) -> None:
        """Send a message of its own, beside the state."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._send_all(message), self.loop).result(30)

    def retell(self, **changes: Any) -> None:
        """Change the playback row, its cue left alone."""
        chunks = self.state["playback"]["chunks"] | {
            k: changes.pop(k) for k in ("separated",) if k in changes
        }
        self.tell(playback=self.state["playback"] | changes | {"chunks": chunks})

    def start(self, cue: int, position: float = 0.0, **more: Any) -> None:
        """Start a cue, wait for its anchor, answer with `playing` as the box does."""
        self.tell(playback=self.song_state("starting", cue, position, **more))
        anchor = self.wait("anchor", cue=cue)
        self.retell(state="playing", position=anchor["position"], at=anchor["at"])

    def wait(self, kind: str, within: float = 30.0, since: int = 0, **fields: Any) -> State:
        """The first message of this kind and with these fields that the stage sent."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for said in self.heard[since:]:
                if said["type"] == kind and all(said.get(name) == value for name, value in fields.items()):
                    return said
            time.sleep(0.02)
        raise AssertionError(f"the stage never said {kind} {fields}; it said {self.heard[-3:]}")

    def drop(self) -> None:
        """Pull the plug: sockets close, nothing answers until `down` is False again."""
        self.down = True
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._close_all(), self.loop).result(30)

    async def _send_all(self, message: State | None = None) -> None:
        for socket in list(self.sockets):
            with suppress(WebSocketDisconnect, RuntimeError):  # its page has just been closed
                await socket.send_text(json.dumps(message or self.state | {"now": time.time()}))

    async def _close_all(self) -> None:
        for socket in list(self.sockets):
            self.sockets.discard(socket)
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(1012)

    async def page(self, _: Request) -> Response:
        return HTMLResponse(filled())

    async def chunk(self, request: Request) -> Response:
        stem, n = request.path_params["stem"], request.path_params["n"]
        self.requests.append(f"{stem}/{n}")
        for _ in range(int(self.delays.get((stem, n), 0) / 0.02)):
            if (stem, n) in self.delays:
                await asyncio.sleep(0.02)
        if self.down:
            return Response(status_code=503)
        separated = (self.state["playback"] or self.song_state("paused", 0))["chunks"]["separated"]
        if (stem, n) in self.missing or (stem != "mix" and n >= separated):
            return Response(status_code=404)
        body = self.broken.get((stem, n), self.files[stem, n])
        return Response(body, media_type="audio/flac", headers={"cache-control": "no-store"})

    async def film(self, _: Request) -> Response:
        return FileResponse(self.video) if self.video else Response(status_code=404)

    async def between(self, request: Request) -> Response:
        return Response(self.music[request.path_params["n"]], media_type="audio/flac")

    async def words(self, _: Request) -> Response:
        return JSONResponse(self.lyrics)

    async def hear(self, said: State) -> None:
        self.heard.append(said)

    async def socket(self, socket: WebSocket) -> None:
        if self.down:
            await socket.close()
            return
        await socket.accept()
        self.sockets.add(socket)
        try:
            await socket.send_text(json.dumps(self.state | {"now": time.time()}))
            while True:
                said = json.loads(await socket.receive_text())
                if said["type"] == "ping":
                    await socket.send_text(json.dumps({"type": "pong", "t0": said["t0"], "now": time.time()}))
                else:
                    await self.hear(said)
        except WebSocketDisconnect:
            self.sockets.discard(socket)


@contextmanager
def open_box(seconds: float = 20.0, kind: type[Box] = Box) -> Iterator[Box]:
    """A box that listens on a port of its own until the block ends."""
    box = kind(seconds)
    app = Starlette(
        routes=[
            Route("/stage", box.page),
            WebSocketRoute("/stage/ws", box.socket),
            Route("/stage/track/{track}/lyrics.json", box.words),
            Route("/stage/track/{track}/video", box.film),
            Route("/stage/filler/{n:int}", box.between),
            Route("/stage/track/{track}/{stem}/{n:int}.flac", box.chunk),
            Mount("/assets/stage", StaticFiles(directory=STAGE)),
            Mount("/assets", StaticFiles(directory=ROOT / "parts")),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="wsproto", lifespan="off"))

    def serve() -> None:
        with asyncio.Runner() as runner:
            box.loop = runner.get_loop()
            runner.run(server.serve())

    thread = threading.Thread(target=serve, name="stage box")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the box did not start"
            time.sleep(0.01)
        box.port = server.servers[0].sockets[0].getsockname()[1]
        yield box
    finally:
        box.reset()
        server.should_exit = True
        server.force_exit = True
        thread.join(10)
