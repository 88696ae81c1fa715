"""What stands behind the words: a video in step with the sound in any tempo, a cover, a light; and that words can be read."""

import base64
import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chrome, film
from tests.browser.rest import comes_to_rest
from tests.browser.stage_box import Box, open_box
from tests.browser.test_stage_screen import VERSE, words

WHITE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9' fill='white'/></svg>"
NEAR = 0.04
VIDEO = {"url": "/stage/track/track-1/video", "from": 0.0}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with open_box(seconds=45) as made:
        made.video = film.make(tmp_path_factory.mktemp("film") / "film.mp4", 40)
        yield made


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(box: Box, browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(box.url)
    page.wait_for_function("window.encore && encore.state().armed")
    return page


def comes_in_step(page: Page, seconds: float = 2.0, within: float = 20.0) -> bool:
    """Whether the picture that is seen comes to the sound and stays there so long, whatever else the machine does.

    What is left after a jump is made good little by little, so the newest seconds of all that was seen count.
    """
    seen: list[tuple[float, float]] = []
    began = time.monotonic()
    while (now := time.monotonic()) < began + within:
        number, second = page.evaluate(film.READ)
        # A picture stands for a twenty-fifth of a second: its middle is compared.
        seen.append((now, (number + 0.5) / film.RATE - second))
        lately = [drift for at, drift in seen if at > now - seconds]
        if len(lately) > 10 and now > began + seconds and abs(np.median(lately)) < NEAR:
            return True
        time.sleep(0.05)
    return False


def shown(page: Page) -> set[str]:
    return set(page.eval_on_selector("#backdrop", "node => [...node.classList]")) - {"backdrop"}


def test_the_video_is_in_step_with_the_sound(box: Box, page: Page) -> None:
    box.reset()
    box.start(1, 3.0, video=VIDEO, backdrop="video")
    page.wait_for_selector("#backdrop.film")
    assert comes_in_step(page)
    # A jump to another place, as after a seek by the host.
    box.start(2, 15.0, video=VIDEO, backdrop="video")
    assert comes_in_step(page)
    # Past its end there is something else to see.
    box.start(3, 39.0, video=VIDEO, backdrop="video")
    page.wait_for_selector("#backdrop.light")
    assert page.evaluate("encore.film().video.paused")


@pytest.mark.parametrize("tempo", [0.7, 1.3])
def test_it_keeps_step_in_another_tempo(box: Box, page: Page, tempo: float) -> None:
    """Without sound of its own here: a spare follows the box's clock, and so does its picture."""
    box.reset()
    box.tell(stage={"code": "", "paired": True, "leading": False})
    playing = box.song_state("playing", int(tempo * 10), 4.0, tempo=tempo, video=VIDEO, backdrop="video")
    box.tell(playback=playing)
    page.wait_for_selector("#backdrop.film")
    assert comes_in_step(page)
    page.wait_for_function(
        "tempo => Math.abs(encore.film().video.playbackRate / tempo - 1) < 0.08", arg=tempo
    )


def test_what_does_not_load_leaves_something_to_see(box: Box, page: Page) -> None:
    box.reset()
    lost = {"url": "/stage/track/track-1/no/video", "from": 0.0}
    box.tell(playback=box.song_state("paused", 40, 9.0, video=lost, backdrop="video", cover=WHITE))
    page.wait_for_selector("#backdrop.cover")
    assert "film" not in shown(page)
    box.tell(playback=box.song_state("paused", 41, 9.0, backdrop="cover", cover="/no/such/picture.jpg"))
    page.wait_for_selector("#backdrop.light")


def luminance(pixels: np.ndarray) -> np.ndarray:
    part = pixels / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_what_is_still_to_come_can_be_read_on_a_white_picture(box: Box, page: Page) -> None:
    box.reset()
    box.lyrics.update(words(VERSE))
    box.tell(
        playback=box.song_state("paused", 42, 9.0, backdrop="cover", cover=WHITE, lyrics={"version": "a"})
    )
    page.wait_for_selector("#backdrop.cover")
    page.wait_for_selector(".page:not(.gone) .line.wait")
    # Neither dimmed by the pause nor hidden by their own letters: only what stands behind them.
    page.add_style_tag(
        content="#words { opacity: 1 !important; transition: none } .line { -webkit-text-fill-color: transparent }"
    )
    comes_to_rest(page, but=".glow")  # which lies under the cover
    line = page.locator(".page:not(.gone) .line.wait .row").first
    colour = line.evaluate("node => getComputedStyle(node).color.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    behind = page.evaluate(
        """async (png) => {
          const image = await createImageBitmap(await (await fetch(png)).blob());
          const pen = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d");
          pen.drawImage(image, 0, 0);
          return [...pen.getImageData(0, Math.round(image.height / 2), image.width, 1).data];
        }""",
        "data:image/png;base64," + base64.b64encode(line.screenshot()).decode(),
    )
    light = luminance(np.array(behind).reshape(-1, 4)[:, :3])
    contrast = (luminance(np.array(colour)) + 0.05) / (np.percentile(light, 75) + 0.05)
    assert contrast >= 7
