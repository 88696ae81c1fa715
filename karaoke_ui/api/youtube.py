"""YouTube: looking for songs that nobody owns, taking them in, and whether downloading works."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, Sentence, Source, TheHouse, Who, resource
from karaoke_ui.api.songs import Song, Songs
from karaoke_ui.api.turns import TURN_ID, Manner, Turn, look
from karaoke_ui.limits import REQUESTS, UPDATES
from karaoke_ui.show import videos, views
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.rights import Role
from pipeline.errors import RightsError
from pipeline.sources import links

router = resource("youtube")
ROOM = auth.roles(Role.HOST, Role.SINGER)
HOST = auth.roles(Role.HOST)


class Video(BaseModel):
    """A video that could be asked for."""

    id: str = Field(description="What YouTube calls it")
    title: str
    channel: str
    seconds: float
    wait: float = Field(description="Seconds until it could be sung if it were asked for now")
    song_id: str = Field(description="The song it is, where it is in the library already")


class Videos(BaseModel):
    items: list[Video]


class Wish(BaseModel):
    url: str = Field(
        "", max_length=links.LONGEST, description="Of a video or Short; the host's of a playlist, too"
    )
    id: str = Field("", max_length=11, description="What YouTube calls the video, in place of an address")


class WishFor(Wish, Manner):
    turn_id: str = TURN_ID
    singer_id: str = Field(
        "", description="For whom, when the host asks; a singer asks for herself, or for who shares her phone"
    )

    @property
    def wanted(self) -> Wanted:
        return self.wanted_as(self.turn_id)


class Added(Songs):
    more: bool = Field(description="The playlist goes on beyond the most that are taken at once")


class Health(Schema):
    works: bool
    version: str = Field(description="Of the downloader, yt-dlp")
    javascript: bool = Field(description="Whether YouTube's own player can be run here")
    formats: int = Field(description="In how many forms a well-known video can be had")
    problem: Sentence = Field(description="What is wrong, for a person")


class Version(BaseModel):
    version: str


@router.get("/search", summary="Look for videos that could be sung", openapi_extra=ROOM)
async def search(
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words, or the address of a video")],
    house: TheHouse,
    who: Who,
) -> Videos:
    await _allowed(house, who)
    if links.is_link(q):
        found = (await house.youtube.look_up(q, who.id)).videos
    else:
        found = await house.youtube.search(q, who.id)
    offers = await house.read(videos.offers, found)
    return Videos(
        items=[
            Video(
                id=offer.video.id,
                title=offer.video.title,
                channel=offer.video.channel,
                seconds=offer.video.seconds,
                wait=offer.song.readiness.seconds,
                song_id=offer.song.id if offer.is_there else "",
            )
            for offer in offers
        ]
    )


@router.post("", summary="Take in a video, or the videos of a playlist", status_code=201, openapi_extra=HOST)
async def add(body: Wish, house: TheHouse, who: Who) -> Added:
    """They are listed at once, and fetched one after the other. What is there already stays as it is."""
    found = await house.youtube.look_up(_address(body), who.id, playlists=True)
    songs = await house.do(videos.add_videos, who, found.videos)
    house.wake()

    def look(s: Session) -> list[Song]:
        return [Song.of(views.song(s, song.id)) for song in songs]

    items = await house.read(look)
    return Added(items=items, total=len(items), more=found.more)


@router.post("/ask", summary="Ask for a video", status_code=201, openapi_extra=ROOM)
async def ask(body: WishFor, house: TheHouse, who: Who) -> Turn | None:
    """Takes it in and asks for it, in one."""
    if who.role is Role.SINGER:
        house.limits.spend(REQUESTS, who.id)
    await _allowed(house, who)
    (found,) = (await house.youtube.look_up(_address(body), who.id)).videos

    asked = await house.write(lambda s: videos.ask_video(s, who, found, body.singer_id, body.wanted))
    house.wake()
    return look(await house.shown(), asked.id, who)


@router.get("/check", summary="Does downloading work?", openapi_extra=HOST)
async def check(house: TheHouse, source: Source) -> Health:
    """Looks a well-known video up, fetches its first bytes, and says what is wrong where that fails."""
    house.limits.spend(REQUESTS, source)
    return Health.of(await house.youtube.health())


@router.post("/update", summary="Fetch the newest downloader", openapi_extra=HOST)
async def update(house: TheHouse, source: Source) -> Version:
    """It is used as soon as nothing is being fetched with the old one; the night goes on."""
    house.limits.spend(UPDATES, source)
    return Version(version=await house.youtube.update())


async def _allowed(house: TheHouse, who: Who) -> None:
    if who.role is Role.SINGER and not await house.read(videos.guests_may):
        raise RightsError(reason="videos")


def _address(wish: Wish) -> str:
    return links.address(wish.id) if links.is_id(wish.id) else wish.url
