"""The music between the songs: which files there are, and when it is wanted."""

import os
from pathlib import Path

from karaoke_ui.pages.stage import filler
from karaoke_ui.show.tables import Scene
from karaoke_ui.show.views import ShowView
from karaoke_ui.show.views.scene import SceneView
from pipeline.settings import Settings


def test_the_folders_music_is_found_and_nothing_else(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert filler.files(settings) == ()
    (tmp_path / "filler").mkdir()
    for name in ("B.mp3", "a.FLAC", "cover.jpg", "notes.txt"):
        (tmp_path / "filler" / name).touch()
    assert [path.name for path in filler.files(settings)] == ["B.mp3", "a.FLAC"]
    (tmp_path / "filler" / "c.ogg").touch()
    assert filler.of(settings, ShowView()) == {"files": 3}


def test_what_comes_within_one_tick_of_the_clock_is_found(tmp_path: Path) -> None:
    """The folder's time of change is the same as before."""
    settings, folder = Settings(data=tmp_path), tmp_path / "filler"
    folder.mkdir()
    (folder / "a.mp3").touch()
    assert len(filler.files(settings)) == 1
    changed = folder.stat().st_mtime_ns
    (folder / "b.mp3").touch()
    os.utime(folder, ns=(changed, changed))
    assert len(filler.files(settings)) == 2


def test_it_is_silent_while_somebody_sings_and_on_hold(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    for scene in Scene:
        wanted = filler.of(settings, ShowView(scene=SceneView(name=scene)))
        assert (wanted is None) == (scene in {Scene.COUNTDOWN, Scene.PLAYING, Scene.CLOSING, Scene.HOLD}), (
            scene
        )
