"""What a guest may ask for: the rules of the night, put to one request. The host may ask for anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from karaoke_ui.show import along, clock, lineup, readiness, rules, wordlist
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.rules import Requests, Rules
from karaoke_ui.show.tables import (
    Guest,
    HouseListSong,
    Night,
    Partner,
    Performance,
    PhoneSinger,
    Singer,
    Turn,
    TurnState,
)
from pipeline import library, videos
from pipeline.audio.sound import KEYS, TEMPOS
from pipeline.errors import AlreadyThere, BadValue, Conflict, RightsError
from pipeline.tables import Song

MAX_MESSAGE = 80
# Who can be asked to sing along.
MOST_PARTNERS = 5
OPEN_STATES = (TurnState.WAITING, TurnState.REQUESTED)


@dataclass(frozen=True)
class Wanted:
    """How a song is to be sung."""

    key: int = 0
    tempo: float = 1.0
    # Who is asked to sing along; None: those who were asked before.
    partner_ids: Sequence[str] | None = None
    message: str = ""
    # Chosen by who asks: the same request, sent again after the network came back, is one turn.
    turn_id: str = ""
    # It was no song of the library until now.
    from_outside: bool = False


PLAIN = Wanted()


def check(
    s: Session, night: Night, singer: Singer, song: Song, *, from_outside: bool, turn: Turn | None = None
) -> TurnState:
    """The state that a guest's turn begins in, or the refusal. `turn`: the one that would be sung with this song."""
    chosen = rules.of(night)
    guest = s.get(Guest, (night.id, singer.id))
    if guest is not None and guest.removed_at is not None:
        raise Conflict(reason="sent_home")
    if not chosen.requests_open:
        raise Conflict(reason="requests_closed")
    from_guests = chosen.youtube != "open" and _is_a_guests_video(s, song)
    if (from_outside and not takes_videos(chosen)) or (from_guests and chosen.youtube == "closed"):
        raise RightsError(reason="videos")
    check_song(s, chosen, song)
    asked = _as_asked(night, singer, song, turn)
    _check_repeat(s, night, chosen, asked)
    is_sure = guest is not None and guest.confirmed
    _check_limits(s, night, {singer.id} if is_sure else sharing(s, singer.id), song, asked)
    _check_time(s, night, chosen, asked if turn else None)
    is_video = from_outside or from_guests
    asks = chosen.requests is Requests.APPROVE or (is_video and chosen.youtube == "approve")
    return TurnState.REQUESTED if asks else TurnState.WAITING


def _as_asked(night: Night, singer: Singer, song: Song, turn: Turn | None) -> Turn:
    """The turn as it would wait, in no table yet."""
    if turn is not None:
        return Turn(**turn.model_dump() | {"song_id": song.id, "state": TurnState.WAITING})
    return Turn(night_id=night.id, singer_id=singer.id, song_id=song.id, place=float("inf"))


def _is_a_guests_video(s: Session, song: Song) -> bool:
    """It is in the library because a guest asked for it, and the host has never said yes: let it in, asked for it, or
    put it on a list.
    """
    track = library.main_track(s, song.id)
    if track.source != videos.SOURCE or not track.brought_by:
        return False
    said_yes = select(Turn.id).where(Turn.song_id == song.id, Turn.approved)
    listed = select(HouseListSong.list_id).where(HouseListSong.song_id == song.id)
    return s.exec(said_yes).first() is None and s.exec(listed).first() is None


def refuse_twice(s: Session, night: Night, singer: Singer, song: Song) -> None:
    if any(turn.song_id == song.id for turn in _open_turns(s, night, {singer.id})):
        raise AlreadyThere(reason="asked", name=song.title)


def refuse_failed(s: Session, song: Song) -> None:
    """Whoever asks: it would stand in the queue and never be sung."""
    track = library.main_track(s, song.id)
    if readiness.of_tracks(s, [track])[track.id].state is Ready.FAILED:
        raise Conflict(reason="failed")


def takes_videos(chosen: Rules) -> bool:
    """May guests ask for what is not in the library?"""
    return chosen.youtube != "closed" and chosen.requests in (Requests.OPEN, Requests.APPROVE)


