"""Co-hosts: people who help, with rights of their own."""

from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.show import cohosts, tables
from karaoke_ui.show.rights import Right, Role

router = resource("cohosts")
HOST = auth.roles(Role.HOST)


class CoHost(BaseModel):
    id: str
    name: str
    rights: list[Right]

    @classmethod
    def of(cls, row: tables.CoHost) -> "CoHost":
        return cls(id=row.id, name=row.name, rights=cohosts.rights_of(row))


class CoHosts(BaseModel):
    items: list[CoHost]


class NewCoHost(BaseModel):
    name: str = Field(max_length=1000)
    password: str = Field(max_length=1000)
    rights: list[Right] = Field([], description="player, queue, library")


class CoHostChange(BaseModel):
    password: str | None = Field(None, max_length=1000)
    rights: list[Right] | None = None


@router.get("", summary="Who helps", openapi_extra=HOST)
async def every(who: Who, house: TheHouse) -> CoHosts:
    found = await house.read(lambda s: cohosts.every(s, who))
    return CoHosts(items=[CoHost.of(row) for row in found])


@router.post("", summary="Let somebody help", status_code=201, openapi_extra=HOST)
async def create(body: NewCoHost, who: Who, house: TheHouse) -> CoHost:
    hashed = await house.work(auth.hash_of, body.password)
    return CoHost.of(await house.do(cohosts.create, who, body.name, hashed, body.rights))


@router.patch("/{cohost_id}", summary="Other rights, or another password", openapi_extra=HOST)
async def change(cohost_id: str, body: CoHostChange, who: Who, house: TheHouse) -> CoHost:
    hashed = await house.work(auth.hash_of, body.password) if body.password is not None else None

    def change_it(s: Session) -> tables.CoHost:
        return cohosts.change(s, who, cohost_id, rights=body.rights, hashed=hashed)

    return CoHost.of(await house.write(change_it))


@router.delete("/{cohost_id}", summary="They help no longer", status_code=204, openapi_extra=HOST)
async def delete(cohost_id: str, who: Who, house: TheHouse) -> None:
    await house.do(cohosts.delete, who, cohost_id)
