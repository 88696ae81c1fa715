"""What may be asked for, what may be changed, and how everything is taken back."""

import time

import pytest
from sqlmodel import Session

from karaoke_ui.pages.singer import phrases
from karaoke_ui.reasons import explain
from karaoke_ui.show import (
    asking,
    deeds,
    guests,
    lineup,
    lists,
    messages,
    night,
    nights,
    people,
    player,
    rules,
    turns,
    undo,
    views,
)
from karaoke_ui.show.places import Why
from karaoke_ui.show.rights import BOX, Actor, Role
from karaoke_ui.show.tables import Hint, MessageState, Performance, TurnState
from pipeline.box import Box
from pipeline.db import newest_change
from pipeline.errors import (
    BadValue,
    Conflict,
    EncoreError,
    NotFound,
    RightsError,
    StaleQueue,
)
from pipeline.tables import Song, new_id
from tests.ui.test_night import add_song, arm_a_stage, join, order


def titles(s: Session) -> list[str]:
    return [view.title for view in views.show(s).queue]


def set_rules(s: Session, **chosen: object) -> None:
    rules.change(s, BOX, night.current(s), chosen)


def refusal(s: Session, actor: Actor, song_id: str) -> object:
    with pytest.raises(EncoreError) as caught:
        night.ask(s, actor, song_id)
    return caught.value.context.get("reason")


# ------------------------------------------------------------------------------------------------------ requests


def test_a_request_waits_for_the_host_where_the_rules_say_so(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, requests="approve")
        ada = join(s, "Ada")
        turn, other = night.ask(s, ada, add_song(s, "Creep")), night.ask(s, ada, add_song(s, "Bad"))
        assert (order(s), [each.id for each in views.show(s).requests]) == ([], [turn.id, other.id])
        assert titles(s) == []
        turns.approve(s, BOX, turn.id)
        turns.refuse(s, BOX, other.id)
        assert (titles(s), other.state) == (["Creep"], TurnState.REFUSED)
        undo.undo_last(s, BOX)
        assert [each.id for each in views.show(s).requests] == [other.id]
        assert night.ask(s, BOX, add_song(s, "Host’s"), ada.id).state == TurnState.WAITING


