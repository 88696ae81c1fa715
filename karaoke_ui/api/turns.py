"""Turns: the queue of singers with their songs, and what waits for the host's yes."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth, reasons
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.api.songs import Readiness
from karaoke_ui.limits import REQUESTS
from karaoke_ui.show import asking, night, turns, undo, views
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import Partner

router = resource("turns")
ROOM = auth.roles(Role.HOST, Role.SINGER)
HOST = auth.roles(Role.HOST)


class Reason(Schema):
    why: str = Field(description="Stable: for programs")
    sung: int = Field(description="Songs of the singer tonight")
    new_ahead: int = Field(description="People who come before, and have not sung yet")
    back_ahead: int = Field(description="People who come before, and have")
    other: str = Field(description="The turn that this one changed places with")


class Along(Schema):
    id: str
    name: str
    face: str
    says: Partner


class Turn(Schema):
    id: str
    place: int = Field(description="1 is next; 0: it waits for the host's yes")
    singer_id: str
    singer: str
    face: str
    song_id: str
    title: str
    artist: str
    seconds: float
    expected_at: float = Field(description="When it will come, in seconds since 1970, to the minute")
    not_before: float | None = Field(description="It is not called before; none: it can be any moment")
    could_be_early: bool = Field(description="It could come earlier than was told: the singer is asked")
    reason: Reason = Field(description="Why it stands where it does")
    explained: str = Field(description="The same as a sentence to the singer")
    readiness: Readiness
    has_words: bool
    key: int = Field(description="Half tones up or down")
    tempo: float
    partners: list[Along] = Field(description="Who was asked to sing along, in that order")
    message: str = Field(
        description="A few words for the room; others than the host and the singer read what the host allowed"
    )
    message_allowed: bool | None = Field(
        description="Whether the host lets the room read them; none: they wait"
    )
    wish: str = Field(description="Why it may jump; empty for most")
    pinned: bool = Field(description="The host put it there")
    called: bool = Field(description="Its name is up: nothing moves it")
    later: int = Field(description="How many turns it lets pass")
    missed: int = Field(description="How often the called singer did not come")
    paused: bool
    too_late: bool = Field(description="It ends after the night does")

    @classmethod
    def among(cls, turn: views.TurnView, queue: tuple[views.TurnView, ...], who: Actor) -> "Turn":
        known: dict[str, Any] = {
            name: getattr(turn, name) for name in cls.model_fields if name != "explained"
        }
        if who.role is not Role.HOST and who.id != turn.singer_id:
            known["message"] = turn.line
        return cls.model_validate(known | {"explained": reasons.explain(turn, queue, "you")})


class LastCall(Schema):
    ends_at: float
    songs: int = Field(description="How many of the waiting turns can still be sung")
    too_late: list[str] = Field(description="The turns that cannot")


class Queue(BaseModel):
    version: int = Field(description="Hand it back with a change, so that one on an older sight is refused")
    items: list[Turn]
    requests: list[Turn] = Field(description="Those that wait for the host's yes")
    last_call: LastCall | None = Field(description="Where the night has an end")
    free_at: float = Field(description="When a song would come that is asked for now")

    @classmethod
    def of(cls, show: views.ShowView, who: Actor) -> "Queue":
        return cls(
            version=show.version,
            items=[Turn.among(turn, show.queue, who) for turn in show.queue],
            requests=[Turn.among(turn, show.queue, who) for turn in show.requests],
            last_call=LastCall.of(show.last_call) if show.last_call else None,
            free_at=show.free_at,
        )


TURN_ID = Field(
    "", pattern="^([0-9a-f]{32})?$", description="Of the asker's choice: the same request twice is one turn"
)


class Manner(BaseModel):
    key: int = Field(0, description="Half tones up or down")
    tempo: float = Field(1.0, allow_inf_nan=False, description="The share of the song's own tempo")
    partner_ids: list[str] = Field(
        [], max_length=asking.MOST_PARTNERS, description="Those who are asked to sing along"
    )
    message: str = Field("", max_length=1000, description="A few words for the room")

    def wanted_as(self, turn_id: str) -> asking.Wanted:
        return asking.Wanted(self.key, self.tempo, self.partner_ids, self.message, turn_id)


class Request(Manner):
    song_id: str
    singer_id: str = Field(
        "", description="For whom, when the host asks; a singer asks for herself, or for who shares her phone"
    )
    id: str = TURN_ID

    @property
    def wanted(self) -> asking.Wanted:
        return self.wanted_as(self.id)


class Change(BaseModel):
    to: int | None = Field(None, ge=0, le=1_000_000, description="Pin it to a place: 0 is next")
    pinned: bool | None = Field(None, description="False lets the rules decide its place again")
    song_id: str | None = None
    key: int | None = None
    tempo: float | None = Field(None, allow_inf_nan=False)
    partner_ids: list[str] | None = Field(
        None,
        max_length=asking.MOST_PARTNERS,
        description="Those who sing along: answers are kept, and who said no is asked again",
    )
    message: str | None = Field(None, max_length=1000)
    later: int | None = Field(None, ge=0, le=1000, description="Let so many others pass; 0 takes that back")
    early: bool | None = Field(None, description="To be called earlier than was told is fine")
    wish: str | None = Field(None, max_length=1000, description="Let it come first, for this reason")
    version: int | None = Field(None, description="Of the queue that the asker looked at")


class Swap(BaseModel):
    other_id: str
    version: int | None = None


class Order(BaseModel):
    turn_ids: list[str] = Field(max_length=200, description="Turns of one singer, in the order wanted")


class Answer(BaseModel):
    yes: bool


class Duet(Answer):
    singer_id: str = Field(
        "", description="Whose answer the host gives; without it, of all who have not answered"
    )


@router.get(
    "", summary="Who is waiting, in their order", openapi_extra=auth.roles(Role.HOST, Role.SINGER, Role.STAGE)
)
async def queue(who: Who, house: TheHouse) -> Queue:
    return Queue.of(await house.read(views.show), who)


@router.post("", summary="Ask for a song", status_code=201, openapi_extra=ROOM)
async def ask(body: Request, who: Who, house: TheHouse) -> Turn | None:
    """The turn as it waits; nothing where the same request was told before, and its song is being sung by now."""
    if who.role is Role.SINGER:
        house.limits.spend(REQUESTS, who.id)

    asked = await house.do(night.ask, who, body.song_id, body.singer_id, body.wanted)
    return look(await house.shown(), asked.id, who)


@router.patch("/{turn_id}", summary="Change a turn, or its place", openapi_extra=ROOM)
async def change(turn_id: str, body: Change, who: Who, house: TheHouse) -> Queue:
    await house.write(lambda s: _change(s, who, turn_id, body))
    return Queue.of(await house.shown(), who)


@router.put("/order", summary="Sing one's own songs in another order", openapi_extra=ROOM)
async def reorder(body: Order, who: Who, house: TheHouse) -> Queue:
    await house.do(turns.reorder, who, body.turn_ids)
    return Queue.of(await house.shown(), who)


@router.post("/{turn_id}/swap", summary="Change places with another turn", openapi_extra=HOST)
async def swap(turn_id: str, body: Swap, who: Who, house: TheHouse) -> Queue:
    await house.do(turns.swap, who, turn_id, body.other_id, body.version)
    return Queue.of(await house.shown(), who)


@router.post("/{turn_id}/end", summary="Send it behind all others", openapi_extra=HOST)
async def to_end(
    turn_id: str, who: Who, house: TheHouse, version: Annotated[int | None, Query()] = None
) -> Queue:
    await house.do(turns.to_end, who, turn_id, version)
    return Queue.of(await house.shown(), who)


@router.post("/{turn_id}/approval", summary="The host's answer to a request", openapi_extra=HOST)
async def approve(turn_id: str, body: Answer, who: Who, house: TheHouse) -> Queue:
    await house.do(turns.approve if body.yes else turns.refuse, who, turn_id)
    return Queue.of(await house.shown(), who)


@router.post(
    "/{turn_id}/line",
    summary="Whether the room may read the few words that come with a song",
    openapi_extra=HOST,
)
async def allow_line(turn_id: str, body: Answer, who: Who, house: TheHouse) -> Queue:
    await house.do(turns.allow_line, who, turn_id, body.yes)
    return Queue.of(await house.shown(), who)


@router.post(
    "/{turn_id}/duet", summary="The answer of somebody who was asked to sing along", openapi_extra=ROOM
)
async def answer_duet(turn_id: str, body: Duet, who: Who, house: TheHouse) -> Queue:
    await house.do(turns.answer_duet, who, turn_id, body.yes, body.singer_id)
    return Queue.of(await house.shown(), who)


@router.delete("/{turn_id}", summary="Take out: any turn, or one's own", status_code=204, openapi_extra=ROOM)
async def remove(
    turn_id: str, who: Who, house: TheHouse, version: Annotated[int | None, Query()] = None
) -> None:
    await house.do(night.remove, who, turn_id, version)


@router.post("/{turn_id}/restore", summary="Undo a removal", openapi_extra=ROOM)
async def put_back(turn_id: str, who: Who, house: TheHouse) -> Turn | None:
    back = await house.write(lambda s: undo.put_back(s, who, turn_id))
    return look(await house.shown(), back.id, who)


def look(show: views.ShowView, turn_id: str, who: Actor) -> Turn | None:
    """A turn that was just asked for, as long as it waits."""
    turn = show.waiting.get(turn_id)
    return Turn.among(turn, show.queue, who) if turn is not None else None


def _change(s: Session, who: Actor, turn_id: str, body: Change) -> None:
    """Each wish is an action of its own, all in one transaction."""
    night.refuse_stale(night.current(s), body.version)
    if body.to is not None:
        night.move(s, who, turn_id, body.to)
    if body.pinned is False:
        turns.unpin(s, who, turn_id)
    manner = body.model_dump(include={"song_id", "key", "tempo", "partner_ids", "message"}, exclude_none=True)
    if manner:
        turns.change(s, who, turn_id, **manner)
    if body.later is not None:
        turns.later(s, who, turn_id, body.later)
    if body.early is not None:
        turns.come_early(s, who, turn_id, body.early)
    if body.wish is not None:
        turns.wish(s, who, turn_id, body.wish)
