"""How every browser of the tests is started."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright

# As a TV whose owner allowed it, or a kiosk: sound without a tap.
MAY_PLAY = "--autoplay-policy=no-user-gesture-required"
# Each window makes ready what would drop down from its address bar, at most of the price of the window. This list takes
# the place of playwright's own, of which the rest is what matters here.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay",
    "MediaRouter", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning",
)  # fmt: skip
FLAGS = ("--no-sandbox", "--disable-background-networking", f"--disable-features={','.join(LEFT_OUT)}")


def launch(playwright: Playwright, chromium: Path | str, *flags: str) -> Browser:
    return playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])
