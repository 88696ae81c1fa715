"""One evening as people live it: a host with a tablet, two guests with phones, a TV. Real processes, the real model.

Files are dropped on the panel, the TV is armed with a real tap in a browser that asks for one, guests ask for songs,
and what leaves the TV's audio graph is measured against the true stems of a real song.
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from pipeline.engines import Audio
from tests.browser import chrome, tape
from tests.falcon import Falcon
from tests.server import PASSWORD, Server
from tests.sound import sdr

WORDS = "[00:00.50]<00:00.50>Falcon <00:01.50>sixty-nine\n[00:03.00]<00:03.00>Over <00:04.00>the <00:04.50>hills\n"
PREPARED = 120_000.0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = chrome.launch(playwright, chromium)  # autoplay as on any TV: not allowed
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("evening") / "data"
    with Server(data, whole=True, engine="htdemucs", precision="fp32", models=weights_dir) as running:
        yield running


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, falcon: Falcon) -> list[Path]:
    """The real song with words beside it, its music turned around as a second song, and something that is no song."""
    folder = tmp_path_factory.mktemp("files")
    soundfile.write(folder / "Easton Ellises - Falcon 69.wav", falcon.mix.T, 44_100, "PCM_24")
    (folder / "Easton Ellises - Falcon 69.lrc").write_text(WORDS)
    soundfile.write(folder / "Backwards.wav", backwards(falcon).T, 44_100, "PCM_24")
    (folder / "Menu.mp3").write_bytes(b"%PDF-1.7 " + bytes(5000))
    return sorted(folder.iterdir())


def open_page(
    browser: Browser, server: Server, path: str, width: int, height: int, *, touch: bool = False
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch
    )
    page = context.new_page()
    page.goto(server.base_url + path)
    return page


def join(phone: Page, name: str) -> None:
    phone.get_by_label("Your name").fill(name)
    phone.get_by_role("button", name="Join").tap()
    expect(phone.get_by_text(f"Hi {name}")).to_be_visible()


def ask(phone: Page, words: str, title: str) -> None:
    phone.get_by_label("Search for a song or an artist").fill(words)
    # The rows of the list before it are still there for a moment.
    expect(phone.get_by_role("button", name=re.compile("^Ask for "))).to_have_count(1)
    phone.get_by_role("button", name=f"Ask for {title}").tap()
    phone.get_by_role("button", name="Ask", exact=True).tap()
    expect(phone.get_by_text("Your song is in the queue")).to_be_visible()
    phone.get_by_role("button", name="Good").tap()


def test_an_evening(browser: Browser, server: Server, files: list[Path], falcon: Falcon) -> None:
    host = open_page(browser, server, "/host", 1180, 820)
    log_in_for_the_first_time(host, server)
    bring_the_songs(host, files)
    stage = open_page(browser, server, "/stage", 1920, 1080)
    pair_the_tv(host, stage)

    ada, ben = (open_page(browser, server, "/", 390, 844, touch=True) for _ in range(2))
    join(ada, "Ada")
    join(ben, "Ben")
    ask(ada, "falcon", "Falcon 69")
    host.get_by_role("tab", name=re.compile("Queue")).click()
    expect(host.locator(".now")).to_contain_text("Ada")
    expect(stage.locator("#next-up")).to_contain_text("Ada")
    ask(ben, "backw", "Backwards")
    expect(host.locator(".item.turn", has_text="Ben")).to_contain_text("Backwards")

    tape.start(stage)
    sing_without_the_voice(host, stage, ada, falcon)
    sing_with_the_voice(host, stage, ben, falcon, server)

    # The phone still is who it was, after a reload and after the death of the server.
    server.kill()
    server.start()
    with suppress(Error):  # the page may just be loading itself anew
        ada.reload()
    expect(ada.get_by_text("Hi Ada")).to_be_visible()
    expect(stage.locator("#last-sung")).to_contain_text("Ben")


def log_in_for_the_first_time(host: Page, server: Server) -> None:
    expect(host).to_have_url(f"{server.base_url}/host/login")
    host.get_by_label("One-time code").fill("000000")
    host.get_by_label("Choose a password").fill(PASSWORD)
    host.get_by_role("button", name="Open the panel").click()
    expect(host.get_by_role("alert")).to_contain_text("code is not right")
    host.get_by_label("One-time code").fill(server.setup_code)
    host.get_by_label("Choose a password").fill(PASSWORD)
    host.get_by_role("button", name="Open the panel").click()
    expect(host.get_by_text("Three steps to the first song")).to_be_visible()


def bring_the_songs(host: Page, files: list[Path]) -> None:
    host.get_by_role("tab", name="Library").click()
    host.locator("input[type=file]").set_input_files(files)
    expect(host.get_by_text("“Menu.mp3” is not a song")).to_be_visible(timeout=20_000)
    for title in ("Falcon 69", "Backwards"):
        row = host.locator(".item.song", has_text=title)
        expect(row).to_be_visible(timeout=20_000)
        expect(row.get_by_text("ready")).to_be_visible(timeout=PREPARED)
    expect(host.locator(".item.song", has_text="Falcon 69").get_by_text("♪ words")).to_be_visible()


def pair_the_tv(host: Page, stage: Page) -> None:
    code = stage.locator("#code")
    expect(code).to_have_text(re.compile(r"\d ?\d ?\d ?\d"))
    host.get_by_role("tab", name="Settings").click()
    host.get_by_label("Code on the TV").fill(re.sub(r"\D", "", code.text_content() or ""))
    host.get_by_role("tabpanel", name="Settings").get_by_role("button", name="Pair").click()
    expect(host.get_by_text("Stage silent")).to_be_visible()
    stage.mouse.click(960, 540)
    expect(host.get_by_text("Stage armed")).to_be_visible()
    expect(stage.locator("#qr svg")).to_be_visible()


def start(host: Page, phone: Page) -> None:
    host.get_by_role("button", name="Start", exact=True).first.click()
    expect(phone.get_by_role("heading", name="It’s you")).to_be_visible()


def until_it_is_over(stage: Page) -> None:
    expect(stage.locator('body:is([data-view="applause"], [data-view="idle"])')).to_have_count(
        1, timeout=40_000
    )


def sing_without_the_voice(host: Page, stage: Page, phone: Page, falcon: Falcon) -> None:
    """Guide at 0: only the band is left."""
    start(host, phone)
    expect(stage.locator("#words")).to_contain_text("Falcon sixty-nine")
    expect(stage.locator('body[data-view="words"]')).to_have_count(1)
    until_it_is_over(stage)
    heard = tape.levelled(tape.aligned(tape.read(stage), falcon.instrumental), falcon.instrumental)
    assert sdr(falcon.instrumental, heard) >= 12.0


def sing_with_the_voice(host: Page, stage: Page, phone: Page, falcon: Falcon, server: Server) -> None:
    """Guide at 1: the song as it was recorded. On the way: pause, go on, start anew, and the server is killed."""
    expect(phone.get_by_role("heading", name=re.compile("You’re next|It’s you"))).to_be_visible()
    start(host, phone)
    guide = host.get_by_role("slider", name="Guide")
    guide.focus()
    guide.press("End")
    stage.wait_for_function("encore.state().said.playback.guide === 1")
    host.get_by_role("button", name="Pause").click()
    expect(stage.locator("body.paused")).to_have_count(1)
    host.get_by_role("button", name="Play").click()
    expect(stage.locator("body.paused")).to_have_count(0)
    tape.rewind(stage)
    cue = stage.evaluate("encore.state().said.playback.cue")
    host.get_by_role("button", name="Restart").click()
    stage.wait_for_function("cue => encore.state().cue > cue && encore.state().position > 3", arg=cue)
    expect(host.locator(".now")).to_contain_text(re.compile(r"0:(0[3-9]|1\d) of"))
    os.kill(server.child("web"), signal.SIGKILL)  # nobody hears it: the measurement below would
    until_it_is_over(stage)
    expect(phone.get_by_role("heading", name="It’s you")).to_be_hidden(timeout=20_000)
    mix = backwards(falcon)
    heard = tape.levelled(tape.aligned(tape.read(stage), mix), mix)
    difference = np.sqrt(np.mean((heard - mix) ** 2) / np.mean(mix**2))
    assert 20 * np.log10(difference) <= -60


def backwards(falcon: Falcon) -> Audio:
    """Long enough for a few presses on a busy machine, and over more than one seam."""
    return np.concatenate([falcon.mix[:, ::-1], falcon.mix[::-1]], axis=1)
