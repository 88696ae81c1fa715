"""What the phone says of songs, places and times: pure functions from the views to the catalogue's words."""

import math
import time
from collections.abc import Sequence

from karaoke_ui.show.forecast import CHANGEOVER_SECONDS
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.views import NowView, ShowView, SongView, TurnView
from karaoke_ui.text import plural, t


def clock(moment: float) -> str:
    return time.strftime("%H:%M", time.localtime(moment))


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


def before_asking(song: SongView, is_video: bool = False) -> str:
    """The same in whole sentences."""
    if is_video:
        return t("singer.sheet.from_youtube", time=minutes(song.readiness.seconds))
    if song.readiness.state is Ready.FAILED:
        return t("singer.sheet.failed")
    takes = t("singer.sheet.takes", time=minutes(song.readiness.seconds))
    said = [t("singer.sheet.is_ready") if song.readiness.can_start else takes]
    if song.readiness.can_start and not song.has_words:
        said.append(t("singer.sheet.no_words"))
    if song.readiness.quick:
        said.append(t("singer.sheet.quick"))
    return " ".join(said)


def would_sing(show: ShowView, song: SongView, now: float) -> str:
    """When a song would be sung that is asked for now."""
    if show.queue:
        last = show.queue[-1]
        free_at = max(last.expected_at, now) + last.seconds + CHANGEOVER_SECONDS
    elif show.now:
        free_at = now + show.now.seconds - show.now.second(now) + CHANGEOVER_SECONDS
    else:
        return t("singer.sheet.at_once")
    return t("singer.sheet.when", time=clock(max(free_at, now + song.readiness.seconds)))


def place(show: ShowView, turn: TurnView, now: float) -> str:
    """“4th · about 22:19”."""
    if turn.place == 1 and show.now is None:
        return t("singer.mine.next_at_once")
    moment = clock(max(turn.expected_at, now))
    if turn.place == 1:
        return t("singer.mine.next", time=moment)
    return t("singer.mine.place", place=ordinal(turn.place), time=moment)


def before(show: ShowView, turn: TurnView) -> str:
    """Who sings before this turn."""
    ahead: list[NowView | TurnView] = [show.now] if show.now else []
    ahead += show.queue[: turn.place - 1]
    names = [_who(each, turn.singer_id) for each in ahead]
    if not names:
        return t("singer.before.nobody")
    if len(names) == 1:
        return t("singer.before.one", first=names[0])
    if len(names) == 2:
        return t("singer.before.two", first=names[0], second=names[1])
    return plural("singer.before.more", len(names) - 2, first=names[0], second=names[1])


def trouble(turn: TurnView) -> str:
    """What may keep a turn from being sung: nothing, when its song is ready."""
    if turn.readiness.can_start:
        return ""
    if turn.readiness.state is Ready.FAILED:
        return t("singer.mine.failed")
    return t("singer.mine.prepared", time=minutes(turn.readiness.seconds))


def you_are_next(show: ShowView, turn: TurnView, now: float) -> str:
    if show.now is None:
        return t("singer.moment.free")
    return t("singer.moment.after", singer=show.now.singer, time=clock(max(turn.expected_at, now)))


def by(title: str, artist: str) -> str:
    return f"{title} · {artist}" if artist else title


def whose(song: SongView) -> str:
    """Whose song it is, and which version of it."""
    return " · ".join(filter(None, (song.artist, song.label)))


def of(singer_id: str, queue: Sequence[TurnView]) -> list[TurnView]:
    return [turn for turn in queue if turn.singer_id == singer_id]


def _who(each: NowView | TurnView, me: str) -> str:
    form = "me" if each.singer_id == me else "other"
    return t(f"singer.who.{form}", singer=each.singer, title=each.title)
