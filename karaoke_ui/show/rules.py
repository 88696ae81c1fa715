"""The rules of a night: what the host chose about requests, order, limits and words. Kept as JSON on the night's row."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Night
from pipeline.db import announce


class Order(StrEnum):
    FAIR = "fair"
    FIRST_COME = "first_come"


class Run(StrEnum):
    """Who starts the next song: only the host, or the called singer as well."""

    HOST = "host"
    ITSELF = "itself"


class Requests(StrEnum):
    OPEN = "open"
    # Each request waits for the host's yes.
    APPROVE = "approve"
    # Only songs of the library.
    LIBRARY = "library"
    # Only songs of one house list.
    LIST = "list"


class Rules(BaseModel):
    """Frozen, complete, and forgiving of what an older box wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    template: str = "party"
    order: Order = Order.FAIR
    run: Run = Run.HOST
    requests: Requests = Requests.OPEN
    requests_open: bool = True
    house_list: str = ""
    uploads: bool = False
    youtube: Literal["open", "approve", "closed"] = "open"
    explicit: bool = True
    # Songs waiting at once, songs and minutes a night; 0: no limit.
    max_waiting: int = Field(default=5, ge=0, le=50)
    max_songs: int = Field(default=0, ge=0, le=200)
    max_minutes: int = Field(default=0, ge=0, le=1000)
    # A duet uses up the turn of both, or only of the one who asked.
    duet_counts: Literal["both", "asker"] = "both"
    # The same song not again within so many songs.
    repeat_after: int = Field(default=10, ge=0, le=500)
    reactions: bool = True
    messages: bool = True
    guest_videos: bool = False
    count_in: bool = False
    theme: Literal["club", "day", "neon"] = "club"
    # When singing ends (epoch seconds), where that is known.
    ends_at: float | None = None


def of(night: Night) -> Rules:
    return Rules.model_validate_json(night.rules or "{}")


@allow(Role.HOST)
def change(s: Session, actor: Actor, night: Night, chosen: Mapping[str, object]) -> Rules:
    """Change some of tonight's rules; what is not named stays."""
    rules = Rules.model_validate({**of(night).model_dump(), **chosen})
    night.rules = rules.model_dump_json()
    s.add(night)
    announce(s, "night", night.id)
    return rules


def for_next(last: Night | None) -> str:
    """The rules that the next night begins with: those of the last one, without its end."""
    return of(last).model_copy(update={"ends_at": None}).model_dump_json() if last else "{}"
