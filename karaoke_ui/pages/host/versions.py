"""The versions of a song: which of them is sung, and what becomes of the others."""

from collections.abc import Awaitable, Callable
from functools import partial

from karaoke_ui import actions
from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import length
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t
from pipeline.tables import Track


class VersionsSheet:
    """One row a version; the one that is sung has the mark."""

    def __init__(self, desk: Desk, sheet: Sheet) -> None:
        self._desk = desk
        self._sheet = sheet

    def open(self, song: SongView, known: list[Track]) -> None:
        choices = [
            Choice(_words(each), "check" if each.id == song.track_id else "music_note", self._of(song, each))
            for each in known
        ]
        self._sheet.open(t("host.library.which_version", title=song.title), choices)

    def _of(self, song: SongView, version: Track) -> Callable[[], None]:
        return partial(
            self._sheet.open,
            song.title,
            [
                Choice(t("host.versions.sing"), "mic", partial(self._choose, song, version)),
                Choice(t("host.versions.part"), "call_split", partial(self._part, song, version)),
                Choice(
                    t("host.versions.throw"), "delete_outline", partial(self._throw, song, version), "bad"
                ),
            ],
            _words(version),
        )

    async def _choose(self, song: SongView, version: Track) -> None:
        with self._desk.caught():
            await self._desk.do(actions.choose_version, song.id, version.id)

    async def _part(self, song: SongView, version: Track) -> None:
        with self._desk.caught():
            own = await self._desk.do(actions.split_version, version.id)
            back = partial(self._desk.do, actions.merge_songs, song.id, own.id)
            self._say("parted", own.title, back)

    async def _throw(self, song: SongView, version: Track) -> None:
        with self._desk.caught():
            own = await self._desk.do(actions.throw_version, version.id)
            back = partial(self._desk.do, actions.restore_version, song.id, own.id)
            self._say("thrown", own.title, back)

    def _say(self, key: str, title: str, back: Callable[[], Awaitable[object]]) -> None:
        async def undo() -> None:
            await back()
            self._desk.house.wake()

        self._desk.say(t(f"host.versions.{key}", title=title), undo=undo)


def _words(version: Track) -> str:
    return t("host.library.version", what=version.label or version.file_name, time=length(version.seconds))
