"""The stage's page in a real browser, against a box made for it: what comes out of the audio graph, and what is shown.

Sound is captured by a worklet behind the page's last node, frame by frame, so a busy machine loses nothing.
"""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser import chrome
from tests.browser import tape as recorder
from tests.browser.stage_box import CHUNK, RATE, Box, open_box


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with open_box(seconds=21.5) as made:
        yield made


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
    yield browser
    browser.close()


@pytest.fixture
def stage(box: Box, browser: Browser) -> Iterator[Page]:
    """An armed, paired, leading stage with a tape behind its output."""
    box.reset()
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(box.url)
    page.wait_for_function("window.encore && encore.state().armed")
    recorder.start(page)
    yield page
    page.close()
    assert troubles == []


def tape(page: Page) -> np.ndarray:
    """What came out so far, from the first sound on: 2 x frames."""
    both = recorder.read(page).astype(np.float64)
    loud = np.flatnonzero(np.abs(both).max(axis=0) > 0)
    return both[:, loud[0] :] if loud.size else both[:, :0]


def is_in_step(page: Page, box: Box) -> bool:
    """The song is heard where the box believes it to be."""
    heard, now = page.evaluate("[encore.state().position, Date.now() / 1000]")
    playback = box.state["playback"]
    return bool(abs(heard - (playback["position"] + now - playback["at"])) < 0.3)


def decibels(error: np.ndarray, signal: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(error**2) / np.mean(signal**2) + 1e-20))


def longest_silence(sound: np.ndarray) -> float:
    """Seconds of the longest run in which nothing can be heard."""
    loud = np.flatnonzero(np.abs(sound).max(axis=0) > 1e-4)
    return float(np.diff(loud).max() / RATE)


