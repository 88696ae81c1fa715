"""Requests, singers, the night and the helpers on the host's panel, in NiceGUI's simulated browser."""

import asyncio
import time

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from karaoke_ui import auth, workers
from karaoke_ui.house import House
from karaoke_ui.pages.host import lists_sheet, printing, requests, rules_sheet
from karaoke_ui.show import cohosts, lists, messages, night, rules, views
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.rights import BOX, NOBODY, Right, Role
from karaoke_ui.show.tables import (
    CoHost,
    Guest,
    HouseList,
    Login,
    Message,
    MessageState,
    Night,
    Singer,
    Turn,
    TurnState,
)
from pipeline.box import Box
from pipeline.finding.filters import SINGABLE, Filters
from pipeline.tables import Song, Track, TrackState
from tests.ui.held import Answers
from tests.ui.panel import (
    PASSWORD,
    Bring,
    arm_a_stage,
    choose,
    guest,
    sees,
    sees_no,
    take_back,
    until,
    waiting,
    walk_up,
)
from tests.ui.test_night import add_song


def set_rules(house: House, **chosen: object) -> None:
    with house.box.db.write() as s:
        rules.change(s, BOX, night.current(s), chosen)


def tonight(house: House) -> rules.Rules:
    with house.box.db.read() as s:
        return rules.of(night.current(s))


# ---------------------------------------------------------------------------------------------------- requests
async def test_a_song_waits_for_the_hosts_yes(host: User, house: House, bring: Bring) -> None:
    set_rules(house, requests="approve")
    maria, tom = guest(house, "Maria"), guest(house, "Tom")
    daisy, sleeves = bring(), bring("Greensleeves")
    with house.box.db.write() as s:
        wanted = night.ask(s, maria, daisy.id)
        unwanted = night.ask(s, tom, sleeves.id)
    host.find(marker="tab-requests").click()
    await host.should_see(marker=f"asked-{unwanted.id}")
    await sees(host, "Requests 2")
    with host.scope(marker=f"asked-{wanted.id}"):
        host.find(marker="yes").click()
    await until(lambda: waiting(house) == ["Maria"])
    with host.scope(marker=f"asked-{unwanted.id}"):
        host.find(marker="no").click()
    await sees(host, "Refused Tom")
    await sees(host, "Nothing waits for you")
    with house.box.db.read() as s:
        assert s.get_one(Turn, unwanted.id).state == TurnState.REFUSED


async def test_a_line_waits_for_the_hosts_yes(host: User, house: House) -> None:
    tom = guest(house, "Tom")
    with house.box.db.write() as s:
        line = messages.say(s, tom, "Happy birthday, Maria")
    host.find(marker="tab-requests").click()
    await sees(host, "“Happy birthday, Maria”")
    with host.scope(marker=f"asked-{line.id}"):
        host.find(marker="yes").click()
    await until(lambda: house.live.show.message == "Happy birthday, Maria")
    with house.box.db.read() as s:
        assert s.get_one(Message, line.id).state == MessageState.SHOWN


async def test_a_line_that_comes_with_a_song_waits_for_the_hosts_yes(
    host: User, house: House, bring: Bring
) -> None:
    tom, daisy = guest(house, "Tom"), bring()
    with house.box.db.write() as s:
        turn = night.ask(s, tom, daisy.id, wanted=Wanted(message="Happy birthday, Maria"))
    host.find(marker="tab-requests").click()
    await sees(host, "Requests 1")
    await sees(host, "Tom would like the room to read this with “Daisy Bell”")
    with host.scope(marker=f"asked-line-{turn.id}"):
        host.find(marker="yes").click()
    await until(lambda: house.live.show.queue[0].line == "Happy birthday, Maria")
    await sees(host, "Nothing waits for you")
    await sees(host, "The room may read the line from Tom")
    await take_back(host)
    await host.should_see(marker=f"asked-line-{turn.id}")
    with host.scope(marker=f"asked-line-{turn.id}"):
        host.find(marker="no").click()
    await sees(host, "The line from Tom is not shown")
    host.find(marker="tab-queue").click()
    await choose(host, f"turn-{turn.id}", "Show their line")
    await until(lambda: house.live.show.queue[0].line == "Happy birthday, Maria")
    await choose(host, f"turn-{turn.id}", "Do not show their line")
    await until(lambda: house.live.show.queue[0].message_allowed is False)


