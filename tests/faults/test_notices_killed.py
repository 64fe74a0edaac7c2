"""News of dossiers while workers are killed: each person is told, and what comes twice says that it may."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

from bot.envelope import Envelope
from handlers.messages import pack, plain, say
from handlers.texts import dossier as words
from knowledge.db import migrate, open_engine
from knowledge.dossiers.notices import NewNotice, post
from knowledge.dossiers.vault import Vault
from tests.fakes.telegram_server import TelegramServer
from tests.faults.program import TOKEN, Program

PEOPLE = 120
KILLS = 6
NEWS = "🔔 Hồ sơ có thay đổi."


async def post_news(url: str, chats: list[int]) -> None:
    """As a worker does that has looked at the dossiers; the key is that of :class:`Program`."""
    envelope, engine, now = Envelope(Vault("test")), open_engine(url), datetime.now(UTC)
    await migrate(engine)
    async with engine.begin() as connection:
        for chat in chats:
            _, (payload,) = envelope.close_for(str(chat), pack(say(NEWS)))
            await post(connection, NewNotice("watch:changed", f"key-{chat}", "telegram", payload, now), now)
    await engine.dispose()


async def test_notices_survive_workers_that_are_killed_while_they_send(database_url: str, engine_kind: str) -> None:
    workers = 1 if engine_kind == "sqlite" else 3
    chance = random.Random(20261127)
    async with TelegramServer(TOKEN) as telegram:
        people = [telegram.user(f"Người {n}") for n in range(PEOPLE)]
        # Telegram has each message at once and takes its time to say so: killed meanwhile, we cannot know.
        telegram.delays("sendMessage", 0.4, times=10_000)
        await post_news(database_url, [person.id for person in people])
        program = Program(database_url, telegram.url, workers)
        try:
            program.start()
            await program.ready()
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(0.05, 0.5))
                await program.kill_worker(chance.randrange(workers))
            async with asyncio.timeout(120):
                while not all(person.shown for person in people):
                    await asyncio.sleep(0.05)
            assert await program.stop() == 0
        finally:
            program.end()
    for person in people:
        first, *again = [shown.text for shown in person.shown]
        assert {first, *again} <= {NEWS, f"{NEWS}\n{plain(words.NEWS_MAYBE_TWICE)}"}
        assert sum(text == NEWS for text in (first, *again)) <= 1, "told as news once"
        assert len(again) <= KILLS
