"""The demo's instruments, each a function from a note to stereo sound.

Every instrument is made twice, once for each ear, with its own chance and detuning: that keeps the band wide, and
leaves the middle to the singer.
"""

import numpy as np

from pipeline.demo.mouth import Samples
from pipeline.engines import RATE, Audio

SUSTAIN = 2.2  # seconds until a plucked string is 60 dB down


def hertz(midi: float) -> float:
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def _time(seconds: float) -> Samples:
    return (np.arange(int(seconds * RATE)) / RATE).astype(np.float32)


def _release(sound: Audio, seconds: float) -> Audio:
    """Fade the end, so that no note stops with a click."""
    fade = min(sound.shape[1], int(seconds * RATE))
    sound[:, sound.shape[1] - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return sound


def _string(midi: float, seconds: float, bright: float, rng: np.random.Generator) -> Samples:
    """Karplus and Strong's plucked string: a period of noise that softens each time it comes round."""
    period = int(np.ceil(RATE / hertz(midi)))
    pluck = rng.uniform(-1.0, 1.0, period).astype(np.float32)
    spectrum = np.fft.rfft(pluck)
    harmonic = np.arange(spectrum.shape[0])
    place = np.abs(np.sin(np.pi * harmonic * 0.19)) + 0.05
    spectrum = place * np.exp(1j * np.angle(spectrum)) / (1.0 + (harmonic * hertz(midi) / bright) ** 2)
    wave = np.fft.irfft(spectrum, period).astype(np.float32)
    rounds = int(seconds * RATE / period) + 2
    kept = np.float32(10.0 ** (-3.0 * period / RATE / SUSTAIN))
    out = np.empty((rounds, period), dtype=np.float32)
    for number in range(rounds):
        out[number] = wave
        wave = kept * (0.62 * wave + 0.38 * np.roll(wave, 1))
    at = np.arange(int(seconds * RATE)) * (hertz(midi) * period / RATE)
    sound = np.interp(at, np.arange(rounds * period), out.ravel())
    return np.asarray(sound / np.abs(sound).max(), dtype=np.float32)


def plucked(midi: float, seconds: float, rng: np.random.Generator, bright: float) -> Audio:
    """Guitar, lute, ukulele: two strings a hair apart."""
    pair = [_string(midi + cents / 100, seconds, bright, rng) for cents in (-3.0, 3.0)]
    return _release(np.stack(pair), 0.06)


def bass(midi: float, seconds: float, rng: np.random.Generator) -> Audio:
    """A plucked double bass. Its two ears hear the string a quarter turn apart, so it does not sit on the voice."""
    time, tone = _time(seconds), hertz(midi)
    out = np.zeros((2, time.shape[0]), dtype=np.float32)
    for harmonic, level in enumerate((1.0, 0.55, 0.32, 0.16, 0.09, 0.05), start=1):
        turn = rng.uniform(0.0, 2 * np.pi)
        ring = level * np.exp(-time * (1.6 + 0.9 * harmonic))
        for ear, quarter in enumerate((-np.pi / 4, np.pi / 4)):
            out[ear] += ring * np.sin(2 * np.pi * harmonic * tone * time + turn + quarter)
    out *= np.minimum(time / 0.006, 1.0)
    return _release(0.6 * out, 0.08)


def reed(
    midi: float, seconds: float, rng: np.random.Generator, soft: float = 1500.0, attack: float = 0.12
) -> Audio:
    """Accordion, harmonium, strings: detuned saws without their edge, other ones in each ear."""
    time = _time(seconds + 0.25)
    tone = hertz(midi)
    harmonic = np.arange(1, int(min(24, 9000.0 / tone)) + 1)
    level = 1.0 / harmonic / (1.0 + (harmonic * tone / soft) ** 2)
    grid = np.arange(2049) / 2048
    saw = (level[:, None] * np.sin(2 * np.pi * harmonic[:, None] * grid)).sum(axis=0)
    ears = []
    for cents in ((-9.0, 4.0), (-4.0, 9.0)):
        phases = [(rng.uniform() + hertz(midi + c / 100) * time.astype(np.float64)) % 1.0 for c in cents]
        ears.append(sum(np.interp(phase, grid, saw) for phase in phases))
    swell = np.minimum(time / attack, 1.0) * (1.0 + 0.06 * np.sin(2 * np.pi * 4.3 * time))
    return _release((0.35 * np.stack(ears) * swell).astype(np.float32), 0.25)


def bell(midi: float, seconds: float, rng: np.random.Generator) -> Audio:
    """A small glockenspiel: a few partials that do not fit each other."""
    time, tone = _time(seconds), hertz(midi)
    out = np.zeros((2, time.shape[0]), dtype=np.float32)
    for ratio, level, decay in ((1.0, 1.0, 3.0), (2.76, 0.35, 6.0), (5.4, 0.18, 11.0)):
        for ear in (0, 1):
            turn = rng.uniform(0.0, 2 * np.pi)
            out[ear] += level * np.exp(-decay * time) * np.sin(2 * np.pi * ratio * tone * time + turn)
    return _release(0.5 * out * np.minimum(time / 0.002, 1.0), 0.1)


def piano(midi: float, seconds: float, rng: np.random.Generator) -> Audio:
    """A felt piano: stretched partials, high ones gone sooner, a soft knock of the hammer."""
    time, tone = _time(seconds), hertz(midi)
    out = np.zeros((2, time.shape[0]), dtype=np.float32)
    for number in range(1, int(min(14, 7000.0 / tone)) + 1):
        partial = tone * number * np.sqrt(1.0 + 0.0004 * number**2)
        ring = np.exp(-time * (0.7 + 0.35 * number)) / number**1.25 * np.exp(-partial / 3500.0)
        for ear in (0, 1):
            detune = 1.0 + 0.0004 * rng.standard_normal()
            out[ear] += ring * np.sin(2 * np.pi * partial * detune * time + rng.uniform(0.0, 2 * np.pi))
    knock = rng.standard_normal((2, time.shape[0]), dtype=np.float32) * np.exp(-time * 180.0) * 0.08
    return _release(((0.6 * out + knock) * np.minimum(time / 0.003, 1.0)).astype(np.float32), 0.15)


def kick(rng: np.random.Generator) -> Audio:
    time = _time(0.32)
    turns = np.cumsum(48.0 + 110.0 * np.exp(-time * 45.0)) / RATE
    body = np.sin(2 * np.pi * turns) * np.exp(-time * 11.0)
    click = rng.standard_normal((2, time.shape[0]), dtype=np.float32) * np.exp(-time * 400.0) * 0.2
    return _release((body[None] + click).astype(np.float32), 0.05)


def snare(rng: np.random.Generator, length: float, tone: float) -> Audio:
    """A snare, or with less tone a brush: rattle in both ears, the skin's tone in the left."""
    time = _time(0.4)
    rattle = rng.standard_normal((2, time.shape[0]), dtype=np.float32) * np.exp(-time * length)
    rattle[:, 1:] -= 0.55 * rattle[:, :-1]
    skin = np.sin(2 * np.pi * 190.0 * time) * np.exp(-time * 24.0) * tone
    return _release((0.5 * rattle + np.stack([skin, 0.4 * skin])).astype(np.float32), 0.05)


def hat(rng: np.random.Generator, length: float) -> Audio:
    """A closed hi-hat or a shaker: only the top of the noise."""
    time = _time(min(0.3, 6.0 / length))
    sound = rng.standard_normal((2, time.shape[0] + 2), dtype=np.float32)
    sound = np.diff(sound, n=2, axis=1) * np.exp(-time * length) * np.minimum(time / 0.002, 1.0)
    return _release((0.25 * sound).astype(np.float32), 0.02)
