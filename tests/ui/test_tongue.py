"""Whose language is spoken: a phone's own, the house's on the panel and the TV, and English where nothing else is known."""

import time
from collections.abc import Iterator
from typing import get_args

import pytest
from starlette.requests import HTTPConnection

from karaoke_ui import text, tongue
from karaoke_ui.show.rights import NOBODY, Actor, Role
from karaoke_ui.show.rules import Rules
from pipeline import catalogue

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


@pytest.fixture(params=["de", "en", "es", "fr"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    before = text.spoken.set(request.param)
    yield request.param
    text.spoken.reset(before)


def test_numbers_are_written_as_the_language_does(spoken: str) -> None:
    point = "." if spoken == "en" else ","
    assert [text.number(1.44, 1), text.number(12.6), text.number(-0.5, 1)] == [
        f"1{point}4",
        "13",
        f"-0{point}5",
    ]
    assert text.percent(0.456) == ("46%" if spoken == "en" else "46\N{NO-BREAK SPACE}%")


def test_days_and_times_are_written_as_the_language_does(spoken: str) -> None:
    moment = time.mktime((2026, 11, 5, 22, 10, 0, 0, 0, -1))
    said = {"de": "5.11.2026", "en": "5 Nov 2026", "es": "5/11/2026", "fr": "5/11/2026"}
    assert text.day(moment) == said[spoken]
    assert text.clock(moment) == "22:10"


def test_quotes_are_those_of_the_language(spoken: str) -> None:
    air = "\N{NARROW NO-BREAK SPACE}"
    said = {"de": "„x“", "en": "“x”", "es": "«x»", "fr": f"«{air}x{air}»"}
    assert text.quoted("x") == said[spoken]


def test_the_notes_have_the_names_that_musicians_give_them() -> None:
    notes = {language: names.split() for language, names in text.everywhere("singer.ask.notes").items()}
    assert {len(names) for names in notes.values()} == {12}
    assert [notes[each][-1] for each in ("en", "de", "fr", "es")] == ["B", "H", "si", "si"]
    # A French la 3 is an English A 4.
    octaves = {"en": "4", "de": "4", "es": "4", "fr": "3"}
    assert text.everywhere("singer.ask.middle_c") == octaves


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "fr_CA", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "fr_FR@euro", "LC_ALL": ""}, "fr"),
        ({"LANG": "xx_XX"}, "en"),
    ],
)
def test_a_terminal_speaks_as_it_is_set(environ: dict[str, str], spoken: str) -> None:
    assert text.of_terminal(environ) == spoken


def test_none_is_one_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "read", lambda *_: {"a.one": "{n} x", "a.many": "{n} xs"})
    for language, said in (("fr", ["0 x", "1 x", "2 xs"]), ("de", ["0 xs", "1 x", "2 xs"])):
        before = text.spoken.set(language)
        assert [text.plural("a", n) for n in range(3)] == said
        text.spoken.reset(before)


def test_every_language_can_be_chosen_by_its_own_name() -> None:
    offered = get_args(Rules.model_fields["language"].annotation)
    assert {*text.languages()} <= {*offered} == text.NAMES.keys()
