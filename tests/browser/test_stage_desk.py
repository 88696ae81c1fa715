"""The sound desk at a real browser: key, tempo, guide, mute and rescue while the song goes on, read off its sound."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.audio.sound import edge
from tests.browser import chrome
from tests.browser import tape as recorder
from tests.browser.stage_box import RATE, flac
from tests.browser.sung_box import BEAT, LEVEL, VOICE, SungBox, open_sung_box

# For a second, in each frame: where the song is, and when that was; and how far the words stand behind the graph.
STANDS = """() => new Promise((done) => {
  const found = [];
  const look = () => {
    found.push([encore.state().position, Date.now() / 1000, encore.lag()]);
    if (found.length < 60) requestAnimationFrame(look);
    else done(found);
  };
  look();
})"""
# Each cell of a look at the sound.
CELL = round(0.005 * RATE)
# Seconds by which two clocks differ at most, and by which a sound may be late.
NEAR = 0.5


@pytest.fixture(scope="module")
def box() -> Iterator[SungBox]:
    with open_sung_box(40.0) as made:
        yield made


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
        yield browser
        browser.close()


@pytest.fixture
def stage(box: SungBox, browser: Browser) -> Iterator[Page]:
    """An armed, paired, leading stage with a tape behind its output."""
    box.reset()
    box.lay(box.total)
    box.dumb, box.believes, box.ends = False, False, None
    page = browser.new_page(viewport={"width": 640, "height": 360})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(box.url)
    page.wait_for_function("window.encore && encore.state().armed")
    recorder.start(page)
    yield page
    page.close()
    assert troubles == []


def tape(page: Page) -> np.ndarray:
    """What was heard on the left, from the first sound on."""
    left: np.ndarray = recorder.read(page)[0].astype(np.float64)
    loud = np.flatnonzero(np.abs(left) > 0)
    return left[loud[0] :] if loud.size else left[:0]


def pitch(sound: np.ndarray) -> float:
    """The voice's frequency: its phase is followed over the whole of a steady piece."""
    t = np.arange(len(sound)) / RATE
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    rough = float(np.argmax(spectrum) * RATE / (8 * len(sound)))
    base = sound * np.exp(-2j * np.pi * rough * t)
    smooth = np.convolve(base, np.hanning(2001) / 1000, "valid")
    turns = np.unwrap(np.angle(smooth))
    return rough + float(np.polyfit(t[: len(turns)], turns, 1)[0] / (2 * np.pi))


def cents(sound: np.ndarray, key: int) -> float:
    return float(1200 * np.log2(pitch(sound) / (VOICE * 2 ** (key / 12))))


def beats(sound: np.ndarray) -> np.ndarray:
    """When the clicks were heard: the middle of each, in seconds."""
    t = np.arange(len(sound))
    high = np.diff(sound, 2, prepend=[0, 0])
    energy = np.convolve(high**2, np.ones(CELL), "same")
    found, at = [], 0
    loud = energy > 0.1 * np.percentile(energy, 99.5)
    while at < len(sound):
        if loud[at]:
            piece = slice(max(0, at - 300), at + 3000)
            found.append(float(np.average(t[piece], weights=high[piece] ** 2)) / RATE)
            at += round(0.2 * RATE)
        else:
            at += 50
    return np.array(found)


