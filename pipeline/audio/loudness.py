"""How loud a song is (ITU-R BS.1770, EBU R128), heard block by block."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.sound import RATE

Power = NDArray[np.floating]
Audio = NDArray[np.float32]

_STEP = RATE // 10
_STEPS_A_BLOCK = 4  # blocks of 0.4 s, a new one each 0.1 s
_GATE = -70.0
_RELATIVE_GATE = -10.0
# Against the whole song, in dB.
_STILL_LOUD = -12.0
# The filters remember this much: the high-pass at 38 Hz is over by then.
_MEMORY = RATE // 2


def k_weighting(frequency: Power) -> NDArray[Any]:
    """Response of the two filters of BS.1770, which are given for 48 kHz."""
    z = np.exp(-2j * np.pi * frequency / 48_000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1.0 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1.0 - 2.0 * z + z**2) / (1.0 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(shelf * high_pass)


class Meter:
    """Hears a song from its start; says how loud it was and where its highest sample stood."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._rest = np.zeros((2, 0), np.float32)
        self._before = np.zeros((2, _MEMORY), np.float32)
        self._steps: list[Power] = []

    def hear(self, sound: Audio) -> None:
        """The next piece, of any length."""
        self.peak = max(self.peak, float(np.abs(sound).max(initial=0.0)))
        sound = np.concatenate([self._rest, sound], axis=1)
        whole = sound.shape[1] // _STEP * _STEP
        self._rest = sound[:, whole:]
        if whole:
            heard = np.concatenate([self._before, sound[:, :whole]], axis=1)
            self._before = heard[:, -_MEMORY:]
            weighted = _filtered(heard)[:, _MEMORY:]
            self._steps.append((weighted.reshape(2, -1, _STEP) ** 2).mean(axis=2).sum(axis=0))

    def loudness(self) -> float | None:
        """Integrated loudness in LUFS, quiet passages left out; None of silence and of less than a block."""
        steps = np.concatenate(self._steps) if self._steps else np.zeros(0)
        if len(steps) < _STEPS_A_BLOCK:
            return None
        power = np.convolve(steps, np.full(_STEPS_A_BLOCK, 1 / _STEPS_A_BLOCK), "valid")
        power = power[_level(power) > _GATE]
        if not power.size:
            return None
        gate = float(_level(power.mean())) + _RELATIVE_GATE
        return float(_level(power[_level(power) > gate].mean()))

    def ends_loud(self) -> bool:
        """Whether it stops in the middle of the music: songs fade away, or ring out."""
        whole = self.loudness()
        return whole is not None and bool(_level(self._steps[-1][-1]) > whole + _STILL_LOUD)


def _filtered(sound: Audio) -> NDArray[Any]:
    frames = sound.shape[1]
    size = _fast(frames + _MEMORY)
    response = k_weighting(np.fft.rfftfreq(size, 1 / RATE))
    return np.fft.irfft(np.fft.rfft(sound, size) * response, size)[:, :frames]


def _fast(least: int) -> int:
    """A length that the transform is quick at: a small multiple of a power of two."""
    power = 1 << max(0, least.bit_length() - 4)
    return -(-least // power) * power


def _level(power: Any) -> Any:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
