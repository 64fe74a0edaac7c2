"""Notices on their way. A notice is written in the transaction that found the news, and sent afterwards.

This is a small outbox of its own; whatever else can take a message in a transaction can stand in its place, as a
:class:`Notifier`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.db import writing
from knowledge.models import Notice, table_of

NOTICE = table_of(Notice)
LEASE = timedelta(minutes=2)
MOST_TRIES = 8
KEEP_SENT = timedelta(days=2)
KEEP_UNSENT = timedelta(days=30)


@dataclass(frozen=True)
class NewNotice:
    """``unique`` names the watch and the news; ``address`` and ``text`` are sealed. After ``not_after`` the
    channel no longer lets us write, and the notice waits until the person writes again."""

    unique: str
    chat: str
    channel: str
    address: str
    text: str
    at: datetime
    not_after: datetime | None = None


class Notifier(Protocol):
    """Takes notices inside a transaction and sees to it that they are sent once."""

    async def notify(self, connection: AsyncConnection, notice: NewNotice) -> None:
        """Take ``notice`` in the transaction on ``connection``; the same ``unique`` twice is an error."""
        ...


class NoticeTable:
    """A :class:`Notifier` on the table ``notice``, and the sender's side of it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def notify(self, connection: AsyncConnection, notice: NewNotice) -> None:
        """See :class:`Notifier`."""
        values = {
            "unique": notice.unique,
            "chat": notice.chat,
            "channel": notice.channel,
            "address": notice.address,
            "text": notice.text,
            "created_at": notice.at,
            "next_at": notice.at,
            "not_after": notice.not_after,
            "tries": 0,
        }
        await connection.execute(NOTICE.insert().values(values))

    async def claim(self, now: datetime, channels: Sequence[str], most: int) -> tuple[str, Sequence[Row[Any]]]:
        """Take notices to send; nobody else gets them for two minutes, by when we know how it went."""
        claim = secrets.token_hex(16)
        open_window = or_(NOTICE.c.not_after.is_(None), NOTICE.c.not_after > now)
        due = (
            select(NOTICE.c.id)
            .where(NOTICE.c.sent_at.is_(None), NOTICE.c.next_at <= now, NOTICE.c.tries < MOST_TRIES)
            .where(NOTICE.c.channel.in_(channels), open_window)
            .order_by(NOTICE.c.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        changes = {"claim": claim, "next_at": now + LEASE, "tries": NOTICE.c.tries + 1}
        async with writing(self._engine) as connection:
            taken = update(NOTICE).where(NOTICE.c.id.in_(due)).values(changes).returning(*NOTICE.c)
            return claim, sorted((await connection.execute(taken)).all(), key=lambda row: row.id)

    async def sent(self, notice: int, claim: str, now: datetime) -> None:
        """It has arrived. The text goes at once, the row stays a while so that it is not written again."""
        held = (NOTICE.c.id == notice) & (NOTICE.c.claim == claim)
        async with writing(self._engine) as connection:
            await connection.execute(update(NOTICE).where(held).values(sent_at=now, text="", address=""))

    async def failed(self, notice: int, claim: str, next_at: datetime | None) -> None:
        """Try again at ``next_at``; ``None``: it never will arrive (blocked, unreadable)."""
        held = (NOTICE.c.id == notice) & (NOTICE.c.claim == claim)
        changes: dict[str, Any] = {"next_at": next_at} if next_at else {"tries": MOST_TRIES, "text": "", "address": ""}
        async with writing(self._engine) as connection:
            await connection.execute(update(NOTICE).where(held).values(changes))

    async def wait(self, notice: int, claim: str, now: datetime) -> None:
        """The channel does not let us write just now: keep it until the person writes (:meth:`Watches.heard`)."""
        held = (NOTICE.c.id == notice) & (NOTICE.c.claim == claim)
        changes = {"not_after": now, "next_at": now, "tries": 0}
        async with writing(self._engine) as connection:
            await connection.execute(update(NOTICE).where(held).values(changes))

    async def sweep(self, now: datetime) -> None:
        """Delete what was sent, and what never could be."""
        old = (NOTICE.c.sent_at < now - KEEP_SENT) | (NOTICE.c.created_at < now - KEEP_UNSENT)
        async with writing(self._engine) as connection:
            await connection.execute(delete(NOTICE).where(old))
