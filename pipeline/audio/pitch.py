"""How high and how low somebody sings: the pitch of the separated voice, a moment at a time (YIN)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.sound import RATE

Numbers = NDArray[np.floating]
Audio = NDArray[np.float32]

# Every other frame is enough for what is sung.
_STRIDE = 2
_RATE = RATE / _STRIDE
_WINDOW, _HOP = 1024, 512
# From E2 to C6.
LOWEST_HZ, HIGHEST_HZ = 75.0, 1050.0
# The first dip that is as deep as the deepest, or nearly, is the period; if it does not go below the second number the
# sound is no voice. (Shorter ones are overtones, longer ones several periods.)
_AS_DEEP, _VOICED = 0.035, 0.2
_QUIET, _SILENCE = 0.12, 1e-3
# What lies outside is breath, a shout, or a mistake.
_OUTER = 0.05
_LEAST = 40


NONE: Numbers = np.zeros((0, 3))


def moments(sound: Audio, at: float = 0.0) -> Numbers:
    """Moments of a piece of voice that have a pitch: rows of second, MIDI note and level. The piece begins `at`."""
    mono = sound.mean(axis=0).astype(np.float64)
    mono = mono[: len(mono) // _STRIDE * _STRIDE].reshape(-1, _STRIDE).mean(axis=1)
    longest = int(_RATE / LOWEST_HZ) + 1
    if len(mono) < _WINDOW + longest:
        return NONE
    cut = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW + longest)[::_HOP]
    level = np.sqrt((cut**2).mean(axis=1))
    loud = np.flatnonzero(level > _SILENCE)
    if not len(loud):
        return NONE
    rows, notes = _pitches(_difference(cut[loud], longest))
    rows = loud[rows]
    return np.column_stack([at + (rows * _HOP + _WINDOW / 2) / _RATE, notes, level[rows]])


def span(found: Numbers, sung: Sequence[tuple[float, float]] = ()) -> tuple[float, float] | None:
    """The lowest and highest note that is really sung, of all moments; None where hardly anything is.

    `sung`: when there are words, in order. What is heard between them, or softly, the model left over of the band.
    """
    if sung:
        starts, ends = np.array(sung).T
        word = np.searchsorted(starts, found[:, 0], side="right") - 1
        found = found[(word >= 0) & (found[:, 0] <= ends[word])]
    if len(found):
        found = found[found[:, 2] > _QUIET * np.quantile(found[:, 2], 0.9)]
    if len(found) < _LEAST:
        return None
    low, high = np.quantile(found[:, 1], (_OUTER, 1 - _OUTER))
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
    deepest = np.where(dips, inner, np.inf).min(axis=1)
    first = (dips & (inner <= deepest[:, None] + _AS_DEEP)).argmax(axis=1)
    rows = np.arange(len(part))
    voiced = dips.any(axis=1) & (inner[rows, first] < _VOICED)
    rows, first = rows[voiced], first[voiced]
    # A parabola through the dip and its neighbours finds its bottom between two delays.
    before, at, after = part[rows, first], part[rows, first + 1], part[rows, first + 2]
    shift = 0.5 * (before - after) / np.maximum(before - 2 * at + after, 1e-9)
    period = shortest + first + 1 + np.clip(shift, -0.5, 0.5)
    return rows, np.asarray(69 + 12 * np.log2(_RATE / period / 440.0))
