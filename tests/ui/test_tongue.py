"""Whose language is spoken: a phone's own, the house's on the panel and the TV, and English where nothing else is known."""

import pytest
from starlette.requests import HTTPConnection

from karaoke_ui import text, tongue
from karaoke_ui.show.rights import NOBODY, Actor, Role

KNOWN = ("de", "en", "es", "fr")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("ja,fr-CA;q=0.7,en;q=0.3", "fr"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("xx, *;q=0.5", "en"),
        ("de;q=high", "en"),
        ("FR", "fr"),
    ],
)
def test_the_best_language_that_is_known(wanted: str, spoken: str) -> None:
    assert tongue.choose(wanted, KNOWN) == spoken


def connection(path: str, accepted: str = "", cookie: str = "") -> HTTPConnection:
    headers = [(b"accept-language", accepted.encode()), (b"cookie", f"{tongue.COOKIE}={cookie}".encode())]
    return HTTPConnection({"type": "http", "path": path, "headers": headers, "query_string": b""})


def test_a_phone_speaks_its_own_and_the_panel_that_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "languages", lambda: list(KNOWN))
    host, singer = Actor(Role.HOST, "x"), Actor(Role.SINGER, "y")
    assert tongue.of_request(connection("/", "fr"), NOBODY, "de") == "fr"
    assert tongue.of_request(connection("/", "fr", "es"), singer, "de") == "es"
    assert tongue.of_request(connection("/host", "fr"), host, "de") == "de"
    assert tongue.of_request(connection("/api/v1/turns", "fr"), host, "de") == "de"
    assert tongue.of_request(connection("/api/v1/turns", "fr"), singer, "de") == "fr"
    assert tongue.of_request(connection("/stage", "fr"), NOBODY, "es") == "es"
