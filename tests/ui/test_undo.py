"""What is taken back leaves all else where it is, and a press on an older sight of the queue does nothing."""

import pytest
from sqlmodel import Session, select

from karaoke_ui.pages.host import deeds as log
from karaoke_ui.show import (
    between,
    clock,
    cohosts,
    deeds,
    director,
    lineup,
    night,
    people,
    player,
    rules,
    turns,
    undo,
)
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.places import Why
from karaoke_ui.show.rights import BOX, Actor, Right, Role
from karaoke_ui.show.tables import Deed, Login, Performance, TurnState
from pipeline.box import Box
from pipeline.errors import NotFound, RightsError, StaleQueue
from pipeline.tables import Track
from tests.ui.test_night import add_song, arm_a_stage, join, order


def newest(s: Session) -> Deed:
    return deeds.of_night(s, night.current(s).id)[0]


def sing(s: Session) -> None:
    player.play(s, BOX)
    player.finish(s, BOX)
    between.clear(s, BOX)


def test_an_undo_brings_back_what_was_done_and_moves_no_pin(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        asked = {name: night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in "ABCDE"}
        night.move(s, BOX, asked["E"].id, 3)
        turns.change(s, BOX, asked["E"].id, key=2)
        changed = newest(s)
        sing(s)
        sing(s)
        assert order(s) == ["C", "E", "D"]
        undo.undo(s, BOX, changed.id or 0)
        assert (asked["E"].key, order(s)) == (0, ["C", "E", "D"])


def test_a_move_that_is_taken_back_counts_what_was_sung_since(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        # Without a phone: nobody was told a time.
        singers = {name: people.add_walk_up(s, BOX, name).id for name in "ABCDEF"}
        asked = {name: night.ask(s, BOX, add_song(s, name), singer) for name, singer in singers.items()}
        night.move(s, BOX, asked["F"].id, 4)
        night.move(s, BOX, asked["F"].id, 2)
        moved = newest(s)
        sing(s)
        assert order(s) == ["B", "F", "C", "D", "E"]
        undo.undo(s, BOX, moved.id or 0)
        assert order(s) == ["B", "C", "D", "F", "E"]


def test_after_a_false_start_everybody_stands_as_before(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        asked = {name: night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in "ABCD"}
        night.move(s, BOX, asked["D"].id, 2)
        before = order(s)
        for _ in range(2):
            player.play(s, BOX)
            player.false_start(s, BOX)
            assert order(s) == before
        assert newest(s).action == "false_start"
        assert not log.can_undo(newest(s))


def test_what_was_skipped_comes_back_as_it_was(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn = night.ask(s, ada, add_song(s, "One"), "", Wanted(key=-2))
        night.ask(s, ben, add_song(s, "Two"))
        player.play(s, BOX)
        night.playback(s).position = 50.0
        player.skip(s, BOX)
        assert s.exec(select(Performance)).one().counted
        undo.undo_last(s, BOX)
        assert (turn.state, turn.key, order(s)) == (TurnState.WAITING, -2, ["Ada", "Ben"])
        assert s.exec(select(Performance)).all() == []
        player.play(s, BOX, turn.id)
        with pytest.raises(NotFound):
            undo.undo_last(s, BOX)


def test_undo_passes_over_what_has_no_way_back(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        turn = night.ask(s, join(s, "Ada"), add_song(s, "One"))
        turns.change(s, BOX, turn.id, key=1)
        player.play(s, BOX)
        player.false_start(s, BOX)
        undo.undo_last(s, BOX)
        assert turn.key == 0


def test_a_cohost_of_the_queue_takes_back_nothing_of_the_host(box: Box) -> None:
    with box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"max_songs": 3})
        changed = newest(s)
        cora = cohosts.create(s, BOX, "Cora", "", [Right.QUEUE])
        login = Login(cohost_id=cora.id)
        s.add(login)
        s.flush()
        with pytest.raises(RightsError):
            undo.undo(s, Actor(Role.HOST, login.id), changed.id or 0)
        assert rules.of(night.current(s)).max_songs == 3
        assert log.listed(s, frozenset({Right.QUEUE}))[0].can_undo is False


def test_who_is_not_here_is_the_one_whose_name_was_seen(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        asked = [
            night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in ("Ada", "Ben", "Cleo")
        ]
        between.call(s, BOX)
        between.miss(s, BOX, asked[0].id)
        assert (newest(s).action, order(s)[0]) == ("missed", "Ben")
        with pytest.raises(StaleQueue):
            between.miss(s, BOX, asked[0].id)
        assert asked[1].missed == 0
        undo.undo_last(s, BOX)
        assert (asked[0].missed, asked[0].later, order(s)) == (0, 0, ["Ben", "Ada", "Cleo"])


def test_a_pinned_song_that_is_not_ready_changes_places_and_both_are_told(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        una = night.ask(s, join(s, "Una"), add_song(s, "Not yet", ready=False, seconds=3000))
        vic = night.ask(s, join(s, "Vic"), add_song(s, "Ready"))
        night.move(s, BOX, una.id, 0)
        line = lineup.of(s, night.current(s), clock.now())
        assert [each.id for each in line.turns] == [vic.id, una.id]
        why = {turn_id: (place.reason.why, place.reason.other) for turn_id, place in line.places.items()}
        assert why == {vic.id: (Why.MOVED_UP, una.id), una.id: (Why.UNREADY, vic.id)}
        assert director.following(s) == vic.id, "who is named next is who starts"
        player.play(s, BOX)
        ready = s.exec(select(Track).where(Track.song_id == una.song_id)).one()
        ready.chunks, ready.separated = 25, 25
        s.add(ready)
        night.ask(s, join(s, "Wim"), add_song(s, "Third"))
        assert order(s)[0] == "Una"


def test_a_wish_takes_a_turn_off_its_pin(box: Box) -> None:
    with box.db.write() as s:
        asked = {name: night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in "ABC"}
        night.move(s, BOX, asked["C"].id, 1)
        turns.wish(s, BOX, asked["C"].id, "Birthday")
        assert order(s) == ["C", "A", "B"]
        undo.undo_last(s, BOX)
        assert order(s) == ["A", "C", "B"]
