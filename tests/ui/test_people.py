"""People and their phones: one person is the same one whatever they hold, and two are never taken for one."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from karaoke_ui import auth
from karaoke_ui.pages.host.deeds import listed
from karaoke_ui.show import (
    deeds,
    guests,
    history,
    lineup,
    names,
    night,
    nights,
    people,
    player,
    rules,
    turns,
    undo,
    views,
    wordlist,
)
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.keys import Kept, Range, suggest
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.tables import Hint, Partner, Performance, Singer, Turn, TurnState
from karaoke_ui.show.views.scene import credits_of
from karaoke_ui.text import together
from pipeline.box import Box
from pipeline.errors import BadValue, Conflict, NotFound, RightsError, WrongCode
from pipeline.tables import Track
from tests.ui.test_night import add_song, arm_a_stage, join, order


def who(s: Session, token: str) -> str:
    return auth.singer(s, token).id


def test_several_singers_share_a_phone_and_one_is_chosen(box: Box) -> None:
    with box.db.write() as s:
        ada = people.join(s, NOBODY, "phone", "Ada")
        ben = people.share(s, Actor(Role.SINGER, ada.id), "phone", "Ben")
        assert who(s, "phone") == ben.id
        assert [each.name for each in people.sharing(s, "phone")] == ["Ada", "Ben"]
        people.choose(s, Actor(Role.SINGER, ben.id), "phone", ada.id)
        assert who(s, "phone") == ada.id
        stranger = people.join(s, NOBODY, "another phone", "Cleo")
        with pytest.raises(RightsError):
            people.choose(s, Actor(Role.SINGER, ada.id), "phone", stranger.id)
        with pytest.raises(RightsError):
            people.share(s, Actor(Role.SINGER, stranger.id), "phone", "Dan")


def test_four_letters_bring_a_phone_back_to_its_singer(box: Box) -> None:
    with box.db.write() as s:
        ada = people.join(s, NOBODY, "old phone", "Ada")
        assert len(ada.recovery) == people.CODE_LENGTH
        for wrong in ("", "AAAA", ada.recovery[:3]):
            with pytest.raises(WrongCode):
                people.recover(s, NOBODY, "new phone", wrong)
        assert people.recover(s, NOBODY, "new phone", f" {ada.recovery.lower()} ").id == ada.id
        assert who(s, "new phone") == who(s, "old phone") == ada.id


def test_two_of_the_same_name_are_told_apart_on_every_screen(box: Box) -> None:
    with box.db.write() as s:
        for phone in ("one", "two"):
            people.join(s, NOBODY, phone, "Maria" if phone == "one" else "maria")
        people.join(s, NOBODY, "three", "Tom")
        assert [each.name for each in views.singers(s)] == ["Maria A.", "maria B.", "Tom"]
        second = people.on_phone(s, "two")
        assert second is not None
        night.ask(s, Actor(Role.SINGER, second.id), add_song(s, "Creep"))
        assert order(s) == ["maria B."]
    assert names.told_apart([("1", "Ada"), ("2", "Ben")]) == {"1": "Ada", "2": "Ben"}


NAMES = st.sampled_from(
    ["Maria", "maria", "Maria A.", "MARIA A.", "Maria A. A.", "Maria B.", "José", "Jose\u0301", "Tom"]
)


@given(typed=st.lists(NAMES, max_size=40))
def test_whatever_people_call_themselves_no_two_are_shown_with_one_name(typed: list[str]) -> None:
    shown = names.told_apart([(str(n), name) for n, name in enumerate(typed)])
    assert len({normalize("NFC", name).casefold() for name in shown.values()}) == len(typed)


def test_a_letter_makes_no_name_that_somebody_has() -> None:
    typed_first = names.told_apart([("1", "Maria"), ("2", "Maria A."), ("3", "maria")])
    assert typed_first == {"1": "Maria B.", "2": "Maria A.", "3": "maria C."}
    typed_last = names.told_apart([("1", "Maria"), ("2", "maria"), ("3", "Maria A.")])
    assert typed_last == {"1": "Maria A.", "2": "maria B.", "3": "Maria A. A."}, "the screens said it first"
    many = names.told_apart([(str(n), "Bo") for n in range(28)])
    assert [many["25"], many["26"], many["27"]] == ["Bo Z.", "Bo AA.", "Bo AB."]


def test_two_devices_of_one_person_become_one(box: Box) -> None:
    with box.db.write() as s:
        ada, again = join(s, "Ada"), join(s, "Ada Two")
        creep, bad = add_song(s, "Creep"), add_song(s, "Bad")
        night.ask(s, ada, creep)
        twice = night.ask(s, BOX, creep, again.id)
        night.ask(s, again, bad)
        history.favour(s, ada, creep, True)
        history.favour(s, again, creep, True)
        history.favour(s, again, bad, True)
        guests.merge(s, BOX, ada.id, again.id)
        assert who(s, "phone of Ada Two") == who(s, "phone of Ada") == ada.id
        assert order(s) == ["Ada", "Ada"]
        assert twice.state == TurnState.REMOVED, "the same song of the same person is sung once"
        assert set(history.favourites(s, ada.id)) == {creep, bad}
        assert [each.id for each in views.singers(s)] == [ada.id]
        with pytest.raises(Conflict):
            guests.merge(s, BOX, ada.id, ada.id)
        with pytest.raises(NotFound):
            guests.rename(s, BOX, again.id, "Nobody")


def test_two_who_were_taken_for_one_are_two_again(box: Box) -> None:
    with box.db.write() as s:
        ada, again, ben = join(s, "Ada"), join(s, "Ada Two"), join(s, "Ben")
        creep, bad = add_song(s, "Creep"), add_song(s, "Bad")
        songs = {creep: "Creep", bad: "Bad"}
        night.ask(s, ada, creep)
        night.ask(s, BOX, creep, again.id)
        night.ask(s, again, bad)
        along = night.ask(s, ben, add_song(s, "Shallow"), wanted=Wanted(partner_ids=[again.id, ada.id]))
        turns.answer_duet(s, again, along.id, True)
        for each in (ada, again):
            history.favour(s, each, creep, True)
        history.favour(s, again, bad, True)
        people.remember(s, again, True)
        guests.pause(s, BOX, True, again.id)

    def all_of_it(s: Session) -> object:
        s.expire_all()
        waiting = [
            (turn.singer_id, songs[turn.song_id])
            for turn in lineup.waiting(s, night.current(s).id)
            if turn.song_id in songs
        ]
        loved = {each.id: sorted(history.favourites(s, each.id)) for each in (ada, again)}
        here = [(each.id, each.name, each.paused) for each in views.singers(s)]
        phones = [who(s, f"phone of {name}") for name in ("Ada", "Ada Two")]
        regular = [s.get_one(Singer, each.id).regular for each in (ada, again)]
        return waiting, loved, here, phones, regular, s.get_one(Turn, along.id).partners

    with box.db.write() as s:
        before = all_of_it(s)
        guests.merge(s, BOX, ada.id, again.id)
        assert all_of_it(s) != before
    with box.db.write() as s:
        night.ask(s, ada, add_song(s, "Since then"))
        undo.undo(s, BOX, next(each.id for each in listed(s) if each.can_undo and "Ada Two" in each.words))
        assert all_of_it(s) == before
        night.ask(s, again, add_song(s, "By herself again"))
        assert [turn.singer_id for turn in lineup.waiting(s, night.current(s).id)][-2:] == [ada.id, again.id]


def test_who_is_merged_on_can_no_longer_be_parted(box: Box) -> None:
    with box.db.write() as s:
        ada, again, third = join(s, "Ada"), join(s, "Ada Two"), join(s, "Ada Three")
        guests.merge(s, BOX, ada.id, again.id)
        first = deeds.of_night(s, night.current(s).id)[0].id or 0
        guests.merge(s, BOX, third.id, ada.id)
        with pytest.raises(Conflict):
            undo.undo(s, BOX, first)
        undo.undo_last(s, BOX)
        undo.undo(s, BOX, first)
        assert len(views.singers(s)) == 3


def test_what_the_host_decides_about_somebody_can_be_undone(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        night.ask(s, ada, add_song(s, "Creep"))
        guests.send_home(s, BOX, ada.id)
        assert order(s) == []
        assert views.singer(s, ada.id).removed
        with pytest.raises(Conflict):
            night.ask(s, ada, add_song(s, "Bad"))
        undo.undo_last(s, BOX)
        assert order(s) == ["Ada"]
        guests.hide_name(s, BOX, ada.id)
        assert (order(s), views.singer(s, ada.id).muted) == (["Guest"], True)
        undo.undo_last(s, BOX)
        assert (order(s), views.singer(s, ada.id).muted) == (["Ada"], False)
        guests.rename(s, BOX, ada.id, spoken="AY-da")
        assert views.singer(s, ada.id).spoken == "AY-da"


def test_who_pauses_is_passed_over_and_is_first_again_when_back(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        night.ask(s, ada, add_song(s, "Creep"))
        night.ask(s, ben, add_song(s, "Bad"))
        guests.pause(s, ada, True)
        assert order(s) == ["Ben", "Ada"]
        with pytest.raises(RightsError):
            guests.pause(s, ada, True, ben.id)
        guests.pause(s, BOX, False, ada.id)
        assert order(s) == ["Ada", "Ben"]
        people.hint(s, ada, Hint.COMING)
        assert views.singer(s, ada.id).hint == Hint.COMING
        assert order(s) == ["Ada", "Ben"], "a phone's answer is a hint and moves nothing"


@pytest.mark.parametrize(
    "name",
    [
        *("fuck you", "F.U.C.K", "f u c k", "Sh1t", "shit!", "fuuuuck", "You Bastard", "slut", "wankers"),
        *("Hurensohn", "ARSCHLOCH", "Bastarde", "Ärsche", "Scheiße!!", "Sieg Heil"),
        *("Salope", "trou du cul", "CUL!", "cuuuul", "tête d’enculé", "Merde !"),
        *("Gilipollas", "hijo de puta", "¡Mierda!", "el culo", "me cago en todo"),
    ],
)
def test_a_name_passes_the_list_of_words(box: Box, name: str) -> None:
    with pytest.raises(BadValue), box.db.write() as s:
        people.join(s, NOBODY, "phone", name)


@pytest.mark.parametrize(
    "name",
    [
        *("Dick Tracy", "Scunthorpe", "Isis", "Anna Heil", "Cassandra", "Analena", "Peniston", "Fickle"),
        *("John Cull", "Alice Nutter", "Cuntz", "Hercules", "Culkin", "Mose", "Concha", "Wir wanken heim"),
        *("Désolé du retard", "Cul sec !", "Cul-de-sac", "Salopette", "Ass im Ärmel", "Die FDP", "Maria!"),
        *("Les Enfoirés", "Con calma", "Cono Sur", "Another One Bites the Dust", "Constance", "Écurie"),
    ],
)
def test_and_nobody_is_refused_for_letters_within_a_name(name: str) -> None:
    assert not wordlist.is_rude(name)


def test_a_key_is_suggested_from_what_was_kept_before() -> None:
    song = Range(57, 69)
    assert suggest("a", song, []) is None
    assert suggest("a", song, [Kept("a", -3)]) == -3, "the same song: as last time"
    low = [Kept("x", 0, Range(50, 62)), Kept("y", -2, Range(54, 64))]
    assert suggest("a", song, low) == -6
    assert suggest("a", Range(56, 68), [Kept("x", 0, Range(56, 67)), Kept("y", 0, Range(57, 69))]) == 0
    octave = [Kept("x", 0, Range(45, 57)), Kept("y", 0, Range(45, 57))]
    assert suggest("a", song, octave) == 0, "an octave lower is the same key"


def test_the_usual_of_somebody_who_wants_to_be_remembered(box: Box) -> None:
    with box.db.write() as s:
        ada = join(s, "Ada")
        creep, bad = add_song(s, "Creep"), add_song(s, "Bad")
        for n, (song_id, key) in enumerate([(creep, -1), (bad, 0), (creep, -2)]):
            turn = night.ask(s, BOX, song_id, ada.id)
            turn.state = TurnState.SUNG
            s.add(
                Performance(
                    turn_id=turn.id,
                    night_id=turn.night_id,
                    singer_id=ada.id,
                    song_id=song_id,
                    started_at=100.0 + n,
                    ended_at=200.0 + n,
                    finished=True,
                    key=key,
                )
            )
            s.flush()
        assert [(each.title, each.key) for each in history.of_singer(s, ada.id)] == [
            ("Creep", -2),
            ("Bad", 0),
            ("Creep", -1),
        ]
        assert history.usual(s, ada.id) == []
        people.remember(s, ada, True)
        assert [(each.title, each.key, each.times) for each in history.usual(s, ada.id)] == [
            ("Creep", -2, 2),
            ("Bad", 0, 1),
        ]
        assert history.suggested_key(s, ada.id, creep) == -2
        track = s.get_one(Track, views.song(s, bad).track_id)
        track.lowest, track.highest = 50.0, 60.0
        s.add(track)
        assert history.suggested_key(s, ada.id, add_song(s, "New")) is None


def test_who_is_asked_to_sing_along_answers_alone(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo, dan = (join(s, name) for name in ("Ada", "Ben", "Cleo", "Dan"))
        grandpa = people.add_walk_up(s, BOX, "Grandpa")
        turn = night.ask(s, ada, add_song(s, "Shallow"))
        turns.change(s, ada, turn.id, partner_ids=[ben.id, cleo.id, grandpa.id])
        assert turn.partners == {ben.id: "asked", cleo.id: "asked", grandpa.id: "yes"}, "he stands beside her"
        with pytest.raises(RightsError):
            turns.answer_duet(s, dan, turn.id, True)
        turns.answer_duet(s, ben, turn.id, True)
        assert night.next_turn(s) is None, "Cleo has not answered"
        turns.answer_duet(s, cleo, turn.id, False)
        assert night.next_turn(s) is turn, "it goes on with those who said yes"
        view = views.turn(s, turn.id)
        assert view.names == ("Ada", "Ben", "Grandpa")
        assert [each.name for each in view.who(Partner.NO)] == ["Cleo"], "Ada is told"
        for act in (turns.later, turns.come_early):
            with pytest.raises(RightsError):
                act(s, ben, turn.id)


def test_answers_are_kept_while_others_are_asked(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo = join(s, "Ada"), join(s, "Ben"), join(s, "Cleo")
        turn = night.ask(s, ada, add_song(s, "Shallow"))
        turns.change(s, ada, turn.id, partner_ids=[ben.id])
        turns.answer_duet(s, ben, turn.id, True)
        turns.change(s, ada, turn.id, partner_ids=[cleo.id, ben.id])
        assert list(turn.partners.items()) == [(ben.id, "yes"), (cleo.id, "asked")]
        turns.answer_duet(s, cleo, turn.id, False)
        turns.change(s, ada, turn.id, key=2)
        assert turn.partners[cleo.id] == "no", "what is not named stays"
        turns.change(s, ada, turn.id, partner_ids=[ben.id, cleo.id])
        assert turn.partners == {ben.id: "yes", cleo.id: "asked"}, "who said no is asked again"
        turns.change(s, BOX, turn.id, partner_ids=[])
        assert turn.partners == {}
        undo.undo_last(s, BOX)
        assert turn.partners == {ben.id: "yes", cleo.id: "asked"}
        turns.answer_duet(s, BOX, turn.id, True, cleo.id)
        undo.undo_last(s, BOX)
        assert turn.partners[cleo.id] == "asked"
        many = [join(s, f"Guest {n}").id for n in range(6)]
        for wrong in (many, [ada.id], ["nobody"]):
            with pytest.raises(BadValue):
                turns.change(s, ada, turn.id, partner_ids=wrong)


def test_the_host_answers_for_one_or_for_all(box: Box) -> None:
    with box.db.write() as s:
        ada, *others = (join(s, name) for name in ("Ada", "Ben", "Cleo", "Dan"))
        turn = night.ask(s, ada, add_song(s, "Shallow"))
        with pytest.raises(NotFound):
            turns.answer_duet(s, BOX, turn.id, True)
        turns.change(s, ada, turn.id, partner_ids=[each.id for each in others])
        turns.answer_duet(s, BOX, turn.id, False, others[1].id)
        with pytest.raises(NotFound):
            turns.answer_duet(s, BOX, turn.id, True, ada.id)
        turns.answer_duet(s, BOX, turn.id, True)
        assert list(turn.partners.values()) == ["yes", "no", "yes"]


@pytest.mark.parametrize(
    ("counts", "expected"), [("both", ["Dan", "Ben", "Cleo"]), ("asker", ["Ben", "Cleo", "Dan"])]
)
def test_it_counts_for_those_who_sang(box: Box, counts: str, expected: list[str]) -> None:
    with box.db.write() as s:
        arm_a_stage(s)
        rules.change(s, BOX, night.current(s), {"duet_counts": counts})
        ada, ben, cleo, dan = (join(s, name) for name in ("Ada", "Ben", "Cleo", "Dan"))
        turn = night.ask(s, ada, add_song(s, "Shallow"))
        turns.change(s, ada, turn.id, partner_ids=[ben.id, cleo.id, dan.id])
        for who, yes in ((ben, True), (cleo, True), (dan, False)):
            turns.answer_duet(s, who, turn.id, yes)
        for who in (ben, cleo, dan):
            night.ask(s, who, add_song(s, f"A song of {who.id}"))
        player.play(s, BOX)
        player.finish(s, BOX)
        assert order(s) == expected
        sung = s.exec(select(Performance)).one()
        assert sung.partners == [ben.id, cleo.id]
        assert views.show(s).last == views.SungView(("Ada", "Ben", "Cleo"), "Shallow")
        assert [each.partners for each in history.of_singer(s, cleo.id)] == [("Ada", "Ben")]
        assert history.of_singer(s, dan.id) == []
        (line,) = nights.sung(s, night.current(s).id)
        assert line.partners == ("Ben", "Cleo")
        assert ",Ada,Ben & Cleo,Shallow," in nights.as_csv([line])
        roll = credits_of(s, night.current(s).id, {})
        assert [each.name for each in roll.names] == ["Ada", "Ben", "Cleo"]


def test_who_turns_out_to_be_somebody_else_still_sings_along(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, again, cleo = (join(s, name) for name in ("Ada", "Ben", "Ben Two", "Cleo"))
        both = night.ask(s, ada, add_song(s, "Shallow"))
        turns.change(s, ada, both.id, partner_ids=[cleo.id, again.id, ben.id])
        turns.answer_duet(s, again, both.id, True)
        herself = night.ask(s, ben, add_song(s, "Creep"))
        turns.change(s, ben, herself.id, partner_ids=[again.id])
        s.add(Performance(turn_id=both.id, night_id=both.night_id, singer_id=ada.id, song_id=both.song_id, started_at=1.0,
                          ended_at=2.0, partners=[again.id, cleo.id]))  # fmt: skip
        guests.merge(s, BOX, ben.id, again.id)
        assert list(both.partners.items()) == [(cleo.id, "asked"), (ben.id, "yes")]
        assert herself.partners == {}
        assert s.exec(select(Performance)).one().partners == [ben.id, cleo.id]
        assert [each.partners for each in history.of_singer(s, ben.id)] == [("Ada", "Cleo")]
        assert [(each.name, each.sung) for each in views.singers(s)] == [("Ada", 1), ("Ben", 1), ("Cleo", 1)]
        assert nights.figures(s, both.night_id).singers == nights.every(s)[0].singers == 3


def test_nobody_waits_for_one_who_was_sent_home(box: Box) -> None:
    with box.db.write() as s:
        ada, ben = join(s, "Ada"), join(s, "Ben")
        turn = night.ask(s, ada, add_song(s, "Shallow"))
        turns.change(s, ada, turn.id, partner_ids=[ben.id])
        guests.send_home(s, BOX, ben.id)
        assert (turn.partners, order(s)) == ({}, ["Ada"])
        undo.undo_last(s, BOX)
        assert turn.partners == {ben.id: "asked"}


def test_the_log_names_all_who_sing(box: Box) -> None:
    with box.db.write() as s:
        ada, ben, cleo = join(s, "Ada"), join(s, "Ben"), join(s, "Cleo")
        turn = night.ask(s, ada, add_song(s, "Shallow"), wanted=Wanted(partner_ids=[ben.id, cleo.id]))
        night.move(s, BOX, turn.id, 0)
        assert [each.words for each in listed(s)] == [
            "Moved Ada · with Ben & Cleo",
            "Ada sings Shallow · with Ben & Cleo",
        ]


def test_names_are_joined_as_they_are_read_out() -> None:
    assert [together(["Ada", "Ben", "Cleo", "Dan"][:n]) for n in range(5)] == [
        "",
        "Ada",
        "Ada & Ben",
        "Ada, Ben & Cleo",
        "Ada, Ben, Cleo & Dan",
    ]
    assert together(("Ada", "Ben"), "es") == "Ada y Ben"
    last = ["Inés", "Hilario", "Íñigo", "Ian", "Hierro", "Yago"]
    assert [together(("Ana", each), "es")[4] for each in last] == ["e", "e", "e", "y", "y", "y"]
