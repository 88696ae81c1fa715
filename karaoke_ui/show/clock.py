"""Where a song stands: pure arithmetic on the playback row and the server's clock."""

import json
import time
from pathlib import Path

from karaoke_ui.show.tables import Playback, PlayState

# Another one with each start of the machine, where the system tells.
BOOT = Path("/proc/sys/kernel/random/boot_id")
_began = time.time() - time.monotonic()


def now() -> float:
    """The moment, in seconds since 1970 as the box believed when it started. Setting its clock moves no song."""
    return at(time.monotonic())


def at(steady: float) -> float:
    """The same moment by the steady clock of this process."""
    return _began + steady


def go_on(path: Path, *, busy: bool) -> None:
    """Count as the process before did, while something is under way and the machine has run through."""
    global _began
    boot = BOOT.read_text().strip() if BOOT.exists() else ""
    try:
        left = json.loads(path.read_text())
    except (OSError, ValueError):
        left = {}
    if busy and boot and left.get("boot") == boot:
        _began = float(left["began"])
    path.write_text(json.dumps({"boot": boot, "began": _began}))


def position(playback: Playback, now: float) -> float:
    """The second of the song that is heard at the moment `now`."""
    if playback.state == PlayState.PLAYING:
        return playback.position + max(0.0, now - playback.at) * playback.tempo
    return playback.position


def set_tempo(playback: Playback, tempo: float, now: float) -> None:
    """Go on at another tempo from the second that is heard now: from here the clock counts anew."""
    if playback.state == PlayState.PLAYING and now > playback.at:
        playback.position, playback.at = position(playback, now), now
    playback.tempo = tempo


def is_over(playback: Playback, seconds: float, now: float, grace: float) -> bool:
    """Should the song have ended by now, however silent the stage is?"""
    return playback.state == PlayState.PLAYING and position(playback, now) > seconds + grace * playback.tempo
