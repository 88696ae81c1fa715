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
# Who stands there comes behind all others.
ASIDE = (Why.PAUSED, Why.FAILED)
# The words for those who sing along, have not answered, or will not.
ANSWERS = {Partner.YES: "with", Partner.ASKED: "asks", Partner.NO: "said_no"}
# So much of whose song it is has room in a row.
MOST_OF_ROW = 60


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
    if show.is_held:
        return t("singer.stopped.sheet")
    if not show.queue and not show.now and not show.stopped and song.readiness.can_start:
        return t("singer.sheet.at_once")
    return t("singer.sheet.when", time=clock(max(at or show.free_at, now + song.readiness.seconds)))


def place(show: ShowView, turn: TurnView, now: float) -> str:
    """“4th · not before 22:19”."""
    if turn.place == 0:
        return t("singer.mine.asked")
    if turn.called and not show.stopped:
        return t("singer.moment.called")
    is_free = show.now is None and not show.stopped
    if turn.place == 1 and is_free and turn.reason.why not in NOT_YET and turn.readiness.can_start:
        return t("singer.mine.next_at_once")
    if show.is_held and turn.not_before is None:
        return t(f"singer.stopped.{'next' if turn.place == 1 else 'place'}", place=ordinal(turn.place))
    moment = clock(max(turn.expected_at, now))
    if turn.place == 1:
        return t("singer.mine.next", time=moment)
    if turn.not_before is not None:
        # The room reads when the break is over.
        sure = max(turn.not_before, show.scene.until or 0.0) if show.stopped else turn.not_before
        return t("singer.mine.not_before", place=ordinal(turn.place), time=clock(sure))
    return t("singer.mine.place", place=ordinal(turn.place), time=moment)


def chip(show: ShowView, turn: TurnView, now: float) -> str:
    """The same in so few words that they have room beside the greeting."""
    if turn.too_late and turn.place > 1:
        return t("singer.pill.late", place=ordinal(turn.place))
    return place(show, turn, now)


def stopped(show: ShowView, form: str = "room") -> str:
    """That the show stands still, and when it goes on; empty while it runs. `form`: to whom that is said."""
    if not show.stopped:
        return ""
    if show.scene.until is None:
        return t(f"singer.stopped.{form}_hold")
    return t(f"singer.stopped.{form}_break", time=clock(show.scene.until))


def why(show: ShowView, turn: TurnView) -> str:
    """Why it stands there, and how many go first by one's own word."""
    if turn.place == 0:
        return t("singer.mine.asked_why")
    said = reasons.explain(turn, show.queue, "you")
    if not turn.later or turn.missed:
        return said
    lets = plural("singer.mine.lets", turn.later)
    return lets if turn.reason.why is Why.LATER else f"{said} {lets}"


def can_let_pass(show: ShowView, turn: TurnView) -> bool:
    """Whether somebody comes behind who could go first."""
    if turn.called or turn.paused or not turn.place:
        return False
    behind = show.queue[turn.place :]
    return any(each.singer_id != turn.singer_id and each.reason.why not in ASIDE for each in behind)


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
    if me != turn.singer_id:
        said += [quoted(turn.line)] if turn.line else []
    elif turn.message:
        said.append(_line(turn))
    return " · ".join(said)


def _line(turn: TurnView) -> str:
    """One's own words for the room, and whether the room reads them."""
    line = quoted(turn.message)
    if turn.message_allowed:
        return line
    return t(f"singer.mine.{'line_waits' if turn.line_waits else 'line_off'}", line=line)


def signed(key: int) -> str:
    return f"−{-key}" if key < 0 else f"+{key}"


def sung_in(song: SongView, key: int) -> str:
    """“Amy Winehouse · key −2”."""
    said = t("singer.lists.in_key", key=signed(key)) if key else t("singer.lists.original")
    return " · ".join(filter(None, (song.artist, said)))


def notice(show: ShowView) -> str:
    """What the rules of tonight say to whoever wants to ask."""
    rules = show.rules
    said = [stopped(show)] if show.stopped else []
    if show.is_over:
        return t("singer.notice.over")
    if not rules.requests_open:
        return " ".join([*said, t("singer.notice.closed")])
    if rules.ends_at is not None and not show.takes_songs:
        return " ".join([*said, t("singer.notice.no_time", time=clock(rules.ends_at))])
    if rules.requests in (Requests.APPROVE, Requests.LIST):
        said.append(t(f"singer.notice.{rules.requests.value}"))
    if rules.ends_at is not None:
        said.append(t("singer.notice.last", time=clock(rules.ends_at)))
    return " ".join(said)


def trouble(show: ShowView, turn: TurnView) -> str:
    """What may keep a turn from being sung: nothing, when its song is ready."""
    if turn.readiness.can_start:
        return t("singer.mine.too_late") if turn.too_late else ""
    if turn.readiness.state is Ready.FAILED:
        return t("singer.mine.failed")
    if show.missing:
        return t("singer.mine.stands")
    return t("singer.mine.prepared", time=minutes(turn.readiness.seconds))


def you_are_next(show: ShowView, turn: TurnView, now: float) -> str:
    if show.now is None and show.stopped:
        return stopped(show, "first")
    if show.now is None and not turn.readiness.can_start:
        return t("singer.moment.unready")
    if show.now is None:
        return t("singer.moment.free_itself" if show.rules.run is Run.ITSELF else "singer.moment.free")
    if show.is_held:
        return t("singer.stopped.after", singer=together(show.now.names))
    return t("singer.moment.after", singer=together(show.now.names), time=clock(max(turn.expected_at, now)))


def by(title: str, artist: str) -> str:
    return f"{title} · {artist}" if artist else title


def whose(song: SongView) -> str:
    """Whose song it is, and which version of it."""
    return " · ".join(filter(None, (song.artist, song.label)))


def in_row(words: str) -> str:
    """What has no end ends in a row of a list: the sheet says it whole."""
    return words if len(words) <= MOST_OF_ROW else f"{words[: MOST_OF_ROW - 1].rstrip()}…"


def asked(singer_id: str, show: ShowView) -> set[str]:
    """The songs that somebody has asked for, and that are still to be sung."""
    return {turn.song_id for turn in show.of_singer.get(singer_id, ())}


def with_whom(turn: TurnView, me: str) -> list[str]:
    """Those with whom somebody sings who was asked to sing along."""
    return [turn.singer, *(each.name for each in turn.who(Partner.YES) if each.id != me)]
