"""A few seconds of a song to listen to on a phone: small, levelled, from the middle of it."""

import subprocess
import threading
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soundfile

from pipeline.audio.sound import CHUNK_SECONDS, RATE, chunk_name
from pipeline.errors import DamagedFile, NotFound
from pipeline.store import disk_errors

CHUNKS = 3
FADE_SECONDS = 0.4
BIT_RATE = 96_000
MOST_KEPT = 200
# Chunks lie there at -6 dB.
FULL = np.float32(2.0)

# One at a time: a room full of curious phones must not take the machine from the stage.
_one = threading.Lock()


def of_track(track: Path, chunks: int, gain: float, cache: Path) -> Path:
    """The file with the sound of this track's folder; made when it is first asked for."""
    target = cache / f"{track.name}.m4a"
    with _one:
        if not target.is_file():
            with disk_errors():
                cache.mkdir(parents=True, exist_ok=True)
                _make_room(cache)
                _encode(_sound(track / "mix", chunks) * np.float32(gain), target)
    return target


def _sound(mix: Path, chunks: int) -> np.ndarray:
    """Where most songs have come to their first chorus."""
    first = max(0, min(chunks // 3, chunks - CHUNKS))
    try:
        read = [soundfile.read(mix / chunk_name(first + n), dtype="float32", always_2d=True)[0] for n in range(CHUNKS)
                if first + n < chunks]  # fmt: skip
    except (OSError, soundfile.LibsndfileError) as error:
        raise NotFound(str(error), what="sound") from error
    if not read:
        raise NotFound(what="sound")
    sound = FULL * np.concatenate(read)
    fade = min(round(FADE_SECONDS * RATE), len(sound) // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)[:, None]
    sound[:fade] *= ramp
    sound[len(sound) - fade :] *= ramp[::-1]
    return sound


def _encode(sound: np.ndarray, target: Path) -> None:
    part = target.with_suffix(".part")
    raw = ("-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0")
    small = ("-c:a", "aac", "-b:a", str(BIT_RATE), "-movflags", "+faststart", "-f", "ipod")
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *raw, *small, str(part)],
        input=np.clip(sound, -1, 1).astype(np.float32).tobytes(),
        capture_output=True,
        check=False,
        timeout=CHUNKS * CHUNK_SECONDS * 5,
    )
    if done.returncode != 0:
        raise DamagedFile(done.stderr.decode("utf-8", "replace")[-300:], name=target.name)
    part.replace(target)


def _make_room(cache: Path) -> None:
    kept = sorted(cache.glob("*.m4a"), key=lambda path: path.stat().st_mtime)
    for old in kept[: max(0, len(kept) - MOST_KEPT + 1)]:
        old.unlink(missing_ok=True)
