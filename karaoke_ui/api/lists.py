"""Lists: songs that the host put together, and what of the library a phone offers without a search."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.show import lists, tables
from karaoke_ui.show.rights import Role

router = resource("lists")
ROOM = auth.roles(Role.HOST, Role.SINGER)
HOST = auth.roles(Role.HOST)


class HouseList(BaseModel):
    id: str
    name: str
    song_ids: list[str]

    @classmethod
    def of(cls, s: Session, row: tables.HouseList) -> "HouseList":
        return cls(id=row.id, name=row.name, song_ids=lists.songs_of(s, row.id))


class ListLine(BaseModel):
    id: str
    name: str
    songs: int


class Lists(BaseModel):
    items: list[ListLine]


class NewList(BaseModel):
    name: str = Field(max_length=1000)
    song_ids: list[str] = Field([], max_length=10_000)


class ListChange(BaseModel):
    name: str | None = Field(None, max_length=1000)
    song_ids: list[str] | None = Field(None, max_length=10_000, description="All of them, in their order")


class Songs(BaseModel):
    song_ids: list[str]


@router.get("", summary="The house's lists", openapi_extra=ROOM)
async def every(house: TheHouse) -> Lists:
    found = await house.read(lists.every)
    return Lists(items=[ListLine(id=row.id, name=row.name, songs=songs) for row, songs in found])


@router.get("/most-sung", summary="What is sung here most", openapi_extra=ROOM)
async def most_sung(house: TheHouse, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Songs:
    return Songs(song_ids=await house.read(lists.most_sung, limit))


@router.get("/{list_id}", summary="A list with its songs", openapi_extra=ROOM)
async def one(list_id: str, house: TheHouse) -> HouseList:
    return await house.read(lambda s: HouseList.of(s, lists.get(s, list_id)))


@router.post("", summary="Put a list together", status_code=201, openapi_extra=HOST)
async def create(body: NewList, who: Who, house: TheHouse) -> HouseList:
    return await house.write(lambda s: HouseList.of(s, lists.create(s, who, body.name, body.song_ids)))


@router.patch("/{list_id}", summary="Another name, other songs, another order", openapi_extra=HOST)
async def change(list_id: str, body: ListChange, who: Who, house: TheHouse) -> HouseList:
    return await house.write(
        lambda s: HouseList.of(s, lists.change(s, who, list_id, body.name, body.song_ids))
    )


@router.put("/{list_id}/songs/{song_id}", summary="Add a song at the end", openapi_extra=HOST)
async def put(list_id: str, song_id: str, who: Who, house: TheHouse) -> HouseList:
    return await house.write(lambda s: HouseList.of(s, lists.put(s, who, list_id, song_id)))


@router.delete("/{list_id}/songs/{song_id}", summary="Take a song off the list", openapi_extra=HOST)
async def take_off(list_id: str, song_id: str, who: Who, house: TheHouse) -> HouseList:
    return await house.write(lambda s: HouseList.of(s, lists.put(s, who, list_id, song_id, on=False)))


@router.delete("/{list_id}", summary="Throw a list away; its songs stay", status_code=204, openapi_extra=HOST)
async def delete(list_id: str, who: Who, house: TheHouse) -> None:
    await house.do(lists.delete, who, list_id)
