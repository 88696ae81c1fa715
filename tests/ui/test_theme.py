"""The three themes: the same names in other colours, each of them readable."""

import re
from pathlib import Path

import pytest

import karaoke_ui
from karaoke_ui.show.rules import Rules

SHEET = (Path(karaoke_ui.__file__).parent / "parts" / "theme.css").read_text()
TOKEN = re.compile(r"(--[\w-]+): ([^;]+);")
THEMES = dict(re.findall(r'\[data-theme="(\w+)"\] {([^}]*)}', SHEET))
Colour = tuple[float, float, float]


def tokens(theme: str) -> dict[str, str]:
    root = re.search(r":root {([^}]*)}", SHEET)
    assert root is not None
    return dict(TOKEN.findall(root[1])) | dict(TOKEN.findall(THEMES.get(theme, "")))


def colour(written: str) -> Colour:
    red, green, blue = (int(written[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def luminance(seen: Colour) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in seen)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_there_is_a_theme_for_each_that_a_night_can_have() -> None:
    named = Rules.model_fields["theme"].annotation
    assert {"club", *THEMES} == set(getattr(named, "__args__", ()))


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_changes_tokens_and_nothing_else(theme: str) -> None:
    left = TOKEN.sub("", THEMES[theme]).replace("color-scheme: light;", "").strip()
    assert left == ""
    assert set(dict(TOKEN.findall(THEMES[theme]))) <= set(tokens("club"))


@pytest.mark.parametrize("theme", ["club", *THEMES])
@pytest.mark.parametrize(
    ("front", "grounds", "least"),
    [
        ("text", ["ground", "surface", "raised", "dusk"], 7),
        ("now", ["ground", "dusk", "glow-song"], 7),
        ("coming", ["ground", "dusk", "glow-song", "glow-idle"], 7),
        ("quiet", ["ground", "surface", "raised", "dusk", "glow-song", "glow-idle"], 4.5),
        ("accent", ["ground", "surface", "raised"], 4.5),
        ("warm", ["ground", "surface", "raised", "glow-idle"], 4.5),
        ("good", ["ground", "surface", "raised"], 4.5),
        ("bad", ["ground", "surface", "raised"], 4.5),
        ("voice-1", ["ground", "dusk", "glow-song"], 3),
        ("voice-2", ["ground", "dusk", "glow-song"], 3),
        ("voice-both", ["ground", "dusk", "glow-song"], 3),
        ("on-accent", ["accent"], 4.5),
        ("on-warm", ["warm"], 4.5),
        ("on-voice-1", ["voice-1"], 4.5),
        ("on-voice-2", ["voice-2"], 4.5),
    ],
)
def test_everything_can_be_read(theme: str, front: str, grounds: list[str], least: float) -> None:
    named = {name.removeprefix("--"): value for name, value in tokens(theme).items()}
    found = {ground: contrast(colour(named[front]), colour(named[ground])) for ground in grounds}
    assert {ground: round(value, 2) for ground, value in found.items() if value < least} == {}
