"""What a process needs to work on the library: settings, database, files and the way to wake the workers."""

from dataclasses import dataclass

from pipeline.db import Database
from pipeline.lanes import Lanes
from pipeline.settings import Settings
from pipeline.store import Store


@dataclass(frozen=True)
class Box:
    settings: Settings
    db: Database
    store: Store
    lanes: Lanes

    @classmethod
    def open(cls, settings: Settings) -> "Box":
        return cls(
            settings,
            Database(settings.database, settings.slow_query_ms),
            Store(settings.library, settings.incoming),
            Lanes(settings.data / "queue"),
        )

    def close(self) -> None:
        self.db.close()
