"""Songs that are karaoke already: used as they are, singable without the model; and what belongs together stays so."""

import io
import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.audio import AudioFrame, AudioStream
from sqlmodel import select

from karaoke_ui.show.readiness import Ready, readiness
from pipeline import jobs, library, lyrics
from pipeline.audio import stems as on_disk
from pipeline.audio.chunks import CHUNK_FRAMES, Reel
from pipeline.box import Box
from pipeline.errors import BadArchive, DamagedFile, NoPartner
from pipeline.formats import cdg
from pipeline.intake import bring
from pipeline.intake.bring import Outcome
from pipeline.steps import adopt
from pipeline.tables import Lane, Song, Track, TrackKind
from tests import karaoke, sound
from tests.workers import work_off, work_off_lane

LRC = b"[00:01.00]Daisy, Daisy\n[00:02.50]give me your answer, do\n"
PICTURE = karaoke.graphics(6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "music"
    made.mkdir()
    return made


def bring_in(box: Box, *paths: Path) -> list[Outcome]:
    return list(bring.from_folders(box, paths))


def take(box: Box, name: str, content: bytes) -> list[Outcome]:
    return bring.take(box, io.BytesIO(content), name, "upload")


def only_track(box: Box) -> Track:
    with box.db.read() as s:
        return s.exec(select(Track)).one()


def song_of(box: Box, track: Track) -> Song:
    with box.db.read() as s:
        return library.get(s, track.song_id)


def stems(box: Box, track: Track) -> tuple[Reel, Reel]:
    at = box.store.folder(track.id) / "stems" / track.engine
    return Reel(at / "vocals"), Reel(at / "instrumental")


def heard(reel: Reel) -> np.ndarray:
    return reel.read(0, reel.frames())


def is_ready(box: Box, track: Track) -> bool:
    with box.db.read() as s:
        job = jobs.of_tracks(s, [track.id]).get(track.id)
    found = readiness(track, job, speed=1.0)
    return found.state is Ready.READY and not found.quick


def errors(outcomes: list[Outcome]) -> list[str]:
    return [str(each.error) for each in outcomes if each.error is not None]


# ------------------------------------------------------------------------------------------------------ MP3+G


@pytest.mark.parametrize("ending", [".cdg", ".CDG"])
def test_a_disc_is_sung_as_it_is_without_any_separation(box: Box, folder: Path, ending: str) -> None:
    below = folder / "Disc 1"
    below.mkdir()
    (below / "SC8125-03 - Harry Dacre - Daisy Bell.MP3").write_bytes(karaoke.mp3())
    (below / f"sc8125-03 - harry dacre - daisy bell{ending}").write_bytes(PICTURE)
    assert errors(bring_in(box, folder)) == []
    work_off_lane(box, Lane.PREPARE)  # the lane that holds no model
    track = only_track(box)
    assert (track.kind, track.ready_made, track.engine) == (TrackKind.KARAOKE, True, "original")
    assert is_ready(box, track)
    vocals, instrumental = stems(box, track)
    mix = Reel(box.store.folder(track.id) / "mix")
    assert np.array_equal(heard(instrumental), heard(mix))
    assert vocals.frames() == mix.frames()
    assert not heard(vocals).any()
    with av.open(str(box.store.folder(track.id) / track.video)) as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert (video.duration or 0) / av.time_base == pytest.approx(6, abs=0.2)
    work_off(box)  # the rest of its steps
    assert only_track(box).engine == "original"


@pytest.mark.parametrize("order", [("a.mp3", "a.cdg"), ("a.cdg", "a.mp3")])
def test_the_halves_of_a_disc_find_each_other_in_any_order(
    box: Box, tmp_path: Path, order: tuple[str, str]
) -> None:
    content = {"a.mp3": karaoke.mp3(), "a.cdg": PICTURE}
    first, second = (take(box, name, content[name])[0] for name in order)
    assert (first.song is None) == (order[0] == "a.cdg")
    assert second.song is not None
    work_off(box)
    track = only_track(box)
    assert (track.kind, track.engine, track.video) == (TrackKind.KARAOKE, "original", "picture.mp4")
    assert is_ready(box, track)


def test_a_picture_that_comes_after_the_voice_was_taken_out_is_shown_all_the_same(
    box: Box, tmp_path: Path
) -> None:
    take(box, "a.mp3", karaoke.mp3())
    work_off(box)
    assert only_track(box).engine == "center"
    take(box, "a.cdg", PICTURE)
    work_off(box)
    assert (only_track(box).engine, only_track(box).video) == ("original", "picture.mp4")


def test_a_picture_that_comes_while_its_song_is_taken_over_is_not_lost(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(box, "a (Instrumental).mp3", karaoke.mp3())
    share = adopt._share

    def slowly(*args: Any) -> None:
        monkeypatch.undo()
        take(box, "a (Instrumental).cdg", PICTURE)
        share(*args)

    monkeypatch.setattr(adopt, "_share", slowly)
    work_off(box)
    assert (only_track(box).engine, only_track(box).video) == ("original", "picture.mp4")


def hold(box: Box, track_id: str) -> None:
    """The song stands on the stage; none does where it is empty."""
    with box.db.write() as s:
        on_disk.hold(s, track_id)


def there(box: Box, track: Track) -> dict[str, bytes]:
    """The chunks that are played, as they can be fetched now."""
    return {
        f"{reel.folder.name} {number}": reel.path(number).read_bytes()
        for reel in stems(box, track)
        for number in range(track.chunks)
    }


@pytest.mark.parametrize("name", ["a (Instrumental)", "a"])
@pytest.mark.parametrize("moment", ["_share", "_be_silent"])
def test_a_picture_that_comes_while_its_song_is_sung_takes_no_sound_away(
    box: Box, monkeypatch: pytest.MonkeyPatch, name: str, moment: str
) -> None:
    take(box, f"{name}.mp3", karaoke.mp3())
    work_off(box)
    before = only_track(box)
    played, go_on = there(box, before), getattr(adopt, moment)
    seen: list[bool] = []

    def looked_at(*args: Any) -> None:
        go_on(*args)
        seen.append(there(box, before) == played)

    monkeypatch.setattr(adopt, moment, looked_at)
    hold(box, before.id)
    take(box, f"{name}.cdg", PICTURE)
    work_off(box)
    now = only_track(box)
    assert (now.engine, now.separated, there(box, now)) == (before.engine, before.chunks, played)
    hold(box, "")
    work_off(box, later=60)
    assert seen
    assert all(seen)
    now = only_track(box)
    assert (now.engine, now.video) == ("original", "picture.mp4")
    assert is_ready(box, now)
    made = box.store.folder(now.id) / "stems"
    assert [path.name for path in made.iterdir()] == ["original"], "the disk is freed"


def test_another_picture_takes_the_place_of_the_one_before(box: Box) -> None:
    take(box, "a.mp3", karaoke.mp3())
    take(box, "a.cdg", PICTURE)
    work_off(box)
    shown = box.store.folder(only_track(box).id) / only_track(box).video
    before = shown.read_bytes()
    take(box, "a.cdg", karaoke.graphics(6, seed=2))
    work_off(box)
    assert shown.read_bytes() != before


def test_a_picture_without_its_song_is_told_about(box: Box, folder: Path) -> None:
    (folder / "a.cdg").write_bytes(PICTURE)
    (outcome,) = bring_in(box, folder)
    assert isinstance(outcome.error, NoPartner)
    assert str(outcome.error) == "“a.cdg” is of no use alone: “a.mp3” is not beside it."


def test_a_picture_that_is_none_is_refused(box: Box, folder: Path) -> None:
    (folder / "a.mp3").write_bytes(karaoke.mp3())
    (folder / "a.cdg").write_bytes(b"la la la" * 999)
    (outcome,) = bring_in(box, folder)
    assert str(outcome.error) == "“a.cdg” is damaged and cannot be played. Please try another copy."
    with pytest.raises(DamagedFile):
        take(box, "b.cdg", bytes(7200))


def test_what_is_a_disc_and_what_is_not() -> None:
    assert cdg.recognise(PICTURE)
    assert cdg.seconds(len(PICTURE)) == 6
    scratched = bytearray(PICTURE)
    for at in range(0, len(scratched), 24 * 10):
        scratched[at] = 0x3F
    assert cdg.recognise(bytes(scratched))
    assert not cdg.recognise(b"")
    assert not cdg.recognise(bytes(100_000))
    assert not cdg.recognise(np.random.default_rng(1).bytes(100_000))


def test_the_host_may_have_it_separated_all_the_same(box: Box, folder: Path) -> None:
    (folder / "a.mp3").write_bytes(karaoke.mp3())
    (folder / "a.cdg").write_bytes(PICTURE)
    bring_in(box, folder)
    work_off(box)
    track = only_track(box)
    with box.db.write() as s:
        jobs.separate_again(s, track.id)
    assert is_ready(box, only_track(box))
    work_off(box)
    assert only_track(box).engine == "center"


def test_work_cut_anywhere_is_done_again(box: Box, folder: Path) -> None:
    (folder / "a.mp3").write_bytes(karaoke.mp3(seconds=10))
    (folder / "a.cdg").write_bytes(PICTURE)
    bring_in(box, folder)
    work_off(box)
    track = only_track(box)
    shutil.rmtree(box.store.folder(track.id) / "stems" / "original" / "vocals")
    with box.db.write() as s:
        jobs.go_back(s, track.id, "adopt")
    work_off(box)
    vocals, instrumental = stems(box, track)
    assert vocals.frames() == instrumental.frames() > 2 * CHUNK_FRAMES


# ----------------------------------------------------------------------------------- films and instrumentals


@pytest.mark.parametrize(
    "name", ["Daisy Bell (Karaoke Version).mp4", "daisy_bell_karaoke.MKV", "Karaoke - Daisy Bell.mov"]
)
def test_a_karaoke_film_is_used_as_it_is(box: Box, folder: Path, name: str) -> None:
    made = sound.save(folder.parent / f"a{Path(name).suffix.lower()}", sound.song(5), picture=True)
    made.rename(folder / name)
    bring_in(box, folder)
    work_off(box)
    track = only_track(box)
    assert (track.kind, track.engine, track.video) == (TrackKind.KARAOKE, "original", "film.mp4")
    assert is_ready(box, track)


def test_an_instrumental_with_its_words(box: Box, folder: Path) -> None:
    sound.save(folder / "Harry Dacre - Daisy Bell (Instrumental).wav", sound.song(5))
    (folder / "harry dacre - daisy bell (instrumental).lrc").write_bytes(LRC)
    bring_in(box, folder)
    work_off(box)
    track = only_track(box)
    assert (track.kind, track.engine) == (TrackKind.INSTRUMENTAL, "original")
    with box.db.read() as s:
        words = lyrics.load(s, track.id)
    assert words is not None
    assert [line.text for line in words.lines] == ["Daisy, Daisy", "give me your answer, do"]


@pytest.mark.parametrize("name", ["Drake - Karaoke.mp3", "Daisy Bell.mp3", "Instrumental.mp3"])
def test_a_song_is_no_karaoke_because_of_its_title(box: Box, folder: Path, name: str) -> None:
    (folder / name).write_bytes(karaoke.mp3())
    bring_in(box, folder)
    assert not only_track(box).ready_made


# -------------------------------------------------------------------------------------------------- UltraStar


def ultrastar(
    folder: Path, audio: str = "daisy.mp3", text: str = karaoke.ULTRASTAR, encoding: str = "utf-8"
) -> Path:
    below = folder / "Harry Dacre - Daisy Bell"
    below.mkdir()
    (below / "notes.txt").write_bytes(text.replace("{audio}", audio).encode(encoding))
    return below


def test_an_ultrastar_folder_brings_song_words_film_and_cover(box: Box, folder: Path) -> None:
    said = karaoke.ULTRASTAR.replace("#BPM", "#VIDEO:Film.mp4\n#COVER:cover.png\n#BPM").replace(
        "Bell", "Béll"
    )
    below = ultrastar(folder, text=said, encoding="cp1252")
    (below / "Daisy.mp3").write_bytes(karaoke.mp3())
    sound.save(below / "film.mp4", sound.song(5, seed=9), picture=True)
    (below / "Cover.png").write_bytes(sound.png())
    assert errors(bring_in(box, folder)) == []
    work_off(box)
    track = only_track(box)
    song = song_of(box, track)
    assert (song.title, song.artist, song.cover_track) == ("Daisy Béll", "Harry Dacre", track.id)
    assert (track.kind, track.video, track.engine) == (TrackKind.ORIGINAL, "film.mp4", "center")
    assert (box.store.folder(track.id) / "cover.jpg").is_file()
    with box.db.read() as s:
        found, words = lyrics.of_track(s, track.id), lyrics.load(s, track.id)
    assert found is not None
    assert words is not None
    assert (found.source, words.timed) == ("ultrastar", "word")
    assert [line.text for line in words.lines] == ["Daisy, Daisy", "give me"]
    assert words.lines[0].words[0].start == 0.5


def test_the_voices_of_a_duet_are_kept(box: Box, folder: Path) -> None:
    text = "#TITLE:T\n#MP3:daisy.mp3\n#BPM:120\nP1\n: 0 4 60 I\nP2\n: 8 4 60 You\nP3\n: 16 4 60 We\nE\n"
    (ultrastar(folder, text=text) / "daisy.mp3").write_bytes(karaoke.mp3())
    bring_in(box, folder)
    work_off(box)
    with box.db.read() as s:
        words = lyrics.load(s, only_track(box).id)
    assert words is not None
    assert [(line.voice, line.text) for line in words.lines] == [(1, "I"), (2, "You"), (0, "We")]


def test_two_halves_beside_an_ultrastar_file_are_its_stems(box: Box, folder: Path) -> None:
    said = karaoke.ULTRASTAR.replace("#BPM", "#INSTRUMENTAL:band.wav\n#VOCALS:voice.wav\n#BPM")
    below = ultrastar(folder, audio="daisy.wav", text=said)
    band, voice = sound.song(9, seed=1), sound.tone(5, level=0.2)
    whole = band.copy()
    whole[:, : voice.shape[1]] += voice
    for name, audio in (("daisy", whole), ("band", band), ("voice", voice)):
        sound.save(below / f"{name}.wav", audio)
    assert len(bring_in(box, folder)) == 1
    work_off(box)
    track = only_track(box)
    assert (track.kind, track.ready_made, track.engine) == (TrackKind.ORIGINAL, True, "original")
    vocals, instrumental = (heard(reel) for reel in stems(box, track))
    assert vocals.shape == instrumental.shape == whole.shape
    assert sound.sdr(band, instrumental) > 60
    assert sound.sdr(voice, vocals[:, : voice.shape[1]]) > 60
    assert not vocals[:, voice.shape[1] + 1000 :].any()


def test_an_ultrastar_file_without_its_song_is_told_about(box: Box, folder: Path) -> None:
    ultrastar(folder)
    assert errors(bring_in(box, folder)) == ["“notes.txt” is of no use alone: “daisy.mp3” is not beside it."]


@pytest.mark.parametrize("audio", ["../outside.mp3", "{outside}", "below/outside.mp3"])
def test_an_ultrastar_file_reaches_no_other_folder(box: Box, folder: Path, audio: str) -> None:
    outside = folder.parent / "outside.mp3"
    outside.write_bytes(karaoke.mp3())
    ultrastar(folder, audio=audio.replace("{outside}", str(outside)))
    (outcome,) = bring_in(box, folder)
    assert isinstance(outcome.error, NoPartner)


def test_ultrastar_words_dropped_after_their_song_find_it_by_its_name_in_them(
    box: Box, tmp_path: Path
) -> None:
    take(box, "daisy.mp3", karaoke.mp3())
    take(box, "other name.txt", karaoke.ULTRASTAR.replace("{audio}", "Daisy.mp3").encode())
    with box.db.read() as s:
        found = lyrics.of_track(s, only_track(box).id)
    assert found is not None
    assert found.source == "ultrastar"


# ------------------------------------------------------------------------------------------------------- zips


def test_a_zip_of_discs_brings_each_of_them(box: Box, tmp_path: Path) -> None:
    inner = karaoke.zipped({"deep/three.mp3": karaoke.mp3(3), "deep/THREE.CDG": PICTURE})
    content = karaoke.zipped(
        {
            "a/one.mp3": karaoke.mp3(1),
            "a/One.CDG": PICTURE,
            "b/two.mp3": karaoke.mp3(2),
            "b/readme.txt": b"Enjoy!",
            "__MACOSX/a/._one.mp3": b"junk",
            "alone.cdg": PICTURE,
            "inner.zip": inner,
        }
    )
    outcomes = take(box, "discs.zip", content)
    assert sorted(each.song.title for each in outcomes if each.song) == ["one", "three", "two"]
    assert errors(outcomes) == ["“alone.cdg” is of no use alone: “alone.mp3” is not beside it."]
    assert list(box.store.incoming.iterdir()) == []
    with box.db.read() as s:
        kinds = {track.file_name: track.kind for track in s.exec(select(Track))}
    assert kinds == {
        "one.mp3": TrackKind.KARAOKE,
        "two.mp3": TrackKind.ORIGINAL,
        "three.mp3": TrackKind.KARAOKE,
    }


def bomb(tmp_path: Path) -> bytes:
    return karaoke.zipped({"a.mp3": karaoke.mp3(), "b.wav": bytes(150_000_000)})


@pytest.mark.parametrize("name", ["../a.mp3", "/a.mp3", "b/../../a.mp3", "..\\a.mp3", "C:\\a.mp3"])
def test_a_zip_that_leads_outside_is_refused_whole(box: Box, tmp_path: Path, name: str) -> None:
    content = karaoke.zipped({"fine.mp3": karaoke.mp3(), name: karaoke.mp3(2)})
    with pytest.raises(BadArchive, match=r"“discs\.zip” is not unpacked: a name in it leads outside\."):
        take(box, "discs.zip", content)
    assert_nothing_is_left(box)


def test_a_bomb_is_refused(box: Box, tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="it would grow without measure"):
        take(box, "discs.zip", bomb(tmp_path))
    assert_nothing_is_left(box)


def test_a_bomb_in_a_zip_is_refused(box: Box, tmp_path: Path) -> None:
    outcomes = take(box, "discs.zip", karaoke.zipped({"inner.zip": bomb(tmp_path)}))
    assert errors(outcomes) == ["“inner.zip” is not unpacked: it would grow without measure."]
    assert_nothing_is_left(box)


def test_zips_in_zips_end_somewhere(box: Box, tmp_path: Path) -> None:
    content = karaoke.zipped({"a.mp3": karaoke.mp3()})
    for _ in range(3):
        content = karaoke.zipped({"inner.zip": content})
    assert errors(take(box, "discs.zip", content)) == [
        "“inner.zip” is not unpacked: it lies too deep in other ones."
    ]
    assert_nothing_is_left(box)


def test_too_many_files_are_refused(box: Box) -> None:
    many = karaoke.zipped({f"{number}.mp3": b"x" for number in range(5001)}, compression=0)
    with pytest.raises(BadArchive, match="there are too many files in it"):
        take(box, "discs.zip", many)
    assert_nothing_is_left(box)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (karaoke.zipped({"letter.pdf": b"%PDF"}), "there is no song in it"),
        (karaoke.zipped({"a.mp3": b"x" * 9000})[:-40], "it is damaged"),
    ],
    ids=["no song", "cut off"],
)
def test_other_zips_are_refused_with_a_reason(box: Box, content: bytes, reason: str) -> None:
    with pytest.raises(BadArchive, match=reason):
        take(box, "discs.zip", content)
    assert_nothing_is_left(box)


