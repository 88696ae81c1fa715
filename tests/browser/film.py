"""A video in which every picture says which one it is, in stripes: what is seen of it can be compared with the clock."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np

RATE = 25
BITS = 10
WIDTH, HEIGHT = 320, 180

# What the page shows of the video, as the number of the picture, and the song's second at that moment.
READ = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 320, height: 180 }).getContext("2d");
  const video = encore.film().video;
  const second = encore.second();
  pen.drawImage(video, 0, 0, 320, 180);
  const pixels = pen.getImageData(0, 90, 320, 1).data;
  let number = 0;
  for (let bit = 0; bit < 10; bit += 1) number += pixels[(bit * 32 + 16) * 4] > 127 ? 1 << bit : 0;
  return [number, second];
}"""


def make(path: Path, seconds: float, codec: str = "libx264") -> Path:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-", "-c:v", codec, "-preset", "ultrafast",
        "-pix_fmt", "yuv420p", "-g", str(RATE), "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    bits = 1 << np.arange(BITS)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for number in range(int(seconds * RATE)):
            row = np.repeat(np.where(number & bits, 235, 16).astype(np.uint8), WIDTH // BITS)
            encoder.stdin.write(np.tile(row, (HEIGHT, 1)).tobytes())
        encoder.stdin.close()
    assert encoder.returncode == 0
    return path
