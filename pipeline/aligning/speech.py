"""Where the words of a known English text are spoken, by an acoustic model (CMU's, inside `pocketsphinx`)."""

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pocketsphinx
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from pipeline.aligning import spelling
from pipeline.audio.sound import RATE

Audio = NDArray[np.float32]
Span = tuple[float, float]

SPEECH_RATE = 16_000
_FRAMES_A_SECOND = 100
# Handed over in pieces, so that the work can be stopped and the process goes on beating.
_PIECE = 2 * SPEECH_RATE * 5
_LEAST = 2 * SPEECH_RATE // 4
# Wider than it is made for: sung vowels stand long, and their way would be given up too early.
_BEAMS = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-60}


class Recogniser:
    """Loaded once for a song: it takes a tenth of a second and 40 MB."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", **_BEAMS)

    def spans(
        self, words: Sequence[str], sound: bytes, check: Callable[[], None]
    ) -> list[Span | None] | None:
        """When each word begins and ends, in seconds of the sound; None for one that has no sound of its own.

        None instead of a list: the voice does not fit to the text at all.
        """
        spoken = [self._known(word) for word in words]
        text = [part for parts in spoken for part in parts]
        if not text or len(sound) < _LEAST:
            return None
        found = self._align(text, sound, check)
        if found is None or len(found) != len(text):
            return None
        spans: list[Span | None] = []
        at = 0
        for parts in spoken:
            own = found[at : at + len(parts)]
            spans.append((own[0][0], own[-1][1]) if own else None)
            at += len(parts)
        return spans

    def _align(self, text: list[str], sound: bytes, check: Callable[[], None]) -> list[Span] | None:
        try:
            self._decoder.set_align_text(" ".join(text))
            self._decoder.start_utt()
            for start in range(0, len(sound), _PIECE):
                self._decoder.process_raw(sound[start : start + _PIECE])
                check()
        except RuntimeError:  # all that it ever says
            return None
        finally:
            try:
                self._decoder.end_utt()
            except RuntimeError:
                pass  # it had not begun
        segments = self._decoder.seg() or ()
        return [
            (each.start_frame / _FRAMES_A_SECOND, (each.end_frame + 1) / _FRAMES_A_SECOND)
            for each in segments
            if each.word[0] not in "<["
        ]

    def _known(self, word: str) -> list[str]:
        """The dictionary's words for what may be one of them, or two with a hyphen, or none yet."""
        parts = re.split(r"[-–—/]", word.lower().replace("’", "'"))
        return [known for part in parts if (known := self._one(re.sub(r"[^a-z']", "", part)))]

    def _one(self, word: str) -> str:
        tries = (word, word.strip("'"), word.strip("'") + "'", "'" + word.strip("'"))
        for known in tries:
            if known.strip("'") and self._decoder.lookup_word(known):
                return known
        word = word.strip("'")
        phones = spelling.phones(word)
        if not phones:
            return ""
        self._decoder.add_word(word, " ".join(phones), True)
        return word


def for_speech(blocks: Iterable[Audio]) -> bytes:
    """One channel of 16-bit numbers at the rate that the model was made with."""
    resampler = AudioResampler("s16", "mono", SPEECH_RATE)
    pieces = []
    for block in blocks:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), "fltp", "stereo")
        frame.sample_rate = RATE
        pieces += resampler.resample(frame)
    return b"".join(piece.to_ndarray().tobytes() for piece in [*pieces, *resampler.resample(None)])
