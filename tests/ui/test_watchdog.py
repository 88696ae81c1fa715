"""The watchdog: what it makes of a stage's words, and what becomes of the song. The browsers' side is tested with browsers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from karaoke_ui.pages.host.problems import problems
from karaoke_ui.pages.stage.server import heard
from karaoke_ui.show import clock, night, player, stages, views, watchdog
from karaoke_ui.show.rights import BOX, Actor
from karaoke_ui.show.tables import Performance, PlayState, Scene, Stage, Turn, TurnState
from karaoke_ui.show.views import ShowView
from karaoke_ui.show.watchdog import (
    ALONE_SECONDS,
    DEAF_SECONDS,
    LEFT_SECONDS,
    LOADING_SECONDS,
    NOTHING_LOADED,
    QUIET_SECONDS,
    REST_SECONDS,
    SILENT_SECONDS,
    STUCK_SECONDS,
    Beat,
    Order,
    Remedy,
    Watchdog,
)
from pipeline.box import Box
from pipeline.errors import NotReady
from tests.ui.test_night import add_song, arm_a_stage, join
from tests.ui.test_scenes import give_words


@pytest.fixture
def singing(box: Box) -> tuple[Box, Actor, ShowView]:
    """A song that plays since the moment 0 of the clock below, on one stage."""
    with box.db.write() as s:
        stage = arm_a_stage(s)
        song = add_song(s, "Creep")
        give_words(s, song, 0.0, 6.0)
        night.ask(s, join(s, "Ada"), song)
        started = player.play(s, BOX)
        player.anchored(s, stage, cue=started.cue, position=started.position, at=clock.now())
        started.position, started.at, started.scene = 0.0, clock.at(0.0), Scene.PLAYING
        s.flush()
        return box, stage, views.show(s)


def beat(show: ShowView, at: float, **said: object) -> Beat:
    fine = Beat(at=at, cue=show.cue, position=at)
    return replace(fine, **said)  # type: ignore[arg-type]


def order(s: Session, remedy: Remedy, stage_id: str = "", second: float = 0.0) -> Order:
    playback = night.playback(s)
    return Order(remedy, stage_id, second, playback.turn_id, playback.cue)


def orders(dog: Watchdog, show: ShowView, start: float, end: float) -> list[tuple[float, Remedy]]:
    """Look five times a second, and obey nothing: what would it do?"""
    found = []
    for tick in range(int(start * 5), int(end * 5)):
        found_one = dog.look(show, tick / 5)
        if found_one is not None:
            found.append((tick / 5, found_one.remedy))
    return found


def test_a_stage_that_plays_is_left_alone(singing: tuple[Box, Actor, ShowView]) -> None:
    _, stage, show = singing
    dog = Watchdog()
    assert dog.look(show, 1.0) is None, "one that never spoke is judged by its connection alone"
    for second in range(1, 60):
        dog.heard(stage.id, beat(show, second))
        assert not orders(dog, show, second, second + 1)


def test_one_that_falls_silent_is_told_and_waited_for(singing: tuple[Box, Actor, ShowView]) -> None:
    _, stage, show = singing
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    found = orders(dog, show, 10, 60)
    assert found[0][1] == Remedy.TELL
    assert found[0][0] == pytest.approx(10 + SILENT_SECONDS, abs=0.3)
    waits = [at for at, remedy in found if remedy == Remedy.WAIT]
    assert waits[0] == pytest.approx(10 + ALONE_SECONDS, abs=0.3)


def test_a_spare_that_speaks_takes_over_from_a_silent_one(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, _ = singing
    with box.db.write() as s:
        spare = arm_a_stage(s)
        show = views.show(s)
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    found = []
    for second in range(10, 15):
        dog.heard(spare.id, Beat(at=second))
        found += orders(dog, show, second, second + 1)
    assert [remedy for _, remedy in found] == [Remedy.HAND_OVER]
    assert found[0][0] == pytest.approx(10 + SILENT_SECONDS, abs=0.3)
    with box.db.write() as s:
        watchdog.carry_out(s, order(s, Remedy.HAND_OVER, stage.id))
        assert s.get_one(Stage, spare.id).leads
        assert json.loads(night.playback(s).trouble)["key"] == "handed_over"
        stages.saw(s, stage.id, connected=True, armed=True)
        assert s.get_one(Stage, spare.id).leads, "who comes back stands by"


@pytest.mark.parametrize(
    ("said", "ladder"),
    [
        ({"position": 3.0}, [Remedy.RECUE, Remedy.RELOAD, Remedy.SKIP]),
        ({"position": None, "cue": None}, [Remedy.RECUE, Remedy.RELOAD, Remedy.SKIP]),
        ({"trouble": NOTHING_LOADED}, [Remedy.JUMP, Remedy.RELOAD, Remedy.SKIP]),
    ],
)
def test_one_that_is_stuck_is_helped_by_stronger_and_stronger_means(
    singing: tuple[Box, Actor, ShowView], said: dict[str, object], ladder: list[Remedy]
) -> None:
    _, stage, show = singing
    dog = Watchdog()
    found = []
    for second in range(10, 45):
        dog.heard(stage.id, beat(show, second, **said))
        found += orders(dog, show, second, second + 1)
    assert [remedy for _, remedy in found][:3] == ladder
    assert found[0][0] == pytest.approx(10 + STUCK_SECONDS, abs=0.3)
    assert found[2][0] == pytest.approx(10 + STUCK_SECONDS + 2 * REST_SECONDS, abs=0.6)


def test_who_takes_over_has_its_own_time_to_begin(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, show = singing
    dog = Watchdog()
    for second in range(10, 14):
        dog.heard(stage.id, beat(show, second, cue=None, position=None))
        assert not orders(dog, show, second, second + 1)
    with box.db.write() as s:
        spare = arm_a_stage(s)
        stages.saw(s, stage.id, connected=False, armed=False)
        assert s.get_one(Stage, spare.id).leads
        show = views.show(s)
    found = []
    for second in range(14, 25):
        dog.heard(spare.id, Beat(at=second))
        found += orders(dog, show, second, second + 1)
    assert found[0][1] == Remedy.RECUE
    assert found[0][0] == pytest.approx(14 + STUCK_SECONDS, abs=0.3)


BROKEN = {"position": 120.0, "trouble": "instrumental 30: HTTP 500"}


def test_a_song_that_the_host_begins_again_has_its_time_to_load(
    singing: tuple[Box, Actor, ShowView],
) -> None:
    """What the stage still says of the old cue is over, and so is what went wrong with it."""
    box, stage, show = singing
    dog = Watchdog()
    for second in range(10, 14):
        dog.heard(stage.id, beat(show, second, **BROKEN))
        assert not orders(dog, show, second, second + 1)
    old = show.cue
    with box.db.write() as s:
        player.restart(s, BOX)
        show = views.show(s)
    for second in range(14, 18):
        dog.heard(stage.id, beat(show, second, cue=old, **BROKEN))
        assert not orders(dog, show, second, second + 1)
    found = []
    for second in range(18, 26):
        dog.heard(stage.id, beat(show, second, cue=None, position=None, trouble="instrumental 0: HTTP 500"))
        found += [dog.look(show, second)]
    jumps = next(each for each in found if each is not None)
    assert (jumps.remedy, jumps.second, jumps.cue) == (Remedy.JUMP, show.now and show.now.position, show.cue)


@pytest.mark.parametrize(
    "remedy", [Remedy.RECUE, Remedy.JUMP, Remedy.WAIT, Remedy.LEFT, Remedy.SKIP, Remedy.FINISH]
)
def test_where_the_host_was_quicker_nothing_moves_the_song(
    singing: tuple[Box, Actor, ShowView], remedy: Remedy
) -> None:
    box, stage, _ = singing
    with box.db.write() as s:
        found = order(s, remedy, stage.id, second=120.0)
        host = player.restart(s, BOX)
        before = (host.turn_id, host.state, host.position, host.cue, host.trouble)
        watchdog.carry_out(s, found)
        after = night.playback(s)
        assert (after.turn_id, after.state, after.position, after.cue, after.trouble) == before


def test_a_stage_that_never_hears_of_a_new_cue_is_stuck(singing: tuple[Box, Actor, ShowView]) -> None:
    _, stage, show = singing
    dog = Watchdog()
    found = []
    for second in range(10, 20):
        dog.heard(stage.id, beat(show, second, cue=show.cue - 1))
        found += orders(dog, show, second, second + 1)
    assert found[0][1] == Remedy.RECUE
    assert found[0][0] == pytest.approx(10 + STUCK_SECONDS, abs=0.3)


def test_a_song_that_nobody_plays_waits_where_the_host_put_it(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, _ = singing
    with box.db.write() as s:
        stages.saw(s, stage.id, connected=False, armed=False)
        show = views.show(s)
        dog = Watchdog()
        assert not orders(dog, show, 10, 10 + int(ALONE_SECONDS) - 2)
        player.seek(s, BOX, 90.0)
        show = views.show(s)
    since = 10 + int(ALONE_SECONDS) - 2
    assert not orders(dog, show, since, since + int(ALONE_SECONDS) - 1)
    waits = dog.look(show, since + ALONE_SECONDS + 1)
    assert waits is not None
    assert (waits.remedy, waits.second) == (Remedy.WAIT, 90.0)


def test_loading_may_take_a_while(singing: tuple[Box, Actor, ShowView]) -> None:
    _, stage, show = singing
    assert show.now is not None
    show = replace(show, now=replace(show.now, state=PlayState.STARTING))
    dog = Watchdog()
    found = []
    for second in range(10, 40):
        dog.heard(stage.id, beat(show, second, cue=None, position=None))
        found += orders(dog, show, second, second + 1)
    assert found[0][1] == Remedy.RECUE
    assert found[0][0] == pytest.approx(10 + LOADING_SECONDS, abs=0.3)


def test_a_song_waits_for_its_stage_and_goes_on_by_itself(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, show = singing
    dog = Watchdog()
    found = []
    for second in range(8, 8 + int(DEAF_SECONDS) + 2):
        dog.heard(stage.id, beat(show, second, armed=False, position=7.0))
        found += orders(dog, show, second, second + 1)
    assert [remedy for _, remedy in found] == [Remedy.WAIT]
    with box.db.write() as s:
        watchdog.carry_out(s, order(s, Remedy.WAIT, stage.id, second=7.0))
        assert (night.playback(s).state, night.playback(s).position) == (PlayState.PAUSED, 7.0)
        show = views.show(s)
    dog.heard(stage.id, beat(show, 60.0, cue=None, position=None))
    back = dog.look(show, 60.0)
    assert back is not None
    assert back.remedy == Remedy.GO_ON
    with box.db.write() as s:
        watchdog.carry_out(s, back)
        playback = night.playback(s)
        assert (playback.state, playback.sounds_from, playback.trouble) == (PlayState.STARTING, 6.0, "")


def test_a_page_that_was_closed_pauses_the_song_at_once(singing: tuple[Box, Actor, ShowView]) -> None:
    """Where it was heard last: nothing is sung to an empty room."""
    box, stage, show = singing
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    dog.left(stage.id, 10.6, closed=True)
    found = orders(dog, show, 10, 20)
    assert found[0][1] == Remedy.LEFT
    assert found[0][0] == pytest.approx(10.6 + LEFT_SECONDS, abs=0.3)
    again = dog.look(show, 30.0)
    assert again is not None
    assert again.second == pytest.approx(10.6, abs=0.1)
    with box.db.write() as s:
        watchdog.carry_out(s, replace(again, second=5.0))
        stages.saw(s, stage.id, connected=False, armed=False)
        assert (night.playback(s).state, night.playback(s).position) == (PlayState.PAUSED, 5.0)
        show = views.show(s)
    assert [each.key for each in problems(show, (), "box", 1)] == ["trouble-left"]
    assert "box/stage" in problems(show, (), "box", 1)[0].words
    dog.heard(stage.id, beat(show, 31.0, armed=False, cue=None, position=None))
    assert not orders(dog, show, 31, 33), "it is back, and wants its tap"
    with box.db.write() as s:
        stages.saw(s, stage.id, connected=True, armed=False)
        assert "box/stage" not in problems(views.show(s), (), "box", 1)[0].words
    dog.heard(stage.id, beat(show, 34.0, cue=None, position=None))
    back = dog.look(show, 34.0)
    assert back is not None
    assert back.remedy == Remedy.GO_ON


def test_a_page_that_comes_back_without_its_sound_is_not_waited_for(
    singing: tuple[Box, Actor, ShowView],
) -> None:
    _, stage, show = singing
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    dog.left(stage.id, 20.0, closed=False)
    dog.heard(stage.id, beat(show, 20.0, armed=False, cue=None, position=None))
    found = dog.look(show, 20.0 + LEFT_SECONDS)
    assert found is not None
    assert (found.remedy, round(found.second)) == (Remedy.LEFT, 10)


def test_a_page_that_is_soon_back_with_its_sound_goes_on(singing: tuple[Box, Actor, ShowView]) -> None:
    _, stage, show = singing
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    dog.left(stage.id, 10.2, closed=True)
    dog.heard(stage.id, beat(show, 12.0))
    assert not orders(dog, show, 12, 15)


def test_a_page_that_is_back_has_time_to_say_what_it_plays(singing: tuple[Box, Actor, ShowView]) -> None:
    """It says at once that it is there, and how it plays only with its first beat."""
    _, stage, show = singing
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    dog.left(stage.id, 10.2, closed=True)
    dog.back(stage.id, 12.8)
    assert not orders(dog, show, 12.8, 14)
    dog.heard(stage.id, beat(show, 14.0))
    assert not orders(dog, show, 14, 16)


def test_a_spare_takes_over_from_a_page_that_was_closed(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, _ = singing
    with box.db.write() as s:
        spare = arm_a_stage(s)
        show = views.show(s)
    dog = Watchdog()
    dog.heard(stage.id, beat(show, 10.0))
    dog.left(stage.id, 10.0, closed=True)
    dog.heard(spare.id, Beat(at=12.0))
    found = dog.look(show, 10.0 + LEFT_SECONDS)
    assert found is not None
    assert found.remedy == Remedy.HAND_OVER


def test_a_song_waits_when_no_stage_ever_spoke(singing: tuple[Box, Actor, ShowView]) -> None:
    """The box was started anew, and the TV is gone for good."""
    box, stage, _ = singing
    with box.db.write() as s:
        stages.saw(s, stage.id, connected=False, armed=False)
        show = views.show(s)
        with pytest.raises(NotReady):
            player.pause(s, BOX)
            player.play(s, BOX)
    found = orders(Watchdog(), show, 10, 60)
    assert found[0][1] == Remedy.WAIT
    assert found[0][0] == pytest.approx(10 + ALONE_SECONDS, abs=0.3)


def test_what_could_not_be_played_is_skipped_and_not_counted(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, _ = singing
    with box.db.write() as s:
        watchdog.carry_out(s, order(s, Remedy.RECUE, stage.id, second=9.0))
        assert night.playback(s).position == 9.0
        watchdog.carry_out(s, order(s, Remedy.JUMP, stage.id, second=9.0))
        assert night.playback(s).position == 9.0 + watchdog.JUMP_SECONDS
        watchdog.carry_out(s, order(s, Remedy.SKIP, stage.id))
        assert s.exec(select(Turn)).one().state == TurnState.SKIPPED
        assert not s.exec(select(Performance)).one().counted
        told = json.loads(views.show(s).trouble)
        assert told == {"key": "skipped", "singer": "Ada", "title": "Creep"}


def test_after_the_last_word_the_song_ends_with_its_sound(singing: tuple[Box, Actor, ShowView]) -> None:
    box, stage, show = singing
    dog = Watchdog()
    for at, quiet in ((5.0, 3.0), (10.0, QUIET_SECONDS - 0.5)):
        dog.heard(stage.id, beat(show, at, quiet=quiet))
        assert dog.look(show, at) is None, "a breath between the lines, or not yet long enough"
    dog.heard(stage.id, beat(show, 11.0, quiet=QUIET_SECONDS))
    over = dog.look(show, 11.0)
    assert over is not None
    assert over.remedy == Remedy.FINISH
    with box.db.write() as s:
        watchdog.carry_out(s, replace(over, turn="another one"))
        assert night.playback(s).scene == Scene.PLAYING, "that song is over already"
        watchdog.carry_out(s, over)
        assert night.playback(s).scene == Scene.APPLAUSE
        assert night.playback(s).trouble == ""


@pytest.mark.parametrize(
    "said", [{}, {"armed": 1, "cue": "x", "position": float("nan"), "quiet": None, "trouble": 7}]
)
def test_whatever_a_stage_says_is_taken_for_what_it_is_worth(said: dict[str, object]) -> None:
    found = heard(said)
    assert (found.armed, found.cue, found.position, found.quiet) == (False, None, None, 0.0)


def test_a_new_process_counts_on_while_the_machine_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_began", 1000.0)
    monkeypatch.setattr(clock, "BOOT", tmp_path / "boot")
    (tmp_path / "boot").write_text("one")
    clock.go_on(tmp_path / "clock.json", busy=True)
    for boot, busy, counts_on in (("one", True, True), ("one", False, False), ("two", True, False)):
        (tmp_path / "clock.json").write_text('{"boot": "one", "began": 1000.0}')
        (tmp_path / "boot").write_text(boot)
        monkeypatch.setattr(clock, "_began", 5000.0)  # the box's clock was set meanwhile
        clock.go_on(tmp_path / "clock.json", busy=busy)
        assert (clock.at(0.0) == 1000.0) == counts_on
    (tmp_path / "clock.json").write_text("torn")
    clock.go_on(tmp_path / "clock.json", busy=True)
    assert clock.at(0.0) == 5000.0


def test_the_clock_of_the_box_moves_no_song(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now()
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert before <= clock.now() < before + 600


@pytest.mark.parametrize("remedy", sorted({*Remedy} - {Remedy.CLEAR, Remedy.FINISH, Remedy.GO_ON}))
def test_the_host_reads_what_was_done(remedy: Remedy) -> None:
    trouble = json.dumps({"key": remedy.value, "singer": "Ada", "title": "Creep"})
    first = problems(replace(ShowView(), trouble=trouble), (), "box", 1)[0]
    assert first.words
    assert "{" not in first.words
