"""What a musician hears in a song: its key and its tempo, from the instrumental, a chunk at a time."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.sound import RATE

Numbers = NDArray[np.floating]
Audio = NDArray[np.float32]

NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
# How much each step of the scale belongs to a key, as listeners rated it (Krumhansl and Kessler, 1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

_WINDOW, _HOP = 8192, 4096
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 2000.0
# Notes around this one say most of the key: higher up are the overtones of others, which speak for the fifth above.
_MIDDLE, _WIDTH = 52.0, 10.0

_BEAT_WINDOW, _BEAT_HOP = 1024, 441
_STEPS_A_SECOND = RATE / _BEAT_HOP
SLOWEST, QUICKEST = 55.0, 210.0
# What people tap to most easily; far from it the double or half of a tempo is the likelier one.
_USUAL, _SPREAD = 120.0, 0.9


class Ear:
    """Hears chunk after chunk; what it keeps is small."""

    def __init__(self) -> None:
        self._chroma = np.zeros(12)
        self._onsets: list[Numbers] = []
        self._rest = np.zeros(0, np.float32)
        self._last: Numbers | None = None

    def hear(self, sound: Audio) -> None:
        mono = sound.mean(axis=0)
        self._hear_notes(mono)
        self._hear_beats(mono)

    def key(self) -> str:
        """“Bb major”; empty where there are no notes."""
        if self._chroma.sum() <= 0:
            return ""
        fits = {
            (note, mode): np.corrcoef(np.roll(profile, note), self._chroma)[0, 1]
            for note in range(12)
            for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        }
        note, mode = max(fits, key=lambda each: fits[each])
        return f"{NAMES[note]} {mode}"

    def tempo(self) -> float | None:
        """Beats a minute; None where there is no beat."""
        return tempo(np.concatenate(self._onsets)) if self._onsets else None

    def _hear_notes(self, mono: Audio) -> None:
        if len(mono) < _WINDOW:
            return
        cut = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)[::_HOP]
        spectrum = np.abs(np.fft.rfft(cut * np.hanning(_WINDOW).astype(np.float32), axis=1))
        frequency = np.fft.rfftfreq(_WINDOW, 1 / RATE)
        kept = (frequency > _LOWEST_HZ) & (frequency < _HIGHEST_HZ)
        # Only peaks: between them lie noise and drums.
        inner = spectrum[:, 1:-1]
        peaks = np.zeros_like(spectrum)
        peaks[:, 1:-1] = inner * ((inner > spectrum[:, :-2]) & (inner > spectrum[:, 2:]))
        pitch = 69 + 12 * np.log2(frequency[kept] / 440.0)
        nearest = np.round(pitch).astype(int)
        level = np.sqrt(peaks[:, kept]) * np.exp(-0.5 * ((pitch - _MIDDLE) / _WIDTH) ** 2)
        frames = np.zeros((len(level), 12))
        for note in range(12):
            frames[:, note] = level[:, nearest % 12 == note].sum(axis=1)
        self._chroma += (frames / (frames.sum(axis=1, keepdims=True) + 1e-6)).sum(axis=0)

    def _hear_beats(self, mono: Audio) -> None:
        mono = np.concatenate([self._rest, mono])
        if len(mono) < _BEAT_WINDOW:
            self._rest = mono
            return
        cut = np.lib.stride_tricks.sliding_window_view(mono, _BEAT_WINDOW)[::_BEAT_HOP]
        self._rest = mono[len(cut) * _BEAT_HOP :]
        spectrum = np.abs(np.fft.rfft(cut * np.hanning(_BEAT_WINDOW).astype(np.float32), axis=1))
        bands = np.log1p(100 * np.add.reduceat(spectrum, _BANDS, axis=1))
        before = bands[:1] if self._last is None else self._last
        self._last = bands[-1:]
        self._onsets.append(np.maximum(np.diff(bands, axis=0, prepend=before), 0).sum(axis=1))


# Edges of bands in steps of a third of an octave, roughly, as rows of the spectrum.
_BANDS = np.unique(np.round(2 ** np.arange(0, 9, 0.33)).astype(int))


def tempo(onsets: Numbers) -> float | None:
    """The beat whose repetitions explain the onsets best."""
    if len(onsets) < 8 * _STEPS_A_SECOND or onsets.max() <= 0:
        return None
    smooth = np.convolve(onsets, np.hanning(7) / 3.0, "same")
    local = np.convolve(smooth, np.full(101, 1 / 101), "same")
    beats = np.maximum(smooth - local, 0.0)
    size = 1 << (2 * len(beats) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(beats - beats.mean(), size)) ** 2
    repeats = np.fft.irfft(spectrum)[: len(beats) // 2]
    if repeats[0] <= 0:
        return None
    candidates = np.exp(np.linspace(np.log(SLOWEST), np.log(QUICKEST), 2000))
    lags = 60.0 * _STEPS_A_SECOND / candidates

    def after(times: float) -> Numbers:
        return np.interp(lags * times, np.arange(len(repeats)), repeats, right=0.0)

    score = sum(after(times) * weight for times, weight in ((1, 1.0), (2, 0.6), (3, 0.4), (4, 0.5), (8, 0.3)))
    usual = np.exp(-0.5 * (np.log2(candidates / _USUAL) / _SPREAD) ** 2)
    best = int(np.argmax(score * usual))
    # In a waltz two beats make nothing: where three halves of it repeat better than two or four, a half is the beat.
    three, *others = (_peak(repeats, lags[best] * times) for times in (1.5, 1.0, 2.0))
    waltz = three > max(others) and candidates[best] * 2 <= QUICKEST
    return round(float(candidates[best]) * (2 if waltz else 1), 1)


def _peak(repeats: Numbers, lag: float) -> float:
    return float(repeats[int(lag) - 1 : int(lag) + 3].max(initial=0.0))
