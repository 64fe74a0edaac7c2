"""Inbox and outbox: what came in and is not answered yet, what is answered and not sent yet.

An event is stored before its platform is told that we have it. Its answer is stored in the transaction that marks it
answered (:meth:`Mailbox.answer`), and leaves through the outbox. So a process may die at any instruction: nothing is
lost, nothing is answered twice, and only what was being sent at that moment may be sent once more.

A row in hand is held by one worker, until that worker lets go of it or dies (``knowledge.workers``). Of one chat only
the oldest row can be held, which keeps its messages in order over any number of workers. A row that nothing of its chat
is in front of is held from the moment it is stored, if its worker has a hand free: no second transaction to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Insert,
    Integer,
    String,
    Table,
    Update,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import TypedReturnsRows

from knowledge.db import insert_unless, look, transact
from knowledge.models import Conversation, Inbox, Outbox, table_of
from knowledge.together import APART_SECONDS, Together

CONVERSATION = table_of(Conversation)
INBOX = table_of(Inbox)
OUTBOX = table_of(Outbox)
STATE: ColumnElement[Any] = literal_column(
    "(SELECT c.state FROM conversation AS c WHERE c.key = inbox.key || '')", CONVERSATION.c.state.type
)
"""Of the chat of an event. In our own words: SQLAlchemy leaves out the names of tables in what SQLite returns, and
``key = key`` is true for all. And with ``|| ''``: there SQLite does not know the type of ``inbox.key``, and without it
reads the whole table instead of the index."""
MORE = {
    INBOX: "EXISTS (SELECT 1 FROM inbox AS o WHERE o.key = inbox.key || '' AND o.id > inbox.id AND NOT o.done)",
    OUTBOX: "EXISTS (SELECT 1 FROM outbox AS o WHERE o.key = outbox.key || '' AND o.id <> outbox.id AND NOT o.dead)",
}
"""Whether more of the same chat waits."""
LONGEST_WAIT = timedelta(days=1)
"""No message waits longer for its next try, whatever a platform asks for. One that seems to was written before a
clock was set back."""
SKEW = timedelta(minutes=1)
"""So much may the clocks of two machines differ."""
OPEN = {INBOX: "NOT {}.done", OUTBOX: "NOT {}.dead"}


@dataclass(frozen=True)
class Letter:
    """One stored event: ``payload`` is what its channel needs to answer it, ``state`` the conversation of its chat."""

    number: int
    channel: str
    event: str
    key: str
    payload: dict[str, Any] = field(repr=False)
    state: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Parcel:
    """One message on its way out: ``address`` is the platform's id of the chat, ``event`` what it answers."""

    number: int
    channel: str
    event: str
    key: str
    address: str
    payload: dict[str, Any] = field(repr=False)
    attempts: int


@dataclass(frozen=True)
class NewLetter:
    """An event as it comes in. ``key`` is the hash of its chat (see ``knowledge.privacy``)."""

    channel: str
    event: str
    key: str
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Received:
    """What became of events that came in: the (channel, event) of those that are ``new``, and of these the ones that
    are ``held`` already."""

    new: frozenset[tuple[str, str]]
    held: Sequence[Letter]


class Outlet:
    """Those who send what is answered. These here look into the outbox themselves; others may be handed a message as
    it is stored."""

    def keep_place(self) -> bool:
        """Whether a message may be handed over. If so :meth:`fill_place` must follow."""
        return False

    def fill_place(self, parcel: Parcel | None) -> None:
        """The message for which a place was kept, held for them; ``None``: it cannot be handed over after all."""

    def wake(self) -> None:
        """Something waits in the outbox."""


@dataclass(frozen=True)
class Answered:
    """The stored event that a turn answers, who holds it, and the messages to be sent to ``address`` through
    ``outlet``. ``more`` is called afterwards if another event of the chat waits."""

    letter: Letter
    holder: str
    address: str
    messages: Sequence[dict[str, Any]]
    more: Callable[[], None] = lambda: None
    outlet: Outlet = field(default_factory=Outlet)


