"""What holds for every channel at the moment: answering paused, and the notice of the day. Staff set it from the
command line; it stands in the database, so every worker sees it within seconds (``Knowledge.refresh``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.calendar import in_vietnam
from knowledge.db import insert_or, look, writing
from knowledge.models import ONE_ROW, table_of
from knowledge.models import Standing as StandingRow

STANDING = table_of(StandingRow)


@dataclass(frozen=True)
class Standing:
    """``paused`` is the reason why nothing is answered, ``notice`` what people are told first, since ``since``."""

    paused: str | None = None
    notice: str | None = None
    since: datetime | None = None


class Noticeboard:
    """The one row of the table ``standing``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, now: datetime) -> Standing:
        """What holds at ``now``."""
        row = await look(self._engine, lambda connection: connection.execute(select(STANDING)).first())
        if row is None:
            return Standing()
        over = row.notice_until is not None and in_vietnam(row.notice_until) <= now
        if row.notice is None or over:
            return Standing(row.paused)
        return Standing(row.paused, row.notice, in_vietnam(row.notice_since))

    async def pause(self, reason: str) -> None:
        """Answer nothing but ``reason`` and whom to ask instead, on all channels."""
        await self._write(paused=reason)

    async def resume(self) -> None:
        """Answer again."""
        await self._write(paused=None)

    async def announce(self, text: str, now: datetime, until: datetime | None = None) -> None:
        """Tell everybody ``text`` before their next answer, once in a conversation, until ``until``."""
        await self._write(notice=text, notice_since=now, notice_until=until)

    async def withdraw(self) -> None:
        """No notice any more."""
        await self._write(notice=None, notice_since=None, notice_until=None)

    async def _write(self, **values: Any) -> None:
        async with writing(self._engine) as connection:
            row = {"id": ONE_ROW, **values}
            await connection.execute(insert_or(connection, STANDING, row, ["id"], values))
