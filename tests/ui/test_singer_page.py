"""The singer's page, as a guest uses it: pages in NiceGUI's simulated browser, on a real library and a real queue."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from nicegui import app
from nicegui.testing import User
from sqlmodel import Session, select

from karaoke_ui.house import House
from karaoke_ui.limits import REQUESTS
from karaoke_ui.pages.singer import phrases
from karaoke_ui.show import night, people, player
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import BOX
from karaoke_ui.show.tables import Guest, Hint, Singer, Stage
from karaoke_ui.show.views import SongView
from pipeline import library
from pipeline.db import announce
from pipeline.tables import Song
from tests import sound
from tests.ui.phone import press_ask
from tests.workers import work_off

WORDS = "[00:01.00]Daisy, Daisy\n[00:02.00]give me your answer, do\n"


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
    await user.open("/")
    user.find(marker="name").type(name)
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see(f"Hi {name}", retries=20)


async def open_sheet(user: User) -> None:
    """Tap the plus of the only song that is listed."""
    await user.should_see("+")
    user.find("+").click()
    await user.should_see("Ask for this song?", retries=20)


async def ask(user: User) -> None:
    await open_sheet(user)
    (await press_ask(user)).raise_for_status()
    await user.should_see("Your song is in the queue", retries=20)
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
    from karaoke_ui import auth
    from karaoke_ui.show.rights import Role

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
    await second.should_see("Hi Maria", retries=30)


async def test_an_empty_library_says_that_the_host_adds_songs(user: User, house: House) -> None:
    await join(user, "Maria")
    await user.should_see("No songs yet. The host adds songs")


async def test_a_song_shows_up_by_itself_and_tells_when_it_is_ready(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    await join(user, "Maria")
    bring(prepared=False)
    await user.should_see("Daisy Bell", retries=30)
    await user.should_see("about 1 min")
    work_off(house.box)
    await user.should_see("ready", retries=30)


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
    field = user.find(marker="search-field")
    field.type("daisy dac")
    await user.should_not_see("Greensleeves", retries=30)
    await user.should_see("Daisy Bell")
    field.clear().type("polka")
    await user.should_see("No song here for “polka”", retries=30)
    field.clear()
    await user.should_see("Greensleeves", retries=30)


async def test_a_singer_asks_and_learns_the_place(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    song = bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    user.find(marker="search-field").type("daisy")
    await user.should_not_see("Creep", retries=30)
    await user.should_see("+")
    await open_sheet(user)
    await user.should_see("You would sing at about")
    await press_ask(user)
    await user.should_see("Your song is in the queue", retries=30)
    await user.should_see("nor has one person who asked earlier", retries=30)
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
    user.find(marker="search-field").type("daisy")
    await user.should_not_see("Creep", retries=30)
    await ask(user)
    await user.should_see("✓", retries=30)
    user.find("✓").click()
    await user.should_see("2nd · about")


async def test_a_cancel_can_be_taken_back(user: User, house: House, bring: Callable[..., Song]) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    user.find(marker="search-field").type("daisy")
    await user.should_not_see("Creep", retries=30)
    await ask(user)
    user.find(marker="mine").click()
    await user.should_see("2nd · about", retries=30)
    user.find(marker="cancel").click()
    await user.should_see("“Daisy Bell” is removed.", retries=30)
    await user.should_see("You have not asked for a song yet.", retries=30)
    user.find(marker="undo").click()
    await user.should_see("2nd · about", retries=30)


async def test_a_double_tap_on_cancel_still_leaves_the_way_back(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    walk_up(house, "Tom", bring("Radiohead - Creep", words=False))
    await join(user, "Maria")
    user.find(marker="search-field").type("daisy")
    await user.should_not_see("Creep", retries=30)
    await ask(user)
    user.find(marker="mine").click()
    await user.should_see(marker="cancel", retries=30)
    user.find(marker="cancel").click().click()
    await user.should_see("You have not asked for a song yet.", retries=30)
    await user.should_see(marker="undo")


async def test_who_is_first_is_told_with_the_whole_screen_and_can_go_back(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    await user.should_see(marker="here", retries=30)
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
    await user.should_see(marker="coming", retries=30)
    user.find(marker="coming").click()
    await user.should_see("The host knows that you are on your way.", retries=30)
    with house.box.db.read() as s:
        assert [guest.hint for guest in s.exec(select(Guest))] == [Hint.COMING]


async def test_who_is_first_can_let_one_go_first_after_a_second_thought(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    daisy = bring()
    await join(user, "Maria")
    await ask(user)
    walk_up(house, "Tom", daisy)
    await user.should_see(marker="one-later", retries=30)
    user.find(marker="one-later").click()
    await user.should_see("Let one singer go first?")
    user.find(marker="sure").click()
    await user.should_not_see(marker="here", retries=30)
    await user.should_see("One singer goes before “Daisy Bell”.")
    user.find(marker="undo").click()
    await user.should_see(marker="here", retries=30)


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
        await user.should_see("It’s you", retries=30)
        await user.should_see("Your words are on the TV.")
        await tom.should_see("Daisy Bell · Harry Dacre", retries=30)
        await tom.should_not_see("Nobody sings right now.")
        with change(house) as s:
            player.skip(s, BOX)
        await user.should_not_see("It’s you", retries=30)


async def test_a_phone_that_is_opened_on_stage_hears_when_the_song_is_over(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    bring()
    await join(user, "Maria")
    await ask(user)
    with change(house) as s:
        arm_a_stage(s)
        player.play(s, BOX)
    await user.should_see("It’s you", retries=30)
    await user.open("/")
    await user.should_see("It’s you", retries=30)
    with change(house) as s:
        player.skip(s, BOX)
    await user.should_not_see("It’s you", retries=30)


async def test_the_sixth_song_of_one_singer_has_to_wait(
    user: User, house: House, bring: Callable[..., Song]
) -> None:
    songs = [bring(f"The Band - Song {number}", prepared=False) for number in range(6)]
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer)).one()
        for song in songs[:5]:
            night.ask(s, BOX, song.id, maria.id)
    user.find(marker="search-field").type("Song 5")
    await user.should_not_see("Song 4", retries=30)
    await open_sheet(user)
    await user.should_see("5 songs of yours wait already.")
    await user.should_see("ask for this one in its place")


async def test_the_host_may_sing_too(user: User, house: House, bring: Callable[..., Song]) -> None:
    """One browser that holds a login and a phone's token asks in the singer's name."""
    from karaoke_ui import auth
    from karaoke_ui.show.rights import Role
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
    user.find(marker="search-field").type("daisy")
    await user.should_not_see("Creep", retries=30)
    await ask(user)
    user.find(marker="mine").click()
    for _ in range(REQUESTS.times // 2):
        await user.should_see(marker="cancel", retries=50)
        user.find(marker="cancel").click()
        await user.should_see(marker="undo", retries=50)
        user.find(marker="undo").click()
        await user.should_see("is back in its place", retries=50)
    await user.should_see(marker="cancel", retries=50)
    user.find(marker="cancel").click()
    await user.should_see("That was a bit fast.", retries=30)


def test_places_are_called_as_people_call_them() -> None:
    assert [phrases.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th",
    ]  # fmt: skip


def test_a_song_that_failed_is_explained_and_not_promised() -> None:
    song = SongView("0" * 32, "t", "Creep", "", 200.0, Readiness(Ready.FAILED), has_words=False)
    assert phrases.ready(song.readiness) == "cannot be sung"
    assert phrases.before_asking(song).startswith("This song could not be prepared")
