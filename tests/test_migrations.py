"""The schema: what the migrations make is what the models say, and each is safe while the version before still runs."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from bot.delivery import Delivery
from bot.desk import Desk
from knowledge import db
from knowledge.db import MIGRATIONS, migrate, open_engine
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Mailbox
from tests.fakes.postgres_server import PostgresServer
from tests.test_delivery import Recorder, event

ADDING = {"create_table", "create_index", "add_column", "batch_alter_table", "create_unique_constraint"}


async def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))

    engine = open_engine(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_many_that_start_at_once_on_a_new_database_make_it_ready_once(
    engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    if engine_kind == "postgresql":
        url = await asyncio.to_thread(request.getfixturevalue("postgres").create)
    engines = [open_engine(url) for _ in range(4)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    for engine in engines:
        await engine.dispose()


async def test_the_version_before_goes_on_while_the_schema_is_already_the_next_one(
    knowledge: Knowledge, desk: Desk
) -> None:
    """The next version adds columns and tables. What runs now names the columns it writes, and so does not care."""

    def step_ahead(connection: Connection) -> None:
        for name in SQLModel.metadata.tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ADD COLUMN of_the_next_version TEXT')
        connection.exec_driver_sql("CREATE TABLE of_the_next_version (id INTEGER)")

    recorder = Recorder()
    delivery = Delivery(Mailbox(knowledge.engine, "one"), desk, "test")
    delivery.serve(recorder)
    await delivery.start()
    try:
        await delivery.receive("recorder", [event(1, "a", "xin chào")])
        await recorder.until(1)
        async with knowledge.engine.begin() as connection:
            await connection.run_sync(step_ahead)
        await delivery.receive("recorder", [event(2, "a", "/gopy hay"), event(3, "a", "sửa máy giặt ở đâu")])
        await recorder.until(3)
        await desk.sweep()
        await knowledge.seed()
    finally:
        await delivery.stop()


def test_later_migrations_only_add() -> None:
    """A version that drops or renames would break the one before it, which still runs beside it. What is no longer
    used is dropped one release later; then it is named here."""
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        if path.name.startswith("0001"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        forward = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name != "downgrade"]
        calls = {
            call.func.attr
            for function in forward
            for call in ast.walk(function)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in {"op", "batch"}
        }
        assert calls <= ADDING, f"{path.name}: {calls - ADDING}"


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
async def test_a_migration_that_would_hold_up_the_running_version_gives_up_instead(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, engine_kind: str
) -> None:
    """A lock that waits behind a long reader makes everybody else wait behind it."""
    url = await asyncio.to_thread(postgres.create)
    engine = open_engine(url)
    await migrate(engine)
    monkeypatch.setattr(db, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(db, "upgrade", lambda connection: connection.exec_driver_sql("ALTER TABLE inbox ADD x TEXT"))
    async with engine.begin() as reader:
        await reader.exec_driver_sql("SELECT count(*) FROM inbox")
        with pytest.raises(Exception, match="lock timeout"):
            await migrate(engine)
    await migrate(engine)
    await engine.dispose()
