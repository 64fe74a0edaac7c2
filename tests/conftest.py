"""What tests share: a database of their own, a desk to talk to, a fixed clock."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.desk import Desk
from bot.logs import set_up_logs
from handlers.messages import Incoming, Reply
from knowledge.calendar import VIETNAM
from knowledge.contacts import contacts_for
from knowledge.db import open_engine
from knowledge.dossiers import LocalTable
from knowledge.knowledge import Knowledge
from knowledge.snapshot import Snapshot
from tests.fakes.postgres_server import PostgresServer

set_up_logs("ERROR")

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "index"
# What the program under test starts with, too.
os.environ["MOTCUA_CACHE_DIR"] = str(CACHE)

ENGINES = os.environ.get("MOTCUA_TEST_ENGINES", "sqlite postgresql").split()
"""Every test that touches the database runs on each of them."""
TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = TODAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_minutes(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True)
class Filled:
    """A database with knowledge and samples, and the snapshot built from it."""

    path: Path
    snapshot: Snapshot


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Made once; tests work on copies of the file."""
    path = tmp_path_factory.mktemp("filled") / "motcua.db"

    async def fill() -> Snapshot:
        opened = await Knowledge.open(f"sqlite:///{path}", Clock(), CACHE)
        await opened.close()
        return opened.snapshot

    return Filled(path, asyncio.run(fill()))


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started when the first test asks for it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def filled_postgres(postgres: PostgresServer) -> str:
    """The name of a filled database on PostgreSQL, of which tests get copies."""
    url = postgres.create()

    async def fill() -> None:
        await (await Knowledge.prepare(url, Clock())).close()

    asyncio.run(fill())
    return str(make_url(url).database)


@pytest.fixture
def database_url(engine_kind: str, filled: Filled, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A filled database of the test's own."""
    if engine_kind == "sqlite":
        copy = tmp_path / "motcua.db"
        for suffix in ("", "-wal"):
            source = filled.path.with_name(filled.path.name + suffix)
            if source.exists():
                shutil.copy(source, copy.with_name(copy.name + suffix))
        yield f"sqlite:///{copy}"
        return
    template = request.getfixturevalue("filled_postgres")
    server = request.getfixturevalue("postgres")
    url = server.create(template)
    yield url
    server.drop(url)


@pytest.fixture
async def knowledge(database_url: str, clock: Clock, filled: Filled) -> AsyncIterator[Knowledge]:
    opened = Knowledge(open_engine(database_url), clock, filled.snapshot)
    yield opened
    await opened.close()


@pytest.fixture
def desk(knowledge: Knowledge, clock: Clock) -> Desk:
    return Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), "test", province="22")


Ask = Callable[..., Awaitable[Reply]]


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """``await ask("…")``: one message of the same chat; ``data=`` presses a button."""

    async def send(text: str = "", *, data: str | None = None, chat: str = "one") -> Reply:
        reply = await desk.answer(Incoming("test", chat, text, data))
        assert reply is not None
        return reply

    return send
