"""From night to night, and the log of who did what in one."""

import csv
import io

import pytest
from sqlmodel import Session, select

from karaoke_ui.pages.host.deeds import listed
from karaoke_ui.show import (
    between,
    deeds,
    guests,
    messages,
    night,
    nights,
    people,
    player,
    rules,
    undo,
    views,
)
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.tables import Deed, MessageState, Night, Scene, Turn, TurnState
from pipeline.box import Box
from pipeline.errors import Conflict, NotFound
from tests.ui.test_night import add_song, arm_a_stage, join, order


def log(s: Session) -> list[str]:
    """The newest first."""
    return [deed.words for deed in listed(s)]


def newest(s: Session) -> Deed:
    return deeds.of_night(s, night.current(s).id)[0]


def sing(s: Session) -> None:
    player.play(s, BOX)
    player.finish(s, BOX)


# ----------------------------------------------------------------------------------------------- closed and reopened


def test_a_night_that_was_ended_by_mistake_goes_on(box: Box) -> None:
    with box.db.write() as s:
        first = night.current(s)
        night.rename(s, BOX, "Friday")
        rules.change(s, BOX, first, {"theme": "neon"})
        ada, ben = join(s, "Ada"), join(s, "Ben")
        for who in (ada, ben):
            night.ask(s, who, add_song(s, f"Song of {who.id}"))
        taken_out = night.ask(s, ben, add_song(s, "Never mind"))
        night.remove(s, ben, taken_out.id)
        guests.pause(s, BOX, True, ada.id)
        before = order(s)
        opened = nights.open_new(s, BOX, "Saturday", "party")
        assert order(s) == []
        assert "Closed Friday with 2 still waiting" in log(s)
        cleo = join(s, "Cleo")
        messages.say(s, cleo, "Am I too late?")
    with box.db.write() as s:
        back = nights.reopen(s, BOX, first.id)
        assert (night.current(s).id, back.name, back.closed_at) == (first.id, "Friday", None)
        assert order(s) == before, "and what was taken out before stays out"
        assert rules.of(back).theme == "neon"
        assert [each.name for each in views.singers(s)] == ["Ada", "Ben", "Cleo"]
        assert views.singer(s, ada.id).paused
        assert [each.text for each in messages.of_night(s, first.id)] == ["Am I too late?"]
        assert log(s)[0] == "Friday goes on"
        closed = next(deed for deed in listed(s) if deed.words.startswith("Closed Friday"))
        assert (closed.undone, closed.can_undo, closed.reopens) == (True, False, "")
        assert [each.id for each in s.exec(select(Night))] == [first.id]
        assert s.get(Night, opened.id) is None
        with pytest.raises(NotFound):
            nights.reopen(s, BOX, first.id)
        assert not any(opened.id in deed.before for deed in s.exec(select(Deed)))


