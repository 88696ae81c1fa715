"""The still of a YouTube video: a picture for songs of which nobody knows a cover."""

from collections.abc import Callable

from pipeline.settings import Settings
from pipeline.sources.facts import Check
from pipeline.sources.web import DAY, Service, Web

HOME, PICTURES = "https://www.youtube.com", "https://i.ytimg.com"
# As wide as the video, without bars above and below; the first is not there for every video.
NAMES = ("hq720.jpg", "mqdefault.jpg")


def fetch(
    web: Web, settings: Settings, video: str, read: Callable[[bytes], bytes], *, limit: int, check: Check
) -> bytes | None:
    """The largest still there is; None where there is none. Raises `ServiceDown`."""
    # Whoever reaches YouTube at another address gets all of it there.
    url = PICTURES if settings.youtube_url == HOME else settings.youtube_url
    service = Service("stills", "YouTube", url)
    stills = (
        web.get(service, f"/vi/{video}/{name}", read, keep=DAY, limit=limit, check=check) for name in NAMES
    )
    return next((still for still in stills if still is not None), None)
