"""Stages: the TVs that the host lets in."""

from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, Source, TheHouse, Who, resource
from karaoke_ui.limits import PAIRINGS
from karaoke_ui.show import stages
from karaoke_ui.show.rights import Role

router = resource("stages")


class Code(BaseModel):
    code: str = Field(max_length=20, description="The four digits on the screen that wants to be let in")


class Stage(Schema):
    id: str
    leads: bool = Field(description="This one plays; the others stand by")
    connected: bool = Field(description="Its page is open")
    armed: bool = Field(description="Its sound was switched on by a tap")


class Stages(BaseModel):
    items: list[Stage]


@router.get("", summary="The stages that were let in", openapi_extra=auth.roles(Role.HOST))
async def every(house: TheHouse) -> Stages:
    return Stages(items=[Stage.of(row) for row in await house.read(stages.paired)])


@router.post(
    "", summary="Let in the screen that shows a code", status_code=201, openapi_extra=auth.roles(Role.HOST)
)
async def pair(body: Code, who: Who, house: TheHouse, source: Source) -> Stage:
    house.limits.spend(PAIRINGS, source)
    return Stage.of(await house.do(stages.pair, who, body.code))


@router.delete(
    "/{stage_id}", summary="Send a stage away", status_code=204, openapi_extra=auth.roles(Role.HOST)
)
async def unpair(stage_id: str, who: Who, house: TheHouse) -> None:
    await house.do(stages.unpair, who, stage_id)
