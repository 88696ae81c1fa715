"""Settings: read from variables and a file, and every mistake named at once."""

from pathlib import Path

import pytest

from pipeline.errors import WrongSettings
from pipeline.settings import Settings, load

NO_FILE = Path("does-not-exist.env")


def problems(environ: dict[str, str]) -> str:
    with pytest.raises(WrongSettings) as caught:
        load(environ, NO_FILE)
    return str(caught.value)


def test_nothing_has_to_be_set() -> None:
    settings = load({}, NO_FILE)
    assert (settings.data, settings.port) == (Path("data").absolute(), 8080)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("KARAOKE_PORT=1111\nKARAOKE_HOST=127.0.0.1\nOTHER=1\n")
    settings = load({"KARAOKE_PORT": "2222"}, file)
    assert (settings.port, settings.host) == (2222, "127.0.0.1")


def test_a_typo_is_told_with_the_nearest_name() -> None:
    assert "KARAOKE_PROT is not a setting. Did you mean KARAOKE_PORT?" in problems({"KARAOKE_PROT": "80"})


def test_a_wrong_value_is_told_with_what_is_allowed() -> None:
    said = problems({"KARAOKE_PORT": "99999"})
    assert "KARAOKE_PORT=99999" in said
    assert "65535" in said


def test_all_mistakes_are_told_at_once() -> None:
    said = problems(
        {"KARAOKE_PORT": "x", "KARAOKE_DEVICE": "gpu", "KARAOKE_DTA": "/d", "KARAOKE_PUBLIC_URL": "box"}
    )
    for name in ("KARAOKE_PORT=x", "KARAOKE_DEVICE=gpu", "KARAOKE_DTA", "KARAOKE_PUBLIC_URL=box"):
        assert name in said
    assert "“cpu”" in said


def test_an_empty_value_means_the_default() -> None:
    assert load({"KARAOKE_PORT": ""}, NO_FILE).port == 8080


def test_every_setting_explains_itself() -> None:
    assert all(field.description for field in Settings.model_fields.values())
