"""What comes along with a song's file: its words, the picture of a karaoke disc, a video, a cover, its two halves.

In the song's folder each has a name of its own, so that a later step finds what there is by looking.
"""

from dataclasses import dataclass
from pathlib import Path

import structlog

from pipeline.errors import DamagedFile, NotAPicture, TooLarge
from pipeline.formats import cdg
from pipeline.intake import titles
from pipeline.store import WORDS, Store, Waiting, suffix
from pipeline.tables import TrackKind

# The picture of a karaoke disc, as it came; the video that is made of it.
GRAPHICS = "original.cdg"
PICTURE = "picture.mp4"
# A video that came beside the sound, and the two halves of a song that somebody separated already.
VIDEO, INSTRUMENTAL, VOCALS = "video", "instrumental", "vocals"


log = structlog.get_logger()


@dataclass(frozen=True)
class Beside:
    """What somebody brought with one song. Files are copied, never moved."""

    words: bytes | None = None
    graphics: bytes | None = None
    video: Path | None = None
    cover: Path | None = None
    instrumental: Path | None = None
    vocals: Path | None = None

    @property
    def has_halves(self) -> bool:
        return self.instrumental is not None and self.vocals is not None


@dataclass(frozen=True)
class Kept:
    """What is in the song's folder now: the name of a video, empty without one, and whether there is a cover."""

    video: str
    cover: bool


NOTHING = Beside()
KEPT_AS = {Waiting.WORDS: WORDS, Waiting.GRAPHICS: GRAPHICS}


def check_graphics(content: bytes, name: str) -> None:
    """Refuse what is no picture of a karaoke disc."""
    if len(content) > cdg.MAX_BYTES:
        raise TooLarge(name=name, limit=cdg.MAX_BYTES // 1_000_000)
    if not cdg.recognise(content):
        raise DamagedFile("no graphics", name=name)


def keep(store: Store, track_id: str, song_name: str, beside: Beside, limit_mb: int) -> Kept:
    """Put everything into the song's folder, with what waited for a song of this name."""
    for kind, content in ((Waiting.WORDS, beside.words), (Waiting.GRAPHICS, beside.graphics)):
        found = content if content is not None else store.waiting(kind, song_name)
        if found is not None:
            store.put(track_id, KEPT_AS[kind], found)
    video = _bring(store, track_id, VIDEO, beside.video, limit_mb)
    if beside.has_halves:
        _bring(store, track_id, INSTRUMENTAL, beside.instrumental, limit_mb)
        _bring(store, track_id, VOCALS, beside.vocals, limit_mb)
    return Kept(video, _keep_cover(store, track_id, beside.cover))


def half(folder: Path, name: str) -> Path | None:
    """The file of one half of the song, whatever its ending is."""
    return next((path for path in folder.glob(f"{name}.*") if path.is_file()), None)


def kind_of(folder: Path, name: str, has_video: bool) -> tuple[TrackKind, bool]:
    """What a song is by what lies in its folder and by its name, and whether it is used as it is."""
    if (folder / GRAPHICS).is_file():
        return TrackKind.KARAOKE, True
    if half(folder, INSTRUMENTAL) and half(folder, VOCALS):
        return TrackKind.ORIGINAL, True
    named = titles.of_file(name).kind
    if named is TrackKind.KARAOKE:
        # Without a picture its words are nowhere: what is left is the band.
        return (TrackKind.KARAOKE if has_video else TrackKind.INSTRUMENTAL), True
    return named, named is TrackKind.INSTRUMENTAL


def _bring(store: Store, track_id: str, name: str, path: Path | None, limit_mb: int) -> str:
    if path is None:
        return ""
    if path.stat().st_size > limit_mb * 1_000_000:
        raise TooLarge(name=path.name, limit=limit_mb)
    return store.copy(track_id, name + suffix(path.name), path)


def _keep_cover(store: Store, track_id: str, path: Path | None) -> bool:
    from pipeline import covers  # it loads ffmpeg's libraries

    if path is None or path.stat().st_size > covers.MAX_BYTES:
        return False
    try:
        covers.keep(store, track_id, path.read_bytes())
    except NotAPicture as error:
        log.info("cover left out", file=path.name, reason=str(error))
        return False
    return True
