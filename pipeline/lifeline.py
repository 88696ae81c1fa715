"""A child's tie to its parent: a pipe on standard input. When the parent dies, however it dies, the pipe closes."""

import os
import threading

VARIABLE = "ENCORE_CHILD"


def hold() -> None:
    """End this process as soon as its parent is gone. Does nothing for a process that was started by hand."""
    if os.environ.pop(VARIABLE, None):
        threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1024):
        pass
    # Everything worth keeping is in the database: the next start goes on from there.
    os._exit(0)
