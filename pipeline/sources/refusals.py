"""A failure of yt-dlp in our own words. Imported anew with each version of it, as `tube.py` is."""

import re

from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError
from yt_dlp.utils import GeoRestrictedError

from pipeline.errors import (
    EncoreError,
    NotAudio,
    NotAVideoLink,
    VideoAgeGate,
    VideoGone,
    VideoLive,
    VideoNotInRegion,
    VideoPrivate,
    VideoRefused,
    YouTubeBlocked,
    YouTubeOffline,
    YouTubeStrange,
)

# What YouTube (or yt-dlp for it) says, and what that means; the first that fits counts.
REASONS: tuple[tuple[str, type[EncoreError]], ...] = (
    (r"redirection to url .* is not allowed", NotAVideoLink),
    (r"not a bot|rate.?limited|captcha|likely being blocked|too many requests", YouTubeBlocked),
    (r"private video|video is private|members.only|join this channel|only available to .*members", VideoPrivate),
    (r"confirm your age|age.restricted|inappropriate for some users|age.verification", VideoAgeGate),
    (r"(?:available|blocked) (?:it )?in your country|your country|geo.?restrict", VideoNotInRegion),
    (r"live event|live stream|premieres? in|is offline|will begin in", VideoLive),
    (r"requested format is not available", NotAudio),
    (r"removed|no longer available|terminated|does not exist|deleted|closed their", VideoGone),
    (r"video (?:is )?(?:unavailable|not available)|isn['’]t available", VideoGone),
)  # fmt: skip


class LeadsElsewhere(RequestError):  # type: ignore[misc]
    """An address that is none of YouTube's: met in an answer or in a redirect."""


def meaning(error: BaseException, name: str, troubles: list[RequestError]) -> EncoreError:
    """A failure of yt-dlp as one of ours."""
    chain = _chain(error)
    text = " ".join(str(each) for each in chain)
    if any(isinstance(each, LeadsElsewhere) for each in (*chain, *troubles[-1:])):
        return NotAVideoLink(text[:500])
    if any(isinstance(each, GeoRestrictedError) for each in chain):
        return VideoNotInRegion(text[:500], name=name)
    for pattern, kind in REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return kind(text[:500], name=name)
    network = [each for each in chain if isinstance(each, RequestError)]
    if not network and _is_puzzled(chain):
        network = troubles[-1:]
    if network:
        return _of_network(network[0], text[:500])
    said = next(
        (str(getattr(each, "orig_msg", "")) for each in chain if getattr(each, "expected", False)), ""
    )
    if said:
        return VideoRefused(text[:500], name=name, said=said[:200].strip(" ."))
    return YouTubeStrange(text[:500])


def _of_network(error: RequestError, detail: str) -> EncoreError:
    if isinstance(error, HTTPError):
        return YouTubeBlocked(detail) if 400 <= error.status < 500 else YouTubeOffline(detail)
    return YouTubeOffline(detail) if isinstance(error, TransportError) else YouTubeStrange(detail)


def _is_puzzled(chain: list[BaseException]) -> bool:
    """No player answered, and yt-dlp knows no reason."""
    return any("Failed to extract any player response" in str(each) for each in chain)


def _chain(error: BaseException | None) -> list[BaseException]:
    """An error with those that led to it, in yt-dlp's several ways to say so."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or each in seen:
            continue
        seen.append(each)
        info = getattr(each, "exc_info", None) or ()
        waiting += [*info[1:2], getattr(each, "cause", None), each.__cause__, each.__context__]
    return seen
