"""An address that leads nowhere: a person gets a page with the way home, a program the one body of all errors."""

import pytest

from karaoke_ui.text import of_code, t
from tests.server import Server

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "home"), [("/nothing", "/"), ("/host/nothing", "/host"), ("/stage/nothing", "/stage")]
)
def test_a_person_is_shown_the_way_home(server: Server, path: str, home: str) -> None:
    with server.client() as browser:
        found = browser.get(path, headers=PAGE)
        assert (found.status_code, found.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert t("lost.title.missing") in found.text
        assert f'href="{home}"' in found.text
        for sheet in ("/assets/theme.css", "/assets/lost.css"):
            assert sheet in found.text
            assert browser.get(sheet).status_code == 200


def test_what_is_there_for_forms_alone_has_a_page_too(server: Server) -> None:
    with server.client() as browser:
        found = browser.get("/host/setup", headers=PAGE)
        assert (found.status_code, "<h1>" in found.text) == (405, True)


def test_programs_get_the_body_of_errors(server: Server) -> None:
    with server.client() as browser:
        for path, headers in (("/nothing", {}), ("/api/v1/nothing", PAGE), ("/assets/nothing.css", PAGE)):
            answer = browser.get(path, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        assert browser.post("/nothing", headers=PAGE).json()["error"]["code"] == "not_found"


def test_a_phone_that_sings_may_knock_at_the_hosts_door(server: Server) -> None:
    """The host sings, too: a phone that has joined is asked for the password like any other."""
    with server.phone("Maria") as phone:
        found = phone.get("/host", headers=PAGE)
        assert (found.status_code, found.headers["location"]) == (303, "/host/login")


def test_each_is_told_whose_it_is(server: Server) -> None:
    with server.host() as host, server.phone("Ada") as phone, server.client() as nobody:
        assert host.get("/api/v1/singers/me").json()["error"]["message"] == t_error("singer")
        assert phone.get("/api/v1/jobs").json()["error"]["message"] == t_error("host")
        for path in ("/api/v1/singers/me", "/api/v1/jobs"):
            assert nobody.get(path).status_code == 401


def t_error(whose: str) -> str:
    return of_code("rights_error", reason=whose)