def place(sound: np.ndarray, song: np.ndarray) -> int:
    """The frame of the song where the captured sound begins."""
    probe = sound[0, RATE // 2 : RATE]
    spectrum = np.fft.rfft(song[0], 2 * song.shape[1])
    match = np.fft.irfft(spectrum * np.conj(np.fft.rfft(probe, 2 * song.shape[1])))[: song.shape[1]]
    return int(np.argmax(match)) - RATE // 2


def test_with_the_guide_voice_the_sum_is_the_original_to_the_sample(box: Box, stage: Page) -> None:
    box.start(cue=1, position=3.0, guide=1.0)
    recorder.run(stage, 6)
    sound = tape(stage)
    start = place(sound, box.song["mix"])
    assert abs(start - 3 * RATE) <= 1
    assert start + sound.shape[1] > 2 * CHUNK + RATE // 4, "two seams are in it"
    expected = box.song["mix"][:, start : start + sound.shape[1]]
    settled = slice(RATE // 50, None)
    assert decibels((sound - expected)[:, settled], expected[:, settled]) < -100


def test_without_it_only_the_band_is_heard_and_guide_and_volume_glide(box: Box, stage: Page) -> None:
    box.start(cue=2, guide=0.0)
    recorder.run(stage, 1.5)
    box.retell(guide=1.0)
    recorder.run(stage, 1)
    box.retell(volume=0.5)
    recorder.run(stage, 1)
    sound = tape(stage)
    band, mix = box.song["instrumental"], box.song["mix"]
    start = place(sound, band)
    assert abs(start) <= 1
    first = slice(0, RATE)
    assert decibels(sound[:, first] - band[:, first], band[:, first]) < -100
    last = slice(sound.shape[1] - RATE // 2, sound.shape[1])
    assert decibels(sound[:, last] - 0.5 * mix[:, last], mix[:, last]) < -60
    # A gain that jumped would step by a good part of the voice's 0.25 from one sample to the next.
    voice = sound - band[:, : sound.shape[1]]
    steepest = np.abs(np.diff(voice)).max()
    assert steepest < 1.5 * np.abs(np.diff(box.song["mix"])).max()
    gain = np.abs(voice[0]).reshape(-1)[: 3 * RATE]
    risen = np.flatnonzero(gain > 0.02)[0], np.flatnonzero(gain > 0.2)[0]
    assert 0 < risen[1] - risen[0] < 0.1 * RATE


def test_each_song_is_brought_to_its_level(box: Box, stage: Page) -> None:
    box.start(cue=2, guide=1.0, gain=0.4)
    recorder.run(stage, 1.5)
    sound, mix = tape(stage), box.song["mix"]
    start = place(sound, mix)
    expected = 0.4 * mix[:, start : start + sound.shape[1]]
    settled = slice(RATE // 50, None)
    assert decibels((sound - expected)[:, settled], expected[:, settled]) < -100


def test_late_stems_are_covered_by_the_mix_and_taken_up_again_without_a_click(box: Box, stage: Page) -> None:
    box.start(cue=3, position=2.5, separated=1)
    box.wait("beat", covered=False)
    box.wait("beat", covered=True)
    since = len(box.heard)
    box.retell(separated=box.total)
    box.wait("beat", covered=False, since=since)
    recorder.run(stage, 0.5)
    sound = tape(stage)
    start = place(sound, box.song["instrumental"])
    assert longest_silence(sound) < 0.005
    band = box.song["instrumental"][:, start : start + sound.shape[1]]
    mix = box.song["mix"][:, start : start + sound.shape[1]]
    edge = CHUNK - start
    covered = slice(edge + RATE // 10, edge + CHUNK - RATE // 10)
    assert decibels(sound[:, covered] - mix[:, covered], mix[:, covered]) < -100
    after = slice(edge + CHUNK + RATE // 10, sound.shape[1])
    assert decibels(sound[:, after] - band[:, after], band[:, after]) < -100
    # What is added to the band is the voice, faded in and out: at no place does it jump.
    added = sound - band
    assert np.abs(np.diff(added[:, RATE // 50 :])).max() < 1.2 * np.abs(np.diff(box.song["vocals"])).max()


def test_a_broken_a_missing_and_a_hanging_chunk_are_covered(box: Box, stage: Page) -> None:
    box.broken["vocals", 1] = b"fLaC and then nothing of the kind"
    box.missing.add(("instrumental", 2))
    box.delays["vocals", 2] = 30
    box.start(cue=4, position=3.0)
    recorder.run(stage, 6.5)
    box.wait("beat", covered=True)
    sound = tape(stage)
    assert longest_silence(sound) < 0.005
    start = place(sound, box.song["mix"])
    mix = box.song["mix"][:, start : start + sound.shape[1]]
    covered = slice(CHUNK - start + RATE // 10, sound.shape[1])
    assert start + sound.shape[1] > 2 * CHUNK, "both chunks are in it"
    assert decibels(sound[:, covered] - mix[:, covered], mix[:, covered]) < -100


def test_a_lost_line_never_touches_the_sound(box: Box, stage: Page) -> None:
    box.start(cue=5, position=0.5)
    recorder.run(stage, 1)
    box.drop()
    expect(stage.locator("#offline.on")).to_contain_text("the song goes on")
    since = len(box.heard)
    box.down = False
    box.wait("beat", since=since, cue=5)
    expect(stage.locator("#offline.on")).to_have_count(0)
    sound = tape(stage)
    start = place(sound, box.song["instrumental"])
    band = box.song["instrumental"][:, start : start + sound.shape[1]]
    assert sound.shape[1] > 4 * RATE
    assert decibels((sound - band)[:, RATE // 50 :], band[:, RATE // 50 :]) < -100


def test_half_a_minute_without_a_network_is_not_heard(browser: Browser) -> None:
    with open_box(seconds=46) as box:
        page = browser.new_page()
        page.goto(box.url)
        page.wait_for_function("window.encore && encore.state().armed")
        recorder.start(page)
        box.start(cue=5, position=0.5)
        page.wait_for_function("encore.state().ahead > 33")
        box.drop()
        recorder.run(page, 30)
        since = len(box.heard)
        box.down = False
        box.wait("beat", since=since, cue=5)
        recorder.run(page, 4)
        sound = tape(page)
        page.close()
        start = place(sound, box.song["instrumental"])
        band = box.song["instrumental"][:, start : start + sound.shape[1]]
        assert sound.shape[1] > 33 * RATE
        assert decibels((sound - band)[:, RATE // 50 :], band[:, RATE // 50 :]) < -100


def test_a_tv_whose_clock_is_set_in_the_middle_of_a_song_goes_on(box: Box, stage: Page) -> None:
    box.start(cue=5, position=0.5)
    recorder.run(stage, 1)
    stage.evaluate("""() => {
      const Real = Date, hour = 3_600_000;
      window.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + hour); }
        static now() { return Real.now() + hour; }
      };
    }""")
    since = len(box.heard)
    recorder.run(stage, 4)
    beat = box.wait("beat", since=since, cue=5)
    assert 1 < beat["position"] < 7
    sound = tape(stage)
    start = place(sound, box.song["instrumental"])
    band = box.song["instrumental"][:, start : start + sound.shape[1]]
    assert sound.shape[1] > 4 * RATE
    assert decibels((sound - band)[:, RATE // 50 :], band[:, RATE // 50 :]) < -100


def test_a_reload_goes_on_at_the_same_second(box: Box, stage: Page) -> None:
    box.start(cue=6, position=7.0)
    recorder.run(stage, 1)
    stage.reload()
    box.wait("beat", since=len(box.heard), cue=6)
    assert is_in_step(stage, box)


def test_pause_seek_and_the_end(box: Box, stage: Page) -> None:
    box.start(cue=7, position=5.0)
    recorder.run(stage, 0.5)
    since = len(box.heard)
    box.tell(playback=box.song_state("paused", cue=8, position=5.5))
    box.wait("beat", since=since, cue=None, position=None)
    expect(stage.locator("body.paused #halt")).to_have_text("Paused")
    recorder.run(stage, 0.3)
    fallen = tape(stage)
    quiet = np.abs(fallen).max(axis=0) < 1e-3
    assert quiet[-RATE // 10 :].all()
    assert (
        np.abs(np.diff(fallen[:, RATE // 20 :])).max() < 1.5 * np.abs(np.diff(box.song["instrumental"])).max()
    )
    since = len(box.heard)
    box.start(cue=9, position=20.0)
    box.wait("ended", since=since, turn="turn-1", cue=9)


def test_after_standing_still_it_catches_up_with_the_box(box: Box, stage: Page) -> None:
    box.start(cue=11, position=1.0)
    stage.evaluate("encore.context.suspend()")
    box.wait("beat", armed=False)
    since = len(box.heard)
    stage.evaluate("encore.context.resume()")
    box.wait("beat", since=since, armed=True, cue=11)
    assert is_in_step(stage, box)


def test_an_older_state_than_the_last_one_is_not_followed(box: Box, stage: Page) -> None:
    """A box that was started anew counts anew."""
    box.start(cue=12, position=1.0)
    box.tell(version=7)
    box.say(box.state | {"version": 6, "playback": None, "now": time.time()})
    box.tell(night={"name": "Later on"})
    stage.wait_for_function("encore.state().said.night.name === 'Later on'")
    recorder.run(stage, 0.7)
    assert longest_silence(tape(stage)) < 0.005
    box.tell(boot="two", version=1, night={"name": "A new start"})
    stage.wait_for_function("encore.state().said.night.name === 'A new start'")


def test_a_second_tab_is_silent_and_takes_over_with_a_tap(box: Box, stage: Page) -> None:
    box.start(cue=13, position=1.0)
    box.tell(stage=box.state["stage"] | {"leading": False, "elsewhere": True})
    expect(stage.locator("#elsewhere.on")).to_contain_text("Tap anywhere")
    expect(stage.locator("#spare.on")).to_have_count(0)
    box.wait("beat", since=len(box.heard), cue=None, armed=True)
    since = len(box.heard)
    box.drop()
    box.down = False
    back = box.wait("hello", since=since)
    assert back["silent"], "whoever is back first: the other one plays"
    since = len(box.heard)
    stage.keyboard.press("Control")
    stage.mouse.click(300, 300)
    tapped = box.wait("hello", since=since)
    assert (tapped["silent"], tapped["page"]) == (False, back["page"])
    box.tell(stage=box.state["stage"] | {"leading": True, "elsewhere": False})
    box.wait("beat", since=since, cue=13)
    expect(stage.locator("#elsewhere.on")).to_have_count(0)
    assert len([said for said in box.heard[since:] if said["type"] == "hello"]) == 1


def test_it_takes_a_tap_where_the_browser_wants_one(box: Box, playwright: Playwright, chromium: str) -> None:
    box.reset()
    # By a name that is not this machine's: plain http, as on a TV, with neither wake lock nor worklet.
    browser = chrome.launch(playwright, chromium, "--host-resolver-rules=MAP box.test 127.0.0.1")
    page = browser.new_page()
    box.state["playback"] = box.song_state("playing", cue=10, position=1.0)
    page.goto(box.url.replace("127.0.0.1", "box.test"))
    assert page.evaluate("window.isSecureContext") is False
    page.wait_for_selector("#tap.on")
    assert box.wait("hello")["armed"] is False
    expect(page.locator("#singer")).to_have_text("Maria")
    page.mouse.click(300, 300)
    box.wait("armed")
    box.wait("beat", armed=True, cue=10)
    assert is_in_step(page, box)
    page.wait_for_selector("#tap.on", state="detached")
    browser.close()
