"""The whole preparation of a song of three minutes, warm, against the command `python -m demucs` alone.

As in `separation`: fetched, decoded, separated, its words timed and the song measured, each in its lane. The command
only separates.
"""

from tests.bench import separation
from tests.bench.figures import Figure

LIMITS = {"bf16": 0.65, "fp32": 1.1}


def measure(rounds: int = 2, length: float = 180.0) -> list[Figure]:
    return separation.measure(rounds, length, LIMITS, cold=False)
