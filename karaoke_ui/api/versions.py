"""The versions of a song, and which of them is sung."""

from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.show.rights import Role
from pipeline import library, versions
from pipeline.errors import NotFound
from pipeline.tables import TrackKind, TrackState

router = resource("songs")
HOST = auth.roles(Role.HOST)


class Version(Schema):
    id: str = Field(description="Its `track_id`")
    kind: TrackKind
    label: str = Field(description="Which one it is, in words")
    seconds: float
    state: TrackState
    source: str = Field(description="`upload`, `phone`, `folder`, `demo` or `youtube`")
    file_name: str
    loudness: float | None = Field(description="LUFS")
    key: str | None
    bpm: float | None
    chosen: bool = Field(description="Somebody wants this one to be sung")
    sung: bool = Field(False, description="This one is sung, as things stand")


class Versions(BaseModel):
    items: list[Version]


@router.get("/{song_id}/versions", summary="The versions of a song", openapi_extra=HOST)
async def of_song(song_id: str, house: TheHouse) -> Versions:
    return await house.read(_versions, song_id)


@router.post("/{song_id}/versions/{version}", summary="Sing this version", openapi_extra=HOST)
async def choose(song_id: str, version: str, who: Who, house: TheHouse) -> Versions:
    """Once it is ready; until then another one that is."""
    await house.do(actions.choose_version, who, song_id, version)
    house.wake()
    return await house.read(_versions, song_id)


@router.delete("/{song_id}/versions/{version}", summary="Move one version to the trash", openapi_extra=HOST)
async def throw(song_id: str, version: str, who: Who, house: TheHouse) -> Versions:
    """There it is a song of its own; the last version of a song goes with the song alone."""
    known = await house.read(versions.of, song_id)
    if version not in {each.id for each in known}:
        raise NotFound(what="version")
    await house.do(actions.throw_version, who, version)
    return await house.read(_versions, song_id)


def _versions(s: Session, song_id: str) -> Versions:
    found = [Version.of(track) for track in versions.of(s, song_id)]
    sung = library.main_track(s, song_id).id
    return Versions(items=[each.model_copy(update={"sung": each.id == sung}) for each in found])
