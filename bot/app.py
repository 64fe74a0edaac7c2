"""The composition root: the only place where the parts are made and joined."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.channels.telegram import TelegramChannel
from bot.desk import Desk
from bot.settings import Settings
from knowledge.calendar import Clock, now
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable, LookUp
from knowledge.knowledge import Knowledge
from knowledge.places import load_places

REFRESH_SECONDS = 2.0
SWEEP_SECONDS = 300.0

log = structlog.get_logger()


@dataclass
class App:
    """The running program. Web and command line are two ways into the same desk."""

    settings: Settings
    knowledge: Knowledge
    desk: Desk
    dossiers: LookUp
    telegram: TelegramChannel | None = None

    @property
    def channels(self) -> list[str]:
        """The channels that are on, by name."""
        return ["web", *(["telegram"] if self.telegram else [])]


async def build(settings: Settings, *, clock: Clock = now, dossiers: LookUp | None = None) -> App:
    """Make and join everything that ``settings`` ask for. Arguments replace parts in tests.

    Raises:
        RecordError: a file of the knowledge base is broken.
    """
    knowledge = await Knowledge.open(settings.database_url, clock)
    look_up = dossiers or LocalTable(knowledge.store, clock)
    await asyncio.to_thread(load_places)  # now, so that the first person who names a place does not wait
    secret, province = settings.secret_key.get_secret_value(), settings.province
    desk = Desk(knowledge, look_up, contacts_for(province), secret, province=province)
    telegram = TelegramChannel(desk, settings) if settings.telegram_token.get_secret_value() else None
    return App(settings, knowledge, desk, look_up, telegram)


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """The channels and the housekeeping, from here to the end of the block."""
    tasks = [
        asyncio.create_task(_every(REFRESH_SECONDS, app.knowledge.refresh)),
        asyncio.create_task(_every(SWEEP_SECONDS, app.desk.sweep)),
    ]
    if app.telegram:
        await app.telegram.start()
    try:
        yield
    finally:
        if app.telegram:
            await app.telegram.stop()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await app.knowledge.close()


async def _every(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Run ``job`` again and again; a failure is logged and the next time it is tried again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception as error:
            log.warning("job failed", job=getattr(job, "__name__", "?"), exc_info=error)