def test_a_zip_with_a_password_is_refused(box: Box, tmp_path: Path) -> None:
    content = bytearray(karaoke.zipped({"a.mp3": karaoke.mp3()}))
    content[6] |= 1  # what says so, at the file and in the list at the end
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadArchive, match="it needs a password"):
        take(box, "discs.zip", bytes(content))


def assert_nothing_is_left(box: Box) -> None:
    assert list(box.store.incoming.iterdir()) == []
    assert list(box.store.library.iterdir()) == []
    with box.db.read() as s:
        assert not s.exec(select(Song)).all()


# ------------------------------------------------------------------------------------------------- stem files


def test_of_a_file_with_stems_the_mix_is_heard(box: Box, folder: Path) -> None:
    """Stem files keep the whole song as their first sound, and its parts behind it."""
    path = folder / "song.stem.mp4"
    with av.open(str(path), "w") as container:
        pitches, streams = (440, 880, 1320, 1760, 2200), []
        for bit_rate in (64_000, 256_000, 256_000, 256_000, 256_000):
            stream = container.add_stream("aac", rate=44100)
            assert isinstance(stream, AudioStream)
            stream.layout, stream.bit_rate = "stereo", bit_rate
            streams.append(stream)
        for stream, audio in zip(streams, [sound.tone(5, pitch, pitch) for pitch in pitches], strict=True):
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(audio), "fltp", "stereo")
            frame.sample_rate = 44100
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    bring_in(box, folder)
    work_off_lane(box, Lane.PREPARE)
    decoded = heard(Reel(box.store.folder(only_track(box).id) / "mix"))
    spectrum = np.abs(np.fft.rfft(decoded[0, : 4 * 44100]))
    assert spectrum.argmax() / 4 == pytest.approx(440, abs=1)
