"""Both of Zalo's platforms on loopback, our program with its webhooks open, and people who talk to it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
import structlog
import uvicorn

from bot.app import App
from bot.channels import zalo_bot, zalo_oa_tokens
from bot.channels.zalo import zalo_channels
from bot.delivery import Delivery
from bot.desk import Desk
from bot.settings import Settings
from bot.web.server import web_app
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable
from knowledge.dossiers.services import dossier_services
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Mailbox
from tests.conftest import Clock
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.fakes.zalo_oa_server import APP, APP_SECRET, OA_SECRET, ZaloOaServer

TOKEN = "1459232241454765289:Zk-token_of_ours"
HOOK_SECRET = "a-secret-for-the-webhook"
SECRET = "test"
TLS = ssl.create_default_context()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between attempts are ours to choose. Every client reads all root certificates, 30 ms each time."""
    monkeypatch.setattr(zalo_bot, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(zalo_bot, "DUTY_SECONDS", 0.01)
    monkeypatch.setattr(zalo_oa_tokens, "WAIT_SECONDS", 0.02)
    monkeypatch.setattr(zalo_oa_tokens, "STORE_PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: TLS)
    # A test that moves the clock over midnight would have the whole index built anew.
    monkeypatch.setattr(Knowledge, "refresh", _nothing_new)


async def _nothing_new(_: Knowledge) -> bool:
    return False


@pytest.fixture
def desk(knowledge: Knowledge, clock: Clock) -> Desk:
    services = dossier_services(knowledge.engine, SECRET, clock, frozenset({"zalo-bot", "zalo-oa"}))
    return Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), SECRET, services, "22")


@pytest.fixture
async def bot_server() -> AsyncIterator[ZaloBotServer]:
    async with ZaloBotServer(TOKEN) as server:
        yield server


@pytest.fixture
async def oa_server(clock: Clock) -> AsyncIterator[ZaloOaServer]:
    async with ZaloOaServer(clock) as server:
        yield server


async def eventually(fulfilled: Callable[[], Awaitable[object]], tries: int = 1000) -> None:
    """Look at ``fulfilled`` every hundredth of a second until it holds."""
    for _ in range(tries):
        if await fulfilled():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def count(served: Served, table: str) -> int:
    """How many rows a table of the running program has."""
    async with served.app.knowledge.engine.connect() as connection:
        return int((await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one())


class Server(uvicorn.Server):
    """Stops when it is told to, and not at its next look round a tenth of a second later."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()
        self.ready = asyncio.Event()

    async def main_loop(self) -> None:
        self.ready.set()
        await self.leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The same without its pause."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._wait_tasks_to_complete()
        await self.lifespan.shutdown()


@dataclass
class Served:
    """Our program, listening at ``url``."""

    url: str
    app: App


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def serve(desk: Desk, knowledge: Knowledge, database_url: str) -> Serve:
    """``async with serve(zalo_bot_token=…, public=True)``: the program with these settings."""

    @asynccontextmanager
    async def start(*, public: bool = False, **chosen: Any) -> AsyncIterator[Served]:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            secret_key=SECRET,
            public_url=url if public else "",
            **chosen,
        )
        delivery = Delivery(Mailbox(knowledge.engine, "one"), desk, SECRET)
        app = App(settings, knowledge, desk, desk._dossiers, delivery=delivery)
        app.zalo = zalo_channels(settings, desk, delivery)
        config = uvicorn.Config(web_app(app), log_level="error", ws="none", access_log=False)
        server = Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await asyncio.wait_for(server.ready.wait(), 20)
        try:
            yield Served(url, app)
        finally:
            server.leave.set()
            await running

    return start


@pytest.fixture
def bot_settings(bot_server: ZaloBotServer) -> dict[str, Any]:
    return {"zalo_bot_token": TOKEN, "zalo_bot_api_url": bot_server.url, "zalo_bot_webhook_secret": HOOK_SECRET}


@pytest.fixture
def oa_settings(oa_server: ZaloOaServer) -> dict[str, Any]:
    return {
        "zalo_oa_app_id": APP,
        "zalo_oa_secret": APP_SECRET,
        "zalo_oa_webhook_secret": OA_SECRET,
        "zalo_oa_refresh_token": oa_server.refresh,
        "zalo_oa_api_url": oa_server.url,
    }


@pytest.fixture
async def bot(serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any]) -> AsyncIterator[Served]:
    """Our bot, called by webhook."""
    async with serve(public=True, **bot_settings) as served:
        await bot_server.until(lambda: bot_server.webhook["url"], "the webhook to be set")
        yield served


@pytest.fixture
async def oa(serve: Serve, oa_server: ZaloOaServer, oa_settings: dict[str, Any]) -> AsyncIterator[Served]:
    """Our Official Account."""
    async with serve(**oa_settings) as served:
        oa_server.webhook = f"{served.url}/zalo/oa/webhook"
        yield served


class Person(Protocol):
    """Somebody on either platform."""

    id: str

    async def say(self, text: str) -> Any: ...
    async def press(self, label: str) -> None: ...
    async def wait_reply(self) -> Any: ...


@pytest.fixture(params=["bot", "official account"])
async def an(
    request: pytest.FixtureRequest,
    serve: Serve,
    bot_server: ZaloBotServer,
    oa_server: ZaloOaServer,
    bot_settings: dict[str, Any],
    oa_settings: dict[str, Any],
) -> AsyncIterator[Person]:
    """A person who talks to us privately, on each platform."""
    async with AsyncExitStack() as stack:
        if request.param == "official account":
            served = await stack.enter_async_context(serve(**oa_settings))
            oa_server.webhook = f"{served.url}/zalo/oa/webhook"
            yield oa_server.user("An")
            return
        await stack.enter_async_context(serve(public=True, **bot_settings))
        await bot_server.until(lambda: bot_server.webhook["url"], "the webhook")
        yield bot_server.user("An")


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What our adapters log from here on."""
    capture = structlog.testing.LogCapture()
    everything = structlog.make_filtering_bound_logger(0)
    logger = structlog.wrap_logger(None, [capture], everything)
    for module in ("zalo_bot", "zalo_oa", "zalo_oa_api", "zalo_oa_tokens", "zalo_photo"):
        monkeypatch.setattr(f"bot.channels.{module}.log", logger)
    return capture.entries
