"""Looks for barriers on a page with axe-core: what a screen reader, a keyboard or weak eyes would stumble over."""

from typing import Any

from playwright.sync_api import Page

from tests import places
from tests.browser.rest import comes_to_rest

SERIOUS = {"serious", "critical"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """
    ([tags, off]) => axe.run(document, {
        runOnly: tags,
        resultTypes: ["violations"],
        rules: Object.fromEntries(off.map((rule) => [rule, { enabled: false }])),
    })
"""


def barriers(page: Page, *off: str) -> list[str]:
    """What axe finds serious or critical on the page as it is now, a line each; `off` names rules that do not apply."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(places.axe_script())
    comes_to_rest(page)
    found: dict[str, Any] = page.evaluate(RUN, [TAGS, list(off)])
    return [
        f"{violation['impact']} {violation['id']}: {violation['help']} - {_where(violation['nodes'])}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
    ]


def _where(nodes: list[dict[str, Any]], most: int = 4) -> str:
    return "; ".join(
        f"{node['target'][0]} ({' '.join(str(node['html']).split())[:120]})" for node in nodes[:most]
    )
