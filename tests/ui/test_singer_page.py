"""The singer's page, as a guest uses it: pages in NiceGUI's simulated browser, on a real library and a real queue."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui import app
from nicegui.testing import User
from sqlmodel import Session, select

from karaoke_ui import auth, workers
from karaoke_ui.changes import Changes
from karaoke_ui.house import House
from karaoke_ui.limits import REQUESTS
from karaoke_ui.pages.singer import phrases, shelves
from karaoke_ui.pages.singer.elements import Text
from karaoke_ui.pages.singer.who import free_face
from karaoke_ui.show import bringing, clock, night, people, player, rules, turns, views
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.tables import Guest, Hint, Singer, Stage
from karaoke_ui.show.views import SongView
from pipeline import library
from pipeline.box import Box
from pipeline.db import announce
from pipeline.tables import Song
from tests import sound
from tests.ui.held import Answers
from tests.ui.panel import until
from tests.ui.phone import press_ask
from tests.workers import work_off

WORDS = "[00:01.00]Daisy, Daisy\n[00:02.00]give me your answer, do\n"


@pytest.fixture(autouse=True)
def soon_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works in these tests; but that is not noticed, however long they take."""
    monkeypatch.setattr(workers, "AWAY_SECONDS", 600.0)


@pytest.fixture
def bring(house: House, tmp_path: Path) -> Callable[..., Song]:
    """Takes a song of a few seconds into the library, and prepares it unless told not to."""

    def bring(name: str = "Harry Dacre - Daisy Bell", *, words: bool = True, prepared: bool = True) -> Song:
        bringing = len(list(tmp_path.glob("*.wav")))
        path = sound.save(tmp_path / f"{bringing}.wav", sound.song(4, seed=bringing))
        if words:
            library.add_words(house.box, WORDS.encode(), f"{name}.lrc")
        with path.open("rb") as stream:
            song = library.add(house.box, stream, f"{name}.wav", "upload")
        if prepared:
            work_off(house.box)
        return song

    return bring


@asynccontextmanager
async def another_phone() -> AsyncIterator[User]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield User(client)


async def join(user: User, name: str) -> None:
    """Say a name, and see the page with all that is on it."""
    await user.open("/")
    user.find(marker="name").type(name)
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see(f"Hi {name}")
    await until(lambda: is_filled(user))


def is_filled(user: User) -> bool:
    """A tab lies open."""
    (tab,) = user.find(marker="search").elements
    return "aria-current" in tab.props


def heard(house: House, kind: str) -> list[Changes]:
    """The news of this kind, as the screens hear it."""
    found: list[Changes] = []
    house.live.on_changes.subscribe(lambda changes: found.append(changes) if kind in changes else None)
    return found


async def look_for(user: User, words: str, *, gone: str) -> None:
    """Type, where songs are listed, until one that does not fit is gone."""
    await user.should_see(gone)
    user.find(marker="search-field").type(words)
    await user.should_not_see(gone)


async def open_sheet(user: User) -> None:
    """Tap the plus of the only song that is listed."""
    await user.should_see("+")
    user.find("+").click()
    await user.should_see("Ask for this song?")


async def ask(user: User) -> None:
    await open_sheet(user)
    (await press_ask(user)).raise_for_status()
    await user.should_see("Your song is in the queue")
    user.find(marker="fine").click()


@contextmanager
def change(house: House) -> Iterator[Session]:
    with house.box.db.write() as s:
        yield s


def arm_a_stage(s: Session) -> None:
    s.add(Stage(token="tv", code="", paired_at=1.0, leads=True, connected=True, armed=True))
    s.flush()
    announce(s, "stage")


def walk_up(house: House, name: str, song: Song) -> None:
    """A singer without a phone, in the queue."""
    with change(house) as s:
        night.ask(s, BOX, song.id, people.add_walk_up(s, BOX, name).id)


async def test_a_phone_gets_its_token_with_the_first_answer(user: User, house: House) -> None:
    answer = await user.http_client.get("/")
    assert "encore_phone" in answer.cookies
    again = await user.http_client.get("/")
    assert again.cookies["encore_phone"] == answer.cookies["encore_phone"], "the phone keeps its token"


async def test_a_forged_token_is_replaced(user: User, house: House) -> None:
    answer = await user.http_client.get("/", headers={"cookie": "encore_phone=maria.forged"})
    assert answer.cookies["encore_phone"] != "maria.forged"


