"""Singers: a guest with a phone names herself, the host names those without one."""

from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from karaoke_ui import auth
from karaoke_ui.api.given import Source, TheHouse, TheKeys, Who, resource
from karaoke_ui.limits import JOINS
from karaoke_ui.show import people, tables
from karaoke_ui.show.rights import Role

router = resource("singers")


class Name(BaseModel):
    name: str = Field(max_length=200, description=f"1 to {people.MAX_NAME} letters")


class Guest(Name):
    face: str = Field("", description=f"An emoji beside the name, one of {' '.join(people.FACES)}")


class Singer(BaseModel):
    id: str
    name: str
    face: str
    has_phone: bool = Field(description="Joined by herself; else the host added her")

    @classmethod
    def of(cls, row: tables.Singer) -> "Singer":
        return cls(id=row.id, name=row.name, face=row.face, has_phone=bool(row.device))


class Singers(BaseModel):
    items: list[Singer]


@router.get("", summary="Everybody who sings", openapi_extra=auth.roles(Role.HOST))
async def every(house: TheHouse) -> Singers:
    return Singers(items=[Singer.of(row) for row in await house.read(_by_name)])


@router.post("", summary="Add a singer without a phone", status_code=201, openapi_extra=auth.roles(Role.HOST))
async def add_walk_up(body: Name, who: Who, house: TheHouse) -> Singer:
    return Singer.of(await house.do(people.add_walk_up, who, body.name))


@router.get("/me", summary="The singer of this phone", openapi_extra=auth.roles(Role.SINGER))
async def me(who: Who, house: TheHouse) -> Singer:
    return Singer.of(await house.read(Session.get_one, tables.Singer, who.id))


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
    return Singer.of(singer)


def _by_name(s: Session) -> list[tables.Singer]:
    return list(s.exec(select(tables.Singer).order_by(col(tables.Singer.name), col(tables.Singer.id))))
