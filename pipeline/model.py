"""What is known of the separation model, kept in the database: the worker that holds it says, the screens read."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from sqlmodel import Session

from pipeline.db import announce
from pipeline.tables import Setting


@dataclass(frozen=True)
class ModelState:
    """`off`: the quick mix was chosen in the settings. `missing`: the reason says why there is only the quick mix."""

    state: Literal["unknown", "fetching", "loading", "ready", "missing", "off"] = "unknown"
    reason: str = ""
    # How much of it has been fetched, when that is known.
    share: float | None = None


def say(s: Session, state: ModelState) -> None:
    s.merge(Setting(name="model", value=json.dumps(asdict(state))))
    announce(s, "model")


def state(s: Session) -> ModelState:
    kept = s.get(Setting, "model")
    return ModelState(**json.loads(kept.value)) if kept else ModelState()
