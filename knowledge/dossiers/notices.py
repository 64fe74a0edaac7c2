"""News of watched dossiers on their way to people.

A notice is put into the outbox in the transaction that found the news, as an answer is in the one that marked its event
answered; from there it leaves like every other message. Where the channel does not let us write just now, it waits here
until the person writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.db import writing
from knowledge.mailbox import OUTBOX, Parcel
from knowledge.models import Notice, table_of

NOTICE = table_of(Notice)
MARK = "notice:"
"""Begins the event of a notice in the outbox."""
BEGUN = "begun"
"""Stands beside what is sealed in a notice that somebody began to send."""
KEEP = timedelta(days=30)


@dataclass(frozen=True)
class NewNotice:
    """``name`` tells the watch and the news, for the logs; ``payload`` is the message with its address, sealed.
    ``window`` is how long after the person's last message the channel lets us write; ``None``: always."""

    name: str
    chat: str
    channel: str
    payload: dict[str, Any]
    at: datetime
    window: timedelta | None = None


def is_notice(parcel: Parcel) -> bool:
    """Whether ``parcel`` is news, not an answer."""
    return parcel.event.startswith(MARK)


def was_begun(parcel: Parcel) -> bool:
    """Whether somebody began to send it before, so that it may have arrived."""
    return BEGUN in parcel.payload


async def post(connection: AsyncConnection, notice: NewNotice, heard_at: datetime) -> None:
    """Have ``notice`` sent, now or when the person writes again, if the transaction on ``connection`` ends well."""
    if notice.window and notice.at >= heard_at + notice.window:
        values = {name: getattr(notice, name) for name in ("name", "chat", "channel", "payload")}
        await connection.execute(NOTICE.insert().values(values | {"created_at": notice.at}))
    else:
        await connection.execute(OUTBOX.insert(), [_row(notice, notice.at)])


async def release(connection: AsyncConnection, chat: str, now: datetime) -> None:
    """The person wrote: what waited for that may go."""
    found = await connection.execute(delete(NOTICE).where(NOTICE.c.chat == chat).returning(*NOTICE.c))
    rows = [_row(row, now) for row in sorted(found.all(), key=lambda row: row.id)]
    if rows:
        await connection.execute(OUTBOX.insert(), rows)


async def forget(connection: AsyncConnection, chat: str) -> None:
    """Nothing of it is told to ``chat`` any more. What is just being sent cannot be called back."""
    await connection.execute(delete(NOTICE).where(NOTICE.c.chat == chat))
    unsent = (OUTBOX.c.key == chat, OUTBOX.c.event.startswith(MARK), OUTBOX.c.holder.is_(None))
    await connection.execute(delete(OUTBOX).where(*unsent))


def _row(notice: Any, now: datetime) -> dict[str, Any]:
    return {
        "channel": notice.channel,
        "event": MARK + notice.name,
        "key": notice.chat,
        "address": "",
        "payload": notice.payload,
        "at": now,
        "next_at": now,
        "attempts": 0,
        "dead": False,
    }


class Notices:
    """What happens to a notice that ``holder`` has in hand. Each method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, parcel: Parcel, holder: str) -> bool:
        """Write down that sending begins: whoever finds it after we died knows that it may have arrived.

        False: it is no longer ours to send.
        """
        changed = parcel.payload | {BEGUN: True}
        statement = update(OUTBOX).where(*_held(parcel, holder)).values(payload=changed)
        async with writing(self._engine) as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def wait(self, parcel: Parcel, holder: str, now: datetime) -> None:
        """The channel does not let us write just now: keep it until the person writes (:func:`release`)."""
        values = {
            "name": parcel.event.removeprefix(MARK),
            "chat": parcel.key,
            "channel": parcel.channel,
            "payload": {key: value for key, value in parcel.payload.items() if key != BEGUN},
            "created_at": now,
        }
        async with writing(self._engine) as connection:
            if (await connection.execute(delete(OUTBOX).where(*_held(parcel, holder)))).rowcount == 1:
                await connection.execute(NOTICE.insert().values(values))

    async def sweep(self, now: datetime) -> None:
        """Delete what has waited so long that it is no news any more."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(NOTICE).where(NOTICE.c.created_at < now - KEEP))


def _held(parcel: Parcel, holder: str) -> Sequence[Any]:
    return (OUTBOX.c.id == parcel.number, OUTBOX.c.holder == holder)