async def test_a_guest_says_a_name_and_is_known_after_a_reload(user: User, house: House) -> None:
    await join(user, "Maria")
    await user.open("/")
    await user.should_see("Hi Maria")
    with house.box.db.read() as s:
        assert [singer.name for singer in s.exec(select(Singer))] == ["Maria"]


async def test_name_and_face_can_be_changed_later(user: User, house: House) -> None:
    await join(user, "Maria")
    user.find(marker="hello").click()
    await user.should_see("Your name and face")
    user.find(marker="name").clear()
    user.find(marker="who-form").trigger("submit.prevent")
    await user.should_see("Please say what we should call you.")
    user.find(marker="name").type("Mia")
    user.find("🦉").click()
    user.find(marker="who-form").trigger("submit.prevent")
    await user.should_see("Hi Mia 🦉")
    with house.box.db.read() as s:
        assert [(singer.name, singer.face) for singer in s.exec(select(Singer))] == [("Mia", "🦉")]


async def test_a_restarted_box_knows_the_phone(user: User, house: House) -> None:
    await join(user, "Maria")
    fresh = auth.Keys(house.box.settings.data)
    token = fresh.read(Role.SINGER, user.http_client.cookies)
    with house.box.db.read() as s:
        found = people.on_phone(s, token)
    assert found is not None
    assert found.name == "Maria"


async def test_without_a_name_nobody_joins(user: User, house: House) -> None:
    await user.open("/")
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see("Please say what we should call you.")


async def test_a_name_is_shown_as_text_whatever_it_is(user: User, house: House) -> None:
    await join(user, "<b>Maria</b>")
    page = (await user.http_client.get("/")).text
    assert "<b>Maria" not in page


async def test_the_second_tab_of_a_phone_follows_when_the_first_one_joins(user: User, house: House) -> None:
    await user.open("/")
    second = User(user.http_client)
    await second.open("/")
    await join(user, "Maria")
    await second.should_see("Hi Maria")


