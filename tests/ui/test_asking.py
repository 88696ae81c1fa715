"""Every way into the queue, and onto the screens, is held to the rules of the night."""

import time

import pytest
from sqlmodel import Session

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.about import about
from karaoke_ui.pages.stage import wire
from karaoke_ui.show import guests, lists, night, people, rules, turns, undo, videos, views
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.rights import BOX, NOBODY, Actor
from karaoke_ui.show.tables import Performance, Playback, Scene, Singer, Turn, TurnState
from pipeline.box import Box
from pipeline.errors import BadValue, Conflict, EncoreError, RightsError
from pipeline.sources.youtube import Found
from tests.ui.test_night import add_song, join, order


def set_rules(s: Session, **chosen: object) -> None:
    rules.change(s, BOX, night.current(s), chosen)


def refusal(s: Session, actor: Actor, song_id: str, message: str = "") -> object:
    with pytest.raises(EncoreError) as caught:
        night.ask(s, actor, song_id, wanted=Wanted(message=message))
    return caught.value.context.get("reason")


def refused_change(s: Session, actor: Actor, turn: Turn, **wanted: object) -> object:
    with pytest.raises(EncoreError) as caught:
        turns.change(s, actor, turn.id, **wanted)  # type: ignore[arg-type]
    return caught.value.context.get("reason")


def has_sung(s: Session, who: Actor, song_id: str, partners: tuple[str, ...] = ()) -> None:
    """It was sung, whatever stands in the queue."""
    turn = night.ask(s, BOX, song_id, who.id)
    turn.state = TurnState.SUNG
    now = time.time()
    sung = Performance(
        turn_id=turn.id,
        night_id=turn.night_id,
        singer_id=who.id,
        song_id=song_id,
        started_at=now,
        ended_at=now,
    )
    sung.partners, sung.seconds = [*partners], 100.0
    s.add_all((turn, sung))
    s.flush()


# --------------------------------------------------------------------------------------------- lines that come along


def said(s: Session, turn: Turn) -> str:
    """What the room reads while this name is up."""
    playback = s.get_one(Playback, 1)
    playback.scene, playback.called_id = Scene.CALLED, turn.id
    s.add(playback)
    s.flush()
    called = views.show(s).scene.called
    assert called is not None
    return str(wire._called(called, "en")["message"])