def quietest(sound: np.ndarray) -> float:
    """The lowest level of any 20 ms, against the usual one: two keys that go over into each other beat for less."""
    cell = 4 * CELL
    cells = np.sqrt(np.mean(sound[: len(sound) // cell * cell].reshape(-1, cell) ** 2, axis=1))
    return float(cells[5:-5].min() / np.median(cells))


def changed_at(sound: np.ndarray, old: int) -> float:
    """The second in which the voice left a key."""
    t = np.arange(len(sound)) / RATE
    tone = sound * np.exp(-2j * np.pi * VOICE * 2 ** (old / 12) * t)
    level = np.abs(np.convolve(tone, np.ones(2205) / 2205, "same"))
    gone = level[RATE // 10 :] < 0.5 * np.median(level[: RATE // 2])
    return float(np.argmax(gone) / RATE + 0.1) if gone.any() else np.inf


def knows_where_the_song_is(box: SungBox, stage: Page) -> bool:
    """For a second."""
    stands = np.array(stage.evaluate(STANDS))
    believed = [box.second(at) for at in stands[:, 1]]
    return bool(abs(np.median(stands[:, 0] - believed)) < 0.06)


def test_another_key_is_heard_within_a_second_without_gap_or_click(box: SungBox, stage: Page) -> None:
    box.start(cue=1, position=0.6, guide=1.0, bpm=120, key=0, tempo=1.0)
    recorder.run(stage, 1.5)
    pressed = stage.evaluate("encore.context.currentTime")
    box.press(key=2)
    stage.wait_for_function("encore.state().key === 2")
    heard = stage.evaluate("encore.state().since")
    recorder.run(stage, 2.5)
    sound = tape(stage)
    assert heard - pressed < 3.0, "three times the promise: others work on this machine as well"
    at = changed_at(sound, 0)
    assert abs(cents(sound[: int((at - 0.2) * RATE)], 0)) < 10
    assert abs(cents(sound[int((at + 0.2) * RATE) :], 2)) < 10
    assert quietest(sound) > 0.2, "no gap"
    between = np.diff(beats(sound))
    assert np.abs(between / BEAT - np.round(between / BEAT)).max() * BEAT < 0.02, "no beat is moved"
    assert np.abs(np.diff(sound, 2)).max() < 1.6 * np.abs(np.diff(box.song["mix"][0], 2)).max(), "no click"


def test_another_tempo_goes_on_at_the_same_second_in_the_same_key(box: SungBox, stage: Page) -> None:
    box.start(cue=2, position=0.6, guide=1.0, key=0, tempo=1.0)
    recorder.run(stage, 1.5)
    told, box.believes = len(box.heard), True
    box.press(tempo=0.8)
    stage.wait_for_function("encore.state().tempo === 0.8")
    box.wait("anchor", since=told, cue=2)
    recorder.run(stage, 2.5)
    assert any(knows_where_the_song_is(box, stage) for _ in range(10))
    recorder.run(stage, 1)
    sound = tape(stage)
    assert abs(cents(sound[-2 * RATE :], 0)) < 10
    between = np.diff(beats(sound))
    slow = between[np.abs(between - BEAT / 0.8) < 0.02]
    assert len(slow) >= 3
    assert np.mean(slow[1:]) == pytest.approx(BEAT / 0.8, rel=0.004)
    # All clicks but the one over the seam lie in the one tempo or the other.
    odd = [gap for gap in between if abs(gap - BEAT) > 0.012 and abs(gap - BEAT / 0.8) > 0.012]
    assert len(odd) <= 1
    assert all(BEAT - 0.012 < gap < BEAT / 0.8 + 0.012 for gap in odd), "nothing is skipped or sung twice"
    assert quietest(sound) > 0.2


def test_presses_in_a_row_end_where_the_last_one_pointed(box: SungBox, stage: Page) -> None:
    box.start(cue=3, position=0.6, guide=1.0, key=0, tempo=1.0)
    recorder.run(stage, 0.8)
    for key in (1, 2, 3):
        box.press(key=key)
        time.sleep(0.15)
    stage.wait_for_function("encore.state().key === 3")
    box.press(key=0)
    # Decided, and heard: the one before has faded away.
    stage.wait_for_function(
        "encore.state().key === 0 && encore.context.currentTime > encore.state().since + 0.3"
    )
    recorder.run(stage, 1.5)
    sound = tape(stage)
    assert abs(cents(sound[-RATE:], 0)) < 10
    assert quietest(sound) > 0.2


def test_a_separator_that_dies_is_covered_in_the_sung_key_and_tempo(box: SungBox, stage: Page) -> None:
    box.lay(2)
    box.start(cue=4, position=0.6, guide=0.0, separated=2, key=3, tempo=1.2)
    box.wait("beat", covered=True, key=3)
    recorder.run(stage, 1)
    since = len(box.heard)
    box.lay(box.total)
    box.retell(separated=box.total)
    box.wait("beat", covered=False, since=since)
    recorder.run(stage, 0.5)
    sound = tape(stage)
    covered = slice(round((4.2 - 0.6) / 1.2 * RATE), round((7.6 - 0.6) / 1.2 * RATE))
    assert abs(cents(sound[covered], 3)) < 10, "the original voice, in the sung key"
    between = np.diff(beats(sound))
    assert np.abs(between - BEAT / 1.2).max() < 0.02, "beat after beat, never silent"


def test_a_box_that_cannot_render_plays_the_song_as_it_is(box: SungBox, stage: Page) -> None:
    box.dumb = True
    box.tell(playback=box.song_state("starting", 5, 0.6, guide=1.0, key=4, tempo=1.0))
    box.wait("anchor", cue=5)
    recorder.run(stage, 1)
    assert abs(cents(tape(stage), 0)) < 10
    box.dumb = False
    box.retell(state="playing", at=time.time())
    stage.wait_for_function("encore.state().key === 4")


def test_a_box_that_stops_rendering_in_the_middle_is_no_silence(box: SungBox, stage: Page) -> None:
    box.ends = 2
    box.start(cue=11, position=4.6, guide=1.0, key=2, tempo=1.0)
    stage.wait_for_function("encore.state().key === 0")
    recorder.run(stage, 0.7)
    box.ends = None
    stage.wait_for_function("encore.state().key === 2")
    recorder.run(stage, 0.7)
    sound = tape(stage)
    assert quietest(sound[RATE // 5 :]) > 0.3
    between = np.diff(beats(sound))
    assert np.abs(between - BEAT).max() < 0.02, "beat after beat"


def test_mute_is_quick_and_the_rescue_fades_over_two_bars(box: SungBox, stage: Page) -> None:
    box.start(cue=6, position=0.6, guide=0.0, bpm=240, key=0, tempo=1.0)
    recorder.run(stage, 0.7)
    box.press(rescue=True)
    recorder.run(stage, 0.7)
    box.press(rescue=False)
    recorder.run(stage, 3)
    box.press(muted=True)
    recorder.run(stage, 0.5)
    sound = tape(stage)
    t = np.arange(len(sound)) / RATE
    voice = 2 * np.abs(np.convolve(sound * np.exp(-2j * np.pi * VOICE * t), np.ones(882) / 882, "same"))
    up = int(np.argmax(voice > 0.1 * LEVEL))
    assert np.argmax(voice[up:] > 0.9 * LEVEL) < 0.1 * RATE, "at once"
    top = up + int(np.argmax(voice[up:] > 0.95 * LEVEL))
    fallen = top + int(np.argmax(voice[top:] < 0.9 * LEVEL))
    half, gone = (fallen + int(np.argmax(voice[fallen:] < share * LEVEL)) for share in (0.5, 0.05))
    assert 0.15 < (half - fallen) / RATE < 1.0
    assert 0.8 < (gone - fallen) / RATE < 2.5, "two bars of 240 beats a minute are two seconds"
    assert np.abs(sound[-RATE // 10 :]).max() < 1e-3, "muted"


def test_words_wait_for_a_late_loudspeaker(box: SungBox, stage: Page) -> None:
    box.start(cue=7, position=0.6, guide=1.0, key=0, tempo=1.0)
    before = stage.evaluate(STANDS)
    box.tell(stage=box.state["stage"] | {"sound_offset": 0.25, "picture_offset": 0.05})
    stage.wait_for_function("encore.state().said.stage.sound_offset === 0.25")
    after = stage.evaluate(STANDS)
    (*_, before), (*_, after) = np.median([before, after], axis=1)
    assert after - before == pytest.approx(0.2, abs=0.06)


def test_a_pad_fills_the_time_between_the_songs_and_is_gone_when_one_begins(
    box: SungBox, stage: Page
) -> None:
    box.tell(room={"volume": 1.0, "muted": False}, filler={"files": 0})
    recorder.run(stage, 5)
    pad = tape(stage)
    loud = np.sqrt(np.mean(pad[-RATE:] ** 2))
    assert 0.005 < loud < 0.15, "there, and soft"
    assert np.abs(np.diff(pad, 2)).max() < 0.01, "no click"
    recorder.rewind(stage)
    box.tell(filler=None)
    box.start(cue=8, position=0.6, guide=1.0, key=0, tempo=1.0)
    recorder.run(stage, 2.5)
    sound = tape(stage)[-RATE:]
    t = np.arange(RATE) / RATE
    tone = 2 * np.abs(np.mean(sound * np.exp(-2j * np.pi * VOICE * t)))
    assert tone == pytest.approx(LEVEL, rel=0.05)
    low = np.abs(np.mean(sound * np.exp(-2j * np.pi * 110.0 * t)))
    assert low < 0.002, "nothing of the pad"


@pytest.mark.parametrize("loudness", [0.03, 0.3])
def test_music_between_the_songs_is_brought_to_one_level(box: SungBox, stage: Page, loudness: float) -> None:
    noise = np.random.default_rng(3).normal(0, loudness, 12 * RATE)
    box.music = [flac(np.clip(np.stack([noise, noise]), -1, 1) * 2)]
    box.tell(room={"volume": 1.0, "muted": False}, filler={"files": 1})
    recorder.run(stage, 6)
    heard = tape(stage)[-2 * RATE :]
    # A song's level, at the share at which music stands under talk.
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.12 * 0.4, rel=0.15)
    assert np.abs(heard).max() < 0.5


def test_four_beats_are_struck_before_the_sound_begins(box: SungBox, stage: Page) -> None:
    box.tell(count_in=True)
    row = box.song_state("starting", 9, -1.0, guide=1.0, bpm=120, key=0, tempo=1.0, lead=3.0)
    box.tell(playback=row)
    anchor = box.wait("anchor", cue=9)
    box.retell(state="playing", position=anchor["position"], at=anchor["at"])
    recorder.run(stage, 4.2)
    sound = tape(stage)
    loud = np.abs(sound) > 0.05
    # Four ticks half a second apart, then the song, which begins at its second 2.
    starts = [0]
    for at in np.flatnonzero(loud):
        if at - starts[-1] > 0.25 * RATE:
            starts.append(int(at))
    gaps = np.diff(starts[:5]) / RATE
    assert gaps == pytest.approx([0.5] * 4, abs=0.03)


def test_a_beat_to_tap_along_with_is_heard_then_seen(box: SungBox, stage: Page) -> None:
    before = time.time()
    box.tell(tapping={"mode": "sound", "beat": 1.0, "run": 1})
    struck = box.wait("struck", run=1)
    assert before + 1 - NEAR < struck["at"] < time.time() + 1 + NEAR
    recorder.run(stage, 3.5)
    heard = beats(tape(stage))
    assert len(heard) >= 2
    assert np.diff(heard) == pytest.approx([1.0] * (len(heard) - 1), abs=0.005)
    assert stage.locator("#tapping[data-mode=sound]").count() == 1
    before = time.time()
    stage.mouse.click(100, 100)
    assert before - NEAR < box.wait("tap")["at"] < time.time() + NEAR
    box.tell(tapping={"mode": "picture", "beat": 1.0, "run": 2})
    box.wait("struck", run=2)
    stage.wait_for_function("document.querySelector('#tapping div').style.opacity === '1'")
    box.tell(tapping=None)
    stage.wait_for_selector("#tapping", state="detached")


# A song of five minutes in an offline context: the band is noise, the voice the same noise upside down, so that they
# add up to silence as long as they lie on each other to the sample; a click stands on each second beat of the band.
FIVE_MINUTES = """async (tempo) => {
  const { Take } = await import("/assets/stage/js/take.js");
  const { Glide } = await import("/assets/stage/js/glide.js");
  const { edgeOf, RATE } = await import("/assets/stage/js/chunks.js");
  const total = 75;
  const context = new OfflineAudioContext(1, edgeOf(total, tempo), RATE);
  const kept = new Map();
  const noise = (length, sign) => {
    const key = `${length}/${sign}`;
    if (!kept.has(key)) {
      const buffer = context.createBuffer(1, length, RATE);
      const frames = buffer.getChannelData(0);
      let seed = 7;
      for (let i = 0; i < length; i += 1) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        frames[i] = sign * 0.25 * (seed / 1073741824 - 1);
      }
      frames[0] = sign === 1 ? 0.5 : 0;
      kept.set(key, buffer);
    }
    return kept.get(key);
  };
  const chunks = {
    mix: () => null,
    stems: (n) => {
      const length = edgeOf(n + 1, tempo) - edgeOf(n, tempo);
      return { instrumental: noise(length, 1), vocals: noise(length, -1) };
    },
  };
  const take = new Take(context, context.destination, {
    cue: 1, turn: "a", track: "b", key: 0, tempo, total, position: 0, soundsFrom: 0, when: 0, guide: new Glide(1), gain: 1,
  });
  take.schedule(chunks);
  const heard = (await context.startRendering()).getChannelData(0);
  let loudest = 0;
  const clicks = [];
  for (let i = 0; i < heard.length; i += 1) {
    if (Math.abs(heard[i]) > 0.4) clicks.push(i);
    else loudest = Math.max(loudest, Math.abs(heard[i]));
  }
  return { loudest, clicks, edges: Array.from({ length: total }, (_, n) => edgeOf(n, tempo)) };
}"""


@pytest.mark.parametrize("tempo", [1.0, 0.87])
def test_the_stems_lie_on_each_other_to_the_sample_for_five_minutes(stage: Page, tempo: float) -> None:
    found = stage.evaluate(FIVE_MINUTES, tempo)
    assert found["loudest"] < 1e-6
    assert found["clicks"] == found["edges"], "each chunk begins on its frame, from the first to the last"
    assert found["edges"][-1] == edge(74, tempo)


# What comes in at the edge of two chunks is a steady level, what it follows is silence: the steepest step between two
# samples, at edges that lie anywhere between those of the clock.
EDGES = """async (comes) => {
  const { Take } = await import("/assets/stage/js/take.js");
  const { Glide } = await import("/assets/stage/js/glide.js");
  const { CHUNK, CHUNK_FRAMES, RATE } = await import("/assets/stage/js/chunks.js");
  let steepest = 0;
  for (let i = 0; i < 200; i += 1) {
    const context = new OfflineAudioContext(1, 5 * RATE, RATE);
    const level = (value) => {
      const buffer = context.createBuffer(1, CHUNK_FRAMES, RATE);
      buffer.getChannelData(0).fill(value);
      return buffer;
    };
    const [stems, mix] = [level(comes === "stems" ? 0.5 : 0), level(comes === "mix" ? 0.5 : 0)];
    const withStems = comes === "stems" ? 1 : 0;
    const chunks = {
      mix: () => mix,
      stems: (n) => (n === withStems ? { instrumental: stems, vocals: level(0) } : null),
    };
    context.suspend(4).then(() => {
      const take = new Take(context, context.destination, {
        cue: 1, turn: "a", track: "b", key: 0, tempo: 1, total: 2, position: CHUNK - 0.5, soundsFrom: 0,
        when: 4 + (i * 37) / RATE, guide: new Glide(1), gain: 1,
      });
      take.schedule(chunks);
      context.resume();
    });
    const heard = (await context.startRendering()).getChannelData(0);
    for (let at = 1; at < heard.length; at += 1) steepest = Math.max(steepest, Math.abs(heard[at] - heard[at - 1]));
  }
  return steepest;
}"""


@pytest.mark.parametrize("comes", ["stems", "mix"])
def test_nothing_of_what_comes_in_is_heard_before_its_fade(stage: Page, comes: str) -> None:
    assert stage.evaluate(EDGES, comes) < 1.5 / (0.02 * RATE)


def test_a_skipped_song_fades_and_does_not_break_off(box: SungBox, stage: Page) -> None:
    box.start(cue=10, position=0.6, guide=1.0, key=0, tempo=1.0)
    recorder.run(stage, 1.2)
    box.tell(playback=None)
    recorder.run(stage, 1.2)
    sound = tape(stage)
    t = np.arange(len(sound)) / RATE
    voice = 2 * np.abs(np.convolve(sound * np.exp(-2j * np.pi * VOICE * t), np.ones(441) / 441, "same"))
    began = RATE // 2 + int(np.argmax(voice[RATE // 2 :] < 0.9 * LEVEL))
    gone = began + int(np.argmax(voice[began:] < 0.01 * LEVEL))
    assert 0.1 < (gone - began) / RATE < 0.6
    assert np.abs(sound[-RATE // 5 :]).max() < 1e-3
    assert np.abs(np.diff(sound[began:], 2)).max() < 1.2 * np.abs(np.diff(box.song["mix"][0], 2)).max()
