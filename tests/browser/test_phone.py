"""The singer's phone in a real browser, held in one hand: what only a browser can show."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from karaoke_ui import text
from pipeline import catalogue, library, migrate
from pipeline.box import Box
from pipeline.settings import Settings
from tests import sound
from tests.browser import chrome
from tests.browser.axe import barriers
from tests.browser.letters import cut
from tests.server import Server
from tests.workers import work_off

WORDS = b"[00:01.00]La la la\n[00:04.00]la la\n"
LONG = "A Song Whose Title Does Not Want To End Before The Second Line"
SONGS = ("Harry Dacre - Daisy Bell", "Radiohead - Creep", f"The Long Named Orchestra - {LONG}")
PHONE, SMALL = (390, 844), (320, 640)
# Where something stands, and how large it is, whatever moves while it is pressed.
STANDS = "node => [node.offsetLeft, node.offsetTop, node.offsetWidth, node.offsetHeight, node.closest('.sheet').offsetTop]"
# Whether the one stands above the other, without a touch.
BELOW = """
    (both) => {
        const [above, below] = both.map((each) => document.querySelector(each).getBoundingClientRect());
        return above.height > 0 && above.bottom <= below.top;
    }
"""
# What a person may take from the QR code to the first request.
SECONDS = 20.0

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = chrome.launch(playwright, chromium)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Songs that are ready before the box starts: nothing is worked on while it is looked at."""
    folder = tmp_path_factory.mktemp("phone")
    settings = Settings(data=folder / "data", engine="center", online=False)
    migrate.upgrade(settings.database, settings.backups)
    box = Box.open(settings)
    for number, name in enumerate(SONGS):
        library.add_words(box, WORDS, f"{name}.lrc")
        with sound.save(folder / f"{number}.wav", sound.song(13, seed=number)).open("rb") as file:
            library.add(box, file, f"{name}.wav", "upload")
    work_off(box)
    box.close()
    with Server(folder / "data") as started:
        yield started


@pytest.fixture(scope="module")
def host(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        yield client


@pytest.fixture
def phone(browser: Browser, server: Server, host: httpx.Client) -> Iterator[Open]:
    """Opens the page on a phone of its own, or in another tab of one. Nobody waits in the queue."""
    host.post("/api/v1/night", json={"name": "Friday", "template": "party"}).raise_for_status()
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        size: tuple[int, int] = PHONE, *, of: BrowserContext | None = None, locale: str = "en-US"
    ) -> Page:
        context = of or browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{server.base_url}/")
        return page

    yield open_page
    for context in dict.fromkeys(contexts):
        context.close()
    assert wrong == []


def join(page: Page, name: str = "Maria") -> Page:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").tap()
    expect(page.get_by_text(f"Hi {name}")).to_be_visible()
    return page


def open_sheet(page: Page, title: str = "Daisy Bell") -> None:
    page.get_by_role("button", name=f"Ask for {title}").tap()
    expect(ask_button(page)).to_be_visible()


def ask_button(page: Page) -> Any:
    return page.get_by_role("button", name="Ask", exact=True)


def queue(host: httpx.Client) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = host.get("/api/v1/turns").json()["items"]
    return turns


def look(page: Page, name: str) -> None:
    """Nothing keeps anybody out, and nothing stands beside the screen, of what is seen already."""
    assert barriers(page) == [], name
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name}: {wide} px beside the screen"


