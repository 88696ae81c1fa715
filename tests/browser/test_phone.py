"""The singer's phone in a real browser, held in one hand: what only a browser can show."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from pipeline import library, migrate
from pipeline.box import Box
from pipeline.settings import Settings
from tests import sound
from tests.browser.axe import barriers
from tests.server import Server
from tests.workers import work_off

ARGS = ["--no-sandbox", "--disable-background-networking"]
WORDS = b"[00:01.00]La la la\n[00:04.00]la la\n"
LONG = "A Song Whose Title Does Not Want To End Before The Second Line"
SONGS = ("Harry Dacre - Daisy Bell", "Radiohead - Creep", f"The Long Named Orchestra - {LONG}")
PHONE, SMALL = (390, 844), (320, 640)
# Where something stands, and how large it is, whatever moves while it is pressed.
STANDS = "node => [node.offsetLeft, node.offsetTop, node.offsetWidth, node.offsetHeight, node.closest('.sheet').offsetTop]"
# What a person may take from the QR code to the first request.
SECONDS = 20.0

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGS)
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

    def open_page(size: tuple[int, int] = PHONE, *, of: BrowserContext | None = None) -> Page:
        context = of or browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True
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
    """Nothing keeps anybody out, and nothing stands beside the screen."""
    page.wait_for_timeout(400)  # what moves has come to rest
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
        fonts = {"fontSizes": {"standard": 32}}  # as a person sets it in the browser
        page.context.new_cdp_session(page).send("Page.setFontSizes", fonts)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    look(page, "join")
    page.get_by_role("button", name="I was here before").tap()
    look(page, "code")
    page.get_by_role("button", name="I am new here").tap()
    join(page)
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
    look(page, "now")
    page.get_by_role("button", name="Hi Maria").tap()
    expect(page.get_by_text("Your four letters")).to_be_visible()
    look(page, "me")
    page.get_by_role("button", name="Close").tap()
    host.delete(f"/api/v1/turns/{queue(host)[0]['id']}").raise_for_status()
    expect(page.get_by_role("heading", name="You’re next")).to_be_visible()
    look(page, "next")


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


def test_the_back_button_closes_what_lies_on_top_and_turns_back(phone: Open) -> None:
    page = join(phone())
    page.get_by_role("button", name="Now", exact=True).tap()
    expect(page.get_by_role("button", name="Now", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Hi Maria").tap()
    expect(page.get_by_text("Your four letters")).to_be_visible()
    page.wait_for_timeout(500)
    page.evaluate("history.back()")
    expect(page.get_by_text("Your four letters")).to_be_hidden()
    page.wait_for_timeout(500)
    page.evaluate("history.back()")
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
        page.get_by_role("button", name="Good").tap()
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
    look(tom, "asked along")
    tom.get_by_role("button", name="Yes, I sing along").tap()
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


def test_who_sings_along_is_changed_later(phone: Open, host: httpx.Client) -> None:
    tom, page = join(phone(), "Tom"), join(phone())
    join(phone(), "Li")
    open_sheet(page)
    choose_partners(page, "Tom")
    ask_button(page).tap()
    page.get_by_role("button", name="Good").tap()
    tom.get_by_role("button", name="Maria asks you to sing along").tap()
    tom.get_by_role("button", name="Yes, I sing along").tap()
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
