"""The composition root: the only place where the parts are made and joined."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.channels import telegram_webhook
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_messages import CHANNEL as TELEGRAM
from bot.channels.zalo import Zalo, zalo_channels, zalo_names
from bot.delivery import Delivery
from bot.desk import Desk
from bot.pace import Pace
from bot.settings import Settings
from bot.tuning import refresh
from bot.watching import TICK_SECONDS, Watcher
from bot.web.webhooks import Guarded
from knowledge.calendar import Clock, now
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable, LookUp
from knowledge.dossiers.portals import BySystem, look_up_for
from knowledge.dossiers.services import dossier_services
from knowledge.dossiers.vault import Vault
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Mailbox
from knowledge.places import load_places
from knowledge.snapshot import Snapshot
from knowledge.workers import Workers

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
    delivery: Delivery | None = None
    zalo: Zalo = field(default_factory=Zalo)

    @property
    def channels(self) -> list[str]:
        """The channels that are on, by name."""
        return ["web", *(["telegram"] if self.telegram else []), *(channel.name for channel in self.zalo.channels)]

    @property
    def webhooks(self) -> dict[str, Guarded]:
        """The channels that platforms call, by path."""
        telegram: dict[str, Guarded] = {telegram_webhook.PATH: self.telegram} if self.telegram else {}
        return telegram | self.zalo.webhooks()


async def build(
    settings: Settings, *, clock: Clock = now, dossiers: LookUp | None = None, snapshot: Snapshot | None = None
) -> App:
    """Make and join everything that ``settings`` ask for. Arguments replace parts in tests; ``snapshot`` is one
    loaded before from the same database.

    Raises:
        RecordError: a file of the knowledge base is broken.
    """
    secret, province = settings.secret_key.get_secret_value(), settings.province
    knowledge = await Knowledge.open(settings.database_url, clock, settings.cache_dir, snapshot, secret)
    # Only channels on which we can write first; the web chat has nobody to write to once the page is closed.
    push = frozenset({TELEGRAM} if settings.telegram_token.get_secret_value() else ()) | zalo_names(settings)
    services = dossier_services(knowledge.engine, secret, clock, push)
    look_up = dossiers or look_up_in(settings, knowledge)
    await asyncio.to_thread(load_places)  # now, so that the first person who names a place does not wait
    pace = Pace(settings.messages_per_minute)
    desk = Desk(knowledge, look_up, contacts_for(province), secret, services, province, pace)
    workers = Workers(knowledge.engine)
    delivery = Delivery(Mailbox(knowledge.engine, workers.name), desk, secret, workers)
    telegram = TelegramChannel(delivery, settings) if settings.telegram_token.get_secret_value() else None
    zalo = zalo_channels(settings, desk, delivery)
    return App(settings, knowledge, desk, look_up, telegram, delivery, zalo)


def look_up_in(settings: Settings, knowledge: Knowledge) -> LookUp:
    """The systems that know dossiers, with the desk's own table behind them."""
    vault = Vault(settings.secret_key.get_secret_value())
    return look_up_for(settings.portals, LocalTable(knowledge.store, knowledge.clock), knowledge.clock, vault)


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """The channels and the housekeeping, from here to the end of the block."""
    services, clock = app.desk.services, app.knowledge.clock
    tasks = [
        asyncio.create_task(_every(REFRESH_SECONDS, partial(refresh, app.knowledge))),
        asyncio.create_task(_every(SWEEP_SECONDS, app.desk.sweep)),
        asyncio.create_task(_every(TICK_SECONDS, _unless_paused(app, Watcher(services, app.dossiers, clock).run_once))),
    ]
    if app.delivery:
        await app.delivery.start()
    if app.telegram:
        await app.telegram.start()
    await app.zalo.start()
    try:
        yield
    finally:
        if app.telegram:
            await app.telegram.stop()
        await app.zalo.stop()
        if app.delivery:
            await app.delivery.stop()
        if app.telegram:
            await app.telegram.close()
        await app.zalo.close()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if isinstance(app.dossiers, BySystem):
            await app.dossiers.close()
        await app.knowledge.close()


def _unless_paused(app: App, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
    """While answering is paused nothing is said of our own accord, either."""

    @functools.wraps(job)
    async def unless_paused() -> None:
        if app.knowledge.standing.paused is None:
            await job()

    return unless_paused


async def _every(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Run ``job`` again and again; a failure is logged and the next time it is tried again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except Exception as error:
            log.warning("job failed", job=getattr(job, "__name__", "?"), exc_info=error)
