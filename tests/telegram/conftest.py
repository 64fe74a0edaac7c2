"""A strict Telegram on loopback, our bot polling it, and people who talk to the bot."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from bot import delivery
from bot.channels import telegram as adapter
from bot.channels import telegram_platform
from bot.channels.telegram import TelegramChannel
from bot.delivery import Delivery
from bot.desk import Desk
from bot.settings import Settings
from handlers.messages import Reply
from knowledge.calendar import now
from knowledge.mailbox import Mailbox
from knowledge.workers import Workers
from tests.fakes.bot_api import wrong_in_call
from tests.fakes.telegram_server import Chat, TelegramServer

TOKEN = "123456:AAE-token_of_ours"

TLS = ssl.create_default_context()

Logs = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between attempts are ours to choose; the ones Telegram asks for are kept."""
    monkeypatch.setattr(adapter, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(adapter, "LONGEST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def _one_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every client reads all root certificates, 30 ms each time, and none is needed on loopback."""
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: TLS)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    """What the adapter logs from here on."""
    capture = structlog.testing.LogCapture()
    everything = structlog.make_filtering_bound_logger(0)
    for module in (adapter, telegram_platform, delivery):
        monkeypatch.setattr(module, "log", structlog.wrap_logger(None, [capture], everything))
    return capture.entries


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(TOKEN) as server:
        yield server
    # Whatever a test is about: our bot says nothing that the documentation does not know.
    ours = [call for call in server.calls if call.method != "file" and call.result is not None]
    assert [wrong for call in ours for wrong in wrong_in_call(call.method, call.params)] == []


@pytest.fixture
def settings(telegram: TelegramServer, database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        secret_key="test",
        telegram_token=TOKEN,
        telegram_api_url=telegram.url,
    )


class RunningBot:
    """Our bot as the program runs it: the channel, and the delivery that answers and sends."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        workers = Workers(desk.knowledge.engine)
        # The true time, because messages that are to wait wait for it.
        self.delivery = Delivery(Mailbox(desk.knowledge.engine, workers.name), desk, "test", workers, clock=now)
        self.channel = TelegramChannel(self.delivery, settings)
        self.bot = self.channel.bot

    async def start(self) -> None:
        await self.delivery.start()
        await self.channel.start()

    async def stop(self) -> None:
        await self.channel.stop()
        await self.delivery.stop()
        await self.channel.close()


async def send_reply(channel: RunningBot, to: Chat, reply: Reply) -> None:
    """Send ``reply`` past inbox and outbox."""
    for message in reply.messages:
        await channel.channel.platform.send(str(to.id), message)


@pytest.fixture
async def channel(desk: Desk, settings: Settings, telegram: TelegramServer) -> AsyncIterator[RunningBot]:
    """Our bot, polling."""
    channel = RunningBot(desk, settings)
    await channel.start()
    await telegram.called("getUpdates")
    yield channel
    await channel.stop()


@pytest.fixture
def an(telegram: TelegramServer, channel: RunningBot) -> Chat:
    """A person in a private chat with the running bot."""
    return telegram.user("An")


@pytest.fixture
def binh(telegram: TelegramServer, channel: RunningBot) -> Chat:
    return telegram.user("Bình")
