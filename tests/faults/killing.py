"""Kill the program while hundreds write to it, and see what became of every message."""

from __future__ import annotations

import asyncio
import random
import statistics
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from knowledge.chats import FEEDBACK
from knowledge.db import open_engine
from knowledge.mailbox import INBOX, OUTBOX
from tests.fakes.telegram_server import TelegramServer
from tests.faults.crowd import Crowd
from tests.faults.program import TOKEN, Program
from tests.faults.troubles import Trouble


@dataclass(frozen=True)
class Report:
    """What became of the messages. ``ready`` are the seconds until the program served again after the kill of a
    worker, ``restarted`` after a kill of everything: then it was started anew."""

    messages: int
    kills: int
    lost: int
    processed_twice: int
    out_of_order: int
    sent_twice: int
    called_again: int
    left_over: int
    ready: tuple[float, ...]
    restarted: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"{self.messages} messages, {self.kills} kills: {self.lost} lost, {self.processed_twice} processed twice, "
            f"{self.out_of_order} chats out of order, {self.sent_twice} answers sent twice, {self.called_again} calls "
            f"repeated by the platform; serves again after the kill of a worker: {_seconds(self.ready)}, "
            f"of everything: {_seconds(self.restarted)}"
        )


def _seconds(times: tuple[float, ...]) -> str:
    return f"{statistics.median(times):.2f} s (at most {max(times):.2f}, {len(times)} times)" if times else "–"


async def kill_while_they_write(
    url: str, workers: int, people: int, kills: int, seed: int, *, everything: float = 0.0
) -> Report:
    """``everything`` is the share of kills that hit the parent and all workers instead of one worker."""
    chance = random.Random(seed)
    ready: list[float] = []
    restarted: list[float] = []
    async with TelegramServer(TOKEN) as telegram:
        program = Program(url, telegram.url, workers)
        crowd = Crowd(telegram, [program.port], people, seed)
        try:
            program.start()
            await program.ready()
            crowd.start()
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0.2, 1.2))
                if chance.random() < everything:
                    restarted.append(await program.kill_all())
                else:
                    ready.append(await program.kill_worker(chance.randrange(workers)))
            await crowd.finish()
            status = await program.stop()
            assert status == 0, f"ended with status {status}"
        finally:
            program.end()
    return await _report(url, crowd, ready, restarted)


async def write_through(url: str, workers: int, people: int, trouble: Trouble, seconds: float, seed: int) -> Report:
    """``people`` write while there is ``trouble`` for so many seconds, and a little before and after it."""
    async with TelegramServer(TOKEN) as telegram:
        program = Program(url, telegram.url, workers)
        crowd = Crowd(telegram, [program.port], people, seed)
        try:
            program.start()
            await program.ready()
            crowd.start()
            await asyncio.sleep(1.0)
            await trouble(telegram, seconds)
            await crowd.finish()
            status = await program.stop()
            assert status == 0, f"ended with status {status}"
        finally:
            program.end()
    return await _report(url, crowd, [], [])


async def _report(url: str, crowd: Crowd, ready: list[float], restarted: list[float]) -> Report:
    engine = open_engine(url)
    async with engine.connect() as connection:
        kept = list((await connection.execute(select(FEEDBACK.c.text).order_by(FEEDBACK.c.id))).scalars())
        unsent = (await connection.execute(select(func.count()).select_from(OUTBOX))).scalar_one()
        waiting = select(func.count()).select_from(INBOX).where(INBOX.c.done.is_(False))
        unanswered = (await connection.execute(waiting)).scalar_one()
    await engine.dispose()
    times = Counter(kept)
    said = [text for texts in crowd.feedback for text in texts]
    place = {text: number for number, text in enumerate(kept)}
    wrong = [texts for texts in crowd.feedback if (order := [place.get(t, -1) for t in texts]) != sorted(order)]
    answers_lost = sum(max(0, len(p.said) - len(p.in_order)) for p in crowd.people)
    return Report(
        messages=sum(len(person.said) for person in crowd.people),
        kills=len(ready) + len(restarted),
        lost=sum(times[text] == 0 for text in said) + answers_lost,
        processed_twice=sum(times[text] - 1 for text in said if times[text] > 1),
        out_of_order=len(wrong) + len(crowd.disorder),
        sent_twice=crowd.sent_twice,
        called_again=crowd.repeated_calls,
        left_over=unsent + unanswered,
        ready=tuple(ready),
        restarted=tuple(restarted),
    )
