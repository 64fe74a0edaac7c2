"""Open the database. The only file that knows SQLite from PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, String, Table, event, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.dml import Insert

from knowledge.postgres_pool import one_statement, prove_idle
from knowledge.sqlite_threads import SqliteThreads

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_OPTIONS: dict[str, object] = {"timeout": 15}
"""Seconds to wait for another process that writes."""
POOL_SIZE = 10
MIGRATION_LOCK = 20260823
LOCK_SECONDS = 5.0
REVISIONS = Table("alembic_version", MetaData(), Column("version_num", String))
"""The table that says which version the schema has."""

Result = TypeVar("Result")


class DatabaseUrlError(ValueError):
    """The configured address is not one of a database we can use."""


def async_url(url: str) -> URL:
    """``sqlite:///…`` and ``postgresql://…`` with the async driver chosen for them.

    Raises:
        DatabaseUrlError: another kind of database, or no address at all.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise DatabaseUrlError(f"not a database address: {url!r}") from error
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    driver = drivers.get(parsed.get_backend_name())
    if driver is None:
        raise DatabaseUrlError(f"{parsed.get_backend_name()!r}: use sqlite:///… or postgresql://…")
    return parsed.set(drivername=driver)


def open_engine(url: str) -> AsyncEngine:
    """An engine for ``url``; the folder of a new SQLite file is made."""
    parsed = async_url(url)
    if parsed.get_backend_name() != "sqlite":
        pooled = create_async_engine(parsed, pool_size=POOL_SIZE)
        prove_idle(pooled.sync_engine)
        return pooled
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed, connect_args=SQLITE_OPTIONS)
    _listen(engine.sync_engine)
    event.listen(engine.sync_engine, "engine_disposed", _end_threads)
    return engine


def _listen(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediate)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # We send BEGIN ourselves (below), so the driver must not open transactions of its own.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    _choose_safety(connection, "FULL" if options.get("durable", True) else "NORMAL")
    # Taking the write lock at once: a reader that turns writer half-way cannot wait, it fails.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _choose_safety(connection: Connection, safety: str) -> None:
    """FULL: what a platform was told we have is there after a power cut too. NORMAL costs a tenth, is as safe
    against the end of our process, and reaches the disk with the next FULL one."""
    if connection.info.get("safety", "FULL") != safety:
        connection.exec_driver_sql(f"PRAGMA synchronous={safety}")
        connection.info["safety"] = safety


