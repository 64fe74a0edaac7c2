"""A database with the knowledge of this release and no search index: made once, copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
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
def url(prepared: Path, tmp_path: Path) -> str:
    for file in prepared.parent.glob(f"{prepared.name}*"):
        shutil.copy(file, tmp_path / file.name)
    return f"sqlite:///{tmp_path / prepared.name}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = Store(open_engine(url))
    yield opened
    await opened.close()
