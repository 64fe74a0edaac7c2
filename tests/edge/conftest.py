"""The whole program behind a real socket, with every platform played on loopback, and clients who mean no good."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bot import delivery
from bot.app import App, build
from bot.settings import Settings
from bot.web.connections import server_config
from bot.web.server import web_app
from knowledge.calendar import now
from knowledge.knowledge import Knowledge
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.fakes.zalo_oa_server import APP, APP_SECRET, OA_SECRET, ZaloOaServer
from tests.zalo.conftest import Server

TOKEN = "123456:AAE-token_of_ours"
ZALO_TOKEN = "1459232241454765289:Zk-token_of_ours"
SECRET = "a-secret-of-sixteen-signs"
TELEGRAM, ZALO_BOT, ZALO_OA = "/telegram/webhook", "/zalo/bot/webhook", "/zalo/oa/webhook"
GIVES_UP_AFTER = 15.0


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(TOKEN, local=True) as server:
        yield server


@pytest.fixture
async def zalo_bot() -> AsyncIterator[ZaloBotServer]:
    async with ZaloBotServer(ZALO_TOKEN) as server:
        yield server


@pytest.fixture
async def zalo_oa() -> AsyncIterator[ZaloOaServer]:
    async with ZaloOaServer(now) as server:
        yield server


@dataclass
class Served:
    """Our program, listening on ``port`` of this machine."""

    port: int
    app: App

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections it holds."""
        return len(self.server.server_state.connections)

    server: Server


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def serve(
    telegram: TelegramServer,
    zalo_bot: ZaloBotServer,
    zalo_oa: ZaloOaServer,
    database_url: str,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
) -> Serve:
    """``async with serve(max_connections=20, messages_per_minute=5)``: all channels on, each called by webhook."""
    monkeypatch.setattr(Knowledge, "open", AsyncMock(return_value=knowledge))  # reading all files takes long
    knowledge.clock = now

    @asynccontextmanager
    async def start(**chosen: Any) -> AsyncIterator[Served]:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        wanted = {
            "database_url": database_url,
            "secret_key": "test",
            "public_url": f"http://127.0.0.1:{port}",
            "telegram_token": TOKEN,
            "telegram_api_url": telegram.url,
            "telegram_webhook_secret": SECRET,
            "zalo_bot_token": ZALO_TOKEN,
            "zalo_bot_api_url": zalo_bot.url,
            "zalo_bot_webhook_secret": SECRET,
            "zalo_oa_app_id": APP,
            "zalo_oa_secret": APP_SECRET,
            "zalo_oa_webhook_secret": OA_SECRET,
            "zalo_oa_refresh_token": zalo_oa.refresh,
            "zalo_oa_api_url": zalo_oa.url,
        }
        settings = Settings(_env_file=None, **wanted | chosen)
        app = await build(settings, clock=now)
        zalo_oa.webhook = f"http://127.0.0.1:{port}{ZALO_OA}"
        server = Server(server_config(web_app(app), settings, 5))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await asyncio.wait_for(server.ready.wait(), 20)
        await telegram.called("setWebhook")
        await zalo_bot.until(lambda: zalo_bot.webhook["url"], "the webhook to be set")
        try:
            yield Served(port, app, server)
        finally:
            server.leave.set()
            await running

    return start


@pytest.fixture
async def served(serve: Serve) -> AsyncIterator[Served]:
    async with serve() as program:
        yield program


@dataclass
class Client:
    """A connection on which anything can be sent."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def status(self) -> int:
        """The status of the next answer; 0 when the connection was closed without one."""
        try:
            async with asyncio.timeout(GIVES_UP_AFTER):
                line = await self.reader.readline()
        except ConnectionError:
            return 0
        return int(line.split(b" ")[1]) if line else 0

    async def closed(self) -> bool:
        """Wait until the other side has closed the connection."""
        try:
            async with asyncio.timeout(GIVES_UP_AFTER):
                while await self.reader.read(65536):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Client]:
    """A connection to our program."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield client
    finally:
        client.close()


def head(path: str, *lines: str, method: str = "POST") -> bytes:
    """The head of a request."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: motcua", *lines, "", "")).encode("latin-1")
