"""The pictures a stage fetches: the video behind the words, and the logo of the house."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show import backdrops, night, rules
from karaoke_ui.show.rights import Role
from pipeline.errors import NotFound
from pipeline.settings import Settings
from pipeline.tables import Track

LOGOS = {"logo.svg": "image/svg+xml", "logo.png": "image/png"}
# A drawing is a picture and nothing else, even for somebody who opens its address.
ONLY_A_PICTURE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=3600",
}


def logo(settings: Settings) -> str | None:
    """The address of the house's logo; it changes with the file."""
    path = _logo_file(settings)
    return f"/stage/logo?of={path.stat().st_mtime_ns}" if path else None


def install(app: FastAPI, house: House) -> None:
    seen_by = auth.roles(Role.STAGE, Role.HOST)

    @app.get("/stage/track/{track_id}/video", openapi_extra=seen_by, include_in_schema=False)
    async def video(track_id: str) -> FileResponse:
        """In parts, as a player asks for it."""
        path = await house.read(_video_file, house, track_id)
        if path is None or not path.is_file():
            raise NotFound(what="video")
        return FileResponse(path, headers={"cache-control": "private, max-age=3600"})

    @app.get("/stage/logo", openapi_extra=auth.roles(*Role), include_in_schema=False)
    async def logo_file() -> FileResponse:
        path = _logo_file(house.box.settings)
        if path is None:
            raise NotFound(what="file")
        return FileResponse(path, media_type=LOGOS[path.name], headers=ONLY_A_PICTURE)


def _video_file(s: Session, house: House, track_id: str) -> Path | None:
    track = s.get(Track, track_id)
    if track is None or not track.video or not backdrops.may_be_seen(track, rules.of(night.current(s))):
        return None
    return house.box.store.folder(track.id) / track.video


def _logo_file(settings: Settings) -> Path | None:
    return next((path for name in LOGOS if (path := settings.data / name).is_file()), None)
