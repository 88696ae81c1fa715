"""What the stage shows: its views, the words as pages, and that every text comes from the catalogue."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from karaoke_ui.text import part as catalogue
from tests.browser import chrome
from tests.browser.stage_box import STAGE, Box, State, open_box

VERSE = [(6.0, 8.0, "Daisy, Daisy,"), (8.0, 12.0, "give me your answer, do!"), (12.0, 14.0, "I’m half crazy"),
         (14.0, 17.0, "all for the love of you"), (17.2, 19.0, "It won’t be a stylish marriage"),
         (19.0, 21.0, "I can’t afford a carriage"), (21.0, 24.0, "But you’ll look sweet upon the seat"),
         (24.0, 27.0, "of a bicycle built for two")]  # fmt: skip


# Notes in each frame how strong the page's letters are, and which lines stand where.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const page = document.querySelector(".page:not(.gone)");
    const lines = page ? [...page.querySelectorAll(".line")] : [];
    window.seen.push([
      page && document.body.dataset.view === "words" ? Number(getComputedStyle(page).opacity) : 0,
      lines.map((line) => `${line.className.replace(/ (whole|sounding)/g, "")} ${getComputedStyle(line).color} ${Math.round(line.getBoundingClientRect().top)} ${line.querySelector(".base").textContent}`),
    ]);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def words(lines: list[tuple[float, float, str]]) -> State:
    """Lyrics with the time of each line shared out evenly over its words."""
    made: list[State] = []
    for start, end, text in lines:
        parts = text.split(" ")
        share = (end - start) / len(parts)
        made.append(
            {
                "start": start,
                "end": end,
                "text": text,
                "words": [
                    {"start": start + i * share, "end": start + (i + 1) * share, "text": part}
                    for i, part in enumerate(parts)
                ],
            }
        )
    return {"timed": "word", "lines": made}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with open_box(seconds=40) as made:
        yield made


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(box: Box, browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(box.url)
    page.wait_for_function("window.encore && encore.state().armed")
    return page


@pytest.fixture
def stage(box: Box, page: Page) -> Page:
    """The same page for all: a stage goes through these states in one evening, too."""
    box.reset()
    box.tell()
    shows(page, "idle")
    return page


def shows(page: Page, view: str) -> None:
    page.wait_for_function(f"document.body.dataset.view === '{view}'")


def sing(box: Box, second: float, cue: int, lyrics: State | None, **more: Any) -> None:
    """Let the song stand at a second, its words in view."""
    box.lyrics.update(lyrics or {})
    version = {"version": f"v{cue}"} if lyrics else None
    box.tell(playback=box.song_state("paused", cue, second, lyrics=version, **more))


def stand(page: Page, state: str, lines: list[str]) -> None:
    """The page of words has these lines in this state."""
    bases = page.locator(f".page:not(.gone) .line.{state} .base")
    expect(bases).to_have_text(lines, use_inner_text=True)


def reads(page: Page, selector: str, text: str) -> None:
    expect(page.locator(selector)).to_have_text(text, use_inner_text=True)


def holds(page: Page, selector: str, text: str) -> None:
    expect(page.locator(selector)).to_contain_text(text, use_inner_text=True)


def inside(page: Page, selector: str) -> None:
    """These come to stand within the safe edge, all of them and at least one."""
    page.wait_for_function(
        """(selector) => {
          const boxes = [...document.querySelectorAll(selector)].filter((node) => node.getClientRects().length).map((node) => node.getBoundingClientRect());
          const x = innerWidth * 0.06 - 1, y = innerHeight * 0.06 - 1;
          return boxes.length && boxes.every((box) => box.left > x && box.right < innerWidth - x && box.top > y && box.bottom < innerHeight - y);
        }""",
        arg=selector,
    )


def test_a_new_screen_shows_the_code_the_host_has_to_type(box: Box, stage: Page) -> None:
    box.tell(stage={"code": "4821", "paired": False, "leading": False})
    shows(stage, "pair")
    reads(stage, "#code", "4821")
    holds(stage, ".pair .sentence", "host’s panel")


def test_between_songs_it_invites(box: Box, stage: Page) -> None:
    box.tell(
        next={"singer": "Tom", "title": "Creep"}, last={"singer": "Li", "title": "月亮代表我的心"}, waiting=3
    )
    stage.wait_for_function("document.querySelector('#next-up b').textContent === 'Tom'")
    reads(stage, "#night", "Friday at Mo’s")
    reads(stage, "#address", "192.168.1.20:8080")
    holds(stage, "#last-sung", "月亮代表我的心")
    code = stage.locator("#qr svg").bounding_box()
    assert code is not None
    assert code["width"] >= 600
    assert code["height"] >= 600
    inside(stage, "#night, .qr, .people p")


def test_before_the_words_the_singer_is_called_with_the_first_two_lines(box: Box, stage: Page) -> None:
    sing(box, 0.0, cue=20, lyrics=words(VERSE))
    shows(stage, "card")
    reads(stage, "#card-singer", "Maria")
    expect(stage.locator("#first-lines p")).to_have_text(["Daisy, Daisy,", "give me your answer, do!"])
    reads(stage, "#count b", "6")


def test_the_card_shows_the_cover_where_there_is_one(box: Box, stage: Page) -> None:
    sing(box, 0.0, cue=20, lyrics=words(VERSE))
    shows(stage, "card")
    expect(stage.locator("#card-cover")).to_be_hidden()
    sing(box, 0.0, cue=21, lyrics=words(VERSE), cover="/no/picture.jpg")
    stage.wait_for_selector("#card-cover", state="visible")
    picture = stage.eval_on_selector("#card-cover", "node => getComputedStyle(node).backgroundImage")
    assert "/no/picture.jpg" in picture
    inside(stage, "#card-cover, #card-title, #card-singer")


def test_words_fill_in_a_page_that_stands_still(box: Box, stage: Page) -> None:
    sing(box, 10.4, cue=21, lyrics=words(VERSE))
    shows(stage, "words")
    stage.wait_for_selector(".line.now")
    stand(stage, "done", ["Daisy, Daisy,"])
    stand(stage, "now", ["give me your answer, do!"])
    stand(stage, "wait", ["I’m half crazy", "all for the love of you"])
    first = "JSON.stringify(document.querySelector('.page:not(.gone) .row .base').getBoundingClientRect())"
    where = stage.evaluate(first)
    # "answer," begins at the third fifth of the line's time: three words are sung.
    sung = stage.evaluate("""() => {
      const row = document.querySelector(".line.now .row");
      const range = document.createRange();
      range.selectNodeContents(row.querySelector(".base").childNodes[3]);
      const edge = range.getBoundingClientRect().left - row.getBoundingClientRect().left;
      return row.querySelector(".under").getBoundingClientRect().width - edge;
    }""")
    assert 0 <= sung < 100
    sing(box, 15.0, cue=22, lyrics=words(VERSE))
    stage.wait_for_function(
        "document.querySelector('.page:not(.gone) .line.now .base')?.textContent.startsWith('all')"
    )
    assert stage.evaluate(first) == where
    reads(stage, ".page:not(.gone) .peek", "It won’t be a stylish marriage")
    inside(stage, ".row, .foot, .peek.on")


def test_while_it_is_counted_in_the_coming_line_stands_empty(box: Box, stage: Page) -> None:
    sing(box, 9.0, cue=23, lyrics=words(VERSE), lead=3.0)
    shows(stage, "words")
    stage.wait_for_function(
        "document.querySelector('.page:not(.gone) .line.now .base')?.textContent.startsWith('I’m')"
    )
    stand(stage, "done", ["Daisy, Daisy,", "give me your answer, do!"])
    under = stage.locator(".page:not(.gone) .line.now .under")
    assert under.evaluate("node => node.getBoundingClientRect().width") < 2
    sing(box, -3.0, cue=24, lyrics=None, lead=3.0)
    shows(stage, "card")
    stage.wait_for_function("document.querySelector('#count b').textContent === '3'")
    reads(stage, "#count span", "The music begins in")


def test_better_times_come_without_a_jump(box: Box, stage: Page) -> None:
    by_line = words(VERSE) | {"timed": "line"}
    sing(box, 10.4, cue=24, lyrics=by_line)
    expect(stage.locator(".page:not(.gone) .line.now.whole")).to_have_count(1)
    stage.wait_for_function(
        "!document.querySelector('.page:not(.gone)').getAnimations({ subtree: true }).length"
    )
    stage.evaluate(WATCH)
    box.lyrics.update(words(VERSE))
    box.retell(lyrics={"version": "timed by word"})
    expect(stage.locator(".page:not(.gone) .line.now:not(.whole)")).to_have_count(1)
    stage.wait_for_timeout(300)
    seen = stage.evaluate("window.seen")
    assert {opacity for opacity, _ in seen} == {1}
    assert len({tuple(text) for _, text in seen}) == 1, "the same lines at the same place in each frame"


def test_two_voices_have_a_side_an_initial_and_a_colour(box: Box, stage: Page) -> None:
    duet = words(
        [(1.0, 3.0, "Tell me something"), (3.0, 5.0, "Are you happy?"), (5.0, 7.0, "Both of us (of us)")]
    )
    for line, voice in zip(duet["lines"], (1, 2, 0), strict=True):
        line["voice"] = voice
    sing(box, 3.5, cue=26, lyrics=duet, voices=["Maria", "Tom"])
    expect(stage.locator(".page:not(.gone) .initial")).to_have_text(["M", "T", "MT"])
    sides = stage.evaluate("""() => [...document.querySelectorAll(".page:not(.gone) .row")].map((row) => {
      const box = row.getBoundingClientRect();
      return Math.sign(Math.round((box.left - (innerWidth - box.right)) / 40));
    })""")
    assert sides == [-1, 1, 0]
    assert "".join(stage.locator(".page:not(.gone) .base small").all_text_contents()) == "(of us)"
    colours = stage.eval_on_selector_all(
        ".page:not(.gone) .fill", "all => all.map((node) => getComputedStyle(node).color)"
    )
    assert len(set(colours)) == 3
    inside(stage, ".page:not(.gone) .row, .page:not(.gone) .initial b")
    sing(box, 3.5, cue=27, lyrics=duet, voices=["Maria", "Mo"])
    expect(stage.locator(".page:not(.gone) .initial").nth(1)).to_have_text("MO")


def test_long_lines_and_all_scripts_stay_on_the_screen(box: Box, stage: Page) -> None:
    long = "This is a line that goes on and on for so much longer than any screen could ever be wide, and then some"
    verse = [(1.0, 3.0, "אני הולך הביתה עכשיו"), (3.0, 5.0, "你问我爱你有多深我爱你有几分我的情也真我的爱也真月亮代表我的心" * 2),
             (5.0, 7.0, "Ça va 🎉🎤 merci"), (7.0, 9.0, long), (9.0, 9.5, "aaaa" * 40)]  # fmt: skip
    for cue, (start, end, text) in enumerate(verse, start=30):
        sing(box, (start + end) / 2, cue=cue, lyrics=words(verse))
        stage.wait_for_function(
            "text => document.querySelector('.page:not(.gone) .line.now')?.textContent.includes(text)",
            arg=text[:4],
        )
        now = stage.locator(".page:not(.gone) .line.now .base").all_inner_texts()
        assert "".join("".join(now).split()) == text.replace(" ", "")
        inside(stage, ".page:not(.gone) .row")
    rtl = stage.evaluate("""async () => (await import("/assets/stage/js/pages.js")).paginate(
        { timed: "line", lines: [{ start: 0, end: 1, text: "«אני» hello" }] }, (text) => text.length, 100)[0].lines[0].rtl""")
    assert rtl is True


def test_pages_break_at_pauses_and_share_their_lines(stage: Page) -> None:
    starts = [0, 2, 4, 6, 8, 30, 32]
    made = [{"start": s, "end": s + 2, "text": f"line {s}", "words": []} for s in starts]
    pages = stage.evaluate(
        """async (lines) => (await import("/assets/stage/js/pages.js"))
          .paginate({ timed: "line", lines }, (text) => text.length, 100)
          .map((page) => [page.lines.length, page.shows === -Infinity ? null : page.shows, page.waits])""",
        made,
    )
    assert [count for count, _, _ in pages] == [3, 2, 2]
    assert pages[1][1] == pytest.approx(5.88)
    assert pages[2][1] == 11
    assert pages[2][2] == 20


CALLED = {
    "turn": "two", "singer": "Tom & Li", "face": "🦊", "faces": ["🦊", "🐸"], "title": "Creep", "artist": "Radiohead", "cover": "",
    "wish": "", "message": "For my sister", "ready": True, "track": "track-1", "lyrics": None,
}  # fmt: skip
SUNG = {
    "names": [{"name": f"Singer {n}", "face": "🐙", "songs": 2} for n in range(12)],
    "songs": 24,
    "singers": 12,
}


MANY = "Maximiliane-Charlotte A., Bartholomäus von Hagen, Wilhelmine-Auguste Star, Konstantin der Große, Rosalind Featherstone & Ann-Kathrin Oppenheimer"


@pytest.mark.parametrize("scene", ["called", "applause", "idle", "playing"])
@pytest.mark.parametrize("names", ["Ada, Ben & Cleo", MANY])
def test_the_names_of_a_group_stay_on_the_screen(box: Box, stage: Page, scene: str, names: str) -> None:
    faces = ["🦊", "🐼", "🦁", "🐸", "🦄", "🐙"][: names.count(",") + 2]
    group = {"singer": names, "faces": faces, "title": "Bohemian Rhapsody"}
    if scene == "playing":
        sing(box, 10.4, cue=60 + len(names), lyrics=words(VERSE), **group)
    box.tell(
        scene={"name": scene, "at": 0, "until": None, "called": CALLED | group},
        last=group,
        next=group,
        waiting=3,
    )
    view, name = {
        "called": ("card", "#card-singer"),
        "applause": ("applause", "#applause-singer"),
        "idle": ("idle", "#next-up b"),
        "playing": ("words", "#singer"),
    }[scene]
    shows(stage, view)
    expect(stage.locator(name)).to_have_text(names)
    inside(stage, f"{name}, .view.{view} h1, .view.{view} .title, .view.{view} .hint, .foot b, #card-face")
    # Nothing lies over anything: each stands below the one before it.
    below = stage.evaluate(
        """(view) => [...document.querySelectorAll(`.view.${view} > h1, .view.${view} > .title, .view.${view} > .artist, .view.${view} > .below`)]
          .map((node) => node.getBoundingClientRect()).every((box, n, all) => !n || box.top >= all[n - 1].bottom - 1)""",
        view,
    )
    assert below
    for node in stage.query_selector_all(f".view.{view} .title"):
        assert node.evaluate("node => node.clientHeight >= parseFloat(getComputedStyle(node).fontSize) * 1.1")


@pytest.mark.parametrize(
    ("scene", "more", "says"),
    [
        ("applause", {}, ["Applause for", "Maria", "Daisy Bell", "Tom"]),
        ("called", {}, ["Next on stage", "Tom & Li", "Creep", "Radiohead", "microphone", "For my sister"]),
        ("waiting", {}, ["Where are you?", "Tom & Li", "Then Ann"]),
        ("hold", {}, ["Back in a moment"]),
        ("break", {"until": 1_800_000_000}, ["We sing on at", "192.168.1.20:8080"]),
        ("credits", {}, ["Thank you for singing", "Friday at Mo’s", "Singer 11", "24"]),
    ],
)  # fmt: skip
def test_each_scene_has_a_screen(box: Box, stage: Page, scene: str, more: State, says: list[str]) -> None:
    view = "card" if scene in {"called", "waiting"} else scene
    box.tell(
        scene={"name": scene, "at": 0, "until": None, "called": CALLED} | more,
        last={"singer": "Maria", "title": "Daisy Bell"},
        next={"singer": "Tom", "title": "Creep"},
        upcoming=[{"singer": "Tom & Li", "title": "Creep"}, {"singer": "Ann", "title": "Jolene"}],
        credits=SUNG if scene == "credits" else None,
    )
    shows(stage, view)
    for text in says:
        holds(stage, f".view.{view}", text)
    inside(stage, f".view.{view} h1, .view.{view} .lead, .view.{view} .title, .view.{view} .qr")
    smallest = stage.evaluate(
        """(view) => Math.min(...[...document.querySelectorAll(`.view.${view} *`)]
          .filter((node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim()))
          .map((node) => parseFloat(getComputedStyle(node).fontSize)))""",
        view,
    )
    assert smallest >= 48


def test_the_last_song_has_all_names_over_it(box: Box, stage: Page) -> None:
    sing(box, 9.0, cue=50, lyrics=words(VERSE))
    box.tell(scene={"name": "closing", "at": 0, "until": None, "called": None}, credits=SUNG)
    shows(stage, "words")
    expect(stage.locator(".ticker")).to_be_visible()
    holds(stage, "#ticker", "Singer 11")


def test_after_a_stop_in_the_middle_it_is_counted_in_again(box: Box, stage: Page) -> None:
    sing(box, 9.0, cue=51, lyrics=words(VERSE), first_word=6.0, lead=3.0)
    shows(stage, "words")
    expect(stage.locator(".page:not(.gone) .gap.on b")).to_have_text("3")
    inside(stage, ".page:not(.gone) .gap")
    # It goes on with “I’m half crazy”: what was sung before is not filled again.
    stand(stage, "done", ["Daisy, Daisy,", "give me your answer, do!"])


def test_the_picture_carries_the_words_of_ready_made_karaoke(box: Box, stage: Page) -> None:
    sing(box, 0.0, cue=52, lyrics=words(VERSE), own_words=False, backdrop="video")
    shows(stage, "card")
    sing(box, 9.0, cue=53, lyrics=words(VERSE), own_words=False, backdrop="video")
    shows(stage, "picture")
    expect(stage.locator(".page:visible")).to_have_count(0)
    stage.wait_for_function("getComputedStyle(document.querySelector('.foot')).opacity === '0'")


def test_a_line_for_the_room_and_what_phones_throw(box: Box, stage: Page) -> None:
    sing(box, 9.0, cue=54, lyrics=words(VERSE))
    box.tell(message="Happy birthday, Ann!")
    expect(stage.locator(".message.over")).to_have_text("Happy birthday, Ann!")
    inside(stage, ".message.over span")
    for _ in range(10):
        box.say({"type": "reaction", "emoji": "👏", "n": 3})
    expect(stage.locator(".reactions i")).to_have_count(6)
    stage.wait_for_timeout(600)  # two more would have come
    assert stage.locator(".reactions i").count() <= 6
    box.tell(message="")
    expect(stage.locator(".message.over")).to_be_hidden()


def test_a_tap_says_who_was_seen_called(box: Box, stage: Page) -> None:
    box.tell(run="itself", scene={"name": "called", "at": 0, "until": None, "called": CALLED})
    shows(stage, "card")
    stage.mouse.click(300, 300)
    box.wait("here", turn=CALLED["turn"])


def test_words_without_times_pass_by_and_none_at_all_is_said(box: Box, stage: Page) -> None:
    plain = {
        "timed": "none",
        "lines": [{"start": None, "end": None, "text": f"Line {n}", "words": []} for n in range(30)],
    }
    sing(box, 20.0, cue=40, lyrics=plain)
    shows(stage, "plain")
    sing(box, 20.0, cue=41, lyrics=None)
    shows(stage, "memory")
    holds(stage, ".memory .sentence", "memory")


def test_it_says_paused_quick_mix_and_spare(box: Box, stage: Page) -> None:
    sing(box, 9.0, cue=42, lyrics=words(VERSE), quick=True)
    stage.wait_for_selector("#quick.on")
    stage.wait_for_function("getComputedStyle(document.getElementById('halt')).opacity === '1'")
    box.tell(stage={"code": "4821", "paired": True, "leading": False})
    stage.wait_for_selector("#spare.on")


@pytest.mark.parametrize(
    "lacks",
    [
        "delete window.AudioContext",
        "delete HTMLScriptElement.prototype.noModule",
        "document.createElement = () => { throw new Error('something else') }",
    ],
)
def test_a_browser_that_cannot_is_told_the_remedy(box: Box, browser: Browser, lacks: str) -> None:
    """Too old for sound, for modules, or for something nobody thought of: never a blank page."""
    box.reset()
    page = browser.new_page()
    page.add_init_script(lacks)
    page.goto(box.url)
    page.get_by_text("karaoke stage").wait_for()
    holds(page, "#too-old", "streaming stick")
    page.close()


def test_without_javascript_it_says_so(box: Box, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(box.url)
    holds(page, "noscript", "JavaScript")
    page.context.close()


def test_a_screen_that_may_fall_asleep_says_so(box: Box, browser: Browser) -> None:
    """Over plain http no page can keep it awake."""
    box.reset()
    box.tell(stage={"code": "4821", "paired": False, "leading": False})
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'wakeLock', { value: undefined })")
    page.goto(box.url)
    page.get_by_text("may go to sleep").first.wait_for()
    page.close()


def test_every_text_is_in_the_catalogue() -> None:
    texts = set(catalogue("stage"))
    html = (STAGE / "stage.html").read_text()
    code = html + "".join(path.read_text() for path in (STAGE / "js").glob("*.js"))
    used = set(re.findall(r'data-text="(\w+)"', html)) | set(re.findall(r'\.text\("(\w+)"', code))
    assert used <= texts
    assert {
        text for text in texts if not re.search(rf'"{text}"|texts"?[^;]*\.{text}\b|{{ {text} }}', code)
    } == set()
