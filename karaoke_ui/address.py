"""The address that phones reach the box by: what the QR code holds and the stage spells out."""

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
    url = settings.public_url or f"http://{_own_address(int(time.monotonic() / 30))}:{settings.port}"
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


def terminal_qr(url: str) -> str:
    out = io.StringIO()
    segno.make(url, micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()


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
