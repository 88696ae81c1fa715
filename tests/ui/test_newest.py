"""What is shown of readings that run beside the loop, and when they are made."""

import asyncio

from karaoke_ui.parts.newest import InTurn, Newest


async def test_however_many_readings_are_wished_for_one_more_follows() -> None:
    may_go = asyncio.Event()
    begun, in_turn = 0, InTurn()

    async def read() -> None:
        nonlocal begun
        begun += 1
        await may_go.wait()

    first = asyncio.create_task(in_turn.run(read))
    await asyncio.sleep(0)
    others = [asyncio.create_task(in_turn.run(read)) for _ in range(5)]
    await asyncio.sleep(0)
    assert (begun, [each.done() for each in others]) == (1, [False] * 5)
    may_go.set()
    await asyncio.gather(first, *others)
    assert begun == 2
    await in_turn.run(read)
    assert begun == 3


async def test_a_reading_that_fails_is_made_again_for_who_waits() -> None:
    made, in_turn = 0, InTurn()

    async def read() -> None:
        nonlocal made
        made += 1
        await asyncio.sleep(0)
        if made == 1:
            raise RuntimeError("it could not be read")

    found = await asyncio.gather(*(in_turn.run(read) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [RuntimeError, type(None), type(None)]
    assert made == 2


def test_of_several_readings_the_one_that_began_last_is_shown() -> None:
    readings = Newest()
    first, second = readings.begin(), readings.begin()
    assert (first(), second()) == (False, True)
