"""The rules of the night: who may ask, in which order, and what the player does with a turn."""

import time

import pytest
from sqlmodel import Session, select

from karaoke_ui.show import clock, desk, messages, night, people, player, stages, undo, views, watch
from karaoke_ui.show.readiness import Ready, readiness
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.scenes import COUNTDOWN_SECONDS
from karaoke_ui.show.tables import MessageState, Performance, Playback, PlayState, Turn, TurnState
from pipeline import jobs, library
from pipeline.audio import stems
from pipeline.box import Box
from pipeline.errors import AlreadyThere, BadValue, Conflict, NotFound, NotReady, RightsError, StaleQueue
from pipeline.tables import NOT_URGENT, Job, JobState, Song, Track, TrackState, new_id


def add_song(s: Session, title: str, *, ready: bool = True, seconds: float = 100.0) -> str:
    song = Song(title=title)
    s.add(song)
    s.flush()
    track = Track(
        song_id=song.id,
        source="upload",
        file_name="a",
        original="original",
        sha256=new_id(),
        bytes=1,
        seconds=seconds,
    )
    if ready:
        track.state, track.engine, track.chunks, track.separated = TrackState.READY, "htdemucs", 25, 25
    s.add(track)
    s.flush()
    if not ready:
        jobs.create(s, track.id)
    return song.id


def join(s: Session, name: str) -> Actor:
    return Actor(Role.SINGER, people.join(s, NOBODY, device=f"phone of {name}", name=name).id)


def arm_a_stage(s: Session) -> Actor:
    stage = stages.known(s, new_id())
    stages.saw(s, stage.id, connected=True, armed=True)
    stages.pair(s, BOX, stage.code)
    return Actor(Role.STAGE, stage.id)


def order(s: Session) -> list[str]:
    return [view.singer for view in views.show(s).queue]


def test_who_asks_first_sings_first(box: Box) -> None:
    with box.db.write() as s:
        for name in ("Ada", "Ben", "Cleo"):
            night.ask(s, join(s, name), add_song(s, f"Song of {name}"))
        assert order(s) == ["Ada", "Ben", "Cleo"]


def test_the_same_phone_is_the_same_singer(box: Box) -> None:
    with box.db.write() as s:
        first = people.join(s, NOBODY, device="phone", name="Ada")
        again = people.join(s, NOBODY, device="phone", name="  Ada \n Lovelace ")
        assert first.id == again.id
        assert again.name == "Ada Lovelace"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 25])
def test_a_name_has_letters_and_fits_the_stage(box: Box, name: str) -> None:
    with pytest.raises(BadValue), box.db.write() as s:
        people.join(s, NOBODY, device="phone", name=name)


