"""A hold, a break, a night that is over: every screen says so, and none promises what cannot be kept."""

import time
from typing import Any

import pytest
from nicegui.testing import User
from sqlmodel import Session, select

from karaoke_ui import address
from karaoke_ui.house import House
from karaoke_ui.pages.singer.now import Lines
from karaoke_ui.pages.singer.parts import Signal
from karaoke_ui.pages.stage.wire import state
from karaoke_ui.show import between, clock, forecast, lineup, night, nights, people, player, rules
from karaoke_ui.show.rights import BOX, Actor
from karaoke_ui.show.tables import Singer, Stage
from pipeline.box import Box
from pipeline.tables import Song, Track
from tests.ui.panel import Bring, arm_a_stage, guest, sees, sees_no, sing, walk_up
from tests.ui.test_night import add_song
from tests.ui.test_night import arm_a_stage as arm
from tests.ui.test_singer_page import ask, join

MINUTES = 12


def free_at(s: Session, now: float) -> float:
    return lineup.of(s, night.current(s), now).free_at


def stop(house: House, minutes: float | None = None) -> str:
    """The host holds the show, or begins a break; the time at which that ends."""
    with house.box.db.write() as s:
        stopped = between.take_break(s, BOX, minutes) if minutes else between.hold(s, BOX)
        return time.strftime("%H:%M", time.localtime(stopped.scene_until))


def call(house: House) -> None:
    with house.box.db.write() as s:
        between.call(s, BOX)


def go_on(house: House) -> None:
    with house.box.db.write() as s:
        between.go_on(s, BOX)


def ask_for(house: House, who: Actor, song: Song) -> None:
    with house.box.db.write() as s:
        night.ask(s, who, song.id)


def named(house: House, name: str) -> str:
    with house.box.db.read() as s:
        return s.exec(select(Singer.id).where(Singer.name == name)).one()


def close(house: House) -> None:
    with house.box.db.write() as s:
        nights.close(s, BOX)


def pause_requests(house: House) -> None:
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"requests_open": False})


# ---------------------------------------------------------------------------------------------------- forecast
def test_the_stage_is_free_when_the_break_is_over(box: Box) -> None:
    with box.db.write() as s:
        now = clock.now()
        assert free_at(s, now) == now
        until = between.take_break(s, BOX, MINUTES).scene_until or 0.0
        assert free_at(s, now) == until
        assert free_at(s, until + 30) == until + 30
        between.hold(s, BOX)
        assert free_at(s, now) == now, "the earliest moment there is"


def test_a_song_that_a_break_interrupts_goes_on_after_it(box: Box) -> None:
    with box.db.write() as s:
        arm(s)
        night.ask(s, BOX, add_song(s, "Daisy Bell"), people.add_walk_up(s, BOX, "Tom").id)
        player.play(s, BOX)
        until = between.take_break(s, BOX, MINUTES).scene_until or 0.0
        playing = night.playback(s)
        left = s.get_one(Track, playing.track_id).seconds - playing.position
        free = until + left + forecast.CHANGEOVER_SECONDS
        assert free_at(s, clock.now()) == pytest.approx(free, abs=0.01)


# ---------------------------------------------------------------------------------------------------- the phones
async def test_who_was_called_reads_when_the_break_is_over(user: User, house: House, bring: Bring) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    call(house)
    await sees(user, "Come to the stage.")
    ends = stop(house, MINUTES)
    await sees(user, f"We sing on at {ends}, and you are first.")
    await user.should_not_see("Come to the stage.")
    await user.should_see("I can’t come")
    (signal,) = user.find(Signal).elements
    assert (signal.props["kind"], signal.props["moment"]) == ("next", ""), "the phone does not ring"
    user.find(marker="back").click()
    await sees(user, f"Break: we sing on at {ends}.")
    user.find(marker="mine").click()
    await sees(user, f"Next · about {ends}")
    go_on(house)
    await sees(user, "Come to the stage.")
    assert signal.props["kind"] == "called"
    assert signal.props["moment"], "and now it does"


async def test_who_stands_on_stage_reads_that_the_song_goes_on(
    user: User, house: House, bring: Bring
) -> None:
    bring()
    arm_a_stage(house)
    await join(user, "Maria")
    await ask(user)
    sing(house)
    await sees(user, "The stage is yours.")
    stop(house)
    await sees(user, "We go on in a moment, with your song.")
    await user.should_not_see("The stage is yours.")


async def test_in_a_hold_no_time_is_told(user: User, house: House, bring: Bring) -> None:
    ask_for(house, guest(house, "Tom"), bring())
    other = bring("Creep")
    stop(house)
    await join(user, "Maria")
    await sees(user, "We go on in a moment.")
    with house.box.db.write() as s:
        night.ask(s, BOX, other.id, named(house, "Maria"))
    user.find(marker="mine").click()
    await sees(user, "2nd · no time known yet")
    user.find(marker="now").click()
    await sees(user, "We go on in a moment.")
    assert [line.time for line in Lines.known] == ["", ""]
    go_on(house)
    await sees_no(user, "no time known yet")