async def test_without_a_house_list_the_host_is_told_that_nothing_can_be_asked_for(
    host: User, house: House, bring: Bring
) -> None:
    daisy = bring()
    with house.box.db.write() as s:
        rules.use_template(s, BOX, night.current(s), "venue")
    host.find(marker="tab-requests").click()
    await sees(host, "Guests can ask for nothing until there is a house list.")
    await sees_no(host, "They go straight into the queue")
    host.find(marker="mend-list").click()
    await sees(host, "Name of the list")
    host.find(marker="prompt-field").type("Tonight")
    host.find(marker="prompt-save").click()
    await sees(host, "no song is on the house list Tonight yet")
    with house.box.db.write() as s:
        (made, _), *_ = lists.every(s)
        assert rules.of(night.current(s)).house_list == made.id
        lists.put(s, BOX, made.id, daisy.id)
    await sees(host, "They go straight into the queue")
    await sees_no(host, "Guests can ask for nothing")
    with house.box.db.write() as s:
        lists.create(s, BOX, "Another one")
        lists.delete(s, BOX, made.id)
    await sees(host, "until you choose a house list")
    host.find(marker="mend-list").click()
    await sees(host, "Another one")
    host.find("Another one").click()
    await sees(host, "no song is on the house list Another one yet")
    host.find("Night").click()
    host.find(marker="night-rules").click()
    await host.should_see(marker="rule-requests-list")


