"""The tables of the night. Those of the library stand in `pipeline/tables.py`."""

import time
from enum import StrEnum

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from pipeline.tables import new_id


class TurnState(StrEnum):
    # Asked for by a guest, while the host wants to approve each song.
    REQUESTED = "requested"
    REFUSED = "refused"
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


class Scene(StrEnum):
    """What the room sees and hears: each scene has a screen, a sound and a rule that ends it."""

    IDLE = "idle"
    APPLAUSE = "applause"
    # The next name is up; that turn is locked.
    CALLED = "called"
    # The called singer has not come yet.
    WAITING = "waiting"
    # The sound may run already: it is counted down to the first word.
    COUNTDOWN = "countdown"
    PLAYING = "playing"
    # The host stopped the show for a moment, or until a time that everybody sees.
    HOLD = "hold"
    BREAK = "break"
    # The sing-along at the end, and the names after it.
    CLOSING = "closing"
    CREDITS = "credits"


class Partner(StrEnum):
    """What somebody said who was asked to sing along."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"


class Hint(StrEnum):
    """What a guest's phone last said. Only a hint: the host decides who is absent."""

    NONE = ""
    HERE = "here"
    COMING = "coming"
    AWAY = "away"


class Singer(SQLModel, table=True):
    """A person who sings: known by their phones, or added by the host."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    # An emoji that stands beside the name.
    face: str = ""
    # How the name is spoken, for the host.
    spoken: str = ""
    # Wants to be remembered after tonight.
    regular: bool = False
    # Brings a phone with cleared cookies back to this singer.
    recovery: str = Field(default="", index=True)
    # The language of the phone, as it last said.
    language: str = ""
    # The singer that this one turned out to be.
    merged_into: str = ""
    created_at: float = Field(default_factory=time.time)


class Phone(SQLModel, table=True):
    """A phone, and which of the singers on it is chosen now."""

    # The random part of the signed token in its cookie.
    token: str = Field(primary_key=True)
    singer_id: str = Field(foreign_key="singer.id", index=True)
    seen_at: float = Field(default_factory=time.time)


class PhoneSinger(SQLModel, table=True):
    """Several singers can share one phone, and one singer can hold two."""

    token: str = Field(primary_key=True)
    singer_id: str = Field(foreign_key="singer.id", primary_key=True)


class Favourite(SQLModel, table=True):
    singer_id: str = Field(foreign_key="singer.id", primary_key=True)
    song_id: str = Field(foreign_key="song.id", primary_key=True)
    created_at: float = Field(default_factory=time.time)


class Guest(SQLModel, table=True):
    """A singer on one night: here or not, and what the host decided about them."""

    night_id: str = Field(foreign_key="night.id", primary_key=True)
    singer_id: str = Field(foreign_key="singer.id", primary_key=True)
    came_at: float = Field(default_factory=time.time)
    hint: Hint = Hint.NONE
    hint_at: float | None = None
    # Their turns are passed over, and keep their credit, until they are back.
    paused: bool = False
    # The host knows who this is: limits go with the person, no longer with the phone.
    confirmed: bool = False
    # May sing, but says nothing that others see.
    muted: bool = False
    # Sent home by the host.
    removed_at: float | None = None


class Night(SQLModel, table=True):
    """One evening. At most one is open."""

    __table_args__ = (Index("uq_night_open", "is_open", unique=True, sqlite_where=text("is_open")),)

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    is_open: bool = True
    # The rules of the house tonight (`show/rules.py`), as JSON.
    rules: str = "{}"
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
    # The order in which it was asked for, and, under the first-come policy, sung: any number between its neighbours.
    place: float
    asked_at: float = Field(default_factory=time.time)
    # How it is sung: half tones up or down, and the share of the song's own tempo.
    key: int = 0
    tempo: float = 1.0
    # Singer → what they said, in the order of asking. Another one is set each time: a change in it is not seen.
    partners: dict[str, Partner] = Field(default_factory=dict, sa_type=JSON)
    # The host asked for it, or let it in.
    approved: bool = False
    # A few words for the room, and whether the host lets it read them; None: nobody has said yet.
    message: str = ""
    message_allowed: bool | None = None
    # The host's place for it in the queue, 1 is next; None: the policy decides.
    pinned: int | None = None
    # How many turns it lets pass, by the singer's or the host's word.
    later: int = 0
    # Why it may jump, shown to everyone: a birthday.
    wish: str = ""
    # When its name went up: from then on nothing moves it.
    called_at: float | None = None
    # “Not before” this moment was told to the singer; an earlier call needs their yes.
    not_before: float | None = None
    early_ok: bool = False
    # Times the called singer did not come.
    missed: int = 0
    # The sing-along at the end of the night: everybody's.
    closing: bool = False


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
    # Whether it uses up the singer's turn: a false start does not, and after a bail-out the host says.
    counted: bool = True
    # Those who sang along.
    partners: list[str] = Field(default_factory=list, sa_type=JSON)
    key: int = 0
    tempo: float = 1.0


class Playback(SQLModel, table=True):
    """What plays now: the one row from which every screen and a restarted server know the second of the song."""

    id: int = Field(default=1, primary_key=True)
    state: PlayState = PlayState.IDLE
    turn_id: str | None = Field(default=None, foreign_key="turn.id")
    track_id: str | None = Field(default=None, foreign_key="track.id")
    # While playing: the song was at `position` at the moment `at`. Else it stands at `position`.
    position: float = 0.0
    at: float = 0.0
    # The song's second before which nothing sounds: a count runs in silence until there, from below zero at its start.
    sounds_from: float = 0.0
    guide: float = 0.0
    volume: float = 0.8
    muted: bool = False
    # While the host holds it, the voice on the record is heard whatever `guide` says.
    rescue: bool = False
    # Half tones up or down, and the share of the song's own tempo.
    key: int = 0
    tempo: float = 1.0
    # What the room sees, since when, and until when where that is known (a timed break).
    scene: Scene = Scene.IDLE
    scene_at: float = 0.0
    scene_until: float | None = None
    # Whose name is up while nothing plays yet.
    called_id: str | None = Field(default=None, foreign_key="turn.id")
    # The host's line for the room.
    message: str = ""
    # What the watchdog last saw or did, as JSON; empty when all is well.
    trouble: str = ""
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
    # What the host calls it.
    name: str = ""
    # Seconds by which its sound, and its picture, come late.
    sound_offset: float = 0.0
    picture_offset: float = 0.0
    # When they were measured, or found to be right as they are.
    offset_at: float | None = None
    # When the host heard its tone.
    heard_at: float | None = None
    # What its browser can and cannot do, as JSON.
    about: str = "{}"
    created_at: float = Field(default_factory=time.time)


class Login(SQLModel, table=True):
    """A browser that the host, or a co-host, logged in with."""

    id: str = Field(default_factory=new_id, primary_key=True)
    # Empty for the host.
    cohost_id: str = ""
    created_at: float = Field(default_factory=time.time)
    seen_at: float = Field(default_factory=time.time)
    ended_at: float | None = None


class CoHost(SQLModel, table=True):
    """Somebody who helps, with a password and rights of their own."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    password: str
    # What they may do, joined by commas.
    rights: str = ""
    created_at: float = Field(default_factory=time.time)


