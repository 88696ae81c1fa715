"""A few seconds of a song, for a guest who wonders which one it is."""

from pathlib import Path

from fastapi.responses import FileResponse
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.house import House
from karaoke_ui.limits import PREVIEWS
from karaoke_ui.show.rights import Role
from pipeline import library
from pipeline.audio.sound import gain

router = resource("songs")
ROOM = auth.roles(Role.HOST, Role.SINGER)


@router.get(
    "/{song_id}/preview",
    summary="A few seconds to listen to",
    openapi_extra=ROOM,
    response_class=FileResponse,
    responses={200: {"content": {"audio/mp4": {}}}},
)
async def preview(song_id: str, who: Who, house: TheHouse) -> FileResponse:
    house.limits.spend(PREVIEWS, who.id)
    track, chunks, level = await house.read(_track, house, song_id)
    path = await house.work(_made, track, chunks, level, house.box.settings.cache / "previews")
    return FileResponse(path, media_type="audio/mp4", headers={"cache-control": "private, max-age=3600"})


def _track(s: Session, house: House, song_id: str) -> tuple[Path, int, float]:
    track = library.main_track(s, library.get(s, song_id).id)
    return house.box.store.folder(track.id), track.chunks, gain(track.loudness, track.peak)


def _made(track: Path, chunks: int, level: float, cache: Path) -> Path:
    from pipeline.audio import preview as previews  # numpy is loaded with the first one

    return previews.of_track(track, chunks, level, cache)