async def test_a_tab_that_opens_while_another_one_joins_follows_it(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await user.http_client.get("/")
    token = auth.Keys(house.box.settings.data).read(Role.SINGER, user.http_client.cookies)
    answers, news = Answers(house, people.on_phone, monkeypatch), heard(house, "singer")
    opening = asyncio.create_task(user.open("/"))
    await until(lambda: answers.is_held)
    await house.do(people.join, NOBODY, token, "Maria")
    await until(lambda: bool(news))
    answers.give()
    await opening
    await user.should_see("Hi Maria")


async def test_a_song_that_comes_while_the_page_opens_is_on_it(
    user: User, house: House, bring: Callable[..., Song], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, news = Answers(house, shelves.songs, monkeypatch), heard(house, "song")
    joining = asyncio.create_task(join(user, "Maria"))
    await until(lambda: answers.is_held)
    bring(prepared=False)
    await until(lambda: bool(news))
    answers.give()
    await joining
    await user.should_see("Daisy Bell")


async def test_an_answer_that_comes_late_hides_nothing_that_is_newer(
    user: User, house: House, bring: Callable[..., Song], monkeypatch: pytest.MonkeyPatch
) -> None:
    await join(user, "Maria")
    answers = Answers(house, shelves.songs, monkeypatch)
    bring(prepared=False)
    await until(lambda: answers.is_held)
    bring("Traditional - Greensleeves", prepared=False)
    await user.should_see("Greensleeves")
    answers.give()
    await until(lambda: answers.is_given)
    await user.should_see("Greensleeves")


async def test_who_may_bring_songs_reads_what_holds_now(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(house, bringing.guests_may, monkeypatch)
    await join(user, "Maria")
    await until(lambda: answers.is_held)
    with change(house) as s:
        rules.change(s, BOX, night.current(s), {"uploads": True})
    await user.should_see(marker="bring")
    answers.give()
    await until(lambda: answers.is_given)
    await user.should_see(marker="bring")


async def test_a_page_that_takes_its_time_is_waited_for(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework would show an error after three seconds."""
    read = house.read

    async def slow(query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if query is free_face:
            await asyncio.sleep(3.2)
        return await read(query, *args, **more)

    monkeypatch.setattr(house, "read", slow)
    await user.open("/")
    await user.should_see("What’s your name?")


async def test_an_empty_library_says_that_the_host_adds_songs(user: User, house: House) -> None:
    await join(user, "Maria")
    await user.should_see("No songs yet. The host adds songs")


async def test_a_song_shows_up_by_itself_and_tells_when_it_is_ready(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    await join(user, "Maria")
    bring(prepared=False)
    await user.should_see("Daisy Bell")
    await user.should_see("about 1 min")
    work_off(house.box)
    await user.should_see("ready")


async def test_what_is_missing_is_said_before_one_asks(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring(words=False)
    await join(user, "Maria")
    await user.should_see("no words found · quick mix")


async def test_search_finds_by_title_and_artist_and_is_friendly_when_it_does_not(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring("Harry Dacre - Daisy Bell")
    bring("Traditional - Greensleeves")
    await join(user, "Maria")
    await look_for(user, "daisy dac", gone="Greensleeves")
    await user.should_see("Daisy Bell")
    field = user.find(marker="search-field").clear()
    field.type("polka")
    await user.should_see("No song here for “polka”")
    field.clear()
    await user.should_see("Greensleeves")


async def test_a_singer_asks_and_learns_the_place(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    song = bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    await look_for(user, "daisy", gone="Creep")
    await user.should_see("+")
    await open_sheet(user)
    await user.should_see("You would sing at about")
    await press_ask(user)
    await user.should_see("Your song is in the queue")
    await user.should_see("nor has one person who asked earlier")
    user.find(marker="fine").click()
    user.find(marker="mine").click()
    await user.should_see("2nd · about")
    with house.box.db.read() as s:
        queue = night.queue(s, night.current(s).id)
    assert [turn.song_id for turn in queue][1:] == [song.id]


async def test_a_song_that_one_asked_for_cannot_be_asked_for_twice(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    await look_for(user, "daisy", gone="Creep")
    await ask(user)
    await user.should_see("✓")
    user.find("✓").click()
    await user.should_see("2nd · about")


async def test_a_cancel_can_be_taken_back(user: User, house: House, bring: Callable[..., Song]) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    await look_for(user, "daisy", gone="Creep")
    await ask(user)
    user.find(marker="mine").click()
    await user.should_see("2nd · about")
    user.find(marker="cancel").click()
    await user.should_see("“Daisy Bell” is removed.")
    await user.should_see("You have not asked for a song yet.")
    await user.should_see(marker="undo")
    user.find(marker="undo").click()
    await user.should_see("2nd · about")


async def test_what_the_host_takes_out_is_told_and_what_one_removes_is_not(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    daisy, sleeves = bring(), bring("Traditional - Greensleeves")
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer).where(Singer.name == "Maria")).one()
        turn = night.ask(s, BOX, daisy.id, maria.id)
        other = night.ask(s, BOX, sleeves.id, maria.id)
    await user.should_see(marker="pill")
    with change(house) as s:
        night.remove(s, BOX, turn.id)
    await user.should_see("The host has taken “Daisy Bell” out.")
    with change(house) as s:
        night.remove(s, Actor(Role.SINGER, maria.id), other.id)
    await user.should_not_see(marker="pill")
    await user.should_not_see("The host has taken “Greensleeves” out.")


async def test_another_order_and_another_way_to_sing_are_taken_back(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    daisy, sleeves = bring(), bring("Traditional - Greensleeves")
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer).where(Singer.name == "Maria")).one()
        one = night.ask(s, BOX, daisy.id, maria.id)
        two = night.ask(s, BOX, sleeves.id, maria.id)
    mine = Actor(Role.SINGER, maria.id)

    def own() -> list[str]:
        with house.box.db.read() as s:
            return [each.id for each in views.show(s).of_singer[maria.id]]

    user.find(marker="mine").click()
    await user.should_see("Greensleeves · Traditional")
    user.find(marker="up").click()
    await user.should_see("Your songs have changed places.")
    assert own() == [two.id, one.id]
    await user.should_see(marker="undo")
    user.find(marker="undo").click()
    await user.should_see("is as it was.")
    assert own() == [one.id, two.id]
    user.find(marker="change").click()
    await user.should_see(marker="ask")
    with change(house) as s:
        (form,) = user.find(marker="ask").elements
        turns.change(s, mine, form.props["turn"], key=-3)
    user.find(marker="ask").trigger("done", form.props["turn"])
    await user.should_see("is changed.")
    await user.should_see(marker="undo")
    user.find(marker="undo").click()
    await user.should_see("is as it was.")
    with house.box.db.read() as s:
        assert {turn.key for turn in views.show(s).queue} == {0}


async def test_a_song_changes_for_another_one_in_the_same_place(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    daisy = bring()
    bring("Traditional - Greensleeves")
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer).where(Singer.name == "Maria")).one()
        turn = night.ask(s, BOX, daisy.id, maria.id)
        rules.change(s, BOX, night.current(s), {"max_songs": 1})
    user.find(marker="mine").click()
    await user.should_see("2nd · about")
    user.find(marker="change").click()
    await user.should_see(marker="another")
    user.find(marker="another").click()
    await user.should_see("Choose the song that you sing in place of “Daisy Bell”.")
    await look_for(user, "sleeves", gone="Creep")
    await open_sheet(user)
    await user.should_see(marker="ask")
    (form,) = user.find(marker="ask").elements
    assert form.props["chosen"] == turn.id
    with change(house) as s:
        other = form.props["body"]["song_id"]
        turns.change(s, Actor(Role.SINGER, maria.id), turn.id, song_id=other)
    user.find(marker="ask").trigger("done", turn.id)
    await user.should_see("Your song is in the queue")
    user.find(marker="fine").click()
    await user.should_see("“Daisy Bell” is changed.")
    await user.should_see(marker="undo")
    user.find(marker="undo").click()
    await user.should_see("“Daisy Bell” is as it was.")
    with house.box.db.read() as s:
        assert views.turn(s, turn.id).song_id == daisy.id


async def test_where_nothing_can_be_exchanged_no_exchange_is_promised(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    daisy = bring(prepared=False)
    bring("Traditional - Greensleeves", prepared=False)
    await join(user, "Maria")
    with change(house) as s:
        rules.change(s, BOX, night.current(s), {"requests": "approve", "max_waiting": 1})
        maria = s.exec(select(Singer)).one()
        night.ask(s, Actor(Role.SINGER, maria.id), daisy.id, maria.id)
    await user.should_see(marker="pill")
    await look_for(user, "green", gone="Daisy")
    await open_sheet(user)
    await user.should_see("One song of yours waits already. Sing it first.")
    await user.should_not_see("in its place")
    await user.should_not_see(marker="ask")


async def test_a_song_that_is_not_ready_is_not_called_any_moment(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring(prepared=False)
    await join(user, "Maria")
    await open_sheet(user)
    await user.should_see("You would sing at about")
    await press_ask(user)
    await user.should_see("you are called as soon as your song is ready.")
    work_off(house.box)
    await user.should_see("The stage is free: the host calls you any moment.")


async def test_the_language_can_be_chosen_before_the_name(user: User, house: House) -> None:
    await user.open("/")
    await user.should_see("What’s your name?")
    await user.should_see(marker="language-de")


async def test_a_double_tap_on_cancel_still_leaves_the_way_back(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    await look_for(user, "daisy", gone="Creep")
    await ask(user)
    user.find(marker="mine").click()
    await user.should_see(marker="cancel")
    user.find(marker="cancel").click().click()
    await user.should_see("You have not asked for a song yet.")
    await user.should_see(marker="undo")


async def test_who_is_first_is_told_with_the_whole_screen_and_can_go_back(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    await user.should_see(marker="here")
    await user.should_see("The stage is free: the host calls you any moment.")
    user.find(marker="back").click()
    await user.should_not_see(marker="here")
    await user.should_see(marker="chips")
    user.find(marker="pill").click()
    await user.should_see(marker="here")


async def test_the_host_learns_that_somebody_is_on_the_way(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    await user.should_see(marker="coming")
    user.find(marker="coming").click()
    await user.should_see("The host knows that you are on your way.")
    with house.box.db.read() as s:
        assert [guest.hint for guest in s.exec(select(Guest))] == [Hint.COMING]


async def test_who_is_first_can_let_one_go_first_after_a_second_thought(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    daisy = bring()
    await join(user, "Maria")
    await ask(user)
    walk_up(house, "Tom", daisy)
    await user.should_see(marker="one-later")
    user.find(marker="one-later").click()
    await user.should_see("Let one singer go first?")
    user.find(marker="sure").click()
    await user.should_not_see(marker="here")
    await user.should_see("One singer goes before “Daisy Bell”.")
    await user.should_see(marker="undo")
    user.find(marker="undo").click()
    await user.should_see(marker="here")


async def test_nothing_is_promised_while_nobody_prepares_songs(
    user: User, house: House, bring: Callable[..., Song], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(prepared=False)
    await join(user, "Maria")
    await open_sheet(user)
    await user.should_see("It is being prepared")
    monkeypatch.setattr(workers, "AWAY_SECONDS", 0.0)
    await user.should_see("nobody can say when this one can be sung")
    await user.should_not_see("It is being prepared")
    (await press_ask(user)).raise_for_status()
    user.find(marker="fine").click()
    await user.should_see("Your place is kept.")


async def test_all_who_share_a_phone_are_called_on_it_by_their_names(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    daisy = bring()
    await user.http_client.get("/")
    token = auth.Keys(house.box.settings.data).read(Role.SINGER, user.http_client.cookies)
    with change(house) as s:
        maria = people.join(s, NOBODY, token, "Maria")
        people.share(s, Actor(Role.SINGER, maria.id), token, "Opa")
    await user.open("/")
    await user.should_see("Hi Opa")
    with change(house) as s:
        turn = night.ask(s, BOX, daisy.id, maria.id)
    await user.should_see("Maria: You’re next")
    await user.should_see(marker="here")
    await user.should_not_see(marker="change-it")
    user.find(marker="mine").click()
    await user.should_see(marker="sharer")
    await user.should_see("Maria · Daisy Bell")
    user.find(marker="pill").click()
    user.find(marker="coming").click()
    await user.should_see("The host knows that you are on your way.")
    with house.box.db.read() as s:
        hints = {guest.singer_id: guest.hint for guest in s.exec(select(Guest))}
        assert hints.pop(maria.id) is Hint.COMING, "it is said in the name of who is meant"
        assert Hint.COMING not in hints.values()
    with change(house) as s:
        arm_a_stage(s)
        player.play(s, BOX, turn.id)
    await user.should_see("Maria: It’s you")
    with change(house) as s:
        player.skip(s, BOX)
    await user.should_not_see("It’s you")
    await user.should_not_see(marker="sharer")


async def test_on_stage_the_screen_says_it_is_you_and_the_others_see_who_sings(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    async with another_phone() as tom:
        await join(user, "Maria")
        await ask(user)
        await join(tom, "Tom")
        tom.find(marker="now").click()
        await tom.should_see("Nobody sings right now.")
        with change(house) as s:
            arm_a_stage(s)
            player.play(s, BOX)
        await user.should_see("It’s you")
        await user.should_see("Your words are on the TV.")
        await tom.should_see("Daisy Bell · Harry Dacre")
        await tom.should_not_see("Nobody sings right now.")
        with change(house) as s:
            player.skip(s, BOX)
        await user.should_not_see("It’s you")


async def test_a_phone_that_is_opened_on_stage_hears_when_the_song_is_over(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    with change(house) as s:
        arm_a_stage(s)
        player.play(s, BOX)
    await user.should_see("It’s you")
    await user.open("/")
    await user.should_see("It’s you")
    with change(house) as s:
        player.skip(s, BOX)
    await user.should_not_see("It’s you")


async def test_the_sixth_song_of_one_singer_has_to_wait(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    songs = [bring(f"The Band - Song {number}", prepared=False) for number in range(6)]
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer)).one()
        for song in songs[:5]:
            night.ask(s, BOX, song.id, maria.id)
    await user.should_see(marker="pill")
    await look_for(user, "Song 5", gone="Song 4")
    await open_sheet(user)
    await user.should_see("5 songs of yours wait already.")
    await user.should_see("ask for this one in its place")


async def test_what_the_night_does_not_take_is_said_before_one_asks(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    walk_up(house, "Tom", bring())
    await join(user, "Maria")
    await open_sheet(user)
    await user.should_see("Somebody sings this song tonight already")
    await user.should_not_see(marker="ask")


async def test_the_host_may_sing_too(user: User, house: House, bring: Callable[..., Song]) -> None:
    """One browser that holds a login and a phone's token asks in the singer's name."""
    from karaoke_ui.show.tables import Login

    bring()
    with change(house) as s:
        login = Login()
        s.add(login)
        token = login.id
    user.http_client.cookies.set("encore_host", auth.Keys(house.box.settings.data).sign(Role.HOST, token))
    await join(user, "Mo")
    await ask(user)
    with house.box.db.read() as s:
        (turn,) = night.queue(s, night.current(s).id)
        assert s.get_one(Singer, turn.singer_id).name == "Mo"


async def test_who_taps_too_fast_is_told_so(user: User, house: House, bring: Callable[..., Song]) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    await look_for(user, "daisy", gone="Creep")
    await ask(user)
    user.find(marker="mine").click()
    for _ in range(REQUESTS.times // 2):
        await user.should_see(marker="cancel")
        user.find(marker="cancel").click()
        await user.should_see(marker="undo")
        await user.should_see(marker="undo")
        user.find(marker="undo").click()
        await user.should_see("is back in its place")
    await user.should_see(marker="cancel")
    user.find(marker="cancel").click()
    await user.should_see("That was a bit fast.")


async def test_two_of_one_name_read_their_letters_on_their_own_phones(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    async with another_phone() as other:
        await join(other, "Maria")
        await other.should_see("Hi Maria B.")
        await user.should_see("Hi Maria A.")
        other.find(marker="hello").click()
        await other.should_see("The screens call you Maria B.: somebody else here has your name.")
        await ask(user)
        await user.should_see("You’re next")
        (name,) = (
            each.text for each in user.find(kind=Text, content="Maria A.").elements if "Hi" not in each.text
        )
        assert name.startswith("Maria A. ")
        other.find(marker="name").clear().type("Marisol")
        other.find(marker="who-form").trigger("submit.prevent")
        await other.should_see("Hi Marisol")
        await user.should_not_see("Maria A.")


def test_the_face_to_begin_with_is_one_that_nobody_has(box: Box) -> None:
    first, *others = people.FACES
    with box.db.write() as s:
        for number, face in enumerate(others):
            people.join(s, NOBODY, f"phone {number}", f"Guest {number}", face)
        assert {free_face(s) for _ in range(9)} == {first}
        people.join(s, NOBODY, "the last phone", "Maria", first)
        assert free_face(s) in people.FACES


async def test_the_four_letters_are_told_once(user: User, house: House) -> None:
    await join(user, "Maria")
    with house.box.db.read() as s:
        letters = s.exec(select(Singer.recovery)).one()
    await user.should_see(f"You are {letters}.")
    user.find(marker="noted").click()
    await user.should_not_see(f"You are {letters}.")
    await user.open("/")
    await user.should_see("Hi Maria")
    await user.should_not_see(f"You are {letters}.")


@pytest.mark.parametrize("slow", [people.join, people.arrive])
async def test_who_is_coming_in_is_not_led_in_by_the_news_of_it(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch, slow: Callable[..., object]
) -> None:
    """The news may be here before the answer is."""
    do, arrived = house.do, 0

    async def late(action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        nonlocal arrived
        arrived += action is people.arrive
        done = await do(action, *args, **more)
        if action is slow:
            await asyncio.sleep(0.5)
        return done

    monkeypatch.setattr(house, "do", late)
    await join(user, "Maria")
    await user.should_see(marker="noted")
    await asyncio.sleep(0.3)
    await user.should_see(marker="noted")
    assert arrived == 1


async def test_who_may_not_make_it_reads_so_wherever_the_place_stands(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    songs = [bring(f"The Band - Song {number}") for number in range(3)]
    walk_up(house, "Tom", songs[0])
    walk_up(house, "Li", songs[1])
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer.id).where(Singer.name == "Maria")).one()
        night.ask(s, BOX, songs[2].id, maria)
        rules.change(s, BOX, night.current(s), {"ends_at": clock.now() + 70})
    await user.should_see("3rd · maybe not tonight")
    user.find(marker="now").click()
    await user.should_see("maybe too late")


async def test_the_cross_of_the_search_needs_no_font_from_the_box(user: User, house: House) -> None:
    await join(user, "Maria")
    (field,) = user.find(marker="search-field").elements
    assert field.props["clear-icon"].startswith("M6 6L18 18"), "it is drawn"


def test_what_has_no_end_ends_in_a_row() -> None:
    artist = "The Long Named Orchestra of " + "Somewhere " * 20
    assert phrases.in_row("Radiohead") == "Radiohead"
    assert len(phrases.in_row(artist)) <= phrases.MOST_OF_ROW
    assert phrases.in_row(artist).endswith("…")


def test_places_are_called_as_people_call_them() -> None:
    assert [phrases.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th",
    ]  # fmt: skip


def test_a_song_that_failed_is_explained_and_not_promised() -> None:
    song = SongView("0" * 32, "t", "Creep", "", 200.0, Readiness(Ready.FAILED), has_words=False)
    assert phrases.ready(song.readiness) == "cannot be sung"
    assert phrases.before_asking(song).startswith("This song could not be prepared")
