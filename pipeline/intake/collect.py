"""Which files belong together: a song with its words, its picture, its cover, its two halves. Nothing is taken in here."""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import AlreadyThere, EncoreError, NoPartner, NotWords
from pipeline.formats import cdg, lrc, ultrastar
from pipeline.intake.beside import Beside

SONGS = {
    ".aac", ".aif", ".aiff", ".avi", ".flac", ".m4a", ".mkv", ".mov", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav",
    ".webm", ".wma",
}  # fmt: skip
LRC = ".lrc"
TEXT = ".txt"
GRAPHICS = ".cdg"
ZIP = ".zip"
COVERS = {".jpg", ".jpeg", ".png", ".webp"}
OTHERS = {LRC, TEXT, GRAPHICS, ZIP, *COVERS}


@dataclass(frozen=True)
class Group:
    """A song and what came with it."""

    song: Path
    words: Path | None = None
    graphics: Path | None = None
    video: Path | None = None
    cover: Path | None = None
    instrumental: Path | None = None
    vocals: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        found = (self.song, self.words, self.graphics, self.video, self.cover, self.instrumental, self.vocals)
        return tuple(path for path in found if path is not None)

    def beside(self) -> Beside:
        return Beside(
            words=read(self.words, lrc.MAX_BYTES) if self.words else None,
            graphics=read(self.graphics, cdg.MAX_BYTES) if self.graphics else None,
            video=self.video,
            cover=self.cover,
            instrumental=self.instrumental,
            vocals=self.vocals,
        )


@dataclass
class Found:
    """What is in some files: songs, words without one, zips to be opened, and halves that are of no use."""

    songs: list[Group] = field(default_factory=list)
    words: list[Path] = field(default_factory=list)
    zips: list[Path] = field(default_factory=list)
    useless: list[tuple[Path, EncoreError]] = field(default_factory=list)


def walk(paths: Iterable[Path], but: Path | None = None) -> Iterator[Found]:
    """What is in these folders, one after the other with all below them `but` one, and in the files that were named."""
    named: dict[Path, list[Path]] = {}
    for path in paths:
        if not path.is_dir():
            named.setdefault(path.parent, []).append(path)
    for files in named.values():
        yield sort(files, named=True)
    for path in paths:
        for files in folders(path, but):
            yield sort(files)


def folders(path: Path, but: Path | None = None) -> Iterator[list[Path]]:
    """The files of a folder, then those of each one below it. Where a box keeps its songs is not looked into."""
    for folder, below, names in os.walk(path):
        if but is not None and os.path.realpath(folder) == os.path.realpath(but):
            below.clear()
            continue
        below[:] = sorted(each for each in below if not hidden(each))
        yield [Path(folder, name) for name in sorted(names) if not hidden(name)]


def matters(name: str) -> bool:
    """Whether a file of this name can be part of a song, or hold some."""
    ending = Path(name).suffix.lower()
    return not hidden(name) and (ending in SONGS or ending in OTHERS)


def read(path: Path, most: int) -> bytes:
    """A small file; of one that is too large so much that this can be seen."""
    with path.open("rb") as file:
        return file.read(most + 1)


def hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def sort(files: Iterable[Path], named: bool = False) -> Found:
    """Put the files of one folder together. One that was named by a person is a song, whatever its name ends in."""
    return _Folder(files, named).sort()


class _Folder:
    """The files of one folder by their names, and which of them are part of something already."""

    def __init__(self, files: Iterable[Path], named: bool) -> None:
        self._files = list(files)
        self._all_songs = named
        self._named = {_key(path.name): path for path in self._files}
        self._sounds = {
            _key(path.stem): path for path in reversed(self._files) if path.suffix.lower() in SONGS
        }
        self._used: set[Path] = set()
        self._found = Found()

    def sort(self) -> Found:
        for path in self._ending(TEXT):
            self._ultrastar(path)
        for path in self._ending(GRAPHICS):
            self._disc(path)
        for path in self._files:
            if self._is_song(path) and path not in self._used:
                self._song(path)
        self._found.words = [path for path in self._ending(LRC, TEXT) if path not in self._used]
        self._found.zips = self._ending(ZIP)
        return self._found

    def _is_song(self, path: Path) -> bool:
        ending = path.suffix.lower()
        return ending in SONGS or (self._all_songs and ending not in OTHERS)

    def _ending(self, *endings: str) -> list[Path]:
        return [path for path in self._files if path.suffix.lower() in endings]

    def _ultrastar(self, path: Path) -> None:
        """A text with notes names its sound, and with it everything else."""
        head = _head(path)
        if head is None:
            return
        self._used.add(path)
        song = self._beside(head.audio) or self._sounds.get(_key(path.stem))
        if song is None:
            missing = head.audio or f"{path.stem}.mp3"
            self._found.useless.append((path, NoPartner(name=path.name, missing=missing)))
        elif song in self._used:
            self._found.useless.append((path, AlreadyThere(name=path.name)))
        else:
            video = self._beside(head.video)
            self._add(
                Group(
                    song,
                    words=path,
                    video=video if video != song else None,
                    cover=self._beside(head.cover),
                    instrumental=self._beside(head.instrumental),
                    vocals=self._beside(head.vocals),
                )
            )

    def _disc(self, path: Path) -> None:
        song = self._sounds.get(_key(path.stem))
        if song is None:
            self._used.add(path)
            error = NoPartner(name=path.name, missing=f"{path.stem}.mp3")
            self._found.useless.append((path, error))
        elif song not in self._used:
            self._add(Group(song, words=self._words_of(song), graphics=path))

    def _song(self, path: Path) -> None:
        self._add(Group(path, words=self._words_of(path)))

    def _words_of(self, song: Path) -> Path | None:
        for ending in (LRC, TEXT):
            path = self._named.get(_key(song.stem + ending))
            if path is not None and path not in self._used:
                return path
        return None

    def _add(self, group: Group) -> None:
        self._used.update(group.files)
        self._found.songs.append(group)

    def _beside(self, name: str) -> Path | None:
        """The file of that name in this folder, and in no other."""
        return self._named.get(_key(name)) if name else None


def _head(path: Path) -> ultrastar.Head | None:
    try:
        if path.stat().st_size > lrc.MAX_BYTES:
            return None
        text = ultrastar.decode_text(path.read_bytes())
    except (OSError, NotWords):
        return None
    return ultrastar.head(text) if ultrastar.recognise(text) else None


def _key(name: str) -> str:
    """Names as people compare them: systems differ in how they write an é, and many in what is large and small."""
    return unicodedata.normalize("NFC", name).casefold()
