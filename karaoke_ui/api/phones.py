"""The singer's own phone: who sings with it, where they are, what they like and what they sang."""

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, Source, TheHouse, TheKeys, Who, resource
from karaoke_ui.api.singers import Guest, Singer
from karaoke_ui.limits import ALL_RECOVERIES, RECOVERIES
from karaoke_ui.show import guests, history, people, tables, views
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import Hint

router = resource("singers/me")
SINGER = auth.roles(Role.SINGER)


class Me(Singer):
    recovery: str = Field(description="Four letters that bring another phone to this singer")
    language: str


class Chosen(BaseModel):
    singer_id: str


class Code(BaseModel):
    code: str = Field(max_length=20)


class About(BaseModel):
    hint: Hint | None = Field(None, description="“I'm here”, “on my way”")
    paused: bool | None = Field(None, description="Pass over my turns until I am back")
    regular: bool | None = Field(None, description="Remember me on other nights")
    language: str | None = Field(None, max_length=100)


class Sharing(BaseModel):
    items: list[Singer] = Field(description="All who sing with this phone")
    chosen: str


class SungBefore(Schema):
    song_id: str
    title: str
    artist: str
    key: int
    tempo: float
    at: float
    finished: bool
    partners: list[str] = Field(description="The others who sang it")


class History(BaseModel):
    items: list[SungBefore]


class Favourites(BaseModel):
    song_ids: list[str] = Field(description="The newest first")


class Key(BaseModel):
    key: int | None = Field(description="Half tones to begin with; none: nothing can be said")


@router.get("", summary="The singer of this phone", openapi_extra=SINGER)
async def me(who: Who, house: TheHouse) -> Me:
    return await house.read(_me, who.id)


@router.patch("", summary="Where I am, and what I want", openapi_extra=SINGER)
async def say(body: About, who: Who, house: TheHouse) -> Me:
    if body.hint is not None:
        await house.do(people.hint, who, body.hint)
    if body.paused is not None:
        await house.do(guests.pause, who, body.paused)
    if body.regular is not None:
        await house.do(people.remember, who, body.regular)
    if body.language is not None:
        await house.do(people.speak, who, body.language)
    return await house.read(_me, who.id)


@router.get("/sharing", summary="Who sings with this phone", openapi_extra=SINGER)
async def sharing(request: Request, who: Who, house: TheHouse, keys: TheKeys) -> Sharing:
    found = await house.read(people.sharing, keys.read(Role.SINGER, request.cookies))
    singers = [Singer.of(await house.read(views.singer, each.id)) for each in found]
    return Sharing(items=singers, chosen=who.id)


@router.post("/sharing", summary="Somebody else sings with this phone", status_code=201, openapi_extra=SINGER)
async def share(body: Guest, request: Request, who: Who, house: TheHouse, keys: TheKeys) -> Singer:
    made = await house.do(people.share, who, keys.read(Role.SINGER, request.cookies), body.name, body.face)
    return Singer.of(await house.read(views.singer, made.id))


@router.put("/sharing/chosen", summary="Sing as another one of this phone", openapi_extra=SINGER)
async def choose(body: Chosen, request: Request, who: Who, house: TheHouse, keys: TheKeys) -> Singer:
    phone = keys.read(Role.SINGER, request.cookies)
    chosen = await house.do(people.choose, who, phone, body.singer_id)
    return Singer.of(await house.read(views.singer, chosen.id))


@router.post(
    "/recovery",
    summary="Be the singer of these four letters",
    openapi_extra=auth.roles(Role.NOBODY, Role.SINGER),
)
async def recover(
    *,
    body: Code,
    request: Request,
    answer: Response,
    who: Who,
    house: TheHouse,
    keys: TheKeys,
    source: Source,
) -> Singer:
    house.limits.spend(RECOVERIES, source)
    house.limits.spend(ALL_RECOVERIES, "")
    phone = keys.read(Role.SINGER, request.cookies) or auth.new_token()
    singer = await house.do(people.recover, who, phone, body.code)
    auth.give_cookie(answer, keys, Role.SINGER, phone)
    return Singer.of(await house.read(views.singer, singer.id))


@router.get("/history", summary="What I sang, and in which key", openapi_extra=SINGER)
async def sang(who: Who, house: TheHouse) -> History:
    return History(items=[SungBefore.of(each) for each in await house.read(history.of_singer, who.id)])


@router.get("/favourites", summary="My favourites", openapi_extra=SINGER)
async def favourites(who: Who, house: TheHouse) -> Favourites:
    return Favourites(song_ids=await house.read(history.favourites, who.id))


@router.put("/favourites/{song_id}", summary="Keep a song", openapi_extra=SINGER)
async def favour(song_id: str, who: Who, house: TheHouse) -> Favourites:
    await house.do(history.favour, who, song_id, True)
    return Favourites(song_ids=await house.read(history.favourites, who.id))


@router.delete("/favourites/{song_id}", summary="Keep it no longer", openapi_extra=SINGER)
async def leave(song_id: str, who: Who, house: TheHouse) -> Favourites:
    await house.do(history.favour, who, song_id, False)
    return Favourites(song_ids=await house.read(history.favourites, who.id))


@router.get("/keys/{song_id}", summary="The key to begin a song with", openapi_extra=SINGER)
async def key(song_id: str, who: Who, house: TheHouse) -> Key:
    return Key(key=await house.read(history.suggested_key, who.id, song_id))


def _me(s: Session, singer_id: str) -> Me:
    row = s.get_one(tables.Singer, singer_id)
    seen = Singer.of(views.singer(s, singer_id))
    return Me(**seen.model_dump(), recovery=row.recovery, language=row.language)
