"""From a dry voice and a dry band to a finished mix: a room, a balance, a loudness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.loudness import k_weighting
from pipeline.demo.mouth import Samples
from pipeline.engines import RATE, Audio

LOUDNESS = -16.0  # LUFS, as most services play music
CEILING = np.float32(10 ** (-1.2 / 20))
FADE_OUT = 0.8
VOICE_OVER_BAND = 1.5  # LU: how much louder the singer is than the band

Power = NDArray[np.floating]


@dataclass(frozen=True)
class Mixed:
    """Voice and band as they are in the mix; their sum is the mix."""

    voice: Audio
    band: Audio

    @property
    def sound(self) -> Audio:
        return self.voice + self.band


def blend(voice: Samples, band: Audio, seed: int) -> Mixed:
    """Put the mono voice in the middle of the band's room."""
    rng = np.random.default_rng(seed)
    sung = _room(np.stack([voice, voice]), rng, seconds=0.9, wet=0.16)
    played = _room(band, rng, seconds=1.1, wet=0.2)
    sung *= _gain(LOUDNESS + VOICE_OVER_BAND - loudness(sung))
    played *= _gain(LOUDNESS - loudness(played))
    mix = sung + played
    gain = min(_gain(LOUDNESS - loudness(mix)), CEILING / np.abs(mix).max()) * _fade_out(mix.shape[1])
    return Mixed(sung * gain, played * gain)


def _fade_out(frames: int) -> Samples:
    """1 until the last moment, then down: the room's echo would be cut off."""
    left = np.arange(frames, 0, -1, dtype=np.float32) / np.float32(FADE_OUT * RATE)
    return np.asarray(np.minimum(left, 1.0), dtype=np.float32)


def _gain(decibels: float) -> np.float32:
    return np.float32(10.0 ** (decibels / 20.0))


def _room(sound: Audio, rng: np.random.Generator, seconds: float, wet: float) -> Audio:
    """A small hall: noise that dies away, other noise for each ear, darker than the sound itself."""
    length = int(seconds * RATE)
    time = np.arange(length) / RATE
    echo = rng.standard_normal((2, length)) * np.exp(-6.9 * time / seconds) * np.minimum(time / 0.012, 1.0)
    size = 2 ** int(np.ceil(np.log2(sound.shape[1] + length)))
    spectrum = np.fft.rfft(echo, size)
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    colour = (frequency / (frequency + 250.0)) / (1.0 + (frequency / 4500.0) ** 2)
    spectrum *= colour / np.sqrt((echo**2).sum() / 2)
    answer = np.fft.irfft(np.fft.rfft(sound, size) * spectrum, size)[:, : sound.shape[1]]
    return (sound + 2.5 * wet * answer).astype(np.float32)


def _weighting(frequency: Power) -> Power:
    """Power response of the K-weighting."""
    return np.asarray(np.abs(k_weighting(frequency)) ** 2)


def loudness(sound: Audio) -> float:
    """Integrated loudness in LUFS: blocks of 0.4 s, quiet ones left out."""
    block, hop = int(0.4 * RATE), int(0.1 * RATE)
    weight = _weighting(np.fft.rfftfreq(block, 1 / RATE)) * 2.0 / block**2
    cut = np.lib.stride_tricks.sliding_window_view(sound, block, axis=1)[:, :: 2 * hop]
    power = (np.abs(np.fft.rfft(cut, axis=-1)) ** 2 * weight).sum(axis=(0, 2))
    level = -0.691 + 10 * np.log10(power + 1e-12)
    kept = power[level > -70.0]
    if not kept.size:
        return -70.0
    gate = -0.691 + 10 * np.log10(kept.mean()) - 10.0
    return float(-0.691 + 10 * np.log10(power[level > max(gate, -70.0)].mean()))
