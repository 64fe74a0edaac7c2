"""What commands share: opening the program, leaving with a clear line, printing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import App, build, look_up_in
from bot.settings import Settings
from knowledge.db import is_empty, open_engine
from knowledge.dossiers import LookUp
from knowledge.dossiers.portals import BySystem
from knowledge.knowledge import Knowledge

Result = TypeVar("Result")
console = Console(highlight=False, soft_wrap=True)


class UnusableError(Exception):
    """The input or the arguments cannot be used; the message is the one line the person sees."""


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run ``work`` to its end.

    Raises:
        UnusableError: the database cannot be opened.
    """
    try:
        return asyncio.run(work)
    except BrokenPipeError:
        raise  # nobody reads on; that is no matter of the database
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise UnusableError(f"the database cannot be used: {reason}") from error


@asynccontextmanager
async def opened() -> AsyncIterator[App]:
    """The program, without its channels."""
    app = await build(Settings())
    try:
        yield app
    finally:
        await app.knowledge.close()


@asynccontextmanager
async def opened_knowledge() -> AsyncIterator[Knowledge]:
    """The knowledge base without its search index, for work on the records that answers no question."""
    settings = Settings()
    knowledge = await Knowledge.prepare(settings.database_url, secret=settings.secret_key.get_secret_value())
    try:
        yield knowledge
    finally:
        await knowledge.close()


@asynccontextmanager
async def opened_engine(*, ready: bool = True) -> AsyncIterator[AsyncEngine]:
    """The database as it stands; one without tables is made ready first, if it has to be ``ready``."""
    settings = Settings()
    engine = open_engine(settings.database_url)
    try:
        if ready and await is_empty(engine):
            secret = settings.secret_key.get_secret_value()
            await (await Knowledge.prepare(settings.database_url, secret=secret)).close()
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def opened_dossiers() -> AsyncIterator[tuple[Knowledge, LookUp]]:
    """The database and the systems that know dossiers, likewise."""
    async with opened_knowledge() as knowledge:
        look_up = look_up_in(Settings(), knowledge)
        try:
            yield knowledge, look_up
        finally:
            if isinstance(look_up, BySystem):
                await look_up.close()


def print_json(data: Any) -> None:
    """``data`` as JSON on one screen, Vietnamese letters as they are."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def existing_file(path: Path) -> Path:
    """``path``, if there is such a file.

    Raises:
        UnusableError: there is none.
    """
    if not path.is_file():
        raise UnusableError(f"{path}: no such file")
    return path
