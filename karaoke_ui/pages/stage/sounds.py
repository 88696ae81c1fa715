"""The sound that a stage plays, as numbered files: plain from the library, or rendered in the sung key and tempo."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show import desk
from karaoke_ui.show.rights import Role
from pipeline.errors import NotFound
from pipeline.render import MIX, STEMS, Variant
from pipeline.sound import chunk_name
from pipeline.tables import Track

LISTENERS = auth.roles(Role.STAGE, Role.HOST)
KEEP = {"cache-control": "private, max-age=3600"}
# How long a stage waits for a rendering: longer than any should take, shorter than its own patience.
PATIENCE_SECONDS = 10.0
# How often to look whether it still waits.
LOOK_SECONDS = 0.25


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
        key, tempo = desk.checked_key(key), desk.checked_tempo(tempo)
        wanted = await house.read(_wanted, house, track_id, stem, number)
        if wanted is None:
            raise NotFound(what="sound")
        path: Path | None = wanted.path
        if (key, tempo) != (0, 1.0):
            path = await _rendered(request, house, wanted, key, tempo)
        if path is None or not path.is_file():
            raise NotFound(what="sound")
        return FileResponse(path, media_type="audio/flac", headers=KEEP)


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
