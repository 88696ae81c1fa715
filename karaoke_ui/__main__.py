"""The command `karaoke`. Heavy imports wait until a command needs them: `serve` must be up in a second."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.box import Box
    from pipeline.bring import Outcome
    from pipeline.settings import Settings


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
    commands.add_parser("rebuild", help="make a lost database anew from the library folder")
    commands.add_parser("doctor", help="find out what is wrong with this box, and how to mend it")
    chosen = parser.parse_args()
    sys.exit(COMMANDS[chosen.command](chosen))


def serve(_: argparse.Namespace) -> int:
    from karaoke_ui.supervisor import Supervisor
    from pipeline import lifeline

    lifeline.hold()
    return Supervisor().run()


def import_songs(chosen: argparse.Namespace) -> int:
    from pipeline import bring, report

    box = _open()
    # A night may be on: whoever sings goes first.
    os.nice(10)
    missing = [path for path in chosen.paths if not path.exists()]
    done = report.Report(
        "import", [str(path) for path in chosen.paths], missing=[str(path) for path in missing]
    )
    for path in missing:
        print(f"  ✗ {path}: there is no such file", file=sys.stderr)
    try:
        for outcome in bring.from_folders(box, [path for path in chosen.paths if path not in missing]):
            done.note(outcome)
            _tell(outcome)
    finally:
        kept = report.save(box.settings.reports, done)
    print(f"  {done.added} new, {done.known} there already, {done.refused} left out. Report: {kept}")
    return 1 if done.refused or missing else 0


def _tell(outcome: "Outcome") -> None:
    from pipeline.errors import AlreadyThere

    where = outcome.files[0] if outcome.files else outcome.name
    if isinstance(outcome.error, AlreadyThere):
        print(f"  · {where}: {outcome.error}")
    elif outcome.error is not None:
        print(f"  ✗ {where}: {outcome.error}", file=sys.stderr)
    elif outcome.song is not None:
        print(f"  ✓ {where}")


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


def rebuild(_: argparse.Namespace) -> int:
    from pipeline import rebuild as rebuilding
    from pipeline.errors import EncoreError

    try:
        done = rebuilding.rebuild(_open(), lambda title: print(f"  ✓ {title}"))
    except EncoreError as error:
        print(f"  {error.detail or error}", file=sys.stderr)
        return 1
    for name in done.left:
        print(f"  ✗ {name}: its folder does not say what it is", file=sys.stderr)
    return 1 if done.left else 0


def doctor(_: argparse.Namespace) -> int:
    from karaoke_ui.doctor import Health, examine

    findings = list(examine(_settings()))
    for finding in findings:
        print(f"  {finding.health} {finding.what}")
        if finding.mend:
            print(f"    → {finding.mend}")
    return 1 if any(finding.health is Health.BAD for finding in findings) else 0


COMMANDS = {
    "serve": serve,
    "import": import_songs,
    "demo": demo,
    "models": models,
    "migrate": migrate,
    "rebuild": rebuild,
    "doctor": doctor,
}


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


def _progress(what: str, share: float | None) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r  {what} {'' if share is None else f'{share:.0%}'}   ")


if __name__ == "__main__":
    main()
