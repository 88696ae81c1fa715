"""What was found out about songs: their covers, and what they may be while nobody is sure."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import FileResponse

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.api.songs import HOST, Song
from karaoke_ui.show import views
from karaoke_ui.show.rights import Role
from pipeline import describing, library
from pipeline.errors import BadValue, NotFound

router = resource("songs")

EVERYBODY = auth.roles(Role.HOST, Role.SINGER, Role.STAGE)
# The address changes with the picture.
KEPT = {"Cache-Control": "private, max-age=604800"}


class Candidate(Schema):
    id: str
    source: str = Field(description="Who says so: `musicbrainz` or `itunes`")
    title: str
    artist: str
    album: str
    year: int | None
    explicit: bool | None
    score: float = Field(description="How likely it is, 0 to 1")


class Candidates(BaseModel):
    items: list[Candidate]


@router.get(
    "/{song_id}/cover", summary="The cover of a song", response_class=FileResponse, openapi_extra=EVERYBODY
)
async def cover(
    song_id: str,
    house: TheHouse,
    size: Annotated[int, Query(description="160 or 600, as wide as high")] = 160,
) -> FileResponse:
    from pipeline import covers  # ffmpeg's libraries come along: not before the first cover is asked for

    if size not in covers.SIZES:
        raise BadValue(what="size", value=size)
    track_id = await house.read(_cover_track, song_id)
    path = covers.path(house.box.store.folder(track_id), size) if track_id else None
    if path is None:
        raise NotFound(what="cover")
    return FileResponse(path, media_type="image/jpeg", headers=KEPT)


@router.get("/{song_id}/candidates", summary="What a song may be", openapi_extra=HOST)
async def candidates(song_id: str, house: TheHouse) -> Candidates:
    """Songs that services know, the likeliest first; none where it is sure, or nobody knows it."""
    found = await house.read(describing.candidates, song_id)
    return Candidates(items=[Candidate.of(each) for each in found])


@router.post("/{song_id}/candidates/{candidate_id}", summary="Say which one it is", openapi_extra=HOST)
async def choose(song_id: str, candidate_id: str, who: Who, house: TheHouse) -> Song:
    await house.do(actions.choose_candidate, who, song_id, candidate_id)
    house.wake()
    return Song.of(await house.read(views.song, song_id))


@router.delete("/{song_id}/candidates", summary="None of them", status_code=204, openapi_extra=HOST)
async def dismiss(song_id: str, who: Who, house: TheHouse) -> None:
    await house.do(actions.dismiss_candidates, who, song_id)


@router.post("/{song_id}/describe", summary="Look up once more what it is", openapi_extra=HOST)
async def describe(song_id: str, who: Who, house: TheHouse) -> Song:
    await house.do(actions.describe_again, who, song_id)
    house.wake()
    return Song.of(await house.read(views.song, song_id))


def _cover_track(s: Session, song_id: str) -> str:
    return library.get(s, song_id).cover_track