@pytest.mark.parametrize(("size", "large"), [(PHONE, False), (SMALL, False), (SMALL, True)])
def test_everybody_can_use_every_page_and_sheet(
    phone: Open, server: Server, host: httpx.Client, size: tuple[int, int], large: bool
) -> None:
    """At 320 px and with text twice as large, too."""
    with server.phone("Ann-Kathrin von und zu 🎉") as ann:
        songs = {song["title"]: song["id"] for song in host.get("/api/v1/songs").json()["items"]}
        ann.post("/api/v1/turns", json={"song_id": songs[LONG]}).raise_for_status()
    page = phone(size)
    if large:
        larger(page)
    expect(page.get_by_label("Your name")).to_be_visible()
    look(page, "join")
    page.get_by_role("button", name="I was here before").tap()
    expect(page.get_by_label("Your four letters")).to_be_visible()
    look(page, "code")
    page.get_by_role("button", name="I am new here").tap()
    join(page)
    expect(page.locator(".songs .song")).to_have_count(len(SONGS))
    look(page, "search")
    open_sheet(page)
    look(page, "sheet")
    ask_button(page).tap()
    expect(page.get_by_text("Your song is in the queue")).to_be_visible()
    look(page, "asked")
    page.locator(".sheet").get_by_role("button", name="My songs").tap()
    expect(page.get_by_text(re.compile("^2nd · about"))).to_have_count(2)  # the card, and above it
    look(page, "my songs")
    page.get_by_role("button", name="Change Daisy Bell").tap()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    look(page, "change")
    page.get_by_role("button", name="Close").tap()
    page.get_by_role("button", name="Now", exact=True).tap()
    expect(page.locator(".claps")).to_be_visible()
    look(page, "now")
    page.get_by_role("button", name="Hi Maria").tap()
    expect(page.get_by_text("Your four letters")).to_be_visible()
    look(page, "me")
    page.get_by_role("button", name="Close").tap()
    host.delete(f"/api/v1/turns/{queue(host)[0]['id']}").raise_for_status()
    expect(page.get_by_role("heading", name="You’re next")).to_be_visible()
    look(page, "next")


def larger(page: Page) -> None:
    """Letters twice as large, as a person sets it in the browser."""
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")


