"""What the phone says of songs, places and times: pure functions from the views to the catalogue's words."""

import math

from karaoke_ui import reasons
from karaoke_ui.show.places import Why
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rules import Requests, Run
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import ShowView, SongView, TurnView
from karaoke_ui.text import clock, plural, quoted, t, together

# Who stands there is not called yet, however near the place is.
NOT_YET = (Why.PAUSED, Why.PARTNER, Why.FAILED)
# The words for those who sing along, have not answered, or will not.
ANSWERS = {Partner.YES: "with", Partner.ASKED: "asks", Partner.NO: "said_no"}


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, … 11th, … 21st: the four forms that English has."""
    forms = {1: "one", 2: "two", 3: "few"}
    form = "other" if n % 100 in (11, 12, 13) else forms.get(n % 10, "other")
    return t(f"singer.ordinal.{form}", n=n)


def minutes(seconds: float) -> str:
    return plural("singer.ready.minutes", max(1, math.ceil(seconds / 60)))


def ready(found: Readiness) -> str:
    """How ready a song is, in a word or three."""
    if found.can_start:
        return t("singer.ready.ready")
    if found.state is Ready.FAILED:
        return t("singer.ready.failed")
    return minutes(found.seconds)


def note(song: SongView) -> str:
    """What else should be known before one asks. Words are looked for before the voice is taken out."""
    said = []
    if song.readiness.can_start and not song.has_words:
        said.append(t("singer.ready.no_words"))
    if song.readiness.quick:
        said.append(t("singer.ready.quick"))
    return " · ".join(said)


def whose_and_how_long(song: SongView) -> str:
    """“Steve Winwood · 4:06”."""
    whole, rest = divmod(round(song.seconds), 60)
    length = f"{whole}:{rest:02d}"
    return f"{song.artist} · {length}" if song.artist else length


def before_asking(song: SongView, is_video: bool = False, approved: bool = False) -> str:
    """The same in whole sentences."""
    if is_video:
        fetched = t("singer.sheet.from_youtube", time=minutes(song.readiness.seconds))
        return f"{fetched} {t('singer.sheet.approve')}" if approved else fetched
    if song.readiness.state is Ready.FAILED:
        return t("singer.sheet.failed")
    takes = t("singer.sheet.takes", time=minutes(song.readiness.seconds))
    said = [t("singer.sheet.is_ready") if song.readiness.can_start else takes]
    if approved:
        said.append(t("singer.sheet.approve"))
    if song.readiness.can_start and not song.has_words:
        said.append(t("singer.sheet.no_words"))
    if song.readiness.quick:
        said.append(t("singer.sheet.quick"))
    return " ".join(said)


def would_sing(show: ShowView, song: SongView, at: float, now: float) -> str:
    """When a song would be sung that is asked for now: at the moment `at`, where that is known."""
    if not show.queue and not show.now:
        return t("singer.sheet.at_once")
    return t("singer.sheet.when", time=clock(max(at or show.free_at, now + song.readiness.seconds)))


def place(show: ShowView, turn: TurnView, now: float) -> str:
    """“4th · not before 22:19”."""
    if turn.place == 0:
        return t("singer.mine.asked")
    if turn.place == 1 and show.now is None and turn.reason.why not in NOT_YET:
        return t("singer.mine.next_at_once")
    moment = clock(max(turn.expected_at, now))
    if turn.place == 1:
        return t("singer.mine.next", time=moment)
    if turn.not_before is not None:
        return t("singer.mine.not_before", place=ordinal(turn.place), time=clock(turn.not_before))
    return t("singer.mine.place", place=ordinal(turn.place), time=moment)


def why(show: ShowView, turn: TurnView) -> str:
    """Why it stands there."""
    return t("singer.mine.asked_why") if turn.place == 0 else reasons.explain(turn, show.queue, "you")


def manner(turn: TurnView, me: str) -> str:
    """“key −2 · with Tom & Li · “Happy birthday!””: how one sings it, where that is not as on the record and alone."""
    said = [t("singer.lists.in_key", key=signed(turn.key))] if turn.key else []
    for answer, form in ANSWERS.items():
        those = [each.name for each in turn.who(answer) if each.id != me]
        if me != turn.singer_id:
            # Who said no is told to the one who asked.
            those = {Partner.YES: with_whom(turn, me), Partner.NO: []}.get(answer, those)
        if those:
            said.append(t(f"singer.mine.{form}", partner=together(those)))
    if turn.message:
        said.append(quoted(turn.message))
    return " · ".join(said)


def signed(key: int) -> str:
    return f"−{-key}" if key < 0 else f"+{key}"


def sung_in(song: SongView, key: int) -> str:
    """“Amy Winehouse · key −2”."""
    said = t("singer.lists.in_key", key=signed(key)) if key else t("singer.lists.original")
    return " · ".join(filter(None, (song.artist, said)))


def notice(show: ShowView) -> str:
    """What the rules of tonight say to whoever wants to ask."""
    rules = show.rules
    if not rules.requests_open:
        return t("singer.notice.closed")
    if rules.ends_at is not None and show.free_at >= rules.ends_at:
        return t("singer.notice.no_time", time=clock(rules.ends_at))
    said = []
    if rules.requests in (Requests.APPROVE, Requests.LIST):
        said.append(t(f"singer.notice.{rules.requests.value}"))
    if rules.ends_at is not None:
        said.append(t("singer.notice.last", time=clock(rules.ends_at)))
    return " ".join(said)


def trouble(turn: TurnView) -> str:
    """What may keep a turn from being sung: nothing, when its song is ready."""
    if turn.readiness.can_start:
        return t("singer.mine.too_late") if turn.too_late else ""
    if turn.readiness.state is Ready.FAILED:
        return t("singer.mine.failed")
    return t("singer.mine.prepared", time=minutes(turn.readiness.seconds))


def you_are_next(show: ShowView, turn: TurnView, now: float) -> str:
    if show.now is None:
        return t("singer.moment.free_itself" if show.rules.run is Run.ITSELF else "singer.moment.free")
    return t("singer.moment.after", singer=together(show.now.names), time=clock(max(turn.expected_at, now)))


def by(title: str, artist: str) -> str:
    return f"{title} · {artist}" if artist else title


def whose(song: SongView) -> str:
    """Whose song it is, and which version of it."""
    return " · ".join(filter(None, (song.artist, song.label)))


def asked(singer_id: str, show: ShowView) -> set[str]:
    """The songs that somebody has asked for, and that are still to be sung."""
    return {turn.song_id for turn in show.of_singer.get(singer_id, ())}


def with_whom(turn: TurnView, me: str) -> list[str]:
    """Those with whom somebody sings who was asked to sing along."""
    return [turn.singer, *(each.name for each in turn.who(Partner.YES) if each.id != me)]
