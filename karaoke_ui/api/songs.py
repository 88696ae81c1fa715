"""Songs: looking for them, bringing them as files, their titles, their words and the trash."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, File, Query, Request, UploadFile
from pydantic import BaseModel, Field
from sqlmodel import Session

from karaoke_ui import actions, auth, guard
from karaoke_ui.api.given import Problem, Schema, Sentence, Source, TheHouse, Who, resource
from karaoke_ui.house import House
from karaoke_ui.limits import SEARCHES, UPLOADS
from karaoke_ui.show import views
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.views import Sung
from pipeline import library, lyrics
from pipeline.editing import Fields
from pipeline.errors import EncoreError, NotFound, NotWords
from pipeline.finding.filters import OPEN, Filters
from pipeline.formats.lrc import MAX_BYTES as MAX_WORDS
from pipeline.intake.bring import Outcome
from pipeline.tables import Timing, TrackKind

router = resource("songs")
ROOM = auth.roles(Role.HOST, Role.SINGER)
HOST = auth.roles(Role.HOST)


class Readiness(Schema):
    state: Ready = Field(description="`startable`: singable now, the rest is prepared while it plays")
    seconds: float = Field(description="Seconds of work until it can start, 0 when it can")
    quick: bool = Field(description="A quick mix: made without the model, the voice is only turned down")
    reason: Sentence = Field(description="Why its preparation failed, for a person")


class Song(Schema):
    id: str
    track_id: str = Field(description="The version of it that is sung")
    title: str
    artist: str
    album: str
    language: str
    year: int | None
    seconds: float
    readiness: Readiness
    has_words: bool
    weak_words: bool = Field(description="The times of some of its lines are doubtful")
    label: str = Field(description="Which version is sung, in words")
    cover: str = Field(description="The address of its cover, empty while there is none")
    cut_off: bool = Field(description="Its file stops in the middle of the music")
    brought_by: str = Field(description="The guest whose phone it came from")
    unsure: bool = Field(description="Services named several songs that it may be: see its candidates")
    blocked: bool = Field(description="Guests may not ask for it, and do not find it")


class Songs(BaseModel):
    items: list[Song]
    total: int = Field(description="How many there are in all, on this page and on the others")


class Arrival(BaseModel):
    """What became of one file, or of one song in a zip. Without song and error it waits for the song it belongs to."""

    name: str
    song: Song | None = Field(None, description="The song it became, or the one that got these words")
    error: Problem | None = Field(None, description="Why it was refused")


class Arrivals(BaseModel):
    items: list[Arrival]


class SongChange(BaseModel):
    """What a person says; what is left out stays as it is. No service overwrites it afterwards."""

    title: str | None = Field(None, max_length=1000)
    artist: str | None = Field(None, max_length=1000)
    album: str | None = Field(None, max_length=1000)
    language: str | None = Field(None, max_length=20, description="A code such as `en`")
    year: int | None = Field(None, description="0: not known")
    explicit: bool | None = None
    blocked: bool | None = Field(None, description="Guests may not ask for it, and do not find it")

    def fields(self) -> Fields:
        return Fields(**self.model_dump(include=set(SongChange.model_fields)))


class SongsChange(SongChange):
    songs: list[str] = Field(min_length=1, max_length=1000, description="Their ids")


class Word(Schema):
    start: float
    end: float
    text: str = Field(description="With the space or hyphen that joins it to the next")


class Line(Schema):
    start: float | None
    end: float | None
    text: str
    words: list[Word]
    voice: int = Field(description="Who sings it in a duet: 1 or 2; 0: everybody")
    confidence: float | None = Field(
        description="How sure the times are, 0 to 1; null where they came with the words"
    )


class Lyrics(Schema):
    timed: Timing
    lines: list[Line]


class Narrowed(BaseModel):
    """What a search is narrowed to."""

    ready: bool = Field(False, description="Only what can be sung at once")
    has_words: bool = Field(False, description="Only songs with words")
    language: str = Field("", max_length=20, description="A code such as `en`")
    decade: int | None = Field(None, ge=0, le=9990, multiple_of=10, description="Its first year: `1980`")
    explicit: bool | None = Field(None, description="false leaves out what is marked explicit")
    kind: TrackKind | None = Field(None, description="Songs with a version of this kind")
    never_sung: Sung | None = Field(None, description="Songs that nobody sang tonight, or ever")

    def filters(self) -> Filters:
        return Filters(**self.model_dump(exclude={"never_sung"}))


@router.get("", summary="The library, newest first, or a search in it", openapi_extra=ROOM)
async def find(
    *,
    house: TheHouse,
    who: Who,
    narrowed: Annotated[Narrowed, Depends()],
    q: Annotated[
        str,
        Query(max_length=200, description="Words of title, artist, album or first line; slips are forgiven"),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Songs:
    filters = narrowed.filters()
    if who.role is Role.SINGER:
        house.limits.spend(SEARCHES, who.id)
        filters = replace(filters, more=OPEN)
    found = await house.read(views.songs, q, limit, offset, filters=filters, never_sung=narrowed.never_sung)
    return Songs(items=[Song.of(view) for view in found.songs], total=found.total)


@router.post("", summary="Bring songs, and files of words for them", status_code=201, openapi_extra=HOST)
async def upload(
    files: Annotated[
        list[UploadFile],
        File(
            description="Songs in any format. `.lrc`, `.txt`, `.cdg`: words or the picture of the song that shares "
            "their name, whichever comes first. A zip: all the songs in it. The files of an UltraStar folder: "
            "one song, when they are sent together"
        ),
    ],
    who: Who,
    house: TheHouse,
    source: Source,
) -> Arrivals:
    """Each file is told apart by its content. When none of them can be used, the answer is the first one's error."""
    outcomes = await _take(house, who, source, files)
    errors = [each.error for each in outcomes if each.error is not None]
    if len(errors) == len(outcomes):
        raise errors[0]
    return Arrivals(items=[await _arrival(house, each) for each in outcomes])


