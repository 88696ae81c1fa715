"""Which engine separates in this process: the model that the host chose, once it is here and loaded; another one or the
quick mix while it cannot be.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import structlog

from pipeline import model
from pipeline.box import Box
from pipeline.engines import Separator, models
from pipeline.engines.center import Center
from pipeline.engines.models import HTDEMUCS, Model
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
        # The name of what was loaded last, or tried.
        self._name = ""
        self._loading: threading.Thread | None = None
        self._fetching = self._failed = self._used = False
        self._tried = float("-inf")
        self._deciding = threading.Lock()

    def warm(self) -> None:
        """Begin to load the chosen model (and to fetch it, when it is not there) beside other work."""
        self._begin(self._chosen())

    def look(self) -> None:
        """Follow the host's choice while nothing is separated."""
        if not self._used:
            self._follow(self._chosen())

    @contextmanager
    def using(self, check: Callable[[], None], begun: str = "") -> Iterator[Separator]:
        """The engine for a song. What was begun by a model is finished by it, if it is still there."""
        self._used = True
        try:
            yield self.current(check, begun)
        finally:
            self._used = False

    def current(self, check: Callable[[], None], begun: str = "") -> Separator:
        """The model; the quick mix where there is none. Waits while the only one is being fetched or loaded."""
        self._follow(self._that_made(begun) or self._chosen())
        while self._loading is not None and self._loading.is_alive():
            if self._fetching and self._model is not None:
                break  # until the new one is here the one before it does
            check()
            self._loading.join(0.1)
        return self._model or Center()

    def _chosen(self) -> str:
        with self._box.db.read() as s:
            return model.chosen(s)

    def _that_made(self, engine: str) -> str:
        found = self._there() if engine and engine != Center.name else []
        return next((each.name for each in found if each.engine == engine and each.state == "ready"), "")

    def _there(self) -> list[Model]:
        return models.report(self._box.settings.model_folder, self._box.settings.models)

    def _follow(self, name: str) -> None:
        again = self._failed and time.monotonic() - self._tried > TRY_AGAIN_SECONDS
        if name != self._name or again:
            self._begin(name)

    def _begin(self, name: str) -> None:
        with self._deciding:
            if self._loading is not None and self._loading.is_alive():
                return
            self._name, self._tried, self._failed = name, time.monotonic(), False
            if self._box.settings.engine == "center":
                self._say(ModelState("off"))
                return
            self._loading = threading.Thread(target=self._load, args=(name,), name="model", daemon=True)
            self._loading.start()

    def _load(self, name: str) -> None:
        try:
            self._take(self._fetched(name))
            self._say(ModelState("ready", engine=self._engine))
        except EncoreError as error:
            self._do_without(name, error)
        except Exception as error:
            log.exception("the model could not be loaded")
            self._do_without(name, EncoreError(str(error)))

    def _fetched(self, name: str) -> Model:
        chosen = self._box.settings
        if not any(each.name == name and each.state == "ready" for each in self._there()):
            self._say(ModelState("fetching", engine=self._engine))
            self._fetching = True
        try:
            return models.fetch(name, chosen.model_folder, chosen.hub_url, chosen.models, self._progress)
        finally:
            self._fetching = False

    def _take(self, found: Model) -> None:
        from pipeline.engines.demucs import Demucs

        chosen = self._box.settings
        self._say(ModelState("loading", engine=self._engine))
        self._model = Demucs(
            found.path,
            device=chosen.device,
            precision=chosen.precision,
            notes=chosen.model_folder,
            name=found.engine,
        )
        log.info("model loaded", model=found.name, engine=found.engine)

    def _do_without(self, name: str, error: EncoreError) -> None:
        """The songs go on with the model that is loaded, with htdemucs where that is here, or as quick mixes."""
        self._failed = True
        log.warning("the model cannot be used", model=name, reason=str(error), detail=error.detail[:500])
        htdemucs = next(each for each in self._there() if each.name == HTDEMUCS)
        if self._model is None and name != HTDEMUCS and htdemucs.state == "ready":
            self._take(htdemucs)
        if self._model is not None:
            self._say(ModelState("instead", error.note, engine=self._engine))
        else:
            self._say(ModelState("missing", error.note))

    @property
    def _engine(self) -> str:
        return self._model.name if self._model else ""

    def _progress(self, share: float | None) -> None:
        if share is not None and round(share, 2) != self._said_share:
            self._said_share = round(share, 2)
            self._say(ModelState("fetching", share=self._said_share, engine=self._engine))

    _said_share = 0.0

    def _say(self, state: ModelState) -> None:
        with self._box.db.write() as s:
            model.say(s, state)