class Mailbox:
    """The two tables. Each method is one transaction. ``holder`` names the worker that holds rows."""

    def __init__(self, engine: AsyncEngine, holder: str) -> None:
        self._engine = engine
        self.holder = holder
        self._sent = Together(self._forget_all, apart=APART_SECONDS)

    # In

    async def receive(self, letters: Sequence[NewLetter], now: datetime, places: int = 0) -> Received:
        """Store events; those stored before are passed over. Up to ``places`` of them are held at once: the first of
        a chat of which no other waits."""
        first = {letter.key: letter for letter in reversed(letters)}
        ours = {id(letter) for letter in list(reversed(first.values()))[:places]}
        rows = [_row_of(n, now, self.holder if id(n) in ours else None) for n in letters]

        def work(connection: Connection) -> Sequence[Any]:
            return connection.execute(_storing(connection.dialect.name), rows).all()

        stored = await transact(self._engine, work, single=True)
        names = {(letter.channel, letter.event): letter for letter in letters}
        held = [_letter(row, names[row.channel, row.event]) for row in stored if row.holder]
        return Received(frozenset((row.channel, row.event) for row in stored), held)

    async def take(self, channels: Collection[str], most: int) -> list[Letter]:
        """Hold the oldest unanswered event of up to ``most`` chats that nobody holds."""
        rows = await self._hold(_taking(frozenset(channels)), most=most)
        return [Letter(row.id, row.channel, row.event, row.key, row.payload, row.state) for row in rows]

    async def drop(self, number: int) -> bool:
        """Mark an event that needs no answer as done; whether more of its chat waits."""
        return await self._set(INBOX, number, done=True, payload={}, holder=None)

    async def waiting(self) -> int:
        """How many events are not answered yet."""
        return int(await self._one(select(func.count()).select_from(INBOX).where(_open(INBOX))) or 0)

    # Out

    async def take_out(self, channel: str, now: datetime, most: int) -> list[Parcel]:
        """Hold the oldest unsent message of up to ``most`` chats whose time to be tried has come."""
        rows = await self._hold(_taking_out(), of_channel=channel, now=now, late=now + LONGEST_WAIT, most=most)
        return [Parcel(r.id, r.channel, r.event, r.key, r.address, r.payload, r.attempts) for r in rows]

    async def sent(self, number: int) -> bool:
        """This message has arrived: nothing of it is kept. Whether there is more for its chat."""
        return await self._sent(number)

    async def _forget_all(self, numbers: Sequence[int]) -> Sequence[bool]:
        gone = {"numbers": numbers}
        rows = await transact(self._engine, lambda c: c.execute(_forgetting(), gone).all(), durable=False, single=True)
        more = {row.id for row in rows if row.more}
        return [number in more for number in numbers]

    async def retry(self, parcel: Parcel, at: datetime) -> None:
        """Try this message again, not before ``at``; the later ones of its chat wait with it."""
        of_chat = (OUTBOX.c.key == parcel.key, _open(OUTBOX), OUTBOX.c.next_at < at)
        tried = {"attempts": OUTBOX.c.attempts + 1, "holder": None, "next_at": at}

        def work(connection: Connection) -> None:
            this = (OUTBOX.c.id == parcel.number, OUTBOX.c.holder == self.holder)
            if connection.execute(update(OUTBOX).where(*this).values(tried)).rowcount:
                connection.execute(update(OUTBOX).where(*of_chat).values(next_at=at))

        await transact(self._engine, work)

    async def give_up(self, number: int) -> None:
        """This message can never arrive: kept as dead, without its text, for the operator to count."""
        await self._set(OUTBOX, number, dead=True, payload={}, address="", holder=None)

    async def unsent(self) -> int:
        """How many messages are still to be sent."""
        return int(await self._one(select(func.count()).select_from(OUTBOX).where(_open(OUTBOX))) or 0)

    async def oldest_unsent(self) -> datetime | None:
        """When the oldest message that is still to be sent was written."""
        oldest: datetime | None = await self._one(select(func.min(OUTBOX.c.at)).where(_open(OUTBOX)))
        return oldest

    async def dead(self) -> int:
        """How many messages were given up."""
        return int(await self._one(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.dead.is_(True))) or 0)

    async def clock_was_set_back(self, now: datetime) -> None:
        """What was to be tried later is tried now: the times it waits for were of another clock."""
        await self._now_due(OUTBOX.c.next_at > now, now)

    async def clock_may_have_been_set_back(self, now: datetime) -> None:
        """The same for what seems to have been written in the future, by a process that has seen another time."""
        await self._now_due(OUTBOX.c.at > now + SKEW, now)

    async def _now_due(self, which: ColumnElement[bool], now: datetime) -> None:
        due = update(OUTBOX).where(_open(OUTBOX), which).values(next_at=now)
        await transact(self._engine, lambda connection: connection.execute(due))

    async def let_go_letters(self, but: Collection[int]) -> None:
        """Let go of all events but these: what could not be answered may be taken again."""
        await self._let_go(INBOX, INBOX.c.id.not_in(but))

    async def let_go_parcels(self, channel: str, but: Collection[int]) -> None:
        """Let go of all messages of ``channel`` but these."""
        await self._let_go(OUTBOX, OUTBOX.c.id.not_in(but) & (OUTBOX.c.channel == channel))

    async def _let_go(self, table: Table, which: ColumnElement[bool]) -> None:
        forgotten = update(table).where(table.c.holder == self.holder, which).values(holder=None)
        await transact(self._engine, lambda connection: connection.execute(forgotten), durable=False, single=True)

    async def sweep(self, now: datetime, keep: timedelta) -> None:
        """Give up what has waited longer than ``keep`` (its channel was switched off), count the dead no longer."""

        def work(connection: Connection) -> None:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.dead.is_(True), OUTBOX.c.at < now - 15 * keep))
            late = (_open(OUTBOX), OUTBOX.c.at < now - keep, OUTBOX.c.holder.is_(None))
            connection.execute(update(OUTBOX).where(*late).values(dead=True, payload={}, address=""))
            unread = (_open(INBOX), INBOX.c.at < now - keep, INBOX.c.holder.is_(None))
            connection.execute(delete(INBOX).where(*unread))

        await transact(self._engine, work)

    async def _hold(self, statement: Update, **values: Any) -> Sequence[Any]:
        values["held_by"] = self.holder
        rows = await transact(self._engine, lambda c: c.execute(statement, values).all(), durable=False, single=True)
        return sorted(rows, key=lambda row: row.id)

    async def _set(self, table: Table, number: int, **values: Any) -> bool:
        mine = (table.c.id == number, table.c.holder == self.holder)
        change = update(table).where(*mine).values(values).returning(_more(table))
        return bool(await transact(self._engine, lambda c: c.execute(change).scalar(), single=True))

    async def _one(self, query: Any) -> Any:
        return await look(self._engine, lambda connection: connection.execute(query).scalar_one())


