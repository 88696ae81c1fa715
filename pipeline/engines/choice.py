"""Which engine separates in this process: the model, once it is here and loaded; the quick mix while it cannot be."""

import threading
import time
from collections.abc import Callable
from typing import ClassVar

import structlog

from pipeline import model
from pipeline.box import Box
from pipeline.engines import Separator, weights
from pipeline.engines.center import Center
from pipeline.errors import EncoreError
from pipeline.model import ModelState

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 600.0


class Engines:
    """Loads the model once and keeps it warm. One object a process: there is one device."""

    _made: ClassVar["Engines | None"] = None

    @classmethod
    def of(cls, box: Box) -> "Engines":
        if cls._made is None:
            cls._made = cls(box)
        return cls._made

    def __init__(self, box: Box) -> None:
        self._box = box
        self._model: Separator | None = None
        self._loading: threading.Thread | None = None
        self._tried = float("-inf")

    def warm(self) -> None:
        """Begin to load the model (and to fetch it, when it is not there) beside other work."""
        if self._box.settings.engine == "center":
            self._say(ModelState("off"))
            return
        self._tried = time.monotonic()
        self._loading = threading.Thread(target=self._load, name="model", daemon=True)
        self._loading.start()

    def current(self, check: Callable[[], None]) -> Separator:
        """The model; the quick mix where there is none. Waits while the model is being fetched or loaded."""
        if (
            self._loading is None
            and self._model is None
            and time.monotonic() - self._tried > TRY_AGAIN_SECONDS
        ):
            self.warm()
        while self._loading is not None and self._loading.is_alive():
            check()
            self._loading.join(0.1)
        self._loading = None
        return self._model or Center()

    def _load(self) -> None:
        chosen = self._box.settings
        try:
            found = weights.find(chosen.model_folder, chosen.models)
            if found is None:
                self._say(ModelState("fetching"))
                found = weights.fetch(chosen.model_folder, chosen.hub_url, chosen.models, self._progress)
            self._say(ModelState("loading"))
            from pipeline.engines.demucs import Demucs

            self._model = Demucs(
                found, device=chosen.device, precision=chosen.precision, notes=chosen.model_folder
            )
            self._say(ModelState("ready"))
        except EncoreError as error:
            log.warning("no model: songs are separated as a quick mix", reason=str(error))
            self._say(ModelState("missing", str(error)))
        except Exception as error:
            log.exception("the model could not be loaded")
            self._say(ModelState("missing", f"The model could not be loaded: {error}"))

    def _progress(self, _what: str, share: float | None) -> None:
        if share is not None and round(share, 2) != self._said_share:
            self._said_share = round(share, 2)
            self._say(ModelState("fetching", share=self._said_share))

    _said_share = 0.0

    def _say(self, state: ModelState) -> None:
        with self._box.db.write() as s:
            model.say(s, state)
