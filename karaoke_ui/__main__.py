"""The command `karaoke`. Heavy imports wait until a command needs them: `serve` must be up in a second."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.box import Box
    from pipeline.settings import Settings
    from pipeline.tables import Song

SONGS = {
    ".aac", ".aif", ".aiff", ".avi", ".flac", ".m4a", ".mkv", ".mov", ".mp3", ".mp4", ".oga", ".ogg", ".opus", ".wav",
    ".webm", ".wma",
}  # fmt: skip
WORDS = {".lrc", ".txt"}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="karaoke",
        description="Encore: a karaoke night from your own music.",
        epilog="Settings: see README.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="start everything: the screens and the workers")
    add = commands.add_parser("import", help="take song files, or whole folders of them, into the library")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    commands.add_parser("demo", help="make three short songs and take them into the library")
    models = commands.add_parser("models", help="show the separation models, and fetch what is missing")
    models.add_argument("--check", action="store_true", help="only show, fetch nothing")
    commands.add_parser("migrate", help="bring the database to the newest form")
    chosen = parser.parse_args()
    sys.exit(COMMANDS[chosen.command](chosen))


def serve(_: argparse.Namespace) -> int:
    from karaoke_ui.supervisor import Supervisor
    from pipeline import lifeline

    lifeline.hold()
    return Supervisor().run()


def import_songs(chosen: argparse.Namespace) -> int:
    from pipeline import library

    box = _open()
    refused = 0
    # Words first: a song finds those that already wait for it.
    for path in _files(chosen.paths, WORDS):
        refused += not _take(path, lambda p: library.add_words(box, p.read_bytes(), p.name))
    for path in _files(chosen.paths, SONGS):
        refused += not _take(path, lambda p: _add(box, p))
    return 1 if refused else 0


def demo(_: argparse.Namespace) -> int:
    from pipeline.demo_songs import take_in

    for song in take_in(_open()):
        print(f"  ✓ {song.title}")
    return 0


def models(chosen: argparse.Namespace) -> int:
    from pipeline.engines import weights
    from pipeline.errors import EncoreError

    settings = _settings()
    try:
        if not chosen.check:
            weights.fetch(settings.model_folder, settings.hub_url, settings.models, _progress)
    except EncoreError as error:
        print(f"  {error}", file=sys.stderr)
    for model in weights.report(settings.model_folder, settings.models):
        print(f"  {model.name:12} {model.state:8} {model.path}  (licence: {model.licence})")
    return 0


def migrate(_: argparse.Namespace) -> int:
    from pipeline import migrate as migration

    settings = _settings()
    done = migration.upgrade(settings.database, settings.backups)
    print(f"  {settings.database}: {'migrated to' if done else 'already at'} revision {migration.head()}")
    return 0


COMMANDS = {"serve": serve, "import": import_songs, "demo": demo, "models": models, "migrate": migrate}


def _settings() -> "Settings":
    from pipeline import log
    from pipeline.errors import WrongSettings
    from pipeline.settings import load

    try:
        settings = load()
    except WrongSettings as error:
        sys.exit(str(error))
    log.configure("warning", settings.log_format, "command")
    return settings


def _open() -> "Box":
    """The library, migrated: a command may be the first thing that runs on a box."""
    from pipeline import migrate as migration
    from pipeline.box import Box

    settings = _settings()
    migration.upgrade(settings.database, settings.backups)
    return Box.open(settings)


def _files(paths: list[Path], endings: set[str]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix.lower() in endings)
        elif (path.suffix.lower() in WORDS) == (endings is WORDS):
            yield path  # named by the person: whatever it is called, its content decides


def _add(box: "Box", path: Path) -> "Song":
    from pipeline import library

    with path.open("rb") as stream:
        return library.add(box, stream, path.name, "folder")


def _take(path: Path, take: Callable[[Path], object]) -> bool:
    from pipeline.errors import EncoreError

    try:
        take(path)
    except (EncoreError, OSError) as error:
        print(f"  ✗ {path}: {error}", file=sys.stderr)
        return False
    print(f"  ✓ {path}")
    return True


def _progress(what: str, share: float | None) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r  {what} {'' if share is None else f'{share:.0%}'}   ")


if __name__ == "__main__":
    main()
