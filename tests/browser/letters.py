"""Looks for words that nobody can read as a whole: they stick out of their box, or of the screen, or are cut off."""

from playwright.sync_api import Page

from tests.browser.rest import comes_to_rest

# What a guest typed, and what is told in full elsewhere, may end in three dots.
MAY_END_EARLY = ".night, .picked"
FIND = """
    (mayEnd) => {
        const found = new Set();
        const says = (node) => node.data.trim().replace(/\\s+/g, " ").slice(0, 40);
        const moves = (style) => ["auto", "scroll"].includes(style.overflowX);
        const outside = (rect, box, air) =>
            rect.left < box.left - 1.5 || rect.right > box.right + 1.5 || rect.top < box.top - air || rect.bottom > box.bottom + air;
        const look = (node) => {
            const range = document.createRange();
            range.selectNodeContents(node);
            const rects = [...range.getClientRects()].filter((each) => each.width > 1 && each.height > 1);
            // A line's box is lower than its letters could be high.
            const air = 0.4 * parseFloat(getComputedStyle(node.parentElement).fontSize);
            for (let at = node.parentElement; at; at = at.parentElement) {
                const style = getComputedStyle(at);
                if (style.webkitLineClamp !== "none" && style.webkitLineClamp) return;
                if (style.clipPath !== "none" || at.matches(mayEnd)) return;
                if (moves(style) && at.scrollWidth > at.clientWidth + 1) {
                    // A row that is pushed sideways shows the rest; a page or a sheet is not pushed.
                    if (!at.matches(".chips")) found.add(`${at.className} is pushed sideways: ${says(node)}`);
                    return;
                }
                const box = at.getBoundingClientRect();
                // What scrolls up and down holds more than its height.
                const high = ["auto", "scroll"].includes(style.overflowY) || at === document.body || at === document.documentElement;
                if (style.display !== "inline" && style.display !== "contents" && box.width > 0) {
                    for (const rect of rects) {
                        if (outside(high ? { ...rect.toJSON(), top: box.top, bottom: box.bottom } : rect, box, high ? 0 : air)) {
                            found.add(`${at.tagName}.${at.className}: ${says(node)}`);
                        }
                    }
                }
                if (high || style.position === "fixed") break;
            }
            for (const rect of rects) if (rect.left < -1.5 || rect.right > innerWidth + 1.5) found.add(`beside the screen: ${says(node)}`);
        };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            if (node.data.trim() && node.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true })) look(node);
        }
        return [...found];
    }
"""


def cut(page: Page) -> list[str]:
    """Where, and which words, a line each, once nothing moves any more."""
    comes_to_rest(page)
    found: list[str] = page.evaluate(FIND, MAY_END_EARLY)
    return found
