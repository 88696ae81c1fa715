"""Messages: lines for the room, and applause."""

from collections.abc import Mapping

from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.limits import MESSAGES, REACTIONS
from karaoke_ui.reactions import EMOJIS
from karaoke_ui.show import messages, names, night, tables
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import MessageState
from pipeline.errors import BadValue

router = resource("messages")
ROOM = auth.roles(Role.HOST, Role.SINGER)
HOST = auth.roles(Role.HOST)


class Message(BaseModel):
    id: str
    singer_id: str = Field(description="Empty: from the host")
    singer: str
    text: str
    state: MessageState
    at: float


class Messages(BaseModel):
    items: list[Message]


class Line(BaseModel):
    text: str = Field(max_length=1000)


class Kept(BaseModel):
    kept: bool = Field(description="It stands until it is taken down; else it goes by itself after a minute")


class Answer(BaseModel):
    yes: bool


class Applause(BaseModel):
    emoji: str = Field(max_length=16, description=f"One of {' '.join(EMOJIS)}")


@router.get("", summary="The messages of tonight, the oldest first", openapi_extra=HOST)
async def every(house: TheHouse) -> Messages:
    def look(s: Session) -> Messages:
        tonight = night.current(s)
        called = names.tonight(s, tonight.id)
        return Messages(items=[_one(row, called) for row in messages.of_night(s, tonight.id)])

    return await house.read(look)


@router.post("", summary="Say a line to the room", status_code=201, openapi_extra=ROOM)
async def say(body: Line, who: Who, house: TheHouse) -> Message:
    if who.role is Role.SINGER:
        house.limits.spend(MESSAGES, who.id)
    return _one(await house.do(messages.say, who, body.text), {})


@router.post("/{message_id}/approval", summary="The host's answer to a message", openapi_extra=HOST)
async def approve(message_id: str, body: Answer, who: Who, house: TheHouse) -> Message:
    return _one(await house.do(messages.approve if body.yes else messages.refuse, who, message_id), {})


@router.put("/shown", summary="Whether the line on the screens is kept", openapi_extra=HOST)
async def keep(body: Kept, who: Who, house: TheHouse) -> Kept:
    return Kept(kept=(await house.do(messages.keep, who, body.kept)).until is None)


@router.delete("", summary="Take the line off all screens", status_code=204, openapi_extra=HOST)
async def clear(who: Who, house: TheHouse) -> None:
    await house.do(messages.clear, who)


@router.post("/reactions", summary="Applause on the stage", status_code=202, openapi_extra=ROOM)
async def react(body: Applause, who: Who, house: TheHouse) -> Applause:
    house.limits.spend(REACTIONS, who.id)
    if body.emoji not in EMOJIS:
        raise BadValue(what="emoji", value=body.emoji)
    await house.read(messages.check_may_react, who)
    house.reactions.add(body.emoji)
    return body


def _one(row: tables.Message, called: Mapping[str, str]) -> Message:
    return Message(
        id=row.id,
        singer_id=row.singer_id,
        singer=called.get(row.singer_id, ""),
        text=row.text,
        state=row.state,
        at=row.at,
    )
