"""Songs from YouTube, as screens offer them and as people ask for them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from karaoke_ui.show import asking, night, rules, views
from karaoke_ui.show.asking import PLAIN, Wanted
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rights import Actor, Right, Role, allow
from karaoke_ui.show.tables import Turn
from karaoke_ui.show.views import SongView
from pipeline import videos
from pipeline.db import announce
from pipeline.errors import RightsError
from pipeline.intake import titles
from pipeline.sources.youtube import Found
from pipeline.tables import Song, Track


@dataclass(frozen=True)
class Offer:
    """A video that could be asked for: as the song it would be, or as the one it is already."""

    video: Found
    song: SongView
    is_there: bool


def offers(s: Session, found: Sequence[Found]) -> list[Offer]:
    there = videos.known(s, found)
    return [
        Offer(video, views.song(s, there[video.id]), is_there=True)
        if video.id in there
        else Offer(video, _as_song(s, video), is_there=False)
        for video in found
    ]


def guests_may(s: Session) -> bool:
    return asking.takes_videos(rules.of(night.current(s)))


@allow(Role.HOST, right=Right.HOST)
def let_guests(s: Session, actor: Actor, on: bool) -> None:
    """Whether guests may ask for songs from YouTube."""
    rules.change(s, actor, night.current(s), {"youtube": "open" if on else "closed"})


@allow(Role.HOST, Role.SINGER)
def ask_video(s: Session, actor: Actor, found: Found, singer_id: str = "", wanted: Wanted = PLAIN) -> Turn:
    """Take a video in and ask for it, in one: where the turn is refused, nothing was taken in."""
    if actor.role is Role.SINGER and not guests_may(s):
        raise RightsError(reason="videos")
    song = videos.add(s, found, actor.id if actor.role is Role.SINGER else "")
    return night.ask(s, actor, song.id, singer_id, replace(wanted, from_outside=True))


@allow(Role.HOST, right=Right.LIBRARY)
def add_videos(s: Session, actor: Actor, found: Sequence[Found]) -> list[Song]:
    return [_take_in(s, each) for each in found]


def _take_in(s: Session, found: Found) -> Song:
    """What a guest had asked for is the host's own from now on."""
    song = videos.add(s, found)
    brought = select(Track).where(Track.song_id == song.id, Track.source_id == found.source_id)
    for track in s.exec(brought.where(Track.brought_by != "")):
        track.brought_by = ""
        s.add(track)
        announce(s, "song", song.id)
    return song


def _as_song(s: Session, video: Found) -> SongView:
    """What it would look like in the library, under an id that no song has."""
    named = titles.parse(video.title, video.channel)
    readiness = Readiness(Ready.SOON, videos.wait(s, video.seconds))
    return SongView(
        id=hashlib.sha256(video.id.encode()).hexdigest()[:32],
        track_id="",
        title=named.title,
        artist=named.artist or video.channel,
        seconds=video.seconds,
        readiness=readiness,
        has_words=False,
    )
