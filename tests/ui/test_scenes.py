"""From one singer to the next: whatever happens in whatever order, the show is never stuck and no turn is lost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from karaoke_ui.show import between, clock, director, night, player, rules, scenes, views, watch
from karaoke_ui.show.cues import Cues
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.scenes import (
    ANSWER_SECONDS,
    APPLAUSE_SECONDS,
    COUNT_IN_SECONDS,
    COUNTDOWN_SECONDS,
    PATIENCE_SECONDS,
    Call,
    Clear,
    End,
    Event,
    Facts,
    Miss,
    Pause,
    Restart,
    Resume,
    Roll,
    Seek,
    Show,
    Start,
    Step,
    Stop,
    Tick,
    move,
)
from karaoke_ui.show.tables import Performance, PlayState, Scene, Singer, Turn, TurnState
from pipeline import library, lyrics, words
from pipeline.box import Box
from pipeline.errors import Conflict, NotFound, NotReady
from tests.ui.test_night import add_song, arm_a_stage, join

EVENTS = st.one_of(
    st.builds(
        Start, st.sampled_from("abc"), st.none() | st.floats(0, 60), st.floats(0.7, 1.3), st.booleans()
    ),
    st.builds(Call, st.sampled_from("abc")),
    st.builds(End, st.sampled_from([TurnState.SUNG, TurnState.SKIPPED, TurnState.WAITING])),
    st.builds(Seek, st.floats(0, 200)),
    st.builds(Stop, st.none() | st.floats(1000, 9000)),
    *(st.builds(kind) for kind in (Miss, Pause, Resume, Restart, Roll, Clear, Tick)),
)
FACTS = st.builds(
    Facts,
    run_itself=st.booleans(),
    armed=st.booleans(),
    called_waits=st.booleans(),
    second=st.floats(-5, 200),
    first_word=st.none() | st.floats(0, 60),
    line=st.none() | st.floats(0, 200),
)


class Room:
    """The turns, as the writer keeps them."""

    def __init__(self) -> None:
        self.show = Show()
        self.now = 1000.0
        self.turns = dict.fromkeys("abc", TurnState.WAITING)

    def happens(self, event: Event, facts: Facts) -> Step:
        self.now += 1.0
        waiting = [turn for turn, state in self.turns.items() if state == TurnState.WAITING]
        following = next((turn for turn in waiting if turn != self.show.called), None)
        facts = replace(facts, following=following)
        before = self.show
        step = move(before, event, self.now, facts)
        self.show = step.show
        if before.turn and self.show.turn != before.turn:
            assert step.ended is not None, "a turn left the stage, and nobody said how"
            self.turns[before.turn] = step.ended
        if self.show.turn:
            self.turns[self.show.turn] = TurnState.ON_STAGE
        return step

    def check(self) -> None:
        show = self.show
        on_stage = [turn for turn, state in self.turns.items() if state == TurnState.ON_STAGE]
        assert on_stage == ([show.turn] if show.turn else []), "the turn on stage is the one that is shown"
        assert (show.sound == PlayState.IDLE) == (show.turn is None), "sound and turn come and go together"
        assert show.called is None or show.turn is None
        if show.turn:
            assert show.scene in (*scenes.ON_STAGE, *scenes.STOPPED)
        else:
            assert show.scene not in scenes.ON_STAGE
        assert (show.scene in (Scene.CALLED, Scene.WAITING)) <= (show.called is not None)
        assert show.position <= show.sounds_from or show.sounds_from == 0 or show.sound == PlayState.PAUSED
        if show.scene in (Scene.APPLAUSE, Scene.BREAK, Scene.CREDITS):
            assert show.until is not None, "it ends by itself"


@settings(max_examples=200)
@given(st.lists(st.tuples(EVENTS, FACTS), max_size=30))
def test_no_turn_is_lost_and_what_is_shown_is_what_is_true(story: list[tuple[Event, Facts]]) -> None:
    room = Room()
    for event, facts in story:
        may_start = not isinstance(event, Start | Call) or room.turns[event.turn] == TurnState.WAITING
        if may_start:
            room.happens(event, facts)
            room.check()
    over = {turn for turn, state in room.turns.items() if state in (TurnState.SUNG, TurnState.SKIPPED)}
    kept = {turn for turn, state in room.turns.items() if state == TurnState.WAITING}
    assert over | kept | ({room.show.turn} - {None}) == set("abc")


@settings(max_examples=150)
@given(st.lists(st.tuples(EVENTS, FACTS), max_size=20), st.booleans())
def test_from_everywhere_the_host_and_time_lead_to_the_next_song(
    story: list[tuple[Event, Facts]], run_itself: bool
) -> None:
    """Never stuck: going on, ending what plays and starting the next works from every state that can be reached."""
    room = Room()
    for event, facts in story:
        if not isinstance(event, Start | Call) or room.turns[event.turn] == TurnState.WAITING:
            room.happens(event, facts)
    facts = Facts(run_itself=run_itself)
    room.happens(Resume(), facts)
    room.happens(End(), facts)
    assert room.show.sound == PlayState.IDLE
    room.turns["c"] = TurnState.WAITING
    started = room.happens(Start("c"), facts).show
    assert (started.turn, started.sound) == ("c", PlayState.STARTING)


@settings(max_examples=100)
@given(st.lists(st.tuples(EVENTS, FACTS), max_size=20))
def test_what_waits_for_time_alone_is_moved_by_time(story: list[tuple[Event, Facts]]) -> None:
    room = Room()
    for event, facts in story:
        if not isinstance(event, Start | Call) or room.turns[event.turn] == TurnState.WAITING:
            room.happens(event, facts)
    if room.show.until is not None:
        before = room.show
        room.now = max(room.now, before.until or 0.0) + 1
        assert room.happens(Tick(), Facts()).show != before


def test_after_a_song_come_applause_and_the_next_name() -> None:
    sung = move(Show(Scene.PLAYING, turn="a", sound=PlayState.PLAYING), End(), 100, Facts(following="b"))
    assert (sung.show.scene, sung.ended) == (Scene.APPLAUSE, TurnState.SUNG)
    still = move(sung.show, Tick(), 100 + APPLAUSE_SECONDS / 2, Facts(following="b"))
    assert still.show == sung.show
    called = move(sung.show, Tick(), 100 + APPLAUSE_SECONDS, Facts(following="b")).show
    assert (called.scene, called.called, called.until) == (Scene.CALLED, "b", None)
    asked = move(called, Tick(), called.at + PATIENCE_SECONDS, Facts(following="c")).show
    assert (asked.scene, asked.called) == (Scene.WAITING, "b")
    for later in range(3):
        assert move(asked, Tick(), 10_000 * (later + 1), Facts(following="c")).show == asked, (
            "the host decides"
        )


def test_a_night_that_runs_itself_calls_misses_and_comes_back() -> None:
    alone = Facts(run_itself=True, following="a")
    called = move(Show(), Tick(), 0, alone).show
    assert (called.scene, called.called, called.until) == (Scene.CALLED, "a", ANSWER_SECONDS)
    assert move(Show(), Tick(), 0, replace(alone, armed=False)).show == Show(), "nobody would hear it"
    missed = move(called, Tick(), ANSWER_SECONDS, replace(alone, following="b"))
    assert (missed.show.called, missed.missed) == ("b", True)
    nobody_else = move(called, Tick(), ANSWER_SECONDS, replace(alone, following=None))
    assert (nobody_else.show.called, nobody_else.show.scene) == ("a", Scene.WAITING)


def test_it_is_counted_to_the_first_word() -> None:
    early = move(Show(), Start("a", first_word=1.5), 0, Facts()).show
    assert (early.scene, early.position) == (Scene.COUNTDOWN, 1.5 - COUNTDOWN_SECONDS)
    fast = move(Show(), Start("a", first_word=1.5, tempo=1.3), 0, Facts()).show
    assert fast.position == 1.5 - COUNTDOWN_SECONDS * 1.3, "as long for the room"
    late = move(Show(), Start("a", first_word=20.0), 0, Facts()).show
    assert late.position == 0.0
    running = replace(late, sound=PlayState.PLAYING)
    assert move(running, Tick(), 10, Facts(second=19.9, first_word=20.0)).show.scene == Scene.COUNTDOWN
    assert move(running, Tick(), 10, Facts(second=20.1, first_word=20.0)).show.scene == Scene.PLAYING


def test_a_song_goes_on_at_its_line_with_a_count_in() -> None:
    playing = Show(Scene.PLAYING, turn="a", sound=PlayState.PLAYING)
    stopped = move(playing, Stop(), 0, Facts(second=33.0)).show
    assert (stopped.scene, stopped.sound, stopped.position) == (Scene.HOLD, PlayState.PAUSED, 33.0)
    again = move(stopped, Resume(), 9, Facts(second=33.0, first_word=5.0, line=31.0)).show
    assert (again.scene, again.position, again.sounds_from) == (
        Scene.COUNTDOWN,
        31.0 - COUNT_IN_SECONDS,
        31.0,
    )
    between_lines = move(stopped, Resume(), 9, Facts(second=33.0, first_word=5.0)).show
    assert (between_lines.scene, between_lines.position) == (Scene.PLAYING, 33.0)


def test_a_break_ends_by_itself_but_not_in_the_middle_of_a_song() -> None:
    on_break = move(Show(), Stop(600), 0, Facts()).show
    assert move(on_break, Tick(), 599, Facts(following="a")).show == on_break
    assert move(on_break, Tick(), 600, Facts(following="a")).show.called == "a"
    in_song = move(Show(Scene.PLAYING, turn="a", sound=PlayState.PLAYING), Stop(600), 0, Facts(second=9)).show
    assert move(in_song, Tick(), 600, Facts()).show.scene == Scene.HOLD
    assert move(in_song, Tick(), 600, Facts(run_itself=True)).show.scene == Scene.PLAYING


def test_the_closing_number_is_followed_by_the_credits() -> None:
    closing = move(Show(), Start("a", 3.0, closing=True), 0, Facts()).show
    assert closing.scene == Scene.CLOSING
    held = move(replace(closing, sound=PlayState.PLAYING), Stop(), 5, Facts(second=2.0)).show
    assert move(held, Resume(), 9, Facts(second=2.0)).show.scene == Scene.CLOSING
    rolled = move(closing, End(), 10, Facts(credits_seconds=30)).show
    assert (rolled.scene, rolled.until) == (Scene.CREDITS, 40)
    assert move(rolled, Tick(), 40, Facts()).show.scene == Scene.IDLE


def test_where_a_song_goes_on_is_the_line_that_is_sung() -> None:
    known = Cues(((5.0, 8.0), (8.0, 11.0), (30.0, 33.0)))
    assert (known.first, known.last) == (5.0, 33.0)
    found = [known.line_at(second) for second in (0.0, 4.5, 6.0, 7.5, 10.9, 15.0, 29.5, 40.0)]
    assert found == [None, 5.0, 5.0, 8.0, 8.0, None, 30.0, None]
    assert Cues().line_at(3.0) is None


# ------------------------------------------------------------------------------------------------ in the database


def give_words(s: Session, song_id: str, *starts: float) -> None:
    lines = tuple(words.Line(start, start + 3.0, f"Line {n}") for n, start in enumerate(starts))
    lyrics.put(s, library.main_track(s, song_id).id, "lrc", words.Lyrics(lines, "line"))


def look(s: Session, later: float = 0.0) -> Scene:
    """Let so many seconds pass."""
    playback = night.playback(s)
    playback.scene_at -= later
    playback.at -= later
    playback.scene_until = playback.scene_until and playback.scene_until - later
    watch.look(s, clock.now())
    return night.playback(s).scene


def test_an_evening_from_one_singer_to_the_next(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began)  # no time passes but what is said here
    with box.db.write() as s:
        stage = arm_a_stage(s)
        first, unready, last = (
            add_song(s, "Creep"),
            add_song(s, "Later", ready=False),
            add_song(s, "My Way"),
        )
        give_words(s, first, 2.0, 5.0)
        night.ask(s, join(s, "Ada"), first)
        night.ask(s, join(s, "Ben"), unready)
        cleo = night.ask(s, join(s, "Cleo"), last)
        assert look(s) == Scene.IDLE, "the host begins the night"
        started = player.play(s, BOX)
        assert (started.scene, started.position) == (Scene.COUNTDOWN, -3.0)
        player.anchored(s, stage, cue=started.cue, position=-3.0, at=clock.now())
        assert look(s, 4.0) == Scene.COUNTDOWN
        assert look(s, 2.0) == Scene.PLAYING
        player.ended(s, stage, cue=started.cue)
        assert night.playback(s).scene == Scene.APPLAUSE
        assert look(s, APPLAUSE_SECONDS) == Scene.CALLED
        assert night.playback(s).called_id == cleo.id, "the song that is not ready is never called"
        assert cleo.called_at is not None, "locked from here on"
        shown = views.show(s).scene.called
        assert shown is not None
        assert (shown.singer, shown.title, shown.ready) == ("Cleo", "My Way", True)
        night.remove(s, BOX, cleo.id)
        assert look(s) == Scene.IDLE, "nobody else can be called"


def test_a_singer_who_does_not_come_keeps_the_place(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        ada = night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        ben = night.ask(s, join(s, "Ben"), add_song(s, "My Way"))
        rules.change(s, BOX, night.current(s), {"run": "itself"})
        assert look(s) == Scene.CALLED
        assert look(s, PATIENCE_SECONDS) == Scene.WAITING
        assert look(s, ANSWER_SECONDS) == Scene.CALLED
        assert (night.playback(s).called_id, ada.missed, ada.called_at) == (ben.id, 1, None)
        between.miss(s, BOX)
        assert night.playback(s).called_id == ada.id


def test_the_called_singer_starts_a_night_that_runs_itself(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn = night.ask(s, ada, add_song(s, "Creep"))
        between.call(s, BOX)
        assert between.arrive(s, ada).state == PlayState.IDLE, "the host starts"
        rules.change(s, BOX, night.current(s), {"run": "itself"})
        assert between.arrive(s, ben).state == PlayState.IDLE, "not their turn"
        assert between.arrive(s, ada).turn_id == turn.id
        player.false_start(s, BOX)
        assert (turn.state, night.playback(s).called_id) == (TurnState.WAITING, turn.id)
        assert s.exec(select(Performance)).first() is None
        assert between.arrive(s, stage, "another one").turn_id is None, "that name is up no more"
        assert between.arrive(s, stage, turn.id).turn_id == turn.id, "a tap at the stage"


def test_who_stops_at_once_has_not_used_the_turn_up(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        player.play(s, BOX)
        player.restart(s, BOX)
        player.skip(s, BOX)
        assert not s.exec(select(Performance)).one().counted
        with pytest.raises(NotFound):
            player.finish(s, BOX)


def test_a_long_intro_can_be_skipped_and_a_short_one_not(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        song = add_song(s, "Creep")
        give_words(s, song, 30.0)
        night.ask(s, join(s, "Ada"), song)
        player.play(s, BOX)
        assert player.skip_intro(s, BOX).position == 25.0
        assert night.playback(s).scene == Scene.COUNTDOWN
        with pytest.raises(Conflict):
            player.skip_intro(s, BOX)


def test_hold_break_and_going_on(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        turn = night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        between.call(s, BOX)
        assert between.hold(s, BOX).scene == Scene.HOLD
        assert between.go_on(s, BOX).called_id == turn.id
        player.play(s, BOX)
        assert between.hold(s, BOX).state == PlayState.PAUSED
        assert between.take_break(s, BOX, 10).scene_until == pytest.approx(clock.now() + 600, abs=5)
        assert player.play(s, BOX).state == PlayState.STARTING
        with pytest.raises(Conflict):
            between.call(s, BOX)


def test_the_night_ends_with_a_song_of_all_and_everybodys_name(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        song = add_song(s, "Creep")
        night.ask(s, join(s, "Ada"), song)
        player.play(s, BOX)
        player.finish(s, BOX)
        with pytest.raises(NotReady):
            between.close(s, BOX, add_song(s, "Later", ready=False))
        closing = between.close(s, BOX, song)
        assert closing.scene == Scene.CLOSING
        shown = views.show(s)
        assert shown.credits is not None
        assert [(name.name, name.songs) for name in shown.credits.names] == [("Ada", 1)]
        player.anchored(s, stage, cue=closing.cue, position=-5.0, at=clock.now())
        player.ended(s, stage, cue=closing.cue)
        assert night.playback(s).scene == Scene.CREDITS
        assert look(s, director.CREDITS_MOST) == Scene.IDLE
        between.close(s, BOX, song)
        assert len(s.exec(select(Singer)).all()) == 2, "“Everybody” is one singer, night after night"
        assert s.exec(select(Turn).where(Turn.closing)).all()[0].state == TurnState.SUNG
