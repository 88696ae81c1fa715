"""The engine `center`: a quick mix for a box without the model, by plain arithmetic.

A voice usually stands in the middle of the stereo picture, between low bass and high cymbals, and holds its notes
longer than a drum. So of each short moment and each pitch as much counts as voice as is alike on both sides, lies in
that range and lasts. Drums and bass stay in the song, and its stereo stays whole: more than left minus right can do.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from pipeline.engines import RATE, Audio, nothing

WINDOW = 2048
HOP = WINDOW // 4
BLOCK = (
    256 * HOP
)  # three seconds; blocks lie on a fixed grid and know nothing of each other, so any can come first
MARGIN = 16 * HOP  # what a block hears of its neighbours: twice as much as can change it

VOICE_HZ = (200.0, 9000.0)
ALIKE = (
    4  # the power that the likeness of the two sides is raised to: higher leaves more of the band in place
)
LASTING, BROAD = 3, 8  # frames to both sides that a note lasts, and bins to both sides that a drum fills

Spectrum = npt.NDArray[np.complex64]
Mask = npt.NDArray[np.float32]


class Center:
    """Takes out what is in the middle. Holds nothing."""

    name = "center"

    def vocals(self, mix: Audio, start: int = 0, check: Callable[[], None] = nothing) -> Iterator[Audio]:
        """The voice from frame `start` on, in blocks of three seconds."""
        if start >= mix.shape[1]:
            return
        for begin in range(start - start % BLOCK, mix.shape[1], BLOCK):
            end = min(begin + BLOCK, mix.shape[1])
            voice = _voice(_excerpt(mix, begin - MARGIN, begin + BLOCK + MARGIN), check)
            yield voice[:, MARGIN + max(0, start - begin) : MARGIN + end - begin]


def _excerpt(mix: Audio, begin: int, end: int) -> Audio:
    """These frames of the mix, with silence before its start and after its end."""
    inside = mix[:, max(0, begin) : end]
    return np.pad(inside, ((0, 0), (max(0, -begin), max(0, end - mix.shape[1]))))


def _voice(excerpt: Audio, check: Callable[[], None]) -> Audio:
    check()
    left, right = _spectra(excerpt)
    check()
    middle = (left + right) / 2 * _alike(left, right) ** ALIKE
    check()
    return _sound(middle * _lasting(np.abs(middle), check) * _band(), excerpt.shape[1])


def _alike(left: Spectrum, right: Spectrum) -> Mask:
    """1 where both sides have the same in the same phase, 0 where they have nothing in common."""
    together = _spread((left * right.conj()).real)
    power = _spread((np.abs(left) ** 2 + np.abs(right) ** 2) / 2)
    return np.clip(together, 0, None) / (power + np.float32(1e-12))


def _spread(values: Mask) -> Mask:
    """Each value with its neighbours in time and pitch."""
    tall = np.pad(values, ((1, 1), (0, 0)))
    wide = np.pad(tall[:-2] + tall[1:-1] + tall[2:], ((0, 0), (1, 1)))
    return wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]


def _lasting(size: Mask, check: Callable[[], None]) -> Mask:
    """1 where a note is held, 0 where a drum is hit: what is long against what is broad."""
    long = _median(size, LASTING, axis=0)
    check()
    broad = _median(size, BROAD, axis=1)
    check()
    return long / (long + broad + np.float32(1e-12))


def _median(values: Mask, reach: int, axis: int) -> Mask:
    around = np.pad(values, [(reach, reach) if axis == each else (0, 0) for each in (0, 1)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1, axis=axis)
    middle: Mask = np.partition(windows, reach, axis=-1)[..., reach]
    return middle


def _band() -> Mask:
    """The voice's range, with soft edges."""
    hz = np.arange(WINDOW // 2 + 1) * (RATE / WINDOW)
    low, high = VOICE_HZ
    edges = np.clip((hz / low - 0.8) / 0.4, 0, 1) * np.clip((1.3 - hz / high) / 0.4, 0, 1)
    return np.asarray(edges, np.float32)


def _shape() -> Mask:
    """The window that, applied twice and overlapped four times, adds up to 2."""
    return np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)


def _spectra(excerpt: Audio) -> Spectrum:
    frames = np.lib.stride_tricks.sliding_window_view(excerpt, WINDOW, axis=1)[:, ::HOP]
    return np.fft.rfft(frames * _shape(), axis=2).astype(np.complex64, copy=False)


def _sound(spectrum: Spectrum, length: int) -> Audio:
    pieces = np.fft.irfft(spectrum, WINDOW, axis=1) * _shape() / 2
    sound = np.zeros(length, np.float32)
    for number, piece in enumerate(pieces):
        sound[number * HOP : number * HOP + WINDOW] += piece
    return np.stack([sound, sound])
