"""Stages: the TVs that the host lets in."""

from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, Source, TheHouse, Who, resource
from karaoke_ui.limits import PAIRINGS
from karaoke_ui.show import clock, offsets, stages
from karaoke_ui.show.offsets import MOST, Mode, Tapping
from karaoke_ui.show.rights import Role

router = resource("stages")


class Code(BaseModel):
    code: str = Field(max_length=20, description="The four digits on the screen that wants to be let in")


class Stage(Schema):
    id: str
    leads: bool = Field(description="This one plays; the others stand by")
    connected: bool = Field(description="Its page is open")
    armed: bool = Field(description="Its sound was switched on by a tap")
    sound_offset: float = Field(description="Seconds by which its sound comes late")
    picture_offset: float = Field(description="Seconds by which its picture comes late")


class Offsets(BaseModel):
    sound_offset: float | None = Field(None, ge=0, le=MOST, allow_inf_nan=False)
    picture_offset: float | None = Field(None, ge=0, le=MOST, allow_inf_nan=False)


class Beat(BaseModel):
    mode: Mode | None = Field(description="The beat is heard, or seen; null: it ends")


class Heard(BaseModel):
    heard: bool


class Along(BaseModel):
    mode: Mode | None = Field(description="What is tapped to now; null: nothing")
    taps: int
    found: float | None = Field(description="Seconds by which the sound comes later than the picture")

    @classmethod
    def of(cls, tapping: Tapping) -> "Along":
        return cls(mode=tapping.mode, taps=len(tapping.taps), found=tapping.found)


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


@router.post(
    "/{stage_id}/tone",
    summary="Let a stage play a tone, to find out whether it is heard",
    status_code=204,
    openapi_extra=auth.roles(Role.HOST),
)
async def ring(stage_id: str, who: Who, house: TheHouse) -> None:
    await house.do(stages.ring, who, stage_id)


@router.post("/{stage_id}/heard", summary="Its tone was heard, or not", openapi_extra=auth.roles(Role.HOST))
async def confirm(stage_id: str, body: Heard, who: Who, house: TheHouse) -> Stage:
    return Stage.of(await house.do(stages.confirm, who, stage_id, body.heard))


@router.delete(
    "/{stage_id}", summary="Send a stage away", status_code=204, openapi_extra=auth.roles(Role.HOST)
)
async def unpair(stage_id: str, who: Who, house: TheHouse) -> None:
    await house.do(stages.unpair, who, stage_id)


@router.patch(
    "/{stage_id}", summary="How late a stage's sound and picture come", openapi_extra=auth.roles(Role.HOST)
)
async def set_offsets(stage_id: str, body: Offsets, who: Who, house: TheHouse) -> Stage:
    return Stage.of(
        await house.do(offsets.set_offsets, who, stage_id, body.sound_offset, body.picture_offset)
    )


@router.post(
    "/{stage_id}/beat",
    summary="Let a stage strike a beat to tap along with",
    openapi_extra=auth.roles(Role.HOST),
)
async def strike(stage_id: str, body: Beat, who: Who, house: TheHouse) -> Along:
    return Along.of(await house.do(offsets.listen, who, house.tapping, stage_id, body.mode))


@router.post(
    "/{stage_id}/tap", summary="Tap along, the moment it is sent", openapi_extra=auth.roles(Role.HOST)
)
async def tap(stage_id: str, who: Who, house: TheHouse) -> Along:
    at = clock.now()
    return Along.of(await house.do(offsets.tap, who, house.tapping, stage_id, at))
