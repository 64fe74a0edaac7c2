"""Watched dossiers in the database. Workers share them by claiming rows; a claim runs out, so that the work of a
worker that died is taken up by another. A watch and the notices it leads to change in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.calendar import in_vietnam
from knowledge.db import insert_or, writing
from knowledge.dossiers import notices
from knowledge.dossiers.notices import NewNotice
from knowledge.models import Spent, Watch, table_of

WATCH = table_of(Watch)
SPENT = table_of(Spent)

MOST_A_CHAT = 10
PER_MINUTE = 120
"""Watched dossiers looked at in a minute, by all workers together."""
LEASE = timedelta(minutes=3)
LOAD_KEY = "watch-load"

Added = Literal["added", "already", "too many"]


@dataclass(frozen=True)
class NewWatch:
    """What a chat wants to hear of; ``code`` and ``address`` are sealed, ``mark`` is the code's keyed hash."""

    chat: str
    mark: str
    channel: str
    address: str
    code: str
    once: bool
    seen: str = ""
    state: str = ""
    told: tuple[str, ...] = ()


class Watches:
    """The watches of all chats. Each method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)

    async def add(self, new: NewWatch, now: datetime, first_look: datetime) -> Added:
        """Begin a watch. A watch for one answer only becomes a lasting one when asked for again."""
        values = vars(new) | {
            "told": list(new.told),
            "since": now.date(),
            "failures": 0,
            "next_at": first_look,
            "heard_at": now,
            "created_at": now,
        }
        mine = WATCH.c.chat == new.chat
        async with writing(self._engine) as connection:
            known = (await connection.execute(select(WATCH.c.id).where(mine, WATCH.c.mark == new.mark))).first()
            if not known:
                count = await connection.scalar(select(func.count()).select_from(WATCH).where(mine))
                if count is not None and count >= MOST_A_CHAT:
                    return "too many"
            changed = {"heard_at": now} | ({} if new.once else {"once": False})
            await connection.execute(insert_or(connection, WATCH, values, ["chat", "mark"], changed))
        return "already" if known else "added"

    async def remove(self, chat: str, mark: str | None = None) -> int:
        """End one watch of the chat, or all; what waits to be told goes with the last. Returns how many ended."""
        mine = (WATCH.c.chat == chat) if mark is None else (WATCH.c.chat == chat) & (WATCH.c.mark == mark)
        async with writing(self._engine) as connection:
            ended = (await connection.execute(delete(WATCH).where(mine))).rowcount
            if mark is None:
                await notices.forget(connection, chat)
        return ended

    async def count(self, chat: str) -> int:
        """How many dossiers the chat watches."""
        async with self._reader.connect() as connection:
            query = select(func.count()).select_from(WATCH).where(WATCH.c.chat == chat)
            return int(await connection.scalar(query) or 0)

    async def heard(self, chat: str, now: datetime) -> None:
        """The person wrote on a channel that lets us write back for a time only: that time begins anew."""
        async with writing(self._engine) as connection:
            await connection.execute(update(WATCH).where(WATCH.c.chat == chat).values(heard_at=now))
            await notices.release(connection, chat, now)

    async def claim(self, now: datetime, most: int) -> tuple[str, Sequence[Row[Any]]]:
        """Take at most ``most`` watches that are due; nobody else gets them while the claim lasts."""
        claim = secrets.token_hex(16)
        free = or_(WATCH.c.claimed_until.is_(None), WATCH.c.claimed_until < now)
        async with writing(self._engine) as connection:
            room = PER_MINUTE - await self._load(connection, now, 0)
            if room <= 0:
                return claim, []
            due = select(WATCH.c.id).where(WATCH.c.next_at <= now, free).order_by(WATCH.c.next_at)
            chosen = due.limit(min(most, room)).with_for_update(skip_locked=True)
            taken = update(WATCH).where(WATCH.c.id.in_(chosen)).values(claim=claim, claimed_until=now + LEASE)
            rows = (await connection.execute(taken.returning(*WATCH.c))).all()
            await self._load(connection, now, len(rows))
        return claim, rows

    async def _load(self, connection: AsyncConnection, now: datetime, more: int) -> int:
        minute = int(now.timestamp() // 60)
        values = {"key": LOAD_KEY, "window": minute, "count": more, "ends_at": now + timedelta(minutes=2)}
        changed = {"count": SPENT.c["count"] + more}
        statement = insert_or(connection, SPENT, values, ["key", "window"], changed).returning(SPENT.c["count"])
        return int((await connection.execute(statement)).scalar_one())

    async def finish(
        self, watch: int, claim: str, changes: dict[str, Any] | None, news: Sequence[NewNotice] = ()
    ) -> bool:
        """Write down what a look found, and what is to be told of it; no ``changes`` ends the watch.

        False: the claim ran out, another worker has the watch, and nothing was written.
        """
        held = (WATCH.c.id == watch) & (WATCH.c.claim == claim)
        async with writing(self._engine) as connection:
            statement = delete(WATCH).where(held).returning(WATCH.c.heard_at)
            if changes is not None:
                done = changes | {"claim": None, "claimed_until": None}
                statement = update(WATCH).where(held).values(done).returning(WATCH.c.heard_at)  # type: ignore[assignment]
            heard_at = (await connection.execute(statement)).scalar_one_or_none()
            if heard_at is None:
                return False
            for notice in news:
                await notices.post(connection, notice, in_vietnam(heard_at))
        return True
