"""The tables of the library and of the work on it. The tables of the night stand in `karaoke_ui/show/tables.py`."""

import time
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

# Every constraint has a predictable name, so that migrations can name it and errors can be told apart.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The engine of a song that came ready to be sung: its stems are its own.
READY_MADE = "original"
# The urgency of a job that no turn waits for: any singer comes before it.
NOT_URGENT = 4e9


def new_id() -> str:
    return uuid4().hex


class TrackState(StrEnum):
    """How far a track is, as a person would put it."""

    WAITING = "waiting"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Lane(StrEnum):
    """Which worker a job is for: the one that waits for the network, or the one that holds the model."""

    PREPARE = "prepare"
    SEPARATE = "separate"


class TrackKind(StrEnum):
    """What a version is: it decides what has to be done to it."""

    ORIGINAL = "original"
    LIVE = "live"
    # With its own words in the picture.
    KARAOKE = "karaoke"
    INSTRUMENTAL = "instrumental"


class JobKind(StrEnum):
    """`prepare` makes a track singable; `describe` finds out what it is and its words, and holds nothing up."""

    PREPARE = "prepare"
    DESCRIBE = "describe"


class Timing(StrEnum):
    """How finely the words are timed."""

    NONE = "none"
    LINE = "line"
    WORD = "word"


class Song(SQLModel, table=True):
    """A title by an artist."""

    id: str = Field(default_factory=new_id, primary_key=True)
    title: str = Field(index=True)
    artist: str = ""
    album: str = ""
    year: int | None = None
    language: str = ""
    # As a metadata service says; None: nobody knows.
    explicit: bool | None = None
    # On the host's block list: guests cannot ask for it.
    blocked: bool = False
    # The MusicBrainz id of the recording.
    mbid: str = ""
    # The track whose folder holds the cover, empty while there is none.
    cover_track: str = ""
    # The fields that a person wrote, joined by commas: no service overwrites them.
    edited: str = ""
    created_at: float = Field(default_factory=time.time, index=True)
    # Set when the host deletes it: the files stay until the trash is emptied.
    deleted_at: float | None = None


