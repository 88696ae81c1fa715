"""What reaches the box late, twice, or in another order than it was pressed: on phones with weak Wi-Fi that is every night."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from nicegui import events, ui
from nicegui.testing import User
from sqlmodel import Session, select

from karaoke_ui import auth, text
from karaoke_ui.house import House
from karaoke_ui.pages.singer import sheet
from karaoke_ui.pages.singer.about import about
from karaoke_ui.show import night, people, player, undo
from karaoke_ui.show.rights import BOX, NOBODY, Actor, Role
from karaoke_ui.show.tables import Singer, Stage, Turn, TurnState
from pipeline.db import announce
from pipeline.tables import Song, Track, TrackState
from tests.ui.held import Answers
from tests.ui.panel import until


def add_song(house: House, title: str) -> str:
    with house.box.db.write() as s:
        song = Song(title=title, artist="Harry Dacre")
        s.add(song)
        s.flush()
        track = Track(
            song_id=song.id, source="upload", file_name="a.wav", original="a.wav", sha256=title, bytes=1,
            seconds=100.0, engine="center", chunks=3, separated=3, state=TrackState.READY,
        )  # fmt: skip
        s.add(track)
        announce(s, "song", song.id)
        return song.id


async def join(user: User, house: House, name: str) -> Actor:
    await user.open("/")
    user.find(marker="name").type(name)
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see(f"Hi {name}")
    with house.box.db.read() as s:
        return Actor(Role.SINGER, s.exec(select(Singer.id).where(Singer.name == name)).one())


def press(element: ui.element, kind: str = "click", args: object = None) -> None:
    """What a browser sent, before it was told of anything newer."""
    for listener in element._event_listeners.values():
        if listener.type == kind:
            events.handle_event(
                listener.handler,
                events.GenericEventArguments(sender=element, client=element.client, args=args or {}),
            )


def in_order(user: User, words: str = "", **which: str) -> list[ui.element]:
    found = user.find(words, **which) if words else user.find(**which)
    return sorted(found.elements, key=lambda element: element.id)


def state(house: House, turn_id: str) -> TurnState:
    with house.box.db.read() as s:
        return s.get_one(Turn, turn_id).state


def arm_a_stage(s: Session) -> None:
    s.add(Stage(token="tv", code="", paired_at=1.0, leads=True, connected=True, armed=True))
    s.flush()
    announce(s, "stage")


def asked_about(user: User) -> str:
    (form,) = user.find(marker="ask").elements
    return str(form.props["title"])


def names(house: House) -> list[str]:
    with house.box.db.read() as s:
        return sorted(s.exec(select(Singer.name)))


async def test_who_presses_join_twice_comes_in_once(user: User, house: House) -> None:
    follows = len(house.live.on_show.callbacks)
    await user.open("/")
    user.find(marker="name").type("Maria")
    form = user.find(marker="join-form")
    form.trigger("submit.prevent")
    form.trigger("submit.prevent")
    await user.should_see("Hi Maria")

    def homes() -> int:
        return sum(1 for each in house.live.on_show.callbacks[follows:] if "Home" in repr(each.func))

    await until(lambda: homes() > 0)
    await asyncio.sleep(0.5)
    assert homes() == 1
    assert names(house) == ["Maria"]


async def test_somebody_else_on_a_phone_is_added_once(user: User, house: House) -> None:
    await join(user, house, "Maria")
    user.find(marker="hello").click()
    await user.should_see(marker="add-singer")
    user.find(marker="add-singer").click()
    await user.should_see(marker="other-form")
    user.find(marker="name").type("Ben")
    (form,) = in_order(user, marker="other-form")
    press(form, "submit.prevent")
    press(form, "submit.prevent")
    await until(lambda: "Ben" in names(house))
    await asyncio.sleep(0.5)
    assert names(house) == ["Ben", "Maria"]


async def test_a_late_press_on_a_song_that_is_sung_by_now_removes_no_other(user: User, house: House) -> None:
    first, second = add_song(house, "First"), add_song(house, "Second")
    maria = await join(user, house, "Maria")
    with house.box.db.write() as s:
        turns = [night.ask(s, maria, song).id for song in (first, second)]
        arm_a_stage(s)
    user.find(marker="mine").click()
    await user.should_see("Second")
    cancel = in_order(user, marker="cancel")[0]
    with house.box.db.write() as s:
        player.play(s, BOX, turns[0])
    await user.should_see("You sing this now")
    press(cancel)
    await asyncio.sleep(0.5)
    assert [state(house, turn) for turn in turns] == [TurnState.ON_STAGE, TurnState.WAITING]


async def test_what_the_host_put_back_can_be_removed_again(user: User, house: House) -> None:
    song = add_song(house, "Daisy Bell")
    maria = await join(user, house, "Maria")
    with house.box.db.write() as s:
        turn = night.ask(s, maria, song).id
    user.find(marker="mine").click()
    await user.should_see(marker="cancel")
    user.find(marker="cancel").click()
    await until(lambda: state(house, turn) is TurnState.REMOVED)
    await user.should_not_see(marker="cancel")
    with house.box.db.write() as s:
        undo.put_back(s, BOX, turn)
    await user.should_see(marker="cancel")
    user.find(marker="cancel").click()
    await until(lambda: state(house, turn) is TurnState.REMOVED)


async def test_what_was_put_back_before_the_answer_came_can_be_removed_again(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = add_song(house, "Daisy Bell")
    maria = await join(user, house, "Maria")
    with house.box.db.write() as s:
        turn = night.ask(s, maria, song).id
    user.find(marker="mine").click()
    await user.should_see(marker="cancel")
    answers = Answers(house, night.remove, monkeypatch, "do")
    user.find(marker="cancel").click()
    await until(lambda: answers.is_held)
    await user.should_not_see(marker="cancel")
    with house.box.db.write() as s:
        undo.put_back(s, BOX, turn)
    await user.should_see(marker="cancel")
    answers.give()
    await until(lambda: answers.is_given)
    user.find(marker="cancel").click()
    await until(lambda: state(house, turn) is TurnState.REMOVED)


async def test_a_song_that_came_from_the_phone_closes_no_other_sheet(user: User, house: House) -> None:
    songs = {title: add_song(house, title) for title in ("One", "Two")}
    await join(user, house, "Maria")
    await user.should_see("Two")
    assert user.client is not None
    (bring,) = [each for each in user.client.elements.values() if "bring" in each._markers]
    press(in_order(user, "+")[0])
    await user.should_see(marker="ask")
    looked_at = asked_about(user)
    press(bring, "arrived", songs["One" if looked_at == "Two" else "Two"])
    await asyncio.sleep(0.5)
    assert asked_about(user) == looked_at


async def test_the_row_that_was_pressed_last_is_asked_about(
    user: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the box takes to look up the one before."""
    add_song(house, "One")
    add_song(house, "Two")
    await join(user, house, "Maria")
    await user.should_see("Two")
    waits = [0.6, 0.0]

    def late(*args: Any) -> Any:
        time.sleep(waits.pop(0) if waits else 0.0)
        return about(*args)

    monkeypatch.setitem(vars(sheet), "about", late)
    rows = in_order(user, "+")
    press(rows[0])
    await asyncio.sleep(0.1)
    press(rows[1])
    await user.should_see(marker="ask")
    looked_at = asked_about(user)
    await asyncio.sleep(0.8)
    assert asked_about(user) == looked_at


