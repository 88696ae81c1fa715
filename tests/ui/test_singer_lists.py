"""What a phone can look through, how a song begins in its sheet, and what becomes of songs that wait."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from nicegui.testing import User
from sqlmodel import Session, select

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.pages import singer
from karaoke_ui.pages.singer import shelves
from karaoke_ui.pages.singer.about import about
from karaoke_ui.pages.singer.shelves import Offered
from karaoke_ui.show import clock, guests, history, lineup, lists, night, people, undo
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.rules import Requests, Rules
from karaoke_ui.show.tables import Guest, Performance, Phone, Singer, Turn
from karaoke_ui.show.views import SongView
from pipeline import library
from pipeline.tables import Song, Track
from tests import sound
from tests.server import Server
from tests.ui.held import Answers
from tests.ui.panel import until
from tests.ui.phone import press_ask
from tests.ui.test_singer_page import another_phone, change, heard, join, look_for, open_sheet
from tests.workers import work_off

DUET = "[00:01.00]v1: Tell me\n[00:02.00]v2: Tell you\n"


@pytest.fixture
def songs(house: House, tmp_path: Path) -> dict[str, str]:
    """Title → id: nothing of them is prepared."""
    found = {}
    for number, title in enumerate(("Creep", "Valerie", "Shallow")):
        path = sound.save(tmp_path / f"{number}.wav", sound.song(3, seed=number))
        with path.open("rb") as stream:
            found[title] = library.add(house.box, stream, f"Somebody - {title}.wav", "upload").id
    return found


def titles(found: list[SongView]) -> list[str]:
    return [song.title for song in found]


def sing(s: Session, singer: Singer, song_id: str, key: int = 0, partner: Singer | None = None) -> None:
    turn = Turn(night_id=night.current(s).id, singer_id=singer.id, song_id=song_id, place=1.0)
    s.add(turn)
    s.flush()
    sung = Performance(
        turn_id=turn.id,
        night_id=turn.night_id,
        singer_id=singer.id,
        song_id=song_id,
        started_at=1.0,
        ended_at=2.0,
        finished=True,
        key=key,
        partners=[partner.id] if partner else [],
    )
    turn.state = turn.state.SUNG
    s.add(sung)
    s.flush()


def test_lists_are_offered_as_soon_as_something_is_on_them(house: House, songs: dict[str, str]) -> None:
    with change(house) as s:
        assert [each for each, _ in shelves.offered(s, Rules())] == ["new", "favourites", "sung"]
        maria, tom = (people.join(s, NOBODY, token, token) for token in ("Maria", "Tom"))
        sing(s, maria, songs["Shallow"], key=-2, partner=tom)
        made = lists.create(s, BOX, "Kids", [songs["Creep"]])
        s.get_one(Song, songs["Creep"]).year = 1992
        for title, language in (("Creep", "en"), ("Valerie", "fr")):
            s.get_one(Song, songs[title]).language = language
        offered = dict(shelves.offered(s, Rules()))
        assert list(offered) == [
            "new", "favourites", "sung", "most", "duets", f"list:{made.id}", "decade:1990", "language:en", "language:fr",
        ]  # fmt: skip
        assert offered[f"list:{made.id}"] == "Kids"
        all_may = Offered()
        assert titles(shelves.songs(s, "", 9, "most", all_may)) == ["Shallow"]
        assert titles(shelves.songs(s, "", 9, "duets", all_may)) == ["Shallow"]
        assert titles(shelves.songs(s, "", 9, f"list:{made.id}", all_may)) == ["Creep"]
        assert titles(shelves.songs(s, "", 9, "decade:1990", all_may)) == ["Creep"]
        assert titles(shelves.songs(s, "", 9, "language:fr", all_may)) == ["Valerie"]
        found, below = shelves.own(s, maria.id, "sung", 9, all_may)
        assert (titles(found), list(below.values())) == (["Shallow"], ["Somebody · key −2"])


def test_guests_see_only_what_they_may_ask_for(house: House, songs: dict[str, str]) -> None:
    with change(house) as s:
        s.get_one(Song, songs["Creep"]).explicit = True
        s.get_one(Song, songs["Shallow"]).blocked = True
        made = lists.create(s, BOX, "Tonight", [songs["Creep"]])
        s.flush()
        assert set(titles(shelves.songs(s, "", 9, "new", Offered()))) == {"Creep", "Valerie"}
        assert titles(shelves.songs(s, "", 9, "new", Offered.of(Rules(explicit=False)))) == ["Valerie"]
        of_list = Rules(requests=Requests.LIST, house_list=made.id)
        assert titles(shelves.songs(s, "somebody", 9, "new", Offered.of(of_list))) == ["Creep"]
        assert [each for each, _ in shelves.offered(s, of_list)] == ["new", "favourites", "sung"]


def test_a_song_begins_in_the_key_that_was_kept_and_shows_both_ranges(
    house: House, songs: dict[str, str]
) -> None:
    with change(house) as s:
        for track in s.exec(select(Track)):
            track.lowest, track.highest = 55.0, 70.0
        maria, tom = (people.join(s, NOBODY, token, token) for token in ("Maria", "Tom"))
        people.add_walk_up(s, BOX, "Opa")
        sing(s, maria, songs["Creep"], key=-3)
        sing(s, maria, songs["Shallow"], key=2)
        history.favour(s, Actor(Role.SINGER, maria.id), songs["Creep"], True)
        known = about(s, maria.id, songs["Creep"])
        assert (known.key, known.kept, known.favourite) == (-3, True, True)
        assert (known.range, known.own) == ((55.0, 70.0), (52.0, 72.0))
        assert [each.name for each in known.people] == ["Opa", f"{tom.face} Tom"]
        assert about(s, tom.id, songs["Creep"]).own is None


def test_a_newcomer_is_told_a_time_that_holds_and_nothing_is_asked_for(
    house: House, songs: dict[str, str]
) -> None:
    work_off(house.box)
    with change(house) as s:
        maria, tom, ann = (people.join(s, NOBODY, token, token) for token in ("Maria", "Tom", "Ann"))
        for each in (tom, ann):
            sing(s, each, songs["Creep"])
            night.ask(s, BOX, songs["Shallow"], each.id)
        told = about(s, maria.id, songs["Valerie"]).at
        assert len(night.queue(s, night.current(s).id)) == 2
        asked = night.ask(s, BOX, songs["Valerie"], maria.id)
        order = [turn.id for turn in night.queue(s, night.current(s).id)]
        assert order.index(asked.id) < 2, "others have sung already"
        assert about(s, tom.id, songs["Valerie"]).at > told
    with house.box.db.read() as s:
        place = lineup.of(s, night.current(s), clock.now()).places[asked.id]
        assert abs(place.at - told) < 30.0


def test_a_few_seconds_of_a_song_are_for_the_room_alone(server: Server, tmp_path: Path) -> None:
    path = sound.save(tmp_path / "Hey.wav", sound.song(5))
    with server.host() as host, server.client() as nobody, server.phone("Maria") as maria:
        with path.open("rb") as file:
            song = host.post("/api/v1/songs", files={"files": file}).json()["items"][0]["song"]["id"]
        assert nobody.get(f"/api/v1/songs/{song}/preview").status_code == 401
        answer = maria.get(f"/api/v1/songs/{song}/preview")
        assert answer.status_code == 404, "its sound is not there yet"
        assert answer.json()["error"]["code"] == "not_found"


async def test_ones_own_songs_change_places_and_pause(
    user: User, house: House, songs: dict[str, str]
) -> None:
    work_off(house.box)
    await join(user, "Maria")
    with change(house) as s:
        other = people.add_walk_up(s, BOX, "Tom")
        night.ask(s, BOX, songs["Creep"], other.id)
        maria = s.exec(select(Singer).where(Singer.name == "Maria")).one()
        for title in ("Valerie", "Shallow"):
            night.ask(s, BOX, songs[title], maria.id)
    user.find(marker="mine").click()
    await user.should_see("It comes after your other song.")
    (_second,) = user.find(marker="up").elements
    user.find(marker="up").click()
    await user.should_see("Your songs have changed places.")
    with house.box.db.read() as s:
        mine = [turn.song_id for turn in night.queue(s, night.current(s).id) if turn.singer_id == maria.id]
    assert mine == [songs["Shallow"], songs["Valerie"]]
    user.find(marker="pause").click()
    await user.should_see("You pause. Nothing is lost: your place is kept.")
    user.find(marker="pause").click()
    await user.should_not_see("You pause.")


async def test_a_request_waits_for_the_host_and_its_refusal_is_told(
    user: User, house: House, songs: dict[str, str]
) -> None:
    from karaoke_ui.show import rules, turns

    work_off(house.box)
    with change(house) as s:
        rules.change(s, BOX, night.current(s), {"requests": "approve"})
    await join(user, "Maria")
    await user.should_see("The host says yes to each song first.")
    await look_for(user, "creep", gone="Valerie")
    await open_sheet(user)
    assert (await press_ask(user)).is_success
    await user.should_see("The host has your request")
    user.find(marker="fine").click()
    user.find(marker="mine").click()
    await user.should_see("It joins the queue when the host says yes.")
    with change(house) as s:
        turns.refuse(s, BOX, s.exec(select(Turn)).one().id)
    await user.should_see("The host did not take “Creep” tonight.")


async def test_a_full_phone_can_put_a_song_in_place_of_another(
    user: User, house: House, songs: dict[str, str]
) -> None:
    await join(user, "Maria")
    with change(house) as s:
        maria = s.exec(select(Singer)).one()
        night.ask(s, BOX, songs["Creep"], maria.id, Wanted(key=-2))
    await user.should_see("✓")
    await look_for(user, "valerie", gone="Shallow")
    await open_sheet(user)
    (form,) = user.find(marker="ask").elements
    (instead,) = form.props["instead"]
    assert instead["title"] == "Creep"
    body = {"song_id": form.props["body"]["song_id"], "key": 0}
    answer = await user.http_client.patch(f"/api/v1/turns/{instead['id']}", json=body)
    assert answer.is_success
    with house.box.db.read() as s:
        assert [turn.song_id for turn in night.queue(s, night.current(s).id)] == [songs["Valerie"]]


async def test_the_four_letters_bring_another_phone_to_the_same_singer(user: User, house: House) -> None:
    await join(user, "Maria")
    with house.box.db.read() as s:
        code = s.exec(select(Singer)).one().recovery
    user.find(marker="hello").click()
    await user.should_see(f"Your four letters: {code}")
    async with another_phone() as other:
        await other.open("/")
        other.find(marker="before").click()
        other.find(marker="code").type("AAAA")
        other.find(marker="code-form").trigger("submit.prevent")
        await other.should_see("code is not right")
        other.find(marker="code").clear().type(code.lower())
        other.find(marker="code-form").trigger("submit.prevent")
        await other.should_see("Hi Maria")
    with house.box.db.read() as s:
        assert len(s.exec(select(Guest)).all()) == 1


async def test_a_phone_follows_its_singer_when_two_are_one_and_two_again(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []
    monkeypatch.setattr(user.navigate, "reload", lambda: loads.append(1))
    await join(user, "Opa")
    with house.box.db.write() as s:
        opa = s.exec(select(Singer)).one()
        guests.merge(s, BOX, people.add_walk_up(s, BOX, "Grandpa").id, opa.id)
    await until(lambda: len(loads) == 1)
    await user.open("/")
    await user.should_see("Hi Grandpa")
    with house.box.db.write() as s:
        undo.undo_last(s, BOX)
    await until(lambda: len(loads) == 2)
    await user.open("/")
    await user.should_see("Hi Opa")


@pytest.mark.parametrize(("reading", "reloads"), [(people.on_phone, 0), (singer._all_of, 1)])
async def test_a_page_that_opens_while_two_become_one_follows_its_singer(
    user: User,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    reading: Callable[..., object],
    reloads: int,
) -> None:
    loads: list[int] = []
    monkeypatch.setattr(user.navigate, "reload", lambda: loads.append(1))
    phone = auth.Keys(house.box.settings.data).sign(Role.SINGER, "phone")
    user.http_client.cookies.set(auth.COOKIES[Role.SINGER], phone)
    with change(house) as s:
        opa = people.join(s, NOBODY, "phone", "Opa").id
    answers, news = Answers(house, reading, monkeypatch), heard(house, "singer")
    opening = asyncio.create_task(user.open("/"))
    await until(lambda: answers.is_held)
    with change(house) as s:
        grandpa = people.add_walk_up(s, BOX, "Grandpa").id
        guests.merge(s, BOX, grandpa, opa)
    await until(lambda: any(grandpa in each.keys["singer"] for each in news))
    answers.give()
    await opening
    await until(lambda: len(loads) == reloads)
    if reloads:
        await user.open("/")
    await user.should_see("Hi Grandpa")


async def test_two_sing_with_one_phone(user: User, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page would load itself anew; here it is opened anew by hand, at a moment that is known.
    monkeypatch.setattr(user.navigate, "reload", lambda: None)
    await join(user, "Maria")
    user.find(marker="hello").click()
    await user.should_see(marker="add-singer")
    user.find(marker="add-singer").click()
    await user.should_see("Who else sings with this phone?")
    user.find(marker="name").type("Opa")
    user.find(marker="other-form").trigger("submit.prevent")

    def sings() -> str:
        with house.box.db.read() as s:
            return s.get_one(Singer, s.exec(select(Phone)).one().singer_id).name

    await until(lambda: sings() == "Opa")
    await user.open("/")
    await user.should_see("Hi Opa")