# What runs for every message is made once: to make a statement takes longer than to run it.


@lru_cache(maxsize=2)
def _storing(dialect: str) -> Insert:
    statement = insert_unless(dialect, INBOX, ["channel", "event"], holder=_unless_behind(INBOX))
    return statement.returning(INBOX.c.id, INBOX.c.channel, INBOX.c.event, INBOX.c.holder, STATE.label("state"))


@lru_cache(maxsize=1)
def _marking() -> Update:
    mine = (_numbered(INBOX), _open(INBOX), INBOX.c.holder == bindparam("held_by", type_=String))
    return update(INBOX).where(*mine).values(done=True, payload={}, holder=None).returning(INBOX.c.id, _more(INBOX))


@lru_cache(maxsize=1)
def _posting() -> Insert:
    statement = insert(OUTBOX).values(holder=_unless_behind(OUTBOX))
    return statement.returning(OUTBOX.c.id, OUTBOX.c.channel, OUTBOX.c.event, OUTBOX.c.holder)


@lru_cache(maxsize=1)
def _forgetting() -> TypedReturnsRows[Any]:
    return delete(OUTBOX).where(_numbered(OUTBOX)).returning(OUTBOX.c.id, _more(OUTBOX))


def _numbered(table: Table) -> ColumnElement[bool]:
    return table.c.id.in_(bindparam("numbers", expanding=True))


@lru_cache(maxsize=16)
def _taking(channels: frozenset[str]) -> Update:
    columns = (INBOX.c.id, INBOX.c.channel, INBOX.c.event, INBOX.c.key, INBOX.c.payload, STATE.label("state"))
    # Not the bare column: SQLite would look through all events that the channel ever had.
    of_channels = INBOX.c.channel.concat("").in_(sorted(channels))
    return _holding(INBOX, of_channels, [INBOX.c.id]).returning(*columns)


