"""Every error Encore raises on purpose.

    EncoreError
    ├── InputError              422  what came from outside cannot be used
    │   ├── EmptyFile
    │   ├── NotAudio
    │   ├── DamagedFile
    │   ├── UnknownCodec
    │   ├── SilentFile
    │   ├── NotWords
    │   ├── NotAPicture
    │   ├── NoPartner
    │   ├── BadArchive
    │   ├── Unreadable
    │   ├── WrongModel
    │   ├── TooLong
    │   ├── TooShort
    │   ├── TooLarge            413
    │   ├── TooMuch             413
    │   ├── BadValue
    │   ├── NotAVideoLink
    │   └── VideoRefused
    │       ├── VideoGone
    │       ├── VideoPrivate
    │       ├── VideoAgeGate
    │       ├── VideoNotInRegion
    │       └── VideoLive
    ├── RightsError             403  who asks may not do this
    │   ├── NotLoggedIn         401
    │   ├── WrongPassword       401
    │   ├── WrongCode           401
    │   └── TooManyTries        429
    ├── NotFound                404
    ├── Conflict                409  it clashes with what is there
    │   ├── AlreadyThere
    │   ├── NotReady
    │   └── StaleQueue
    ├── Unavailable             503  the box cannot do it right now
    │   ├── DatabaseBusy
    │   ├── DiskFull            507
    │   ├── NoWeights
    │   ├── NotFetched
    │   │   ├── NoJavaScript
    │   │   ├── YouTubeBlocked
    │   │   ├── YouTubeOffline
    │   │   └── YouTubeStrange
    │   └── ServiceDown
    ├── WrongSettings           500  the box was started with settings it cannot use
    │   ├── UnknownSetting
    │   └── BadSetting
    ├── Crashed                 500  work that ended its worker again and again
    └── JobStopped              409  ends the work on a job; never shown to a person
        ├── JobCancelled
        ├── JobGaveWay
        ├── JobPutOff
        └── JobLost

Each class has a stable `code` (its place in the REST body) and an HTTP `status`. Its sentence stands in the catalogue,
by the code and, where one error has several, by the keyword `reason` or `what`; the other keyword arguments are filled
in. `detail` is for the log alone. An error that is written down (in a job, a report) is kept as its `note`, and put
into words by whoever shows it.
"""

import json
import re
from typing import ClassVar, TypedDict

from pipeline import catalogue


class Plain(TypedDict):
    """An error without its class."""

    code: str
    context: dict[str, object]


class EncoreError(Exception):
    """Something went wrong that Encore knows about."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", **context: object) -> None:
        self.detail = detail
        self.context = context
        super().__init__(detail)

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, language: str = catalogue.ENGLISH) -> str:
        """What a person is told."""
        return catalogue.sentence(**self.plain(), language=language)

    @property
    def note(self) -> str:
        """To be kept, and put into words later."""
        return json.dumps(self.plain(), ensure_ascii=False)

    def plain(self) -> Plain:
        """Code and context as values that JSON knows."""
        return {"code": self.code, "context": {name: _plain(each) for name, each in self.context.items()}}


def _plain(value: object) -> object:
    if isinstance(value, EncoreError):
        return value.plain()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | None) else str(value)


class InputError(EncoreError):
    """What came from outside cannot be used."""

    status = 422


class EmptyFile(InputError):
    """A file of zero bytes."""


class NotAudio(InputError):
    """The content is no sound, whatever the name says."""


class DamagedFile(InputError):
    """It begins like a song, but cannot be decoded to its end."""


class UnknownCodec(InputError):
    """Sound in a form that nothing here can decode."""


class TooShort(InputError):
    """A sound, but no song."""


class SilentFile(InputError):
    """It decodes, and nothing can be heard."""


class NotWords(InputError):
    """The content is no text, whatever the name says."""


class NoPartner(InputError):
    """One half of a song without the other."""


class BadArchive(InputError):
    """A zip that is broken, or that would do harm."""


class NotAPicture(InputError):
    """The content is no picture that can be shown, whatever the name says."""


class WrongModel(InputError):
    """A file that cannot take the voice out of a song."""


class Unreadable(InputError):
    """A file that the system does not give."""


class TooLong(InputError):
    """Longer than the box takes."""


class TooLarge(InputError):
    """More bytes than the box takes."""

    status = 413


class TooMuch(InputError):
    """A request that brings more bytes than it may."""

    status = 413


class BadValue(InputError):
    """A value outside of what is allowed."""


class NotAVideoLink(InputError):
    """An address that leads to no video, or to no place that videos are fetched from."""


class VideoRefused(InputError):
    """YouTube does not play it, for a reason of its own."""


class VideoGone(VideoRefused):
    """Removed, or never there."""


class VideoPrivate(VideoRefused):
    """For invited accounts, or for members of its channel."""


class VideoAgeGate(VideoRefused):
    """Only for accounts of a proven age."""


class VideoNotInRegion(VideoRefused):
    """Not in the country that the box stands in."""


class VideoLive(VideoRefused):
    """A live stream, running or to come."""


class RightsError(EncoreError):
    """Who asks may not do this."""

    status = 403


class NotLoggedIn(RightsError):
    """No login, or one that has ended."""

    status = 401


class WrongPassword(RightsError):
    """The host's password did not match."""

    status = 401


class WrongCode(RightsError):
    """A one-time or pairing code did not match."""

    status = 401


class TooManyTries(RightsError):
    """More than the rate limit allows."""

    status = 429


class NotFound(EncoreError):
    """What was asked for is not there."""

    status = 404


class Conflict(EncoreError):
    """It clashes with what is there."""

    status = 409


class AlreadyThere(Conflict):
    """The same thing a second time."""


class NotReady(Conflict):
    """It cannot be done yet."""


class StaleQueue(Conflict):
    """The queue moved between looking and pressing."""


class Unavailable(EncoreError):
    """The box cannot do it right now."""

    status = 503


class DatabaseBusy(Unavailable):
    """The database stayed locked through every retry."""


class DiskFull(Unavailable):
    """No room left for the file."""

    status = 507


class NoWeights(Unavailable):
    """The separation model is not there and could not be fetched."""


class NotFetched(Unavailable):
    """An outside service did not give what was asked for."""


class ServiceDown(Unavailable):
    """An outside service gives no answer that can be used, or is left alone because it gave none before."""


class NoJavaScript(NotFetched):
    """The downloader works, but finds nothing to run YouTube's own player with."""


class YouTubeBlocked(NotFetched):
    """It answers this address, but gives it no video."""


class YouTubeOffline(NotFetched):
    """No answer, or none that came to its end."""


class YouTubeStrange(NotFetched):
    """An answer that the downloader does not understand."""


class WrongSettings(EncoreError):
    """The box was started with settings it cannot use."""


class UnknownSetting(WrongSettings):
    """A name that no setting has."""


class BadSetting(WrongSettings):
    """A value that its setting cannot have."""


class Crashed(EncoreError):
    """Work that ended its worker again and again."""


class JobStopped(EncoreError):
    """Ends the work on a job; never shown to a person."""

    status = 409


class JobCancelled(JobStopped):
    """Somebody pressed cancel."""


class JobGaveWay(JobStopped):
    """A more urgent job is due; this one goes on later from where it stands."""


class JobPutOff(JobStopped):
    """What is left of it has to wait for something that is going on."""


class JobLost(JobStopped):
    """Another attempt holds this job now: what this one writes no longer counts."""
