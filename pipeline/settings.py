"""What can be set from outside: `KARAOKE_*` variables and a `.env` file, checked before anything starts."""

import difflib
import errno
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import BadSetting, UnknownSetting, WrongSettings

PREFIX = "KARAOKE_"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Settings(BaseModel):
    """One field, one `KARAOKE_…` variable; the descriptions are the README's settings table."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    data: Path = Field(Path("data"), description="Folder for everything the box remembers")
    host: str = Field("0.0.0.0", description="Address to listen on")  # noqa: S104 - phones must reach it
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on")
    public_url: str = Field(
        "", pattern=r"^(https?://[^\s/]+(/.*)?)?$", description="Address in the QR code, if not the box's own"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="How it is logged; auto: readable in a terminal, JSON elsewhere"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="Where the voice is taken out")
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", description="auto measures which is faster here"
    )
    engine: Literal["htdemucs", "center"] = Field(
        "htdemucs", description="How the voice is taken out; center is the quick mix that needs no model"
    )
    hub_url: str = Field(
        "https://huggingface.co",
        pattern=r"^https?://",
        description="Where the separation model is fetched first",
    )
    models: Path | None = Field(None, description="A second, read-only folder to look for models in")
    folders: str = Field(
        "", description="Folders watched for songs, with a colon between them; new files in them come in"
    )
    max_upload_mb: int = Field(1024, ge=1, description="Largest file taken, in MB")
    max_guest_upload_mb: int = Field(
        100, ge=1, description="Largest file taken from a guest's phone, in MB, where the host allows it"
    )
    max_song_minutes: int = Field(30, ge=1, description="Longest song taken, in minutes")
    online: bool = Field(
        True, description="Whether services outside are asked: for songs, titles, covers and words"
    )
    musicbrainz_url: str = Field(
        "https://musicbrainz.org", pattern=r"^https?://", description="Where titles and artists are looked up"
    )
    coverart_url: str = Field(
        "https://coverartarchive.org", pattern=r"^https?://", description="Where covers are looked for"
    )
    itunes_url: str = Field(
        "https://itunes.apple.com",
        pattern=r"^https?://",
        description="Where titles, covers and explicit marks are looked up",
    )
    lrclib_url: str = Field(
        "https://lrclib.net", pattern=r"^https?://", description="Where the words of songs are looked up"
    )
    youtube_url: str = Field(
        "https://www.youtube.com",
        pattern=r"^https?://[^/]+$",
        description="Where YouTube is reached; another address gets all requests for it",
    )
    youtube_height: int = Field(
        480, ge=0, le=2160, description="Most lines of the picture fetched with a song; 0 fetches none"
    )
    youtube_cookies: Path | None = Field(None, description="Cookies file of a YouTube account, Netscape form")
    proxy: str = Field(
        "", pattern=r"^((https?|socks[45][ah]?)://.+)?$", description="Proxy for fetching from YouTube"
    )
    wifi_name: str = Field(
        "", max_length=32, description="Name of the guests' Wi-Fi: the TV shows it with a code to scan"
    )
    wifi_password: str = Field("", max_length=63, description="Its password, empty for an open one")
    trash_days: int = Field(
        30, ge=0, le=3650, description="Days until what is in the trash is removed for good; 0: never"
    )
    filler: Path | None = Field(
        None, description="Folder with music for between the songs, if not `filler` in the data folder"
    )
    cache_mb: int = Field(1000, ge=50, description="Space for songs rendered in another key or tempo, in MB")
    slow_query_ms: int = Field(200, ge=1, description="Queries slower than this are logged")

    @property
    def database(self) -> Path:
        return self.data / "encore.db"

    @property
    def library(self) -> Path:
        return self.data / "library"

    @property
    def incoming(self) -> Path:
        return self.data / "incoming"

    @property
    def model_folder(self) -> Path:
        return self.data / "models"

    @property
    def cache(self) -> Path:
        """What can be made again: it may be deleted while the box is off."""
        return self.data / "cache"

    @property
    def locks(self) -> Path:
        return self.data / "locks"

    @property
    def watched(self) -> tuple[Path, ...]:
        return tuple(Path(each).expanduser() for each in self.folders.split(os.pathsep) if each.strip())

    @property
    def reports(self) -> Path:
        return self.data / "reports"

    @property
    def backups(self) -> Path:
        return self.data / "backups"


def load(environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Settings from the environment over the `.env` file, or one `WrongSettings` that names every mistake."""
    from_file = (
        {name: value or "" for name, value in dotenv_values(env_file).items()} if env_file.is_file() else {}
    )
    given = {**from_file, **(os.environ if environ is None else environ)}
    values = {
        name.upper().removeprefix(PREFIX).lower(): value
        for name, value in given.items()
        if name.upper().startswith(PREFIX)
    }
    problems: list[WrongSettings] = [_unknown(name) for name in values if name not in Settings.model_fields]
    try:
        settings = Settings.model_validate(
            {k: v for k, v in values.items() if k in Settings.model_fields and v != ""}
        )
    except ValidationError as error:
        problems += [_wrong(each) for each in error.errors()]
        settings = None
    if settings is None or problems:
        raise WrongSettings(problems=problems)
    # Other programs (npm, ffmpeg) are started in other folders: a relative path would mean another place there.
    return settings.model_copy(update={"data": settings.data.absolute()})


def make_folder(settings: Settings) -> None:
    """The folder for everything, made where it is not there yet; one that cannot be had is a wrong setting too."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.data):
            pass
    except OSError as error:
        if error.errno in NO_ROOM:
            return  # said by whatever needs the room
        raise BadSetting(str(error), name=_variable("data"), value=settings.data, reason="folder") from error


def unheard(settings: Settings, why: str) -> WrongSettings:
    """Where nothing can listen: the port is to blame, or the address."""
    name = "host" if why == "nowhere" else "port"
    return BadSetting(name=_variable(name), value=getattr(settings, name), reason=why)


def _unknown(name: str) -> WrongSettings:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    if near:
        return UnknownSetting(name=_variable(name), reason="like", like=_variable(near[0]))
    return UnknownSetting(name=_variable(name))


def _wrong(found: ErrorDetails) -> WrongSettings:
    """What is allowed is told by the kind of the mistake, and of a form by the setting that has it."""
    name, reason, context = str(found["loc"][0]), found["type"], found.get("ctx", {})
    if reason == "string_pattern_mismatch":
        reason = "proxy" if name == "proxy" else "address"
    return BadSetting(
        found["msg"],
        name=_variable(name),
        value=found["input"],
        reason=reason,
        least=context.get("ge"),
        most=context.get("le"),
        choices=", ".join(f"“{each}”" for each in get_args(Settings.model_fields[name].annotation)),
    )


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"
