"""Why a turn stands where it does, in the catalogue's words."""

from collections.abc import Sequence
from typing import Literal

from karaoke_ui.show.places import Reason, Why
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import plural, t, together

Told = Literal["you", "they"]


def explain(turn: TurnView, queue: Sequence[TurnView], told: Told) -> str:
    """To its own singer (“you have sung once, …”), or to everybody else (“sung once; …”)."""
    reason = turn.reason
    if reason.why in (Why.NEW, Why.AGAIN):
        return t(f"order.{told}.because", sung=_sung(reason, told), ahead=_ahead(reason))
    other = next((each.singer for each in queue if each.id == reason.other), "")
    why = "missed" if reason.why is Why.LATER and turn.missed else reason.why.value
    asked = together([each.name for each in turn.who(Partner.ASKED)])
    return t(f"order.{told}.{why}", wish=turn.wish, singer=other, partner=asked)


def _sung(reason: Reason, told: Told) -> str:
    return plural(f"order.{told}.sung", reason.sung) if reason.sung else t(f"order.{told}.never")


def _ahead(reason: Reason) -> str:
    if reason.new_ahead:
        return plural("order.ahead.new" if reason.sung else "order.ahead.same", reason.new_ahead)
    if reason.back_ahead:
        return plural("order.ahead.back", reason.back_ahead)
    return t("order.ahead.nobody")
