"""Film: a picture that browsers cannot play becomes one that they can, once its song can be sung."""

from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.tables import Track
from pipeline.video import film
from pipeline.work import Work

# Its name beside the original.
FILM = "film.mp4"


def run(work: Work) -> None:
    with work.box.db.read() as s:
        track = s.get(Track, work.held.track_id)
    if track is None:
        raise NotFound(what="song")
    if not track.video or track.video == FILM:
        return
    source = work.folder / track.video
    picture = film.look(source)
    if picture is None or film.plays(source, picture):
        return
    if not (work.folder / FILM).is_file():
        film.make(source, work.folder / FILM, picture, work.pause_point)
    with work.box.db.write() as s:
        now = s.get_one(Track, track.id)
        if now.video == track.video:
            now.video = FILM
            s.add(now)
            announce(s, "track", now.id)