def test_nobody_asks_twice_for_the_same_song_or_for_all_songs(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        song = add_song(s, "Creep")
        night.ask(s, ada, song)
        with pytest.raises(AlreadyThere):
            night.ask(s, ada, song)
        for n in range(night.MAX_WAITING - 1):
            night.ask(s, ada, add_song(s, f"Song {n}"))
        with pytest.raises(Conflict):
            night.ask(s, ada, add_song(s, "One too many"))


def test_a_singer_removes_only_her_own_turns_and_can_undo_that(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        hers, his = night.ask(s, ada, add_song(s, "Creep")), night.ask(s, ben, add_song(s, "Bad"))
        with pytest.raises(RightsError):
            night.remove(s, ada, his.id)
        night.remove(s, ada, hers.id)
        assert order(s) == ["Ben"]
        undo.put_back(s, ada, hers.id)
        assert order(s) == ["Ada", "Ben"], "the old place, not the end"


def test_a_press_on_an_older_sight_of_the_queue_is_refused(box: Box) -> None:
    with box.db.write() as s:
        turn = night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        seen = night.current(s).version
        night.ask(s, join(s, "Ben"), add_song(s, "Bad"))
        with pytest.raises(StaleQueue):
            night.move(s, BOX, turn.id, 1, version=seen)
        night.move(s, BOX, turn.id, 1, version=night.current(s).version)
        assert order(s) == ["Ben", "Ada"]


@pytest.mark.parametrize("to", [-3, 0, 1, 2, 3, 99])
def test_moving_one_keeps_everybody_else_in_order(box: Box, to: int) -> None:
    names = ["Ada", "Ben", "Cleo", "Dan"]
    with box.db.write() as s:
        turns = {name: night.ask(s, join(s, name), add_song(s, f"Song of {name}")) for name in names}
        for name in names:
            before = order(s)
            night.move(s, BOX, turns[name].id, to)
            after = order(s)
            assert after.index(name) == max(0, min(to, len(names) - 1))
            assert [n for n in after if n != name] == [n for n in before if n != name]


def test_the_work_follows_the_queue(box: Box) -> None:
    with box.db.write() as s:
        first, second = add_song(s, "First", ready=False), add_song(s, "Second", ready=False)
        night.ask(s, join(s, "Ada"), first)
        turn = night.ask(s, join(s, "Ben"), second)
        urgency = urgencies(s)
        assert urgency["First"] < urgency["Second"] < time.time() + 1000
        night.move(s, BOX, turn.id, 0)
        urgency = urgencies(s)
        assert urgency["Second"] < urgency["First"]
        night.remove(s, BOX, turn.id)
        assert urgencies(s)["Second"] == NOT_URGENT


def urgencies(s: Session) -> dict[str, float]:
    found = select(Song, Job).select_from(Job).join(Track).join(Song)
    return {song.title: job.urgency for song, job in s.exec(found)}


def test_a_song_is_played_to_its_end(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        turn = night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        started = player.play(s, BOX)
        assert (started.state, started.turn_id) == (PlayState.STARTING, turn.id)
        player.anchored(s, stage, cue=started.cue, position=0.0, at=time.time())
        assert night.playback(s).state == PlayState.PLAYING
        player.ended(s, stage, cue=started.cue)
        assert night.playback(s).state == PlayState.IDLE
        assert turn.state == TurnState.SUNG
        assert s.exec(select(Performance)).one().finished
        last = views.show(s).last
        assert last == views.SungView(("Ada",), "Creep")


def test_what_a_stage_says_of_an_older_cue_counts_nothing(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        old = player.play(s, BOX).cue
        player.restart(s, BOX)
        player.anchored(s, stage, cue=old, position=50.0, at=time.time())
        player.ended(s, stage, cue=old)
        playback = night.playback(s)
        assert (playback.state, playback.position) == (PlayState.STARTING, -COUNTDOWN_SECONDS)


def test_only_the_leading_stage_is_listened_to(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        spare = arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        cue = player.play(s, BOX).cue
        player.anchored(s, spare, cue=cue, position=0.0, at=time.time())
        assert night.playback(s).state == PlayState.STARTING


def test_nothing_starts_without_an_armed_stage_or_before_it_is_ready(box: Box) -> None:
    with box.db.write() as s:
        with pytest.raises(NotFound):
            player.play(s, BOX)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        with pytest.raises(NotReady):
            player.play(s, BOX)
        arm_a_stage(s)
        unready = night.ask(s, join(s, "Ben"), add_song(s, "Later", ready=False))
        with pytest.raises(NotReady, match="Later"):
            player.play(s, BOX, unready.id)
        assert player.play(s, BOX).state == PlayState.STARTING


def test_pause_keeps_the_second_and_gains_leave_the_sound_alone(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep"))
        cue = player.play(s, BOX).cue
        began = clock.now() - 2.0
        player.anchored(s, stage, cue=cue, position=0.0, at=began)
        before = night.playback(s).cue
        desk.set_guide(s, BOX, 0.5)
        desk.set_volume(s, BOX, 0.3)
        assert night.playback(s).cue == before
        paused = player.pause(s, BOX)
        assert 2.0 <= paused.position <= clock.now() - began
        assert player.play(s, BOX).position == paused.position
        with pytest.raises(BadValue):
            player.seek(s, BOX, 1000.0)
        assert player.seek(s, BOX, 30.0).position == 30.0
        player.skip(s, BOX)
        assert s.exec(select(Turn)).one().state == TurnState.SKIPPED
        assert not s.exec(select(Performance)).one().finished


def test_to_go_on_with_a_song_that_is_over_starts_nobody(box: Box) -> None:
    """Pressed on what was seen paused, just after somebody else had ended it."""
    with box.db.write() as s:
        arm_a_stage(s)
        ada = night.ask(s, join(s, "Ada"), add_song(s, "Creep")).id
        ben = night.ask(s, join(s, "Ben"), add_song(s, "My Way")).id
        player.play(s, BOX, ada)
        player.pause(s, BOX)
        assert player.go_on(s, BOX, ada).state == PlayState.STARTING
        player.pause(s, BOX)
        player.skip(s, BOX)
        assert player.go_on(s, BOX, ada).state == PlayState.IDLE
        player.play(s, BOX, ben)
        player.pause(s, BOX)
        assert player.go_on(s, BOX, ada).state == PlayState.PAUSED, "this is another one's"


def test_a_song_that_must_be_over_ends_without_any_stage(box: Box) -> None:
    with box.db.write() as s:
        stage = arm_a_stage(s)
        night.ask(s, join(s, "Ada"), add_song(s, "Creep", seconds=100))
        began = clock.now()
        player.anchored(s, stage, cue=player.play(s, BOX).cue, position=0.0, at=began)
        watch.look(s, began + 100)
        assert night.playback(s).state == PlayState.PLAYING
        watch.look(s, began + 100 + watch.END_GRACE_SECONDS + 1)
        assert night.playback(s).state == PlayState.IDLE


def test_a_leader_that_goes_is_followed_by_a_spare_and_a_code_lets_in_once(box: Box) -> None:
    with box.db.write() as s:
        first, second = arm_a_stage(s), arm_a_stage(s)
        assert [stage.leads for stage in stages.paired(s)] == [True, False]
        stages.saw(s, first.id, connected=False, armed=False)
        assert {stage.id: stage.leads for stage in stages.paired(s)} == {first.id: False, second.id: True}
        stages.saw(s, first.id, connected=True, armed=True)
        assert {stage.id: stage.leads for stage in stages.paired(s)} == {first.id: False, second.id: True}


def test_the_clock_runs_only_while_it_plays() -> None:
    playing = Playback(state=PlayState.PLAYING, position=10.0, at=100.0)
    assert clock.position(playing, 105.0) == 15.0
    assert clock.position(Playback(state=PlayState.PAUSED, position=10.0, at=100.0), 105.0) == 10.0
    assert not clock.is_over(playing, 20.0, 110.0, grace=3.0)
    assert clock.is_over(playing, 20.0, 114.0, grace=3.0)


def test_readiness_in_the_words_of_the_room() -> None:
    track = Track(
        song_id="s", source="upload", file_name="a", original="o", sha256="x", bytes=1, seconds=100, chunks=25
    )
    running = Job(track_id=track.id, step="separate", state=JobState.RUNNING)
    assert readiness(track, running, 0.3).state == Ready.SOON
    track.separated = 3
    assert readiness(track, running, 0.3).state == Ready.STARTABLE
    assert readiness(track, running, 2.0).state == Ready.SOON, "a slow box would be caught up with"
    assert readiness(track, None, 0.3).state == Ready.SOON, "nobody works on it"
    track.separated = 25
    assert readiness(track, None, 0.3).state == Ready.READY
    track.separated, track.state = 0, TrackState.FAILED
    failed = readiness(
        track, Job(track_id=track.id, step="decode", state=JobState.FAILED, error="It is damaged."), 1
    )
    assert (failed.state, failed.reason) == (Ready.FAILED, "It is damaged.")


def test_a_walk_up_needs_no_phone(box: Box) -> None:
    with box.db.write() as s:
        grandpa = people.add_walk_up(s, BOX, "Grandpa")
        night.ask(s, BOX, add_song(s, "My Way"), grandpa.id)
        (view,) = views.show(s).queue
        assert (view.singer, view.has_phone) == ("Grandpa", False)
        assert people.on_phone(s, "") is None


def test_the_song_on_stage_keeps_its_stems_until_it_is_over(box: Box) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        song, other = add_song(s, "Creep"), add_song(s, "Bad")
        turn = night.ask(s, join(s, "Ada"), song)
        night.ask(s, join(s, "Ben"), other)
        track, next_track = library.main_track(s, song), library.main_track(s, other)
        assert not stems.is_held(s, track.id)
        player.play(s, BOX, turn.id)
        assert stems.is_held(s, track.id)
        assert not stems.is_held(s, next_track.id)
        player.finish(s, BOX)
        assert not stems.is_held(s, track.id)


def test_a_line_for_the_room_goes_by_itself_unless_it_is_kept(box: Box) -> None:
    with box.db.write() as s:
        line = messages.say(s, BOX, "The bar closes at ten")
        then = clock.now() + messages.SHOWN_SECONDS
        assert not watch.is_due(views.show(s), then - 5)
        messages.keep(s, BOX)
        assert not watch.is_due(views.show(s), then + 1)
        watch.look(s, then + 1)
        assert views.show(s).message == line.text
        messages.keep(s, BOX, kept=False)
        then = clock.now() + messages.SHOWN_SECONDS
        assert watch.is_due(views.show(s), then + 1)
        watch.look(s, then + 1)
        assert (views.show(s).message, line.state) == ("", MessageState.OVER)
        with pytest.raises(NotFound):
            messages.keep(s, BOX)
