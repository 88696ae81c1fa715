"""What stands behind the words of a song: its video, the picture of a karaoke disc, its cover, or the quiet scene.

The room sees a video only when the host wants it: what a guest brought, and what is titled as a lyric or karaoke video
and would show words behind ours, waits for the host's yes. A karaoke video that the host brought was chosen for its
picture.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from karaoke_ui.show import night, rules
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.rules import Rules
from pipeline import library
from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.intake import beside
from pipeline.tables import Song, Track, TrackKind

_WORDED = re.compile(
    r"\blyrics?\b|\bletra\b|\bparoles\b|\bsongtext\b|\bkaraok|\bsing[- ]?along\b|караоке|カラオケ|노래방|歌詞|歌词|가사",
    re.IGNORECASE,
)


class Behind(StrEnum):
    VIDEO = "video"
    CDG = "cdg"
    COVER = "cover"
    SCENE = "scene"


@dataclass(frozen=True)
class Backdrop:
    kind: Behind
    # Its picture carries the words: none of ours are drawn over it.
    has_words: bool = False

    @property
    def is_video(self) -> bool:
        return self.kind in (Behind.VIDEO, Behind.CDG)


SCENE = Backdrop(Behind.SCENE)


@dataclass(frozen=True)
class Video:
    """The video of a song: whether there is one, what the host said of it, and whether the room sees it."""

    there: bool
    allowed: bool | None
    shown: bool


def of(song: Song, track: Track, tonight: Rules) -> Backdrop:
    if track.video and may_be_seen(track, tonight):
        kind = Behind.CDG if track.video == beside.PICTURE else Behind.VIDEO
        return Backdrop(kind, has_words=track.kind == TrackKind.KARAOKE)
    return Backdrop(Behind.COVER if song.cover_track else Behind.SCENE)


def may_be_seen(track: Track, tonight: Rules) -> bool:
    if track.video_allowed is not None:
        return track.video_allowed
    if track.brought_by and not tonight.guest_videos:
        return False
    return track.kind == TrackKind.KARAOKE or not _WORDED.search(track.file_name)


def video(s: Session, song_id: str) -> Video:
    library.get(s, song_id)
    track = library.main_track(s, song_id)
    there = bool(track.video)
    return Video(there, track.video_allowed, there and may_be_seen(track, rules.of(night.current(s))))


@allow(Role.HOST)
def allow_video(s: Session, actor: Actor, song_id: str, allowed: bool | None) -> Video:
    """Let the room see a song's video, or not; None: as the rules say."""
    library.get(s, song_id)
    track = library.main_track(s, song_id)
    if not track.video:
        raise NotFound(what="video")
    track.video_allowed = allowed
    s.add(track)
    announce(s, "track", track.id)
    announce(s, "playback")
    return video(s, song_id)
