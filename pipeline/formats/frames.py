"""Frames of MP3 and of AAC as it is streamed: each says how long it is, so that a last one that was cut off can be told."""

# By the two bits for the version: MPEG 2.5, none, 2 and 1.
_KBPS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_HZ = {3: (44_100, 48_000, 32_000, 0), 2: (22_050, 24_000, 16_000, 0), 0: (11_025, 12_000, 8_000, 0)}
_LAYER_3 = 1


def length(frame: bytes) -> int:
    """How many bytes the frame has that begins like this; 0 where that cannot be told."""
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return 0
    if frame[1] & 0xF6 == 0xF0:  # AAC
        return (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    version, layer = frame[1] >> 3 & 3, frame[1] >> 1 & 3
    if layer != _LAYER_3 or version not in _HZ:
        return 0
    bits = 1000 * _KBPS[3 if version == 3 else 2][frame[2] >> 4]
    rate = _HZ[version][frame[2] >> 2 & 3]
    samples = 144 if version == 3 else 72
    return samples * bits // rate + (frame[2] >> 1 & 1) if bits and rate else 0
