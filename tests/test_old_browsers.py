"""The stage runs in the browsers of TVs a few years old: nothing in it is newer than Chromium 87."""

import re
from pathlib import Path

import pytest

from tests.old_browsers import Chromium

ROOT = Path(__file__).parents[1] / "karaoke_ui"
STAGE = ROOT / "pages" / "stage"
TV = Chromium(87, ecma=2020)

# Used where it is there, with another way where it is not.
WITH_ANOTHER_WAY = {"outputLatency"}
# Lines break a little less evenly without it.
FOR_THE_LOOKS = {"text-wrap"}


def names(found: list[str]) -> set[str]:
    return {each.rsplit(" ", 1)[-1].rsplit(".", 1)[-1] for each in found}


def test_its_scripts_can_be_read() -> None:
    found = list(TV.scripts(sorted((STAGE / "js").glob("*.js"))))
    assert [wrong for wrong in found if not names([wrong]) <= WITH_ANOTHER_WAY] == []


@pytest.mark.parametrize(
    "path", [*sorted(STAGE.glob("*.css")), ROOT / "parts" / "theme.css"], ids=lambda path: path.name
)
def test_its_styles_are_understood(path: Path) -> None:
    assert set(TV.styles(path)) <= {f"{path.name}: {name}" for name in FOR_THE_LOOKS}


def test_what_tells_an_older_browser_can_be_read_by_any(tmp_path: Path) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", (STAGE / "stage.html").read_text(), re.DOTALL)
    assert len(scripts) == 1
    path = tmp_path / "remedy.js"
    path.write_text(scripts[0])
    assert list(Chromium(50, ecma=5).scripts([path], kind="script")) == []


def test_what_is_too_new_is_found(tmp_path: Path) -> None:
    script = tmp_path / "new.js"
    script.write_text(
        "const list = [1];\nlist.at(-1);\nstructuredClone(list);\nObject.hasOwn(list, 'a');\n"
        "list.findLast(Boolean);\nnew Intl.Segmenter();\nnavigator.wakeLock;\nlist.flat();\nlist.mine();\n"
    )
    assert names(list(TV.scripts([script]))) == {"at", "structuredClone", "hasOwn", "findLast"}
    script.write_text("let a = null;\na ??= 1;\n")
    assert len(list(TV.scripts([script]))) == 1
    script.write_text("class A { static { } }")
    assert len(list(TV.scripts([script]))) == 1
    styles = tmp_path / "new.css"
    styles.write_text(
        "a { color: color-mix(in srgb, red, blue); inset: 0; aspect-ratio: 1; height: 100dvh; width: clamp(1px, 2px, 3px) }\n"
        "a:has(b) { gap: 1px } @container (width > 1px) { a { color: red } } a:not(.b) { translate: 1px }\n"
    )
    assert set(TV.styles(styles)) == {
        "new.css: color: color-mix()",
        "new.css: aspect-ratio",
        "new.css: height: dvh",
        "new.css: :has",
        "new.css: @container",
        "new.css: @container (width)",
        "new.css: translate",
    }
