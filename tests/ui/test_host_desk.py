"""The host's left half, and the queue's finer tools, in NiceGUI's simulated browser."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from karaoke_ui.house import House
from karaoke_ui.pages.host.evening import next_time
from karaoke_ui.pages.host.reasons import reason
from karaoke_ui.pages.host.turn_row import names as row_names
from karaoke_ui.show import clock, night, people, player, turns, undo, views
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.places import Reason, Why
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Partner, Performance, PlayState, Scene, Singer, Stage, Turn
from karaoke_ui.show.views import PartnerView, TurnView
from karaoke_ui.text import catalogue
from tests.ui.held import Answers
from tests.ui.panel import (
    Bring,
    arm_a_stage,
    choose,
    guest,
    playback,
    sees,
    sing,
    take_back,
    until,
    waiting,
    walk_up,
)

# ---------------------------------------------------------------------------------------------------- the sound


async def test_key_tempo_mute_and_rescue(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="tempo")
    host.find(marker="key").trigger("step", -2)
    host.find(marker="tempo").trigger("step", 110)
    await until(lambda: (playback(house).key, playback(house).tempo) == (-2, 1.1))
    before = house.live.show
    host.find(marker="mute").click()
    (mute,) = host.find(marker="mute").elements
    await until(lambda: mute.props["aria-pressed"] == "true", look_every=0)
    house.live.on_show.emit(before)  # built before the press was known of: it does not take it back
    assert mute.props["aria-pressed"] == "true"
    await until(lambda: playback(house).muted)
    host.find(marker="mute").click()
    await until(lambda: not playback(house).muted)
    host.find(marker="rescue").trigger("press", True)
    await until(lambda: playback(house).rescue)
    host.find(marker="rescue").trigger("press", False)
    await until(lambda: not playback(house).rescue)


async def test_a_rescue_ends_with_the_page_that_held_it(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="rescue")
    host.find(marker="rescue").trigger("press", True)
    await until(lambda: playback(house).rescue)
    client = host.client
    assert client is not None
    for socket in list(client._socket_to_document_id):
        client.handle_disconnect(socket)
    await until(lambda: not playback(house).rescue)


async def test_a_blink_of_the_network_lets_go_only_of_what_is_held_no_more(
    host: User, house: House, bring: Bring
) -> None:
    """The page is back before its old line is found dead, and tells what it holds."""
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="rescue")
    host.find(marker="rescue").trigger("press", True)
    await until(lambda: playback(house).rescue)
    client = host.client
    assert client is not None
    ((old, document),) = client._socket_to_document_id.items()
    assert client.tab_id is not None
    await client.handle_handshake("back", client.tab_id, None, document, None)
    await until(lambda: not playback(house).rescue)
    host.find(marker="rescue").trigger("press", True)
    await until(lambda: playback(house).rescue)
    client.handle_disconnect(old)
    await asyncio.sleep(0.5)
    assert playback(house).rescue


async def test_a_press_on_a_paused_song_that_is_over_starts_nobody_else(
    host: User, house: House, bring: Bring
) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    walk_up(house, "Ben", bring("Greensleeves"))
    sing(house)
    with house.box.db.write() as s:
        player.pause(s, BOX)
    await host.should_see(marker="clock")
    await until(lambda: "play_arrow" in str(next(iter(host.find(marker="play").elements)).props["icon"]))
    # Another panel ends the song, and this one has not been told yet.
    await asyncio.to_thread(house.live.stop)
    await house.do(player.skip, BOX)
    host.find(marker="play").click()
    await asyncio.sleep(0.5)
    assert (playback(house).state, waiting(house)) == (PlayState.IDLE, ["Ben"])


async def test_after_a_skip_the_host_says_whether_it_counted(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)

    def counts() -> bool | None:
        with house.box.db.read() as s:
            performance = s.exec(select(Performance)).one()
            return performance.counted if performance.ended_at else None

    await host.should_see(marker="skip")
    host.find(marker="skip").trigger("held")
    await sees(host, "Skipped Maria")
    assert counts() is False, "broken off at once: a false start"
    host.find("It counts").click()
    await until(lambda: counts() is True)
    await sees(host, "counts for Maria")
    host.find(marker="open-log").click()
    await sees(host, "Does not count")
    host.find("Does not count").click()
    await until(lambda: counts() is False)


async def test_a_group_that_was_skipped_is_next_again(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    turn = walk_up(house, "Maria", bring())
    ann, bo = guest(house, "Ann"), guest(house, "Bo")
    with house.box.db.write() as s:
        turns.change(s, BOX, turn.id, partner_ids=[ann.id, bo.id])
        turns.answer_duet(s, ann, turn.id, True)
        turns.answer_duet(s, bo, turn.id, False)
    sing(house)
    await host.should_see(marker="skip")
    await sees(host, "Maria & Ann")
    host.find(marker="skip").trigger("held")
    await sees(host, "Skipped Maria & Ann")
    host.find(marker="keys").trigger("press", "undo")

    def again() -> list[dict[str, Partner]]:
        with house.box.db.read() as s:
            return [each.partners for each in night.queue(s, night.current(s).id)]

    await until(lambda: again() == [{ann.id: "yes", bo.id: "no"}])


async def test_keys_of_a_laptop(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    await sees(host, "✓ ready")
    keys = host.find(marker="keys")
    keys.trigger("press", "start")
    await host.should_see(marker="clock")
    keys.trigger("press", "mute")
    await until(lambda: playback(house).muted)
    keys.trigger("press", "rescue_on")
    await until(lambda: playback(house).rescue)
    keys.trigger("press", "tab_5")
    await sees(host, "Singing ends at")
    keys.trigger("press", "help")
    await sees(host, "Keys of a laptop")


# ---------------------------------------------------------------------------------------------------- the room
async def test_the_show_is_held_and_goes_on(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    sing(house)
    await host.should_see(marker="clock")
    for name in ("Ann", "Tom"):
        walk_up(house, name, bring(f"{name}’s song"))
    host.find(marker="hold-show").click()
    await until(lambda: playback(house).scene == Scene.HOLD)
    await sees(host, "Go on")
    await sees(host, "–")  # nobody knows when Tom's comes
    host.find("Go on").click()
    await until(lambda: playback(house).scene != Scene.HOLD)
    await host.should_not_see("–")


async def test_a_break_says_when_it_ends(host: User, house: House) -> None:
    arm_a_stage(house)
    await host.should_see(marker="break")
    host.find(marker="break").click()
    await sees(host, "15 minutes · back at")
    host.find("15 minutes · back at").click()
    await until(lambda: playback(house).scene == Scene.BREAK)
    assert 14 * 60 < (playback(house).scene_until or 0) - clock.now() <= 15 * 60


async def test_a_line_for_the_room(host: User, house: House) -> None:
    arm_a_stage(house)
    await host.should_see(marker="message")
    host.find(marker="message").click()
    await sees(host, "A line for the room")
    host.find(marker="prompt-field").type("Soup is ready")
    host.find(marker="prompt-save").click()
    await until(lambda: playback(house).message == "Soup is ready")
    await sees(host, "On screen")
    host.find(marker="message").click()
    await sees(host, "after a minute")
    host.find("Keep it on the TV").click()
    await until(lambda: house.live.show.message_until is None)
    host.find(marker="message").click()
    await sees(host, "It stays until you take it down.")
    host.find("Take it down").click()
    await until(lambda: playback(house).message == "")


async def test_how_late_the_tv_is(host: User, house: House) -> None:
    arm_a_stage(house)
    await sees(host, "● Stage armed")
    host.find(marker="delay").click()
    await sees(host, "Sound and picture of the TV")
    host.find(marker="delay_sound").trigger("step", 140)

    def late() -> float:
        with house.box.db.read() as s:
            return s.exec(select(Stage.sound_offset)).one()

    await until(lambda: late() == 0.14)


async def test_a_tv_that_is_not_late_is_found_to_be_right(host: User, house: House) -> None:
    arm_a_stage(house)
    await sees(host, "● Stage armed")

    def is_set() -> bool:
        with house.box.db.read() as s:
            return s.exec(select(Stage.offset_at)).one() is not None

    assert not is_set()
    host.find(marker="delay").click()
    await sees(host, "It fits like this")
    host.find(marker="delay-fits").click()
    await until(is_set)


async def test_a_name_is_put_up_and_taken_down(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    song = bring()
    walk_up(house, "Maria", song)
    walk_up(house, "Tom", song)
    await sees(host, "Call to the stage")
    await sees(host, "● Stage armed")
    host.find(marker="call").click()
    await until(lambda: playback(house).scene == Scene.CALLED)
    await sees(host, "called")
    host.find("Not here").click()
    await until(lambda: waiting(house)[0] == "Tom")
    await sees(host, "did not come when called")


# ---------------------------------------------------------------------------------------------------- the queue
async def test_a_turn_is_changed_and_changed_back(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Maria", bring())
    tom = walk_up(house, "Tom", bring("Greensleeves")).singer_id
    await sees(host, "Tom")
    await choose(host, f"turn-{turn.id}", "Change …")
    await host.should_see(marker=f"who-{tom}")
    host.find(marker="change-key").trigger("step", 3)
    host.find(marker="change-save").click()

    def key() -> int:
        with house.box.db.read() as s:
            return s.get_one(Turn, turn.id).key

    await until(lambda: key() == 3)
    await sees(host, "Changed Maria")
    await sees(host, "+3")
    await take_back(host)
    await until(lambda: key() == 0)


async def test_the_turn_that_was_opened_last_is_changed(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the box takes to look up who is here for the one before."""
    song = bring()
    with house.box.db.write() as s:
        maria = people.add_walk_up(s, BOX, "Maria").id
        first = night.ask(s, BOX, song.id, maria, Wanted(message="For Grandma"))
    other = walk_up(house, "Tom", song)
    await sees(host, "Tom")
    answers = Answers(house, views.singers, monkeypatch)
    await choose(host, f"turn-{first.id}", "Change …")
    await until(lambda: answers.is_held)
    await choose(host, f"turn-{other.id}", "Change …")
    await host.should_see(marker=f"who-{maria}")
    answers.give()
    await until(lambda: answers.is_given)
    (line,) = host.find(kind=ui.input, marker="change-message").elements
    assert line.value == ""


