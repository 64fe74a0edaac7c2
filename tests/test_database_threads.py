"""SQLite's two threads: what they are doing is finished before their connections go."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from knowledge.db import look, open_engine, transact


@pytest.mark.parametrize("way", [look, transact])
async def test_closing_the_database_waits_for_who_reads_or_writes(tmp_path: Path, way) -> None:  # type: ignore[no-untyped-def]
    engine = open_engine(f"sqlite:///{tmp_path}/threads.db")
    begun, go_on = threading.Event(), threading.Event()

    def work(connection: Connection) -> int:
        connection.execute(text("SELECT 1"))
        begun.set()
        go_on.wait()
        return int(connection.execute(text("SELECT 2")).scalar_one())

    result = asyncio.create_task(way(engine, work))
    await asyncio.to_thread(begun.wait)
    threading.Timer(0.1, go_on.set).start()  # while the engine is being closed
    await engine.dispose()
    assert await result == 2
