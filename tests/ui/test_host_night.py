"""One night after the other, and what leaves all screens in one tap, on the host's panel in a simulated browser."""

import asyncio

import pytest
from nicegui.testing import User
from sqlmodel import select

from karaoke_ui.house import House
from karaoke_ui.pages.host import evening
from karaoke_ui.pages.host.deeds import listed
from karaoke_ui.pages.host.turn_row import state
from karaoke_ui.show import between, messages, night, rules, turns
from karaoke_ui.show.places import Reason, Why
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Message, MessageState, Singer
from karaoke_ui.text import clock
from tests.ui.panel import (
    Bring,
    add_past_nights,
    arm_a_stage,
    choose,
    guest,
    playback,
    sees,
    sees_no,
    sing,
    take_back,
    until,
    waiting,
    walk_up,
)
from tests.ui.test_host_desk import turn_view
from tests.ui.test_night import add_song


async def open_new_night(host: User) -> None:
    host.find("Night").click()
    host.find(marker="new-night").click()
    await sees(host, "What kind of evening is it?")
    host.find("Kids’ party").click()
    await host.should_see(marker="prompt-field")


# ------------------------------------------------------------------------------------------------------ the nights


async def test_a_night_in_which_nobody_waits_ends_with_a_tap(host: User, house: House) -> None:
    await open_new_night(host)
    await host.should_not_see("dropped")
    await host.should_not_see(marker="prompt-hold")
    host.find(marker="prompt-field").type("Ida is seven")
    host.find(marker="prompt-save").click()
    await until(lambda: house.live.show.night == "Ida is seven")


async def test_who_waits_is_dropped_by_a_held_press_alone_and_comes_back(
    host: User, house: House, bring: Bring
) -> None:
    song = bring()
    walk_up(house, "Maria", song)
    walk_up(house, "Tom", song)
    before = house.live.show.night
    await sees(host, "Tom")
    await open_new_night(host)
    await sees(host, "2 songs still wait. They are dropped.")
    await host.should_not_see(marker="prompt-save")
    host.find(marker="prompt-field").type("Ida is seven").trigger("keydown.enter")
    assert house.live.show.night == before, "nor is a key enough"
    host.find(marker="prompt-hold").trigger("held")
    await until(lambda: house.live.show.night == "Ida is seven")
    assert waiting(house) == []
    await sees(host, "Ida is seven has begun")
    await take_back(host)
    await until(lambda: waiting(house) == ["Maria", "Tom"])
    await sees(host, f"{before} goes on")


