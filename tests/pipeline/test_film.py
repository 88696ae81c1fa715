"""Films of any kind: what browsers cannot play runs behind the words all the same, and the song waits for none of it."""

from pathlib import Path

import pytest
from sqlmodel import select

from pipeline.box import Box
from pipeline.engines import nothing
from pipeline.errors import DamagedFile, JobGaveWay
from pipeline.intake import bring
from pipeline.steps.film import FILM
from pipeline.tables import Track
from pipeline.video import film
from pipeline.video.film import Picture
from tests import sound
from tests.workers import work_off


def seen(path: Path) -> Picture:
    picture = film.look(path)
    assert picture is not None
    return picture


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.mkv", "mpeg4", False),
        ("a.avi", "msmpeg4v2", False),
        ("a.mp4", "mpeg4", False),
        ("a.mkv", "libx264", False),
        ("a.mov", "libx264", False),
        ("a.mp4", "libx264", True),
        ("a.webm", "libvpx", True),
    ],
)
def test_every_film_plays_in_a_browser(box: Box, tmp_path: Path, name: str, codec: str, kept: bool) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    rate = 48_000 if name.endswith("webm") else 44_100
    sound.save(folder / name, sound.song(5), rate=rate, picture=codec)
    (outcome,) = bring.from_folders(box, [folder])
    assert outcome.song is not None
    work_off(box)
    with box.db.read() as s:
        track = s.exec(select(Track)).one()
    assert track.video == (track.original if kept else FILM)
    path = box.store.folder(track.id) / track.video
    assert film.plays(path, seen(path))
    assert (box.store.folder(track.id) / track.original).is_file()  # the song's own file stays as it came


def test_another_wrapping_leaves_the_picture_as_it_is(tmp_path: Path) -> None:
    source = sound.save(tmp_path / "a.mkv", sound.song(5), picture="libx264")
    film.make(source, tmp_path / FILM, seen(source), nothing)
    assert seen(tmp_path / FILM) == seen(source)


def test_a_film_too_large_is_made_smaller() -> None:
    assert not film.plays(Path("a.mp4"), Picture("h264", "yuv420p", 2160))
    assert film.plays(Path("a.mp4"), Picture("h264", "yuv420p", 1080))
    assert not film.plays(Path("a.mp4"), Picture("h264", "yuv420p10le", 720))
    assert not film.plays(Path("a.mp4"), Picture("hevc", "yuv420p", 720))


def test_the_cover_of_a_song_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    sound.save(path, sound.song(1))
    assert film.look(path) is None
    assert film.look(tmp_path / "nowhere.mkv") is None
    (tmp_path / "letter.mkv").write_bytes(b"Dear Tom")
    assert film.look(tmp_path / "letter.mkv") is None


def test_who_is_more_urgent_goes_first_and_nothing_half_made_stays(tmp_path: Path) -> None:
    source = sound.save(tmp_path / "a.mkv", sound.song(5), picture=True)

    def give_way() -> None:
        raise JobGaveWay(job="x")

    with pytest.raises(JobGaveWay):
        film.make(source, tmp_path / FILM, seen(source), give_way)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_a_broken_film_leaves_its_song_alone(tmp_path: Path) -> None:
    source = sound.save(tmp_path / "a.mkv", sound.song(5), picture=True)
    picture = seen(source)
    source.write_bytes(b"\x1aE\xdf\xa3" + bytes(5000))
    with pytest.raises(DamagedFile):
        film.make(source, tmp_path / FILM, picture, nothing)
