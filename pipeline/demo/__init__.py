"""Three short songs that Encore makes itself, so that a newcomer can hear it work without a network or a song of his own.

Old tunes that belong to everybody, sung by a small formant voice in the middle of a wide band. Written to a folder they
are ordinary files, an `.lrc` with word times beside each, and enter the library as any song does.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import soundfile
from mutagen.flac import FLAC

from pipeline.demo import auld_lang_syne, daisy_bell, greensleeves
from pipeline.demo.articulation import SungWord, pronounce, sung_words
from pipeline.demo.band import Arrangement, accompany, candlelight, midnight, waltz
from pipeline.demo.mix import Mixed, blend
from pipeline.demo.movements import move
from pipeline.demo.score import Score
from pipeline.demo.voice import Singer, sing
from pipeline.engines import RATE
from pipeline.formats import lrc
from pipeline.words import Line, Lyrics, Word

__all__ = ["DemoSong", "songs"]

ALBUM = "Songs to try"
ECHO = 1.2  # seconds after the last chord


@dataclass(frozen=True)
class DemoSong:
    """One of the songs: what it is called and how it is made."""

    slug: str
    title: str
    artist: str
    album: str
    year: int
    score: Score
    singer: Singer
    arrangement: Arrangement

    def render(self) -> Mixed:
        """Make the sound: the same to the last bit every time."""
        end = self.score.chords[-1]
        seconds = self.score.seconds(end.beat + end.beats) + ECHO
        blocks = [block for syllable in pronounce(self.score) for block in syllable.blocks]
        voice = sing(move(self.score, blocks, seconds), self.singer)
        band = accompany(self.score, self.arrangement, seconds, seed=self.singer.seed)
        return blend(voice, band[:, : len(voice)], seed=self.singer.seed)

    def words(self) -> list[SungWord]:
        """Every word with the times between which it can be heard."""
        return sung_words(pronounce(self.score))

    def write(self, folder: Path) -> Path:
        """Make `<title>.flac` with its tags in the folder, and the words beside it."""
        path = folder / f"{self.title}.flac"
        soundfile.write(path, self.render().sound.T, RATE, subtype="PCM_16", format="FLAC")
        tags = FLAC(path)  # type: ignore[no-untyped-call]
        tags["title"], tags["artist"] = self.title, self.artist
        tags["album"], tags["date"] = self.album, str(self.year)
        tags.save()
        path.with_suffix(".lrc").write_text(lrc.render(self._lyrics()), encoding="utf-8")
        return path

    def _lyrics(self) -> Lyrics:
        words = self.words()
        lines = []
        for number in sorted({word.line for word in words}):
            sung = [word for word in words if word.line == number]
            spaced = [f"{word.text} " for word in sung[:-1]] + [sung[-1].text]
            timed = tuple(Word(word.start, word.end, text) for word, text in zip(sung, spaced, strict=True))
            lines.append(Line(sung[0].start, sung[-1].end, "".join(spaced), timed))
        return Lyrics(tuple(lines), "word", {"ti": self.title, "ar": self.artist, "al": self.album})


@cache
def songs() -> tuple[DemoSong, ...]:
    """A merry one, a sad one, and one to end the night with."""
    return (
        DemoSong(
            slug="daisy-bell",
            title="Daisy Bell",
            artist="Harry Dacre",
            album=ALBUM,
            year=1892,
            score=daisy_bell.SCORE,
            singer=Singer(1892, 1.0, 55.0, 5.5, 0.012, 2600.0),
            arrangement=waltz,
        ),
        DemoSong(
            slug="greensleeves",
            title="Greensleeves",
            artist="Traditional",
            album=ALBUM,
            year=1580,
            score=greensleeves.SCORE,
            singer=Singer(1580, 1.16, 48.0, 5.3, 0.02, 2300.0),
            arrangement=candlelight,
        ),
        DemoSong(
            slug="auld-lang-syne",
            title="Auld Lang Syne",
            artist="Robert Burns",
            album=ALBUM,
            year=1788,
            score=auld_lang_syne.SCORE,
            singer=Singer(1788, 0.97, 55.0, 5.4, 0.012, 3000.0),
            arrangement=midnight,
        ),
    )
