"""One real server for all tests that only talk to it; songs, and a host's open panel, for those of the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nicegui.testing import User

from karaoke_ui.house import House
from pipeline import library
from pipeline.tables import Song
from tests import sound
from tests.server import Server
from tests.ui.panel import Bring, log_in
from tests.workers import work_off


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "data") as started:
        yield started


@pytest.fixture
def bring(house: House, tmp_path: Path) -> Bring:
    """Takes a song of a few seconds into the library, and prepares it unless told not to."""

    def bring(title: str = "Daisy Bell", *, prepared: bool = True) -> Song:
        number = len(list(tmp_path.glob("*.wav")))
        path = sound.save(tmp_path / f"{number}.wav", sound.song(6, seed=number))
        with path.open("rb") as stream:
            song = library.add(house.box, stream, f"Harry Dacre - {title}.wav", "upload")
        if prepared:
            work_off(house.box)
        return song

    return bring


@pytest.fixture
async def host(user: User, house: House) -> User:
    """A browser that is logged in, with the panel open."""
    log_in(user, house)
    await user.open("/host")
    return user