class Deed(SQLModel, table=True):
    """Who did what to the queue, and what brings it back."""

    id: int | None = Field(default=None, primary_key=True)
    night_id: str = Field(foreign_key="night.id", index=True)
    at: float = Field(default_factory=time.time)
    # "host", "singer:<id>", "cohost:<id>", "box".
    by: str
    action: str
    # What it is about, as JSON: the values that its sentence needs, and the rows as they were before.
    about: str = "{}"
    before: str = "{}"
    undone_at: float | None = None


class MessageState(StrEnum):
    ASKED = "asked"
    SHOWN = "shown"
    OVER = "over"
    REFUSED = "refused"


class Message(SQLModel, table=True):
    """A line for the room: from the host, or from a guest once the host allowed it."""

    id: str = Field(default_factory=new_id, primary_key=True)
    night_id: str = Field(foreign_key="night.id", index=True)
    # Empty: from the host.
    singer_id: str = ""
    text: str
    state: MessageState = MessageState.ASKED
    at: float = Field(default_factory=time.time)
    shown_at: float | None = None
    # When it goes away by itself; None: it is kept until it is taken down.
    until: float | None = None


class HouseList(SQLModel, table=True):
    """Songs that the host put together: “duets”, “kids”, what may be asked for tonight."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str = Field(unique=True)
    created_at: float = Field(default_factory=time.time)


class HouseListSong(SQLModel, table=True):
    list_id: str = Field(foreign_key="houselist.id", primary_key=True, ondelete="CASCADE")
    song_id: str = Field(foreign_key="song.id", primary_key=True)
    place: float = 0.0
