"""What waits is taken as soon as there is room; what has just come is handed over, but overtakes nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.hands import Hands
from knowledge.together import Together


class Work:
    """What waits, and what is being handled until :attr:`go` is set."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.begun: list[str] = []
        self.go = asyncio.Event()
        self.hands: Hands[str] = Hands(self.take, self.handle, 2)

    async def take(self, most: int) -> Sequence[str]:
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken

    async def handle(self, item: str) -> None:
        self.begun.append(item)
        await self.go.wait()


@pytest.fixture
async def work() -> AsyncIterator[Work]:
    made = Work()
    made.hands.start()
    await asyncio.sleep(0.01)
    yield made
    made.go.set()
    await made.hands.stop(1.0)


async def test_it_is_handed_over_while_there_is_room(work: Work) -> None:
    assert work.hands.keep_places(5) == 2
    work.hands.fill_places(2, ["a"])
    await asyncio.sleep(0.01)
    assert work.hands.keep_places(5) == 1
    work.hands.fill_places(1, ["b"])
    assert work.hands.keep_places(5) == 0
    await asyncio.sleep(0.01)
    assert work.begun == ["a", "b"]


async def test_it_overtakes_nobody(work: Work) -> None:
    work.waiting = ["first"]
    work.hands.wake()
    assert work.hands.keep_places(1) == 0
    await asyncio.sleep(0.01)
    assert work.begun == ["first"]


async def test_a_place_that_stays_empty_is_filled_by_what_waits(work: Work) -> None:
    assert work.hands.keep_places(2) == 2
    work.waiting = ["first", "second"]
    work.hands.wake()
    await asyncio.sleep(0.01)
    assert work.begun == []
    work.hands.fill_places(2, [])
    await asyncio.sleep(0.01)
    assert work.begun == ["first", "second"]


async def test_who_looks_what_is_in_hand_waits_for_what_is_on_its_way(work: Work) -> None:
    assert work.hands.keep_places(1) == 1

    async def look() -> list[str]:
        async with work.hands.still() as items:
            assert work.hands.keep_places(1) == 0
            return items

    looking = asyncio.create_task(look())
    await asyncio.sleep(0.01)
    work.hands.fill_places(1, ["a"])
    assert await looking == ["a"]


async def test_nothing_is_handed_to_those_who_have_stopped(work: Work) -> None:
    work.go.set()
    await work.hands.stop(1.0)
    assert work.hands.keep_places(1) == 0


async def test_the_first_goes_at_once_and_those_soon_after_it_together() -> None:
    batches: list[Sequence[int]] = []

    async def note(batch: Sequence[int]) -> Sequence[int]:
        batches.append(batch)
        return batch

    together = Together(note, apart=0.2)
    assert await together(1) == 1
    others = [asyncio.create_task(together(number)) for number in (2, 3)]
    await asyncio.sleep(0.05)
    others.append(asyncio.create_task(together(4)))
    assert await asyncio.gather(*others) == [2, 3, 4]
    assert batches == [[1], [2, 3, 4]]