async def test_two_turns_change_places(host: User, house: House, bring: Bring) -> None:
    song = bring()
    turns = [walk_up(house, name, song) for name in ("Maria", "Tom", "Li")]
    await host.should_see(marker=f"turn-{turns[2].id}")
    await choose(host, f"turn-{turns[0].id}", "Swap with …")
    await sees(host, "Swap Maria with")
    host.find("3  Li").click()
    await until(lambda: waiting(house) == ["Li", "Tom", "Maria"])
    await sees(host, "put here by hand")


async def test_a_birthday_comes_first(host: User, house: House, bring: Bring) -> None:
    song = bring()
    turns = [walk_up(house, name, song) for name in ("Maria", "Tom")]
    await sees(host, "Tom")
    await choose(host, f"turn-{turns[1].id}", "Birthday …")
    host.find(marker="prompt-field").type("Birthday")
    host.find(marker="prompt-save").click()
    await until(lambda: waiting(house) == ["Tom", "Maria"])
    await sees(host, "🎂 Birthday")


async def test_the_log_tells_who_did_what_and_takes_it_back(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Maria", bring())
    walk_up(house, "Tom", bring("Greensleeves"))
    await sees(host, "Tom")
    await choose(host, f"turn-{turn.id}", "Take out")
    await until(lambda: waiting(house) == ["Tom"])
    host.find(marker="open-log").click()
    await sees(host, "Who did what")
    await sees(host, "Host")
    with house.box.db.write() as s:
        undo.put_back(s, BOX, turn.id)
    await until(lambda: set(waiting(house)) == {"Maria", "Tom"})


def partners(house: House) -> dict[str, dict[str, str]]:
    """Who asked → those who were asked to sing along, and what they said."""
    with house.box.db.read() as s:
        called = dict(s.exec(select(Singer.id, Singer.name)).all())
        return {
            called[turn.singer_id]: {called[each]: said for each, said in turn.partners.items()}
            for turn in s.exec(select(Turn))
        }


async def test_several_are_chosen_to_sing_along(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Maria", bring())
    tom = walk_up(house, "Tom", bring("Greensleeves")).singer_id
    ann, bo = guest(house, "Ann").id, guest(house, "Bo").id
    await sees(host, "Tom")
    await choose(host, f"turn-{turn.id}", "Change …")
    await host.should_see(marker=f"who-{tom}")
    for each in (tom, ann, bo, bo):
        host.find(marker=f"who-{each}").click()
    (chip,) = host.find(marker=f"who-{ann}").elements
    assert chip.props["aria-pressed"] == "true"
    host.find(marker="change-save").click()
    await until(lambda: partners(house)["Maria"] == {"Tom": "yes", "Ann": "asked"})
    await sees(host, "Maria, Tom & Ann")
    await sees(host, "waits for the yes of Ann")
    await choose(host, f"turn-{turn.id}", "Ann said yes")
    await until(lambda: partners(house)["Maria"] == {"Tom": "yes", "Ann": "yes"})
    await sees(host, "Answered the question to sing with Maria")
    host.find(marker="keys").trigger("press", "undo")
    await until(lambda: partners(house)["Maria"]["Ann"] == "asked")


async def test_the_first_who_is_chosen_asks_and_the_others_sing_along(
    host: User, house: House, bring: Bring
) -> None:
    song = bring()
    ann, bo, cy = (guest(house, name).id for name in ("Ann", "Bo", "Cy"))
    host.find("+ Song").click()
    await host.should_see(marker=f"who-{ann}")
    host.find(marker="ask-name").type("b")
    for each in (bo, cy, ann):
        host.find(marker=f"who-{each}").click()
    await sees(host, "Bo, Cy & Ann")
    await host.should_see(marker=f"found-{song.id}")
    host.find(marker=f"found-{song.id}").trigger("click")
    await sees(host, "Bo sings Daisy Bell · with Cy & Ann")
    assert partners(house) == {"Bo": {"Cy": "asked", "Ann": "asked"}}


# ---------------------------------------------------------------------------------------------------- words
def turn_view(why: Reason, **more: object) -> TurnView:
    plain: dict[str, object] = {
        "id": "1",
        "place": 2,
        "singer_id": "a",
        "singer": "Tom",
        "face": "🦊",
        "has_phone": True,
    }
    song: dict[str, object] = {
        "song_id": "s",
        "title": "Creep",
        "artist": "",
        "seconds": 60.0,
        "expected_at": 0.0,
    }
    state = {"readiness": Readiness(Ready.READY), "has_words": True, "reason": why}
    return TurnView(**{**plain, **song, **state, **more})  # type: ignore[arg-type]


def test_reasons_are_plain_words() -> None:
    assert reason(turn_view(Reason(Why.NEW)), {}) == "has not sung yet"
    said = reason(turn_view(Reason(Why.AGAIN, sung=1, new_ahead=3)), {})
    assert said == "sung once; 3 have not sung yet"
    other = turn_view(Reason(Why.NEW), id="9", singer="Li")
    assert (
        reason(turn_view(Reason(Why.UNREADY, other="9")), {"9": other}) == "waits for the song; Li goes first"
    )
    asked = tuple(
        PartnerView(name, name, "", says)
        for name, says in {
            "Ann": Partner.ASKED,
            "Bo": Partner.ASKED,
            "Cy": Partner.NO,
            "Di": Partner.YES,
        }.items()
    )
    group = turn_view(Reason(Why.NEW), partners=asked, wish="Birthday")
    waits = "waits for the yes of Ann & Bo · without Cy (said no)"
    assert reason(group, {}) == f"🎂 Birthday · {waits} · has not sung yet"
    assert row_names(group) == "Tom, Ann, Bo & Di"


def test_every_reason_and_every_deed_has_its_words() -> None:
    keys = catalogue().keys()
    silent = {Why.CALLED, Why.WISH, Why.ASKED, Why.FAILED, Why.AGAIN, Why.PARTNER}
    for why in Why:
        assert why in silent or f"host.reason.{why}" in keys or f"host.reason.{why}.one" in keys, why


def test_an_end_after_midnight_is_tomorrow() -> None:
    evening = time.mktime((2026, 5, 1, 22, 0, 0, 0, 0, -1))
    assert next_time("23:30", evening) - evening == 90 * 60
    assert next_time("01:00", evening) - evening == 3 * 3600


@pytest.fixture
def vienna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A box whose clock is put forward on the last Sunday of March, and back on that of October."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 5), (10, 24, 7), (6, 6, 6)])
def test_an_end_is_by_the_clock_as_it_will_be(vienna: None, month: int, day: int, hours: int) -> None:
    evening = time.mktime((2026, month, day, 22, 0, 0, 0, 0, -1))
    assert next_time("04:00", evening) - evening == hours * 3600
