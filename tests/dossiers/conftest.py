"""A desk with an empty database of its own and no knowledge base: these tests talk of dossiers only."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.engine import make_url

from bot.desk import Desk
from handlers.messages import Incoming, Reply
from knowledge.calendar import VIETNAM
from knowledge.contacts import contacts_for
from knowledge.db import migrate, open_engine
from knowledge.dossiers import LocalTable, find_codes
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.services import DossierServices, dossier_services
from knowledge.dossiers.vault import Vault
from knowledge.knowledge import Knowledge
from knowledge.models import Dossier
from knowledge.snapshot import Snapshot
from tests.conftest import TODAY, Clock
from tests.fakes.postgres_server import PostgresServer

SECRET = "a long secret for tests"
MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.db"

    async def make() -> None:
        engine = open_engine(f"sqlite:///{path}")
        await migrate(engine)
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SELECT 1")
        await engine.dispose()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of an empty database on PostgreSQL, of which tests get copies."""
    url = postgres.create()

    async def make() -> None:
        engine = open_engine(url)
        await migrate(engine)
        await engine.dispose()

    asyncio.run(make())
    return str(make_url(url).database)


@pytest.fixture
def dossier_url(engine_kind: str, migrated: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own."""
    if engine_kind == "sqlite":
        shutil.copy(migrated, tmp_path / "dossiers.db")
        yield f"sqlite:///{tmp_path}/dossiers.db"
        return
    server = request.getfixturevalue("postgres")
    url = server.create(request.getfixturevalue("migrated_postgres"))
    yield url
    server.drop(url)


@pytest.fixture
async def knowledge(dossier_url: str, clock: Clock) -> AsyncIterator[Knowledge]:
    opened = Knowledge(open_engine(dossier_url), clock, cast(Snapshot, SimpleNamespace()))
    yield opened
    await opened.close()


@pytest.fixture
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
def services(knowledge: Knowledge, clock: Clock) -> DossierServices:
    made = dossier_services(knowledge.engine, SECRET, clock, frozenset({"test", "zalo-oa"}))
    return replace(made, miss_step=0.0)


@pytest.fixture
def desk(knowledge: Knowledge, clock: Clock, services: DossierServices) -> Desk:
    return Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), SECRET, services, "22")


Ask = Callable[..., Awaitable[Reply]]


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """``await ask("…")``: one message; ``data=`` presses a button, ``photo=`` sends a picture."""

    async def send(text: str = "", *, chat: str = "one", channel: str = "test", **more: Any) -> Reply:
        reply = await desk.answer(Incoming(channel, chat, text, **more))
        assert reply is not None
        return reply

    return send


def code_of(text: str) -> DossierCode:
    """The code in ``text``, which is a good one."""
    (code,) = find_codes(text, MONDAY)
    assert not code.problem
    return code


def a_dossier(code: str = "H49.22-261103-0345", **changes: Any) -> Dossier:
    """A dossier in progress, received on 3 November and due on 1 December."""
    fields: dict[str, Any] = {
        "procedure": "Đăng ký kết hôn",
        "state": "dang-xu-ly",
        "state_label": "",
        "agency": "UBND phường Hạ Long",
        "received_on": date(2026, 11, 3),
        "due_on": date(2026, 12, 1),
        "source": "bảng hồ sơ của bộ phận một cửa",
        "as_of": TODAY.astimezone(VIETNAM),
    }
    return Dossier(code=code, **(fields | changes))


def press(reply: Reply, label: str) -> str:
    """The data of the button called ``label``."""
    found = [b.data for m in reply.messages for b in m.buttons if b.label == label]
    assert found, f"no button {label!r}"
    assert found[0]
    return found[0]
