"""One real server for all tests that only talk to it; songs, and a host's open panel, for those of the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nicegui.testing import User

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show.rights import NOBODY, Role
from pipeline import library
from pipeline.tables import Song
from tests import sound
from tests.server import Server
from tests.ui.panel import PASSWORD, Bring
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
    with house.box.db.write() as s:
        login = auth.set_up(s, NOBODY, auth.setup_code(s) or "", auth.hash_of(PASSWORD))
    keys = auth.Keys(house.box.settings.data)
    user.http_client.cookies.set(auth.COOKIES[Role.HOST], keys.sign(Role.HOST, login.id))
    await user.open("/host")
    return user
