"""The player: what the stage plays, and the host's presses."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import Press, Schema, TheHouse, Who, presses, resource
from karaoke_ui.house import House
from karaoke_ui.show import clock, desk, player, views
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import PlayState

router = resource("player")
HOST = auth.roles(Role.HOST)


class OnStage(Schema):
    turn_id: str
    singer_id: str
    singer: str
    song_id: str
    track_id: str
    title: str
    artist: str
    seconds: float


class Player(BaseModel):
    state: PlayState = Field(description="`starting`: the stage loads the sound, and then it plays")
    position: float = Field(
        description="The second of the song that is heard now; below zero it is counted in"
    )
    version: int = Field(description="Rises with every change")
    guide: float = Field(description="How much of the voice on the record is heard, 0 to 1")
    volume: float = Field(description="0 to 1")
    muted: bool = Field(description="Silent, whatever the volume is")
    rescue: bool = Field(description="The voice on the record carries the song, whatever the guide is")
    key: int = Field(description="Half tones up or down")
    tempo: float = Field(description="The share of the song's own tempo")
    turn: OnStage | None = Field(description="Nobody while it is idle")

    @classmethod
    def of(cls, show: views.ShowView, now: float) -> "Player":
        playing = show.now
        return cls(
            state=playing.state if playing else PlayState.IDLE,
            position=round(playing.second(now), 3) if playing else 0.0,
            version=show.playback,
            guide=show.guide,
            volume=show.volume,
            muted=show.muted,
            rescue=show.rescue,
            key=show.key,
            tempo=show.tempo,
            turn=OnStage.of(playing) if playing else None,
        )


class Play(BaseModel):
    turn_id: str = Field("", description="Of the queue; without it the next one, or the one that is paused")


class Seek(BaseModel):
    position: float = Field(description="The second of the song", allow_inf_nan=False)


class Desk(BaseModel):
    guide: float | None = Field(None, allow_inf_nan=False, description="0 to 1")
    volume: float | None = Field(None, allow_inf_nan=False, description="0 to 1")
    muted: bool | None = None
    rescue: bool | None = Field(
        None, description="While it is on, the voice on the record is as loud as it was"
    )
    key: int | None = Field(None, description="Half tones, -6 to 6")
    tempo: float | None = Field(None, allow_inf_nan=False, description="0.7 to 1.3")


@router.get("", summary="What plays, and where", openapi_extra=auth.roles(Role.HOST, Role.SINGER, Role.STAGE))
async def state(house: TheHouse) -> Player:
    return Player.of(await house.read(views.show), clock.now())


@router.patch("", summary="The sound desk: what is named changes while the song goes on", openapi_extra=HOST)
async def set_desk(body: Desk, who: Who, house: TheHouse) -> Player:
    actions: dict[str, Callable[[Session, Actor, Any], object]] = {
        "guide": desk.set_guide,
        "volume": desk.set_volume,
        "muted": desk.set_muted,
        "rescue": desk.rescue,
        "key": desk.set_key,
        "tempo": desk.set_tempo,
    }

    def set_all(s: Session) -> None:
        for name, value in body.model_dump(exclude_none=True).items():
            actions[name](s, who, value)

    await house.write(set_all)
    return await _look(house)


@router.post("/play", summary="Start the next turn, or go on", openapi_extra=HOST)
async def play(who: Who, house: TheHouse, body: Play | None = None) -> Player:
    await house.do(player.play, who, body.turn_id if body else "")
    return await _look(house)


@router.post("/seek", summary="Go to another second of the song", openapi_extra=HOST)
async def seek(body: Seek, who: Who, house: TheHouse) -> Player:
    await house.do(player.seek, who, body.position)
    return await _look(house)


async def _look(house: House) -> Player:
    return Player.of(await house.shown(), clock.now())


presses(
    router,
    _look,
    Player,
    Press("/pause", player.pause, summary="Pause"),
    Press("/restart", player.restart, summary="Begin the song again"),
    Press("/skip-intro", player.skip_intro, summary="Go to a few seconds before the first word"),
    Press("/finish", player.finish, summary="The song is over: applause"),
    Press("/false-start", player.false_start, summary="Take the turn off the stage as if it had not begun"),
    Press("/skip", player.skip, summary="End the turn before its song is over"),
)
