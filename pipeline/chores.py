"""What a worker does beside its jobs: folders are kept telling, the trash is emptied, a lost database is made anew
and files are checked when asked, and services that were down are asked again.
"""

import time

import structlog

from pipeline import jobs
from pipeline.box import Box
from pipeline.errors import EncoreError
from pipeline.keeping import folders, integrity, rebuild, trash
from pipeline.sources import breaker
from pipeline.tables import Lane

log = structlog.get_logger()

PAUSE_SECONDS = 3.0
TRASH_SECONDS = 3600.0
ASK_SECONDS = 60.0


def go_on(box: Box) -> None:
    """One round after the other, for ever."""
    emptied, asked = -TRASH_SECONDS, -ASK_SECONDS
    while True:
        try:
            while folders.describe(box):
                pass
            rebuild.rebuild_if_asked(box)
            integrity.check_if_asked(box)
            if time.monotonic() - emptied > TRASH_SECONDS:
                emptied = time.monotonic()
                empty_trash(box)
            if time.monotonic() - asked > ASK_SECONDS:
                asked = time.monotonic()
                ask_again(box)
        except (EncoreError, OSError) as error:
            log.warning("chores put off", reason=str(error))
        time.sleep(PAUSE_SECONDS)


def empty_trash(box: Box) -> None:
    """What has been there for as long as the settings say; 0 keeps everything."""
    if box.settings.trash_days:
        trash.empty(box, box.settings.trash_days * trash.DAY)


def ask_again(box: Box) -> None:
    """What had to do without a service is done again, once that may be asked."""
    if not box.settings.online:
        return
    with box.db.write() as s:
        resting = any(time.time() < state.until for state in breaker.states(s).values() if state.down)
        found = 0 if resting else jobs.again(s, time.time())
    if found:
        box.lanes.wake(Lane.PREPARE)
        log.info("asking again", songs=found)
