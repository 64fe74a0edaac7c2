"""Hundreds of people write while the program is killed with SIGKILL, dozens of times, at random moments: what became of
every message, on SQLite and on PostgreSQL with 1 and 4 workers. Exit status 1 if one was lost, processed twice or
answered out of order. The short form of the same is in ``make test``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import delete

from bot.delivery import AT_ONCE
from knowledge.chats import CONVERSATION, FEEDBACK
from knowledge.db import open_engine
from knowledge.mailbox import INBOX, OUTBOX
from tests.fakes.postgres_server import PostgresServer
from tests.faults.killing import Report, kill_while_they_write, write_through
from tests.faults.program import Program
from tests.faults.troubles import database_away, platform_fails

CASES = (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 4))


@contextlib.asynccontextmanager
async def database(kind: str, postgres: PostgresServer, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if kind == "SQLite":
        # A new one each time: its people count their messages from one again.
        yield f"sqlite:///{tempfile.mkdtemp(dir=folder)}/faults.db"
        return
    url = await asyncio.to_thread(postgres.create)
    yield url
    await asyncio.to_thread(postgres.drop, url)


async def main(people: int, kills: int, whole: float, seed: int) -> bool:
    """Print what became of the messages; whether all is well."""
    well = True
    with (
        tempfile.TemporaryDirectory() as folder,
        await asyncio.to_thread(PostgresServer(safe=True).__enter__) as server,
    ):
        os.environ["MOTCUA_CACHE_DIR"] = f"{folder}/cache"
        for kind, workers in CASES:
            async with database(kind, server, Path(folder)) as url:
                await _make_ready(url)
                report = await kill_while_they_write(url, workers, people, kills, seed, everything=whole)
            print(f"{_name(kind, workers)}: {report}", flush=True)
            well = _is_well(report) and well
        for kind, workers in CASES:
            well = await _troubles(kind, workers, server, Path(folder), people, seed) and well
    return well


async def _troubles(kind: str, workers: int, server: PostgresServer, folder: Path, people: int, seed: int) -> bool:
    """The database away for 10 seconds, then the platform failing for a minute."""
    well = True
    async with database(kind, server, folder) as url:
        troubles = (("database away", database_away(url, server), 10.0), ("platform fails", platform_fails, 60.0))
        for name, trouble, seconds in troubles:
            report = await write_through(url, workers, people, trouble, seconds, seed)
            print(f"{_name(kind, workers)}, {name} for {seconds:.0f} s: {report}", flush=True)
            # Who is cut off after it was obeyed, or loses the database meanwhile, cannot know that it was.
            well = report.lost + report.processed_twice + report.out_of_order + report.left_over == 0 and well
            await _forget(url)
    return well


def _name(kind: str, workers: int) -> str:
    return f"{kind}, {workers} worker{'s' * (workers > 1)}"


async def _forget(url: str) -> None:
    """The people of the next run are new ones, with the same numbers."""
    engine = open_engine(url)
    async with engine.begin() as connection:
        for table in (FEEDBACK, INBOX, OUTBOX, CONVERSATION):
            await connection.execute(delete(table))
    await engine.dispose()


async def _make_ready(url: str) -> None:
    """The first start of all learns from the knowledge base; a kill would only make it begin anew."""
    program = Program(url, "http://127.0.0.1:9")
    try:
        program.start()
        await program.ready()
        await program.stop()
    finally:
        program.end()


def _is_well(report: Report) -> bool:
    wrong = report.lost + report.processed_twice + report.out_of_order + report.left_over
    return wrong == 0 and report.sent_twice <= report.kills * AT_ONCE


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--kills", type=int, default=36)
    parser.add_argument("--whole", type=float, default=0.3, help="share of kills that hit parent and workers together")
    parser.add_argument("--seed", type=int, default=20261123)
    chosen = parser.parse_args()
    sys.exit(0 if asyncio.run(main(chosen.people, chosen.kills, chosen.whole, chosen.seed)) else 1)
