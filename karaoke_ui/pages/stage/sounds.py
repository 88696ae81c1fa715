"""The sound that a stage plays, as numbered files: plain from the library, or rendered in the sung key and tempo."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from nicegui import background_tasks
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show import desk
from karaoke_ui.show.rights import Role
from pipeline.audio.render import MIX, STEMS, Variant
from pipeline.audio.sound import chunk_name
from pipeline.errors import NotFound
from pipeline.tables import Track

LISTENERS = auth.roles(Role.STAGE, Role.HOST)
PLAIN = (0, 1.0)
KEEP = {"cache-control": "private, max-age=3600"}
# How long a stage waits for a rendering: longer than any should take, shorter than its own patience.
PATIENCE_SECONDS = 10.0
# How often to look whether it still waits.
LOOK_SECONDS = 0.25
# So much of a stream is sent before its time: the guide voice follows the host by as much.
AHEAD_SECONDS = 2.0


@dataclass(frozen=True)
class Wanted:
    """One chunk of one stem of a track that has it."""

    track: Track
    folder: Path
    stem: str
    number: int

    @property
    def path(self) -> Path:
        reel = "mix" if self.stem in MIX else f"stems/{self.track.engine}/{self.stem}"
        return self.folder / reel / chunk_name(self.number)

    def variant(self, key: int, tempo: float) -> Variant:
        engine = "" if self.stem in MIX else self.track.engine
        return Variant(self.folder, engine, self.track.chunks, key, tempo)


def install(app: FastAPI, house: House) -> None:
    @app.get("/stage/track/{track_id}/{stem}/{number}.flac", openapi_extra=LISTENERS)
    async def chunk(  # noqa: PLR0917 - a route
        request: Request, track_id: str, stem: str, number: int, key: int = 0, tempo: float = 1.0
    ) -> FileResponse:
        """Four seconds of a stem, at -6 dB; with `key` and `tempo` as they are sung."""
        wanted = await house.read(_wanted, house, track_id, stem, number)
        path = await _path(request, house, wanted, key, tempo) if wanted else None
        if path is None or not path.is_file():
            raise NotFound(what="sound")
        if number == 0:
            background_tasks.create(house.work(house.renderer.warm))
        return FileResponse(path, media_type="audio/flac", headers=KEEP)

    @app.get("/stage/track/{track_id}/{stem}/{number}.m4a", openapi_extra=LISTENERS)
    async def chunk_as_aac(  # noqa: PLR0917 - a route
        request: Request, track_id: str, stem: str, number: int, key: int = 0, tempo: float = 1.0
    ) -> Response:
        """The same as AAC, for browsers without FLAC; `x-lap` frames of its neighbours lie around `x-frames`."""
        from pipeline.audio import fallbacks  # loads what few boxes ever need

        paths: list[Path | None] = []
        for each in (number - 1, number, number + 1):
            found = await house.read(_wanted, house, track_id, stem, each)
            paths.append(await _path(request, house, found, key, tempo) if found else None)
        before, this, after = paths
        if this is None or not this.is_file():
            raise NotFound(what="sound")
        around = [path if path and path.is_file() else None for path in (before, after)]
        content, frames = await house.work(fallbacks.m4a, around[0], this, around[1])
        laps = {"x-frames": str(frames), "x-lap": str(fallbacks.LAP)}
        return Response(content, media_type="audio/mp4", headers=KEEP | laps)

    @app.get("/stage/probe.m4a", openapi_extra=LISTENERS, include_in_schema=False)
    async def probe() -> Response:
        """A moment of silence, for a stage to try whether it can decode AAC."""
        from pipeline.audio import fallbacks

        return Response(await house.work(fallbacks.silence), media_type="audio/mp4", headers=KEEP)

    @app.get("/stage/track/{track_id}/stream.mp3", openapi_extra=LISTENERS, include_in_schema=False)
    async def stream(
        request: Request, track_id: str, position: float = 0.0, key: int = 0, tempo: float = 1.0
    ) -> StreamingResponse:
        """The song from a second on, mixed here as the desk stands, for browsers that cannot decode chunks."""
        key, tempo = desk.checked_key(key), desk.checked_tempo(tempo)
        track = await house.read(Session.get, Track, track_id)
        if track is None or not 0 <= position <= track.seconds:
            raise NotFound(what="sound")
        pieces = _streamed(request, house, track, position, (key, tempo))
        return StreamingResponse(pieces, media_type="audio/mpeg", headers={"cache-control": "no-store"})


async def _streamed(
    request: Request, house: House, track: Track, position: float, sung: tuple[int, float]
) -> AsyncIterator[bytes]:
    from pipeline.audio import fallbacks

    def chunk(stem: str, number: int) -> Future[Path | None]:
        with house.box.db.read() as s:
            wanted = _wanted(s, house, track.id, stem, number)
        if wanted is not None and sung != PLAIN:
            return house.renderer.chunk(wanted.variant(*sung), stem, number)
        done: Future[Path | None] = Future()
        done.set_result(wanted.path if wanted is not None and wanted.path.is_file() else None)
        return done

    mixed = await house.work(fallbacks.Stream, chunk, track.chunks, position, sung[1])
    began = time.monotonic()
    while not await request.is_disconnected():
        show = house.live.show
        piece = await house.work(mixed.next, 1.0 if show.rescue else show.guide)
        if piece is None:
            return
        yield piece
        await asyncio.sleep(max(0.0, began + mixed.given - AHEAD_SECONDS - time.monotonic()))


async def _path(request: Request, house: House, wanted: Wanted, key: int, tempo: float) -> Path | None:
    sung = desk.checked_key(key), desk.checked_tempo(tempo)
    if sung == PLAIN:
        return wanted.path
    return await _rendered(request, house, wanted, *sung)


async def _rendered(request: Request, house: House, wanted: Wanted, key: int, tempo: float) -> Path | None:
    variant = wanted.variant(key, tempo)
    if "no-cache" in request.headers.get("cache-control", ""):
        # The stage could not use what it got.
        await house.work(house.renderer.forget, variant, wanted.number)
    asked: Future[Path | None] = await house.work(house.renderer.chunk, variant, wanted.stem, wanted.number)
    waiting = asyncio.wrap_future(asked)
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not waiting.done() and asyncio.get_running_loop().time() < until:
        await asyncio.wait({waiting}, timeout=LOOK_SECONDS)
        if not waiting.done() and await request.is_disconnected():
            break
    if not waiting.done():
        waiting.cancel()
        return None
    return waiting.result()


def _wanted(s: Session, house: House, track_id: str, stem: str, number: int) -> Wanted | None:
    track = s.get(Track, track_id)
    if track is None or not 0 <= number < track.chunks:
        return None
    if stem not in MIX and (stem not in STEMS or number >= track.separated):
        return None
    return Wanted(track, house.box.store.folder(track.id), stem, number)