def test_songs_that_guests_cannot_ask_for(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        song = s.get_one(Song, add_song(s, "Explicit"))
        song.explicit = True
        blocked = s.get_one(Song, add_song(s, "Blocked"))
        blocked.blocked = True
        s.add(song)
        assert refusal(s, ada, blocked.id) == "blocked"
        set_rules(s, explicit=False)
        assert refusal(s, ada, song.id) == "explicit"
        listed = add_song(s, "Listed")
        chosen = lists.create(s, BOX, "Tonight", [listed])
        set_rules(s, requests="list", house_list=chosen.id)
        assert refusal(s, ada, add_song(s, "Not listed")) == "not_on_list"
        night.ask(s, ada, listed)
        set_rules(s, requests_open=False)
        assert refusal(s, ada, add_song(s, "Late")) == "requests_closed"
        night.ask(s, BOX, song.id, ada.id)


def test_limits_go_with_the_phone_until_the_host_knows_the_person(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, max_waiting=0, max_songs=2)
        ada = join(s, "Ada")
        ben = Actor(Role.SINGER, people.share(s, ada, "phone of Ada", "Ben").id)
        night.ask(s, ada, add_song(s, "One"))
        night.ask(s, ben, add_song(s, "Two"))
        assert refusal(s, ben, add_song(s, "Three")) == "songs"
        guests.confirm(s, BOX, ben.id)
        night.ask(s, ben, add_song(s, "Three"))
        set_rules(s, max_songs=0, max_minutes=5)
        assert refusal(s, ben, add_song(s, "Long", seconds=200)) == "minutes"


def test_a_song_may_be_too_long_for_tonight(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, max_song_minutes=4)
        ada, long = join(s, "Ada"), add_song(s, "Long", seconds=241)
        assert refusal(s, ada, long) == "long"
        turn = night.ask(s, ada, add_song(s, "Short", seconds=239))
        with pytest.raises(Conflict):
            turns.change(s, ada, turn.id, song_id=long)


def test_the_same_song_not_again_within_so_many(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, repeat_after=2, max_waiting=0, order="first_come")
        ada, ben = join(s, "Ada"), join(s, "Ben")
        song = add_song(s, "Creep")
        night.ask(s, ada, song)
        assert refusal(s, ben, song) == "repeat"
        for n in range(2):
            night.ask(s, ada, add_song(s, f"Between {n}"))
        night.ask(s, ben, song)


def test_after_the_last_call_nothing_is_asked_for_that_could_not_be_sung(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, ends_at=time.time() + 300)
        ada = join(s, "Ada")
        night.ask(s, ada, add_song(s, "One", seconds=150))
        night.ask(s, ada, add_song(s, "Two", seconds=150))
        last_call = views.show(s).last_call
        assert last_call is not None
        assert (last_call.songs, [each.too_late for each in views.show(s).queue]) == (1, [False, True])
        assert refusal(s, ada, add_song(s, "Three")) == "no_time"


def test_a_night_that_runs_itself_begins_nothing_that_would_last_too_long(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, ends_at=time.time() + 120)
        night.ask(s, BOX, add_song(s, "Long", seconds=150), join(s, "Ada").id)
        short = night.ask(s, BOX, add_song(s, "Short", seconds=60), join(s, "Ben").id)
        assert night.next_turn(s) is not short, "the host knows when to stop"
        set_rules(s, run="itself")
        assert night.next_turn(s) is short
        set_rules(s, ends_at=time.time() + 30)
        assert night.next_turn(s) is None


def test_a_request_that_is_sent_twice_is_one_turn(box: Box) -> None:
    with box.db.write() as s:
        ada, song, chosen = join(s, "Ada"), add_song(s, "Creep"), new_id()
        wanted = asking.Wanted(key=-2, message="For Grandma", turn_id=chosen)
        first = night.ask(s, ada, song, wanted=wanted)
        assert night.ask(s, ada, song, wanted=wanted) is first
        assert (first.id, first.key, first.message) == (chosen, -2, "For Grandma")
        with pytest.raises(Conflict):
            night.ask(s, join(s, "Ben"), song, wanted=wanted)
        with pytest.raises(BadValue):
            night.ask(s, ada, add_song(s, "Bad"), wanted=asking.Wanted(key=9))


def test_a_template_sets_all_rules_and_keeps_theme_and_end(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, theme="neon")
        kids = rules.use_template(s, BOX, night.current(s), "kids")
        assert (kids.explicit, kids.youtube, kids.theme, kids.template) == (False, "approve", "neon", "kids")
        undo.undo_last(s, BOX)
        assert rules.of(night.current(s)).explicit
        for wrong in ({"max_waiting": -1}, {"theme": "pink"}, {"requests": "never"}):
            with pytest.raises(BadValue):
                set_rules(s, **wrong)
        with pytest.raises(BadValue):
            rules.use_template(s, BOX, night.current(s), "wedding")


def test_what_another_rule_would_do_is_seen_before(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        for singer, title in ((ada, "One"), (ada, "Two"), (ben, "Ben’s")):
            night.ask(s, singer, add_song(s, title))
        assert titles(s) == ["One", "Ben’s", "Two"]
        shifts = views.preview(s, {"order": "first_come"})
        assert [(each.title, each.place, each.would_be) for each in shifts] == [
            ("One", 1, 1),
            ("Two", 3, 2),
            ("Ben’s", 2, 3),
        ]
        assert titles(s) == ["One", "Ben’s", "Two"], "nothing was changed"


# ------------------------------------------------------------------------------------------------ changes and undo


def test_a_pin_stays_while_the_queue_moves_up(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        asked = {name: night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in "ABCD"}
        night.move(s, BOX, asked["D"].id, 2)
        assert order(s) == ["A", "B", "D", "C"]
        night.ask(s, join(s, "E"), add_song(s, "E"))
        assert order(s) == ["A", "B", "D", "C", "E"]
        player.play(s, BOX)
        assert order(s) == ["B", "D", "C", "E"], "one is on stage: the pin moves up with the rest"
        night.remove(s, BOX, asked["B"].id)
        assert order(s) == ["D", "C", "E"]
        undo.undo_last(s, BOX)
        assert order(s) == ["B", "D", "C", "E"]
        turns.unpin(s, BOX, asked["D"].id)
        assert order(s) == ["B", "C", "D", "E"]
        turns.swap(s, BOX, asked["B"].id, asked["D"].id)
        assert order(s) == ["D", "C", "B", "E"]
        undo.undo_last(s, BOX)
        turns.to_end(s, BOX, asked["B"].id, night.current(s).version)
        assert order(s) == ["C", "D", "E", "B"]


def test_ones_own_songs_change_places_among_themselves(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        one = night.ask(s, ada, add_song(s, "One"))
        night.ask(s, ben, add_song(s, "Ben’s"))
        two = night.ask(s, ada, add_song(s, "Two"))
        assert titles(s) == ["One", "Ben’s", "Two"]
        turns.reorder(s, ada, [two.id, one.id])
        assert titles(s) == ["Two", "Ben’s", "One"]
        with pytest.raises(RightsError):
            turns.reorder(s, ben, [one.id, two.id])
        with pytest.raises(BadValue):
            turns.reorder(s, BOX, [one.id, one.id])
        turns.change(s, ada, two.id, song_id=add_song(s, "Three"), key=1)
        assert titles(s) == ["Three", "Ben’s", "One"]
        turns.later(s, ada, two.id)
        assert titles(s) == ["Ben’s", "Three", "One"]
        undo.undo_last(s, ada)
        assert titles(s) == ["Three", "Ben’s", "One"]
        with pytest.raises(RightsError):
            undo.undo(s, ben, deeds.of_night(s, night.current(s).id)[1].id or 0)


def test_who_is_last_lets_nobody_pass(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo = join(s, "Ada"), join(s, "Ben"), join(s, "Cleo")
        one = night.ask(s, ada, add_song(s, "One"))
        night.ask(s, ada, add_song(s, "Two"))
        with pytest.raises(Conflict) as caught:
            turns.later(s, ada, one.id)
        assert (caught.value.context["reason"], one.later) == ("last", 0), "only her own song comes behind"
        night.ask(s, ben, add_song(s, "Ben’s"))
        guests.pause(s, ben, True)
        with pytest.raises(Conflict):
            turns.later(s, ada, one.id)
        guests.pause(s, ben, False)
        turns.later(s, ada, one.id)
        assert titles(s) == ["Ben’s", "One", "Two"]
        with pytest.raises(Conflict):
            turns.later(s, ada, one.id, 2)
        view = views.turn(s, one.id)
        assert phrases.why(views.show(s), view) == "You let one singer go first."
        assert not phrases.can_let_pass(views.show(s), view)
        night.ask(s, cleo, add_song(s, "Cleo’s"))
        assert phrases.can_let_pass(views.show(s), views.turn(s, one.id))
        turns.later(s, ada, one.id, 0)
        assert one.later == 0, "that is taken back by anybody, wherever they stand"


def test_nothing_moves_a_turn_that_was_called(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        ada, ben = join(s, "Ada"), join(s, "Ben")
        one, two = night.ask(s, ada, add_song(s, "One")), night.ask(s, ben, add_song(s, "Two"))
        one.called_at = time.time()
        s.add(one)
        night.move(s, BOX, two.id, 0)
        assert order(s) == ["Ada", "Ben"]
        for press in (
            lambda: night.move(s, BOX, one.id, 1),
            lambda: turns.swap(s, BOX, one.id, two.id),
            lambda: turns.later(s, ada, one.id),
        ):
            with pytest.raises(Conflict):
                press()


def test_who_never_comes_is_passed_over_where_nobody_decides(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn = night.ask(s, ada, add_song(s, "One"))
        night.ask(s, ben, add_song(s, "Two"))
        for _ in range(night.MOST_MISSED):
            night.missed(s, turn)
        assert not night.guest(s, ada.id).paused, "the host decides who is absent"
        set_rules(s, run="itself")
        night.missed(s, turn)
        night.changed(s, night.current(s))
        assert (night.guest(s, ada.id).paused, order(s)) == (True, ["Ben", "Ada"])


def test_who_was_told_a_time_is_called_earlier_only_with_a_yes(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        first = night.ask(s, ben, add_song(s, "Long", seconds=1000))
        turn = night.ask(s, ada, add_song(s, "One"))
        assert turn.not_before is not None
        assert turn.not_before > time.time() + 600
        night.remove(s, BOX, first.id)
        assert night.next_turn(s) is None
        assert views.turn(s, turn.id).could_be_early
        assert views.turn(s, turn.id).not_before == turn.not_before
        turns.come_early(s, ada, turn.id)
        assert night.next_turn(s) is turn
        turns.come_early(s, ada, turn.id, yes=False)
        people.hint(s, ada, Hint.HERE)
        assert night.next_turn(s) is turn, "who says “I'm here” is"


def test_an_undo_is_refused_when_more_was_done_since_or_it_is_too_late(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        ada = join(s, "Ada")
        one = night.ask(s, ada, add_song(s, "One"))
        asked = deeds.of_night(s, night.current(s).id)[0]
        night.remove(s, BOX, one.id)
        with pytest.raises(Conflict):
            undo.undo(s, BOX, asked.id or 0)
        removed = undo.undo_last(s, BOX)
        with pytest.raises(NotFound):
            undo.undo(s, BOX, removed.id or 0)
        with pytest.raises(StaleQueue):
            turns.to_end(s, BOX, one.id, version=0)
        player.play(s, BOX)
        with pytest.raises(Conflict):
            undo.undo(s, BOX, asked.id or 0)


def test_each_place_is_explained(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo = (join(s, name) for name in ("Ada", "Ben", "Cleo"))
        done = night.ask(s, ada, add_song(s, "Done"))
        done.state = TurnState.SUNG
        s.add(
            Performance(
                turn_id=done.id,
                night_id=done.night_id,
                singer_id=ada.id,
                song_id=done.song_id,
                started_at=time.time(),
                ended_at=time.time(),
            )
        )
        night.ask(s, ben, add_song(s, "Creep"))
        night.ask(s, cleo, add_song(s, "Late", ready=False))
        mine = night.ask(s, ada, add_song(s, "Again"))
        show = views.show(s)
        said = {turn.singer: explain(turn, show.queue, "you") for turn in show.queue}
        assert said["Ben"] == "You have not sung yet; nobody has waited longer."
        turns.wish(s, BOX, mine.id, "it is Ada’s birthday")
        with pytest.raises(Conflict):
            turns.wish(s, BOX, night.ask(s, ada, add_song(s, "Once more")).id, "it still is")
        first = views.show(s).queue[0]
        assert (first.singer, explain(first, (), "they")) == ("Ada", "first: it is Ada’s birthday")
        for why in Why:
            for told in ("you", "they"):
                view = views.TurnView(**{**first.__dict__, "reason": type(first.reason)(why, 2, 3, 1)})
                assert explain(view, (), told), why


# ------------------------------------------------------------------------------------------------------- messages


def test_a_guests_line_waits_for_the_host_and_one_tap_takes_it_off(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        line = messages.say(s, ada, "Hello   room!")
        assert (line.text, line.state, night.playback(s).message) == ("Hello room!", MessageState.ASKED, "")
        messages.approve(s, BOX, line.id)
        assert views.show(s).message == "Hello room!"
        messages.say(s, BOX, "The bar closes at ten")
        assert (views.show(s).message, line.state) == ("The bar closes at ten", MessageState.OVER)
        messages.clear(s, BOX)
        assert views.show(s).message == ""
        with pytest.raises(BadValue):
            messages.say(s, ada, "you all are sh1t")
        guests.mute(s, BOX, ada.id, True)
        for press in (lambda: messages.say(s, ada, "Hi"), lambda: messages.check_may_react(s, ada)):
            with pytest.raises(Conflict):
                press()
        set_rules(s, messages=False, reactions=False)
        with pytest.raises(Conflict):
            messages.check_may_react(s, join(s, "Ben"))


# --------------------------------------------------------------------------------------------------------- nights


def test_a_night_is_closed_counted_and_taken_home(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        set_rules(s, theme="day")
        turn = night.ask(s, join(s, "=Ada"), add_song(s, "Creep"))
        cue = player.play(s, BOX).cue
        player.anchored(s, stage, cue=cue, position=0.0, at=time.time() - 3.0)
        with pytest.raises(Conflict):
            nights.close(s, BOX)
        player.finish(s, BOX)
        night.ask(s, join(s, "Ben"), add_song(s, "Too late"))
        closed = nights.close(s, BOX)
        assert order(s) == []
        tonight = night.current(s)
        assert tonight.id != closed.id
        assert (rules.of(tonight).requests_open, rules.of(tonight).theme) == (False, "day")
        assert [line.songs for line in nights.every(s)] == [0, 1]
        figures = nights.figures(s, turn.night_id)
        assert (figures.songs, figures.singers, figures.guests) == (1, 1, 2)
        assert figures.most_sung == (("Creep", "", 1),)
        table = nights.as_csv(nights.sung(s, turn.night_id)).splitlines()
        assert len(table) == 2
        assert "'=Ada" in table[1], "no spreadsheet takes a name for a formula"
        opened = nights.open_new(s, BOX, "Saturday", "kids")
        assert (opened.name, rules.of(opened).explicit) == ("Saturday", False)
        assert rules.of(opened).requests_open


def test_lists_keep_their_order_and_lose_no_song_twice(box: Box) -> None:
    with box.db.write() as s:
        one, two, three = (add_song(s, title) for title in ("One", "Two", "Three"))
        made = lists.create(s, BOX, "Duets", [two, one, two])
        assert lists.songs_of(s, made.id) == [two, one]
        lists.put(s, BOX, made.id, three)
        lists.put(s, BOX, made.id, two, on=False)
        assert lists.songs_of(s, made.id) == [one, three]
        with pytest.raises(EncoreError):
            lists.create(s, BOX, "Duets")
        lists.move(s, BOX, made.id, three, -1)
        lists.move(s, BOX, made.id, three, -1)
        assert lists.songs_of(s, made.id) == [three, one], "the first one stays where it is"
        s.get_one(Song, three).deleted_at = 1.0
        lists.put(s, BOX, made.id, two)
        lists.move(s, BOX, made.id, one, 1)
        assert lists.songs_of(s, made.id) == [two, one]
        s.get_one(Song, three).deleted_at = None
        assert lists.songs_of(s, made.id) == [three, two, one], "what was in the trash has kept its place"
        with pytest.raises(NotFound):
            lists.move(s, BOX, made.id, "nobody", 1)
        lists.change(s, BOX, made.id, name="For two", song_ids=[three])
        assert [(row.name, count) for row, count in lists.every(s)] == [("For two", 1)]
        lists.delete(s, BOX, made.id)
        assert lists.every(s) == []


def test_the_order_that_a_change_ended_with_is_shown_until_something_else_changes(box: Box) -> None:
    def seen(show: views.ShowView) -> list[tuple[str, bool]]:
        return [(turn.singer, turn.paused) for turn in show.queue]

    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        night.ask(s, ada, add_song(s, "Creep"))
        night.ask(s, ben, add_song(s, "Bad"))
        kept = lineup.kept(s)
    assert kept is not None
    with box.db.read() as s:
        fresh = views.show(s)
        assert kept.change == newest_change(s)
        assert seen(views.show(s, kept)) == seen(fresh) == [("Ada", False), ("Ben", False)]
        assert views.show(s, kept).free_at == pytest.approx(fresh.free_at, abs=5)
    with box.db.write() as s:
        guests.pause(s, ada, True)
        assert lineup.kept(s) is None, "what came after it was told may be of weight"
    with box.db.read() as s:
        assert seen(views.show(s, kept)) == [("Ben", False), ("Ada", True)]
