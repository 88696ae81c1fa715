"""The rules of a night: what the host chose about requests, order, limits and words. Kept as JSON on the night's row."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session, col, select

from karaoke_ui.show import deeds
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import HouseList, Night
from pipeline.db import announce
from pipeline.errors import BadValue


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
    # Minutes of one song. In a fair round everybody sings one: so this is the limit of a round.
    max_song_minutes: int = Field(default=0, ge=0, le=60)
    # What several sing uses up the turns of all of them (“both”), or only of the one who asked.
    duet_counts: Literal["both", "asker"] = "both"
    # The same song not again within so many songs.
    repeat_after: int = Field(default=10, ge=0, le=500)
    reactions: bool = True
    messages: bool = True
    guest_videos: bool = False
    count_in: bool = False
    theme: Literal["club", "day", "neon"] = "club"
    # Spoken by the TV and the panel; a phone speaks its own.
    language: Literal["en", "de", "fr", "es"] = "en"
    # When singing ends (epoch seconds), where that is known.
    ends_at: float | None = None
    # The night before was closed, and nobody has begun this one.
    over: bool = False


def of(night: Night) -> Rules:
    return Rules.model_validate_json(night.rules or "{}")


# What a template changes of the rules as they are without one. Theme, house list and end stay as they were.
TEMPLATES: dict[str, dict[str, object]] = {
    "party": {},
    # A public venue: nothing that the house did not choose reaches the room.
    "venue": {
        "requests": Requests.LIST,
        "youtube": "closed",
        "messages": False,
        "guest_videos": False,
        "max_waiting": 2,
    },
    "kids": {
        "explicit": False,
        "youtube": "approve",
        "messages": False,
        "guest_videos": False,
        "max_waiting": 3,
    },
    "itself": {"run": Run.ITSELF},
}
KEPT = ("theme", "language", "house_list", "ends_at", "requests_open", "count_in", "over")


@allow(Role.HOST)
def change(s: Session, actor: Actor, night: Night, chosen: Mapping[str, object]) -> Rules:
    """Change some of tonight's rules; what is not named stays."""
    before = of(night)
    rules = checked(before, chosen)
    if rules != before:
        _write(s, actor, night, rules, ", ".join(sorted(chosen)))
    return rules


def checked(before: Rules, chosen: Mapping[str, object]) -> Rules:
    """These rules with what somebody chose in them. Who takes songs again has begun a night."""
    begun = {"over": False} if chosen.get("requests_open") else {}
    try:
        return Rules.model_validate({**before.model_dump(), **chosen, **begun})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadValue(what="rule", value=str(first["input"])[:60]) from error


@allow(Role.HOST)
def use_template(s: Session, actor: Actor, night: Night, name: str) -> Rules:
    """All rules at once, for a kind of evening."""
    if name not in TEMPLATES:
        raise BadValue(what="rule", value=name)
    kept = {each: getattr(of(night), each) for each in KEPT}
    if name == "venue" and not kept["house_list"]:
        first = s.exec(select(HouseList.id).order_by(col(HouseList.created_at))).first()
        kept["house_list"] = first or ""
    rules = Rules.model_validate({**TEMPLATES[name], **kept, "template": name})
    _write(s, actor, night, rules, name)
    return rules


def _write(s: Session, who: Actor, night: Night, rules: Rules, changed: str) -> None:
    deeds.note(s, who, "rules", night, changed=changed)
    night.rules = rules.model_dump_json()
    # The order may be another one now.
    night.version += 1
    s.add(night)
    announce(s, "night", night.id)
    announce(s, "queue", night.id)


def for_next(last: Night | None) -> str:
    """The rules that the next night begins with: those of the last one, without its end."""
    return of(last).model_copy(update={"ends_at": None, "over": False}).model_dump_json() if last else "{}"
