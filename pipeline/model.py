"""What is known of the separation model, kept in the database: the worker that holds it says, the screens read.

And which one the host chose: the worker follows.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from sqlmodel import Session

from pipeline.db import announce
from pipeline.tables import Setting

DEFAULT = "htdemucs"
_STATE, CHOSEN = "model", "model.chosen"


@dataclass(frozen=True)
class ModelState:
    """`off`: the quick mix was chosen in the settings. `missing`: the reason says why there is only the quick mix.

    `instead`: the chosen one cannot be used, the reason says why, and another one does its work.
    """

    state: Literal["unknown", "fetching", "loading", "ready", "instead", "missing", "off"] = "unknown"
    reason: str = ""
    # How much of it has been fetched, when that is known.
    share: float | None = None
    # Whose stems are made now; empty while there is no model.
    engine: str = ""


def say(s: Session, state: ModelState) -> None:
    s.merge(Setting(name=_STATE, value=json.dumps(asdict(state))))
    announce(s, "model")


def state(s: Session) -> ModelState:
    kept = s.get(Setting, _STATE)
    return ModelState(**json.loads(kept.value)) if kept else ModelState()


def choose(s: Session, name: str) -> None:
    """From the next song on; what is being separated now is finished as it was begun."""
    s.merge(Setting(name=CHOSEN, value=name))
    announce(s, "model")


def chosen(s: Session) -> str:
    kept = s.get(Setting, CHOSEN)
    return kept.value if kept else DEFAULT
