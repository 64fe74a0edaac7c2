"""Between two messages of a crowd somebody else's question goes on."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from bot.turnstile import Turnstile


async def test_a_question_that_comes_after_a_crowd_waits_for_one_of_them_only() -> None:
    turnstile, order = Turnstile(), []

    async def message(name: str, *, quick: bool) -> None:
        await turnstile.through(quick=quick)
        order.append(name)

    crowd = [asyncio.create_task(message(f"code {n}", quick=False)) for n in range(400)]
    await asyncio.sleep(0)
    question = asyncio.create_task(message("question", quick=True))
    await asyncio.gather(question, *crowd)
    assert order.index("question") <= 3
    assert len(order) == 401


async def test_whatever_is_ready_goes_on_between_two_of_a_crowd() -> None:
    """A question that is under way takes its next step after one of the crowd, not after all."""
    turnstile, begun, seen = Turnstile(), 0, []

    async def code() -> None:
        nonlocal begun
        await turnstile.through(quick=False)
        begun += 1

    async def under_way() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
            seen.append(begun)

    await asyncio.gather(*(code() for _ in range(400)), under_way())
    assert max(later - sooner for sooner, later in pairwise(seen)) <= 1


async def test_a_crowd_of_questions_does_not_shut_out_the_codes() -> None:
    turnstile, order = Turnstile(), []

    async def message(name: str, *, quick: bool) -> None:
        await turnstile.through(quick=quick)
        order.append(name)

    questions = [asyncio.create_task(message("question", quick=True)) for _ in range(100)]
    codes = [asyncio.create_task(message("code", quick=False)) for _ in range(3)]
    await asyncio.gather(*questions, *codes)
    assert [place for place, name in enumerate(order) if name == "code"][-1] < 10


async def test_who_goes_away_keeps_nobody_waiting() -> None:
    turnstile = Turnstile()
    await turnstile.through(quick=True)
    gone = asyncio.create_task(turnstile.through(quick=False))
    await asyncio.sleep(0)
    waits = [asyncio.create_task(turnstile.through(quick=False)) for _ in range(3)]
    gone.cancel()
    await asyncio.wait_for(asyncio.gather(*waits), 1)
    await turnstile.through(quick=True)