async def test_what_is_answered_while_the_requests_are_read_stays_answered(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AWAY_SECONDS", 600.0)  # nor is anything drawn anew because nobody works
    set_rules(house, requests="approve")
    maria, daisy = guest(house, "Maria"), bring()
    with house.box.db.write() as s:
        asked = night.ask(s, maria, daisy.id).id
    host.find(marker="tab-requests").click()
    await host.should_see(marker=f"asked-{asked}")
    answers = Answers(house, requests._others, monkeypatch)
    guest(house, "Tom")
    await until(lambda: answers.is_held)
    with host.scope(marker=f"asked-{asked}"):
        host.find(marker="yes").click()
    await host.should_not_see(marker=f"asked-{asked}")
    await asyncio.sleep(0.3)  # whatever is read because of the answer is known by then
    answers.give()
    await until(lambda: answers.is_given)
    await asyncio.sleep(0.3)
    await sees(host, "Nothing waits for you")


async def test_requests_are_paused_in_one_tap(host: User, house: House) -> None:
    host.find(marker="tab-requests").click()
    host.find(marker="requests-open").click()
    await until(lambda: not tonight(house).requests_open)
    await sees(host, "❚❚ requests paused")
    await sees(host, "Guests cannot ask for songs now.")
    await take_back(host)
    await until(lambda: tonight(house).requests_open)


# ---------------------------------------------------------------------------------------------------- singers
async def test_what_the_host_decides_about_a_singer(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Grandpa", bring())
    host.find(marker="tab-singers").click()
    row = f"singer-{turn.singer_id}"
    await host.should_see(marker=row)
    await sees(host, "has not sung yet · 1 song waits · no phone")

    def here() -> Guest:
        with house.box.db.read() as s:
            return s.exec(select(Guest).where(Guest.singer_id == turn.singer_id)).one()

    await choose(host, row, "Pause")
    await until(lambda: here().paused)
    await sees(host, "❚❚ paused")
    await choose(host, row, "How it is spoken")
    host.find(marker="prompt-field").type("GREND-pa")
    host.find(marker="prompt-save").click()
    await sees(host, "“GREND-pa”")
    await choose(host, row, "Send home")
    await until(lambda: waiting(house) == [])
    await sees(host, "sent home")
    await sees(host, "Sent Grandpa home")
    host.find(marker="keys").trigger("press", "undo")
    await until(lambda: here().removed_at is None and waiting(house) == ["Grandpa"])


async def test_an_answer_that_comes_late_takes_nobody_away(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.find(marker="tab-singers").click()
    answers = Answers(house, views.singers, monkeypatch)
    guest(house, "Maria")
    await until(lambda: answers.is_held)
    guest(house, "Tom")
    await asyncio.sleep(0.5)
    answers.give()
    await until(lambda: answers.is_given)
    await sees(host, "Tom")


async def test_the_four_letters_of_a_singer_can_be_looked_up(host: User, house: House) -> None:
    maria = guest(house, "Maria")
    with house.box.db.read() as s:
        letters = s.get_one(Singer, maria.id).recovery
    host.find(marker="tab-singers").click()
    await host.should_see(marker=f"singer-{maria.id}")
    with host.scope(marker=f"singer-{maria.id}"):
        host.find(marker="more").click()
    await sees(host, f"Four letters for another phone: {letters}")


async def test_two_who_are_one_person(host: User, house: House, bring: Bring) -> None:
    first = walk_up(house, "Grandpa", bring())
    other = walk_up(house, "Opa", bring("Greensleeves"))
    host.find(marker="tab-singers").click()
    await host.should_see(marker=f"singer-{other.singer_id}")
    await choose(host, f"singer-{first.singer_id}", "Same person as …")
    await sees(host, "Grandpa is also")
    host.find(kind=ui.button, content="Opa").click()

    def merged() -> str:
        with house.box.db.read() as s:
            return s.get_one(Singer, other.singer_id).merged_into

    await sees(host, "Opa is Grandpa")
    assert merged() == first.singer_id


# ---------------------------------------------------------------------------------------------------- the night
async def test_rules_come_as_a_kind_of_evening(host: User, house: House) -> None:
    host.find("Night").click()
    host.find(marker="night-rules").click()
    await host.should_see(marker="template-kids")
    host.find(marker="template-kids").trigger("click")
    await until(lambda: not tonight(house).explicit and tonight(house).template == "kids")
    await host.should_see(marker="rule-max_waiting-2")
    host.find(marker="rule-max_waiting-2").click()
    await until(lambda: tonight(house).max_waiting == 2)


async def test_the_rule_that_was_pressed_last_is_shown(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_on(number: int) -> bool:
        (chip,) = host.find(marker=f"rule-max_waiting-{number}").elements
        return bool(chip.props["aria-pressed"] == "true")

    host.find("Night").click()
    host.find(marker="night-rules").click()
    await host.should_see(marker="rule-max_waiting-2")
    answers = Answers(house, rules_sheet._look, monkeypatch)
    host.find(marker="rule-max_waiting-2").click()
    await until(lambda: answers.is_held)
    host.find(marker="rule-max_waiting-3").click()
    await until(lambda: is_on(3))
    answers.give()
    await until(lambda: answers.is_given)
    assert is_on(3)


async def test_the_last_call_names_those_who_come_too_late(host: User, house: House, bring: Bring) -> None:
    for name in ("Maria", "Tom"):
        walk_up(house, name, bring())
    set_rules(house, ends_at=time.time() + 30)
    host.find("Night").click()
    await sees(host, "These will not make it: Tom")
    await sees(host, "1 more song until then.")
    host.find("No end").click()
    await until(lambda: tonight(house).ends_at is None)


async def test_a_new_night_begins(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Maria", bring())
    await sees(host, "Maria")
    host.find("Night").click()
    host.find(marker="new-night").click()
    await sees(host, "What kind of evening is it?")
    host.find("Kids’ party").click()
    host.find(marker="prompt-field").type("Ida is seven")
    host.find(marker="prompt-hold").trigger("held")
    await until(lambda: house.live.show.night == "Ida is seven")
    assert waiting(house) == []
    with house.box.db.read() as s:
        assert len(s.exec(select(Night)).all()) == 2


async def test_figures_of_a_night(host: User, house: House) -> None:
    host.find("Night").click()
    host.find(marker="night-figures").click()
    await sees(host, "minutes sung")
    await sees(host, "For a spreadsheet (CSV)")


async def test_a_house_list_is_put_together(host: User, house: House, bring: Bring) -> None:
    song = bring()
    host.find("Night").click()
    host.find(marker="night-lists").click()
    await sees(host, "No list yet.")
    host.find(marker="new-list").click()
    host.find(marker="prompt-field").type("Duets")
    host.find(marker="prompt-save").click()
    await host.should_see(marker=f"found-{song.id}")
    host.find(marker=f"found-{song.id}").trigger("click")

    def songs() -> list[str]:
        with house.box.db.read() as s:
            found = s.exec(select(HouseList)).first()
            return lists.songs_of(s, found.id) if found else []

    await until(lambda: songs() == [song.id])
    other = bring('"Heroes"')
    with house.box.db.write() as s:
        (made, _), *_ = lists.every(s)
        lists.put(s, BOX, made.id, other.id)
    host.find(marker="lists-back").click()
    await host.should_see(marker=f"list-{made.id}")
    host.find(marker=f"list-{made.id}").trigger("click")
    await host.should_see(marker=f"up-{other.id}")
    host.find(marker=f"up-{other.id}").click()
    await until(lambda: songs() == [other.id, song.id])
    await until(
        lambda: all(each.enabled for each in host.find(kind=ui.button, marker=f"down-{other.id}").elements)
    )
    host.find(marker=f"down-{other.id}").click()
    await until(lambda: songs() == [song.id, other.id])
    host.find(marker="rename-list").click()
    host.find(marker="prompt-field").clear().type("For two")
    host.find(marker="prompt-save").click()

    def name() -> str:
        with house.box.db.read() as s:
            return lists.get(s, made.id).name

    await until(lambda: name() == "For two")


async def open_lists(host: User, list_id: str) -> None:
    host.find("Night").click()
    host.find(marker="night-lists").click()
    await host.should_see(marker=f"list-{list_id}")


async def test_who_has_gone_back_to_all_lists_stays_there(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the box takes to read the one before."""
    with house.box.db.write() as s:
        duets = lists.create(s, BOX, "Duets").id
    await open_lists(host, duets)
    answers = Answers(house, lists_sheet._songs, monkeypatch)
    host.find(marker=f"list-{duets}").trigger("click")
    await until(lambda: answers.is_held)
    host.find(marker="lists-back").click()
    await asyncio.sleep(0.3)
    answers.give()
    await until(lambda: answers.is_given)
    await host.should_see(marker=f"list-{duets}")
    await host.should_see(marker="new-list")


async def test_a_song_that_is_put_on_a_list_late_leads_nobody_back_to_it(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = bring()
    with house.box.db.write() as s:
        duets = lists.create(s, BOX, "Duets").id
    await open_lists(host, duets)
    host.find(marker=f"list-{duets}").trigger("click")
    await host.should_see(marker=f"found-{song.id}")
    answers = Answers(house, lists.put, monkeypatch, "do")
    host.find(marker=f"found-{song.id}").trigger("click")
    await until(lambda: answers.is_held)
    host.find(marker="lists-back").click()
    answers.give()
    await until(lambda: answers.is_given)
    await asyncio.sleep(0.3)
    await host.should_see(marker="new-list")


async def test_paper_for_the_tables(host: User, house: House, bring: Bring) -> None:
    bring("<Daisy>")
    browser = host.http_client
    cards = (await browser.get("/host/print/cards")).text
    assert cards.count("<section") == 6
    assert "<svg" in cards
    book = (await browser.get("/host/print/songbook?by=title")).text
    assert "&lt;Daisy&gt;" in book
    blocked, failed, nameless = bring("Creep"), bring("Zombie", prepared=False), bring("Anonymous")
    with house.box.db.write() as s:
        s.get_one(Song, blocked.id).blocked = True
        s.get_one(Song, nameless.id).artist = ""
        track = s.exec(select(Track).where(Track.song_id == failed.id)).one()
        track.state, track.separated = TrackState.FAILED, 0
    book = (await browser.get("/host/print/songbook")).text
    assert "Creep" not in book, "guests cannot have it"
    assert "Zombie" not in book, "nobody can sing it"
    assert book.index("<h2>H</h2>") < book.index("<h2>Artist unknown</h2>") < book.index("Anonymous")
    page = await house.read(views.songs, filters=Filters(more=(SINGABLE,)))
    assert {song.title for song in page.songs} == {"<Daisy>", "Creep", "Anonymous"}
    assert (await browser.get("/host/print/slips")).text.count("<section") == 8
    with house.box.db.write() as s:
        for song in s.exec(select(Song)):
            song.blocked = True
    assert "The songbook is still empty." in (await browser.get("/host/print/songbook")).text
    browser.cookies.clear()
    refused = await browser.get("/host/print/songbook", headers={"accept": "text/html"})
    assert (refused.status_code, refused.headers["location"]) == (303, "/host/login")


def test_the_songbook_has_each_letter_once_and_in_its_place(box: Box) -> None:
    artists = ("Zaz", "Ärzte", "abba", "Élan", "élan vital", "Ünlü", "Eminem", "¿Qué?", "+44", "2Pac", "!!!")
    others = (
        "$hort",
        "ABBA",
        "Наутилус",
        "宇多田ヒカル",
        "周杰倫",
        "방탄소년단",
        "빅뱅",
        "אביב",
        "Ελένη",
        "",
    )
    with box.db.write() as s:
        for number, artist in enumerate(artists + others):
            s.get_one(Song, add_song(s, f"Song {number}")).artist = artist
        s.flush()
        book = [(letter, [artist for artist, _ in rows]) for letter, rows in printing.chapters(s, False)]
    assert book == [
        ("#", ["!!!", "2Pac", "+44"]),
        ("A", ["ABBA", "abba", "Ärzte"]),
        ("E", ["Élan", "élan vital", "Eminem"]),
        ("Q", ["¿Qué?"]),
        ("S", ["$hort"]),
        ("U", ["Ünlü"]),
        ("Z", ["Zaz"]),
        ("Ε", ["Ελένη"]),
        ("Н", ["Наутилус"]),
        ("א", ["אביב"]),
        ("ᄇ", ["방탄소년단", "빅뱅"]),
        ("漢", ["周杰倫", "宇多田ヒカル"]),
        ("", [""]),
    ]


# ---------------------------------------------------------------------------------------------------- helpers
async def test_a_helper_sees_what_they_may_use(host: User, house: House, bring: Bring) -> None:
    walk_up(house, "Maria", bring())
    arm_a_stage(house)
    hashed = auth.hash_of("a longer word")
    with house.box.db.write() as s:
        cohosts.create(s, BOX, "Ben", hashed, [Right.QUEUE])
    browser = host.http_client
    browser.cookies.clear()
    page = (await browser.get("/host/login")).text
    assert "I help the host" in page
    wrong = await browser.post("/host/login", data={"name": "Ben", "password": PASSWORD})
    assert wrong.status_code == 401
    assert 'value="Ben"' in wrong.text, "the name need not be typed twice"
    right = await browser.post("/host/login", data={"name": "Ben", "password": "a longer word"})
    assert right.status_code == 303
    await host.open("/host?tab=settings")
    await sees(host, "Maria")
    await host.should_not_see(marker="tab-settings")
    await host.should_not_see(marker="tab-night")
    await host.should_see(marker="tab-singers")
    await sees(host, "Playing songs is not among your rights.")
    (call,) = host.find(marker="call").elements
    assert any("inert" in each.props for each in call.ancestors())
    host.find("+ Walk-up").click()
    await sees(host, "A walk-up")
    host.find(marker="tab-requests").click()
    await host.should_not_see(marker="requests-open")


async def test_a_helper_is_led_only_to_what_they_may_mend(
    host: User, house: House, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk_up(house, "Maria", bring())
    arm_a_stage(house, connected=False)
    with house.box.db.write() as s:
        ben = cohosts.create(s, BOX, "Ben", "hash", [Right.PLAYER]).id
        login = auth.log_in(s, NOBODY, "hash", "Ben").id
    key = auth.Keys(house.box.settings.data).sign(Role.HOST, login)
    host.http_client.cookies.clear()
    host.http_client.cookies.set(auth.COOKIES[Role.HOST], key)
    await host.open("/host")
    await sees(host, "The TV has gone")
    await host.should_not_see("Mend")
    (more,) = host.find(marker="more").elements
    assert any("look-only" in each.classes for each in more.ancestors())
    reloads: list[bool] = []
    monkeypatch.setattr(host.navigate, "reload", lambda: reloads.append(True))
    monkeypatch.setattr(host.navigate, "to", lambda _: None)
    with house.box.db.write() as s:
        cohosts.change(s, BOX, ben, rights=[Right.PLAYER, Right.QUEUE])
    await until(lambda: bool(reloads))
    host.find(marker="log-out").click()

    def is_out() -> bool:
        with house.box.db.read() as s:
            return s.get_one(Login, login).ended_at is not None

    await until(is_out)


async def test_the_host_lets_somebody_help(host: User, house: House) -> None:
    host.find(marker="tab-settings").click()
    host.find(marker="helpers").click()
    await sees(host, "Somebody new")
    host.find(marker="helper-name").type("Ben")
    host.find(marker="helper-password").type("short")
    host.find(marker="helper-add").click()
    await sees(host, "at least 8 characters")
    host.find(marker="helper-password").clear().type("a longer word")
    host.find(marker="helper-add").click()
    await host.should_see(marker="helper-Ben")
    with house.box.db.read() as s:
        assert cohosts.rights_of(cohosts.every(s, BOX)[0]) == [Right.PLAYER, Right.QUEUE]


async def test_of_two_rights_that_are_given_at_once_both_count(host: User, house: House) -> None:
    with house.box.db.write() as s:
        ben = cohosts.create(s, BOX, "Ben", "hash", [Right.PLAYER])
    host.find(marker="tab-settings").click()
    host.find(marker="helpers").click()
    await host.should_see(marker="helper-Ben")
    with host.scope(marker="helper-Ben"):
        for right in ("Queue", "Library"):
            host.find(right).click()

    def may() -> set[Right]:
        with house.box.db.read() as s:
            return {*cohosts.rights_of(s.get_one(CoHost, ben.id))}

    await until(lambda: may() == {Right.PLAYER, Right.QUEUE, Right.LIBRARY})


async def test_the_look_before_the_night(host: User, house: House) -> None:
    host.find(marker="tab-settings").click()
    host.find(marker="preflight").click()
    await sees(host, "things are left to do")
    await sees_no(host, "All is well")