@lru_cache(maxsize=1)
def _taking_out() -> Update:
    out = OUTBOX.c
    due = (out.channel == bindparam("of_channel")) & or_(
        out.next_at <= bindparam("now"), out.next_at > bindparam("late")
    )
    columns = (out.id, out.channel, out.event, out.key, out.address, out.payload, out.attempts)
    return _holding(OUTBOX, due, [out.next_at, out.id]).returning(*columns)


def _holding(table: Table, ready: ColumnElement[bool], order: Sequence[Any]) -> Update:
    """The statement that takes up to ``most`` rows for ``held_by``. It is long, and made only once."""
    older = table.alias("older")
    first = ~exists().where(older.c.key == table.c.key, older.c.id < table.c.id, _open(table, "older"))
    free = (_open(table), table.c.holder.is_(None), ready, first)
    # SKIP LOCKED matters to PostgreSQL only; on SQLite one writer comes after the other anyway.
    found = select(table.c.id).where(*free).order_by(*order).limit(bindparam("most", type_=Integer))
    chosen = found.with_for_update(skip_locked=True, of=table).cte("chosen")
    return update(table).where(table.c.id.in_(select(chosen.c.id))).values(holder=bindparam("held_by"))


def answered(connection: Connection, mail: Sequence[Answered]) -> dict[int, bool]:
    """Mark events answered and forget what was in them; returns the numbers of those that were still ours, each with
    whether more of its chat waits.

    Another worker's are left out: it took us for dead, and answers them itself.
    """
    fresh: dict[int, bool] = {}
    for holder in {one.holder for one in mail}:
        ours = {"numbers": [one.letter.number for one in mail if one.holder == holder], "held_by": holder}
        fresh |= {row.id: row.more for row in connection.execute(_marking(), ours)}
    return fresh


def post(connection: Connection, mail: Sequence[Answered], now: datetime, hold: Collection[int]) -> dict[int, Parcel]:
    """Put the messages of ``mail`` into the outbox, in the transaction on ``connection``.

    Returns, by the numbers of their letters, those that are held already: of the letters ``hold`` the first message,
    if no other of the chat waits.
    """
    common = {"at": now, "next_at": now, "attempts": 0, "dead": False}
    rows = [
        {
            "channel": one.letter.channel,
            "event": one.letter.event,
            "key": one.letter.key,
            "chat": one.letter.key,
            "address": one.address,
            "payload": payload,
            "held_by": one.holder if place == 0 and one.letter.number in hold else None,
            **common,
        }
        for one in mail
        for place, payload in enumerate(one.messages)
    ]
    if not rows:
        return {}
    stored = connection.execute(_posting(), rows)
    numbers = {(row.channel, row.event): row.id for row in stored if row.holder}
    return {
        one.letter.number: _parcel(numbers[one.letter.channel, one.letter.event], one)
        for one in mail
        if (one.letter.channel, one.letter.event) in numbers
    }


def _parcel(number: int, one: Answered) -> Parcel:
    letter = one.letter
    return Parcel(number, letter.channel, letter.event, letter.key, one.address, one.messages[0], attempts=0)


def _letter(row: Any, new: NewLetter) -> Letter:
    return Letter(row.id, new.channel, new.event, new.key, new.payload, row.state)


def _row_of(new: NewLetter, now: datetime, holder: str | None) -> dict[str, Any]:
    return {
        "channel": new.channel,
        "event": new.event,
        "key": new.key,
        "chat": new.key,
        "payload": new.payload,
        "at": now,
        "done": False,
        "held_by": holder,
    }


def _unless_behind(table: Table) -> ColumnElement[Any]:
    """Who holds a new row: ``held_by``, unless another of its chat waits."""
    other = table.alias("other")
    behind = exists().where(other.c.key == bindparam("chat", type_=String), _open(table, "other"))
    return case((~behind, bindparam("held_by", type_=String)))


def _open(table: Table, name: str = "") -> ColumnElement[bool]:
    """Not done, not dead: in the very words of the indexes, or SQLite does not use them."""
    condition: ColumnElement[bool] = literal_column(OPEN[table].format(name or table.name))
    return condition


def _more(table: Table) -> ColumnElement[bool]:
    more: ColumnElement[bool] = literal_column(MORE[table], Boolean)
    return more.label("more")
