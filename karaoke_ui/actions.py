"""Every action of the library and the workers that a screen or the API offers, with the roles that may use it.

The actions of the night stand beside their rules, in `show/night.py`, `show/player.py` and `show/stages.py`.
"""

from typing import BinaryIO

from sqlmodel import Session

from karaoke_ui.show import night, rights
from karaoke_ui.show.rights import Actor, Role, allow
from pipeline import demo_songs, jobs, library
from pipeline.box import Box
from pipeline.errors import Conflict
from pipeline.tables import Job, Song


def add_song(box: Box, actor: Actor, stream: BinaryIO, name: str, source: str = "upload") -> Song:
    """Take a file in. No session here: writing and looking at a file takes longer than a transaction may."""
    may_add(box, actor)
    return library.add(box, stream, name, source)


def add_words(box: Box, actor: Actor, content: bytes, name: str) -> Song | None:
    may_add(box, actor)
    return library.add_words(box, content, name)


def set_words(box: Box, actor: Actor, song_id: str, content: bytes) -> Song:
    may_add(box, actor)
    return library.set_words(box, song_id, content)


def add_demo(box: Box, actor: Actor) -> list[Song]:
    """Make the songs to try, and take them in."""
    may_add(box, actor)
    return list(demo_songs.take_in(box))


def may_add(box: Box, actor: Actor) -> None:
    with box.db.read() as s:
        rights.check(s, actor, Role.HOST)


@allow(Role.HOST)
def edit_song(
    s: Session, actor: Actor, song_id: str, *, title: str | None = None, artist: str | None = None
) -> Song:
    return library.edit(s, song_id, title=title, artist=artist)


@allow(Role.HOST)
def delete_song(s: Session, actor: Actor, song_id: str) -> Song:
    """Move a song to the trash, unless somebody sings it now; its waiting turns go with it."""
    playing = night.playback(s)
    if playing.track_id and library.main_track(s, song_id).id == playing.track_id:
        raise Conflict("the song is on the stage")
    for turn in night.queue(s, night.current(s).id):
        if turn.song_id == song_id:
            night.remove(s, actor, turn.id)
    return library.delete(s, song_id)


@allow(Role.HOST)
def restore_song(s: Session, actor: Actor, song_id: str) -> Song:
    return library.restore(s, song_id)


@allow(Role.HOST)
def cancel_job(s: Session, actor: Actor, job_id: str) -> Job:
    return jobs.cancel(s, job_id)


@allow(Role.HOST)
def retry_job(s: Session, actor: Actor, job_id: str) -> Job:
    return jobs.retry(s, job_id)


@allow(Role.HOST)
def separate_again(s: Session, actor: Actor, track_id: str) -> Job:
    return jobs.separate_again(s, track_id)
