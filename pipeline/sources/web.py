"""The one HTTP client for outside services: patient where that helps, brief where it does not, and never trusting.

A request has a time limit, is tried again after network errors, 429 and 5xx, and obeys `Retry-After`. A service that
keeps failing is left alone for a while (`breaker.py`), and what it answered is kept on disk (`cache.py`). An answer may
lead to other addresses on http and https, but not into the house's own network, unless the service itself stands there.
"""

import fcntl
import ipaddress
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import structlog

from pipeline import __version__
from pipeline.db import Database
from pipeline.errors import EncoreError, ServiceDown
from pipeline.settings import Settings
from pipeline.sources import breaker
from pipeline.sources.breaker import Breaker, Rest, State
from pipeline.sources.cache import Cache, Kept

log = structlog.get_logger()

T = TypeVar("T")

USER_AGENT = f"Encore/{__version__}"
DAY = 86400.0
MAX_REDIRECTS = 5
# A wait looks this often whether it is still wanted.
LOOK_SECONDS = 0.1
NOT_THERE = {404, 410}
AGAIN_LATER = {408, 425, 429}


@dataclass(frozen=True)
class Service:
    """Somebody outside: a name for us, one for people, an address, and the least time between two requests."""

    name: str
    title: str
    url: str
    pause: float = 0.0


@dataclass(frozen=True)
class Patience:
    """How long to wait for whom. Tests are less patient."""

    tries: int = 3
    connect: float = 4.0
    read: float = 8.0
    # For the whole of one answer, however slowly it drips in.
    whole: float = 20.0
    # Before the second try; doubled for each further one.
    backoff: float = 0.5
    # A service that asks for more than this is left alone instead.
    longest_wait: float = 5.0
    rest: Rest = field(default_factory=Rest)


