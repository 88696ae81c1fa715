"""Takes the README's pictures of the real product: `python -m tests.pictures`. Songs, singers and screens are real."""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import imageio_ffmpeg
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import places
from tests.browser import chrome
from tests.server import Server

DOCS = Path(__file__).parents[1] / "docs"
NIGHT = "Friday at home"


def main(folder: Path = DOCS) -> None:
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temp, sync_playwright() as playwright:
        settings = {
            "engine": "htdemucs",
            "models": places.model_folder(),
            "public_url": "http://192.168.1.20:8080",
        }
        with Server(Path(temp) / "data", whole=True, **settings) as server:
            browser = chrome.launch(playwright, places.chromium(), chrome.MAY_PLAY)
            take(browser, server, folder)
            browser.close()


def take(browser: Browser, server: Server, folder: Path) -> None:
    host = page(browser, server, "/host", 1180, 820)
    host.get_by_label("One-time code").fill(server.setup_code)
    host.get_by_label("Choose a password").fill("sing out loud")
    shoot(host, folder / "door.png")
    host.get_by_role("button", name="Open the panel").click()
    host.get_by_text("Three steps").wait_for()
    shoot(host, folder / "first_steps.png")
    with server.host() as api:
        api.patch("/api/v1/night", json={"name": NIGHT}).raise_for_status()
        api.patch("/api/v1/night/rules", json={"repeat_after": 0}).raise_for_status()
        songs = {song["title"]: song for song in api.post("/api/v1/songs/demo", timeout=120).json()["items"]}
        stage = page(browser, server, "/stage", 1920, 1080)
        expect(stage.locator("#code")).to_have_text(re.compile(r"\d"))
        code = re.sub(r"\D", "", stage.locator("#code").inner_text())
        keep(stage, folder / "stage_pairing.webp", wait=1.5)
        api.post("/api/v1/stages", json={"code": code}).raise_for_status()
        until_ready(api, len(songs))
        with server.phone("Ada") as ada, server.phone("Ben") as ben, server.phone("Cleo") as cleo:
            keep(stage, folder / "stage_idle.webp", wait=1.5)
            ask(ada, songs["Daisy Bell"])
            ask(ben, songs["Auld Lang Syne"])
            ask(cleo, songs["Greensleeves"])
            ask(ada, songs["Greensleeves"])
            shoot(host, folder / "next.png", wait=1)
            api.post("/api/v1/player/play").raise_for_status()
            phone = phone_of(browser, server, ben)
            shoot(phone, folder / "youre_next.png", wait=0.5)
            phone.get_by_role("button", name="Back to songs").click()
            time.sleep(max(0.0, 12.5 - api.get("/api/v1/player").json()["position"]))
            keep(stage, folder / "stage_words.webp")
            shoot(host, folder / "host.png")
            shoot(phone, folder / "phone.png", wait=1)
            phone.get_by_role("tab", name="My songs").or_(
                phone.get_by_role("button", name="My songs")
            ).first.click()
            shoot(phone, folder / "my_songs.png", wait=0.5)
            for tab in ("Library", "Night"):
                host.get_by_role("tab", name=tab).click()
                shoot(host, folder / f"{tab.lower()}.png", wait=0.7)
            take_scenes(stage, api, folder, songs["Auld Lang Syne"])


def take_scenes(stage: Page, api: httpx.Client, folder: Path, last: dict[str, str]) -> None:
    """What the room sees between the songs, from Ada's applause to the names of all."""

    def tell(path: str, **body: object) -> None:
        api.post(f"/api/v1/{path}", json=body).raise_for_status()

    def look(scene: str, name: str = "", wait: float = 1.4) -> None:
        expect(stage.locator(f"body[data-view={scene}]")).to_have_count(1, timeout=20_000)
        keep(stage, folder / f"stage_{name or scene}.webp", wait)

    tell("messages", text="Happy birthday, Cleo! Your table is on the house.")
    keep(stage, folder / "stage_message.webp", wait=1)
    api.delete("/api/v1/messages").raise_for_status()
    tell("show/hold")
    look("hold")
    tell("show/go-on")
    look("words", "count_in", wait=0.8)
    tell("player/finish")
    look("applause", wait=1)
    tell("show/call")
    look("card", "called")
    tell("player/play")
    look("card", "countdown", wait=0.8)
    tell("player/skip")
    tell("show/break", minutes=15)
    look("break")
    for theme in ("day", "neon", "club"):
        api.patch("/api/v1/night/rules", json={"theme": theme}).raise_for_status()
        if theme != "club":
            look("break", f"theme_{theme}", wait=3)
    tell("show/go-on")
    tell("show/closing", song_id=last["id"])
    look("words", "closing", wait=8)
    tell("player/skip")
    tell("show/credits")
    look("credits", wait=4)


def page(browser: Browser, server: Server, path: str, width: int, height: int) -> Page:
    opened = browser.new_context(viewport={"width": width, "height": height}).new_page()
    opened.goto(server.base_url + path)
    return opened


def phone_of(browser: Browser, server: Server, client: httpx.Client) -> Page:
    """The page as the phone that this client is."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    cookie = client.cookies["encore_phone"]
    context.add_cookies([{"name": "encore_phone", "value": cookie, "url": server.base_url}])
    opened = context.new_page()
    opened.goto(server.base_url)
    return opened


def ask(phone: httpx.Client, song: dict[str, str]) -> None:
    phone.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status()


def until_ready(api: httpx.Client, count: int) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        items = api.get("/api/v1/songs").json()["items"]
        if sum(song["readiness"]["state"] == "ready" for song in items) == count:
            return
        time.sleep(0.5)
    raise AssertionError("the songs did not become ready")


def keep(of: Page, path: Path, wait: float = 0.2) -> None:
    """Small enough to be kept: two thirds of the screen's size, as WebP."""
    of.wait_for_timeout(wait * 1000)
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "image2pipe", "-i", "-"]
    small = ["-vf", "scale=1280:-2:flags=lanczos", "-c:v", "libwebp", "-quality", "82", str(path)]
    subprocess.run([*ffmpeg, *small], input=of.screenshot(), check=True)


def shoot(of: Page, path: Path, wait: float = 0.2) -> None:
    of.wait_for_timeout(wait * 1000)
    of.screenshot(path=path)


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:]))
