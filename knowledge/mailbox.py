"""Inbox and outbox: what came in and is not answered yet, what is answered and not sent yet.

An event is stored before its platform is told that we have it. Its answer is stored in the transaction that marks it
answered (:meth:`Chats.finish_turn`), and leaves through the outbox. So a process may die at any instruction: nothing is
lost, nothing is answered twice, and only what was being sent at that moment may be sent once more.

Rows are held by one worker at a time, for :data:`HOLD`; a worker that dies lets go by itself. Of one chat only the
oldest row can be held, which keeps its messages in order over any number of workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Select

from knowledge.db import insert_unless
from knowledge.models import Inbox, Outbox, table_of

INBOX = table_of(Inbox)
OUTBOX = table_of(Outbox)
HOLD = timedelta(seconds=30)
"""Longer than any look-up may take; a dead worker's messages wait this long, except after a restart on SQLite."""


@dataclass(frozen=True)
class Letter:
    """One stored event: ``payload`` is what its channel needs to answer it."""

    number: int
    channel: str
    event: str
    key: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """One message on its way out: ``address`` is the platform's id of the chat."""

    number: int
    channel: str
    key: str
    address: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class NewLetter:
    """An event as it comes in. ``key`` is the hash of its chat (see ``knowledge.privacy``)."""

    channel: str
    event: str
    key: str
    payload: dict[str, Any]


class Mailbox:
    """The two tables. Each method is one transaction. ``holder`` names the process that holds rows."""

    def __init__(self, engine: AsyncEngine, holder: str) -> None:
        self._engine = engine
        self.holder = holder
        self._alone = engine.dialect.name == "sqlite"

    async def open(self) -> None:
        """On SQLite there is one process: what another one held was held by the one that died."""
        if self._alone:
            async with self._engine.begin() as connection:
                for table in (INBOX, OUTBOX):
                    await connection.execute(update(table).values(holder=None, held_until=None))

    # In

    async def receive(self, letters: Sequence[NewLetter], now: datetime) -> int:
        """Store events; those stored before are passed over. Returns how many were new."""
        values = [
            {"channel": n.channel, "event": n.event, "key": n.key, "payload": n.payload, "at": now, "done": False}
            for n in letters
        ]
        if not values:
            return 0
        async with self._engine.begin() as connection:
            result = await connection.execute(insert_unless(connection, INBOX, values, ["channel", "event"]))
            return int(result.rowcount)

    async def take(self, now: datetime, most: int) -> list[Letter]:
        """Hold the oldest unanswered event of up to ``most`` chats that nobody holds."""
        waiting = INBOX.c.done.is_(False)
        columns = (INBOX.c.id, INBOX.c.channel, INBOX.c.event, INBOX.c.key, INBOX.c.payload)
        rows = await self._hold(INBOX, select(*columns), waiting, now, most)
        return [Letter(row.id, row.channel, row.event, row.key, row.payload) for row in rows]

    async def drop(self, number: int) -> None:
        """Mark an event that needs no answer as done."""
        values = {"done": True, "payload": {}, "holder": None, "held_until": None}
        async with self._engine.begin() as connection:
            await connection.execute(update(INBOX).where(INBOX.c.id == number).values(values))

    async def release(self, number: int) -> None:
        """Let go of an event that could not be answered now."""
        values = {"holder": None, "held_until": None}
        async with self._engine.begin() as connection:
            await connection.execute(update(INBOX).where(INBOX.c.id == number).values(values))

    async def waiting(self) -> int:
        """How many events are not answered yet."""
        return await self._count(select(func.count()).select_from(INBOX).where(INBOX.c.done.is_(False)))

    # Out

    async def take_out(self, now: datetime, most: int) -> list[Parcel]:
        """Hold the oldest unsent message of up to ``most`` chats whose time to be tried has come."""
        columns = (OUTBOX.c.id, OUTBOX.c.channel, OUTBOX.c.key, OUTBOX.c.address, OUTBOX.c.payload, OUTBOX.c.attempts)
        due = and_(OUTBOX.c.dead.is_(False), OUTBOX.c.next_at <= now)
        rows = await self._hold(OUTBOX, select(*columns), due, now, most)
        return [Parcel(r.id, r.channel, r.key, r.address, r.payload, r.attempts) for r in rows]

    async def sent(self, numbers: Sequence[int]) -> None:
        """These messages have arrived: nothing of them is kept."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(numbers)))

    async def retry(self, number: int, at: datetime) -> None:
        """Try this message again, not before ``at``; the later ones of its chat wait for it."""
        values = {"attempts": OUTBOX.c.attempts + 1, "next_at": at, "holder": None, "held_until": None}
        async with self._engine.begin() as connection:
            await connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))

    async def give_up(self, number: int) -> None:
        """This message can never arrive: kept as dead, without its text, for the operator to count."""
        values = {"dead": True, "payload": {}, "address": "", "holder": None, "held_until": None}
        async with self._engine.begin() as connection:
            await connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))

    async def oldest_unsent(self) -> datetime | None:
        """When the oldest message that is still to be sent was written."""
        async with self._engine.connect() as connection:
            query = select(func.min(OUTBOX.c.at)).where(OUTBOX.c.dead.is_(False))
            oldest: datetime | None = (await connection.execute(query)).scalar_one()
            return oldest

    async def _hold(self, table: Table, query: Select[Any], ready: Any, now: datetime, most: int) -> Sequence[Any]:
        older = table.alias()
        open_row = older.c.done.is_(False) if table is INBOX else older.c.dead.is_(False)
        first = ~exists().where(older.c.key == table.c.key, older.c.id < table.c.id, open_row)
        free = or_(table.c.holder.is_(None), table.c.held_until < now)
        # SKIP LOCKED matters to PostgreSQL only; on SQLite one writer comes after the other anyway.
        query = query.where(ready, free, first).order_by(table.c.id).limit(most)
        async with self._engine.begin() as connection:
            rows: Sequence[Any] = (await connection.execute(query.with_for_update(skip_locked=True, of=table))).all()
            if rows:
                held = {"holder": self.holder, "held_until": now + HOLD}
                mine = table.c.id.in_([row.id for row in rows])
                await connection.execute(update(table).where(mine).values(held))
        return rows

    async def _count(self, query: Select[Any]) -> int:
        async with self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())


async def answered(connection: AsyncConnection, number: int, holder: str) -> bool:
    """Mark an event answered and forget what was in it; False when another worker holds it by now."""
    mine = (INBOX.c.id == number, INBOX.c.done.is_(False), INBOX.c.holder == holder)
    values = {"done": True, "payload": {}, "holder": None, "held_until": None}
    result = await connection.execute(update(INBOX).where(*mine).values(values))
    return result.rowcount == 1


async def post(
    connection: AsyncConnection, channel: str, key: str, address: str, payloads: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Put messages into the outbox, in the transaction on ``connection``."""
    rows = [
        {
            "channel": channel,
            "key": key,
            "address": address,
            "payload": payload,
            "at": now,
            "next_at": now,
            "attempts": 0,
            "dead": False,
        }
        for payload in payloads
    ]
    if rows:
        await connection.execute(OUTBOX.insert(), rows)
