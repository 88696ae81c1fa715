"""What the screens show, read from the database as frozen values: built once for each change, shared by every screen."""

from karaoke_ui.show.views.jobs import JobView, job_list
from karaoke_ui.show.views.library import SongPage, SongView, Sung, cover, is_whole, song, songs
from karaoke_ui.show.views.night import (
    NowView,
    ShowView,
    SingerView,
    StageView,
    SungView,
    TurnView,
    show,
    singers,
    turn,
)

__all__ = [
    "JobView",
    "NowView",
    "ShowView",
    "SingerView",
    "SongPage",
    "SongView",
    "StageView",
    "Sung",
    "SungView",
    "TurnView",
    "cover",
    "is_whole",
    "job_list",
    "show",
    "singers",
    "song",
    "songs",
    "turn",
]
