"""Who else is running on this database, and who is gone.

Every worker counts up in its row; the others look at it now and then. One whose count stands still over
:data:`LOOKS` looks is gone, and what it held is free for others. Counts and looks, not times: no clock is compared
with another, a clock that jumps changes nothing, and while the database is away nobody is taken for dead.

A process of this machine that has ended is noticed at the next look, after a restart at once.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.db import insert_or, insert_unless, look, transact
from knowledge.models import Duty, Inbox, Outbox, Worker, table_of

WORKER = table_of(Worker)
DUTY = table_of(Duty)
HELD = (table_of(Inbox), table_of(Outbox))

LOOK_SECONDS = 2.0
LOOKS = 5
_ours: set[str] = set()
"""The names that this process has given itself."""


class Workers:
    """This worker among the others. ``name`` is what it holds rows as."""

    def __init__(self, engine: AsyncEngine, name: str | None = None) -> None:
        self._engine = engine
        self.name = name or f"{_machine()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._seen: dict[str, tuple[int, int]] = {}
        """Of each worker: its count at the last look, and for how many looks it has stood there."""
        _ours.add(self.name)

    async def join(self, now: datetime) -> None:
        """From here on the others know of this worker. What dead processes of this machine held is free at once."""

        def work(connection: Connection) -> None:
            self._enter(connection, now)
            names = connection.execute(select(WORKER.c.name)).scalars().all()
            _bury(connection, [(name, None) for name in names if _has_ended(name)])
            _free_orphans(connection)

        await transact(self._engine, work, durable=False)

    async def look(self, now: datetime) -> int:
        """Say that this worker lives, see who does not; returns how many live.

        Called every :data:`LOOK_SECONDS`.
        """

        def work(connection: Connection) -> tuple[dict[str, tuple[int, int]], int]:
            mine = update(WORKER).where(WORKER.c.name == self.name).values(beats=WORKER.c.beats + 1)
            if connection.execute(mine).rowcount == 0:
                # The others took us for dead: our process stood still for too long.
                self._enter(connection, now)
            rows = connection.execute(select(WORKER.c.name, WORKER.c.beats)).all()
            seen = {name: self._count(name, beats) for name, beats in rows}
            gone = [(n, seen[n][0]) for n in seen if n != self.name and (seen[n][1] >= LOOKS or _has_ended(n))]
            _bury(connection, gone)
            _free_orphans(connection)
            return seen, len(seen) - len(gone)

        self._seen, alive = await transact(self._engine, work, durable=False)
        return alive

    async def leave(self) -> None:
        """What this worker still holds is free for others."""

        def work(connection: Connection) -> None:
            _bury(connection, [(self.name, None)])
            _free_orphans(connection)

        await transact(self._engine, work, durable=False)

    async def has(self, duty: str) -> bool:
        """Whether ``duty`` is this worker's: it stays its own until it leaves or dies."""
        of_duty = select(DUTY.c.holder).where(DUTY.c.name == duty)
        alive = select(WORKER.c.name)
        held = of_duty.where(DUTY.c.holder.in_(alive))
        holder = await look(self._engine, lambda connection: connection.execute(held).scalar_one_or_none())
        if holder is not None:
            return bool(holder == self.name)

        def work(connection: Connection) -> str:
            connection.execute(
                insert_unless(connection.dialect.name, DUTY, ["name"]), {"name": duty, "holder": self.name}
            )
            vacant = (DUTY.c.name == duty, DUTY.c.holder.not_in(alive))
            connection.execute(update(DUTY).where(*vacant).values(holder=self.name))
            return str(connection.execute(of_duty).scalar_one())

        return await transact(self._engine, work, durable=False) == self.name

    async def count(self) -> int:
        """How many workers there are, this one included."""
        query = select(func.count()).select_from(WORKER)
        return int(await look(self._engine, lambda connection: connection.execute(query).scalar_one()))

    def _enter(self, connection: Connection, now: datetime) -> None:
        values = {"name": self.name, "beats": 0, "since": now}
        connection.execute(insert_or(connection, WORKER, values, ["name"], {"beats": WORKER.c.beats + 1}))

    def _count(self, name: str, beats: int) -> tuple[int, int]:
        before, looks = self._seen.get(name, (None, 0))
        return beats, looks + 1 if beats == before else 0


async def anybody_at_work(engine: AsyncEngine) -> bool:
    """Whether a worker lives on this database. Takes two looks, unless all are known to be dead."""

    def beats(connection: Connection) -> dict[str, int]:
        if not inspect(connection).has_table(WORKER.name):
            return {}
        rows = connection.execute(select(WORKER.c.name, WORKER.c.beats))
        return {name: count for name, count in rows if not _has_ended(name)}

    first = await look(engine, beats)
    if not first:
        return False
    await asyncio.sleep(2 * LOOK_SECONDS)
    return any(first.get(name) != count for name, count in (await look(engine, beats)).items())


def _bury(connection: Connection, gone: Sequence[tuple[str, int | None]]) -> None:
    for name, beats in gone:
        # Had it counted on meanwhile, it would live.
        still = [WORKER.c.name == name, *([WORKER.c.beats == beats] if beats is not None else [])]
        connection.execute(delete(WORKER).where(*still))


def _free_orphans(connection: Connection) -> None:
    """What is held by nobody who is known to live is free."""
    alive = select(WORKER.c.name)
    for table in HELD:
        orphans = (table.c.holder.is_not(None), table.c.holder.not_in(alive))
        connection.execute(update(table).where(*orphans).values(holder=None))


def _machine() -> str:
    """This machine, or this container: process numbers are told apart only within it."""
    space = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()[:40]}-{space.stat().st_ino if space.exists() else 0}"


def _has_ended(name: str) -> bool:
    """Whether ``name`` was a process of this machine that is no more."""
    machine, _, rest = name.partition("/")
    number = rest.partition("/")[0]
    if machine != _machine() or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return name not in _ours
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
