"""What the look before the night needs to know, from the database, the disk and the workers."""

import shutil
import time
from pathlib import Path

from sqlmodel import Session

from karaoke_ui.show import night, stages
from karaoke_ui.show.preflight import Facts, Tv
from karaoke_ui.show.rights import Actor, Role, allow
from pipeline import jobs, library, lyrics, model
from pipeline.db import announce
from pipeline.locks import is_alive
from pipeline.tables import Lane, Setting, Song

GUEST_SEEN = "guest.seen"


@allow(Role.HOST)
def look(s: Session, actor: Actor, data: Path, locks: Path, where: str) -> Facts:
    leader = next((stage for stage in stages.paired(s) if stage.leads), None)
    turns = night.queue(s, night.current(s).id)
    tracks = library.main_tracks(s, {turn.song_id for turn in turns})
    worded = lyrics.worded(s, tracks.values())
    weak = lyrics.weak(s, [track.id for track in tracks.values()])
    seen, speed = s.get(Setting, GUEST_SEEN), jobs.speed(s, "htdemucs", assumed=0.0)
    return Facts(
        now=time.time(),
        tv=Tv(
            leader.id,
            leader.connected,
            leader.armed,
            leader.heard_at,
            bool(leader.offset_at or leader.sound_offset or leader.picture_offset),
        )
        if leader
        else None,
        guest_seen_at=float(seen.value) if seen else None,
        address=where,
        workers_alive=all(is_alive(locks, lane) for lane in Lane),
        speed=speed or None,
        model=model.state(s),
        free_gb=shutil.disk_usage(data).free / 1e9,
        waiting=len(turns),
        no_words=_titles(s, [song for song, track in tracks.items() if track.id not in worded]),
        weak_words=_titles(s, [song for song, track in tracks.items() if track.id in weak]),
    )


def saw_guest(s: Session) -> None:
    """A phone that is not the host's has opened the page of the night."""
    s.merge(Setting(name=GUEST_SEEN, value=str(time.time())))
    announce(s, "guest")


def _titles(s: Session, song_ids: list[str]) -> tuple[str, ...]:
    return tuple(sorted(s.get_one(Song, song_id).title for song_id in song_ids))