def check_song(s: Session, chosen: Rules, song: Song) -> None:
    """May guests ask for this song tonight?"""
    if song.blocked:
        raise Conflict(reason="blocked")
    if song.explicit and not chosen.explicit:
        raise Conflict(reason="explicit")
    if chosen.requests is Requests.LIST and s.get(HouseListSong, (chosen.house_list, song.id)) is None:
        raise Conflict(reason="not_on_list")
    if 0 < chosen.max_song_minutes * 60 < library.main_track(s, song.id).seconds:
        raise Conflict(reason="long", limit=chosen.max_song_minutes)


def dress(s: Session, who: Actor, turn: Turn, wanted: Wanted) -> None:
    """Write down how the turn is to be sung."""
    low, high = TEMPOS
    if wanted.key not in KEYS:
        raise BadValue(what="key", value=wanted.key, least=KEYS.start, most=KEYS.stop - 1)
    if not low <= wanted.tempo <= high:
        raise BadValue(what="tempo", value=f"{wanted.tempo:g}", least=low, most=high)
    turn.key, turn.tempo = wanted.key, round(wanted.tempo, 2)
    _write_line(s, who, turn, wanted.message)
    if wanted.partner_ids is not None:
        set_partners(s, turn, wanted.partner_ids)


def _write_line(s: Session, who: Actor, turn: Turn, text: str) -> None:
    """The host's is shown at once, a singer's once the host has allowed it."""
    line = message(text)
    if line == turn.message:
        return
    if line and who.role is Role.SINGER:
        check_may_speak(s, s.get_one(Night, turn.night_id), turn.singer_id)
    turn.message = line
    turn.message_allowed = True if line and who.role is Role.HOST else None


def check_may_speak(s: Session, night: Night, singer_id: str) -> None:
    """May this singer say a few words to the room?"""
    if not rules.of(night).messages:
        raise Conflict(reason="messages")
    guest = s.get(Guest, (night.id, singer_id))
    if guest is not None and (guest.muted or guest.removed_at is not None):
        raise Conflict(reason="muted")


def for_the_room(turn: Turn) -> str:
    """The line as everybody may read it."""
    return turn.message if turn.message_allowed else ""


def set_partners(s: Session, turn: Turn, partner_ids: Sequence[str]) -> None:
    """Ask others to sing along. Who has no phone said yes to the host, or stands beside the one who asks.

    An answer is kept; who said no and is named again is asked again.
    """
    if len(set(partner_ids)) > MOST_PARTNERS:
        raise BadValue(what="partners", value=len(set(partner_ids)), most=MOST_PARTNERS)
    kept = {each: said for each, said in turn.partners.items() if each in partner_ids and said != Partner.NO}
    asked = {each: _asked(s, turn, each) for each in partner_ids if each not in kept}
    turn.partners = kept | asked


def _asked(s: Session, turn: Turn, partner_id: str) -> Partner:
    partner = s.get(Singer, partner_id)
    if partner is None or partner.merged_into or partner_id == turn.singer_id:
        raise BadValue(what="partner", value=partner_id)
    if was_sent_home(s, turn.night_id, partner_id):
        raise BadValue(what="partner", value=partner_id)
    return Partner.ASKED if has_phone(s, partner) else Partner.YES


def was_sent_home(s: Session, night_id: str, singer_id: str) -> bool:
    guest = s.get(Guest, (night_id, singer_id))
    return guest is not None and guest.removed_at is not None


def has_phone(s: Session, singer: Singer) -> bool:
    return s.exec(select(PhoneSinger.token).where(PhoneSinger.singer_id == singer.id)).first() is not None


