"""SQLite for the few statements that run for every message: a whole transaction in one go, on a thread of its own.

The asynchronous driver goes to its thread and back for every single statement; a message has thirty of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import SingletonThreadPool

Result = TypeVar("Result")


class SqliteThreads:
    """One thread that writes and one that reads, each with its own connection. ``set_up`` prepares the engine."""

    def __init__(self, url: URL, options: dict[str, object], set_up: Callable[[Engine], None]) -> None:
        self._engine = create_engine(url.set(drivername="sqlite"), poolclass=SingletonThreadPool, connect_args=options)
        set_up(self._engine)
        # Made once: an engine with options of its own costs as much as a statement.
        self._safe, self._quick, self._reading = (
            self._engine.execution_options(**options)
            for options in ({"durable": True}, {"durable": False}, {"read_only": True})
        )
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._reader = ThreadPoolExecutor(1, "sqlite-reader")

    async def write(self, work: Callable[[Connection], Result], *, durable: bool) -> Result:
        """What ``work`` returns, once it is committed."""
        return await self._run(self._writer, self._safe if durable else self._quick, work)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """What ``work`` returns; it must not write."""
        return await self._run(self._reader, self._reading, work)

    @staticmethod
    async def _run(thread: ThreadPoolExecutor, engine: Engine, work: Callable[[Connection], Result]) -> Result:
        def go() -> Result:
            with engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(thread, go)

    def close(self) -> None:
        """End the threads, then their connections: one that closes under a statement takes the process with it."""
        for thread in (self._writer, self._reader):
            thread.shutdown()
        self._engine.dispose()
