"""The numbers that all sound in the library shares. No imports: the web process needs them without numpy."""

RATE = 44_100
CHUNK_SECONDS = 4
CHUNK_FRAMES = CHUNK_SECONDS * RATE


def chunk_name(number: int) -> str:
    return f"{number:05d}.flac"
