"""What is kept of chats: which entry one is about, which events were answered, what we could not answer.

These run for every message, so they are plain statements, without the object layer on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, delete, desc, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.db import insert_or, insert_unless, look, put_all, transact
from knowledge.mailbox import Answered, Parcel, answered, post
from knowledge.models import Conversation, Feedback, Inbox, Unanswered, table_of
from knowledge.together import APART_SECONDS, Together

CONVERSATION = table_of(Conversation)
INBOX = table_of(Inbox)
UNANSWERED = table_of(Unanswered)
FEEDBACK = table_of(Feedback)


@dataclass(frozen=True)
class Turn:
    """All that one message changes; no ``state`` deletes the conversation, ``untouched`` leaves it as it is.
    ``mail`` is set for a stored event."""

    key: str
    state: dict[str, Any] | None
    now: datetime
    event: tuple[str, str] | None = None
    mail: Answered | None = None
    unanswered: str | None = None
    feedback: tuple[str, str | None] | None = None
    untouched: bool = False


class Chats:
    """Conversations and events in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)
        self._state = Together(self._states)
        self._finish = Together(self._finish_all, apart=APART_SECONDS)

    async def begin_turn(self, key: str, event: tuple[str, str] | None) -> tuple[bool, dict[str, Any] | None]:
        """(whether ``event`` was answered before, the state of the conversation ``key``)."""
        if event and await self._seen(event):
            return True, None
        return False, await self._state(key)

    async def _seen(self, event: tuple[str, str]) -> bool:
        seen = select(INBOX.c.event).where(INBOX.c.channel == event[0], INBOX.c.event == event[1])
        return await look(self._engine, lambda connection: connection.execute(seen).first() is not None)

    async def _states(self, keys: Sequence[str]) -> list[dict[str, Any] | None]:
        query = select(CONVERSATION.c.key, CONVERSATION.c.state).where(CONVERSATION.c.key.in_(keys))
        rows = await look(self._engine, lambda connection: connection.execute(query).all())
        states = {row.key: row.state for row in rows}
        return [states.get(key) for key in keys]

    async def finish_turn(self, turn: Turn) -> bool:
        """Write down all of ``turn`` together.

        False: another worker answered the event meanwhile, and nothing was written.
        """
        return await self._finish(turn)

    async def _finish_all(self, turns: Sequence[Turn]) -> list[bool]:
        """Many turns in one transaction, a statement for each table. A chat has one turn at a time."""

        mail = [turn.mail for turn in turns if turn.mail]
        parcels: dict[int, Parcel] = {}
        places = {one.letter.number: one.outlet for one in mail if one.messages and one.outlet.keep_place()}

        def work(connection: Connection) -> tuple[list[bool], dict[int, bool]]:
            ours = answered(connection, mail) if mail else {}
            new = _note_events(connection, [turn for turn in turns if turn.event and not turn.mail])
            fresh = [_is_fresh(turn, ours, new) for turn in turns]
            kept = [turn for turn, ok in zip(turns, fresh, strict=True) if ok]
            if kept:
                parcels.update(post(connection, [turn.mail for turn in kept if turn.mail], kept[0].now, places))
                _put_conversations(connection, [turn for turn in kept if not turn.untouched])
                _write_down(connection, kept)
            return fresh, ours

        try:
            fresh, ours = await transact(self._engine, work)
        except BaseException:
            parcels.clear()
            raise
        finally:
            for number, outlet in places.items():
                outlet.fill_place(parcels.get(number))
        for one in mail:
            if one.messages and one.letter.number not in places:
                one.outlet.wake()
            if ours.get(one.letter.number):
                one.more()
        return fresh

    async def unanswered(self, limit: int = 100) -> list[tuple[str, int]]:
        """(question, times asked) of what we had no answer to, most asked first."""
        columns = (UNANSWERED.c.question, UNANSWERED.c.times)
        query = select(*columns).order_by(desc(UNANSWERED.c.times), UNANSWERED.c.id).limit(limit)
        async with self._reader.connect() as connection:
            return [(row.question, row.times) for row in await connection.execute(query)]

    async def sweep(self, now: datetime, conversations: timedelta, events: timedelta) -> None:
        """Delete conversations and event ids that are older than the given times."""

        def work(connection: Connection) -> None:
            connection.execute(delete(CONVERSATION).where(CONVERSATION.c.touched_at < now - conversations))
            connection.execute(delete(INBOX).where(INBOX.c.done, INBOX.c.at < now - events))

        await transact(self._engine, work)


def _is_fresh(turn: Turn, ours: dict[int, bool], new: set[tuple[str, str]]) -> bool:
    if turn.mail:
        return turn.mail.letter.number in ours
    if turn.event in new:
        # The same event twice in one batch: the first turn has it, the others come too late.
        new.discard(turn.event)
        return True
    return turn.event is None


def _note_events(connection: Connection, turns: Sequence[Turn]) -> set[tuple[str, str]]:
    """Keep the ids of events that were answered without waiting in the inbox; returns those that are new."""
    rows = [
        {"channel": turn.event[0], "event": turn.event[1], "key": turn.key, "payload": {}, "done": True, "at": turn.now}
        for turn in turns
        if turn.event
    ]
    if not rows:
        return set()
    written = connection.execute(_noting(connection.dialect.name), rows)
    return {(row.channel, row.event) for row in written}


@lru_cache(maxsize=2)
def _noting(dialect: str) -> Insert:
    return insert_unless(dialect, INBOX, ["channel", "event"]).returning(INBOX.c.channel, INBOX.c.event)


@lru_cache(maxsize=2)
def _putting(dialect: str) -> Insert:
    return put_all(dialect, CONVERSATION, "key", ["state", "touched_at"])


def _put_conversations(connection: Connection, turns: Sequence[Turn]) -> None:
    # In the order of their keys: two workers that write the same rows must not wait for each other in a circle.
    rows = [
        {"key": turn.key, "state": turn.state, "touched_at": turn.now}
        for turn in sorted(turns, key=lambda turn: turn.key)
        if turn.state is not None
    ]
    if rows:
        connection.execute(_putting(connection.dialect.name), rows)
    ended = [turn.key for turn in turns if turn.state is None]
    if ended:
        connection.execute(delete(CONVERSATION).where(CONVERSATION.c.key.in_(ended)))


def _write_down(connection: Connection, turns: Sequence[Turn]) -> None:
    """What the staff should see."""
    for question, day in sorted((turn.unanswered, turn.now.date()) for turn in turns if turn.unanswered):
        _count_unanswered(connection, question, day)
    for turn in turns:
        if turn.feedback:
            values = {"text": turn.feedback[0], "about": turn.feedback[1], "day": turn.now.date()}
            connection.execute(FEEDBACK.insert().values(values))


def _count_unanswered(connection: Connection, question: str, day: date) -> None:
    values = {"question": question, "times": 1, "first_seen": day, "last_seen": day}
    changed = {"times": UNANSWERED.c.times + 1, "last_seen": day}
    connection.execute(insert_or(connection, UNANSWERED, values, ["question"], changed))
