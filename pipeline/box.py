"""What a process needs to work on the library: settings, database, files, queues, and the way to outside services."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.db import Database
from pipeline.finding import search_index
from pipeline.keeping import stale
from pipeline.lanes import Lanes
from pipeline.settings import Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.sources.web import Web

# They watch every session: what songs are found by, and the folders, follow the tables, whoever writes.
FOLLOWERS = (search_index, stale)


@dataclass(frozen=True)
class Box:
    settings: Settings
    db: Database
    store: Store
    lanes: Lanes

    @classmethod
    def open(cls, settings: Settings) -> "Box":
        db = Database(settings.database, settings.slow_query_ms)
        store = Store(settings.library, settings.incoming, settings.locks / "intake.lock")
        return cls(settings, db, store, Lanes(settings.data / "queue"))

    @cached_property
    def web(self) -> "Web":
        from pipeline.sources.web import Web  # an HTTP client comes along: only where somebody is asked

        return Web(self.settings, self.db)

    def close(self) -> None:
        if "web" in vars(self):
            self.web.close()
        self.db.close()
