"""Why a turn stands where it stands, in a line of plain words for the host."""

from collections.abc import Mapping

from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show.places import Why
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import of_note, plural, t, together

PLAIN = (Why.PINNED, Why.NEW, Why.OWN, Why.PAUSED)
# Two turns changed places, since one song is not ready.
SWAPPED = (Why.UNREADY, Why.MOVED_UP)


def reason(turn: TurnView, others: Mapping[str, TurnView]) -> str:
    """`others`: the turns of the queue by id. Parts that say nothing new are left out."""
    parts = (_wish(turn), _duet(turn), _missed(turn), _place(turn, others))
    return " · ".join(part for part in parts if part)


def _wish(turn: TurnView) -> str:
    return f"🎂 {turn.wish}" if turn.wish else ""


def _duet(turn: TurnView) -> str:
    """Those who have not answered, and those who will not sing along."""
    said = [
        t(f"host.reason.duet_{answer}", partner=together([each.name for each in those]))
        for answer in (Partner.ASKED, Partner.NO)
        if (those := turn.who(answer))
    ]
    return " · ".join(said)


def _missed(turn: TurnView) -> str:
    return plural("host.reason.missed", turn.missed) if turn.missed else ""


def _place(turn: TurnView, others: Mapping[str, TurnView]) -> str:
    if turn.readiness.state is Ready.FAILED:
        return of_note(turn.readiness.reason)
    why = turn.reason
    if why.why in PLAIN:
        return t(f"host.reason.{why.why}")
    if why.why in SWAPPED:
        other = others.get(why.other)
        return t(f"host.reason.{why.why}", other=other.singer) if other else ""
    match why.why:
        case Why.AGAIN:
            return _again(turn)
        case Why.LATER if not turn.missed:
            return plural("host.reason.later", max(1, turn.later))
        case Why.TOLD if turn.not_before is not None:
            return t("host.reason.told", at=clock(turn.not_before))
    return ""


def _again(turn: TurnView) -> str:
    """“Sung once; three have not sung yet.”"""
    why = turn.reason
    said = [plural("host.reason.sung", why.sung)] if why.sung else []
    if why.new_ahead:
        said.append(plural("host.reason.new_ahead", why.new_ahead))
    if why.back_ahead:
        said.append(plural("host.reason.back_ahead", why.back_ahead))
    return "; ".join(said)
