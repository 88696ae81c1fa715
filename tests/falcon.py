"""The real song of the tests, six seconds with its true stems: "Falcon 69" by The Easton Ellises (CC BY-NC-SA)."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soundfile

from pipeline.engines import RATE, Audio

# In the file: the mastered mix, drums, bass, other, vocals.
STEMS = slice(1, 5)
VOCALS = 4
# The stems' sum peaks at 3.7.
LEVEL = 0.25


@dataclass(frozen=True)
class Falcon:
    """The mix is the sum of the stems; `wav` holds it as a file, in 32-bit floats."""

    stems_file: Path
    wav: Path
    mix: Audio
    vocals: Audio
    instrumental: Audio


def load(stems_file: Path, folder: Path) -> Falcon:
    stems = LEVEL * _streams(stems_file)
    mix, vocals = stems[STEMS].sum(axis=0), stems[VOCALS]
    wav = folder / "Falcon 69.wav"
    soundfile.write(wav, mix.T, RATE, subtype="FLOAT")
    return Falcon(stems_file, wav, mix, vocals, mix - vocals)


def _streams(path: Path) -> Audio:
    """All the file's sounds, shaped (stream, 2, frames)."""
    with av.open(str(path)) as container:
        number = len(container.streams.audio)
    sounds = [_stream(path, index) for index in range(number)]
    frames = min(sound.shape[1] for sound in sounds)
    return np.stack([sound[:, :frames] for sound in sounds])


def _stream(path: Path, index: int) -> Audio:
    with av.open(str(path)) as container:
        to_floats = av.AudioResampler("fltp", "stereo", RATE)
        blocks = [
            ready.to_ndarray()
            for frame in container.decode(container.streams.audio[index])
            for ready in to_floats.resample(frame)
        ]
    return np.concatenate(blocks, axis=1).astype(np.float32)