class Web:
    """Asks outside services. One object for the threads of a process; never to be used inside a transaction."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.online = settings.online
        self._db = db
        self._patience = patience or Patience()
        self._transport = transport
        self._cache = Cache(settings.data / "cache" / "web")
        self._locks = settings.locks
        self._client: httpx.Client | None = None
        self._breakers: dict[str, Breaker] = {}
        self._lock = threading.Lock()

    def get(
        self,
        service: Service,
        where: str,
        read: Callable[[bytes], T],
        *,
        params: Mapping[str, str] | None = None,
        keep: float = 7 * DAY,
        limit: int = 2_000_000,
        check: Callable[[], None] = lambda: None,
    ) -> T | None:
        """What a service has at `where`: a path below its address, or a whole address that it named.

        `read` makes sense of the bytes, and raises `ValueError` where there is none in them. None: there is no such
        thing. Raises `ServiceDown`. `check` is called often and may raise to end the waiting.
        """
        try:
            url = httpx.URL(where if "://" in where else service.url.rstrip("/") + where)
        except httpx.InvalidURL as error:
            raise ServiceDown(str(error), service=service.title, reason=_reason(error)) from error
        url = url.copy_merge_params(params) if params else url
        kept = self._cache.get(str(url))
        if kept is not None:
            try:
                return read(kept.content) if kept.found else None
            except ValueError:
                log.info("kept answer no longer understood", service=service.name)
        kept, value = self._ask(_Request(service, url, limit, check), read)
        self._cache.put(str(url), kept, keep if kept.found else min(keep, DAY))
        return value

    def breaker(self, service: Service) -> Breaker:
        with self._lock:
            if not self._breakers:
                with self._db.read() as s:
                    known = breaker.states(s)
                self._breakers = {
                    name: Breaker(state, self._patience.rest, self._say) for name, state in known.items()
                }
            if service.name not in self._breakers:
                self._breakers[service.name] = Breaker(State(service.name), self._patience.rest, self._say)
            return self._breakers[service.name]

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _ask(self, request: "_Request", read: Callable[[bytes], T]) -> tuple[Kept, T | None]:
        """Ask until there is an answer that makes sense, or no hope for one."""
        service = request.service
        if not self.online:
            raise ServiceDown(service=service.title, reason="off")
        closing = self.breaker(service)
        self._open()
        for tried in range(1, self._patience.tries + 1):
            if not closing.let_in():
                raise ServiceDown(service=service.title, reason=closing.state.reason)
            try:
                self._keep_pace(request)
                kept = self._fetch(request)
                value = read(kept.content) if kept.found else None
                closing.worked()
                return kept, value
            except (_Failed, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                failed = error if isinstance(error, _Failed) else _Failed(_reason(error), again=_again(error))
                too_long = failed.wait > self._patience.longest_wait
                closing.failed(failed.reason, failed.wait if too_long else 0.0)
                log.info(
                    "service failed",
                    service=service.name,
                    reason=failed.reason,
                    detail=str(error),
                    tried=tried,
                )
                if tried == self._patience.tries or too_long or not failed.again:
                    raise ServiceDown(str(error), service=service.title, reason=failed.reason) from error
                pause = self._patience.backoff * 2 ** (tried - 1) * random.uniform(0.5, 1.5)  # noqa: S311
                self._wait(max(failed.wait, pause), request.check)
            except BaseException:
                closing.gave_up()
                raise
        raise AssertionError("the last try returns or raises")

    def _fetch(self, request: "_Request") -> Kept:
        """One request, and those that it leads to."""
        url, until = request.url, time.monotonic() + self._patience.whole
        house = _is_private(httpx.URL(request.service.url).host)
        # Where the service itself stands was chosen by the host; any other address was named by somebody outside.
        base = urlsplit(request.service.url)
        for _ in range(MAX_REDIRECTS + 1):
            if url.scheme not in {"http", "https"}:
                raise _Failed("no_page")
            if (url.scheme, url.netloc) != (base.scheme, base.netloc.encode()) and not house:
                _refuse_private(url.host)
            with self._open().stream("GET", url) as answer:
                if answer.next_request is None:
                    return self._answer(answer, request, until)
                url = answer.next_request.url
        raise _Failed("no_end")

    def _answer(self, answer: httpx.Response, request: "_Request", until: float) -> Kept:
        if answer.status_code in NOT_THERE:
            return Kept(b"", found=False)
        if not answer.is_success:
            again = answer.status_code in AGAIN_LATER or answer.status_code >= 500
            raise _Failed("answered", again, _retry_after(answer), f"status {answer.status_code}")
        content = bytearray()
        for block in answer.iter_bytes():
            content += block
            request.check()
            if len(content) > request.limit:
                raise _Failed("too_large")
            if time.monotonic() > until:
                raise _Failed("too_slow", again=True)
        return Kept(bytes(content))

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:  # its certificates take a moment to load: not before somebody asks
                patience = self._patience
                self._client = httpx.Client(
                    transport=self._transport,
                    timeout=httpx.Timeout(patience.read, connect=patience.connect),
                    headers={"User-Agent": USER_AGENT},
                )
            return self._client

    def _keep_pace(self, request: "_Request") -> None:
        """Wait until this service may be asked again, whichever process asked it last."""
        if not request.service.pause:
            return
        self._locks.mkdir(parents=True, exist_ok=True)
        with _only_one(self._locks / f"{request.service.name}.pace", request.check) as handle:
            since = time.time() - os.fstat(handle).st_mtime
            if os.fstat(handle).st_size and 0 <= since < request.service.pause:
                self._wait(request.service.pause - since, request.check)
            os.pwrite(handle, b".", 0)

    def _wait(self, seconds: float, check: Callable[[], None]) -> None:
        until = time.monotonic() + seconds
        check()  # however short the wait
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            check()

    def _say(self, state: State) -> None:
        log.warning("service down" if state.down else "service back", service=state.name, reason=state.reason)
        try:
            with self._db.write() as s:
                breaker.say(s, state)
        except EncoreError as error:
            log.warning("state of a service not noted", reason=str(error))


@dataclass(frozen=True)
class _Request:
    service: Service
    url: httpx.URL
    limit: int
    check: Callable[[], None]


class _Failed(Exception):
    """One request came to nothing."""

    def __init__(self, reason: str, again: bool = False, wait: float = 0.0, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason, self.again, self.wait = reason, again, wait


class _only_one:  # noqa: N801 - used like a function
    """A file that one thread of one process holds at a time."""

    def __init__(self, path: Path, check: Callable[[], None]) -> None:
        self._path = path
        self._check = check

    def __enter__(self) -> int:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT)
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self._handle
            except BlockingIOError:
                try:
                    self._check()
                except BaseException:
                    os.close(self._handle)
                    raise
                time.sleep(LOOK_SECONDS / 2)

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "late"
    if isinstance(error, httpx.ConnectError):
        return "no_way"
    if isinstance(error, httpx.HTTPError):
        return "broke_off"
    return "senseless"


def _again(error: Exception) -> bool:
    return isinstance(error, httpx.TransportError)


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that the service wants to be left alone: said as a number or as a date."""
    said = answer.headers.get("Retry-After", "")
    try:
        return max(
            0.0, float(said) if said[:1].isdigit() else parsedate_to_datetime(said).timestamp() - time.time()
        )
    except (ValueError, OverflowError):
        return 0.0


def _refuse_private(host: str) -> None:
    if _is_private(host):
        raise _Failed("private")


def _is_private(host: str) -> bool:
    """Whether a name stands for an address that is not out on the internet."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False  # nobody knows it: the request itself will say so
    return any(not is_public(str(address[4][0])) for address in found)


def is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inside is None or inside.is_global)
