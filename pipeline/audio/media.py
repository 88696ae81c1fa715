"""What is in a file that somebody brought, and its sound: told by its bytes, never by its name.

ffmpeg's own messages stay switched off (PyAV's default): its threads must not wait for Python's logging. What matters
of them is in the errors raised here.
"""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path

import av
import numpy as np
import structlog
from av.audio import AudioStream
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.stream import Disposition

from pipeline.engines import RATE, Audio, nothing
from pipeline.errors import DamagedFile, EmptyFile, InputError, NotAudio, UnknownCodec
from pipeline.formats import frames

log = structlog.get_logger()

# A song whose loudest moment is below -70 dB is silent.
SILENCE = 10 ** (-70 / 20)
# So many seconds may be missing at a file's end. Anything more is noticed on stage.
MISSING = 3.0

# The containers people keep songs in. Any other is refused: some kinds (playlists, for one) make ffmpeg open other
# files and addresses.
_CONTAINERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,oga,ogg,oma,tak,"
    "tta,voc,w64,wav,webm,wv"
)
# Those that say how much sound they hold. For the others ffmpeg guesses from the bit rate.
_LENGTH_IS_SAID = {"aiff", "ape", "asf", "caf", "flac", "mov", "ogg", "tta", "w64", "wav", "wv"}

# Those that are nothing but one frame after the other.
_ENDLESS = {"mp3", "aac"}

# A file of which more than a tenth cannot be read is damaged.
_READABLE = 0.1
_LOWEST_RATE = 4000