async def test_a_night_that_was_closed_goes_on_from_the_log(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Maria", bring())
    before = house.live.show.night
    host.find("Night").click()
    await sees(host, "1 song still waits. It is dropped. The figures stay.")
    host.find(marker="close-night").trigger("held")
    await sees(host, "Good night!")
    assert waiting(house) == []
    host.find(marker="tab-queue").click()
    host.find(marker="open-log").click()
    await sees(host, f"Closed {before} with 1 still waiting")
    host.find(marker="reopen").click()
    await until(lambda: waiting(house) == ["Maria"])
    await sees(host, "undone")


async def test_every_earlier_night_can_be_looked_at(host: User, house: House) -> None:
    with house.box.db.write() as s:
        add_past_nights(s, add_song(s, "Creep"), 31)
    host.find("Night").click()
    host.find(marker="night-figures").click()
    await sees(host, "Night no. 1.")
    await host.should_not_see("Night no. 0.")
    host.find(marker="more-nights").click()
    await sees(host, "Night no. 0.")
    await host.should_not_see(marker="more-nights")


async def test_an_end_that_is_typed_counts_once_it_is_whole(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evening, "PICK_SECONDS", 0.05)
    host.find("Night").click()
    field = host.find(marker="night-ends")

    def ends() -> list[str]:
        with house.box.db.read() as s:
            return [deed.words for deed in listed(s) if deed.words == "The rules were changed"]

    field.trigger("keydown").type("01:02")
    await asyncio.sleep(0.2)
    assert ends() == [], "somebody types"
    field.clear().type("12:23").trigger("blur")
    await until(lambda: clock(house.live.show.rules.ends_at or 0) == "12:23")
    assert len(ends()) == 1
    field.clear().type("13:34")
    await until(lambda: clock(house.live.show.rules.ends_at or 0) == "13:34")
    assert len(ends()) == 2


# ----------------------------------------------------------------------------------------------- off all screens


async def test_the_line_that_the_room_reads_is_seen_and_goes_in_one_tap(host: User, house: House) -> None:
    arm_a_stage(house)
    await host.should_not_see(marker="message-down")
    with house.box.db.write() as s:
        messages.say(s, BOX, "Soup is ready")
    await sees(host, "“Soup is ready”")
    host.find(marker="message-down").click()
    await until(lambda: playback(house).message == "")
    await sees(host, "Took down “Soup is ready”")
    await host.should_not_see(marker="message-down")
    await take_back(host)
    await until(lambda: playback(house).message == "Soup is ready")


async def test_the_line_beside_a_name_that_is_up_goes_in_one_tap(
    host: User, house: House, bring: Bring
) -> None:
    arm_a_stage(house)
    tom, song = guest(house, "Tom"), bring()
    with house.box.db.write() as s:
        turn = night.ask(s, tom, song.id)
        turns.change(s, BOX, turn.id, message="For my mother")
        between.call(s, BOX)
    await sees(host, "“For my mother”")
    host.find(marker="line-down").click()
    await until(lambda: not house.live.show.scene.called or house.live.show.scene.called.message == "")
    await sees_no(host, "“For my mother”")


async def test_a_line_that_was_refused_by_mistake_waits_again(host: User, house: House) -> None:
    tom = guest(house, "Tom")
    with house.box.db.write() as s:
        line = messages.say(s, tom, "Happy birthday, Maria")
    host.find(marker="tab-requests").click()
    await sees(host, "“Happy birthday, Maria”")
    with host.scope(marker=f"asked-{line.id}"):
        host.find(marker="no").click()
    await sees(host, "Refused a line by Tom: “Happy birthday, Maria”")
    await host.should_not_see(marker=f"asked-{line.id}")
    await take_back(host)
    await host.should_see(marker=f"asked-{line.id}")
    with house.box.db.read() as s:
        assert s.get_one(Message, line.id).state is MessageState.ASKED


def names(house: House) -> list[str]:
    with house.box.db.read() as s:
        return sorted(s.exec(select(Singer.name)))


async def test_a_name_is_hidden_from_the_queue_and_from_the_stage(
    host: User, house: House, bring: Bring
) -> None:
    arm_a_stage(house)
    turn = walk_up(house, "Maria", bring())
    await sees(host, "Maria")
    await choose(host, f"turn-{turn.id}", "Hide the name")
    await until(lambda: names(house) == ["Guest"])
    await sees(host, "Took a name off the screens")
    await take_back(host)
    await until(lambda: names(house) == ["Maria"])
    sing(house)
    await host.should_see(marker="now-more")
    host.find(marker="now-more").click()
    await sees(host, "Hide the name")
    host.find("Hide the name").click()
    await until(lambda: names(house) == ["Guest"])


async def test_one_press_beside_a_singer_hides_the_name(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Maria", bring())
    host.find("Singers").click()
    await host.should_see(marker="hide")
    host.find(marker="hide").click()
    await until(lambda: names(house) == ["Guest"])


async def test_of_several_each_name_can_be_hidden(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Maria", bring())
    tom = walk_up(house, "Tom", bring("Greensleeves"))
    with house.box.db.write() as s:
        turns.change(s, BOX, turn.id, partner_ids=[tom.singer_id])
    await sees(host, "Maria & Tom")
    await choose(host, f"turn-{turn.id}", "Hide the name Tom")
    await until(lambda: names(house) == ["Guest", "Maria"])


# ------------------------------------------------------------------------------------------------------- the song


async def test_the_intro_is_skipped_by_a_held_press(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="now-more")
    host.find(marker="now-more").click()
    await host.should_see(marker="hold-choice")
    (held,) = host.find(marker="hold-choice").elements
    assert (held.props["text"], held.props["said"]) == ("Hold to skip the intro", "Skip the intro")
    host.find(marker="hold-choice").trigger("held")
    await sees(host, "There is no long intro to skip.")


async def test_a_false_start_is_one_tap_and_is_said(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="now-more")
    host.find(marker="now-more").click()
    await sees(host, "False start: the turn stays")
    host.find("False start: the turn stays").click()
    await sees(host, "A false start of Maria")
    assert waiting(house) == ["Maria"]


def test_a_song_without_words_says_so_and_how_far_it_is() -> None:
    without = turn_view(Reason(Why.NEW), has_words=False)
    assert state(without).words == "✓ ready · ▲\N{NO-BREAK SPACE}no\N{NO-BREAK SPACE}words"
    startable = turn_view(Reason(Why.NEW), has_words=False, readiness=Readiness(Ready.STARTABLE))
    assert state(startable).words.startswith("▶ can start now · ▲")
    assert state(turn_view(Reason(Why.NEW))).words == "✓ ready"


async def test_a_walk_up_and_its_song_are_both_in_the_log(host: User, house: House, bring: Bring) -> None:
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"theme": "neon"})
    walk_up(house, "Grandpa", bring())
    host.find(marker="open-log").click()
    await sees(host, "Added Grandpa")
    await sees(host, "Grandpa sings Daisy Bell")
