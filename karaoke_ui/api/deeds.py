"""Deeds: the log of who did what tonight, each with its undo."""

import json
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import TheHouse, Who, resource
from karaoke_ui.show import deeds, night, tables, undo
from karaoke_ui.show.rights import Role

router = resource("deeds")


class Deed(BaseModel):
    id: int
    at: float
    by: str = Field(description="“host”, “cohost:<id>”, “singer:<id>” or “box”")
    action: str
    about: dict[str, object] = Field(description="What its sentence needs: singer, title, …")
    can_be_undone: bool

    @classmethod
    def of(cls, row: tables.Deed) -> "Deed":
        return cls(
            id=row.id or 0,
            at=row.at,
            by=row.by,
            action=row.action,
            about=json.loads(row.about),
            can_be_undone=row.undone_at is None and row.before != "{}",
        )


class Deeds(BaseModel):
    items: list[Deed]


@router.get("", summary="What was done tonight, the newest first", openapi_extra=auth.roles(Role.HOST))
async def every(house: TheHouse, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Deeds:
    def look(s: Session) -> list[tables.Deed]:
        return deeds.of_night(s, night.current(s).id, limit)

    return Deeds(items=[Deed.of(row) for row in await house.read(look)])


@router.post("/{deed_id}/undo", summary="Take a deed back", openapi_extra=auth.roles(Role.HOST, Role.SINGER))
async def take_back(deed_id: int, who: Who, house: TheHouse) -> Deed:
    return Deed.of(await house.do(undo.undo, who, deed_id))


@router.post("/undo", summary="Take back what I did last", openapi_extra=auth.roles(Role.HOST, Role.SINGER))
async def take_back_last(who: Who, house: TheHouse) -> Deed:
    return Deed.of(await house.do(undo.undo_last, who))
