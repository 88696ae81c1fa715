"""Decode: the file becomes one sound, 44.1 kHz stereo in chunks, that every later step uses."""

from pipeline import jobs
from pipeline.audio import media
from pipeline.audio.chunks import RATE, Reel, chunked
from pipeline.audio.loudness import Meter
from pipeline.db import announce
from pipeline.errors import EncoreError, JobLost, NotFound, SilentFile, TooLong
from pipeline.tables import Track
from pipeline.work import Work


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    reel = Reel(work.folder / "mix")
    reel.clear()  # decoding is quick: a cut attempt starts anew
    meter = Meter()
    try:
        frames, count = _decode(work, track, reel, meter)
        reel.seal()
    except JobLost:
        raise  # what lies there is another attempt's
    except EncoreError:
        reel.clear()  # half a song is of no use, and a full disk needs the room
        raise
    cut_off = meter.ends_loud() and media.is_cut(work.folder / track.original, track.file_name)
    with work.box.db.write() as s:
        jobs.report(s, work.held, 1.0)  # fenced: an attempt that was lost publishes nothing
        track = s.get_one(Track, work.held.track_id)
        track.cut_off = cut_off
        track.seconds, track.chunks = frames / RATE, count
        # Known before the song can be played, so that it begins at the right loudness.
        track.loudness, track.peak = meter.loudness(), meter.peak
        s.add(track)
        announce(s, "track", track.id)


def _decode(work: Work, track: Track, reel: Reel, meter: Meter) -> tuple[int, int]:
    """Write the song's chunks; how many frames and chunks they are."""
    limit = work.box.settings.max_song_minutes * 60
    frames, count = 0, 0
    for count, chunk in enumerate(
        chunked(media.decode(work.folder / track.original, track.file_name, work.check)), 1
    ):
        reel.write(count - 1, chunk)
        frames += chunk.shape[1]
        meter.hear(chunk)
        if frames > (limit + 1) * RATE:
            raise TooLong(name=track.file_name, limit=work.box.settings.max_song_minutes)
        work.progress(min(1.0, frames / RATE / max(track.seconds, 1.0)))
    if meter.peak < media.SILENCE:
        raise SilentFile(name=track.file_name)
    return frames, count
