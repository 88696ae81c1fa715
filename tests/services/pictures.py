"""Pictures as services send them."""

from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame

_PIXELS = {"png": "rgb24", "mjpeg": "yuvj420p", "libwebp": "yuv420p"}


def picture(codec: str, width: int = 700, height: int = 650) -> bytes:
    """Red on the left, green below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[height // 2 :, :, 1] = 200
    frame = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=_PIXELS[codec])
    frame.pts, frame.time_base = 0, Fraction(1)
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, _PIXELS[codec]
    context.time_base = Fraction(1)
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
