"""PostgreSQL for the few statements that run for every message: as few trips there and back as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine

IDLE_SECONDS = 2.0

Result = TypeVar("Result")
_single: WeakKeyDictionary[Engine, AsyncEngine] = WeakKeyDictionary()


def prove_idle(engine: Engine) -> None:
    """A connection that has rested for a while is tried before it is used: the server may have been restarted. (The
    pool's own way asks each time, a trip for each transaction.)"""

    def put_back(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def take(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", put_back)
    event.listen(engine, "checkout", take)


async def one_statement(engine: AsyncEngine, work: Callable[[Connection], Result]) -> Result:
    """``work``, which sends one statement: that is a transaction by itself, in one trip instead of three."""
    single = _single.get(engine.sync_engine)
    if single is None:
        single = _single[engine.sync_engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with single.connect() as connection:
        return await connection.run_sync(work)
