"""The README tells the truth: its settings table is the settings class, its files and commands exist."""

import re
from pathlib import Path

from pipeline.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows() -> dict[str, tuple[str, str]]:
    found = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    return {name: (default, help_text) for name, default, help_text in found}


def expected() -> dict[str, tuple[str, str]]:
    table = {}
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        table[PREFIX + name.upper()] = (default, str(field.description))
    return table


def test_the_settings_table_is_the_settings_class() -> None:
    assert rows() == expected()


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_its_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make (\w+)`?", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_its_commands_exist() -> None:
    from karaoke_ui.__main__ import COMMANDS

    for command in re.findall(r"karaoke (\w+)`", README):
        assert command in COMMANDS
