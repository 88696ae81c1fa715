"""Waits until nothing moves on a page any more: what fades in has half its colour on the way, and half its place."""

from playwright.sync_api import Page

# For a few frames in a row, since what has just appeared begins to move with the next one. What goes on for ever does
# not count, nor what leaves by itself after a while, as long as that has not begun.
BEGIN = "window.restful = 0"
RESTS = """
    (but) => {
        const moves = ({ playState, effect }) => {
            const { iterations, progress } = effect.getComputedTiming();
            return playState === "running" && progress !== null && iterations !== Infinity && !(but && effect.target.closest(but));
        };
        window.restful = document.getAnimations().some(moves) ? 0 : (window.restful || 0) + 1;
        return window.restful > 4;
    }
"""
# The light that runs over a pressed button changes no place.
RIPPLES = ".q-ripple"


def comes_to_rest(page: Page, but: str = "") -> None:
    """`but`: what may go on moving."""
    page.evaluate(BEGIN)
    page.wait_for_function(RESTS, arg=but)
