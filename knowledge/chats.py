"""What is kept of chats: which entry one is about, which events were answered, what we could not answer.

These run for every message, so they are plain statements, without the object layer on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, desc, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.db import insert_or
from knowledge.mailbox import Letter, answered, post
from knowledge.models import Conversation, Feedback, Inbox, Unanswered, table_of

CONVERSATION = table_of(Conversation)
INBOX = table_of(Inbox)
UNANSWERED = table_of(Unanswered)
FEEDBACK = table_of(Feedback)


@dataclass(frozen=True)
class Answered:
    """The stored event that a turn answers, who holds it, and the messages to be sent to ``address``."""

    letter: Letter
    holder: str
    address: str
    messages: Sequence[dict[str, Any]]


class Chats:
    """Conversations and events in the database. Each method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)

    async def begin_turn(self, key: str, event: tuple[str, str] | None) -> tuple[bool, dict[str, Any] | None]:
        """(whether ``event`` was answered before, the state of the conversation ``key``)."""
        async with self._reader.connect() as connection:
            if event:
                seen = select(INBOX.c.event).where(INBOX.c.channel == event[0], INBOX.c.event == event[1])
                if (await connection.execute(seen)).first():
                    return True, None
            state = select(CONVERSATION.c.state).where(CONVERSATION.c.key == key)
            return False, (await connection.execute(state)).scalar_one_or_none()

    async def finish_turn(
        self,
        key: str,
        state: dict[str, Any] | None,
        *,
        now: datetime,
        event: tuple[str, str] | None = None,
        mail: Answered | None = None,
        unanswered: str | None = None,
        feedback: tuple[str, str | None] | None = None,
    ) -> bool:
        """Write down all that one message changes, together; no ``state`` deletes the conversation.

        False: another worker answered the event meanwhile, and nothing was written.
        """
        try:
            async with self._engine.begin() as connection:
                if mail and not await answered(connection, mail.letter.number, mail.holder):
                    return False
                if mail:
                    letter = mail.letter
                    await post(connection, letter.channel, letter.key, mail.address, mail.messages, now)
                elif event:
                    await connection.execute(INBOX.insert().values(_done(key, event, now)))
                await _put_conversation(connection, key, state, now)
                if unanswered:
                    await _count_unanswered(connection, unanswered, now.date())
                if feedback:
                    values = {"text": feedback[0], "about": feedback[1], "day": now.date()}
                    await connection.execute(FEEDBACK.insert().values(values))
        except IntegrityError:
            if event is None:
                raise
            return False
        return True

    async def unanswered(self, limit: int = 100) -> list[tuple[str, int]]:
        """(question, times asked) of what we had no answer to, most asked first."""
        columns = (UNANSWERED.c.question, UNANSWERED.c.times)
        query = select(*columns).order_by(desc(UNANSWERED.c.times), UNANSWERED.c.id).limit(limit)
        async with self._reader.connect() as connection:
            return [(row.question, row.times) for row in await connection.execute(query)]

    async def sweep(self, now: datetime, conversations: timedelta, events: timedelta) -> None:
        """Delete conversations and event ids that are older than the given times."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(CONVERSATION).where(CONVERSATION.c.touched_at < now - conversations))
            await connection.execute(delete(INBOX).where(INBOX.c.done, INBOX.c.at < now - events))


def _done(key: str, event: tuple[str, str], now: datetime) -> dict[str, Any]:
    return {"channel": event[0], "event": event[1], "key": key, "payload": {}, "done": True, "at": now}


async def _put_conversation(connection: AsyncConnection, key: str, state: dict[str, Any] | None, now: datetime) -> None:
    if state is None:
        await connection.execute(delete(CONVERSATION).where(CONVERSATION.c.key == key))
        return
    values = {"key": key, "state": state, "touched_at": now}
    changed = {"state": state, "touched_at": now}
    await connection.execute(insert_or(connection, CONVERSATION, values, ["key"], changed))


async def _count_unanswered(connection: AsyncConnection, question: str, day: date) -> None:
    values = {"question": question, "times": 1, "first_seen": day, "last_seen": day}
    changed = {"times": UNANSWERED.c.times + 1, "last_seen": day}
    await connection.execute(insert_or(connection, UNANSWERED, values, ["question"], changed))
