"""The command `karaoke`. Heavy imports wait until a command needs them: `serve` must be up in a second."""

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karaoke_ui import __version__
from karaoke_ui.text import of_error, of_note, of_terminal, percent, plural, spoken, t

if TYPE_CHECKING:
    from pipeline.box import Box
    from pipeline.intake.bring import Outcome
    from pipeline.settings import Settings


def main() -> None:
    spoken.set(of_terminal(os.environ))
    parser = Parser(prog="karaoke", description=t("cli.about"), epilog=t("cli.more"))
    parser.add_argument(
        "--version", action="version", version=f"Encore {__version__}", help=t("cli.help.version")
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar=t("cli.help.command"))
    found = {
        name: commands.add_parser(name, help=t(f"cli.help.{name}"), description=t(f"cli.help.{name}"))
        for name in COMMANDS
    }
    found["import"].epilog = t("cli.help.files")
    found["import"].add_argument("paths", nargs="+", type=Path, metavar=t("cli.help.path"))
    found["models"].add_argument("names", nargs="*", metavar=t("cli.help.name"))
    found["models"].add_argument("--check", action="store_true", help=t("cli.help.check"))
    chosen = parser.parse_args()
    sys.exit(COMMANDS[chosen.command](chosen))


class Help(argparse.HelpFormatter):
    """What argparse itself would say in English only."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, t("cli.help.usage") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        known = {"positional arguments": "cli.help.arguments", "options": "cli.help.options"}
        super().start_section(t(known[heading]) if heading in known else heading)


class Parser(argparse.ArgumentParser):
    """Speaks as the terminal does, and so does each command's own."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, formatter_class=Help, add_help=False)
        self.add_argument("-h", "--help", action="help", help=t("cli.help.help"))


def serve(_: argparse.Namespace) -> int:
    from karaoke_ui.supervisor import Supervisor
    from pipeline import lifeline

    lifeline.hold()
    return Supervisor().run()


def stage(_: argparse.Namespace) -> int:
    from karaoke_ui import kiosk

    return kiosk.run(_settings())


def import_songs(chosen: argparse.Namespace) -> int:
    from pipeline.intake import bring, report

    box = _open()
    # A night may be on: whoever sings goes first.
    os.nice(10)
    missing = [path for path in chosen.paths if not path.exists()]
    done = report.Report(
        "import", [str(path) for path in chosen.paths], missing=[str(path) for path in missing]
    )
    for path in missing:
        _refuse(t("cli.import.gone", path=path))
    try:
        for outcome in bring.from_folders(box, [path for path in chosen.paths if path not in missing]):
            done.note(outcome)
            _tell(outcome)
    finally:
        kept = report.save(box.settings.reports, done)
    said = t("cli.import.done", added=done.added, known=done.known, refused=done.refused, report=kept)
    print(f"  {said}")
    return 1 if done.refused or missing else 0


def _tell(outcome: "Outcome") -> None:
    from pipeline.errors import AlreadyThere

    where = outcome.files[0] if outcome.files else outcome.name
    if isinstance(outcome.error, AlreadyThere):
        print(f"  · {where}: {of_error(outcome.error)}")
    elif outcome.error is not None:
        _refuse(f"{where}: {of_error(outcome.error)}")
    elif outcome.song is not None:
        print(f"  ✓ {where}")


def demo(_: argparse.Namespace) -> int:
    from pipeline.intake.demo_songs import take_in

    for song in take_in(_open()):
        print(f"  ✓ {song.title}")
    return 0


def models(chosen: argparse.Namespace) -> int:
    from pipeline.engines import models as known
    from pipeline.errors import EncoreError

    settings = _settings()
    refused = False
    for name in [] if chosen.check else chosen.names or [known.HTDEMUCS]:
        try:
            known.fetch(name, settings.model_folder, settings.hub_url, settings.models, _progress)
        except EncoreError as error:
            _refuse(of_error(error))
            refused = True
    for model in known.report(settings.model_folder, settings.models):
        state = t(f"cli.models.{model.state}")
        licence = "" if model.own else f"  ({t('cli.models.licence')})"
        print(f"  {model.name:12} {state:12} {of_note(model.reason) or model.path}{licence}")
    return 1 if refused and chosen.names else 0


def migrate(_: argparse.Namespace) -> int:
    from pipeline import migrate as migration

    settings = _writable()
    done = migration.upgrade(settings.database, settings.backups)
    key = "cli.migrate.done" if done else "cli.migrate.already"
    print(f"  {t(key, database=settings.database, revision=migration.head())}")
    return 0


def rebuild(_: argparse.Namespace) -> int:
    from pipeline.errors import EncoreError
    from pipeline.keeping import rebuild as rebuilding

    box = _open()
    try:
        done = rebuilding.rebuild(box, lambda title: print(f"  ✓ {title}"))
    except EncoreError as error:
        _refuse(of_error(error))
        return 1
    for name in done.left:
        _refuse(t("cli.rebuild.left", name=name))
    print(f"  {plural('cli.rebuild.done', done.tracks, folder=box.settings.library)}")
    return 1 if done.left else 0


def password(_: argparse.Namespace) -> int:
    """The one who has this shell owns the box."""
    from karaoke_ui import address, auth
    from karaoke_ui.show.rights import BOX

    box = _open()
    with box.db.write() as s:
        code = auth.forget_password(s, BOX)
    print(f"  {t('cli.password.done', url=f'{address.join(box.settings).address}/host', code=code)}")
    return 0


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
    "stage": stage,
    "import": import_songs,
    "demo": demo,
    "models": models,
    "migrate": migrate,
    "rebuild": rebuild,
    "password": password,
    "doctor": doctor,
}


def _settings() -> "Settings":
    from pipeline import log
    from pipeline.errors import WrongSettings
    from pipeline.settings import load

    try:
        settings = load()
    except WrongSettings as error:
        sys.exit(of_error(error))
    log.configure("warning", settings.log_format, "command")
    return settings


def _writable() -> "Settings":
    """For what writes into the folder for everything."""
    from pipeline.errors import WrongSettings
    from pipeline.settings import make_folder

    settings = _settings()
    try:
        make_folder(settings)
    except WrongSettings as error:
        sys.exit(of_error(error))
    return settings


def _open() -> "Box":
    """The library, migrated: a command may be the first thing that runs on a box."""
    from pipeline import migrate as migration
    from pipeline.box import Box

    settings = _writable()
    migration.upgrade(settings.database, settings.backups)
    return Box.open(settings)


def _refuse(words: str) -> None:
    print(f"  ✗ {words}", file=sys.stderr)


def _progress(share: float | None) -> None:
    if sys.stderr.isatty():
        doing = (
            t("cli.models.converting") if share is None else f"{t('cli.models.fetching')} {percent(share)}"
        )
        sys.stderr.write(f"\r  {doing:40}")


if __name__ == "__main__":
    main()
