"""What every test may ask for. What `make test` fetched is found through tests/places.py; nothing is skipped."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from nicegui.testing import User

from karaoke_ui.house import House
from pipeline import demo, migrate
from pipeline.box import Box
from pipeline.demo.mix import Mixed
from pipeline.settings import Settings
from tests import falcon as song
from tests import places

pytest_plugins = ["nicegui.testing.user_plugin"]

# Neither a slow machine nor chance decides: the same examples each time, however long they take. Others are looked for
# with `--hypothesis-profile=wander`.
settings.register_profile(
    "encore", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "wander", settings.get_profile("encore"), derandomize=False, max_examples=2000, print_blob=True
)
settings.load_profile("encore")

# What a test asks for tells that it is a long one: the real model, a real song, a browser, a server of its own.
LONG = {"weights_dir", "falcon", "rendered", "voices", "chromium", "server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make unit` leaves the long ones out, and the modules in which workers prepare whole songs."""
    for item in items:
        prepares = hasattr(getattr(item, "module", None), "work_off")
        if prepares or LONG & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.long)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The simulated browser looks through all objects for rubbish, twice a test: what is there to stay is left out."""
    if nextitem is None or item.path != nextitem.path:
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


# Twenty seconds for what is to come, ten for what is to go.
LOOKS = 200


def patient(look: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A look at a page that finds what it wants costs nothing: one that does not goes on, whatever else the machine does."""

    @wraps(look)
    async def looks(*args: Any, retries: int = LOOKS, **kwargs: Any) -> None:
        await look(*args, retries=retries, **kwargs)

    return looks


for name in ("should_see", "should_not_see"):
    setattr(User, name, patient(getattr(User, name)))


# What commands say is compared with English, whatever the terminal speaks that the tests run in.
os.environ["LC_ALL"] = "C.UTF-8"


@pytest.fixture(scope="session")
def cache() -> Path:
    """The folder outside the tree with all that was fetched."""
    return places.CACHE


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    """A folder with the real separation model, as `weights.find` and the setting `KARAOKE_MODELS` want it."""
    return places.model_folder()


@pytest.fixture(scope="session")
def falcon(tmp_path_factory: pytest.TempPathFactory) -> song.Falcon:
    """A real song with its true stems."""
    return song.load(places.falcon_file(), tmp_path_factory.mktemp("falcon"))


@pytest.fixture(scope="session")
def rendered() -> dict[str, Mixed]:
    """The songs to try, sung and mixed."""
    return {song.slug: song.render() for song in demo.songs()}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser that playwright starts."""
    return str(places.chromium())


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    migrate.upgrade(folder / "encore.db", folder)
    return folder / "encore.db"


@pytest.fixture
def box(tmp_path: Path, empty_database: Path) -> Iterator[Box]:
    """A library of its own, empty, that separates with the quick mix unless a test brings the model."""
    settings = Settings(data=tmp_path / "data", engine="center", online=False)
    settings.data.mkdir()
    shutil.copy(empty_database, settings.database)
    opened = Box.open(settings)
    yield opened
    opened.close()


@pytest.fixture
async def house(box: Box, user: User) -> AsyncIterator[House]:
    """The web process inside the test: every page and route on NiceGUI's app, and the watcher that tells the screens."""
    from karaoke_ui.app import build

    opened = House(box)
    opened.live.load()
    build(opened)
    opened.live.start(asyncio.get_running_loop())
    yield opened
    opened.close()
