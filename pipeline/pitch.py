"""How high and how low somebody sings: the pitch of the separated voice, a moment at a time (YIN)."""

import numpy as np
from numpy.typing import NDArray

from pipeline.sound import RATE

Numbers = NDArray[np.floating]
Audio = NDArray[np.float32]

# Every fourth frame is enough for what is sung.
_STRIDE = 4
_RATE = RATE / _STRIDE
_WINDOW, _HOP = 1024, 256
# From E2 to C6.
LOWEST_HZ, HIGHEST_HZ = 75.0, 1050.0
# A dip this deep is a period; the sound is voice if one of its dips goes below the second.
_DIP, _VOICED = 0.12, 0.2
_QUIET, _SILENCE = 0.12, 1e-3
# What lies outside is breath, a shout, or a mistake.
_OUTER = 0.05
_LEAST = 40


def moments(sound: Audio) -> Numbers:
    """Moments of a piece of voice that have a pitch: rows of MIDI note and loudness."""
    mono = sound.mean(axis=0).astype(np.float64)
    mono = mono[: len(mono) // _STRIDE * _STRIDE].reshape(-1, _STRIDE).mean(axis=1)
    longest = int(_RATE / LOWEST_HZ) + 1
    if len(mono) < _WINDOW + longest:
        return np.zeros((0, 2))
    cut = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW + longest)[::_HOP]
    level = np.sqrt((cut**2).mean(axis=1))
    cut, level = cut[level > _SILENCE], level[level > _SILENCE]
    if not len(cut):
        return np.zeros((0, 2))
    rows, notes = _pitches(_difference(cut, longest))
    return np.column_stack([notes, level[rows]])


def span(found: Numbers) -> tuple[float, float] | None:
    """The lowest and highest note that is really sung, of all moments; None where hardly anything is."""
    if len(found):
        # What is far below the loud moments is what the model left over of the band.
        found = found[found[:, 1] > _QUIET * np.quantile(found[:, 1], 0.9), 0]
    if len(found) < _LEAST:
        return None
    low, high = np.quantile(found, (_OUTER, 1 - _OUTER))
    return round(float(low), 1), round(float(high), 1)


def _difference(cut: Numbers, longest: int) -> Numbers:
    """How much each moment differs from itself a little later, over the mean of all shorter delays."""
    size = 1 << (cut.shape[1] + _WINDOW - 1).bit_length()
    head = cut[:, :_WINDOW]
    alike = np.fft.irfft(np.fft.rfft(cut, size) * np.conj(np.fft.rfft(head, size)), size)[:, :longest]
    power = np.cumsum(np.pad(cut**2, ((0, 0), (1, 0))), axis=1)
    later = power[:, _WINDOW : _WINDOW + longest] - power[:, :longest]
    differs = np.maximum(later[:, :1] + later - 2 * alike, 0.0)
    differs[:, 0] = 0.0
    total = np.cumsum(differs, axis=1)
    return np.where(total > 0, differs * np.arange(longest) / np.maximum(total, 1e-12), 1.0)


def _pitches(differs: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Which of these moments have a pitch, and it."""
    shortest = int(_RATE / HIGHEST_HZ)
    part = differs[:, shortest:]
    inner = part[:, 1:-1]
    dips = (inner <= part[:, :-2]) & (inner < part[:, 2:])
    deep = dips & (inner < _DIP)
    lowest = np.where(dips, inner, np.inf).argmin(axis=1)
    first = np.where(deep.any(axis=1), deep.argmax(axis=1), lowest)
    rows = np.arange(len(part))
    voiced = dips.any(axis=1) & (inner[rows, first] < _VOICED)
    rows, first = rows[voiced], first[voiced]
    # A parabola through the dip and its neighbours finds its bottom between two delays.
    before, at, after = part[rows, first], part[rows, first + 1], part[rows, first + 2]
    shift = 0.5 * (before - after) / np.maximum(before - 2 * at + after, 1e-9)
    period = shortest + first + 1 + np.clip(shift, -0.5, 0.5)
    return rows, np.asarray(69 + 12 * np.log2(_RATE / period / 440.0))
