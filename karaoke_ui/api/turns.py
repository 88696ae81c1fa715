"""Turns: the queue of singers with their songs."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.api.songs import Readiness
from karaoke_ui.limits import REQUESTS
from karaoke_ui.show import night, views
from karaoke_ui.show.rights import Role

router = resource("turns")
ROOM = auth.roles(Role.HOST, Role.SINGER)


class Turn(Schema):
    id: str
    place: int = Field(description="1 is next")
    singer_id: str
    singer: str
    face: str
    song_id: str
    title: str
    artist: str
    seconds: float
    expected_at: float = Field(description="When it will come, in seconds since 1970")
    readiness: Readiness
    has_words: bool


class Queue(BaseModel):
    version: int = Field(description="Hand it back with a change, so that one on an older sight is refused")
    items: list[Turn]

    @classmethod
    def of(cls, show: views.ShowView) -> "Queue":
        return cls(version=show.version, items=[Turn.of(turn) for turn in show.queue])


class Request(BaseModel):
    song_id: str
    singer_id: str = Field("", description="For whom, when the host asks; a singer asks for herself")


class Move(BaseModel):
    to: int = Field(ge=0, le=1_000_000, description="The new place: 0 is next")
    version: int | None = Field(None, description="Of the queue that the host looked at")


@router.get(
    "", summary="Who is waiting, in their order", openapi_extra=auth.roles(Role.HOST, Role.SINGER, Role.STAGE)
)
async def queue(house: TheHouse) -> Queue:
    return Queue.of(await house.read(views.show))


@router.post("", summary="Ask for a song", status_code=201, openapi_extra=ROOM)
async def ask(body: Request, who: Who, house: TheHouse) -> Turn:
    if who.role is Role.SINGER:
        house.limits.spend(REQUESTS, who.id)

    def ask_and_look(s: Session) -> Turn:
        return Turn.of(views.turn(s, night.ask(s, who, body.song_id, body.singer_id).id))

    return await house.write(ask_and_look)


@router.patch("/{turn_id}", summary="Move to another place", openapi_extra=auth.roles(Role.HOST))
async def move(turn_id: str, body: Move, who: Who, house: TheHouse) -> Queue:
    await house.do(night.move, who, turn_id, body.to, body.version)
    return Queue.of(await house.read(views.show))


@router.delete("/{turn_id}", summary="Take out: any turn, or one's own", status_code=204, openapi_extra=ROOM)
async def remove(
    turn_id: str, who: Who, house: TheHouse, version: Annotated[int | None, Query()] = None
) -> None:
    await house.do(night.remove, who, turn_id, version)


@router.post("/{turn_id}/restore", summary="Undo a removal", openapi_extra=ROOM)
async def put_back(turn_id: str, who: Who, house: TheHouse) -> Turn:
    def put_back_and_look(s: Session) -> Turn:
        return Turn.of(views.turn(s, night.put_back(s, who, turn_id).id))

    return await house.write(put_back_and_look)
