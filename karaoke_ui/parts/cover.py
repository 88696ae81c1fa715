"""A song's cover in rows of every screen: its picture, over colours of its own while there is none."""

from karaoke_ui.show.views import SongView


def style(song: SongView) -> str:
    """What the style sheet's `.song` and `.cover` draw from."""
    return f"--hue: {hue(song.id)}; --cover: {f'url({song.cover})' if song.cover else 'none'}"


def hue(song_id: str) -> int:
    """A song's own colour: the same on every screen."""
    return int(song_id[:6], 16) % 360
