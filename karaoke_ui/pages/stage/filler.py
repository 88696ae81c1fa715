"""Music between the songs: the files of a folder; the stage plays a pad of its own where there are none."""

import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import Scene
from karaoke_ui.show.views import ShowView
from pipeline.errors import NotFound
from pipeline.settings import Settings

KINDS = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}
# A folder's time of change is no finer than the system's clock ticks: what changes right after a look goes unseen.
SETTLED_SECONDS = 2.0
SILENT = (Scene.COUNTDOWN, Scene.PLAYING, Scene.CLOSING, Scene.HOLD)


def of(settings: Settings, show: ShowView) -> dict[str, Any] | None:
    """What the stage is told: how many files there are, or that nothing is wanted now."""
    if show.now is not None or show.scene.name in SILENT:
        return None
    return {"files": len(files(settings))}


def files(settings: Settings) -> tuple[Path, ...]:
    """The music, by name; the folder is read again when it changed."""
    folder = settings.filler or settings.data / "filler"
    try:
        changed = folder.stat().st_mtime_ns
        is_settled = time.time() - changed / 1e9 > SETTLED_SECONDS
        return _listed(folder, changed) if is_settled else _look(folder)
    except OSError:
        return ()


@lru_cache(maxsize=2)
def _listed(folder: Path, _changed: int) -> tuple[Path, ...]:
    return _look(folder)


def _look(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS))


def install(app: FastAPI, house: House) -> None:
    @app.get(
        "/stage/filler/{number}", openapi_extra=auth.roles(Role.STAGE, Role.HOST), include_in_schema=False
    )
    async def music(number: int) -> FileResponse:
        """One file of the music between the songs, in parts as a player asks for them."""
        there = await house.work(files, house.box.settings)
        if not 0 <= number < len(there):
            raise NotFound(what="sound")
        return FileResponse(there[number], media_type=KINDS[there[number].suffix.lower()])
