"""The downloader is brought up to date while the night goes on; what does not work is never used."""

import shutil
import threading
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yt_dlp

from pipeline.errors import NotFetched
from pipeline.settings import Settings
from pipeline.sources import downloader, youtube
from pipeline.sources.downloader import Downloaders
from tests.services.youtube import serve

pytestmark = pytest.mark.long

NEWER = "2999.1.2"
# For what takes a second.
PATIENCE = 120.0


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package index: a folder of packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", str(folder)), ("EXTRA_INDEX_URL", "")):
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


@pytest.fixture
def downloaders(tmp_path: Path) -> Iterator[Downloaders]:
    made = Downloaders(tmp_path / "yt-dlp")
    yield made
    shutil.rmtree(tmp_path / "yt-dlp", ignore_errors=True)
    with made.use():
        pass  # back to the one that was installed, for the tests to come


def offer(index: Path, version: str, spoil: str = "") -> None:
    """Put a version of the real package into the index."""
    source = Path(yt_dlp.__file__).parent
    scripts = metadata.distribution("yt-dlp-ejs")
    with zipfile.ZipFile(index / f"yt_dlp-{version}-py3-none-any.whl", "w") as wheel:
        for path in source.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if path == source / "version.py":
                text = text.replace(downloader.shipped(), version)
            if path == source / "__init__.py":
                text = spoil + text
            wheel.writestr(f"yt_dlp/{path.relative_to(source)}", text)
        _describe(wheel, "yt_dlp", version, [f"yt-dlp-ejs=={scripts.version}; extra == 'default'"])
    with zipfile.ZipFile(index / f"yt_dlp_ejs-{scripts.version}-py3-none-any.whl", "w") as wheel:
        for file in scripts.files or []:
            if str(file).startswith("yt_dlp_ejs/") and not str(file).endswith(".pyc"):
                wheel.write(str(file.locate()), str(file))
        _describe(wheel, "yt_dlp_ejs", scripts.version, [])


def _describe(wheel: zipfile.ZipFile, name: str, version: str, needs: list[str]) -> None:
    info = f"{name}-{version}.dist-info"
    extra = ["Provides-Extra: default", *(f"Requires-Dist: {need}" for need in needs)] if needs else []
    said = ["Metadata-Version: 2.1", f"Name: {name.replace('_', '-')}", f"Version: {version}", *extra]
    wheel.writestr(f"{info}/METADATA", "\n".join(said) + "\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(f"{info}/RECORD", "")


def version_in_use(downloaders: Downloaders) -> str:
    with downloaders.use() as tube:
        return str(tube.yt_dlp_version())


def test_without_an_update_the_installed_one_is_used(downloaders: Downloaders) -> None:
    assert downloaders.installed() == downloader.shipped()
    assert version_in_use(downloaders) == downloader.shipped()


def test_a_newer_one_is_used_from_then_on_and_works(
    index: Path, downloaders: Downloaders, tmp_path: Path
) -> None:
    offer(index, NEWER)
    assert version_in_use(downloaders) == downloader.shipped()
    assert downloaders.update() == NEWER
    assert (version_in_use(downloaders), downloaders.installed()) == (NEWER, NEWER)
    with serve() as tube, downloaders.use() as loaded:
        settings = Settings(data=tmp_path, youtube_url=tube.url)
        with loaded.Tube(settings, quick=True, extract_flat=True) as ydl:
            assert len(ydl.get("ytsearch3:valerie")["entries"]) == 3
    # Another process finds it as well.
    assert Downloaders(tmp_path / "yt-dlp").installed() == NEWER
    assert [path.name for path in (tmp_path / "yt-dlp").glob("new-*")] == []


def test_who_is_at_work_with_the_old_one_finishes_first(index: Path, downloaders: Downloaders) -> None:
    offer(index, NEWER)
    seen: list[str] = []
    with downloaders.use() as old:
        downloaders.update()
        next_one = threading.Thread(target=lambda: seen.append(version_in_use(downloaders)))
        next_one.start()
        next_one.join(0.5)
        assert (old.yt_dlp_version(), seen) == (downloader.shipped(), [])
    next_one.join(PATIENCE)
    assert seen == [NEWER]


def test_one_that_does_not_work_is_never_used(index: Path, downloaders: Downloaders) -> None:
    offer(index, NEWER, spoil="raise ImportError('broken')\n")
    with pytest.raises(NotFetched):
        downloaders.update()
    assert downloaders.installed() == version_in_use(downloaders) == downloader.shipped()


def test_an_index_out_of_reach_changes_nothing(index: Path, downloaders: Downloaders) -> None:
    with pytest.raises(NotFetched):
        downloaders.update()
    assert downloaders.installed() == downloader.shipped()


def test_a_folder_that_was_damaged_is_not_used(downloaders: Downloaders, tmp_path: Path) -> None:
    folder = tmp_path / "yt-dlp"
    folder.mkdir()
    for said in ("", "../../etc", NEWER, "\0", "2.x"):
        (folder / "current").write_text(said)
        assert downloaders.installed() == downloader.shipped()


def test_an_older_one_than_the_installed_is_not_used(index: Path, downloaders: Downloaders) -> None:
    offer(index, "2020.1.1")
    assert downloaders.update() == "2020.1.1"
    assert version_in_use(downloaders) == downloader.shipped()


def test_the_health_names_the_version(tmp_path: Path) -> None:
    with serve() as tube:
        found = youtube.health(Settings(data=tmp_path / "data", youtube_url=tube.url))
    assert found.version == downloader.shipped()
