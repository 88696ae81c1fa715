"""Reels: what is written in chunks is read back as it was, from anywhere to anywhere."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.audio.chunks import CHUNK_FRAMES, CHUNK_SECONDS, RATE, Reel, chunked
from pipeline.engines import Audio
from pipeline.errors import DamagedFile, DiskFull
from tests import sound
from tests.disk import held_open

# One step of 24 bits, at half the loudness.
STEP = 2.0**-23


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    return Reel(tmp_path / "mix")


def noise(frames: int, seed: int = 1, level: float = 1.99) -> Audio:
    return np.random.default_rng(seed).uniform(-level, level, (2, frames)).astype(np.float32)


def write(reel: Reel, audio: Audio) -> None:
    for number, chunk in enumerate(chunked([audio])):
        reel.write(number, chunk)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=st.lists(st.integers(0, CHUNK_FRAMES * 2), max_size=4),
    seed=st.integers(0, 1000),
    edges=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_blocks_of_any_length_come_back_as_they_were(
    tmp_path: Path, lengths: list[int], seed: int, edges: tuple[float, float]
) -> None:
    reel = Reel(tmp_path / "mix")
    reel.clear()
    blocks = [noise(length, seed + place) for place, length in enumerate(lengths)]
    whole = np.concatenate([np.empty((2, 0), np.float32), *blocks], axis=1)
    for number, chunk in enumerate(chunked(blocks)):
        reel.write(number, chunk)
    assert reel.count() == -(-whole.shape[1] // CHUNK_FRAMES)
    assert reel.frames() == whole.shape[1]
    start, stop = (round(edge * whole.shape[1]) for edge in sorted(edges))
    for begin, end in ((0, whole.shape[1]), (start, stop)):
        got = reel.read(begin, end)
        assert got.dtype == np.float32
        assert got.shape == (2, end - begin)
        assert np.abs(got - whole[:, begin:end]).max(initial=0) <= STEP


@given(lengths=st.lists(st.integers(0, CHUNK_FRAMES + 5), max_size=6))
@settings(max_examples=30, deadline=None)
def test_blocks_become_whole_chunks(lengths: list[int]) -> None:
    counter = np.arange(sum(lengths), dtype=np.float32)
    whole = np.stack([counter, -counter])
    blocks = np.split(whole, np.cumsum(lengths)[:-1], axis=1) if lengths else []
    chunks = list(chunked(blocks))
    assert all(chunk.shape == (2, CHUNK_FRAMES) for chunk in chunks[:-1])
    assert all(0 < chunk.shape[1] <= CHUNK_FRAMES for chunk in chunks[-1:])
    assert np.array_equal(np.concatenate([np.empty((2, 0)), *chunks], axis=1), whole)


def test_a_chunk_is_four_seconds_of_flac_at_half_the_loudness(reel: Reel) -> None:
    audio = sound.tone(CHUNK_SECONDS, level=1.5)
    reel.write(0, audio)
    stored, rate = soundfile.read(reel.path(0), dtype="float32")
    assert reel.path(0).name == "00000.flac"
    assert rate == RATE
    assert soundfile.info(reel.path(0)).subtype == "PCM_24"
    assert np.abs(stored.T * 2 - audio).max() <= STEP


def test_what_is_more_than_twice_too_loud_is_clipped(reel: Reel) -> None:
    audio = np.full((2, 100), 3.0, np.float32)
    audio[1] *= -1
    reel.write(0, audio)
    assert np.abs(reel.read(0, 100) - np.sign(audio) * 2).max() <= 2 * STEP


def test_a_chunk_is_neither_empty_nor_too_long(reel: Reel) -> None:
    for frames in (0, CHUNK_FRAMES + 1):
        with pytest.raises(ValueError, match="a chunk has"):
            reel.write(0, noise(frames))
    assert reel.count() == 0


def test_chunks_count_up_to_the_first_gap(reel: Reel) -> None:
    assert reel.count() == reel.frames() == 0
    for number in (0, 1, 3):
        reel.write(number, noise(CHUNK_FRAMES))
    assert reel.count() == 2
    assert reel.seconds() == 2 * CHUNK_SECONDS


def test_reading_past_the_end_gives_what_there_is(reel: Reel) -> None:
    write(reel, noise(CHUNK_FRAMES + 10))
    assert reel.read(0, CHUNK_FRAMES * 5).shape == (2, CHUNK_FRAMES + 10)
    assert reel.read(CHUNK_FRAMES + 10, CHUNK_FRAMES * 5).shape == (2, 0)
    assert reel.read(CHUNK_FRAMES * 4, CHUNK_FRAMES * 5).shape == (2, 0)


def test_a_chunk_written_again_is_replaced_whole(reel: Reel) -> None:
    reel.write(0, noise(CHUNK_FRAMES, seed=1))
    again = noise(CHUNK_FRAMES, seed=2)
    reel.write(0, again)
    assert np.abs(reel.read(0, CHUNK_FRAMES) - again).max() <= STEP


def test_a_full_disk_is_said_so_and_leaves_nothing(reel: Reel, monkeypatch: pytest.MonkeyPatch) -> None:
    reel.write(0, noise(1000))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="disk of the box is full"):
        reel.write(1, noise(1000))
    assert [path.name for path in reel.folder.iterdir()] == ["00000.flac"]


def test_what_a_killed_writer_left_is_no_chunk_and_can_be_removed(reel: Reel) -> None:
    reel.write(0, noise(1000))
    (reel.folder / "abc.part").write_bytes(b"half a chunk")
    assert reel.count() == 1
    reel.clear_temp()
    assert [path.name for path in reel.folder.iterdir()] == ["00000.flac"]
    reel.clear()
    reel.clear_temp()
    assert reel.count() == 0


def test_a_reel_that_became_shorter_ends_where_it_is_to(reel: Reel) -> None:
    write(reel, noise(CHUNK_FRAMES * 3 + 10))
    reel.cut(2)
    assert sorted(path.name for path in reel.folder.iterdir()) == ["00000.flac", "00001.flac"]


def test_a_damaged_chunk_is_named(reel: Reel) -> None:
    write(reel, noise(CHUNK_FRAMES * 3))
    whole = reel.path(1).read_bytes()
    for content in (b"no flac", whole[: len(whole) // 2]):
        reel.path(1).write_bytes(content)
        with pytest.raises(DamagedFile, match=r"00001\.flac"):
            reel.read(0, CHUNK_FRAMES * 3)


def test_reading_leaves_no_file_open(reel: Reel) -> None:
    write(reel, noise(CHUNK_FRAMES * 2))
    for _ in range(20):
        reel.read(0, CHUNK_FRAMES * 2)
        reel.frames()
    assert held_open(reel.folder) == []
    with reel.path(1).open("rb"):
        assert held_open(reel.folder) == ["00001.flac"], "this would have told"
