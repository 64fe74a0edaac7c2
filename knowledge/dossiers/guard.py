"""Budgets against guessing. Codes have no check digit and run in sequence, so whoever tries enough of them finds some;
what one chat, one network and one desk's morning may try is bounded here, and what was refused is counted.

A try is paid for before the system is asked, and partly given back when the code proves right: however many guesses
arrive at once, no more than the budget get an answer. docs/dossiers.md has the figures and the reasons.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from prometheus_client import Counter as Metric
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.calendar import Clock
from knowledge.db import insert_or, writing
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.vault import Vault
from knowledge.models import Refused, Spent, table_of

SPENT = table_of(Spent)
REFUSED = table_of(Refused)
REFUSALS = Metric("motcua_dossier_refused_total", "Look-ups refused or missed", ["kind"])
KEEP_DAYS = timedelta(days=90)
MOST_REMEMBERED = 10_000
COUNT_LOT = 100

Scope = Literal["chat", "network", "prefix", "code"]


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
    paid: tuple[tuple[str, int], ...] = ()


class Guard:
    """Keeps the budgets in the database, for all workers together."""

    def __init__(self, engine: AsyncEngine, vault: Vault, clock: Clock) -> None:
        self._engine = engine
        self._reader = engine.execution_options(read_only=True)
        self._vault = vault
        self._clock = clock
        self._used_up: OrderedDict[str, Ticket] = OrderedDict()
        self._uncounted: Counter[str] = Counter()

    async def pay(self, who: Asker, code: DossierCode, budgets: Iterable[Budget] = LOOK_UPS) -> Ticket:
        """Pay for one try, or learn which budget forbids it. The same code again in a chat is free."""
        now = self._clock()
        known = self._known_refusal(who, code, budgets, now)
        if known:
            await self.count(known.refused.name if known.refused else "")
            return known
        again = self._vault.mark("again", who.chat, code.text)
        async with writing(self._engine, durable=False) as connection:
            free = budgets is LOOK_UPS and not await _first_time(connection, again, now)
            ticket = Ticket() if free else await self._charge(connection, who, code, budgets, now)
            if ticket.refused:
                await connection.rollback()
        if ticket.refused:
            await self.count(ticket.refused.name)
        return ticket

    async def _charge(
        self, connection: AsyncConnection, who: Asker, code: DossierCode, budgets: Iterable[Budget], now: datetime
    ) -> Ticket:
        paid: list[tuple[str, int]] = []
        for budget, key in self._keys(who, code, budgets):
            window, ends = _window(now, budget.window), _ends(now, budget.window)
            if await _add(connection, key, window, ends) > budget.limit:
                return self._remember(key, Ticket(budget, ends))
            if budget.given_back:
                paid.append((key, window))
        return Ticket(paid=tuple(paid))

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

    def _known_refusal(self, who: Asker, code: DossierCode, budgets: Iterable[Budget], now: datetime) -> Ticket | None:
        if not self._used_up:
            return None
        tickets = (self._used_up.get(key) for _, key in self._keys(who, code, budgets))
        return next((ticket for ticket in tickets if ticket and ticket.until and ticket.until > now), None)

    async def give_back(self, ticket: Ticket) -> None:
        """The code was right, or nothing could be learnt: what pays for misses is given back."""
        if not ticket.paid:
            return
        async with writing(self._engine, durable=False) as connection:
            for key, window in ticket.paid:
                here = (SPENT.c.key == key) & (SPENT.c.window == window)
                await connection.execute(update(SPENT).where(here).values(count=SPENT.c["count"] - 1))

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
        """Delete windows that are over, and counts older than 90 days."""
        now = self._clock()
        await self._write_counts()
        async with writing(self._engine, durable=False) as connection:
            await connection.execute(delete(SPENT).where(SPENT.c.ends_at < now))
            await connection.execute(delete(REFUSED).where(REFUSED.c.day < (now - KEEP_DAYS).date()))


async def _first_time(connection: AsyncConnection, key: str, now: datetime) -> bool:
    hour = timedelta(hours=1)
    return await _add(connection, key, _window(now, hour), _ends(now, hour)) == 1


async def _add(connection: AsyncConnection, key: str, window: int, ends: datetime) -> int:
    values = {"key": key, "window": window, "count": 1, "ends_at": ends}
    statement = insert_or(connection, SPENT, values, ["key", "window"], {"count": SPENT.c["count"] + 1})
    return int((await connection.execute(statement.returning(SPENT.c["count"]))).scalar_one())


def _window(now: datetime, window: timedelta) -> int:
    return int(now.timestamp() // window.total_seconds())


def _ends(now: datetime, window: timedelta) -> datetime:
    seconds = (_window(now, window) + 1) * window.total_seconds()
    return datetime.fromtimestamp(seconds, now.tzinfo)
