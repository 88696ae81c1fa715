"""What a worker does beside its jobs: folders are kept telling, the trash is emptied, and files are checked when asked."""

import time

import structlog

from pipeline import folders, integrity, trash
from pipeline.box import Box
from pipeline.errors import EncoreError

log = structlog.get_logger()

PAUSE_SECONDS = 3.0
TRASH_SECONDS = 3600.0


def go_on(box: Box) -> None:
    """One round after the other, for ever."""
    emptied = -TRASH_SECONDS
    while True:
        try:
            while folders.describe(box):
                pass
            integrity.check_if_asked(box)
            if time.monotonic() - emptied > TRASH_SECONDS:
                emptied = time.monotonic()
                empty_trash(box)
        except (EncoreError, OSError) as error:
            log.warning("chores put off", reason=str(error))
        time.sleep(PAUSE_SECONDS)


def empty_trash(box: Box) -> None:
    """What has been there for as long as the settings say; 0 keeps everything."""
    if box.settings.trash_days:
        trash.empty(box, box.settings.trash_days * trash.DAY)
