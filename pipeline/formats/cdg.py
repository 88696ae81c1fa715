"""CD+G, the picture of a karaoke disc: packets of 24 bytes, 300 a second, most of them empty."""

PACKET = 24
A_SECOND = 300
# An hour of it.
MAX_BYTES = 3600 * A_SECOND * PACKET

_GRAPHICS = 0x09
# Fill the screen, fill the border, a tile, scroll, scroll and fill, transparency, two halves of the palette, exor a tile.
_INSTRUCTIONS = {1, 2, 6, 20, 24, 28, 30, 31, 38}
# So much of a file is looked at, evenly from its beginning on.
_LOOK = 60 * A_SECOND * PACKET
# A scratched disc has wrong packets, a file of another kind has nearly nothing else.
_WRONG = 0.2


def recognise(data: bytes) -> bool:
    """Whether this is the picture of a karaoke song: graphics in it, and little that could not be."""
    drawn = empty = 0
    packets = min(len(data), _LOOK) // PACKET
    for at in range(0, packets * PACKET, PACKET):
        command, instruction = data[at] & 0x3F, data[at + 1] & 0x3F
        if command == _GRAPHICS and instruction in _INSTRUCTIONS:
            drawn += 1
        elif command == 0:
            empty += 1
    return drawn > 0 and packets - drawn - empty <= packets * _WRONG


def seconds(size: int) -> float:
    """How long a file of that many bytes lasts."""
    return size // PACKET / A_SECOND
