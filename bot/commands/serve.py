"""``motcua serve`` and ``motcua chat``: the running program."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from errno import EADDRINUSE
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET
from socket import socket as Socket  # noqa: N812  (a class)

import typer
import uvicorn
import uvloop

from bot.app import App, build
from bot.channels.console import converse
from bot.commands.shared import UnusableError, console, opened, run
from bot.delivery import Delivery
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.supervisor import Supervisor
from bot.tuning import keep_out_of_sight, share_fairly
from bot.web.connections import server_config
from bot.web.server import web_app
from knowledge.knowledge import Knowledge
from knowledge.places import load_places
from knowledge.snapshot import Snapshot

STOP_SECONDS = 10
PARENT_SECONDS = 0.2
BIND_SECONDS = 2.0
BACKLOG = 2048


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("serve")(serve)
    app.command("chat")(chat)


def set_up(quiet: bool) -> None:
    """Logs: warnings for commands, all of it for the server (which sets its own level)."""
    set_up_logs("ERROR" if quiet else "WARNING")


def serve() -> None:
    """Run the web chat and every channel whose token is set, until Ctrl-C."""
    settings = Settings()
    set_up_logs(settings.log_level)
    if settings.workers > 1 and not settings.database_url.startswith("postgres"):
        raise UnusableError("MOTCUA_WORKERS: several workers need PostgreSQL (MOTCUA_DATABASE_URL)")
    socket = _listen(settings)
    # The collector must neither hold up what is loaded nor touch, and so copy, what all workers share.
    gc.disable()
    snapshot = run(_load(settings))
    keep_out_of_sight()

    def work(first: bool) -> int:
        gc.enable()
        share_fairly()
        return uvloop.run(_serve(settings, snapshot, socket, hello=first))

    raise typer.Exit(Supervisor(work, settings.workers).run())


def _listen(settings: Settings) -> Socket:
    """The socket that all workers share; bound before the long work, so that a wrong port is said at once."""
    family = AF_INET6 if ":" in settings.host else AF_INET
    listening = Socket(family)
    listening.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    # After our parent was killed its workers need a moment to notice and to let go.
    last_try = time.monotonic() + BIND_SECONDS
    while True:
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno != EADDRINUSE or time.monotonic() > last_try:
                raise UnusableError(
                    f"cannot listen on {settings.host}:{settings.port}: is another one running? "
                    "(MOTCUA_PORT changes it)"
                ) from error
            time.sleep(0.05)
        else:
            listening.listen(BACKLOG)
            return listening


async def _load(settings: Settings) -> Snapshot:
    """What all workers share: the database made ready, the knowledge base and its index in memory."""
    if not any(settings.cache_dir.glob("*")):
        console.print("Một Cửa: learning from the example questions, about half a minute; only the first time …")
    knowledge = await Knowledge.open(
        settings.database_url, cache=settings.cache_dir, secret=settings.secret_key.get_secret_value()
    )
    load_places()
    snapshot = knowledge.snapshot
    await knowledge.close()
    return snapshot


async def _serve(settings: Settings, snapshot: Snapshot, socket: Socket, *, hello: bool) -> int:
    app = await build(settings, snapshot=snapshot)
    config = server_config(web_app(app), settings, STOP_SECONDS)
    config.load()
    server = _Server(config)
    server.hello = _hello(app) if hello else ""
    server.delivery = app.delivery
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops cleanly and then raises the signal again: asked to stop and stopped is no failure.
        signal.signal(number, lambda *_: None)
    parent = asyncio.create_task(_stop_with_parent())
    await server.serve([socket])
    parent.cancel()
    return 0 if server.started else 1


async def _stop_with_parent() -> None:
    """A worker whose parent was killed makes room for the next one."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110  nothing tells of a parent's end; it has to be looked at
        await asyncio.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


class _Server(uvicorn.Server):
    """Says where to click only once it really listens; asked to stop, it has the delivery stop in the same moment,
    however long a slow caller keeps the web side."""

    hello = ""
    delivery: Delivery | None = None

    async def startup(self, sockets: list[Socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.hello:
            console.print(self.hello)

    async def shutdown(self, sockets: list[Socket] | None = None) -> None:
        stopping = asyncio.create_task(self.delivery.stop()) if self.delivery else None
        await super().shutdown(sockets)
        if stopping:
            await stopping


def _hello(app: App) -> str:
    settings = app.settings
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    place = settings.database_url if "sqlite" in settings.database_url else "PostgreSQL"
    return "\n".join(
        (
            f"Một Cửa: open [bold]{address}[/bold]",
            f"  data: {place}   channels: {', '.join(app.channels)}   workers: {settings.workers}",
            f"  {len(app.knowledge.snapshot.procedures)} procedures; Ctrl-C stops",
        )
    )


def chat() -> None:
    """The same conversation in the terminal."""
    run(_chat())


async def _chat() -> None:
    async with opened() as app:

        def read() -> str | None:
            sys.stdout.write("> ")
            sys.stdout.flush()
            line = sys.stdin.readline()
            return line.rstrip("\n") if line else None

        # The terminal is one person: nothing else waits while they type.
        await converse(app.desk, read, typer.echo)
