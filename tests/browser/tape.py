"""Records what a stage page plays: the last node of its graph, frame by frame, by a worklet behind it.

Nothing is lost on a busy machine: the worklet runs on the audio clock, and the page only keeps what it is handed.
"""

import base64

import numpy as np
from playwright.sync_api import Page

from pipeline.engines import RATE, Audio

# Frames that are handed over at once.
BLOCK = 128
START = """async () => {
  const code = `registerProcessor("tape", class extends AudioWorkletProcessor {
    process([input]) {
      const left = input[0] || new Float32Array(128);
      this.port.postMessage([left.slice(), (input[1] || left).slice()]);
      return true;
    }
  })`;
  const { context, output } = window.encore;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const tape = new AudioWorkletNode(context, "tape", { channelCount: 2, channelCountMode: "explicit" });
  window.taped = [];
  tape.port.onmessage = (event) => window.taped.push(event.data);
  output.connect(tape);
}"""

# Everything, or the newest so many frames.
READ = """async (frames) => {
  const blocks = frames ? window.taped.slice(-Math.ceil(frames / 128)) : window.taped;
  const both = [0, 1].map((side) => {
    const whole = new Float32Array(128 * blocks.length);
    blocks.forEach((block, i) => whole.set(block[side], 128 * i));
    return whole;
  });
  const reader = new FileReader();
  const done = new Promise((resolve) => { reader.onload = resolve; });
  reader.readAsDataURL(new Blob(both));
  await done;
  return reader.result.split(",")[1] || "";
}"""


def start(page: Page) -> None:
    page.evaluate(START)


def rewind(page: Page) -> None:
    """Forget what was recorded."""
    page.evaluate("() => { window.taped.length = 0; }")


def run(page: Page, seconds: float) -> None:
    """Go on until so much more has been recorded."""
    page.wait_for_function(
        "blocks => window.taped.length >= blocks",
        arg=page.evaluate("() => window.taped.length") + int(seconds * RATE / BLOCK) + 1,
        timeout=1000 * (seconds + 30),
    )


def read(page: Page, frames: int | None = None) -> Audio:
    """All that was heard, (2, frames), or the newest of it."""
    return np.frombuffer(base64.b64decode(page.evaluate(READ, frames)), "<f4").reshape(2, -1).copy()


def aligned(heard: Audio, played: Audio) -> Audio:
    """The part of what was heard that lies over what was played, to the frame."""
    size = 1 << (heard.shape[1] + played.shape[1]).bit_length()
    spectrum = np.fft.rfft(heard.mean(axis=0), size) * np.fft.rfft(played.mean(axis=0), size).conj()
    start = int(np.argmax(np.fft.irfft(spectrum)[: heard.shape[1]]))
    return heard[:, start : start + played.shape[1]]


def levelled(heard: Audio, played: Audio) -> Audio:
    """What was heard at the level of what was played: volume and loudness are somebody else's to test."""
    return heard * np.float32(np.vdot(heard, played) / np.vdot(heard, heard))
