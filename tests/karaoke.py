"""Karaoke files made by code: the picture of a disc, UltraStar's texts, zips."""

import io
import random
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import sound

ULTRASTAR = """#TITLE:Daisy Bell
#ARTIST:Harry Dacre
#MP3:{audio}
#BPM:120
#GAP:500
: 0 4 62 Dai
: 4 4 59 sy,
: 8 8 55  Daisy
- 20
: 24 4 60 give
* 28 4 60  me
E
"""


def graphics(seconds: float = 2.0, seed: int = 1) -> bytes:
    """The picture of a karaoke disc: its colours, an empty screen, and tiles here and there."""
    dice = random.Random(seed)
    packets = [_packet(30, range(16)), _packet(31, range(16, 32)), _packet(1, [3] * 16)]
    while len(packets) < seconds * 300:
        tile = [1, 9, dice.randrange(1, 17), dice.randrange(1, 49), *(dice.randrange(64) for _ in range(12))]
        packets.append(_packet(6, tile) if dice.random() < 0.1 else bytes(24))
    return b"".join(packets)


def _packet(instruction: int, data: Iterable[int]) -> bytes:
    return bytes([9, instruction, 0, 0]) + bytes(data)[:16].ljust(20, b"\0")


@cache
def mp3(seed: int = 1, seconds: float = 6.0) -> bytes:
    """Encoding takes longer than most of what is tested with it."""
    with TemporaryDirectory() as folder:
        return sound.save(Path(folder) / "made.mp3", sound.song(seconds, seed)).read_bytes()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
