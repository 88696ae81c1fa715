"""What each phone is told of its turn: “not before”. It binds: an earlier call needs the singer's yes."""

from sqlmodel import Session, col, select

from karaoke_ui.show import forecast
from karaoke_ui.show.lineup import Lineup
from karaoke_ui.show.tables import PhoneSinger, Turn

# What was told is only told anew when it is later by this much.
STEP_SECONDS = 120.0


def tell(s: Session, line: Lineup, now: float) -> None:
    """It only moves to a later moment, so that nobody is called too early. Who has no phone was told nothing."""
    told = {turn.id: forecast.not_before(line.places[turn.id].at, now) for turn in line.turns}
    later = [turn for turn in line.turns if (told[turn.id] or 0.0) > (turn.not_before or 0.0) + STEP_SECONDS]
    phones = with_phone(s, {turn.singer_id for turn in later}) if later else set()
    for each in later:
        if each.singer_id in phones:
            turn = s.get_one(Turn, each.id)
            turn.not_before, turn.early_ok = told[turn.id], False
            s.add(turn)


def with_phone(s: Session, singer_ids: set[str]) -> set[str]:
    """Those of them whom a phone can tell something."""
    held = select(PhoneSinger.singer_id).where(col(PhoneSinger.singer_id).in_(singer_ids))
    return set(s.exec(held))
