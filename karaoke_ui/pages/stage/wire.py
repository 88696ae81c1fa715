"""What a stage is told: the whole state as JSON. Fields are only ever added, since an old page may still be open on a TV.

`singer` are all who sing, as they are read out: “Ada, Ben & Cleo”; `faces` are theirs.

Positions: the song's second now is `position + (now - at) * tempo`. It may be negative, and nothing sounds for `lead`
seconds of song after `position`: that long it is counted in. The count runs to the larger of `first_word` and
`position + lead`.
"""

from typing import Any

from karaoke_ui import address
from karaoke_ui.show import clock
from karaoke_ui.show.tables import Stage
from karaoke_ui.show.views import NowView, ShowView
from karaoke_ui.show.views.scene import CalledView, CreditsView, SceneView
from karaoke_ui.text import together
from pipeline.audio.sound import CHUNK_SECONDS, RATE

Message = dict[str, Any]
UPCOMING = 3


def state(show: ShowView, stage: Stage, boot: str, join: address.Join, *, elsewhere: bool = False) -> Message:
    """Everything a stage has to know, whole: it compares, and changes what differs. `elsewhere`: another page of the
    same stage plays, and this one is silent.
    """
    paired = stage.paired_at is not None
    language = show.rules.language
    coming = [
        {"singer": together(turn.names, language), "face": turn.face, "title": turn.title}
        for turn in show.queue[:UPCOMING]
    ]
    return {
        "type": "state",
        "boot": boot,
        # Rises with everything that moves the show, as long as the box runs.
        "version": show.playback,
        "now": clock.now(),
        "stage": {
            "code": "" if paired else stage.code,
            "paired": paired,
            "leading": stage.leads and not elsewhere,
            "elsewhere": elsewhere,
            "name": stage.name,
            "sound_offset": stage.sound_offset,
            "picture_offset": stage.picture_offset,
        },
        "night": {"name": show.night, "over": show.is_over, "takes_songs": show.takes_songs},
        "join": {"url": join.url, "address": join.address, "qr": join.qr},
        "scene": _scene(show.scene, language)
        if paired
        else {"name": "idle", "at": 0, "until": None, "called": None},
        "playback": _playback(show, show.now) if show.now and paired else None,
        "next": coming[0] if coming else None,
        "upcoming": coming,
        "last": {"singer": together(show.last.names, language), "title": show.last.title}
        if show.last
        else None,
        "waiting": len(show.queue),
        "room": {"volume": show.volume, "muted": show.muted},
        "run": show.rules.run.value,
        "count_in": show.rules.count_in,
        "theme": show.rules.theme,
        "language": language,
        "wifi": {"name": join.wifi, "qr": join.wifi_qr} if join.wifi and paired else None,
        "message": show.message,
        "credits": _credits(show.credits, language) if show.credits and paired else None,
    }


def _scene(scene: SceneView, language: str) -> Message:
    called = _called(scene.called, language) if scene.called else None
    return {"name": scene.name.value, "at": scene.at, "until": scene.until, "called": called}


def _called(called: CalledView, language: str) -> Message:
    return {
        "turn": called.turn_id,
        "singer": together(called.names, language),
        "face": called.face,
        "faces": called.faces,
        "title": called.title,
        "artist": called.artist,
        "cover": called.cover,
        "seconds": called.seconds,
        "key": called.key,
        "message": called.message,
        "wish": called.wish,
        "missed": called.missed,
        "first_word": called.first_word,
        "ready": called.ready,
        "track": called.track_id,
        "lyrics": {"version": called.lyrics_id} if called.lyrics_id else None,
    }


def _playback(show: ShowView, now: NowView) -> Message:
    return {
        "version": show.playback,
        "cue": show.cue,
        "state": now.state.value,
        "turn": now.turn_id,
        "track": now.track_id,
        "position": now.position,
        "at": now.at,
        "lead": max(0.0, now.sounds_from - now.position),
        "first_word": now.first_word,
        "last_word": now.last_word,
        "guide": show.guide,
        "volume": show.volume,
        "muted": show.muted,
        "rescue": show.rescue,
        "key": show.key,
        "tempo": show.tempo,
        "bpm": now.bpm,
        "gain": now.gain,
        "duration": now.seconds,
        "singer": together(now.names, show.rules.language),
        "face": now.face,
        "faces": now.faces,
        # Whose line it is, where the words are written for two.
        "voices": now.names if len(now.names) == 2 else None,
        "title": now.title,
        "artist": now.artist,
        "cover": now.cover,
        "closing": now.closing,
        "video": {"url": f"/stage/track/{now.track_id}/video", "from": 0.0}
        if now.backdrop.is_video
        else None,
        "backdrop": now.backdrop.kind.value,
        # Not drawn over a picture that carries them.
        "own_words": not now.backdrop.has_words,
        "chunks": {
            "seconds": CHUNK_SECONDS,
            "rate": RATE,
            "total": now.chunks,
            "separated": now.separated,
            "engine": now.engine,
            "quick": now.engine == "center",
        },
        "lyrics": {"version": now.lyrics_id} if now.lyrics_id else None,
    }


def _credits(credit: CreditsView, language: str) -> Message:
    return {
        "names": [{"name": each.name, "face": each.face, "songs": each.songs} for each in credit.names],
        "sung": [{"title": title, "singer": together(names, language)} for title, names in credit.sung],
        "songs": len(credit.sung),
        "singers": len(credit.names),
        "minutes": credit.minutes,
    }
