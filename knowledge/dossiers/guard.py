"""Budgets against guessing. Codes have no check digit and run in sequence, so whoever tries enough of them finds some;
what one chat, one network and one desk's morning may try is bounded here, and what was refused is counted.

A try is paid for before the system is asked, and partly given back when the code proves right: however many guesses
arrive at once, no more than the budget get an answer. docs/dossiers.md has the figures and the reasons.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from prometheus_client import Counter as Metric
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.calendar import Clock, in_vietnam
from knowledge.db import insert_or, is_shared, writing
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.vault import Vault
from knowledge.models import Refused, Spent, table_of
from knowledge.together import Together

SPENT = table_of(Spent)
REFUSED = table_of(Refused)
REFUSALS = Metric("motcua_dossier_refused_total", "Look-ups refused or missed", ["kind"])
KEEP_DAYS = timedelta(days=90)
MOST_REMEMBERED = 10_000
COUNT_LOT = 100

AT_A_TIME = 25
"""Tries paid in one transaction: few enough that nobody notices, many enough for hundreds a second."""
AGAIN = timedelta(hours=1)

Scope = Literal["chat", "network", "prefix", "code"]
Place = tuple[str, int]
"""A budget's keyed name and its window of time."""


@dataclass(frozen=True)
class Budget:
    """``limit`` tries in each ``window`` of time (windows stand fixed: they do not slide). A ``given_back`` one
    pays only for codes that lead to nothing."""

    name: str
    scope: Scope
    limit: int
    window: timedelta
    given_back: bool


LOOK_UPS = (
    Budget("chat-missed", "chat", 5, timedelta(minutes=15), given_back=True),
    Budget("chat", "chat", 30, timedelta(hours=1), given_back=False),
    Budget("network-missed", "network", 30, timedelta(hours=1), given_back=True),
    Budget("network", "network", 200, timedelta(hours=1), given_back=False),
    Budget("prefix-missed", "prefix", 20, timedelta(hours=1), given_back=True),
    Budget("prefix", "prefix", 60, timedelta(hours=1), given_back=False),
)
FACTS = (
    Budget("fact-chat", "chat", 3, timedelta(hours=1), given_back=True),
    Budget("fact-network", "network", 20, timedelta(hours=1), given_back=True),
    Budget("fact-code", "code", 5, timedelta(days=1), given_back=True),
)


@dataclass(frozen=True)
class Asker:
    """Who asks: the keyed hashes of the chat and of its network (empty when the channel does not tell)."""

    chat: str
    network: str = ""


@dataclass(frozen=True)
class Ticket:
    """One paid try. ``refused`` names the budget that is used up; then nothing was paid."""

    refused: Budget | None = None
    until: datetime | None = None
    paid: tuple[Place, ...] = ()


@dataclass(frozen=True)
class _Try:
    """One try on its way through a transaction: what it has to pay, and what makes it free."""

    again: Place | None
    costs: tuple[tuple[Budget, Place], ...]
    now: datetime

    def ends(self) -> Iterator[tuple[Place, datetime]]:
        """When the windows of all its places end."""
        yield from ((place, _ends(self.now, budget.window)) for budget, place in self.costs)
        if self.again:
            yield self.again, _ends(self.now, AGAIN)


