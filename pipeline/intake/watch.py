"""Watched folders: what is put into them comes into the library by itself.

A file is taken when two looks in a row saw it the same: until then somebody may still be copying it there. One that
was moved keeps its song; one that vanished leaves its song here, which has a copy; one that was refused is tried again
when it changes. A song whose file was replaced by another recording gets that as its newest version; where only the
tags were edited, everything stays as it is.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlmodel import Session, col, delete, select

from pipeline import library, merging, versions
from pipeline.box import Box
from pipeline.errors import AlreadyThere, EncoreError, Unavailable
from pipeline.intake import bring, collect, report
from pipeline.intake.bring import Outcome
from pipeline.intake.collect import Group
from pipeline.intake.report import Report
from pipeline.tables import Track, Watched, WatchedState

log = structlog.get_logger()

LOOK_SECONDS = 60.0
# While files are on their way.
SOON_SECONDS = 5.0
ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class Seen:
    """A file as it stands on the disk now."""

    path: Path
    size: int
    mtime: float

    def like(self, row: Watched | None) -> bool:
        return row is not None and (row.size, row.mtime) == (self.size, self.mtime)


def start(box: Box) -> None:
    """Watch the folders of the settings from now on, in a thread of their own."""
    if box.settings.watched:
        threading.Thread(target=_watch, args=(box,), name="folders", daemon=True).start()


def _watch(box: Box) -> None:
    watcher, pause = Watcher(box, box.settings.watched), threading.Event()
    while True:
        try:
            watcher.look()
        except (EncoreError, OSError) as error:
            log.warning("folders not looked through", reason=str(error))
        except Exception:
            log.exception("watching folders broke")
        pause.wait(SOON_SECONDS if watcher.expects_more else LOOK_SECONDS)


class Watcher:
    """Looks through the folders, and remembers in the table `watched` what it saw."""

    def __init__(self, box: Box, folders: tuple[Path, ...]) -> None:
        self._box = box
        self._folders = folders
        self._missing: set[str] = set()
        self.expects_more = False

    def look(self) -> Report:
        """One look: note what is new, take in what has come to rest."""
        done = Report("watch", [str(path) for path in self._folders])
        # One that is empty is a disk that is not plugged in.
        there = [path for path in self._folders if path.is_dir() and any(path.iterdir())]
        missing = {str(path) for path in self._folders} - {str(path) for path in there}
        done.missing = sorted(missing - self._missing)  # said once
        self._missing = missing
        with self._box.db.read() as s:
            rows = {row.path: row for row in s.exec(select(Watched))}
        self.expects_more = growing = False
        seen: set[str] = set()
        try:
            for root in there:
                for files in collect.folders(root, but=self._box.settings.data):
                    found = {key(each.path): each for each in _stand(files)}
                    seen |= found.keys()
                    growing |= self._folder(found, rows, done)
            waiting = self._vanished(seen, rows, there, done, settled=not growing)
            self.expects_more = growing or waiting
        finally:
            self._tell(done)
        return done

    def _tell(self, done: Report) -> None:
        if done.says_something:
            report.save(self._box.settings.reports, done)
            log.info("folders looked through", added=done.added, refused=done.refused, gone=len(done.gone))

    def _folder(self, found: dict[str, Seen], rows: dict[str, Watched], done: Report) -> bool:
        """One folder; whether something in it is still on its way."""
        moving = {name for name, file in found.items() if not file.like(rows.get(name))}
        # Words or a picture that are in have changed: nothing to wait for.
        changed = {name for name in moving if name in rows and rows[name].track_id and not _is_sound(name)}
        self._note([found[name] for name in moving], rows)
        moving -= changed
        ripe = {
            name
            for name in found.keys() - moving - changed
            if rows[name].state in (WatchedState.NEW, WatchedState.GONE)
        }
        if ripe:
            self._take(found, ripe, moving, rows, done)
        return bool(moving) or any(rows[name].state is WatchedState.NEW for name in ripe)

    def _note(self, files: list[Seen], rows: dict[str, Watched]) -> None:
        for at in range(0, len(files), ROWS_AT_ONCE):
            with self._box.db.write() as s:
                for file in files[at : at + ROWS_AT_ONCE]:
                    name = key(file.path)
                    known = rows.get(name)
                    row = Watched(path=name, size=file.size, mtime=file.mtime)
                    if known is not None and known.track_id:
                        row.track_id = known.track_id
                        row.state = WatchedState.NEW if _is_sound(name) else WatchedState.IN
                    rows[name] = s.merge(row)

    def _take(
        self,
        found: dict[str, Seen],
        ripe: set[str],
        moving: set[str],
        rows: dict[str, Watched],
        done: Report,
    ) -> None:
        """Take in what has come to rest. What shares its name with a file on its way waits for it."""
        coming = {found[name].path.stem.casefold() for name in moving}
        held = {name for name in ripe if found[name].path.stem.casefold() in coming}
        still = [file.path for file in found.values() if file.path.stem.casefold() not in coming]
        pace = bring.Pace(self._box)
        left = ripe - held
        for outcome in self._outcomes(still, ripe - held, rows):
            if isinstance(outcome.error, Unavailable):
                raise outcome.error  # no fault of the file: this look ends, and the next one finds it again
            done.note(outcome)
            self._settle(outcome, rows)
            left -= {key(path) for path in outcome.files}
            pace.rest()
        # Covers, letters and the like are nothing by themselves.
        self._settle(Outcome("", tuple(found[name].path for name in left)), rows)

    def _outcomes(self, files: list[Path], ripe: set[str], rows: dict[str, Watched]) -> Iterator[Outcome]:
        """What is to be done in one folder, as far as something of it is new."""
        found = collect.sort(files)
        for group in found.songs:
            fresh = [path for path in group.files if key(path) in ripe]
            song = rows[key(group.song)]
            if song.track_id and fresh:
                replaced = key(group.song) in ripe and song.state is WatchedState.NEW
                yield (self._renew if replaced else self._complete)(group, song.track_id)
            elif key(group.song) in ripe:
                yield bring.group(self._box, group, "folder")
        found.songs = []
        found.words = [path for path in found.words if key(path) in ripe]
        found.zips = [path for path in found.zips if key(path) in ripe]
        found.useless = [(path, error) for path, error in found.useless if key(path) in ripe]
        yield from bring.sorted_files(self._box, found, "folder")

    def _complete(self, group: Group, track_id: str) -> Outcome:
        """Words or a picture that came after their song."""
        try:
            with self._box.db.read() as s:
                track = s.get(Track, track_id)
            if track is not None and track.deleted_at is None:
                library.complete(self._box, track.song_id, group.beside())
        except EncoreError as error:
            return Outcome(group.song.name, group.files, error=error)
        except OSError as error:
            return Outcome(group.song.name, group.files, error=bring.unreadable(group.song, error))
        return Outcome(group.song.name, group.files)

    def _renew(self, group: Group, track_id: str) -> Outcome:
        """The file of a song that is in was written anew: another recording becomes its newest version."""
        from pipeline.audio import media  # it loads ffmpeg's libraries: not before it is needed

        with self._box.db.read() as s:
            track = s.get(Track, track_id)
        if track is None or track.deleted_at is not None:
            return Outcome(group.song.name, group.files)
        try:
            ours = self._box.store.folder(track.id) / track.original
            if media.fingerprint(group.song) == media.fingerprint(ours):
                return Outcome(group.song.name, group.files)
        except EncoreError as error:
            return Outcome(group.song.name, group.files, error=error)
        except OSError as error:
            return Outcome(group.song.name, group.files, error=bring.unreadable(group.song, error))
        outcome = bring.group(self._box, group, "folder")
        if outcome.song is None:
            return outcome
        with self._box.db.write() as s:
            now = s.get_one(Track, track.id)  # of another song by now, maybe
            return replace(outcome, song=merging.merge(s, now.song_id, outcome.song.id))

    def _settle(self, outcome: Outcome, rows: dict[str, Watched]) -> None:
        """Remember how files fared."""
        with self._box.db.write() as s:
            track_id = _track_of(s, outcome)
            for path in outcome.files:
                row = rows[key(path)]
                if row.track_id and not track_id:
                    row.state = WatchedState.IN
                else:
                    row.track_id = track_id
                    error = None if track_id else outcome.error
                    row.state = WatchedState.REFUSED if error else WatchedState.IN
                    row.reason = error.note if error else ""
                rows[row.path] = s.merge(row)

    def _vanished(
        self, seen: set[str], rows: dict[str, Watched], there: list[Path], done: Report, *, settled: bool
    ) -> bool:
        """Files that are no longer there: moved ones are forgotten, the others told about once nothing is on its way."""
        roots = tuple(f"{key(path)}/" for path in there)
        gone = [row for name, row in rows.items() if name not in seen and name.startswith(roots)]
        if not gone:
            return False
        elsewhere = {rows[name].track_id for name in seen if rows[name].track_id}
        with self._box.db.write() as s:
            for row in gone:
                lost = bool(row.track_id) and row.track_id not in elsewhere
                if lost and (row.state is not WatchedState.GONE or not settled):
                    row.state = WatchedState.GONE
                    s.merge(row)
                    continue
                if lost and _is_song(s, row):
                    done.gone.append(row.path)
                s.exec(delete(Watched).where(col(Watched.path) == row.path))
        return any(row.state is WatchedState.GONE for row in gone)


def key(path: Path) -> str:
    """A path as the database takes it: some names are no text."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _stand(files: list[Path]) -> Iterator[Seen]:
    for path in files:
        if collect.matters(path.name):
            try:
                stat = path.stat()
            except OSError:
                continue  # it went while we looked, or leads nowhere
            yield Seen(path, stat.st_size, stat.st_mtime)


def _track_of(s: Session, outcome: Outcome) -> str:
    if outcome.song is not None:
        return versions.of(s, outcome.song.id)[-1].id
    song_id = ""
    if isinstance(outcome.error, AlreadyThere):
        song_id = str(outcome.error.context.get("song", ""))
    return library.main_track(s, song_id).id if song_id else ""


def _is_sound(name: str) -> bool:
    return Path(name).suffix.lower() in collect.SONGS


def _is_song(s: Session, row: Watched) -> bool:
    """Whether it was the song itself that went, and that is still here."""
    track = s.get(Track, row.track_id)
    return track is not None and track.deleted_at is None and _is_sound(row.path)