def wish(song: str, singer: Actor) -> dict[str, str]:
    """As a phone keeps it, and sends it until there is an answer."""
    return {"song_id": song, "singer_id": singer.id, "id": uuid4().hex}


async def test_what_was_asked_before_the_phone_was_handed_over_stays_whose_it_was(
    user: User, house: House
) -> None:
    first, second, third = (add_song(house, title) for title in ("One", "Two", "Three"))
    ada = await join(user, house, "Ada")
    token = auth.Keys(house.box.settings.data).read(Role.SINGER, user.http_client.cookies)
    there, on_its_way = wish(first, ada), wish(second, ada)
    assert (await user.http_client.post("/api/v1/turns", json=there)).status_code == 201
    with house.box.db.write() as s:
        people.share(s, ada, token, "Ben")
        stranger = Actor(Role.SINGER, people.join(s, NOBODY, "another phone", "Cleo").id)
    again = await user.http_client.post("/api/v1/turns", json=there)
    assert (again.status_code, again.json()["singer"]) == (201, "Ada")
    late = await user.http_client.post("/api/v1/turns", json=on_its_way)
    assert (late.status_code, late.json()["singer"]) == (201, "Ada")
    other = await user.http_client.post("/api/v1/turns", json=wish(third, stranger))
    assert other.json()["singer"] == "Ben", "nobody asks in the name of another phone's singer"


async def test_what_is_told_again_is_no_refusal_when_it_is_sung_by_now(user: User, house: House) -> None:
    song = add_song(house, "One")
    ada = await join(user, house, "Ada")
    told = wish(song, ada)
    assert (await user.http_client.post("/api/v1/turns", json=told)).status_code == 201
    with house.box.db.write() as s:
        arm_a_stage(s)
        player.play(s, BOX)
    again = await user.http_client.post("/api/v1/turns", json=told)
    assert (again.status_code, again.json()) == (201, None)


async def test_what_was_pressed_may_be_gone_before_its_press_is_dealt_with(user: User, house: House) -> None:
    """The answer still is in the language of the phone."""
    song = add_song(house, "Daisy Bell")
    user.http_client.headers["accept-language"] = "de"
    await user.open("/")
    user.find(marker="name").type("Maria")
    user.find(marker="join-form").trigger("submit.prevent")
    await user.should_see(marker="mine")
    with house.box.db.write() as s:
        maria = Actor(Role.SINGER, s.exec(select(Singer.id)).one())
        night.ask(s, maria, song)
    user.find(marker="mine").click()
    await user.should_see(marker="cancel")
    (cancel,) = in_order(user, marker="cancel")
    do, speaks = house.do, []

    async def late(*args: Any, **more: Any) -> Any:
        done = await do(*args, **more)
        await user.should_not_see(marker="cancel")
        speaks.append(text.spoken.get())  # whatever is left of the page
        return done

    house.do = late  # type: ignore[method-assign]
    (click,) = [each for each in cancel._event_listeners.values() if each.type == "click"]
    text.spoken.set("")  # what comes through a socket comes without a request
    cancel.client.handle_event({"id": cancel.id, "listener_id": click.id, "args": []})
    await user.should_see("Rückgängig")
    assert speaks == ["de"]
