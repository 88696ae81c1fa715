"""The library as a collection: songs that are one, the trash, the room on the disk, and whether every file is whole."""

from pydantic import BaseModel, Field

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.api.songs import Song
from karaoke_ui.show import views
from karaoke_ui.show.rights import Role
from pipeline import editing
from pipeline.keeping import folders, integrity, rebuild, trash

router = resource("library")
HOST = auth.roles(Role.HOST)


class Several(BaseModel):
    songs: list[str] = Field(min_length=1, max_length=1000, description="Their ids")


class Merge(BaseModel):
    keep: str = Field(description="The song that stays")
    other: str = Field(description="The song whose versions, turns and performances go over to it")


class Part(BaseModel):
    song: str = Field(description="The `other` of the merge")


class Two(BaseModel):
    song: str
    other: str


class Split(BaseModel):
    version: str = Field(description="The `track_id` that becomes a song of its own")
    title: str = Field("", max_length=200, description="Left out: as the version is called")
    artist: str = Field("", max_length=200)


class Twins(BaseModel):
    items: list[list[str]] = Field(description="Groups of ids of songs with the same title and artist")


class Thrown(Schema):
    id: str
    title: str
    artist: str
    deleted_at: float
    bytes: int


class Trash(BaseModel):
    items: list[Thrown]
    days: int = Field(description="After so many days a song is removed for good; 0: never")


class DiskUse(Schema):
    """In bytes."""

    songs: int
    trash: int
    free: int


class Problem(Schema):
    song_id: str
    title: str
    file: str
    missing: bool
    repaired: bool = Field(description="It is being made anew")


class Report(Schema):
    state: str = Field(description="`never`, `asked`, `running` or `done`")
    checked: int
    total: int
    problems: list[Problem]
    ended_at: float | None


class Rebuilt(Schema):
    state: str = Field(description="`never`, `asked`, `running` or `done`")
    tracks: int = Field(description="Versions that are there again")
    left: list[str] = Field(description="Folders that do not say what they are")


@router.get("/twins", summary="Songs that seem to be the same", openapi_extra=HOST)
async def twins(house: TheHouse) -> Twins:
    return Twins(items=await house.read(editing.all_twins))


@router.post("/merge", summary="Make two songs versions of one", openapi_extra=HOST)
async def merge(body: Merge, who: Who, house: TheHouse) -> Song:
    await house.do(actions.merge_songs, who, body.keep, body.other)
    return Song.of(await house.read(views.song, body.keep))


@router.post("/merge/undo", summary="Take a merge back", openapi_extra=HOST)
async def take_back(body: Part, who: Who, house: TheHouse) -> Song:
    """The song is itself again: its versions, turns and performances return to it."""
    own = await house.do(actions.take_merge_back, who, body.song)
    return Song.of(await house.read(views.song, own.id))


@router.post("/apart", summary="Two songs of one name are not the same", status_code=204, openapi_extra=HOST)
async def apart(body: Two, who: Who, house: TheHouse) -> None:
    """They are listed as twins no more."""
    await house.do(actions.keep_apart, who, body.song, body.other)


@router.post("/split", summary="Make a version a song of its own again", openapi_extra=HOST)
async def split(body: Split, who: Who, house: TheHouse) -> Song:
    own = await house.do(actions.split_version, who, body.version, body.title, body.artist)
    return Song.of(await house.read(views.song, own.id))


@router.get("/trash", summary="What lies in the trash, the latest first", openapi_extra=HOST)
async def thrown(house: TheHouse) -> Trash:
    items = [Thrown.of(each) for each in await house.read(trash.listed)]
    return Trash(items=items, days=house.box.settings.trash_days)


@router.post("/trash", summary="Move songs to the trash", status_code=204, openapi_extra=HOST)
async def throw(body: Several, who: Who, house: TheHouse) -> None:
    await house.do(actions.delete_songs, who, body.songs)


@router.post("/trash/restore", summary="Take songs out of the trash", status_code=204, openapi_extra=HOST)
async def restore(body: Several, who: Who, house: TheHouse) -> None:
    await house.do(actions.restore_songs, who, body.songs)
    house.wake()


@router.delete(
    "/trash", summary="Remove for good what lies in the trash", status_code=204, openapi_extra=HOST
)
async def empty(who: Who, house: TheHouse) -> None:
    await house.work(actions.empty_trash, house.box, who)


@router.get("/disk", summary="How much room songs take, and how much there is", openapi_extra=HOST)
async def disk(house: TheHouse) -> DiskUse:
    return DiskUse.of(await house.read(folders.disk_use, house.box.store))


@router.post(
    "/check", summary="Compare every file with its checksum, and mend what can be mended", openapi_extra=HOST
)
async def check(who: Who, house: TheHouse) -> Report:
    """A worker does it; ask with GET how far it is."""
    return Report.of(await house.do(actions.check_library, who))


@router.get("/check", summary="How far the check is, and what it found", openapi_extra=HOST)
async def checked(house: TheHouse) -> Report:
    return Report.of(await house.read(integrity.report))


@router.post(
    "/rebuild",
    summary="Make a lost database anew from the songs' folders",
    status_code=202,
    openapi_extra=HOST,
)
async def start_over(who: Who, house: TheHouse) -> Rebuilt:
    """For a library that knows of no song. A worker does it; ask with GET how far it is."""
    return Rebuilt.of(await house.do(actions.rebuild_library, who))


@router.get("/rebuild", summary="How far the rebuilding is", openapi_extra=HOST)
async def rebuilt(house: TheHouse) -> Rebuilt:
    return Rebuilt.of(await house.read(rebuild.report))