@router.post("/demo", summary="Make the songs to try, and take them in", status_code=201, openapi_extra=HOST)
async def demo(who: Who, house: TheHouse) -> Songs:
    added = await house.work(actions.add_demo, house.box, who)
    items = [Song.of(await house.read(views.song, song.id)) for song in added]
    return Songs(items=items, total=len(items))


@router.get("/{song_id}", summary="One song", openapi_extra=ROOM)
async def one(song_id: str, house: TheHouse) -> Song:
    return Song.of(await house.read(views.song, song_id))


@router.patch("", summary="Change many songs alike", openapi_extra=HOST)
async def edit_many(body: SongsChange, who: Who, house: TheHouse) -> Songs:
    await house.do(actions.edit_songs, who, body.songs, body.fields())
    items = [Song.of(await house.read(views.song, song_id)) for song_id in body.songs]
    return Songs(items=items, total=len(items))


@router.patch("/{song_id}", summary="Change what is known of a song", openapi_extra=HOST)
async def edit(song_id: str, body: SongChange, who: Who, house: TheHouse) -> Song:
    await house.do(actions.edit_songs, who, [song_id], body.fields())
    return Song.of(await house.read(views.song, song_id))


@router.delete("/{song_id}", summary="Move to the trash", status_code=204, openapi_extra=HOST)
async def delete(song_id: str, who: Who, house: TheHouse) -> None:
    await house.do(actions.delete_songs, who, [song_id])


@router.post("/{song_id}/restore", summary="Take out of the trash", openapi_extra=HOST)
async def restore(song_id: str, who: Who, house: TheHouse) -> Song:
    await house.do(actions.restore_songs, who, [song_id])
    house.wake()
    return Song.of(await house.read(views.song, song_id))


@router.post("/{song_id}/separate", summary="Take the voice out once more", openapi_extra=HOST)
async def separate_again(song_id: str, who: Who, house: TheHouse) -> Song:
    """For a quick mix, when the model has arrived. What is there is played until then."""
    track = await house.read(library.main_track, song_id)
    await house.do(actions.separate_again, who, track.id)
    house.wake()
    return Song.of(await house.read(views.song, song_id))


@router.get("/{song_id}/lyrics", summary="The words of a song", openapi_extra=ROOM)
async def words(song_id: str, house: TheHouse) -> Lyrics:
    return await house.read(_words, song_id)


@router.put(
    "/{song_id}/lyrics",
    summary="Give a song its words",
    openapi_extra=HOST
    | {"requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def set_words(song_id: str, request: Request, who: Who, house: TheHouse) -> Lyrics:
    """LRC in any dialect, or plain lines without times; in place of the words that are there."""
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > MAX_WORDS:
            raise NotWords("too large")
    await house.work(actions.set_words, house.box, who, song_id, bytes(content))
    return await house.read(_words, song_id)


async def _take(house: House, who: Actor, source: str, files: list[UploadFile]) -> list[Outcome]:
    given = [(file.filename or "", file.file) for file in files]
    together = await house.work(actions.add_files, house.box, who, given)
    if together is not None:
        return together
    outcomes: list[Outcome] = []
    for name, stream in given:
        try:
            house.limits.spend(UPLOADS, source)
            outcomes += await house.work(actions.add_file, house.box, who, stream, name)
        except EncoreError as error:
            outcomes.append(Outcome(name, error=error))
    return outcomes


async def _arrival(house: House, outcome: Outcome) -> Arrival:
    if isinstance(outcome.error, EncoreError):
        return Arrival(name=outcome.name, error=Problem(**guard.problem(outcome.error)))
    song = Song.of(await house.read(views.song, outcome.song.id)) if outcome.song else None
    return Arrival(name=outcome.name, song=song)


def _words(s: Session, song_id: str) -> Lyrics:
    library.get(s, song_id)
    found = lyrics.load(s, library.main_track(s, song_id).id)
    if found is None:
        raise NotFound(what="text")
    return Lyrics.of(found)
