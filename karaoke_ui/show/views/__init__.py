"""What the screens show, read from the database as frozen values: built once for each change, shared by every screen."""

from karaoke_ui.show.views.jobs import JobView, job_list
from karaoke_ui.show.views.library import SongPage, SongView, Sung, cover, song, songs, these
from karaoke_ui.show.views.night import NowView, ShowView, StageView, SungView, show
from karaoke_ui.show.views.people import SingerView, singer, singers
from karaoke_ui.show.views.queue import QueueView, Shift, TurnView, preview, turn
from karaoke_ui.show.views.voices import PartnerView

__all__ = [
    "JobView",
    "NowView",
    "PartnerView",
    "QueueView",
    "Shift",
    "ShowView",
    "SingerView",
    "SongPage",
    "SongView",
    "StageView",
    "Sung",
    "SungView",
    "TurnView",
    "cover",
    "job_list",
    "preview",
    "show",
    "singer",
    "singers",
    "song",
    "songs",
    "these",
    "turn",
]
