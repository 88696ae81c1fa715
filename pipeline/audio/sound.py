"""The numbers that all sound in the library shares. No imports: the web process needs them without numpy."""

RATE = 44_100
CHUNK_SECONDS = 4
CHUNK_FRAMES = CHUNK_SECONDS * RATE


def chunk_name(number: int) -> str:
    return f"{number:05d}.flac"


# What all songs are brought to, in LUFS, and how close to full scale their highest sample may come (-1 dB).
TARGET = -16.0
CEILING = 10 ** (-1 / 20)


def gain(loudness: float | None, peak: float | None) -> float:
    """What brings a song to the loudness of the others, as a factor that keeps its highest sample under the ceiling."""
    if loudness is None:
        return 1.0
    wanted = float(10 ** ((TARGET - loudness) / 20))
    return round(min(wanted, CEILING / peak if peak else 1.0), 4)


# How a song can be sung: half tones up or down, and the share of its own tempo.
KEYS = range(-6, 7)
TEMPOS = (0.7, 1.3)


def edge(number: int, tempo: float = 1.0) -> int:
    """The frame at which a chunk begins when the song is played in another tempo: each chunk ends where the next begins."""
    return int(number * CHUNK_FRAMES / tempo + 0.5)
