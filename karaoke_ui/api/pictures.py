"""The videos of songs: whether the room sees them behind the words."""

from pydantic import BaseModel, Field

from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.api.songs import HOST
from karaoke_ui.show import backdrops

router = resource("songs")


class Video(Schema):
    there: bool = Field(description="The song has a video")
    allowed: bool | None = Field(description="What the host said; null: nothing, and the rules decide")
    shown: bool = Field(description="The room sees it behind the words")


class Allowed(BaseModel):
    allowed: bool | None


@router.get("/{song_id}/video", summary="May the room see the video of a song?", openapi_extra=HOST)
async def video(song_id: str, house: TheHouse) -> Video:
    return Video.of(await house.read(backdrops.video, song_id))


@router.put("/{song_id}/video", summary="Let the room see it, or not", openapi_extra=HOST)
async def allow(song_id: str, body: Allowed, who: Who, house: TheHouse) -> Video:
    """What guests brought, and what is titled as a lyric or karaoke video, is not seen before the host said so."""
    return Video.of(await house.do(backdrops.allow_video, who, song_id, body.allowed))
