"""The whole database in one file, and back: the same file for SQLite and PostgreSQL, so it is also the way from one to
the other.

A backup is taken while the program runs: it shows one moment. It is gzipped lines of JSON: what it is, then for each
table its columns and its rows, at last how many rows there were, so that half a file is never taken for a whole one.
Rows are read and written as the schema of that time has them; a later version of the program restores an earlier
backup and then brings it up to date.

Not in it: who is running at the moment, and ``MOTCUA_SECRET_KEY``, without which what is sealed stays sealed.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Date, DateTime, MetaData, Table, delete, insert, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from knowledge.calendar import in_vietnam
from knowledge.db import (
    REVISIONS,
    has_revision,
    one_at_a_time,
    reading_one_moment,
    revision_of,
    set_counters,
    upgrade,
)
from knowledge.models import Duty, Worker, table_of

FORMAT = "motcua backup 1"
NOT_KEPT = {table_of(Worker).name, table_of(Duty).name}
LOT = 500


class BackupError(ValueError):
    """The file is no backup of ours, or cannot be used here; the message says why."""


async def save(engine: AsyncEngine, path: Path) -> int:
    """Write the database to ``path``, which is there whole or not at all, and only its owner may read; returns how many
    rows it holds."""
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        async with reading_one_moment(engine) as connection:
            amount = await connection.run_sync(_write, half)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return amount


async def restore(engine: AsyncEngine, path: Path) -> int:
    """Put what is in ``path`` in the place of all that is in the database, or change nothing; returns how many
    rows there are now.

    Raises:
        BackupError: the file cannot be used.
    """
    async with engine.begin() as connection:
        return await connection.run_sync(_read, path)


def _write(connection: Connection, path: Path) -> int:
    tables = _tables(connection)
    rows = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with gzip.open(raw, "wt", encoding="utf-8", compresslevel=6) as file:
            _put(file, {"format": FORMAT, "revision": revision_of(connection)})
            for table in tables:
                _put(file, {"table": table.name, "columns": [column.name for column in table.columns]})
                for row in connection.execute(select(table).execution_options(yield_per=LOT)):
                    _put(file, [_plain(value) for value in row])
                    rows += 1
            _put(file, {"end": rows})
        raw.flush()
        os.fsync(raw.fileno())
    return rows


def _tables(connection: Connection) -> list[Table]:
    """Our tables as they stand, those that others point to first."""
    names = set(SQLModel.metadata.tables) - NOT_KEPT
    present = MetaData()
    present.reflect(connection, only=lambda name, _: name in names)
    return present.sorted_tables


def _put(file: Any, line: object) -> None:
    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return in_vietnam(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _read(connection: Connection, path: Path) -> int:
    one_at_a_time(connection)
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return _refill(connection, (json.loads(line) for line in file))
    except BackupError as error:
        raise BackupError(f"{path}: {error}") from None
    except (EOFError, ValueError, KeyError, TypeError, AttributeError, OSError, zlib.error) as error:
        raise BackupError(f"{path}: cannot be read as a backup ({type(error).__name__})") from error


def _refill(connection: Connection, lines: Iterator[Any]) -> int:
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BackupError("no backup of Một Cửa")
    if not has_revision(head["revision"]):
        raise BackupError(f"made by a newer version of the program ({head['revision']}): restore it with that one")
    _clear(connection)
    upgrade(connection, head["revision"])
    amount = _fill(connection, _contents(lines))
    set_counters(connection, _tables(connection))
    upgrade(connection)
    return amount


def _clear(connection: Connection) -> None:
    ours = {*SQLModel.metadata.tables, REVISIONS.name} & set(inspect(connection).get_table_names())
    present = MetaData()
    present.reflect(connection, only=lambda name, _: name in ours)
    present.drop_all(connection)


def _fill(connection: Connection, contents: Iterator[tuple[str, dict[str, Any]]]) -> int:
    tables = {table.name: table for table in _tables(connection)}
    for table in reversed(tables.values()):
        # A migration may have put rows of its own in.
        connection.execute(delete(table))
    filled: Counter[str] = Counter()
    for name, rows in groupby(contents, key=itemgetter(0)):
        table = tables[name]
        while lot := [_typed(table, row) for _, row in islice(rows, LOT)]:
            connection.execute(insert(table), lot)
            filled[name] += len(lot)
    return filled.total()


def _contents(lines: Iterator[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of all rows, to the end that the file announces."""
    name, count = "", 0
    columns: list[str] = []
    for line in lines:
        if isinstance(line, list):
            count += 1
            yield name, dict(zip(columns, line, strict=True))
        elif "end" in line:
            if line["end"] == count:
                return
            break
        else:
            name, columns = line["table"], line["columns"]
    raise BackupError(f"not whole: it breaks off after {count} rows")


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value) for name, value in row.items()}


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None or not isinstance(kind, Date | DateTime):
        return value
    return datetime.fromisoformat(value) if isinstance(kind, DateTime) else date.fromisoformat(value)