async def test_a_song_that_is_asked_for_in_a_break_comes_after_it(
    user: User, house: House, bring: Bring
) -> None:
    bring()
    ends = stop(house, MINUTES)
    await join(user, "Maria")
    await user.should_see("+")
    user.find("+").click()
    await sees(user, f"You would sing at about {ends}.")


async def test_nobody_is_next_while_another_name_is_up(user: User, house: House, bring: Bring) -> None:
    walk_up(house, "Tom", bring("Creep"))
    await join(user, "Maria")
    user.find(marker="search-field").type("daisy")
    daisy = bring()
    call(house)
    with house.box.db.write() as s:
        night.ask(s, BOX, daisy.id, named(house, "Maria"))
    await sees(user, "2nd · about")
    await user.should_not_see("You’re next")
    arm_a_stage(house)
    sing(house)
    await sees(user, "You’re next")
    await sees(user, "After Tom’s song, at about")


# ---------------------------------------------------------------------------------------------------- the end
async def test_a_night_that_is_over_invites_nobody_to_sing(user: User, house: House, bring: Bring) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    await sees(user, "You’re next")
    user.find(marker="back").click()
    close(house)
    await sees(user, "The night is over.")
    await user.should_not_see("+")
    user.find("›").click()
    await sees(user, "About this song")
    await user.should_not_see(marker="ask")
    user.find(marker="mine").click()
    await sees(user, "The night is over. Songs that still waited are not sung.")
    await user.should_not_see("Find a song")
    user.find(marker="now").click()
    await sees(user, "The night is over. Good night!")


async def test_while_no_songs_are_taken_nobody_is_invited_to_ask(
    user: User, house: House, bring: Bring
) -> None:
    bring()
    await join(user, "Maria")
    pause_requests(house)
    await sees(user, "No more songs are taken right now.")
    await user.should_not_see("+")
    user.find(marker="mine").click()
    await sees(user, "No song of yours waits, and no more are taken right now.")
    await user.should_not_see("Find a song")
    user.find(marker="now").click()
    await sees(user, "The queue is empty. No more songs are taken right now.")


async def test_who_sang_is_not_told_to_have_asked_for_nothing(user: User, house: House, bring: Bring) -> None:
    bring()
    arm_a_stage(house)
    await join(user, "Maria")
    await ask(user)
    sing(house)
    await sees(user, "The stage is yours.")
    with house.box.db.write() as s:
        player.finish(s, BOX)
    await sees_no(user, "The stage is yours.")
    user.find(marker="mine").click()
    await sees(user, "None of your songs waits. How about another one?")
    await user.open("/")
    user.find(marker="mine").click()
    await sees(user, "None of your songs waits.")
    with house.box.db.write() as s:
        nights.open_new(s, BOX, "Saturday")
    await sees(user, "You have not asked for a song yet.")


def said(house: House) -> dict[str, Any]:
    stage = Stage(token="tv", code="", paired_at=1.0, leads=True, connected=True, armed=True)
    told: dict[str, Any] = state(house.live.show, stage, "boot", address.join(house.box.settings))["night"]
    return {name: told[name] for name in ("over", "takes_songs")}


async def test_the_tv_knows_whether_anybody_may_ask(house: House) -> None:
    def now() -> dict[str, Any]:
        house.live.load()
        return said(house)

    assert now() == {"over": False, "takes_songs": True}
    pause_requests(house)
    assert now() == {"over": False, "takes_songs": False}
    close(house)
    assert now() == {"over": True, "takes_songs": False}
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"requests_open": True})
    assert now() == {"over": False, "takes_songs": True}
    pause_requests(house)
    assert now() == {"over": False, "takes_songs": False}, "a night has begun"
    close(house)
    with house.box.db.write() as s:
        nights.open_new(s, BOX, "Saturday")
    pause_requests(house)
    assert now() == {"over": False, "takes_songs": False}, "and so has this one"


# ---------------------------------------------------------------------------------------------------- the panel
async def test_the_panel_says_what_an_empty_queue_means(host: User, house: House, bring: Bring) -> None:
    song = bring()
    arm_a_stage(house)
    await sees(host, "The stage is free. Who sings first?")
    pause_requests(house)
    await sees(host, "No songs are taken right now")
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), {"requests_open": True})
    walk_up(house, "Tom", song)
    sing(house)
    with house.box.db.write() as s:
        player.finish(s, BOX)
        between.clear(s, BOX)
    await sees(host, "The stage is free. Who sings next?")
    close(house)
    await sees(host, "The night is over")
    await host.should_not_see("Pair the TV")


async def test_who_is_called_is_not_called_again_in_a_break(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Tom", bring())
    await host.should_see(marker="call")
    call(house)
    await host.should_not_see(marker="call")
    stop(house, MINUTES)
    await sees(host, "Go on")
    await host.should_not_see(marker="call")
    await host.should_not_see("Not here")
