"""The tokens of a Zalo Official Account in the database: one row an app.

A refresh token is good for one use, and whoever loses the new one is locked out. So a worker first writes down that
it is about to spend the token (a lease: nobody else may meanwhile), and the new pair is on the disk before it is used.
``version`` counts the pairs: a worker that was asleep cannot overwrite a newer one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from knowledge.calendar import in_vietnam
from knowledge.db import insert_unless, writing
from knowledge.dossiers.vault import Vault
from knowledge.models import ZaloToken, table_of

TOKEN = table_of(ZaloToken)
LEASE = timedelta(seconds=60)
_PLAIN = "plain:"


@dataclass(frozen=True)
class Pair:
    """What Zalo gave: ``life`` are the seconds the access token lives."""

    access: str
    refresh: str
    life: int


@dataclass(frozen=True)
class Kept:
    """The row. ``access`` is empty before the first refresh; ``spent``: an earlier try to refresh has no known end."""

    access: str
    refresh: str
    version: int
    life: int
    ends_at: datetime
    since: datetime
    spent: bool
    not_before: datetime


class TokenTable:
    """Each method is one transaction, on the disk when it returns."""

    def __init__(self, engine: AsyncEngine, vault: Vault, app: str) -> None:
        self._engine = engine
        self._vault = vault
        self._mine = TOKEN.c.app == app
        self._app = app

    async def adopt(self, seed: str, now: datetime) -> bool:
        """Take the refresh token of the settings, if it was never seen before; whether it was taken."""
        mark = hashlib.sha256(seed.encode()).hexdigest()
        fresh = {
            "access": self._seal(""),
            "refresh": self._seal(seed),
            "life": 0,
            "ends_at": now,
            "since": now,
            "not_before": now,
        }
        free = {"holder": None, "held_until": None, "spent": False}
        async with writing(self._engine) as connection:
            row = await self._row(connection)
            if row is None:
                values = {"app": self._app, "version": 1, "seeds": [mark], **fresh, **free}
                # Another worker may start at the same moment.
                added = await connection.execute(insert_unless(connection.dialect.name, TOKEN, ["app"]), values)
                return bool(added.rowcount)
            if mark in row.seeds:
                return False
            values = {"version": row.version + 1, "seeds": [*row.seeds, mark], **fresh, **free}
            await connection.execute(update(TOKEN).where(self._mine).values(values))
            return True

    async def read(self) -> Kept | None:
        """The row; ``None`` when there is none, or it was sealed with another key."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(TOKEN).where(self._mine))).first()
        return self._kept(row) if row else None

    async def lease(self, holder: str, now: datetime, version: int) -> Kept | None:
        """The right to refresh pair ``version``, alone; ``None`` when another has it or the pair is gone."""
        async with writing(self._engine) as connection:
            row = await self._row(connection)
            if row is None or row.version != version:
                return None
            # A lease that lasts longer than any was taken before our clock jumped back.
            if row.holder and row.holder != holder and now < in_vietnam(row.held_until) <= now + LEASE:
                return None
            held = {"holder": holder, "held_until": now + LEASE, "spent": True}
            await connection.execute(update(TOKEN).where(self._mine).values(held))
            # As it was before: an earlier try that came to no end is still to be seen.
            return self._kept(row)

    async def store(self, pair: Pair, version: int, now: datetime) -> bool:
        """Write down the new pair in the place of ``version``; False when a newer one stands there."""
        values = {
            "access": self._seal(pair.access),
            "refresh": self._seal(pair.refresh),
            "version": version + 1,
            "life": pair.life,
            "ends_at": now + timedelta(seconds=pair.life),
            "since": now,
            "not_before": now,
            "holder": None,
            "held_until": None,
            "spent": False,
        }
        async with writing(self._engine) as connection:
            mine = self._mine & (TOKEN.c.version == version)
            return (await connection.execute(update(TOKEN).where(mine).values(values))).rowcount == 1

    async def failed(self, version: int, not_before: datetime, *, spent: bool) -> None:
        """No new pair: try again at ``not_before``. ``spent``: the token may have been used up all the same."""
        values = {"not_before": not_before, "holder": None, "held_until": None, "spent": spent}
        async with writing(self._engine) as connection:
            mine = self._mine & (TOKEN.c.version == version)
            await connection.execute(update(TOKEN).where(mine).values(values))

    async def _row(self, connection: AsyncConnection) -> Row[Any] | None:
        return (await connection.execute(select(TOKEN).where(self._mine).with_for_update())).first()

    def _kept(self, row: Row[Any]) -> Kept | None:
        access, refresh = self._open(row.access), self._open(row.refresh)
        if access is None or refresh is None:
            return None
        times = (in_vietnam(row.ends_at), in_vietnam(row.since), row.spent, in_vietnam(row.not_before))
        return Kept(access, refresh, row.version, row.life, *times)

    def _seal(self, token: str) -> str:
        return self._vault.seal(token) if self._vault.on else _PLAIN + token

    def _open(self, kept: str) -> str | None:
        return kept.removeprefix(_PLAIN) if kept.startswith(_PLAIN) else self._vault.open(kept)
