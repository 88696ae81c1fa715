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
    │   ├── TooLong
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
    │   │   ├── YouTubeBlocked
    │   │   ├── YouTubeOffline
    │   │   └── YouTubeStrange
    │   └── ServiceDown
    ├── WrongSettings           500  the box was started with settings it cannot use
    └── JobStopped              409  ends the work on a job; never shown to a person
        ├── JobCancelled
        ├── JobGaveWay
        └── JobLost

Each class has a stable `code` (its place in the REST body), an HTTP `status` and a sentence for the person, filled from
the keyword arguments of the error. Everything else that was passed goes to the log and into the `context` of the body.
"""

import re
from typing import ClassVar


class EncoreError(Exception):
    """Something went wrong that Encore knows about."""

    status: ClassVar[int] = 500
    sentence: ClassVar[str] = "Something went wrong. Please try again."
    code: ClassVar[str] = "error"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", **context: object) -> None:
        self.detail = detail
        self.context = context
        super().__init__(detail or str(self))

    def __str__(self) -> str:
        try:
            return self.sentence.format_map(self.context)
        except KeyError:
            return self.detail or self.sentence


class InputError(EncoreError):
    """What came from outside cannot be used."""

    status = 422
    sentence = "This cannot be used."


class EmptyFile(InputError):
    """A file of zero bytes."""

    sentence = "“{name}” is empty. Please choose another file."


class NotAudio(InputError):
    """The content is no sound, whatever the name says."""

    sentence = "“{name}” is not a song: there is no sound in it."


class DamagedFile(InputError):
    """It begins like a song, but cannot be decoded to its end."""

    sentence = "“{name}” is damaged and cannot be played. Please try another copy."


class UnknownCodec(InputError):
    """Sound in a form that nothing here can decode."""

    sentence = "“{name}” keeps its sound in a form that this box cannot play. Please try another copy."


class SilentFile(InputError):
    """It decodes, and nothing can be heard."""

    sentence = "“{name}” is silent from start to end."


class NotWords(InputError):
    """The content is no text, whatever the name says."""

    sentence = "This is not a file of words: there is no text in it."


class NoPartner(InputError):
    """One half of a song without the other."""

    sentence = "“{name}” is of no use alone: “{missing}” is not beside it."


class BadArchive(InputError):
    """A zip that is broken, or that would do harm."""

    sentence = "“{name}” is not unpacked: {reason}."


class NotAPicture(InputError):
    """The content is no picture that can be shown, whatever the name says."""

    sentence = "This is not a picture that can be used. A JPEG, PNG or WebP can."


class Unreadable(InputError):
    """A file that the system does not give."""

    sentence = "“{name}” cannot be read: {reason}."


class TooLong(InputError):
    """Longer than the box takes."""

    sentence = "“{name}” is too long: a song may last {limit} minutes at most."


class TooLarge(InputError):
    """More bytes than the box takes."""

    status = 413
    sentence = "“{name}” is too large: a file may have {limit} MB at most."


class TooMuch(InputError):
    """A request that brings more bytes than it may."""

    status = 413
    sentence = "That is too much at once: {limit} MB is the most."


class BadValue(InputError):
    """A value outside of what is allowed."""

    sentence = "{what} cannot be “{value}”: {allowed}."


class NotAVideoLink(InputError):
    """An address that leads to no video, or to no place that videos are fetched from."""

    sentence = "This link does not lead to a YouTube video."


class VideoRefused(InputError):
    """YouTube does not play it, for a reason of its own."""

    sentence = "YouTube does not play “{name}”: {reason}."


class VideoGone(VideoRefused):
    """Removed, or never there."""

    sentence = "“{name}” is not on YouTube any more."


class VideoPrivate(VideoRefused):
    """For invited accounts, or for members of its channel."""

    sentence = "“{name}” is private: YouTube shows it to invited people only."


class VideoAgeGate(VideoRefused):
    """Only for accounts of a proven age."""

    sentence = (
        "YouTube wants proof of age for “{name}”. The host can give the box a cookies file of an account."
    )


class VideoNotInRegion(VideoRefused):
    """Not in the country that the box stands in."""

    sentence = "“{name}” is not available in this country."


class VideoLive(VideoRefused):
    """A live stream, running or to come."""

    sentence = "“{name}” is a live stream: it has no end, so it cannot be prepared."


class RightsError(EncoreError):
    """Who asks may not do this."""

    status = 403
    sentence = "Only the host can do that."


class NotLoggedIn(RightsError):
    """No login, or one that has ended."""

    status = 401
    sentence = "Please log in first."


class WrongPassword(RightsError):
    """The host's password did not match."""

    status = 401
    sentence = "That password is not right."


class WrongCode(RightsError):
    """A one-time or pairing code did not match."""

    status = 401
    sentence = "That code is not right."


class TooManyTries(RightsError):
    """More than the rate limit allows."""

    status = 429
    sentence = "That was a bit fast. Please try again in {seconds} seconds."


class NotFound(EncoreError):
    """What was asked for is not there."""

    status = 404
    sentence = "That {what} is not there any more."


class Conflict(EncoreError):
    """It clashes with what is there."""

    status = 409
    sentence = "That does not fit with what is there already."


class AlreadyThere(Conflict):
    """The same thing a second time."""

    sentence = "“{name}” is there already."


class NotReady(Conflict):
    """It cannot be done yet."""

    sentence = "{what} is not ready yet."


class StaleQueue(Conflict):
    """The queue moved between looking and pressing."""

    sentence = "The queue has just changed. Have a look and try again."


class Unavailable(EncoreError):
    """The box cannot do it right now."""

    status = 503
    sentence = "That does not work right now. Please try again in a moment."


class DatabaseBusy(Unavailable):
    """The database stayed locked through every retry."""

    sentence = "The box is very busy. Please try again in a moment."


class DiskFull(Unavailable):
    """No room left for the file."""

    status = 507
    sentence = "The disk of the box is full. Free some space and try again."


class NoWeights(Unavailable):
    """The separation model is not there and could not be fetched."""

    sentence = "The model that takes the voice out is not here: {reason}."


class NotFetched(Unavailable):
    """An outside service did not give what was asked for."""

    sentence = "{what} could not be fetched: {reason}."


class ServiceDown(Unavailable):
    """An outside service gives no answer that can be used, or is left alone because it gave none before."""

    sentence = "{service} cannot be reached: {reason}."


class YouTubeBlocked(NotFetched):
    """It answers this address, but gives it no video."""

    sentence = "YouTube refuses this box at present. It often passes by itself; a newer downloader or a cookies file helps."


class YouTubeOffline(NotFetched):
    """No answer, or none that came to its end."""

    sentence = "YouTube cannot be reached from this box. Is it online?"


class YouTubeStrange(NotFetched):
    """An answer that the downloader does not understand."""

    sentence = (
        "YouTube answered in a way the downloader does not understand. Updating the downloader usually helps."
    )


class WrongSettings(EncoreError):
    """The box was started with settings it cannot use."""

    sentence = "{problems}"


class JobStopped(EncoreError):
    """Ends the work on a job; never shown to a person."""

    status = 409


class JobCancelled(JobStopped):
    """Somebody pressed cancel."""

    sentence = "This was cancelled."


class JobGaveWay(JobStopped):
    """A more urgent job is due; this one goes on later from where it stands."""


class JobLost(JobStopped):
    """Another attempt holds this job now: what this one writes no longer counts."""
