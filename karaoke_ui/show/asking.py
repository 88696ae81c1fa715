"""What a guest may ask for: the rules of the night, put to one request. The host may ask for anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from karaoke_ui.show import clock, lineup, rules, wordlist
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
from pipeline import library
from pipeline.errors import AlreadyThere, BadValue, Conflict, RightsError
from pipeline.sound import KEYS, TEMPOS
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


def check(s: Session, night: Night, singer: Singer, song: Song, *, from_outside: bool) -> TurnState:
    """The state that a guest's turn begins in, or the refusal."""
    chosen = rules.of(night)
    guest = s.get(Guest, (night.id, singer.id))
    if guest is not None and guest.removed_at is not None:
        raise Conflict(reason="sent_home")
    if not chosen.requests_open:
        raise Conflict(reason="requests_closed")
    if from_outside and not takes_videos(chosen):
        raise RightsError(reason="videos")
    check_song(s, chosen, song)
    check_repeat(s, night, chosen, song)
    is_sure = guest is not None and guest.confirmed
    _check_limits(s, night, {singer.id} if is_sure else sharing(s, singer.id), song)
    _check_time(s, night, chosen)
    asks = chosen.requests is Requests.APPROVE or (from_outside and chosen.youtube == "approve")
    return TurnState.REQUESTED if asks else TurnState.WAITING


def refuse_twice(s: Session, night: Night, singer: Singer, song: Song) -> None:
    if any(turn.song_id == song.id for turn in _open_turns(s, night, {singer.id})):
        raise AlreadyThere(name=song.title)


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


def dress(s: Session, turn: Turn, wanted: Wanted) -> None:
    """Write down how the turn is to be sung."""
    low, high = TEMPOS
    if wanted.key not in KEYS:
        raise BadValue(what="key", value=wanted.key, least=KEYS.start, most=KEYS.stop - 1)
    if not low <= wanted.tempo <= high:
        raise BadValue(what="tempo", value=f"{wanted.tempo:g}", least=low, most=high)
    turn.key, turn.tempo = wanted.key, round(wanted.tempo, 2)
    turn.message = message(wanted.message)
    if wanted.partner_ids is not None:
        set_partners(s, turn, wanted.partner_ids)


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
    return Partner.ASKED if has_phone(s, partner) else Partner.YES


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


def check_repeat(s: Session, night: Night, chosen: Rules, song: Song) -> None:
    """The same song not again within so many songs."""
    if chosen.repeat_after == 0:
        return
    ahead = [turn.song_id for turn in lineup.waiting(s, night.id)]
    newest = select(Performance.song_id).where(Performance.night_id == night.id, Performance.counted)
    before = s.exec(newest.order_by(col(Performance.started_at).desc()).limit(chosen.repeat_after))
    near = [*reversed(ahead), *before][: chosen.repeat_after]
    if song.id in near:
        raise Conflict(reason="repeat", limit=chosen.repeat_after)


def _check_limits(s: Session, night: Night, persons: set[str], song: Song) -> None:
    """Songs and minutes are counted for the phone, until the host has confirmed who somebody is."""
    chosen = rules.of(night)
    waiting = _open_turns(s, night, persons)
    if chosen.max_waiting and len(waiting) >= chosen.max_waiting:
        raise Conflict(reason="too_many", limit=chosen.max_waiting)
    sung = select(func.count(), func.coalesce(func.sum(Performance.seconds), 0.0)).where(
        Performance.night_id == night.id, Performance.counted, col(Performance.singer_id).in_(persons)
    )
    songs, seconds = s.exec(sung).one()
    if chosen.max_songs and songs + len(waiting) >= chosen.max_songs:
        raise Conflict(reason="songs", limit=chosen.max_songs)
    if chosen.max_minutes:
        tracks = library.main_tracks(s, {song.id, *(turn.song_id for turn in waiting)})
        seconds += sum(tracks[turn.song_id].seconds for turn in waiting if turn.song_id in tracks)
        seconds += tracks[song.id].seconds if song.id in tracks else 0.0
        if seconds > chosen.max_minutes * 60:
            raise Conflict(reason="minutes", limit=chosen.max_minutes)


def _check_time(s: Session, night: Night, chosen: Rules) -> None:
    """After the last call nothing is asked for that could not be sung any more."""
    if chosen.ends_at is None:
        return
    now = clock.now()
    line = lineup.of(s, night, now)
    free_at = line.free_at
    if line.turns:
        last = line.places[line.turns[-1].id]
        free_at = last.at + last.turn.seconds + line.changeover
    if free_at >= chosen.ends_at:
        raise Conflict(reason="no_time")


def sharing(s: Session, singer_id: str) -> set[str]:
    """All who hold a phone that this singer holds."""
    tokens = select(PhoneSinger.token).where(PhoneSinger.singer_id == singer_id)
    shared = select(PhoneSinger.singer_id).where(col(PhoneSinger.token).in_(tokens))
    return {singer_id, *s.exec(shared)}