class Tour:
    """A walk over the pages and sheets in another language than English; it collects the words that are cut off."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.texts = catalogue.read(text.FOLDER, language)
        self.wrong: list[str] = []

    def tap(self, key: str, within: str = "body") -> None:
        name = self.texts[f"singer.{key}"]
        self.page.locator(within).get_by_role("button", name=name, exact=True).first.tap()

    def read(self, where: str, shown: str) -> None:
        expect(self.page.locator(shown).first).to_be_visible()
        self.wrong.extend(f"{where}: {each}" for each in cut(self.page))

    def join(self) -> None:
        self.read("join", ".faces")
        self.tap("join.before")
        self.read("code", ".letters")
        self.tap("join.new")
        self.page.get_by_label(self.texts["singer.join.name"]).fill("Maria")
        self.tap("join.join")
        self.read("search", ".songs .song")

    def ask(self) -> None:
        self.page.locator(".songs .round").first.tap()
        self.read("sheet", ".key")
        self.tap("ask.higher")
        self.page.locator(".pick").tap()
        self.read("names", ".names")
        self.page.locator(".names .chip").nth(1).tap()
        self.tap("ask.chosen")
        self.read("chosen", ".pick")
        self.tap("ask.ask")
        self.read("asked", ".sheet.done")
        self.tap("sheet.fine", ".sheet")

    def look_around(self) -> None:
        self.read("next", ".moment")
        self.tap("moment.coming")
        self.read("told", ".told")
        self.tap("moment.change")
        self.read("change", ".pair")
        self.tap("sheet.close")
        self.tap("moment.back")
        self.tap("tabs.mine", "nav")
        self.read("my songs", ".cards .place")
        self.tap("tabs.now", "nav")
        self.read("now", ".claps")
        self.page.locator(".hello").tap()
        self.read("me", ".letters")
        self.tap("sheet.close")


@pytest.mark.parametrize("language", text.languages())
def test_no_word_is_cut_off_on_a_small_phone_with_large_letters(
    phone: Open, server: Server, host: httpx.Client, language: str
) -> None:
    """In each language, since the words are of different lengths; and the page says which one it is written in."""
    for each in ("Grandpa", "Bartholomew Featherston", "Wolkensteintrostburg"):
        host.post("/api/v1/singers", json={"name": each}).raise_for_status()
    page = phone(SMALL, locale=language)
    larger(page)
    tour = Tour(page, language)
    tour.join()
    assert page.evaluate("document.documentElement.lang").split("-")[0] == language
    tour.ask()
    tour.look_around()
    host.put("/api/v1/night/rules/template", json={"template": "itself"}).raise_for_status()
    with server.paired_tv():
        tour.read("called", ".moment.warm")
        host.delete(f"/api/v1/turns/{queue(host)[0]['id']}").raise_for_status()
    assert tour.wrong == []


def test_a_language_chosen_by_hand_is_that_of_the_page(phone: Open) -> None:
    page = join(phone())
    page.get_by_role("button", name="Hi Maria").tap()
    page.get_by_role("button", name="Français").tap()
    expect(page.get_by_text("Salut Maria")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.evaluate("encoreLanguage('de')") == "Allemand"
    page.locator(".songs .round").first.tap()
    expect(page.locator(".ask")).to_be_visible()


def test_a_stranger_asks_for_a_song(phone: Open, host: httpx.Client) -> None:
    page = phone()
    began = page.evaluate("performance.now()")
    join(page)
    page.get_by_label("Search for a song or an artist").fill("daisy")
    expect(page.locator(".songs .song:not(.hidden)")).to_have_count(1)
    open_sheet(page)
    page.get_by_role("button", name="Lower").tap()
    page.get_by_role("button", name="Lower").tap()
    expect(page.get_by_text("Key −2")).to_be_visible()
    page.get_by_label("A few words for the room").last.fill("For my sister")
    ask_button(page).tap()
    expect(page.get_by_text("Your song is in the queue")).to_be_visible()
    assert page.evaluate("performance.now()") - began < 3 * SECONDS * 1000
    (turn,) = queue(host)
    assert (turn["singer"], turn["title"], turn["key"], turn["message"]) == (
        "Maria", "Daisy Bell", -2, "For my sister",
    )  # fmt: skip


def focused(page: Page) -> str:
    """The first words of what has the focus, or the name of its tag where it is not one of ours."""
    return str(
        page.evaluate(
            "(({ tagName, innerText, className }) => tagName === 'BODY' || /q-/.test(className) ? tagName"
            " : innerText.trim().split('\\n')[0])(document.activeElement)"
        )
    )


def has_focus(page: Page, words: str) -> None:
    for _ in range(200):
        if focused(page).startswith(words):
            return
        page.wait_for_timeout(100)
    assert focused(page) == words


def test_what_is_new_has_the_focus_and_is_read_out(phone: Open, host: httpx.Client) -> None:
    page = join(phone())
    has_focus(page, "Hi Maria")
    expect(page.locator("main")).to_have_count(1)
    open_sheet(page)
    ask_button(page).tap()
    has_focus(page, "Your song is in the queue")
    expect(page.get_by_role("alert").filter(has_text="You’re next")).to_have_count(1)
    page.locator(".sheet").get_by_role("button", name="Good").tap()
    moment = page.get_by_role("dialog", name="You’re next")
    expect(moment).to_have_attribute("aria-modal", "true")
    expect(moment).to_be_focused()
    page.get_by_role("button", name="Back to songs").tap()
    expect(page.locator(".where")).to_be_focused()
    page.locator(".where").tap()
    expect(moment).to_be_focused()
    page.get_by_role("button", name="Back to songs").tap()
    page.locator("nav").get_by_role("button", name="My songs").tap()
    page.get_by_role("button", name="Remove Daisy Bell").tap()
    has_focus(page, "My songs")


def test_a_phone_promises_no_ring_before_it_was_tapped(phone: Open, host: httpx.Client) -> None:
    page = join(phone())
    open_sheet(page)
    ask_button(page).tap()
    signal = page.locator(".moment .signal")
    expect(signal).to_contain_text(re.compile("the phone rings|a locked phone cannot ring"))
    page.reload()
    expect(signal).to_have_text(re.compile("^Tap this page once"))
    page.get_by_role("heading", name="You’re next").tap()
    expect(signal).not_to_contain_text("Tap this page once")


def test_a_phone_that_has_lost_its_name_says_so_and_asks_for_it(phone: Open, host: httpx.Client) -> None:
    page = join(phone())
    open_sheet(page)
    page.context.clear_cookies()
    ask_button(page).tap()
    expect(page.get_by_text("This phone has lost your name")).to_be_visible()
    look(page, "nameless")
    page.get_by_role("button", name="Say who I am").tap()
    expect(page.get_by_role("heading", name="What’s your name?")).to_be_visible()
    expect(page.get_by_role("button", name="I was here before")).to_be_visible()
    assert queue(host) == []


def test_all_who_share_a_phone_are_called_by_their_names(phone: Open, host: httpx.Client) -> None:
    page = join(phone())
    open_sheet(page)
    ask_button(page).tap()
    page.get_by_role("button", name="Good").tap()
    page.get_by_role("button", name="Back to songs").tap()
    page.get_by_role("button", name="Hi Maria").tap()
    page.get_by_role("button", name="Someone else on this phone").tap()
    expect(page.get_by_role("heading", name="Who else sings with this phone?")).to_be_visible()
    page.get_by_role("textbox", name="Your name").fill("Opa")
    page.get_by_role("button", name="Join").tap()
    expect(page.get_by_role("dialog", name="Maria: You’re next")).to_be_visible()
    expect(page).to_have_title("Maria: You’re next")
    look(page, "next, another")
    page.get_by_role("button", name="Back to songs").tap()
    expect(page.get_by_text("Hi Opa")).to_be_visible()
    expect(page.get_by_role("button", name="Maria: You’re next")).to_be_visible()
    page.get_by_role("button", name="My songs").tap()
    hers = page.get_by_role("button", name="Maria · Daisy Bell")
    expect(hers).to_be_visible()
    look(page, "whose songs")
    hers.tap()
    expect(page.get_by_role("button", name="Hi Maria")).to_be_visible()


def test_a_few_seconds_can_be_heard(phone: Open) -> None:
    page = join(phone())
    open_sheet(page)
    with page.expect_response(lambda answer: answer.url.endswith("/preview")) as heard:
        page.get_by_role("button", name="Listen").tap()
    assert heard.value.ok
    assert heard.value.headers["content-type"] == "audio/mp4"
    page.get_by_role("button", name="Stop").tap()
    expect(page.get_by_role("button", name="Listen")).to_be_visible()


def test_what_is_pressed_offline_is_sent_once_when_the_box_is_back(phone: Open, host: httpx.Client) -> None:
    page = join(phone())
    open_sheet(page)
    page.context.set_offline(True)
    ask_button(page).tap()
    expect(page.get_by_text("The box is out of reach. This is sent once")).to_be_visible()
    assert queue(host) == []
    page.context.set_offline(False)
    expect(page.get_by_text("Your song is in the queue")).to_be_visible()
    assert [turn["title"] for turn in queue(host)] == ["Daisy Bell"]


def test_a_tap_without_the_box_is_answered_at_once_and_not_kept(phone: Open) -> None:
    page = join(phone())
    ask_for_it = page.get_by_role("button", name="Ask for Daisy Bell")
    expect(ask_for_it).to_be_visible()
    page.context.set_offline(True)
    # Found out at once, as on a phone that has left the Wi-Fi.
    page.evaluate("window.socket.io.engine.close()")
    lost = page.get_by_text("Looking for the box…")
    expect(lost).to_be_visible()
    # Who one is can be read below it, once that has made room.
    page.wait_for_function(BELOW, arg=["#popup", ".hello"])
    ask_for_it.tap()
    expect(page.get_by_text("The box is out of reach. Please tap again")).to_be_visible()
    look(page, "without the box")
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    expect(page.get_by_text("Please tap again")).to_be_hidden()
    page.wait_for_timeout(1000)
    expect(ask_button(page)).to_be_hidden()


def test_a_request_whose_answer_was_lost_is_one_turn_even_from_two_tabs(
    phone: Open, host: httpx.Client
) -> None:
    page = join(phone())
    open_sheet(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/turns", lose_the_answer, times=1)
    ask_button(page).tap()
    expect(page.get_by_text("The box is out of reach. This is sent once")).to_be_visible()
    second = phone(of=page.context)  # knows of it from the phone's memory
    expect(second.get_by_text("Hi Maria")).to_be_visible()
    page.close()
    expect(second.get_by_role("heading", name="You’re next")).to_be_visible()
    second.wait_for_function("JSON.parse(localStorage['encore.requests']).length === 0")
    assert [turn["title"] for turn in queue(host)] == ["Daisy Bell"]


def go_back(page: Page) -> None:
    """With the phone's own button, which the page has made its own by then."""
    page.wait_for_function("history.state?.encore === 'deep'")
    page.evaluate("history.back()")


