"""Who is alive, who is dead, and who may do what only one may do."""

from __future__ import annotations

import asyncio
import os
import sys

from knowledge.knowledge import Knowledge
from knowledge.mailbox import Mailbox, NewLetter
from knowledge.workers import LOOKS, Workers
from tests.conftest import Clock


async def store(mailbox: Mailbox, clock: Clock) -> None:
    await mailbox.receive([NewLetter("test", "1", "a", {}), NewLetter("test", "2", "b", {})], clock())


async def test_a_worker_that_no_longer_counts_is_dead_and_what_it_held_is_free(
    knowledge: Knowledge, clock: Clock
) -> None:
    alive, dead = Workers(knowledge.engine, "alive"), Workers(knowledge.engine, "dead")
    await alive.join(clock())
    await dead.join(clock())
    held = Mailbox(knowledge.engine, "dead")
    await store(held, clock)
    assert len(await held.take(["test"], 10)) == 2
    mine = Mailbox(knowledge.engine, "alive")
    for _ in range(LOOKS):
        assert await alive.look(clock()) == 2
        assert await mine.take(["test"], 10) == []
    assert await alive.look(clock()) == 1
    assert len(await mine.take(["test"], 10)) == 2


async def test_a_worker_that_counts_stays_alive_whatever_the_clock_says(knowledge: Knowledge, clock: Clock) -> None:
    one, two = Workers(knowledge.engine, "one"), Workers(knowledge.engine, "two")
    await one.join(clock())
    await two.join(clock())
    for days in range(3 * LOOKS):
        clock.pass_minutes(60 * 24 * (-1) ** days)
        assert await one.look(clock()) == await two.look(clock()) == 2


async def test_a_worker_taken_for_dead_is_alive_again_at_its_next_look(knowledge: Knowledge, clock: Clock) -> None:
    one, slow = Workers(knowledge.engine, "one"), Workers(knowledge.engine, "slow")
    await one.join(clock())
    await slow.join(clock())
    for _ in range(LOOKS + 1):
        await one.look(clock())
    assert await one.count() == 1
    assert await slow.look(clock()) == 2


async def test_a_process_of_this_machine_that_has_ended_is_noticed_at_once(knowledge: Knowledge, clock: Clock) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    mine = Workers(knowledge.engine)
    assert f"/{os.getpid()}/" in mine.name
    gone = Workers(knowledge.engine, mine.name.replace(f"/{os.getpid()}/", f"/{ended.pid}/"))
    await gone.join(clock())
    held = Mailbox(knowledge.engine, gone.name)
    await store(held, clock)
    await held.take(["test"], 10)
    await mine.join(clock())
    assert await mine.count() == 1
    assert len(await Mailbox(knowledge.engine, mine.name).take(["test"], 10)) == 2


async def test_a_duty_is_one_worker_s_until_it_leaves(knowledge: Knowledge, clock: Clock) -> None:
    one, two = Workers(knowledge.engine, "one"), Workers(knowledge.engine, "two")
    await one.join(clock())
    await two.join(clock())
    assert [await one.has("polling"), await two.has("polling"), await one.has("polling")] == [True, False, True]
    assert await two.has("another duty")
    await one.leave()
    assert await two.has("polling")
    await one.join(clock())
    assert not await one.has("polling")
