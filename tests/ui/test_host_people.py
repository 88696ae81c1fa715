"""Requests, singers, the night and the helpers on the host's panel, in NiceGUI's simulated browser."""

import time

from nicegui import ui
from nicegui.testing import User
from sqlmodel import select

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show import cohosts, lists, messages, night, rules
from karaoke_ui.show.rights import BOX, Right
from karaoke_ui.show.tables import Guest, HouseList, Message, MessageState, Night, Singer, Turn, TurnState
from tests.ui.panel import PASSWORD, Bring, arm_a_stage, choose, guest, sees, sees_no, until, waiting, walk_up


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
    await host.should_see(marker=f"asked-{unwanted.id}", retries=30)
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


async def test_requests_are_paused_in_one_tap(host: User, house: House) -> None:
    host.find(marker="tab-requests").click()
    host.find(marker="requests-open").click()
    await until(lambda: not tonight(house).requests_open)
    await sees(host, "❚❚ requests paused")
    host.find("Undo").click()
    await until(lambda: tonight(house).requests_open)


# ---------------------------------------------------------------------------------------------------- singers
async def test_what_the_host_decides_about_a_singer(host: User, house: House, bring: Bring) -> None:
    turn = walk_up(house, "Grandpa", bring())
    host.find(marker="tab-singers").click()
    row = f"singer-{turn.singer_id}"
    await host.should_see(marker=row, retries=30)
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
    host.find(marker="keys").trigger("press", "undo")
    await until(lambda: here().removed_at is None and waiting(house) == ["Grandpa"])


async def test_two_who_are_one_person(host: User, house: House, bring: Bring) -> None:
    first = walk_up(house, "Grandpa", bring())
    other = walk_up(house, "Opa", bring("Greensleeves"))
    host.find(marker="tab-singers").click()
    await host.should_see(marker=f"singer-{other.singer_id}", retries=30)
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
    await host.should_see(marker="template-kids", retries=30)
    host.find(marker="template-kids").trigger("click")
    await until(lambda: not tonight(house).explicit and tonight(house).template == "kids")
    await host.should_see(marker="rule-max_waiting-2", retries=30)
    host.find(marker="rule-max_waiting-2").click()
    await until(lambda: tonight(house).max_waiting == 2)


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
    host.find("Night").click()
    host.find(marker="new-night").click()
    await sees(host, "What kind of evening is it?")
    host.find("Kids’ party").click()
    host.find(marker="prompt-field").type("Ida is seven")
    host.find(marker="prompt-save").click()
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
    await host.should_see(marker=f"found-{song.id}", retries=30)
    host.find(marker=f"found-{song.id}").trigger("click")

    def songs() -> list[str]:
        with house.box.db.read() as s:
            found = s.exec(select(HouseList)).first()
            return lists.songs_of(s, found.id) if found else []

    await until(lambda: songs() == [song.id])


async def test_paper_for_the_tables(host: User, house: House, bring: Bring) -> None:
    bring("<Daisy>")
    browser = host.http_client
    cards = (await browser.get("/host/print/cards")).text
    assert cards.count("<section") == 6
    assert "<svg" in cards
    book = (await browser.get("/host/print/songbook?by=title")).text
    assert "&lt;Daisy&gt;" in book
    assert (await browser.get("/host/print/slips")).text.count("<section") == 8
    browser.cookies.clear()
    refused = await browser.get("/host/print/songbook", headers={"accept": "text/html"})
    assert (refused.status_code, refused.headers["location"]) == (303, "/host/login")


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
    await host.should_not_see("right")
    host.find("+ Walk-up").click()
    await sees(host, "A walk-up")


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
    await host.should_see(marker="helper-Ben", retries=30)
    with house.box.db.read() as s:
        assert cohosts.rights_of(cohosts.every(s, BOX)[0]) == [Right.PLAYER, Right.QUEUE]


async def test_the_look_before_the_night(host: User, house: House) -> None:
    host.find(marker="tab-settings").click()
    host.find(marker="preflight").click()
    await sees(host, "things are left to do")
    await sees_no(host, "All is well")
