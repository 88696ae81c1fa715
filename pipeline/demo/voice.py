"""The demo's singer: pulses of the glottis with all that keeps them from being a machine's, air, and a mouth."""

from dataclasses import dataclass

import numpy as np

from pipeline.demo.mouth import Mouth, Samples
from pipeline.demo.movements import FRAMES_A_SECOND, HOP, Frames, Movements, smooth
from pipeline.engines import RATE

TABLE = 4096


@dataclass(frozen=True)
class Singer:
    """What makes one voice differ from another."""

    seed: int
    size: float  # resonances against a grown man's: 1.16 is a woman
    vibrato_cents: float
    vibrato_hz: float
    breathiness: float
    brightness: float  # in Hz: above it the glottis gives less, more so in a soft voice
    open_quotient: float = 0.6  # the part of each period in which the glottis is open


def sing(movements: Movements, singer: Singer) -> Samples:
    """The voice alone, mono, dry, with its peak at 1."""
    rng = np.random.default_rng(singer.seed)
    hertz = _hertz(movements, singer, rng)
    voice = movements.voice * _dynamics(movements, rng)
    source = _pulses(hertz, voice, movements.breath, singer, rng)
    hiss = rng.standard_normal(movements.count * HOP, dtype=np.float32)
    mouth = Mouth(movements, hertz, voice, singer.size, singer.brightness)
    return _levelled(mouth.shape(source, hiss))


def _wander(rng: np.random.Generator, count: int, seconds: float) -> Frames:
    """Chance that changes within about `seconds`, around zero, with a deviation of one."""
    drift = smooth(rng.standard_normal(count, dtype=np.float32), seconds)
    return np.asarray(drift / drift.std(), dtype=np.float32)


def _hertz(movements: Movements, singer: Singer, rng: np.random.Generator) -> Frames:
    """The pitch as it is really sung: a vibrato that comes late and is never even, drift, jitter."""
    count = movements.count
    rate = singer.vibrato_hz * (1.0 + 0.06 * _wander(rng, count, 0.6))
    swing = np.sin(2 * np.pi * np.cumsum(rate) / FRAMES_A_SECOND)
    depth = np.clip((movements.held - 0.18) / 0.45, 0.0, 1.0) * (1.0 + 0.25 * _wander(rng, count, 0.5))
    cents = singer.vibrato_cents * smooth(depth, 0.12) * swing
    for amount, seconds in ((7.0, 0.5), (5.0, 0.09), (3.5, 0.015)):
        cents += amount * _wander(rng, count, seconds)
    return np.asarray(440.0 * 2.0 ** ((movements.pitch - 69.0 + cents / 100.0) / 12.0), dtype=np.float32)


def _dynamics(movements: Movements, rng: np.random.Generator) -> Frames:
    """Louder on high notes and into long ones, never quite steady."""
    height = 0.45 * (movements.pitch - movements.pitch.mean()) / 12.0
    swell = 0.25 * np.sin(np.pi * np.clip(movements.held / 1.4, 0.0, 1.0))
    unsteady = 0.06 * _wander(rng, movements.count, 0.25) + 0.035 * _wander(rng, movements.count, 0.02)
    return np.asarray(np.exp(height + swell + unsteady), dtype=np.float32)


def _period(singer: Singer, highest: float) -> Samples:
    """One period of the glottal flow's slope: it opens slowly and closes at once. No harmonic folds over."""
    time = np.arange(TABLE) / TABLE / singer.open_quotient
    flow = np.where(time < 1.0, time**2 * (1.0 - time), 0.0)
    spectrum = np.fft.rfft(flow)
    harmonic = np.arange(spectrum.shape[0])
    kept = np.clip((RATE / 2 / highest - harmonic) / 4.0, 0.0, 1.0)
    slope = np.fft.irfft(spectrum * 2j * np.pi * harmonic * kept)
    return np.asarray(slope / np.abs(slope).max(), dtype=np.float32)


def _pulses(
    hertz: Frames, voice: Frames, breath: Frames, singer: Singer, rng: np.random.Generator
) -> Samples:
    """The glottis' pulses, and air that rushes most while it is open."""
    frames = np.arange(hertz.shape[0]) * float(HOP)
    at = np.arange(hertz.shape[0] * HOP, dtype=np.float64)
    phase = np.cumsum(np.interp(at, frames, hertz) / RATE) % 1.0
    period = _period(singer, float(hertz.max()))
    pulses = np.interp(phase, np.arange(TABLE + 1) / TABLE, np.append(period, period[0]))
    closing = 1.0 - np.clip(np.sin(np.pi * phase / singer.open_quotient), 0.1, 1.0)
    voiced = np.interp(at, frames, np.minimum(voice, 1.0))
    air = rng.standard_normal(at.shape[0], dtype=np.float32) * (1.0 - voiced * closing)
    air *= singer.breathiness * np.interp(at, frames, breath)
    return np.asarray(pulses * np.interp(at, frames, voice) + air, dtype=np.float32)


def _levelled(sound: Samples) -> Samples:
    """Gentle levelling, as a mixing desk does it, then a peak of 1."""
    power = (sound.reshape(-1, HOP) ** 2).mean(axis=1)
    loud = np.sqrt(smooth(power, 0.25))
    gain = (loud.max() / np.maximum(loud, 0.03 * loud.max())) ** 0.35
    wave = sound * np.interp(np.arange(len(sound)), (np.arange(len(gain)) + 0.5) * HOP, gain)
    return np.asarray(wave / np.abs(wave).max(), dtype=np.float32)