def test_the_back_button_closes_what_lies_on_top_and_turns_back(phone: Open) -> None:
    page = join(phone())
    page.get_by_role("button", name="Now", exact=True).tap()
    expect(page.get_by_role("button", name="Now", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Hi Maria").tap()
    expect(page.get_by_text("Your four letters")).to_be_visible()
    go_back(page)
    expect(page.get_by_text("Your four letters")).to_be_hidden()
    go_back(page)
    expect(page.get_by_role("button", name="Search", exact=True)).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("Hi Maria")).to_be_visible()


def test_four_letters_bring_a_phone_without_memory_back(phone: Open) -> None:
    page = join(phone())
    page.get_by_role("button", name="Hi Maria").tap()
    found = re.search(r"letters: (\w{4})", page.get_by_text("Your four letters").inner_text())
    assert found is not None
    page.context.clear_cookies()
    page.goto("about:blank")
    again = phone(of=page.context)
    again.get_by_role("button", name="I was here before").tap()
    again.get_by_label("Your four letters").fill("zzzz")
    again.get_by_role("button", name="That’s me").tap()
    expect(again.get_by_role("alert").last).not_to_be_empty()
    again.get_by_label("Your four letters").fill(found[1].lower())
    again.get_by_role("button", name="That’s me").tap()
    expect(again.get_by_text("Hi Maria")).to_be_visible()


def test_two_sing_with_one_phone_and_both_tabs_follow(phone: Open) -> None:
    page = join(phone())
    other = phone(of=page.context)
    expect(other.get_by_text("Hi Maria")).to_be_visible()
    page.bring_to_front()  # a tab behind another one is drawn once a second
    page.get_by_role("button", name="Hi Maria").tap()
    page.get_by_role("button", name="Someone else on this phone").tap()
    expect(page.get_by_role("heading", name="Who else sings with this phone?")).to_be_visible()
    page.get_by_role("textbox", name="Your name").fill("Opa")
    page.get_by_role("button", name="Join").tap()
    for tab in (page, other):
        expect(tab.get_by_text("Hi Opa")).to_be_visible()
    page.get_by_role("button", name="Hi Opa").tap()
    page.get_by_role("button", name="Maria").tap()
    for tab in (page, other):
        expect(tab.get_by_text("Hi Maria")).to_be_visible()


def test_who_is_called_starts_the_song_where_the_night_runs_itself(
    phone: Open, server: Server, host: httpx.Client
) -> None:
    host.put("/api/v1/night/rules/template", json={"template": "itself"}).raise_for_status()
    page = join(phone())
    with server.paired_tv():
        open_sheet(page)
        ask_button(page).tap()
        page.locator(".sheet").get_by_role("button", name="Good").tap()
        expect(page.get_by_role("heading", name="It’s you")).to_be_visible()
        expect(page).to_have_title("It’s you")
        expect(page.get_by_text("Your song starts when you say that you are here.")).to_be_visible()
        look(page, "called")
        page.get_by_role("button", name="I’m here").tap()
        expect(page.get_by_text("The stage is yours.")).to_be_visible()
        host.post("/api/v1/player/skip").raise_for_status()


def answers(host: httpx.Client) -> dict[str, str]:
    """Those who were asked to sing the next song along, and what they said."""
    return {each["name"]: each["says"] for each in queue(host)[0]["partners"]}


def choose_partners(page: Page, *names: str) -> None:
    """Press the names; nothing moves under the thumb, and every name is large enough for it."""
    page.get_by_role("button", name="Who sings with you?").tap()
    for name in names:
        chip = page.locator(".names").get_by_role("button", name=name)
        before = chip.evaluate(STANDS)
        chip.tap()
        expect(chip).to_have_attribute("aria-pressed", "true")
        assert chip.evaluate(STANDS) == before
        assert before[3] >= 44
    look(page, f"choosing {', '.join(names)}")
    page.get_by_role("button", name="Done").tap()


@pytest.mark.parametrize("size", [PHONE, SMALL])
def test_all_who_sing_along_are_asked_on_their_own_phones(
    phone: Open, host: httpx.Client, size: tuple[int, int]
) -> None:
    host.post("/api/v1/singers", json={"name": "Grandpa"}).raise_for_status()
    tom, cleo = join(phone(size), "Tom"), join(phone(size), "Cleo With The Long Name")
    page = join(phone(size))
    open_sheet(page)
    choose_partners(page, "Tom", "Cleo With The Long Name", "Grandpa")
    expect(page.get_by_role("button", name="Who sings with you?")).to_contain_text("Tom")
    look(page, "chosen")
    ask_button(page).tap()
    expect(page.get_by_text("Your song is in the queue")).to_be_visible()
    page.locator(".sheet").get_by_role("button", name="My songs").tap()
    manner = page.locator(".card .manner")
    expect(manner).to_contain_text("with Grandpa")
    expect(manner).to_contain_text("no answer from Tom & Cleo With The Long Name yet")
    tom.get_by_role("button", name="Maria asks you to sing along").tap()
    yes = tom.get_by_role("button", name="Yes, I sing along")
    expect(yes).to_be_visible()
    look(tom, "asked along")
    yes.tap()
    expect(tom.get_by_text("You sing along with")).to_be_visible()
    expect(page.get_by_role("heading", name="You’re next")).to_be_hidden()
    cleo.get_by_role("button", name="Maria asks you to sing along").tap()
    cleo.get_by_role("button", name="Not this time").tap()
    for each in (page, tom):
        expect(each.get_by_role("heading", name="You’re next")).to_be_visible()
        look(each, "next together")
    expect(cleo.get_by_role("heading", name="You’re next")).to_be_hidden()
    expect(page.locator(".moment .manner")).to_contain_text("with Tom & Grandpa")
    expect(tom.locator(".moment .manner")).to_have_text("with Maria & Grandpa")
    assert answers(host) == {"Tom": "yes", "Cleo With The Long Name": "no", "Grandpa": "yes"}
    cleo.locator("nav").get_by_role("button", name="Now").tap()
    expect(cleo.locator(".queue .who")).to_contain_text("Maria, Tom & Grandpa")
    look(cleo, "now")


def test_none_of_many_names_lies_under_the_button(phone: Open, host: httpx.Client) -> None:
    for number in range(50):
        host.post("/api/v1/singers", json={"name": f"Guest {number + 1}"}).raise_for_status()
    page = join(phone())
    open_sheet(page)
    page.get_by_role("button", name="Who sings with you?").tap()
    expect(page.locator(".names .chip").nth(49)).to_be_attached()
    for up in (0, 130, 10_000):
        page.locator(".names").evaluate("(node, up) => node.scrollTo(0, up)", up)
        look(page, f"names, {up} px further")
    expect(page.get_by_role("button", name="Done")).to_be_in_viewport(ratio=1)


def test_back_leads_from_the_names_to_the_sheet_as_it_was(phone: Open, host: httpx.Client) -> None:
    host.post("/api/v1/singers", json={"name": "Grandpa"}).raise_for_status()
    page = join(phone())
    open_sheet(page)
    page.get_by_role("button", name="Lower").tap()
    page.get_by_label("A few words for the room").last.fill("For my sister")
    page.get_by_role("button", name="Who sings with you?").tap()
    page.locator(".names").get_by_role("button", name="Grandpa").tap()
    for by_keyboard in (False, True):
        if by_keyboard:
            page.get_by_role("button", name="Who sings with you?").tap()
            page.keyboard.press("Escape")
        else:
            go_back(page)
        expect(page.get_by_role("button", name="Who sings with you?")).to_contain_text("Grandpa")
        expect(page.get_by_text("Key −1")).to_be_visible()
        expect(page.get_by_label("A few words for the room").last).to_have_value("For my sister")
    go_back(page)
    expect(page.locator(".ask")).to_be_hidden()
    expect(page.get_by_text("Hi Maria")).to_be_visible()


def test_who_sings_along_is_changed_later(phone: Open, host: httpx.Client) -> None:
    tom, page = join(phone(), "Tom"), join(phone())
    join(phone(), "Li")
    open_sheet(page)
    choose_partners(page, "Tom")
    ask_button(page).tap()
    page.locator(".sheet").get_by_role("button", name="Good").tap()
    tom.get_by_role("button", name="Maria asks you to sing along").tap()
    tom.get_by_role("button", name="Yes, I sing along").tap()
    expect(tom.get_by_text("You sing along with")).to_be_visible()
    page.get_by_role("button", name="Change song or key").tap()
    choose_partners(page, "Li")
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_text("“Daisy Bell” is changed.")).to_be_visible()
    assert answers(host) == {"Tom": "yes", "Li": "asked"}
    # Tom takes his yes back while the sheet is open: he is not asked again.
    page.locator("nav").get_by_role("button", name="My songs").tap()
    page.get_by_role("button", name="Change Daisy Bell").tap()
    turn = queue(host)[0]
    no = {"yes": False, "singer_id": turn["partners"][0]["id"]}
    host.post(f"/api/v1/turns/{turn['id']}/duet", json=no).raise_for_status()
    page.get_by_role("button", name="Higher").tap()
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".card .manner")).to_contain_text("key +1")
    assert answers(host) == {"Tom": "no", "Li": "asked"}