class Track(SQLModel, table=True):
    """One playable version of a song, with its own folder of files."""

    __table_args__ = (
        # The same file a second time is refused, unless the first one lies in the trash.
        Index(
            "uq_track_sha256", "sha256", unique=True, sqlite_where=text("deleted_at IS NULL AND sha256 != ''")
        ),
        # Nor is the same video fetched twice.
        Index(
            "uq_track_source_id",
            "source_id",
            unique=True,
            sqlite_where=text("deleted_at IS NULL AND source_id != ''"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    song_id: str = Field(foreign_key="song.id", index=True)
    # Where it came from: "upload", "phone", "folder", "demo" or "youtube".
    source: str
    # What it is called there ("youtube:…"), and its address; empty for a file.
    source_id: str = ""
    source_url: str = ""
    kind: TrackKind = TrackKind.ORIGINAL
    # Which version it is, in words: "live at the Apollo".
    label: str = ""
    # Used as it is: nothing is separated unless the host asks.
    ready_made: bool = False
    # The picture that runs behind it, a file in its folder.
    video: str = ""
    # Whether the host lets the room see it; None: nobody asked, and the rules decide.
    video_allowed: bool | None = None
    # The singer who brought it, empty for the host.
    brought_by: str = ""
    # Somebody wants this version of its song to be sung.
    chosen: bool = False
    # It stops in the middle of the music: the file is only a part of the song.
    cut_off: bool = False
    # The name the file came with, shown to people and never used as a path.
    file_name: str
    # The file itself, inside the track's folder.
    original: str
    sha256: str
    bytes: int
    seconds: float
    state: TrackState = TrackState.WAITING
    # Loudness in LUFS and the highest sample (1: full scale), which the stage levels songs by.
    loudness: float | None = None
    peak: float | None = None
    # Musical key ("Bb major"), beats a minute, and the voice's range in MIDI notes.
    key: str = ""
    bpm: float | None = None
    lowest: float | None = None
    highest: float | None = None
    # The engine whose stems are played, empty until there is one.
    engine: str = ""
    # How many chunks the mix has (0 until it is decoded), and how many of them are separated.
    chunks: int = 0
    separated: int = 0
    # What its folder takes on the disk in bytes, as last looked at.
    disk: int = 0
    created_at: float = Field(default_factory=time.time)
    deleted_at: float | None = None


class StaleFolder(SQLModel, table=True):
    """A track whose folder does not say yet what the database says of it. The version rises with each change."""

    track_id: str = Field(foreign_key="track.id", primary_key=True, ondelete="CASCADE")
    version: int = 1


class Lyrics(SQLModel, table=True):
    """The words of a track, as found in one place."""

    id: str = Field(default_factory=new_id, primary_key=True)
    track_id: str = Field(foreign_key="track.id", unique=True)
    # "sidecar" (a file beside the song), "tags" (inside the song's file), "ultrastar", "lrclib", "person".
    source: str
    timing: Timing
    language: str = ""
    created_at: float = Field(default_factory=time.time)


class LyricLine(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    lyrics_id: str = Field(foreign_key="lyrics.id", index=True, ondelete="CASCADE")
    place: int
    start: float | None = None
    end: float | None = None
    text: str
    # 0: everybody; 1 and 2: the voices of a duet.
    voice: int = 0
    # How sure the times are, 0 to 1; None where they came with the words.
    confidence: float | None = None


class LyricWord(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="lyricline.id", index=True, ondelete="CASCADE")
    place: int
    start: float
    end: float
    # With the space or hyphen that joins it to the next, so that the words add up to the line.
    text: str


class Job(SQLModel, table=True):
    """The work of making one track singable. This row is the truth; a queue message only says there is work."""

    __table_args__ = (
        # One unfinished job of a kind a track, whoever asks and however often.
        Index(
            "uq_job_active",
            "track_id",
            "kind",
            unique=True,
            sqlite_where=text("state IN ('QUEUED', 'RUNNING')"),
        ),
        Index("ix_job_claim", "state", "lane", "urgency"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    track_id: str = Field(foreign_key="track.id", index=True)
    kind: JobKind = JobKind.PREPARE
    lane: Lane = Lane.PREPARE
    # The step it stands at; those before it are done.
    step: str
    state: JobState = JobState.QUEUED
    progress: float = 0.0
    # When its turn is expected on stage (epoch seconds): the smallest is claimed first.
    urgency: float = NOT_URGENT
    # Not before this moment (backoff after a failure).
    due_at: float = Field(default_factory=time.time)
    # Raised at each claim: a write with an older attempt changes nothing.
    attempt: int = 0
    # Failures in a row at this step.
    failures: int = 0
    worker: str = ""
    heartbeat_at: float | None = None
    cancel_asked: bool = False
    error_code: str = ""
    error: str = ""
    created_at: float = Field(default_factory=time.time)
    started_at: float | None = None
    ended_at: float | None = None


class JobStep(SQLModel, table=True):
    """How long a step of a job took."""

    job_id: str = Field(foreign_key="job.id", primary_key=True, ondelete="CASCADE")
    name: str = Field(primary_key=True)
    seconds: float = 0.0
    ended_at: float | None = None


class Candidate(SQLModel, table=True):
    """What a service thinks a song is, while nobody is sure."""

    id: str = Field(default_factory=new_id, primary_key=True)
    song_id: str = Field(foreign_key="song.id", index=True, ondelete="CASCADE")
    # "tags", "youtube", "musicbrainz", "itunes".
    source: str
    title: str
    artist: str
    album: str = ""
    year: int | None = None
    explicit: bool | None = None
    mbid: str = ""
    cover_url: str = ""
    # 0 to 1.
    score: float
    created_at: float = Field(default_factory=time.time)


class Apart(SQLModel, table=True):
    """Two songs of one name that are not the same, as somebody said: a row for each side."""

    song_id: str = Field(foreign_key="song.id", primary_key=True, ondelete="CASCADE")
    other_id: str = Field(foreign_key="song.id", primary_key=True, ondelete="CASCADE")


class Merged(SQLModel, table=True):
    """A song that became a part of another one, and what went over with it: enough to take that back."""

    # Of the song that it was.
    song_id: str = Field(primary_key=True)
    kept_id: str = Field(foreign_key="song.id", index=True, ondelete="CASCADE")
    # The song, its tracks, the rows that pointed at it, and what it gave to the one that was kept; as JSON.
    moved: str
    at: float = Field(default_factory=time.time)


class WatchedState(StrEnum):
    """How a file in a watched folder fared."""

    # Seen, and maybe still being copied there.
    NEW = "new"
    IN = "in"
    REFUSED = "refused"
    # No longer there. A moved file is found again at its new place.
    GONE = "gone"


class Watched(SQLModel, table=True):
    """A file in a watched folder, as it was when last looked at."""

    path: str = Field(primary_key=True)
    size: int
    mtime: float
    state: WatchedState = WatchedState.NEW
    # The track that it became or belongs to, empty where it became none.
    track_id: str = Field(default="", index=True)
    # Why it was refused.
    reason: str = ""


class Setting(SQLModel, table=True):
    """What the box remembers by name: the host's password, the measured speed."""

    name: str = Field(primary_key=True)
    value: str


class Change(SQLModel, table=True):
    """Written in the same transaction as the change itself: how every process learns what to show anew."""

    # Ids are never used twice, so that “all after the last one I saw” holds when old rows are removed.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
