"""Every action of the library and the workers that a screen or the API offers, with the roles that may use it.

The actions of the night stand beside their rules, in `show/night.py`, `show/player.py` and `show/stages.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from sqlmodel import Session

from karaoke_ui.show import night, rights, undo
from karaoke_ui.show.rights import Actor, Right, Role, allow
from pipeline import describing, editing, jobs, library, merging, model, versions
from pipeline.box import Box
from pipeline.editing import Fields
from pipeline.errors import Conflict, RightsError
from pipeline.intake import bring, demo_songs, report
from pipeline.intake.bring import Outcome
from pipeline.keeping import integrity, rebuild, trash
from pipeline.keeping.integrity import Report
from pipeline.keeping.rebuild import Rebuilt
from pipeline.tables import Job, Song, Track

if TYPE_CHECKING:
    from pipeline.engines.models import Model


def add_file(box: Box, actor: Actor, stream: BinaryIO, name: str, source: str = "upload") -> list[Outcome]:
    """Take a file in, whatever it is. No session here: looking at a file takes longer than a transaction may."""
    may_add(box, actor)
    return bring.take(box, stream, name, source)


def add_files(box: Box, actor: Actor, files: Sequence[tuple[str, BinaryIO]]) -> list[Outcome] | None:
    """Take in files that came together, where they belong together; None where each stands for itself."""
    may_add(box, actor)
    return bring.take_together(box, files, "upload") if bring.belong_together(files) else None


def last_import(box: Box, actor: Actor) -> report.Report | None:
    """What the last import of folders did; None where there was none."""
    may_add(box, actor)
    return report.last(box.settings.reports)


def set_words(box: Box, actor: Actor, song_id: str, content: bytes) -> Song:
    may_add(box, actor)
    return library.set_words(box, song_id, content)


@dataclass(frozen=True)
class Models:
    """What can take the voice out, and which one is to."""

    chosen: str
    models: "list[Model]"


def models(box: Box, actor: Actor) -> Models:
    from pipeline.engines import models as known  # numpy comes along

    may_add(box, actor)
    with box.db.read() as s:
        chosen = model.chosen(s)
    return Models(chosen, known.report(box.settings.model_folder, box.settings.models))


def choose_model(box: Box, actor: Actor, name: str) -> None:
    """From the next song on, take the voice out with this one. No session here: files are looked at."""
    from pipeline.engines import models as known

    with box.db.read() as s:
        rights.check(s, actor, Role.HOST, right=Right.HOST)
    known.usable(name, box.settings.model_folder, box.settings.models)
    with box.db.write() as s:
        model.choose(s, name)


def add_demo(box: Box, actor: Actor) -> list[Song]:
    """Make the songs to try, and take them in."""
    may_add(box, actor)
    return list(demo_songs.take_in(box))


def may_add(box: Box, actor: Actor) -> None:
    with box.db.read() as s:
        rights.check(s, actor, Role.HOST, right=Right.LIBRARY)


@allow(Role.HOST)
def edit_songs(s: Session, actor: Actor, song_ids: Sequence[str], fields: Fields) -> list[Song]:
    """Change one song or many alike."""
    changed = [editing.edit(s, song_id, fields) for song_id in song_ids]
    if fields.title is not None or fields.artist is not None:
        night.changed(s, night.current(s))
    return changed


@allow(Role.HOST)
def delete_songs(s: Session, actor: Actor, song_ids: Sequence[str]) -> list[str]:
    """Move songs to the trash, unless one is sung now; their waiting turns go with them, and are told."""
    playing = night.playback(s)
    if playing.track_id and s.get_one(Track, playing.track_id).song_id in song_ids:
        raise Conflict(reason="on_stage")
    turns = [turn.id for turn in night.queue(s, night.current(s).id) if turn.song_id in song_ids]
    if turns and Right.QUEUE not in rights.rights_of(s, actor):
        raise RightsError(reason="waited_for")
    for turn_id in turns:
        night.remove(s, actor, turn_id)
    for song_id in song_ids:
        trash.throw(s, song_id)
    return turns


@allow(Role.HOST)
def restore_songs(
    s: Session, actor: Actor, song_ids: Sequence[str], turn_ids: Sequence[str] = ()
) -> list[Song]:
    """Take songs out of the trash, and back into the queue what was taken out of it with them."""
    back = [trash.restore(s, song_id) for song_id in song_ids]
    for turn_id in reversed(turn_ids):
        undo.put_back(s, actor, turn_id)
    return back


def empty_trash(box: Box, actor: Actor) -> int:
    """Remove for good what lies in the trash. No session here: files take long."""
    may_add(box, actor)
    return trash.empty(box)


@allow(Role.HOST)
def merge_songs(s: Session, actor: Actor, keep_id: str, other_id: str) -> Song:
    """Make two songs versions of one; turns and what was sung follow."""
    kept = merging.merge(s, keep_id, other_id)
    night.changed(s, night.current(s))
    return kept


@allow(Role.HOST)
def take_merge_back(s: Session, actor: Actor, song_id: str) -> Song:
    """The song that went into another one is itself again, with its turns and what was sung."""
    own = merging.take_back(s, song_id)
    night.changed(s, night.current(s))
    return own


@allow(Role.HOST)
def keep_apart(s: Session, actor: Actor, song_id: str, other_id: str) -> None:
    """Two songs of one name are not the same: nobody asks again."""
    merging.apart(s, song_id, other_id)


@allow(Role.HOST)
def choose_version(s: Session, actor: Actor, song_id: str, track_id: str) -> Track:
    """Of several versions, this one is sung."""
    track = versions.choose(s, song_id, track_id)
    night.changed(s, night.current(s))
    return track


@allow(Role.HOST)
def split_version(s: Session, actor: Actor, track_id: str, title: str = "", artist: str = "") -> Song:
    """Make a version a song of its own again."""
    own = editing.split(s, track_id, title=title, artist=artist)
    night.changed(s, night.current(s))
    return own


@allow(Role.HOST)
def throw_version(s: Session, actor: Actor, track_id: str) -> Song:
    """Move one version of a song to the trash, unless it is sung now: as a song of its own, which it stays when put back."""
    own = split_version(s, actor, track_id)
    delete_songs(s, actor, [own.id])
    return own


@allow(Role.HOST)
def restore_version(s: Session, actor: Actor, song_id: str, own_id: str) -> Song:
    """Take it back: out of the trash, and a version of its song again."""
    restore_songs(s, actor, [own_id])
    return merge_songs(s, actor, song_id, own_id)


@allow(Role.HOST)
def check_library(s: Session, actor: Actor) -> Report:
    """Let a worker look at every file of the library, and mend what can be mended."""
    return integrity.ask(s)


@allow(Role.HOST)
def rebuild_library(s: Session, actor: Actor) -> Rebuilt:
    """Let a worker take in the songs that lie in the folder of a library that lost its database."""
    return rebuild.ask(s)


@allow(Role.HOST)
def choose_candidate(s: Session, actor: Actor, song_id: str, candidate_id: str) -> Job:
    """Say which song it is; what else is known of that one is looked up."""
    describing.choose(s, song_id, candidate_id)
    night.changed(s, night.current(s))
    return describing.again(s, song_id)


@allow(Role.HOST)
def dismiss_candidates(s: Session, actor: Actor, song_id: str) -> None:
    """None of them."""
    describing.dismiss(s, song_id)


@allow(Role.HOST)
def describe_again(s: Session, actor: Actor, song_id: str) -> Job:
    return describing.again(s, song_id)


@allow(Role.HOST)
def cancel_job(s: Session, actor: Actor, job_id: str) -> Job:
    return jobs.cancel(s, job_id)


@allow(Role.HOST)
def retry_job(s: Session, actor: Actor, job_id: str) -> Job:
    return jobs.retry(s, job_id)


@allow(Role.HOST)
def separate_again(s: Session, actor: Actor, track_id: str) -> Job:
    return jobs.separate_again(s, track_id)
