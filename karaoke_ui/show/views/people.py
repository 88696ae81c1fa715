"""The people of tonight, as the host and the guests see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from karaoke_ui.show import names, night
from karaoke_ui.show.tables import Guest, Hint, Performance, PhoneSinger, Singer, Turn, TurnState
from pipeline.errors import NotFound


@dataclass(frozen=True)
class SingerView:
    """Somebody who is here tonight."""

    id: str
    name: str
    face: str
    has_phone: bool
    # As they wrote it; `name` tells them apart from others who wrote the same.
    own_name: str = ""
    # How the name is spoken.
    spoken: str = ""
    came_at: float = 0.0
    # Songs tonight: sung, and still waiting.
    sung: int = 0
    waiting: int = 0
    last_sung_at: float | None = None
    # What their phone last said of them.
    hint: Hint = Hint.NONE
    hint_at: float | None = None
    paused: bool = False
    confirmed: bool = False
    muted: bool = False
    removed: bool = False
    regular: bool = False
    # Others who sing with the same phone.
    shares_with: tuple[str, ...] = ()


def singer(s: Session, singer_id: str) -> SingerView:
    """Somebody who is here tonight, or a person of another night as they are known."""
    found = next((each for each in singers(s) if each.id == singer_id), None)
    if found is not None:
        return found
    row = s.get(Singer, singer_id)
    if row is None or row.merged_into:
        raise NotFound(what="singer")
    return SingerView(row.id, row.name, row.face, bool(_phones(s, [row.id])), own_name=row.name)


def singers(s: Session) -> tuple[SingerView, ...]:
    """Everybody of tonight, by name."""
    tonight = night.current(s)
    rows = s.exec(
        select(Guest, Singer)
        .join(Singer, col(Singer.id) == Guest.singer_id)
        .where(Guest.night_id == tonight.id)
    ).all()
    called = names.tonight(s, tonight.id)
    sung = _sung(s, tonight.id)
    waiting = dict(
        s.exec(
            select(Turn.singer_id, func.count())
            .where(Turn.night_id == tonight.id, Turn.state == TurnState.WAITING)
            .group_by(Turn.singer_id)
        ).all()
    )
    phones = _phones(s, (singer.id for _, singer in rows))
    found = [
        SingerView(
            id=singer.id,
            name=called[singer.id],
            face=singer.face,
            has_phone=bool(phones.get(singer.id)),
            own_name=singer.name,
            spoken=singer.spoken,
            came_at=guest.came_at,
            sung=len(sung.get(singer.id, ())),
            waiting=waiting.get(singer.id, 0),
            last_sung_at=max(sung.get(singer.id, ()), default=None),
            hint=guest.hint,
            hint_at=guest.hint_at,
            paused=guest.paused,
            confirmed=guest.confirmed,
            muted=guest.muted,
            removed=guest.removed_at is not None,
            regular=singer.regular,
            shares_with=_sharing(singer.id, phones),
        )
        for guest, singer in rows
        if not singer.merged_into
    ]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))


def _sung(s: Session, night_id: str) -> dict[str, list[float]]:
    """Singer → when each of their songs began, those that they sang along in among them."""
    columns = select(Performance.singer_id, Performance.partners, Performance.started_at)
    found: dict[str, list[float]] = {}
    for singer_id, partners, at in s.exec(
        columns.where(Performance.night_id == night_id, Performance.counted)
    ):
        for each in (singer_id, *partners):
            found.setdefault(each, []).append(at)
    return found


def _phones(s: Session, singer_ids: Iterable[str]) -> dict[str, set[str]]:
    held = select(PhoneSinger.singer_id, PhoneSinger.token).where(
        col(PhoneSinger.singer_id).in_(list(singer_ids))
    )
    phones: dict[str, set[str]] = {}
    for singer_id, token in s.exec(held):
        phones.setdefault(singer_id, set()).add(token)
    return phones


def _sharing(singer_id: str, phones: dict[str, set[str]]) -> tuple[str, ...]:
    mine = phones.get(singer_id, set())
    return tuple(sorted(other for other, theirs in phones.items() if other != singer_id and mine & theirs))
