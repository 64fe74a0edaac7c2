"""What tests share: a database of their own, a desk to talk to, a fixed clock."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.logs import set_up_logs
from handlers.messages import Incoming, Reply
from knowledge.calendar import VIETNAM
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable
from knowledge.knowledge import Knowledge

set_up_logs("ERROR")

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


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with knowledge and samples, made once; tests work on copies."""
    import asyncio

    path = tmp_path_factory.mktemp("filled") / "motcua.db"

    async def fill() -> None:
        knowledge = await Knowledge.open(f"sqlite:///{path}", Clock())
        await knowledge.close()

    asyncio.run(fill())
    return path


@pytest.fixture
def database_url(filled_database: Path, tmp_path: Path) -> str:
    copy = tmp_path / "motcua.db"
    for suffix in ("", "-wal"):
        source = filled_database.with_name(filled_database.name + suffix)
        if source.exists():
            shutil.copy(source, copy.with_name(copy.name + suffix))
    return f"sqlite:///{copy}"


@pytest.fixture
async def knowledge(database_url: str, clock: Clock) -> AsyncIterator[Knowledge]:
    opened = await Knowledge.open(database_url, clock)
    yield opened
    await opened.close()


@pytest.fixture
def desk(knowledge: Knowledge, clock: Clock) -> Desk:
    return Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), "test")


Ask = Callable[..., Awaitable[Reply]]


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """``await ask("…")``: one message of the same chat; ``data=`` presses a button."""

    async def send(text: str = "", *, data: str | None = None, chat: str = "one") -> Reply:
        reply = await desk.answer(Incoming("test", chat, text, data))
        assert reply is not None
        return reply

    return send
