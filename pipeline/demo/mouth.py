"""The singer's mouth as a filter: resonances for voice and breath, colours for hisses and bursts.

It is applied in short overlapping windows, each with the mouth as it stands at that moment. A cascade of resonances
gives vowels their natural balance, and its phase makes each pulse ring like a real one.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.demo.movements import COLOURS, HOP, Frames, Movements
from pipeline.demo.phones import NOISES
from pipeline.engines import RATE

WINDOW = 2 * HOP
FFT = 2048
FREQUENCY = np.fft.rfftfreq(FFT, 1 / RATE).astype(np.float32)
# So many windows at once keep the work inside the processor's cache.
BATCH = 256
# The resonances from the fourth on stay where they are. The first two lie close together: that makes a voice carry.
UPPER = np.array([3350.0, 4150.0, *np.arange(5200.0, 24_000.0, 1000.0)], dtype=np.float32)
UPPER_WIDTHS = np.array([200.0, 280.0, *(300.0 + 60.0 * np.arange(len(UPPER) - 2))], dtype=np.float32)

Samples = NDArray[np.float32]
Response = NDArray[np.complex64]


class Mouth:
    """One singer's mouth. `size` scales a grown man's resonances; `brightness` is the cut-off in Hz at full voice."""

    def __init__(
        self, movements: Movements, hertz: Frames, voice: Frames, size: float, brightness: float
    ) -> None:
        self._movements, self._voice = movements, voice
        self._size, self._brightness = np.float32(size), brightness
        self._centres = movements.formants * self._size
        # Singers open the mouth on high notes, so that the first resonance never lies below the note.
        self._centres[0] = np.maximum(self._centres[0], 1.05 * hertz)
        self._colours = np.stack([_colour(name) for name in COLOURS])
        below = _resonance(self._size * UPPER[:, None], self._size * UPPER_WIDTHS[:, None]).prod(axis=0)
        self._upper = (1.0 / below).astype(np.complex64)

    def shape(self, source: Samples, hiss: Samples) -> Samples:
        """What comes out of it: `source` through the resonances, `hiss` in the colours of the consonants."""
        move, window = self._movements, np.hanning(WINDOW + 1)[:-1].astype(np.float32)
        padded = [np.pad(each, (HOP, WINDOW)) for each in (source, hiss)]
        out = np.zeros(move.count * HOP + FFT + HOP, dtype=np.float32)
        heard = np.flatnonzero(move.voice + move.breath + move.noise.sum(axis=0) > 1e-4)
        for batch in np.array_split(heard, -(-len(heard) // BATCH)):
            cut = (batch * HOP)[:, None] + np.arange(WINDOW)
            voiced, hissed = (np.fft.rfft(each[cut] * window, FFT).astype(np.complex64) for each in padded)
            colour = move.noise[:, batch].T @ self._colours
            pieces = np.fft.irfft(voiced * self._resonances(batch) + hissed * colour, FFT)
            for frame, piece in zip(batch, pieces, strict=True):
                out[frame * HOP : frame * HOP + FFT] += piece
        return out[HOP : HOP + move.count * HOP]

    def _resonances(self, batch: NDArray[np.int64]) -> Response:
        """Throat and mouth in each frame of the batch, with the glottis' tilt: a louder voice is a brighter one."""
        nasal = self._movements.nasal[batch]
        widths = self._size * np.stack([65.0 + 60.0 * nasal, 85.0 + 140.0 * nasal, 130.0 + 150.0 * nasal])
        cutoff = self._brightness * np.clip(self._voice[batch], 0.25, 1.6)
        below = (1.0 + 1j * FREQUENCY / cutoff[:, None]).astype(np.complex64)
        for centre, width in zip(self._centres[:, batch], widths, strict=True):
            below *= _resonance(centre[:, None], width[:, None])
        return np.asarray(self._upper / below, dtype=np.complex64)


def _resonance(centre: Samples, width: Samples) -> Response:
    """One formant turned upside down; 1 at 0 Hz."""
    ratio = FREQUENCY / centre
    return (1.0 - ratio * ratio + 1j * (ratio * (width / centre))).astype(np.complex64)


def _colour(name: str) -> Samples:
    noise = NOISES[name]
    hill = np.exp(-0.5 * ((FREQUENCY - noise.centre) / noise.width) ** 2) + noise.floor
    edges = np.clip(FREQUENCY / 400.0, 0.0, 1.0) / (1.0 + (FREQUENCY / 11_000.0) ** 6)
    return np.asarray(hill * edges, dtype=np.float32)