class Guard:
    """Keeps the budgets: on PostgreSQL in the database, for all workers together. On SQLite, which one process
    serves, they are in its memory, are written down by :meth:`sweep` and read again at the start: two more
    transactions a look-up would make everybody wait for the one writer that SQLite allows."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)
        self._vault = vault
        self._clock = clock
        self._used_up: OrderedDict[str, Ticket] = OrderedDict()
        self._uncounted: Counter[str] = Counter()
        self._shared = is_shared(engine)
        self._spent: Counter[Place] | None = None
        self._ends: dict[Place, datetime] = {}
        self._pay = Together(self._pay_all, AT_A_TIME)
        self._return = Together(self._return_all, AT_A_TIME)

    async def pay(self, who: Asker, code: DossierCode, budgets: Iterable[Budget] = LOOK_UPS) -> Ticket:
        """Pay for one try, or learn which budget forbids it. The same code again in a chat is free."""
        now = self._clock()
        keys = list(self._keys(who, code, budgets))
        known = self._known_refusal(keys, now)
        if known:
            ticket = known
        else:
            again = (
                (self._vault.mark("again", who.chat, code.text), _window(now, AGAIN)) if budgets is LOOK_UPS else None
            )
            costs = tuple((budget, (key, _window(now, budget.window))) for budget, key in keys)
            ticket = await self._pay(_Try(again, costs, now))
        if ticket.refused:
            await self.count(ticket.refused.name)
        return ticket

    async def _pay_all(self, tries: Sequence[_Try]) -> Sequence[Ticket]:
        """All of ``tries`` in their order, in one transaction."""
        ends = {place: end for one in tries for place, end in one.ends()}
        if not self._shared:
            spent = await self._remembered()
            tickets = [self._settle(one, spent) for one in tries]
            self._ends |= {place: end for place, end in ends.items() if place in spent}
            return tickets
        async with writing(self._engine, durable=False) as connection:
            counts = await _held_counts(connection, ends)
            before = dict(counts)
            tickets = [self._settle(one, counts) for one in tries]
            await _set_counts(connection, {p: n for p, n in counts.items() if n != before[p]})
        return tickets

    def _settle(self, one: _Try, counts: dict[Place, int]) -> Ticket:
        if one.again and counts[one.again]:
            return Ticket()
        for budget, place in one.costs:
            if counts[place] >= budget.limit:
                return self._remember(place[0], Ticket(budget, _ends(one.now, budget.window)))
        for place in [place for _, place in one.costs] + ([one.again] if one.again else []):
            counts[place] += 1
        return Ticket(paid=tuple(place for budget, place in one.costs if budget.given_back))

    def _keys(self, who: Asker, code: DossierCode, budgets: Iterable[Budget]) -> Iterator[tuple[Budget, str]]:
        names = {"chat": who.chat, "network": who.network, "prefix": code.prefix, "code": code.text}
        for budget in budgets:
            if names[budget.scope]:
                yield budget, self._vault.mark("budget", budget.name, names[budget.scope])

    def _remember(self, key: str, ticket: Ticket) -> Ticket:
        """A flood of guesses must not become a flood of transactions: this worker knows the answer till the
        window ends."""
        self._used_up[key] = ticket
        while len(self._used_up) > MOST_REMEMBERED:
            self._used_up.popitem(last=False)
        return ticket

    def _known_refusal(self, keys: Sequence[tuple[Budget, str]], now: datetime) -> Ticket | None:
        if not self._used_up:
            return None
        tickets = (self._used_up.get(key) for _, key in keys)
        return next((ticket for ticket in tickets if ticket and ticket.until and ticket.until > now), None)

    async def give_back(self, ticket: Ticket) -> None:
        """The code was right, or nothing could be learnt: what pays for misses is given back."""
        if ticket.paid:
            await self._return(ticket.paid)

    async def _return_all(self, paid: Sequence[tuple[Place, ...]]) -> Sequence[None]:
        back = Counter(place for places in paid for place in places)
        if not self._shared:
            (await self._remembered()).subtract(back)
            return [None] * len(paid)
        async with writing(self._engine, durable=False) as connection:
            here = SPENT.c.key.in_({key for key, _ in back})
            query = select(SPENT.c.key, SPENT.c.window, SPENT.c["count"]).where(here)
            held = await connection.execute(query.order_by(SPENT.c.key, SPENT.c.window).with_for_update())
            counts = {(key, window): number for key, window, number in held}
            await _set_counts(connection, {place: counts[place] - n for place, n in back.items() if place in counts})
        return [None] * len(paid)

    async def _remembered(self) -> Counter[Place]:
        """What is spent, on SQLite; read from the database once."""
        if self._spent is None:
            query = select(SPENT.c.key, SPENT.c.window, SPENT.c["count"], SPENT.c.ends_at)
            async with self._reader.connect() as connection:
                rows = (await connection.execute(query)).all()
            if self._spent is None:
                self._spent = Counter({(key, window): number for key, window, number, _ in rows})
                self._ends = {(key, window): in_vietnam(end) for key, window, _, end in rows}
        return self._spent

    async def _write_remembered(self, connection: AsyncConnection, now: datetime) -> None:
        spent = self._spent or Counter()
        for place in [place for place in spent if self._ends[place] < now]:
            del spent[place], self._ends[place]
        rows = [{"key": p[0], "window": p[1], "count": n, "ends_at": self._ends[p]} for p, n in spent.items()]
        if rows:
            await connection.execute(SPENT.insert(), rows)

    async def count(self, kind: str) -> None:
        """One more refused or missed try today, for the operator. Written in lots, at the latest by :meth:`sweep`."""
        REFUSALS.labels(kind).inc()
        self._uncounted[kind] += 1
        if self._uncounted.total() >= COUNT_LOT:
            await self._write_counts()

    async def _write_counts(self) -> None:
        counts, self._uncounted = self._uncounted, Counter()
        if not counts:
            return
        async with writing(self._engine, durable=False) as connection:
            for kind, more in sorted(counts.items()):
                values = {"day": self._clock().date(), "kind": kind, "count": more}
                changed = {"count": REFUSED.c["count"] + more}
                await connection.execute(insert_or(connection, REFUSED, values, ["day", "kind"], changed))

    async def refused_on(self, day: date) -> dict[str, int]:
        """How many tries were refused or missed on ``day``, by kind."""
        await self._write_counts()
        query = select(REFUSED.c.kind, REFUSED.c["count"]).where(REFUSED.c.day == day).order_by(REFUSED.c.kind)
        async with self._reader.connect() as connection:
            return {kind: number for kind, number in await connection.execute(query)}  # noqa: C416  (rows)

    async def sweep(self) -> None:
        """Delete windows that are over, and counts older than 90 days; write down what is in memory."""
        now = self._clock()
        await self._write_counts()
        async with writing(self._engine, durable=False) as connection:
            await connection.execute(delete(SPENT).where(SPENT.c.ends_at < now) if self._shared else delete(SPENT))
            await self._write_remembered(connection, now)
            await connection.execute(delete(REFUSED).where(REFUSED.c.day < (now - KEEP_DAYS).date()))


async def _held_counts(connection: AsyncConnection, ends: dict[Place, datetime]) -> dict[Place, int]:
    """What is spent at each place. Rows that are not there are made; on PostgreSQL all are locked, in one order."""
    rows = [{"key": p[0], "window": p[1], "count": 0, "ends_at": ends[p]} for p in sorted(ends)]
    same = {"count": SPENT.c["count"]}
    await connection.execute(insert_or(connection, SPENT, None, ["key", "window"], same), rows)
    query = select(SPENT.c.key, SPENT.c.window, SPENT.c["count"]).where(SPENT.c.key.in_({key for key, _ in ends}))
    return {(key, window): number for key, window, number in await connection.execute(query)}


async def _set_counts(connection: AsyncConnection, counts: dict[Place, int]) -> None:
    if not counts:
        return
    rows = [{"at_key": p[0], "at_window": p[1], "now": n} for p, n in sorted(counts.items())]
    here = (SPENT.c.key == bindparam("at_key")) & (SPENT.c.window == bindparam("at_window"))
    await connection.execute(update(SPENT).where(here).values({"count": bindparam("now")}), rows)


def _window(now: datetime, window: timedelta) -> int:
    return int(now.timestamp() // window.total_seconds())


def _ends(now: datetime, window: timedelta) -> datetime:
    seconds = (_window(now, window) + 1) * window.total_seconds()
    return datetime.fromtimestamp(seconds, now.tzinfo)
