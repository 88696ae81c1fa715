"""Singers: a guest with a phone names herself, the host names those without one, and decides about all."""

from fastapi import Request, Response
from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, Source, TheHouse, TheKeys, Who, resource
from karaoke_ui.limits import JOINS
from karaoke_ui.show import guests, people, views
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import Hint

router = resource("singers")
HOST = auth.roles(Role.HOST)


class Name(BaseModel):
    name: str = Field(max_length=200, description=f"1 to {people.MAX_NAME} letters")


class Guest(Name):
    face: str = Field("", description=f"An emoji beside the name, one of {' '.join(people.FACES)}")


class Singer(Schema):
    id: str
    name: str = Field(description="As all screens show it: two of the same name are told apart")
    face: str
    has_phone: bool = Field(description="Joined by herself; else the host added her")
    spoken: str = Field(description="How the name is spoken")
    came_at: float
    sung: int = Field(description="Songs tonight")
    waiting: int = Field(description="Songs in the queue")
    last_sung_at: float | None
    hint: Hint = Field(description="What the phone last said")
    hint_at: float | None
    paused: bool
    confirmed: bool = Field(description="The host knows who this is: limits go with the person")
    muted: bool
    removed: bool
    regular: bool = Field(description="Wants to be remembered")
    shares_with: list[str] = Field(description="Others on the same phone")


class Singers(BaseModel):
    items: list[Singer]


class Partner(Schema):
    id: str
    name: str
    face: str


class Partners(BaseModel):
    items: list[Partner]


class Change(BaseModel):
    name: str | None = Field(None, max_length=200)
    spoken: str | None = Field(None, max_length=200)
    paused: bool | None = None
    muted: bool | None = None
    confirmed: bool | None = None
    removed: bool | None = Field(None, description="Sent home, with all that they asked for; or let back")


class Merge(BaseModel):
    other_id: str = Field(description="Who turned out to be the same person")


@router.get("", summary="Everybody who is here tonight", openapi_extra=HOST)
async def every(house: TheHouse) -> Singers:
    return Singers(items=[Singer.of(view) for view in await house.read(views.singers)])


@router.get(
    "/partners",
    summary="Who could sing along",
    openapi_extra=auth.roles(Role.HOST, Role.SINGER),
)
async def partners(house: TheHouse, who: Who) -> Partners:
    found = await house.read(views.singers)
    return Partners(items=[Partner.of(each) for each in found if each.id != who.id and not each.removed])


@router.post("", summary="Add a singer without a phone", status_code=201, openapi_extra=HOST)
async def add_walk_up(body: Name, who: Who, house: TheHouse) -> Singer:
    made = await house.do(people.add_walk_up, who, body.name)
    return Singer.of(await house.read(views.singer, made.id))


@router.put(
    "/me",
    summary="Join with this phone, or change one's name",
    openapi_extra=auth.roles(Role.NOBODY, Role.SINGER),
)
async def join(
    *,
    body: Guest,
    request: Request,
    answer: Response,
    who: Who,
    house: TheHouse,
    keys: TheKeys,
    source: Source,
) -> Singer:
    house.limits.spend(JOINS, source)
    phone = keys.read(Role.SINGER, request.cookies) or auth.new_token()
    singer = await house.do(people.join, who, phone, body.name, body.face)
    auth.give_cookie(answer, keys, Role.SINGER, phone)
    return Singer.of(await house.read(views.singer, singer.id))


@router.patch("/{singer_id}", summary="Decide about somebody, or correct a name", openapi_extra=HOST)
async def change(singer_id: str, body: Change, who: Who, house: TheHouse) -> Singer:
    if body.name is not None or body.spoken is not None:
        await house.do(guests.rename, who, singer_id, body.name, body.spoken)
    if body.paused is not None:
        await house.do(guests.pause, who, body.paused, singer_id)
    if body.muted is not None:
        await house.do(guests.mute, who, singer_id, body.muted)
    if body.confirmed is not None:
        await house.do(guests.confirm, who, singer_id, body.confirmed)
    if body.removed is not None:
        await house.do(guests.send_home if body.removed else guests.let_back, who, singer_id)
    return Singer.of(await house.read(views.singer, singer_id))


@router.post("/{singer_id}/merge", summary="Two entries are one person", openapi_extra=HOST)
async def merge(singer_id: str, body: Merge, who: Who, house: TheHouse) -> Singer:
    await house.do(guests.merge, who, singer_id, body.other_id)
    return Singer.of(await house.read(views.singer, singer_id))


@router.post("/{singer_id}/hide", summary="Take a name off all screens", openapi_extra=HOST)
async def hide(singer_id: str, who: Who, house: TheHouse) -> Singer:
    await house.do(guests.hide_name, who, singer_id)
    return Singer.of(await house.read(views.singer, singer_id))
