"""Pages in other languages than English: a phone's own, and the one that the host chose for panel and TV."""

import re
from typing import get_args

import pytest
from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.language import Language
from nicegui.testing import User

from karaoke_ui import text, tongue
from karaoke_ui.house import House
from karaoke_ui.show import night, rules
from karaoke_ui.show.rights import BOX
from karaoke_ui.text import t
from pipeline.tables import Song
from tests.ui.panel import Bring, log_in, sees, until


def of_house(house: House) -> str:
    with house.box.db.read() as s:
        return rules.of(night.current(s)).language


async def test_a_phone_hears_its_own_language_whatever_it_presses(
    user: User, house: House, bring: Bring
) -> None:
    bring()
    user.http_client.headers["accept-language"] = "de-DE,de;q=0.9"
    await user.open("/")
    await sees(user, "Wie heißt du?")
    user.find(marker="name").type("Maria")
    user.find(marker="join-form").trigger("submit.prevent")
    await sees(user, "Hi Maria")
    # Looked up in a thread, by an event and not by a request.
    (chips,) = user.find(marker="chips").elements
    await until(lambda: "items" in chips.props)
    assert {"id": "new", "name": "Neueste Songs"} in chips.props["items"]


async def test_a_phone_offers_every_language_by_its_own_name(user: User, house: House) -> None:
    user.http_client.headers["accept-language"] = "fr"
    await user.open("/")
    user.find(marker="name").type("Maria")
    user.find(marker="join-form").trigger("submit.prevent")
    await sees(user, "Salut Maria")
    user.find(marker="hello").click()
    await sees(user, "Deutsch")
    await sees(user, "Français")
    (chosen,) = user.find(marker="language-fr").elements
    assert chosen.props["aria-pressed"] == "true"
    user.http_client.cookies.set(tongue.COOKIE, "de")
    await user.open("/")
    await sees(user, "Meine Songs")


async def test_the_host_chooses_what_the_panel_and_the_tv_speak(
    host: User, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloads: list[bool] = []
    monkeypatch.setattr(host.navigate, "reload", lambda: reloads.append(True))
    await host.open("/host?tab=night")
    await sees(host, "Language of TV and panel")
    host.find(marker="language-de").click()
    await until(lambda: of_house(house) == "de")
    await until(lambda: house.live.show.rules.language == "de")
    assert reloads, "its pages are built anew"
    await host.open("/host?tab=night")
    await sees(host, "Sprache von Fernseher und Pult")
    assert house.live.show.night == "Karaoke-Abend", "nobody had named it"
    (chosen,) = host.find(marker="language-de").elements
    assert chosen.props["aria-pressed"] == "true"
    host.http_client.cookies.clear()
    assert "Guten Abend" in (await host.http_client.get("/host/login")).text
    assert "Als Nächstes" in (await host.http_client.get("/stage")).text


SAYS = re.compile('<html lang="([^"]*)"')


@pytest.mark.parametrize("language", text.languages())
async def test_every_page_says_which_language_it_is_written_in(
    host: User, house: House, language: str
) -> None:
    says = tongue.QUASAR.get(language, language)
    assert says in get_args(Language)
    await house.do(night.speak, BOX, language)
    await until(lambda: house.live.show.rules.language == language)
    panel = (await host.http_client.get("/host")).text
    assert SAYS.findall(panel) == [says]
    assert re.findall("<title>(.*?)</title>", panel) == [text.everywhere("host.page_title")[language]]
    for paper in ("cards", "songbook", "slips"):
        assert SAYS.findall((await host.http_client.get(f"/host/print/{paper}")).text) == [language]
    phone = await host.http_client.get("/", headers={"accept-language": language})
    assert SAYS.findall(phone.text) == [says]
    assert f"lang/{says}.umd" in phone.text, "what comes with the library"


async def test_percents_and_languages_are_written_as_the_host_does(
    user: User, house: House, bring: Bring
) -> None:
    song = bring()
    with house.box.db.write() as s:
        s.get_one(Song, song.id).language = "pt-BR"
    await house.do(night.speak, BOX, "de")
    await until(lambda: house.live.show.rules.language == "de")
    log_in(user, house)
    await user.open("/host?tab=library")
    units = [each.props["unit"] for name in ("volume", "tempo") for each in parts(user, name)]
    assert units == ["\N{NO-BREAK SPACE}%"] * 2
    user.find(marker="chip-language").click()
    await until(lambda: bool(parts(user, "language-name")))
    said = [each.props["code"] for each in parts(user, "language-name")]
    assert said == ["pt-BR"], "the browser says it in its own words"


def parts(user: User, name: str) -> list[Element]:
    with user:
        return list(ElementFilter(marker=name))


async def test_a_thread_speaks_as_whoever_waits_for_it(house: House) -> None:
    assert await house.work(t, "host.close") == "Close"
    before = text.spoken.set("de")
    try:
        assert await house.work(t, "host.close") == "Schließen"
        assert await house.read(lambda _: t("host.close")) == "Schließen"
    finally:
        text.spoken.reset(before)
