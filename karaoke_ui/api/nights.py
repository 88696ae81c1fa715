"""The nights that were: what was sung, figures, and both to take home."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.show import nights, turns
from karaoke_ui.show.rights import Role

router = resource("nights")
HOST = auth.roles(Role.HOST)


class NightLine(Schema):
    id: str
    name: str
    opened_at: float
    closed_at: float | None
    is_open: bool
    songs: int
    singers: int


class Nights(BaseModel):
    items: list[NightLine]


class Figures(Schema):
    songs: int
    singers: int
    guests: int
    minutes: int
    most_sung: list[tuple[str, str, int]] = Field(description="Title, artist, times")
    busiest: list[tuple[str, int]] = Field(description="Name, songs")
    usual_wait: float = Field(description="Minutes from the asking to the first note")
    longest_wait: float
    by_hour: list[tuple[int, int]] = Field(description="Hour of the day, songs begun in it")


class SungLine(Schema):
    performance_id: str
    started_at: float
    ended_at: float | None
    singer_id: str
    singer: str
    partners: list[str] = Field(description="Those who sang along")
    partner_ids: list[str]
    song_id: str
    title: str
    artist: str
    key: int
    tempo: float
    seconds: float
    finished: bool
    counted: bool = Field(description="Whether it used up the singer's turn")
    waited: float = Field(description="Seconds from the asking to the first note")


class SungLines(BaseModel):
    items: list[SungLine]


class Ended(Schema):
    id: str
    name: str
    opened_at: float
    closed_at: float | None


class Export(BaseModel):
    night: Ended
    figures: Figures
    sung: list[SungLine]


class Counted(BaseModel):
    counted: bool


@router.get("", summary="All nights, the newest first", openapi_extra=HOST)
async def every(house: TheHouse, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Nights:
    return Nights(items=[NightLine.of(each) for each in await house.read(nights.every, limit)])


@router.get("/{night_id}/figures", summary="What people like to look at", openapi_extra=HOST)
async def figures(night_id: str, house: TheHouse) -> Figures:
    return Figures.of(await house.read(nights.figures, night_id))


@router.get("/{night_id}/sung", summary="What was sung", openapi_extra=HOST)
async def sung(night_id: str, house: TheHouse) -> SungLines:
    return SungLines(items=[SungLine.of(each) for each in await house.read(nights.sung, night_id)])


@router.get(
    "/{night_id}/export.csv",
    summary="The night as a table",
    response_class=Response,
    openapi_extra=HOST,
)
async def as_csv(night_id: str, house: TheHouse) -> Response:
    lines = await house.read(nights.sung, night_id)
    return Response(
        nights.as_csv(lines), media_type="text/csv; charset=utf-8", headers=_as_file(night_id, "csv")
    )


@router.get("/{night_id}/export.json", summary="The night for programs", openapi_extra=HOST)
async def as_json(night_id: str, answer: Response, house: TheHouse) -> Export:
    row = await house.read(nights.get, night_id)
    answer.headers.update(_as_file(night_id, "json"))
    return Export(
        night=Ended.of(row),
        figures=Figures.of(await house.read(nights.figures, night_id)),
        sung=[SungLine.of(line) for line in await house.read(nights.sung, night_id)],
    )


@router.post(
    "/{night_id}/restore",
    summary="Go on with a night that was closed, as long as nobody has asked or sung since",
    openapi_extra=HOST,
)
async def reopen(night_id: str, who: Who, house: TheHouse) -> Ended:
    return Ended.of(await house.do(nights.reopen, who, night_id))


@router.patch(
    "/performances/{performance_id}", summary="Whether it used up the singer's turn", openapi_extra=HOST
)
async def set_counted(performance_id: str, body: Counted, who: Who, house: TheHouse) -> Counted:
    performance = await house.do(turns.set_counted, who, performance_id, body.counted)
    return Counted(counted=performance.counted)


def _as_file(night_id: str, ending: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="night-{night_id[:8]}.{ending}"'}
