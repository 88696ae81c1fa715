"""When a song that is still being separated may start: pure rules over seconds."""

# The voice must be out of this much before the first note, however fast the box is.
HEAD_START_SECONDS = 10.0
# The measured speed is taken with a grain of salt.
CAUTION = 1.3


def can_start(finished: float, whole: float, speed: float, tempo: float = 1.0) -> bool:
    """Will separation stay ahead of the singer? `speed` is seconds of work per second of music."""
    return wait_for_start(finished, whole, speed, tempo) <= 0


def wait_for_start(finished: float, whole: float, speed: float, tempo: float = 1.0) -> float:
    """Seconds of work until the song may start, 0 when it may."""
    return max(0.0, needed(finished, whole, speed, tempo) - finished) * speed


def needed(finished: float, whole: float, speed: float, tempo: float = 1.0) -> float:
    """How many seconds must be finished before the start, given what remains to be done now."""
    remaining = max(0.0, whole - finished)
    return min(whole, HEAD_START_SECONDS + remaining * max(0.0, CAUTION * speed * tempo - 1))
