"""The tables of the night. Those of the library stand in `pipeline/tables.py`."""

import time
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from pipeline.tables import new_id


class TurnState(StrEnum):
    WAITING = "waiting"
    ON_STAGE = "on_stage"
    SUNG = "sung"
    SKIPPED = "skipped"
    REMOVED = "removed"


class PlayState(StrEnum):
    """What the stage does with the current turn."""

    IDLE = "idle"
    # The stage loads the sound at `position` and says when it is heard.
    STARTING = "starting"
    PLAYING = "playing"
    PAUSED = "paused"


class Singer(SQLModel, table=True):
    """A person who sings: known by the phone's token, or added by the host."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    # The random part of the signed token in the phone's cookie; empty for a walk-up without a phone.
    device: str = Field(default="", index=True)
    # An emoji that stands beside the name.
    face: str = ""
    created_at: float = Field(default_factory=time.time)


class Night(SQLModel, table=True):
    """One evening. At most one is open."""

    __table_args__ = (Index("uq_night_open", "is_open", unique=True, sqlite_where=text("is_open")),)

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    is_open: bool = True
    # Rises with every change of the queue, in the same transaction: a press on an older sight of it is refused.
    version: int = 0
    opened_at: float = Field(default_factory=time.time)
    closed_at: float | None = None


class Turn(SQLModel, table=True):
    """A singer's place in the queue, with a song."""

    __table_args__ = (
        Index("ix_turn_queue", "night_id", "state", "place"),
        Index("uq_turn_on_stage", "night_id", unique=True, sqlite_where=text("state = 'ON_STAGE'")),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    night_id: str = Field(foreign_key="night.id")
    singer_id: str = Field(foreign_key="singer.id", index=True)
    song_id: str = Field(foreign_key="song.id", index=True)
    state: TurnState = TurnState.WAITING
    # The order in the queue: any number between its neighbours.
    place: float
    asked_at: float = Field(default_factory=time.time)


class Performance(SQLModel, table=True):
    """A turn that was on stage."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: str = Field(foreign_key="turn.id", unique=True)
    night_id: str = Field(foreign_key="night.id", index=True)
    singer_id: str = Field(foreign_key="singer.id", index=True)
    song_id: str = Field(foreign_key="song.id", index=True)
    started_at: float
    ended_at: float | None = None
    # Seconds of the song that were heard, and whether it came to its end.
    seconds: float = 0.0
    finished: bool = False


class Playback(SQLModel, table=True):
    """What plays now: the one row from which every screen and a restarted server know the second of the song."""

    id: int = Field(default=1, primary_key=True)
    state: PlayState = PlayState.IDLE
    turn_id: str | None = Field(default=None, foreign_key="turn.id")
    track_id: str | None = Field(default=None, foreign_key="track.id")
    # While playing: the song was at `position` at the moment `at`. Else it stands at `position`.
    position: float = 0.0
    at: float = 0.0
    guide: float = 0.0
    volume: float = 0.8
    # `version` rises with every change; `cue` only when the sound has to be scheduled anew.
    version: int = 0
    cue: int = 0


class Stage(SQLModel, table=True):
    """A TV that opened the stage page."""

    id: str = Field(default_factory=new_id, primary_key=True)
    # The random part of the signed token in its cookie.
    token: str = Field(unique=True)
    # What it shows until the host types it.
    code: str = Field(index=True)
    paired_at: float | None = None
    # The one that plays; the others stand by.
    leads: bool = False
    # Its page is open, and its sound was switched on by a tap.
    connected: bool = False
    armed: bool = False
    created_at: float = Field(default_factory=time.time)


class Login(SQLModel, table=True):
    """A browser that the host logged in with."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: float = Field(default_factory=time.time)
    seen_at: float = Field(default_factory=time.time)
    ended_at: float | None = None