_locks: WeakKeyDictionary[Engine, asyncio.Lock] = WeakKeyDictionary()
_threads: WeakKeyDictionary[Engine, SqliteThreads] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def writing(engine: AsyncEngine, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes. On SQLite, where there is one writer at a time, those of this process wait for
    each other here, in order; left to SQLite they would look again after a nap, at random.

    ``durable=False``: a power cut may undo it (SQLite only).
    """
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            yield connection
        return
    async with _lock_of(engine), engine.execution_options(durable=durable).begin() as connection:
        yield connection


async def transact(
    engine: AsyncEngine, work: Callable[[Connection], Result], *, durable: bool = True, single: bool = False
) -> Result:
    """``work`` in a transaction that writes, as in :func:`writing`, for what runs for every message.
    ``single``: it sends one statement, no more."""
    if engine.dialect.name != "sqlite":
        if single:
            return await one_statement(engine, work)
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    async with _lock_of(engine):
        return await _threads_of(engine).write(work, durable=durable)


async def look(engine: AsyncEngine, work: Callable[[Connection], Result]) -> Result:
    """``work``, one statement that only reads, for what runs for every message."""
    if engine.dialect.name != "sqlite":
        return await one_statement(engine, work)
    return await _threads_of(engine).read(work)


def _lock_of(engine: AsyncEngine) -> asyncio.Lock:
    return _locks.setdefault(engine.sync_engine, asyncio.Lock())


def _threads_of(engine: AsyncEngine) -> SqliteThreads:
    known = _threads.get(engine.sync_engine)
    if known is None:
        known = _threads[engine.sync_engine] = SqliteThreads(engine.url, SQLITE_OPTIONS, _listen)
    return known


def _end_threads(engine: Engine) -> None:
    threads = _threads.pop(engine, None)
    if threads:
        threads.close()


def is_shared(engine: AsyncEngine) -> bool:
    """Whether other processes serve the same database: what they must agree on has to be in it."""
    return engine.dialect.name != "sqlite"


def insert_or(
    connection: Connection | AsyncConnection,
    table: Table,
    values: dict[str, Any] | None,
    unique: list[str],
    changed: dict[str, Any],
) -> Insert:
    """Insert ``values`` or, where a row with the same ``unique`` columns stands, set ``changed`` in it. Without
    values they are given to ``execute``: as a list of rows, for which the statement is made only once."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert: Insert = dialect.insert(table)
    statement = insert if values is None else insert.values(values)
    return statement.on_conflict_do_update(index_elements=unique, set_=changed)  # type: ignore[attr-defined, no-any-return]


def put_all(dialect: str, table: Table, unique: str, changed: list[str]) -> Insert:
    """Insert the rows given to ``execute`` or, where one with the same ``unique`` column stands, give it their
    ``changed`` columns."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    given: Insert = statement.on_conflict_do_update(
        index_elements=[unique],
        set_={name: statement.excluded[name] for name in changed},
    )
    return given


def insert_unless(dialect: str, table: Table, unique: list[str], **computed: ColumnElement[Any]) -> Insert:
    """Insert the rows given to ``execute``, passing over those for which one with the same ``unique`` columns stands.
    ``computed`` is what the database finds out about each."""
    insert: Insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    statement = insert.values(computed) if computed else insert
    return statement.on_conflict_do_nothing(index_elements=unique)  # type: ignore[attr-defined, no-any-return]


def one_at_a_time(connection: Connection) -> None:
    """Until this transaction ends, others that call this wait. (On SQLite all writers do.)"""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema to the newest version; safe to repeat, and on an empty database."""

    def work(connection: Connection) -> None:
        # Several workers may start at once: one migrates, the others wait and find it done.
        one_at_a_time(connection)
        _wait_little(connection)
        upgrade(connection)

    async with engine.begin() as connection:
        await connection.run_sync(work)


def _wait_little(connection: Connection) -> None:
    """A change of a table waits for whoever reads it, and everybody else then waits behind it. Rather than hold up the
    version that still runs, it fails, and is tried again with the next start."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(LOCK_SECONDS * 1000)}")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to ``revision``, in the transaction on ``connection``."""
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def is_empty(engine: AsyncEngine) -> bool:
    """Whether nothing was made ready in this database yet."""
    async with engine.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).has_table(REVISIONS.name))


def revision_of(connection: Connection) -> str:
    """The version of the schema."""
    return str(connection.execute(select(REVISIONS.c.version_num)).scalar_one())


def has_revision(revision: str) -> bool:
    """Whether this program knows the version ``revision`` of the schema."""
    known = ScriptDirectory.from_config(_migrations()).walk_revisions()
    return revision in {one.revision for one in known}


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@contextlib.asynccontextmanager
async def reading_one_moment(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees the database as it is now, whatever is written meanwhile, and keeps nobody waiting."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {"read_only": True}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    async with engine.execution_options(**options).connect() as connection:
        yield connection


def set_counters(connection: Connection, tables: Sequence[Table]) -> None:
    """After rows were written with their numbers: new ones are counted on from the highest. (SQLite does so itself.)"""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        number = table.autoincrement_column
        if number is None:
            continue
        counter = func.pg_get_serial_sequence(table.name, number.name)
        highest = select(func.setval(counter, func.coalesce(func.max(number), 0) + 1, False)).where(
            counter.is_not(None)
        )
        connection.execute(highest)
