"""Songs that guests bring on their phones, where the host allows it."""

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.api.songs import Song
from karaoke_ui.limits import ALL_GUEST_UPLOADS, GUEST_UPLOADS
from karaoke_ui.show import bringing, views
from karaoke_ui.show.rights import Role
from pipeline.errors import EmptyFile

# Its one route comes before those of single songs.
router = resource("songs")
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class Brought(BaseModel):
    song: Song = Field(description="What it became: listed at once, and prepared in its turn")


@router.post(
    "/brought",
    summary="Bring a song from a phone",
    status_code=201,
    openapi_extra=auth.roles(Role.SINGER) | FORM,
)
async def bring(request: Request, who: Who, house: TheHouse) -> Brought:
    """One song in any format, told by its content. The host allows it for a night, and sees who brought what."""
    # Before anything of the file is read.
    await house.read(bringing.check, who)
    house.limits.spend(GUEST_UPLOADS, who.id)
    house.limits.spend(ALL_GUEST_UPLOADS, "")
    async with request.form(max_files=1, max_fields=0) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise EmptyFile(name="")
        song = await house.work(bringing.take, house.box, who, file.file, file.filename or "")
    return Brought(song=Song.of(await house.read(views.song, song.id)))
