"""The guests' Wi-Fi, for the TV and the table cards: as the host wrote it down, else as the settings have it."""

import json
from dataclasses import asdict, dataclass

from sqlmodel import Session

from karaoke_ui.show.rights import Actor, Role, allow
from pipeline.db import announce
from pipeline.errors import BadValue
from pipeline.tables import Setting

KEPT = "wifi"
# What every access point and every phone takes.
MOST_BYTES = 32
PASSWORD_LENGTHS = range(8, 64)


@dataclass(frozen=True)
class Wifi:
    """No name: the screens say nothing of a Wi-Fi. No password: it is an open one."""

    name: str = ""
    password: str = ""


def of(s: Session) -> Wifi | None:
    """What the host wrote down."""
    kept = s.get(Setting, KEPT)
    return Wifi(**json.loads(kept.value)) if kept else None


@allow(Role.HOST)
def change(s: Session, actor: Actor, name: str, password: str) -> Wifi:
    name = name.strip()
    if len(name.encode()) > MOST_BYTES or not name.isprintable():
        raise BadValue(what="wifi", value=name, most=MOST_BYTES)
    if password and (len(password) not in PASSWORD_LENGTHS or not password.isprintable()):
        raise BadValue(what="wifi_password", least=PASSWORD_LENGTHS.start, most=PASSWORD_LENGTHS.stop - 1)
    chosen = Wifi(name, password if name else "")
    s.merge(Setting(name=KEPT, value=json.dumps(asdict(chosen))))
    announce(s, "stage")
    return chosen
