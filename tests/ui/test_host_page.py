"""The host's panel as a host uses it: NiceGUI's simulated browser on a real library and a real queue."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from karaoke_ui import auth, workers
from karaoke_ui.changes import Changes
from karaoke_ui.house import House
from karaoke_ui.limits import LOGINS
from karaoke_ui.pages.host.footer import TABS
from karaoke_ui.pages.host.peaks import BARS, Peaks
from karaoke_ui.pages.host.problems import problems
from karaoke_ui.pages.host.wording import job_says, length, readiness, wait
from karaoke_ui.show import clock, night, people, player, stages
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import BOX, NOBODY
from karaoke_ui.show.tables import PlayState, Singer, Turn
from karaoke_ui.show.views import JobView, ShowView, StageView
from karaoke_ui.show.wifi import Wifi
from karaoke_ui.text import catalogue
from pipeline import library, merging, versions
from pipeline.db import announce
from pipeline.keeping import folders, integrity, rebuild, trash
from pipeline.model import ModelState
from pipeline.tables import Job, JobKind, JobState, Lane, Song, Track, TrackState
from tests import sound
from tests.ui.held import Answers
from tests.ui.panel import (
    PASSWORD,
    Bring,
    arm_a_stage,
    choose,
    playback,
    sees,
    sees_no,
    take_back,
    until,
    waiting,
    walk_up,
)
from tests.workers import work_off


# ---------------------------------------------------------------------------------------------------- door
async def test_the_first_login_takes_the_code_from_the_terminal(user: User, house: House) -> None:
    browser = user.http_client
    assert "One-time code" in (await browser.get("/host/login")).text
    with house.box.db.write() as s:
        code = auth.setup_code(s) or ""
    wrong = await browser.post("/host/setup", data={"code": "12", "password": PASSWORD})
    assert wrong.status_code == 401
    assert "That code is not right." in wrong.text
    short = await browser.post("/host/setup", data={"code": code, "password": "short"})
    assert "at least 8 characters" in short.text
    assert f'value="{code}"' in short.text, "the code need not be typed twice"
    right = await browser.post("/host/setup", data={"code": f"{code[:3]} {code[3:]}", "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/host")
    await user.open("/host")


async def test_the_house_speaks_as_the_browser_that_sets_it_up(user: User, house: House) -> None:
    browser = user.http_client
    browser.headers["accept-language"] = "de-AT,de;q=0.9,en;q=0.8"
    door = (await browser.get("/host/login")).text
    assert '<html lang="de">' in door
    assert "Einmalcode" in door
    with house.box.db.write() as s:
        code = auth.setup_code(s) or ""
    assert (
        "Dieser Code stimmt nicht."
        in (await browser.post("/host/setup", data={"code": "12", "password": PASSWORD})).text
    )
    await browser.post("/host/setup", data={"code": code, "password": PASSWORD})
    await until(lambda: house.live.show.rules.language == "de")
    assert house.live.show.night == "Karaoke-Abend"


async def test_the_guests_wifi_is_written_down_on_the_panel(host: User, house: House) -> None:
    await host.open(f"/host?tab={TABS[-1]}")
    host.find(marker="wifi-name").type("Upstairs")
    host.find(marker="wifi-password").type("sing")
    host.find(marker="wifi-save").click()
    await sees(host, "The password of a Wi-Fi has 8 to 63 characters")
    host.find(marker="wifi-password").type(" sing sing")
    host.find(marker="wifi-save").click()
    await sees(host, "“Upstairs” is on the TV and the cards.")
    await until(lambda: house.live.show.wifi == Wifi("Upstairs", "sing sing sing"))
    await take_back(host)
    await until(lambda: house.live.show.wifi == Wifi())


async def test_afterwards_it_takes_the_password(host: User, house: House) -> None:
    browser = host.http_client
    assert (await browser.get("/host/login")).headers["location"] == "/host", "logged in already"
    browser.cookies.clear()
    page = await browser.get("/host/login")
    assert "One-time code" not in page.text
    wrong = await browser.post("/host/login", data={"password": "let me in"})
    assert (wrong.status_code, "That password is not right." in wrong.text) == (401, True)
    right = await browser.post("/host/login", data={"password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/host")


async def test_whoever_is_not_logged_in_stands_at_the_door(user: User, house: House) -> None:
    answer = await user.http_client.get("/host", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/host/login")


async def test_guessing_is_slowed_down(host: User, house: House) -> None:
    host.http_client.cookies.clear()
    for _ in range(LOGINS.times):
        await host.http_client.post("/host/login", data={"password": "let me in"})
    answer = await host.http_client.post("/host/login", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert "a bit fast" in answer.text


async def test_what_was_typed_is_shown_as_text(user: User, house: House) -> None:
    answer = await user.http_client.post("/host/setup", data={"code": '"><b>', "password": PASSWORD})
    assert "<b>" not in answer.text


# ---------------------------------------------------------------------------------------------------- firststeps
async def test_an_empty_box_says_what_to_do(host: User, house: House) -> None:
    await sees(host, "Three steps to the first song")
    await host.should_see("Nobody waits")
    host.find("Add songs").click()
    await host.should_see("Make three demo songs")


async def test_done_steps_are_ticked(host: User, house: House, bring: Bring) -> None:
    await host.should_not_see("✓")
    bring()
    await sees(host, "✓")
    arm_a_stage(house)
    await sees(host, "The stage is free. Who sings first?")


# ---------------------------------------------------------------------------------------------------- queue
async def test_a_walk_up_sings_after_a_name_and_a_tap(host: User, house: House, bring: Bring) -> None:
    song = bring()
    host.find("+ Walk-up").click()
    await sees(host, "A walk-up")
    host.find(marker="ask-name").type("Grandpa")
    await host.should_see(marker=f"found-{song.id}")
    host.find(marker=f"found-{song.id}").trigger("click")
    await sees(host, "Grandpa sings Daisy Bell")
    await sees(host, "Grandpa sings Daisy Bell")
    assert waiting(house) == ["Grandpa"]
    await take_back(host)
    await sees(host, "Nobody waits")


async def test_a_tap_without_a_name_asks_for_it(host: User, house: House, bring: Bring) -> None:
    song = bring()
    host.find("+ Walk-up").click()
    await host.should_see(marker=f"found-{song.id}")
    host.find(marker=f"found-{song.id}").trigger("click")
    await sees(host, "Who sings? Type a name first.")
    assert waiting(house) == []


async def test_a_library_without_songs_says_so_and_where_they_come_from(host: User) -> None:
    host.find("+ Walk-up").click()
    await sees(host, "No songs are here yet.")
    host.find(marker="ask-song").type("Daisy")
    await sees(host, "No song like that in the library.")


async def test_grandpa_stays_the_same_grandpa(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Grandpa", bring("Daisy Bell"))
    other = bring("Greensleeves")
    host.find("+ Walk-up").click()
    await sees(host, "A walk-up")
    host.find(marker="ask-name").type("grandpa")
    await host.should_see(marker=f"found-{other.id}")
    host.find(marker=f"found-{other.id}").trigger("click")
    await sees(host, "Grandpa sings Greensleeves")
    with house.box.db.read() as s:
        assert len(s.exec(select(Singer)).all()) == 1


async def test_a_song_for_somebody_who_is_here(host: User, house: House, bring: Bring) -> None:
    song = bring()
    with house.box.db.write() as s:
        maria = people.join(s, NOBODY, "phone", "Maria", "🦊")
    host.find("+ Song").click()
    await sees(host, "🦊 Maria")
    host.find("🦊 Maria").click()
    await host.should_see(marker=f"found-{song.id}")
    host.find(marker=f"found-{song.id}").trigger("click")
    await sees(host, "Maria sings Daisy Bell")
    with house.box.db.read() as s:
        assert [turn.singer_id for turn in s.exec(select(Turn))] == [maria.id]


async def test_what_a_guest_asks_appears_by_itself(host: User, house: House, bring: Bring) -> None:
    song = bring()
    await host.should_see("Nobody waits")
    walk_up(house, "Maria", song)
    await sees(host, "Maria")
    await host.should_see("Queue 1")
    await host.should_see("✓ ready")
    await host.should_see("✓ ready · ▲")


async def test_rows_move_and_stay_the_same_rows(host: User, house: House, bring: Bring) -> None:
    song = bring()
    turns = [walk_up(house, name, song) for name in ("Maria", "Tom", "Li")]
    await host.should_see(marker=f"turn-{turns[2].id}")
    (row,) = host.find(marker=f"turn-{turns[2].id}").elements
    await choose(host, f"turn-{turns[2].id}", "Sing next")
    await sees(host, "Moved Li")
    assert waiting(house) == ["Li", "Maria", "Tom"]
    assert {row} == host.find(marker=f"turn-{turns[2].id}").elements
    assert row.parent_slot is not None
    slot = row.parent_slot
    await until(lambda: slot.children.index(row) == 0)
    await take_back(host)
    await sees_no(host, "Moved Li")
    await until(lambda: waiting(house) == ["Maria", "Tom", "Li"])


async def test_a_turn_taken_out_comes_back(host: User, house: House, bring: Bring) -> None:
    song = bring()
    turn = walk_up(house, "Maria", song)
    walk_up(house, "Tom", song)
    await sees(host, "Tom")
    await choose(host, f"turn-{turn.id}", "Take out")
    await sees(host, "Took out Maria")
    await until(lambda: waiting(house) == ["Tom"])
    await take_back(host)
    await until(lambda: waiting(house) == ["Maria", "Tom"])


async def test_a_press_on_an_old_sight_is_refused_kindly(host: User, house: House, bring: Bring) -> None:
    song = bring()
    turns = [walk_up(house, name, song) for name in ("Maria", "Tom")]
    await sees(host, "Tom")
    house.live.on_show.callbacks.clear()  # this panel hears no more: its sight grows old
    walk_up(house, "Li", song)
    await choose(host, f"turn-{turns[1].id}", "Move up")
    await sees(host, "The queue has just changed.")
    assert waiting(house) == ["Maria", "Tom", "Li"]


# ---------------------------------------------------------------------------------------------------- now
async def test_without_a_tv_the_song_waits_and_says_why(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Maria", bring())
    await sees(host, "Waiting for the TV.")
    await host.should_see("No TV yet.")
    arm_a_stage(house, armed=False)
    await sees(host, "Waiting for a tap on the TV.")
    await host.should_see("The TV is silent. Tap it once.")
    await host.should_see("▲ Stage silent: tap it")


async def test_a_song_that_is_not_ready_says_when(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring(prepared=False))
    await sees(host, "It is being prepared")
    await host.should_see("◔ next song not ready")


async def test_start_pause_go_on_restart(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    await sees(host, "● Stage armed")
    await sees(host, "✓ ready")
    host.find("Start").click()
    await host.should_see(marker="clock")
    assert playback(house).state == PlayState.STARTING
    host.find(marker="play").click()
    await until(lambda: playback(house).state == PlayState.PAUSED)
    await host.should_see(marker="clock")
    await until(lambda: "play_arrow" in str(next(iter(host.find(marker="play").elements)).props["icon"]))
    host.find(marker="play").click()
    await until(lambda: playback(house).state == PlayState.STARTING)
    host.find(marker="clock").trigger("seek", 3.5)
    await until(lambda: playback(house).position == 3.5)
    host.find("Restart").click()
    await until(lambda: playback(house).position <= 0.0)


async def test_the_clock_counts_from_the_server(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    with house.box.db.write() as s:
        player.play(s, BOX)
    began = clock.now()
    with house.box.db.write() as s:
        row = night.playback(s)
        row.state, row.position, row.at = PlayState.PLAYING, 2.0, began
        row.version += 1
        announce(s, "playback")
    await host.should_see(marker="clock")
    (shown,) = host.find(marker="clock").elements
    await until(lambda: shown.props["clock"]["running"])
    assert 2.0 <= shown.props["clock"]["second"] <= 2.0 + clock.now() - began
    assert shown.props["clock"]["seconds"] == pytest.approx(6.0, abs=0.1)


async def test_a_skip_can_be_taken_back(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    song = bring()
    walk_up(house, "Maria", song)
    walk_up(house, "Tom", song)
    with house.box.db.write() as s:
        player.play(s, BOX)
    await host.should_see(marker="skip")
    host.find(marker="skip").trigger("held")
    await sees(host, "Skipped Maria")
    assert waiting(house) == ["Tom"]
    await take_back(host)
    await until(lambda: waiting(house) == ["Maria", "Tom"])


async def test_guide_and_volume_follow_the_finger(host: User, house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    with house.box.db.write() as s:
        player.play(s, BOX)
    await host.should_see(marker="guide")
    host.find(marker="guide").trigger("level", 40)
    host.find(marker="volume").trigger("level", 65)
    await until(lambda: (playback(house).guide, playback(house).volume) == (0.4, 0.65))
    (fader,) = host.find(marker="guide").elements
    await until(lambda: fader.props["level"] == 40)


async def test_the_shape_of_a_song(house: House, bring: Bring) -> None:
    arm_a_stage(house)
    walk_up(house, "Maria", bring())
    with house.box.db.write() as s:
        player.play(s, BOX)
    await until(lambda: house.live.show.now is not None)
    assert house.live.show.now is not None
    shape = await Peaks(house).of(house.live.show.now)
    assert len(shape["mix"]) == len(shape["voice"]) == BARS
    assert max(shape["mix"]) == 1.0


# ---------------------------------------------------------------------------------------------------- library
async def test_a_new_song_is_listed_by_itself(host: User, house: House, bring: Bring) -> None:
    host.find("Library").click()
    await host.should_see("Make three demo songs")
    bring("Greensleeves", prepared=False)
    await sees(host, "Greensleeves")
    await host.should_see("Harry Dacre")
    await sees_no(host, "Make three demo songs")
    work_off(house.box)
    await sees(host, "✓ ready")
    await host.should_see("quick mix")


async def test_search(host: User, house: House, bring: Bring) -> None:
    bring("Daisy Bell")
    bring("Greensleeves")
    host.find("Library").click()
    await sees(host, "Greensleeves")
    host.find(marker="library-search").type("daisy")
    await sees_no(host, "Greensleeves")
    host.find(marker="library-search").type(" in the sky")
    await sees(host, "No song like that.")


async def test_a_title_is_mended(host: User, house: House, bring: Bring) -> None:
    song = bring("Dasy Bel")
    host.find("Library").click()
    await sees(host, "Dasy Bel")
    await choose(host, f"song-{song.id}", "Change title or artist")
    await sees(host, "Save")
    next(iter(host.find(marker="edit-title").elements)).set_value("Daisy Bell")  # type: ignore[attr-defined]
    host.find("Save").click()
    await sees(host, "Daisy Bell")


async def test_a_song_is_blocked_for_guests_and_opened_again(host: User, house: House, bring: Bring) -> None:
    song = bring()
    host.find("Library").click()
    await host.should_see(marker=f"song-{song.id}")

    def blocked() -> bool:
        with house.box.db.read() as s:
            return library.get(s, song.id).blocked

    await choose(host, f"song-{song.id}", "Block for guests")
    await until(blocked)
    await sees(host, "not for guests")
    await choose(host, f"song-{song.id}", "Guests may ask for it again")
    await until(lambda: not blocked())


async def test_a_deleted_song_comes_back(host: User, house: House, bring: Bring) -> None:
    """And those who waited to sing it stand where they did."""
    song, other = bring(), bring("Creep")
    for name, wanted in (("Li", song), ("Tom", other), ("Ann", song)):
        walk_up(house, name, wanted)
    before = waiting(house)
    host.find("Library").click()
    await host.should_see(marker=f"song-{song.id}")
    await choose(host, f"song-{song.id}", "Delete")
    await sees(host, "Deleted Daisy Bell · 2 songs in the queue went with it")
    await host.should_not_see(marker=f"song-{song.id}")
    assert waiting(house) == ["Tom"]
    await take_back(host)
    await host.should_see(marker=f"song-{song.id}")
    assert waiting(house) == before


# ---------------------------------------------------------------------------------------------------- preparation
async def test_a_failed_song_says_why_and_can_be_tried_again(
    host: User, house: House, tmp_path: Path
) -> None:
    path = sound.save(tmp_path / "quiet.wav", sound.tone(3, level=0.0))
    with path.open("rb") as stream:
        library.add(house.box, stream, "Quiet.wav", "upload")
    host.find("Library").click()
    host.find(marker="to-jobs").click()
    await sees(host, "waiting for its turn")
    work_off(house.box)
    await sees(host, "“Quiet.wav” is silent from start to end.")
    await host.should_see("“Quiet” could not be prepared.")
    host.find("Try again").click()
    await sees(host, "waiting for its turn")


async def test_a_waiting_song_is_cancelled_and_taken_back(host: User, house: House, bring: Bring) -> None:
    bring(prepared=False)
    host.find("Library").click()
    host.find(marker="to-jobs").click()
    await sees(host, "waiting for its turn")
    host.find("Cancel").click()
    await sees(host, "Cancelled")
    with house.box.db.read() as s:
        assert s.exec(select(Job.state).where(Job.kind == JobKind.PREPARE)).all() == [JobState.CANCELLED]
    await take_back(host)
    await sees(host, "waiting for its turn")


# ---------------------------------------------------------------------------------------------------- night
async def test_a_tv_is_let_in_by_its_code_and_sent_away(host: User, house: House) -> None:
    with house.box.db.write() as s:
        stage = stages.known(s, "a tv")
        stages.saw(s, stage.id, connected=True, armed=True)
        code = stage.code
    host.find(marker="tab-settings").click()
    field = next(iter(host.find(marker="pair-code").elements))
    assert isinstance(field, ui.input)
    with host:
        field.set_value("0000" if code != "0000" else "1111")
    await sees(host, "That code is not right.")
    with host:
        field.set_value(code)
    await sees(host, "The TV is in")
    await sees(host, "✓ sound on")
    await host.should_see("● Stage armed")
    host.find(marker="unpair").trigger("held")
    await sees(host, "The TV was sent away.")
    await sees_no(host, "✓ sound on")


async def test_the_night_gets_its_name(host: User, house: House) -> None:
    host.find("Night").click()
    field = next(iter(host.find(marker="night-name").elements))
    assert isinstance(field, ui.input)
    field.set_value("Friday at home")
    host.find(marker="night-name").trigger("blur")
    await sees(host, "The night has its name")
    await until(lambda: house.live.show.night == "Friday at home")
    field.set_value("  ")
    host.find(marker="night-name").trigger("blur")
    await sees(host, "it has 1 to 60 letters")
    assert field.value == "Friday at home"


async def test_an_ended_login_leads_to_the_door(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk_up(house, "Maria", bring())
    await sees(host, "Maria")
    went: list[str] = []
    monkeypatch.setattr(host.navigate, "to", went.append)
    client = host.client
    assert client is not None
    host.find(marker="tab-settings").click()
    host.find(marker="end-all").trigger("held")
    await until(lambda: went == ["/host/login"])
    await until(lambda: client.is_deleted)


async def test_the_host_chooses_another_password(host: User, house: House) -> None:
    host.find(marker="tab-settings").click()
    host.find(marker="password").click()
    await host.should_see(marker="password-old")
    host.find(marker="password-old").type("not this one")
    host.find(marker="password-new").type("a longer word")
    host.find(marker="password-save").click()
    await sees(host, "That password is not right.")
    host.find(marker="password-old").clear().type(PASSWORD)
    host.find(marker="password-save").click()
    await sees(host, "From now on the new password opens the panel")
    login = await auth.login(house, NOBODY, "a longer word")
    assert login.cohost_id == ""


async def test_a_press_after_the_login_ended_changes_nothing(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = walk_up(house, "Maria", bring())
    await host.should_see(marker=f"turn-{turn.id}")
    went: list[str] = []
    monkeypatch.setattr(host.navigate, "to", went.append)
    house.live.on_changes.callbacks.clear()  # the page does not hear that its login ended
    with house.box.db.write() as s:
        auth.end_all_logins(s, BOX)
    await choose(host, f"turn-{turn.id}", "Take out")
    await until(lambda: went == ["/host/login"])
    assert waiting(house) == ["Maria"]


# ---------------------------------------------------------------------------------------------------- words
def test_lengths_and_waits() -> None:
    assert [length(x) for x in (0, 59.6, 83.4, 3671)] == ["0:00", "1:00", "1:23", "61:11"]
    assert [wait(x) for x in (0, 31, 61, 300)] == [
        "in a moment",
        "about 1 min",
        "about 2 min",
        "about 5 min",
    ]


def test_every_state_has_a_shape_and_a_word() -> None:
    said = [readiness(Readiness(state, 90)).words for state in Ready]
    assert said == ["✓ ready", "▶ can start now", "◔ about 2 min", "✕ failed"]


def test_steps_as_one_says_them() -> None:
    def job(step: str, state: JobState, progress: float = 0.0, error: str = "") -> JobView:
        return JobView("1", "1", "Daisy Bell", "", step, state, progress, error, 60, has_turn=False)

    assert job_says(job("separate", JobState.RUNNING, 0.43)) == "taking the voice out 43%"
    assert job_says(job("decode", JobState.RUNNING)) == "decoding"
    assert job_says(job("words", JobState.RUNNING, 0.5)) == "looking for words"
    assert job_says(job("decode", JobState.FAILED, error="It is silent.")) == "It is silent."


def test_problems_stand_in_one_place() -> None:
    fine = ShowView(stages=(StageView("1", leads=True, connected=True, armed=True),))
    failed = JobView("1", "1", "Daisy Bell", "", "decode", JobState.FAILED, 0, "", 60, has_turn=False)
    assert problems(fine, [], "box", 3) == []
    broken = ShowView(
        stages=(StageView("1", leads=True, connected=False, armed=False),),
        model=ModelState("missing"),
        missing=frozenset({Lane.PREPARE}),
    )
    found = problems(broken, [failed], "box", 3)
    assert [problem.key for problem in found] == ["gone", "workers", "model", "failed"], "the worst first"
    assert "box/stage" in found[0].words
    assert "Daisy Bell" in found[-1].words


async def test_the_worst_problem_is_in_sight_whichever_came_first(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AWAY_SECONDS", 600.0)  # that nobody works here is no problem of this test
    walk_up(house, "Maria", bring())
    fail_job_of(house, bring("Creep", prepared=False))
    await sees(host, "“Creep” could not be prepared.")
    arm_a_stage(house, connected=False)
    await sees(host, "The TV has gone.")
    (strip,) = host.find(marker="problems").elements
    rows = [
        each.text for each in strip.descendants() if isinstance(each, ui.label) and "grow" in each.classes
    ]
    assert [row.split()[0] for row in rows] == ["The", "“Creep”"]


async def test_a_song_that_failed_can_be_let_go_of(host: User, house: House, bring: Bring) -> None:
    fail_job_of(house, bring("Creep", prepared=False))
    host.find("Library").click()
    host.find(marker="to-jobs").click()
    await host.should_see(marker="job-delete")
    host.find(marker="job-delete").click()
    await sees(host, "Deleted Creep")
    await sees_no(host, "could not be prepared")
    await take_back(host)
    await sees(host, "“Creep” could not be prepared.")


def fail_job_of(house: House, song: Song) -> None:
    with house.box.db.write() as s:
        track = s.exec(select(Track).where(Track.song_id == song.id)).one()
        job = s.exec(select(Job).where(Job.track_id == track.id)).first()
        assert job is not None
        job.state, track.state = JobState.FAILED, TrackState.FAILED
        s.add_all([job, track])
        announce(s, "job", job.id)


def test_no_text_is_missing() -> None:
    keys = catalogue().keys()
    for state in ModelState.__dataclass_fields__["state"].type.__args__:  # type: ignore[union-attr]
        assert f"host.model.{state}" in keys
        assert f"host.model.{state}_help" in keys


# ---------------------------------------------------------------------------------------------------- collection
async def test_chips_narrow_the_library(host: User, house: House, bring: Bring) -> None:
    bring("Daisy Bell")
    bring("Greensleeves", prepared=False)
    host.find("Library").click()
    await sees(host, "Greensleeves")
    host.find(marker="chip-ready").click()
    await sees_no(host, "Greensleeves")
    await host.should_see("Daisy Bell")
    host.find(marker="chip-words").click()
    await sees(host, "No song like that.")
    host.find(marker="chip-words").click()
    host.find(marker="chip-ready").click()
    await sees(host, "Greensleeves")


async def test_several_songs_are_mended_and_deleted_at_once(host: User, house: House, bring: Bring) -> None:
    songs = [bring(title, prepared=False) for title in ("One", "Two", "Three")]
    host.find("Library").click()
    for song in songs:
        await host.should_see(marker=f"song-{song.id}")
    host.find(marker="choose-several").click()
    for song in songs[:2]:
        host.find(marker=f"song-{song.id}").click()
    await sees(host, "2 songs")
    host.find(marker="picked-edit").click()
    await sees(host, "What is left empty stays as it is.")
    next(iter(host.find(marker="picked-artist").elements)).set_value("Somebody")  # type: ignore[attr-defined]
    host.find(marker="picked-save").click()
    for song in songs[:2]:
        with host.scope(marker=f"song-{song.id}"):
            await sees(host, "Somebody")
    with house.box.db.read() as s:
        assert [s.get_one(Song, song.id).artist for song in songs] == ["Somebody", "Somebody", "Harry Dacre"]
    await host.should_not_see(marker="picked-edit")
    host.find(marker="choose-several").click()
    for song in songs[1:]:
        host.find(marker=f"song-{song.id}").click()
    host.find(marker="picked-delete").click()
    await sees(host, "Deleted 2 songs")
    await host.should_not_see(marker=f"song-{songs[2].id}")
    await take_back(host)
    await host.should_see(marker=f"song-{songs[2].id}")


async def test_a_song_that_is_there_twice_becomes_one(host: User, house: House, bring: Bring) -> None:
    first = bring("Daisy Bell", prepared=False)
    bring("Daisy Bell", prepared=False)
    host.find("Library").click()
    await host.should_see(marker=f"song-{first.id}")
    with host.scope(marker=f"song-{first.id}"):
        host.find("Same song?").click()
    await sees(host, "Make them one song")
    host.find("Make them one song").click()
    await sees(host, "Daisy Bell is one song now")
    with house.box.db.read() as s:
        assert library.count(s) == 1
    await take_back(host)
    await host.should_see("2 songs")


async def test_the_versions_of_a_song(host: User, house: House, bring: Bring) -> None:
    kept, other = bring(prepared=False), bring("Daisy Bell (Live)", prepared=False)
    with house.box.db.write() as s:
        merging.merge(s, kept.id, other.id)

    def titles() -> list[str]:
        with house.box.db.read() as s:
            return sorted(song.title for song, _ in library.find(s).songs)

    async def on_the_other(choice: str) -> None:
        await host.should_see(marker=f"song-{kept.id}")
        await choose(host, f"song-{kept.id}", "2 versions")
        await sees(host, "Which version of “Daisy Bell” is sung?")
        with host.scope(marker="sheet"):
            host.find("Live").click()
        await sees(host, choice)
        host.find(choice).click()

    host.find("Library").click()
    await on_the_other("Make it a song of its own")
    await until(lambda: len(titles()) == 2)
    await take_back(host)
    await until(lambda: len(titles()) == 1)
    await on_the_other("Move it to the trash")
    await sees(host, "is in the trash")
    await take_back(host)

    def both() -> bool:
        with house.box.db.read() as s:
            return len(versions.of(s, kept.id)) == 2

    await until(both)


async def test_the_trash_is_looked_through_and_emptied(host: User, house: House, bring: Bring) -> None:
    song = bring(prepared=False)
    with house.box.db.write() as s:
        trash.throw(s, song.id)
    host.find(marker="tab-settings").click()
    await sees(host, "Trash: 1 song")
    host.find(marker="trash").click()
    await sees(host, "Songs are removed for good after 30 days.")
    host.find("Put back").click()
    await sees(host, "Nothing in the trash.")
    with house.box.db.write() as s:
        trash.throw(s, song.id)
    await sees(host, "Empty the trash")
    host.find("Empty the trash").click()
    await sees(host, "1 song removed for good")
    with house.box.db.read() as s:
        assert s.get(Song, song.id) is None


async def test_what_is_thrown_away_while_the_trash_is_read_is_in_it(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bring("One", prepared=False), bring("Two", prepared=False)
    host.find(marker="tab-settings").click()
    answers = Answers(house, trash.listed, monkeypatch)
    with house.box.db.write() as s:
        trash.throw(s, one.id)
    await until(lambda: answers.is_held)
    news: list[Changes] = []
    house.live.on_changes.subscribe(news.append)
    with house.box.db.write() as s:
        trash.throw(s, two.id)
    await until(lambda: any("song" in changes for changes in news))
    await asyncio.sleep(0.3)
    answers.give()
    await until(lambda: answers.is_given)
    await sees(host, "Trash: 2 songs")


async def test_every_file_is_checked(host: User, house: House, bring: Bring) -> None:
    song = bring()
    with house.box.db.read() as s:
        folder = house.box.store.folder(library.main_track(s, song.id).id)
    (folder / "original.wav").unlink()
    host.find(marker="tab-settings").click()
    await sees(host, "Check every file")
    host.find("Check every file").click()
    await sees(host, "◔ Checking: 0 of 0")
    integrity.check_if_asked(house.box)
    await sees(host, "▲ 1 file was not as it was written.")
    await sees(host, "Daisy Bell (original.wav)")


async def test_songs_that_the_database_lost_are_taken_in_again(
    host: User, house: House, bring: Bring
) -> None:
    song = bring()
    while folders.describe(house.box):
        pass
    with closing(sqlite3.connect(house.box.settings.database)) as raw:
        for table in ("song", "track", "job"):
            raw.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand above
        raw.commit()
    host.find(marker="tab-settings").click()
    await sees(host, "1 song lies in the library’s folder, but the database does not know it.")
    host.find(marker="take-in").click()
    await sees(host, "◔ Taking them in: 0")
    rebuild.rebuild_if_asked(house.box)
    await sees(host, "✓ 1 song is back.")
    with house.box.db.read() as s:
        assert library.get(s, song.id).title == "Daisy Bell"
