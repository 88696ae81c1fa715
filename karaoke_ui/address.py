"""The address that phones reach the box by: what the QR code holds and the stage spells out."""

import errno
import io
import socket
import time
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import segno
from segno.helpers import make_wifi_data

from karaoke_ui.show.wifi import Wifi
from pipeline.settings import Settings

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared only


@dataclass(frozen=True)
class Join:
    url: str
    # What a person would type.
    address: str
    qr: str
    # The guests' Wi-Fi, where the host named it, with a code that lets a phone in.
    wifi: str = ""
    wifi_qr: str = ""


def join(settings: Settings, written: Wifi | None = None) -> Join:
    """`written`: the Wi-Fi that the host wrote down, in place of the one in the settings."""
    url = settings.public_url or f"http://{_reached_at(settings)}:{settings.port}"
    url = url.rstrip("/") + "/"
    shown = f"{urlsplit(url).netloc}{urlsplit(url).path.rstrip('/')}".removesuffix(":80")
    known = wifi(settings, written)
    return Join(url, shown, _qr(url), known.name, _wifi_qr(known))


def wifi(settings: Settings, written: Wifi | None) -> Wifi:
    return written or Wifi(settings.wifi_name, settings.wifi_password)


def _wifi_qr(wifi: Wifi) -> str:
    if not wifi.name:
        return ""
    return _qr(make_wifi_data(wifi.name, wifi.password or None, "WPA" if wifi.password else None))


def own(settings: Settings, else_here: str = "127.0.0.1") -> str:
    """The host's part of an address at which this box surely answers; `else_here` where it listens on all of its own."""
    if settings.host in EVERYWHERE:
        return else_here
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def why_unheard(settings: Settings) -> str:
    """Why nothing can listen where it was told to: “taken”, “forbidden”, “nowhere”; empty where it can."""
    try:
        for family, kind, protocol, _, place in socket.getaddrinfo(
            settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(place)
    except OSError as error:
        return {errno.EADDRINUSE: "taken", errno.EACCES: "forbidden"}.get(error.errno or 0, "nowhere")
    return ""


def terminal_qr(url: str) -> str:
    out = io.StringIO()
    segno.make(url, micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()


def _reached_at(settings: Settings) -> str:
    return own(settings, _own_address(int(time.monotonic() / 30)))


@lru_cache(maxsize=1)
def _own_address(_half_minute: int) -> str:
    """The address of the interface that leads outside. Nothing is sent: connecting a datagram socket only looks it up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


@lru_cache(maxsize=4)
def _qr(content: str) -> str:
    out = io.BytesIO()
    segno.make(content, micro=False, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, border=0, omitsize=True, dark="#0d0b14", light=None
    )
    return out.getvalue().decode()