def message(text: str) -> str:
    """A few words for the room."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(clean) > MAX_MESSAGE or wordlist.is_rude(clean):
        raise BadValue(what="message", value=clean[:MAX_MESSAGE], most=MAX_MESSAGE)
    return clean


def _open_turns(s: Session, night: Night, singers: set[str]) -> list[Turn]:
    theirs = select(Turn).where(
        Turn.night_id == night.id, col(Turn.state).in_(OPEN_STATES), col(Turn.singer_id).in_(singers)
    )
    return list(s.exec(theirs))


def _check_repeat(s: Session, night: Night, chosen: Rules, asked: Turn) -> None:
    """The same song not again within so many songs, in the order in which they will be sung."""
    within = chosen.repeat_after
    if within == 0:
        return
    newest = select(Performance.song_id).where(Performance.night_id == night.id, Performance.counted)
    before = list(s.exec(newest.order_by(col(Performance.started_at).desc()).limit(within)))
    same = select(Turn.id).where(Turn.night_id == night.id, Turn.state == TurnState.WAITING)
    same = same.where(Turn.song_id == asked.song_id, Turn.id != asked.id)
    if asked.song_id not in before and s.exec(same).first() is None:
        return
    # The night is played to its end with this turn in it.
    line = lineup.of(s, night, clock.now(), also=asked).turns
    songs = [*reversed(before), *(turn.song_id for turn in line)]
    here = len(before) + next(place for place, turn in enumerate(line) if turn.id == asked.id)
    if asked.song_id in songs[max(0, here - within) : here] + songs[here + 1 : here + 1 + within]:
        raise Conflict(reason="repeat", limit=within)


def _check_limits(s: Session, night: Night, persons: set[str], song: Song, asked: Turn) -> None:
    """Songs and minutes are counted for the phone, until the host has confirmed who somebody is.

    Those in which one only sings along count where the rules say so; they are not waited for as one's own.
    """
    chosen = rules.of(night)
    waiting = [turn for turn in _open_turns(s, night, persons) if turn.id != asked.id]
    if chosen.max_waiting and len(waiting) >= chosen.max_waiting:
        raise Conflict(reason="too_many", limit=chosen.max_waiting)
    if not chosen.max_songs and not chosen.max_minutes:
        return
    theirs: ColumnElement[bool] = col(Performance.singer_id).in_(persons)
    if chosen.duet_counts == "both":
        theirs = or_(theirs, *(along.names(Performance.partners, each) for each in persons))
        waiting += _turns_along(s, night, persons)
    counted = select(Performance.seconds).where(Performance.night_id == night.id, Performance.counted)
    sung = list(s.exec(counted.where(theirs)))
    if chosen.max_songs and len(sung) + len(waiting) >= chosen.max_songs:
        raise Conflict(reason="songs", limit=chosen.max_songs)
    if chosen.max_minutes:
        tracks = library.main_tracks(s, {song.id, *(turn.song_id for turn in waiting)})
        seconds = sum(sung)
        seconds += sum(tracks[turn.song_id].seconds for turn in waiting if turn.song_id in tracks)
        seconds += tracks[song.id].seconds if song.id in tracks else 0.0
        if seconds > chosen.max_minutes * 60:
            raise Conflict(reason="minutes", limit=chosen.max_minutes)


def _turns_along(s: Session, night: Night, persons: set[str]) -> list[Turn]:
    """Those of others in which one of these said yes to sing along."""
    named = or_(*(along.names(Turn.partners, each) for each in persons))
    others = select(Turn).where(Turn.night_id == night.id, col(Turn.state).in_(OPEN_STATES), named)
    found = s.exec(others.where(col(Turn.singer_id).not_in(persons)))
    return [turn for turn in found if persons & {*along.yes(turn.partners)}]


def _check_time(s: Session, night: Night, chosen: Rules, changed: Turn | None) -> None:
    """After the last call nothing is asked for that could not be sung any more. `changed`: a turn that has its place."""
    if chosen.ends_at is None:
        return
    line = lineup.of(s, night, clock.now(), also=changed)
    if changed is not None:
        starts_at = line.places[changed.id].at
    elif line.turns:
        last = line.places[line.turns[-1].id]
        starts_at = last.at + last.turn.seconds + line.changeover
    else:
        starts_at = line.free_at
    if starts_at >= chosen.ends_at:
        raise Conflict(reason="no_time")


def sharing(s: Session, singer_id: str) -> set[str]:
    """All who hold a phone that this singer holds."""
    tokens = select(PhoneSinger.token).where(PhoneSinger.singer_id == singer_id)
    shared = select(PhoneSinger.singer_id).where(col(PhoneSinger.token).in_(tokens))
    return {singer_id, *s.exec(shared)}
