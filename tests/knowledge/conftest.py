"""A database with the knowledge of this release and no search index: made once, copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from knowledge.db import open_engine
from knowledge.knowledge import Knowledge
from knowledge.store import Store
from tests.conftest import Clock


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "motcua.db"

    async def prepare() -> None:
        knowledge = await Knowledge.prepare(f"sqlite:///{path}", Clock())
        await knowledge.close()

    asyncio.run(prepare())
    return path


@pytest.fixture
def url(engine_kind: str, prepared: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if engine_kind == "sqlite":
        for file in prepared.parent.glob(f"{prepared.name}*"):
            shutil.copy(file, tmp_path / file.name)
        yield f"sqlite:///{tmp_path / prepared.name}"
        return
    template, server = request.getfixturevalue("filled_postgres"), request.getfixturevalue("postgres")
    address = server.create(template)
    yield address
    server.drop(address)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = Store(open_engine(url))
    yield opened
    await opened.close()