# How files begin that are meant to be sound, whether or not the rest can be read.
_BEGINNINGS = (b"ID3", b"fLaC", b"OggS", b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11")

# How ffmpeg calls a single channel, with and without a place for it.
_MONO = {"mono", "1 channels"}
# Twice the default length of the resampler's filter keeps everything up to 20 kHz. A downmix of many channels is
# turned down as far as it could clip.
_RESAMPLING = {"filter_size": "64", "cutoff": "0.98", "rematrix_maxval": "1.0"}


@dataclass(frozen=True)
class Media:
    """A file with sound in it."""

    container: str
    codec: str
    # What the file says, or a guess from its bit rate; 0 where there is neither.
    seconds: float
    seconds_are_said: bool
    rate: int
    channels: int
    has_video: bool


def probe(path: Path, name: str = "") -> Media:
    """Look into a file, called `name` by the person who brought it, without decoding more than its first moment."""
    with _opened(path, name or path.name) as (container, stream):
        media = _describe(path, container, stream)
        if next(_frames(container, stream, nothing), None) is None:
            raise NotAudio("nothing could be decoded", name=name or path.name, media=media)
        if media.seconds == 0:
            media = replace(media, seconds=_count_seconds(container, stream))
    return media


def decode(path: Path, name: str = "", check: Callable[[], None] = nothing) -> Iterator[Audio]:
    """Yield the sound of a file as 44.1 kHz stereo, a second at a time, whatever it is stored as.

    `check` is called with each packet (some 25 ms of sound) and raises to stop. A file that turns out shorter than it
    says, or mostly unreadable, raises `DamagedFile` at its end.
    """
    with _opened(path, name or path.name) as (container, stream):
        media = _describe(path, container, stream)
        heard = 0
        for block in _blocks(_frames(container, stream, check)):
            heard += block.shape[1]
            yield block
        if heard == 0 or (media.seconds_are_said and heard / RATE < media.seconds - MISSING):
            raise DamagedFile(
                f"{heard / RATE:.1f} of {media.seconds:.1f} seconds", name=name or path.name, media=media
            )


def fingerprint(path: Path, name: str = "") -> str:
    """The same for two files with the very same sound, whatever else is in them: tags, a cover."""
    digest = hashlib.sha256()
    with _opened(path, name or path.name) as (container, stream):
        for packet in container.demux(stream):
            digest.update(bytes(packet))
    return digest.hexdigest()


def is_cut(path: Path, name: str = "") -> bool:
    """Whether a file of a kind that does not say its length ends in the middle of a frame: a copy that broke off does."""
    with _opened(path, name or path.name) as (container, stream):
        if container.format.name not in _ENDLESS:
            return False
        last = None
        for packet in container.demux(stream):
            last = packet if packet.size else last
        return last is not None and last.size < frames.length(bytes(last))


class _File(io.FileIO):
    """A file as ffmpeg wants it: a broken one makes it look for places that cannot be, and -1 tells it so."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        try:
            return super().seek(offset, whence)
        except OSError:
            return -1


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open a file and find its main sound; every trouble until it is closed gets its name."""
    # Opened by its number, so that ffmpeg sees no name to judge by.
    with _File(os.open(path, os.O_RDONLY)) as file:
        head = file.read(16)
        if not head:
            raise EmptyFile(name=name)
        failed: type[InputError] = DamagedFile if _meant_as_sound(head) else NotAudio
        try:
            with av.open(
                file,
                "r",
                format=_behind_tag(file, head),
                container_options={"format_whitelist": _CONTAINERS},
                metadata_errors="replace",
                buffer_size=1 << 18,
            ) as container:
                stream = container.streams.best("audio")
                if not isinstance(stream, AudioStream):
                    raise NotAudio("no audio stream", name=name, container=container.format.name)
                if stream.codec_context is None:
                    raise UnknownCodec(name=name, container=container.format.name)
                failed = DamagedFile
                yield container, stream
        except av.FFmpegError as error:
            raise failed(str(error), name=name) from error


def _meant_as_sound(head: bytes) -> bool:
    return (
        head.startswith(_BEGINNINGS)
        or head[4:8] == b"ftyp"
        or (head[:4] == b"RIFF" and head[8:] == b"WAVEfmt ")
    )


def _behind_tag(file: io.FileIO, head: bytes) -> str | None:
    """The format behind an ID3 tag: one with a large cover reaches further than ffmpeg looks."""
    kind = None
    if length := _tag_length(head):
        file.seek(length)
        after = file.read(4)
        if after == b"fLaC":
            kind = "flac"
        elif len(after) == 4 and after[0] == 0xFF and after[1] & 0xF6 == 0xF0:
            kind = "aac"
    file.seek(0)
    return kind


def _tag_length(head: bytes) -> int:
    if len(head) < 10 or not head.startswith(b"ID3"):
        return 0
    return 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _describe(path: Path, container: InputContainer, stream: AudioStream) -> Media:
    kind = container.format.name.split(",")[0]
    has_video = any(not each.disposition & Disposition.attached_pic for each in container.streams.video)
    seconds = (container.duration or 0) / av.time_base
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    said = kind in _LENGTH_IS_SAID
    if kind == "mp3":
        said = _said_by_mp3(path)
    elif kind == "wav":
        seconds *= _said_by_wav(path)
    elif kind == "matroska":
        # The length of the file may be that of its picture, unless the sound has its own.
        own = re.match(r"(\d+):(\d+):(\d+(\.\d+)?)", stream.metadata.get("DURATION", ""))
        if own:
            seconds = int(own[1]) * 3600 + int(own[2]) * 60 + float(own[3])
        said = own is not None or not has_video
    seconds = max(0.0, seconds)
    context = stream.codec_context
    return Media(
        kind, context.name, seconds, said and seconds > 0, context.sample_rate, context.channels, has_video
    )


def _said_by_mp3(path: Path) -> bool:
    """Whether its first frame holds the length, and of the whole file: several may have been joined into one."""
    with path.open("rb") as file:
        start = _tag_length(file.read(10))
        file.seek(start)
        found = re.search(rb"(?:Xing|Info)\0\0\0[\x03\x07\x0b\x0f].{4}(.{4})", file.read(2000), re.DOTALL)
    return found is not None and path.stat().st_size - start <= int.from_bytes(found[1]) * 17 / 16


def _said_by_wav(path: Path) -> float:
    """How many times longer it says it is: ffmpeg quietly takes the end of a cut one for its end."""
    with path.open("rb") as file:
        said = int.from_bytes(file.read(8)[4:], "little") + 8
    # Programs that write into a pipe put the largest number they have.
    return max(1.0, said / path.stat().st_size) if said < 0x7FFF_0000 else 1.0


def _count_seconds(container: InputContainer, stream: AudioStream) -> float:
    """The length of a file that says nothing of it: all packets are looked at, none is decoded."""
    ticks = sum(packet.duration or 0 for packet in container.demux(stream))
    return float(ticks * stream.time_base) if stream.time_base is not None else 0.0


def _frames(
    container: InputContainer, stream: AudioStream, check: Callable[[], None]
) -> Iterator[AudioFrame]:
    """Decode packet after packet; single ones that cannot be read are left out."""
    good, bad, fault = 0, 0, None
    for packet in container.demux(stream):
        check()
        try:
            decoded = packet.decode()
        except av.FFmpegError as error:
            bad, fault = bad + 1, error
            continue
        for frame in decoded:
            # A rate of a few Hz would make hours of a few bytes.
            if frame.sample_rate >= _LOWEST_RATE:
                good += 1
                yield frame
    if fault is not None:
        log.warning("unreadable sound left out", packets=bad, of=good + bad, reason=str(fault))
        if bad > _READABLE * good:
            raise fault


def _blocks(frames: Iterator[AudioFrame]) -> Iterator[Audio]:
    # The form can change on the way: two files joined into one.
    for (layout, _, _), alike in groupby(frames, _form):
        # One channel goes to both sides as it is; the resampler would turn it down by 3 dB.
        sides = "mono" if layout in _MONO else "stereo"
        resampler = AudioResampler("fltp", sides, RATE, RATE, options=_RESAMPLING)
        for frame in chain(alike, [None]):
            yield from map(_stereo, resampler.resample(frame))


def _form(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.layout.name, frame.format.name, frame.sample_rate


def _stereo(frame: AudioFrame) -> Audio:
    sound = frame.to_ndarray().astype(np.float32, copy=False)
    if not np.isfinite(sound).all():
        sound = np.nan_to_num(sound, posinf=0.0, neginf=0.0)
    return np.repeat(sound, 2, axis=0) if len(sound) == 1 else sound
