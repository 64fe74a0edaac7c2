"""What goes wrong around a program while people write to it: the database, the platform, the same call many times."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing

from sqlalchemy.engine import make_url

from tests.fakes.postgres_server import PostgresServer
from tests.fakes.telegram_server import TelegramServer

Trouble = Callable[[TelegramServer, float], Awaitable[None]]
"""Goes on for so many seconds."""
FAULTS = 3


def database_away(url: str, server: PostgresServer | None = None) -> Trouble:
    """SQLite locked by another program, PostgreSQL throwing everybody out and letting nobody in."""

    async def locked(_: TelegramServer, seconds: float) -> None:
        with closing(sqlite3.connect(str(make_url(url).database), timeout=60)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(seconds)
            other.rollback()

    async def gone(_: TelegramServer, seconds: float) -> None:
        assert server
        name = make_url(url).database
        out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        await asyncio.to_thread(server.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", out)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    return locked if url.startswith("sqlite") else gone


async def platform_fails(telegram: TelegramServer, seconds: float) -> None:
    """Too many requests, errors of the server, calls cut off before and after they were obeyed."""
    chance = random.Random(7)
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        telegram.floods("sendMessage", retry_after=1, times=FAULTS)
        telegram.fails("sendMessage", code=500, times=FAULTS)
        telegram.cuts("sendMessage", times=FAULTS)
        telegram.cuts("sendMessage", after=True, times=FAULTS)
        await asyncio.sleep(chance.uniform(0.1, 0.3))
    telegram.is_well_again()