def test_several_empty_nights_are_taken_back_at_once(box: Box) -> None:
    with box.db.write() as s:
        first = night.current(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        nights.close(s, BOX)
        nights.open_new(s, BOX, "Saturday")
        nights.reopen(s, BOX, first.id)
        assert order(s) == ["Ada"]
        assert rules.of(night.current(s)).requests_open


def test_a_night_stays_closed_once_somebody_has_asked_in_the_next_one(box: Box) -> None:
    with box.db.write() as s:
        first = night.current(s)
        nights.open_new(s, BOX)
        (closed,) = (deed for deed in listed(s) if deed.reopens)
        assert (closed.words, closed.reopens) == (f"Closed {first.name}", first.id)
        turn = night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        night.remove(s, BOX, turn.id)
        assert not any(deed.reopens for deed in listed(s))
        with pytest.raises(Conflict) as refused:
            nights.reopen(s, BOX, first.id)
        assert refused.value.context["reason"] == "night_since"
        assert not first.is_open


def test_a_line_of_the_old_night_is_not_on_the_screens_of_the_new_one(box: Box) -> None:
    with box.db.write() as s:
        line = messages.say(s, BOX, "The bar closes at ten")
        messages.keep(s, BOX)
        nights.open_new(s, BOX)
        assert (views.show(s).message, line.state) == ("", MessageState.OVER)


def test_a_name_that_was_up_is_not_up_in_the_new_night(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        between.call(s, BOX)
        first = night.current(s)
        nights.open_new(s, BOX)
        assert (views.show(s).scene.called, views.show(s).scene.name) == (None, Scene.IDLE)
        nights.reopen(s, BOX, first.id)
        assert (order(s), views.show(s).queue[0].called) == (["Ada"], False)


# ----------------------------------------------------------------------------------------------------------- the log


def test_a_walk_up_is_in_the_log_and_goes_again_if_nothing_was_asked(box: Box) -> None:
    with box.db.write() as s:
        grandpa = people.add_walk_up(s, BOX, "Grandpa")
        assert log(s) == ["Added Grandpa"]
        undo.undo_last(s, BOX)
        assert views.singers(s) == ()
        with pytest.raises(NotFound):
            undo.undo_last(s, BOX)
        grandpa = people.add_walk_up(s, BOX, "Grandpa")
        added = newest(s).id or 0
        turn = night.ask(s, BOX, add_song(s, "Creep"), grandpa.id)
        with pytest.raises(Conflict) as refused:
            undo.undo(s, BOX, added)
        assert refused.value.context["reason"] == "asked_since"
        night.remove(s, BOX, turn.id)
        undo.undo(s, BOX, added)
        assert views.singers(s) == ()


def test_a_line_that_was_refused_waits_again(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        line = messages.say(s, ada, "Hello room!")
        messages.refuse(s, BOX, line.id)
        assert log(s)[0] == "Refused a line by Ada: “Hello room!”"
        undo.undo_last(s, BOX)
        assert line.state is MessageState.ASKED
        messages.approve(s, BOX, line.id)
        assert log(s)[0] == "The room reads “Hello room!” by Ada"
        undo.undo_last(s, BOX)
        assert (line.state, views.show(s).message) == (MessageState.ASKED, "")


def test_what_was_taken_down_by_mistake_is_up_again(box: Box) -> None:
    with box.db.write() as s:
        line = messages.say(s, BOX, "Soup is ready")
        assert log(s) == ["The room reads “Soup is ready”"]
        said = newest(s).id or 0
        messages.keep(s, BOX)
        messages.clear(s, BOX)
        assert log(s)[0] == "Took down “Soup is ready”"
        with pytest.raises(Conflict):
            undo.undo(s, BOX, said)
        undo.undo_last(s, BOX)
        assert (views.show(s).message, line.until) == ("Soup is ready", None)
        undo.undo(s, BOX, said)
        assert (views.show(s).message, line.state) == ("", MessageState.OVER)
        messages.clear(s, BOX)
        assert len(log(s)) == 2, "where nothing is shown nothing is taken down"


# ------------------------------------------------------------------------------------------------- two of one name


def test_two_of_one_name_are_told_apart_in_log_figures_and_files(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        first, second = people.add_walk_up(s, BOX, "Maria"), people.add_walk_up(s, BOX, "maria")
        sung: list[Turn] = []
        for number, who in enumerate((first, second, second)):
            sung.append(night.ask(s, BOX, add_song(s, f"Song {number}"), who.id))
            sing(s)
        assert all(turn.state is TurnState.SUNG for turn in sung)
        assert "maria B. sings Song 1" in log(s)
        tonight = night.current(s)
        figures = nights.figures(s, tonight.id)
        assert figures.busiest == (("maria B.", 2), ("Maria A.", 1))
        rows = list(csv.DictReader(io.StringIO(nights.as_csv(nights.sung(s, tonight.id)))))
        assert [row["singer"] for row in rows] == ["Maria A.", "maria B.", "maria B."]
        guests.merge(s, BOX, first.id, second.id)
        assert log(s)[0] == "maria B. is Maria A."
        assert nights.figures(s, tonight.id).busiest == (("Maria", 3),)


def test_the_table_of_a_night_is_read_by_a_spreadsheet(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        asked = night.ask(s, BOX, add_song(s, "Für Elise"), people.add_walk_up(s, BOX, "Zoë").id)
        asked.asked_at -= 90
        sing(s)
        table = nights.as_csv(nights.sung(s, asked.night_id))
        assert table.startswith("\ufeffstarted,"), "Excel takes it for another alphabet's"
        (row,) = csv.DictReader(io.StringIO(table))
        assert (row["singer"], row["title"], row["finished"], row["counted"]) == (
            "Zoë",
            "Für Elise",
            "yes",
            "yes",
        )
        assert 90 <= int(row["waited"]) <= 100


def test_who_did_it_is_told_apart_too(box: Box) -> None:
    with box.db.write() as s:
        join(s, "Maria")
        other = people.join(s, NOBODY, "another phone", "Maria")
        night.ask(s, Actor(Role.SINGER, other.id), add_song(s, "Creep"))
        asked = listed(s)[0]
        assert (asked.who, asked.words) == ("Maria B.", "Maria B. sings Creep")
