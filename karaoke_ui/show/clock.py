"""Where a song stands: pure arithmetic on the playback row and the server's clock."""

from karaoke_ui.show.tables import Playback, PlayState


def position(playback: Playback, now: float) -> float:
    """The second of the song that is heard at the moment `now`."""
    if playback.state == PlayState.PLAYING:
        return playback.position + max(0.0, now - playback.at)
    return playback.position


def is_over(playback: Playback, seconds: float, now: float, grace: float) -> bool:
    """Should the song have ended by now, however silent the stage is?"""
    return playback.state == PlayState.PLAYING and position(playback, now) > seconds + grace