def test_a_line_that_comes_with_a_song_waits_for_the_host(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        turn = night.ask(s, ada, add_song(s, "Creep"), wanted=Wanted(message="For Grandma"))
        view = views.turn(s, turn.id)
        assert (said(s, turn), view.line_waits, view.line) == ("", True, "")
        turns.allow_line(s, BOX, turn.id)
        assert said(s, turn) == views.turn(s, turn.id).line == "For Grandma"
        undo.undo_last(s, BOX)
        assert (said(s, turn), views.turn(s, turn.id).line_waits) == ("", True)
        turns.allow_line(s, BOX, turn.id, yes=False)
        assert (said(s, turn), views.turn(s, turn.id).line_waits) == ("", False)
        turns.allow_line(s, BOX, turn.id)
        turns.change(s, ada, turn.id, key=1, message="For Grandma")
        assert said(s, turn) == "For Grandma", "the same words are no news"
        turns.change(s, ada, turn.id, message="For Grandpa")
        assert said(s, turn) == "", "other words are"
        turns.change(s, BOX, turn.id, message="For the house")
        assert said(s, turn) == "For the house", "what the host writes stands"
        turns.change(s, ada, turn.id, message="")
        assert said(s, turn) == ""


def test_a_yes_to_the_song_is_a_yes_to_its_line(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, requests="approve")
        turn = night.ask(s, join(s, "Ada"), add_song(s, "Creep"), wanted=Wanted(message="For Grandma"))
        turns.approve(s, BOX, turn.id)
        assert said(s, turn) == "For Grandma"
        undo.undo_last(s, BOX)
        assert (turn.state, turn.message_allowed, turn.approved) == (TurnState.REQUESTED, None, False)


def test_no_line_comes_along_where_none_are_taken_or_from_somebody_who_is_muted(box: Box) -> None:
    with box.db.write() as s:
        ada, creep = join(s, "Ada"), add_song(s, "Creep")
        turn = night.ask(s, ada, add_song(s, "Bad"), wanted=Wanted(message="Hello"))
        turns.allow_line(s, BOX, turn.id)
        set_rules(s, messages=False)
        assert refusal(s, ada, creep, "Read this") == "messages"
        assert refused_change(s, ada, turn, message="Read this") == "messages"
        turns.change(s, ada, turn.id, message="Hello", key=2)
        assert night.ask(s, BOX, creep, ada.id, Wanted(message="From the host")).message == "From the host"
        set_rules(s, messages=True)
        guests.mute(s, BOX, ada.id, True)
        assert refused_change(s, ada, turn, message="Read this") == "muted"
        assert refusal(s, ada, add_song(s, "Late"), "Read this") == "muted"
        night.ask(s, ada, add_song(s, "Late"))


@pytest.mark.parametrize("hide", [False, True])
def test_who_is_muted_or_hidden_is_read_no_more(box: Box, hide: bool) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        shown = night.ask(s, ada, add_song(s, "Creep"), wanted=Wanted(message="Hello"))
        turns.allow_line(s, BOX, shown.id)
        waits = night.ask(s, ada, add_song(s, "Bad"), wanted=Wanted(message="Hello again"))
        turns.change(s, ada, shown.id, key=1)
        if hide:
            guests.hide_name(s, BOX, ada.id)
        else:
            guests.mute(s, BOX, ada.id, True)
        assert (said(s, shown), said(s, waits), views.turn(s, waits.id).line_waits) == ("", "", False)
        with pytest.raises(Conflict):
            undo.undo_last(s, ada)
        undo.undo_last(s, BOX)
        here = next(each for each in views.singers(s) if each.id == ada.id)
        assert (here.name, here.muted, said(s, shown)) == ("Ada", False, "")


def test_the_singer_reads_whether_the_room_does(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn = night.ask(s, ada, add_song(s, "Creep"), wanted=Wanted(message="Hello", partner_ids=[ben.id]))
        turns.answer_duet(s, ben, turn.id, True)

        def reads(who: Actor) -> str:
            return phrases.manner(views.turn(s, turn.id), who.id)

        assert reads(ada) == "with Ben · “Hello” (the host looks at it first)"
        assert reads(ben) == "with Ada"
        turns.allow_line(s, BOX, turn.id)
        assert (reads(ada), reads(ben)) == ("with Ben · “Hello”", "with Ada · “Hello”")
        turns.allow_line(s, BOX, turn.id, yes=False)
        assert reads(ada) == "with Ben · “Hello” (not shown)"


def test_the_phone_says_before_one_asks_what_waits_and_whether_one_may_write(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, youtube="approve")
        ada, ben = join(s, "Ada"), join(s, "Ben")
        mine = videos.ask_video(s, ada, found(1)).song_id
        creep = add_song(s, "Creep")
        assert [about(s, ben.id, song).waits for song in (mine, creep)] == [True, False]
        assert about(s, ben.id, creep).may_write
        guests.mute(s, BOX, ben.id, True)
        assert not about(s, ben.id, creep).may_write
        assert not about(s, ben.id, None).may_write


# ------------------------------------------------------------------------------------------------ videos of guests


def found(n: int) -> Found:
    return Found(id=f"video{n:06}", title=f"Artist - Song {n}", channel="Artist", seconds=180.0)


def test_a_guests_video_waits_for_a_yes_until_there_was_one(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, youtube="approve")
        ada, ben = join(s, "Ada"), join(s, "Ben")
        first = videos.ask_video(s, ada, found(1))
        turns.refuse(s, BOX, first.id)
        again = night.ask(s, ada, first.song_id)
        assert again.state is TurnState.REQUESTED, "it is in the library by its own asking"
        set_rules(s, youtube="closed")
        assert refusal(s, ben, first.song_id) == "videos"
        set_rules(s, youtube="approve")
        turns.approve(s, BOX, again.id)
        night.remove(s, BOX, again.id)
        assert night.ask(s, ben, first.song_id).state is TurnState.WAITING


@pytest.mark.parametrize("way", ["asked", "changed", "listed", "imported"])
def test_the_host_says_yes_to_a_guests_video_in_other_ways_too(box: Box, way: str) -> None:
    with box.db.write() as s:
        set_rules(s, youtube="approve", repeat_after=0)
        ada, ben = join(s, "Ada"), join(s, "Ben")
        first = videos.ask_video(s, ada, found(1))
        if way == "asked":
            night.ask(s, BOX, first.song_id, people.add_walk_up(s, BOX, "Cleo").id)
        elif way == "changed":
            other = night.ask(s, BOX, add_song(s, "Creep"), people.add_walk_up(s, BOX, "Cleo").id)
            turns.change(s, BOX, other.id, song_id=first.song_id)
        elif way == "listed":
            lists.create(s, BOX, "Tonight", [first.song_id])
        else:
            videos.add_videos(s, BOX, [found(1)])
        assert night.ask(s, ben, first.song_id).state is TurnState.WAITING


def test_the_hosts_own_videos_are_songs_of_the_library(box: Box) -> None:
    with box.db.write() as s:
        (song,) = videos.add_videos(s, BOX, [found(1)])
        for youtube in ("approve", "closed"):
            set_rules(s, youtube=youtube, repeat_after=0)
            assert night.ask(s, join(s, youtube), song.id).state is TurnState.WAITING


# ------------------------------------------------------------------------------------------- another song, afterwards


def test_another_song_waits_for_the_host_where_asking_for_it_would(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, requests="approve")
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn, other = night.ask(s, ada, add_song(s, "Creep")), night.ask(s, ben, add_song(s, "Bad"))
        turns.approve(s, BOX, turn.id)
        turns.approve(s, BOX, other.id)
        turns.change(s, ada, turn.id, key=1)
        assert order(s) == ["Ada", "Ben"], "how it is sung is the singer's own"
        turns.change(s, ada, turn.id, song_id=add_song(s, "Unheard of"))
        assert (order(s), [each.id for each in views.show(s).requests]) == (["Ben"], [turn.id])
        turns.approve(s, BOX, turn.id)
        assert order(s) == ["Ada", "Ben"], "its place was kept"
        turns.change(s, BOX, turn.id, song_id=add_song(s, "The host’s"))
        assert order(s) == ["Ada", "Ben"]


def test_another_song_is_held_to_the_limits_without_the_one_it_takes_the_place_of(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, max_minutes=5, max_songs=1, max_waiting=1)
        ada = join(s, "Ada")
        turn = night.ask(s, ada, add_song(s, "Short", seconds=200))
        assert refused_change(s, ada, turn, song_id=add_song(s, "Long", seconds=301)) == "minutes"
        turns.change(s, ada, turn.id, song_id=add_song(s, "Just right", seconds=299))
        set_rules(s, requests_open=False)
        assert refused_change(s, ada, turn, song_id=add_song(s, "Late")) == "requests_closed"


def test_another_song_is_not_taken_when_it_could_not_be_sung_any_more(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, other = join(s, "Ada"), join(s, "Ben"), add_song(s, "Other")
        first, last = (
            night.ask(s, ada, add_song(s, "One", seconds=400)),
            night.ask(s, ben, add_song(s, "Two")),
        )
        set_rules(s, ends_at=time.time() + 300)
        assert refused_change(s, ben, last, song_id=other) == "no_time"
        turns.change(s, ada, first.id, song_id=other)


def test_who_waits_for_the_host_with_a_song_cannot_ask_for_it_twice(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, requests="approve")
        ada, creep = join(s, "Ada"), add_song(s, "Creep")
        night.ask(s, ada, creep)
        turn = night.ask(s, ada, add_song(s, "Bad"))
        assert refused_change(s, ada, turn, song_id=creep) == "asked"


# ------------------------------------------------------------------------------------------------ the same song again


def test_the_same_song_is_counted_in_the_order_of_singing(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, repeat_after=3)
        ada, ben, cleo = join(s, "Ada"), join(s, "Ben"), join(s, "Cleo")
        creep = add_song(s, "Creep")
        night.ask(s, ada, creep)
        for n in range(4):
            night.ask(s, ben, add_song(s, f"Song {n}"))
        assert refusal(s, cleo, creep) == "repeat", "newcomers come before the second song of somebody else"
        other = night.ask(s, cleo, add_song(s, "Bad"))
        assert refused_change(s, cleo, other, song_id=creep) == "repeat"
        for name in "DEF":
            night.ask(s, join(s, name), add_song(s, f"Song of {name}"))
        night.ask(s, join(s, "G"), creep)


def test_a_song_that_would_come_before_its_twin_is_too_near_as_well(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, repeat_after=1)
        ada, ben, creep = join(s, "Ada"), join(s, "Ben"), add_song(s, "Creep")
        for n in range(2):
            night.ask(s, ada, add_song(s, f"Song {n}"))
        night.ask(s, ada, creep)
        has_sung(s, join(s, "Cleo"), creep)
        assert order(s) == ["Ada"] * 3
        night.ask(s, ben, creep)
        titles = [each.title for each in views.show(s).queue]
        assert titles == ["Song 0", "Creep", "Song 1", "Creep"]
        set_rules(s, repeat_after=2)
        assert refusal(s, join(s, "Dan"), creep) == "repeat"


def test_a_song_that_was_just_sung_is_not_sung_again_soon(box: Box) -> None:
    with box.db.write() as s:
        set_rules(s, repeat_after=2)
        ada, ben, creep = join(s, "Ada"), join(s, "Ben"), add_song(s, "Creep")
        has_sung(s, ada, creep)
        night.ask(s, ben, add_song(s, "Between"))
        assert refusal(s, join(s, "Cleo"), creep) == "repeat"
        night.ask(s, join(s, "Dan"), add_song(s, "Between too"))
        night.ask(s, join(s, "Eve"), creep)


# ------------------------------------------------------------------------------------------------------------- duets


def test_who_was_sent_home_is_not_asked_to_sing_along(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        guests.send_home(s, BOX, ben.id)
        with pytest.raises(BadValue):
            night.ask(s, ada, add_song(s, "Shallow"), wanted=Wanted(partner_ids=[ben.id]))
        guests.let_back(s, BOX, ben.id)
        turn = night.ask(s, ada, add_song(s, "Creep"), wanted=Wanted(partner_ids=[ben.id]))
        night.guest(s, ben.id).removed_at = time.time()
        with pytest.raises(Conflict) as caught:
            turns.answer_duet(s, ben, turn.id, True)
        assert caught.value.context["reason"] == "sent_home"
        turns.answer_duet(s, ben, turn.id, False)


def test_a_duet_uses_up_the_songs_of_both_where_it_counts_for_both(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo = join(s, "Ada"), join(s, "Ben"), join(s, "Cleo")
        has_sung(s, ada, add_song(s, "Shallow"), (ben.id,))
        turn = night.ask(s, join(s, "Dan"), add_song(s, "Creep"), wanted=Wanted(partner_ids=[cleo.id]))
        set_rules(s, max_songs=1)
        assert refusal(s, ben, add_song(s, "Bad")) == "songs"
        set_rules(s, max_songs=0, max_minutes=3)
        assert refusal(s, ben, add_song(s, "Worse")) == "minutes"
        set_rules(s, max_songs=1, max_minutes=0)
        mine = night.ask(s, cleo, add_song(s, "Before the answer"))
        night.remove(s, cleo, mine.id)
        turns.answer_duet(s, cleo, turn.id, True)
        assert refusal(s, cleo, add_song(s, "After it")) == "songs"
        set_rules(s, duet_counts="asker")
        night.ask(s, ben, add_song(s, "One of his own"))
        night.ask(s, cleo, add_song(s, "One of her own"))


# ---------------------------------------------------------------------------------------------------- hidden names


def test_a_name_that_the_host_took_off_stays_off(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        guests.hide_name(s, BOX, ada.id)
        with pytest.raises(Conflict) as caught:
            people.join(s, NOBODY, "phone of Ada", "Ada")
        assert caught.value.context["reason"] == "name_hidden"
        assert people.join(s, NOBODY, "phone of Ada", "Guest", "🐼").face == "🐼"
        for other in ("Ada the Great", "Guest"):
            with pytest.raises(Conflict):
                people.share(s, ada, "phone of Ada", other)
        undo.undo_last(s, BOX)
        assert s.get_one(Singer, ada.id).name == "Ada"
        guests.mute(s, BOX, ada.id, True)
        with pytest.raises(Conflict):
            people.join(s, NOBODY, "phone of Ada", "Ada the Great")
        guests.rename(s, BOX, ada.id, "Ada the Great")
        guests.mute(s, BOX, ada.id, False)
        assert people.join(s, NOBODY, "phone of Ada", "Ada").name == "Ada"


# ------------------------------------------------------------------------------------------------------- house lists


def test_the_first_list_is_the_one_that_guests_choose_from(box: Box) -> None:
    with box.db.write() as s:
        tonight = night.current(s)
        rules.use_template(s, BOX, tonight, "venue")
        ada, song = join(s, "Ada"), add_song(s, "Creep")
        assert refusal(s, ada, song) == "not_on_list"
        made = lists.create(s, BOX, "Tonight", [song])
        assert rules.of(tonight).house_list == made.id
        night.ask(s, ada, song)
        lists.create(s, BOX, "Another one")
        assert rules.of(tonight).house_list == made.id


def test_a_video_that_is_not_taken_is_refused_like_one(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        turn = videos.ask_video(s, ada, found(1))
        assert turn.state is TurnState.WAITING
        set_rules(s, youtube="closed")
        with pytest.raises(RightsError):
            night.ask(s, join(s, "Ben"), turn.song_id)
