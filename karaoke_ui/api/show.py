"""The show: whose name is up, who comes, holds and breaks, and the end of the night."""

from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Press, Schema, TheHouse, Who, presses, resource
from karaoke_ui.api.turns import Along
from karaoke_ui.house import House
from karaoke_ui.preflight import gather
from karaoke_ui.show import between, views, watchdog
from karaoke_ui.show.preflight import Health, examine
from karaoke_ui.show.rights import Role
from karaoke_ui.show.tables import Scene

router = resource("show")
HOST = auth.roles(Role.HOST)


class Called(Schema):
    turn_id: str
    singer_id: str
    singer: str
    partners: list[Along] = Field(description="Those who sing along")
    title: str
    artist: str
    missed: int = Field(description="How often they did not come")
    ready: bool


class Show(BaseModel):
    scene: Scene = Field(description="What the room sees")
    at: float = Field(description="Since when, in seconds since 1970")
    until: float | None = Field(description="Until when, where that is known")
    called: Called | None = Field(description="Whose name is up while nobody sings")
    message: str = Field(description="The host's line for the room")
    trouble: str = Field(description="What the watchdog saw or did last; empty when all is well")

    @classmethod
    def of(cls, show: views.ShowView) -> "Show":
        scene = show.scene
        return cls(
            scene=scene.name,
            at=scene.at,
            until=scene.until,
            called=Called.of(scene.called) if scene.called else None,
            message=show.message,
            trouble=watchdog.told(show) or "",
        )


class Call(BaseModel):
    turn_id: str = Field("", description="Of the queue; without it the next one whose song can start")


class Missed(BaseModel):
    turn_id: str = Field("", description="Whose name was seen: refused where it is another's by now")


class Break(BaseModel):
    minutes: float = Field(allow_inf_nan=False)


class Closing(BaseModel):
    song_id: str


class Check(Schema):
    key: str
    health: Health
    words: str
    mend: str = Field(description="What to do about it; empty when it is fine")


class Preflight(BaseModel):
    items: list[Check]


@router.get("", summary="What the room sees", openapi_extra=auth.roles(Role.HOST, Role.SINGER, Role.STAGE))
async def state(house: TheHouse) -> Show:
    return Show.of(await house.read(views.show))


@router.post("/call", summary="Put the next name up", openapi_extra=HOST)
async def call(who: Who, house: TheHouse, body: Call | None = None) -> Show:
    await house.do(between.call, who, body.turn_id if body else "")
    return await _look(house)


@router.post(
    "/here",
    summary="“I'm here”: starts the song where the night runs itself, else a hint for the host",
    openapi_extra=auth.roles(Role.SINGER, Role.STAGE),
)
async def here(who: Who, house: TheHouse) -> Show:
    await house.do(between.arrive, who)
    return await _look(house)


@router.post("/miss", summary="Who was called is not here: one place later", openapi_extra=HOST)
async def miss(who: Who, house: TheHouse, body: Missed | None = None) -> Show:
    await house.do(between.miss, who, body.turn_id if body else "")
    return await _look(house)


@router.post("/break", summary="Stop the show until a time that everybody sees", openapi_extra=HOST)
async def take_break(body: Break, who: Who, house: TheHouse) -> Show:
    await house.do(between.take_break, who, body.minutes)
    return await _look(house)


@router.post("/closing", summary="The last number, sung by all", openapi_extra=HOST)
async def close(body: Closing, who: Who, house: TheHouse) -> Show:
    await house.do(between.close, who, body.song_id)
    return await _look(house)


@router.get("/preflight", summary="What is fine before the night, and what is not", openapi_extra=HOST)
async def look_before(who: Who, house: TheHouse) -> Preflight:
    return Preflight(items=[Check.of(each) for each in examine(await gather(house, who))])


async def _look(house: House) -> Show:
    return Show.of(await house.shown())


presses(
    router,
    _look,
    Show,
    Press("/hold", between.hold, summary="Stop the show for a moment"),
    Press("/go-on", between.go_on, summary="Go on after a hold or a break"),
    Press("/clear", between.clear, summary="Take the name down"),
    Press("/credits", between.roll_credits, summary="The night's songs and names"),
)
