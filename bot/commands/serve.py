"""``motcua serve`` and ``motcua chat``: the running program."""

from __future__ import annotations

import signal
import sys

import typer
import uvicorn

from bot.app import App, build
from bot.channels.console import converse
from bot.commands.shared import UnusableError, console, opened, run
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.web.server import web_app

STOP_SECONDS = 10


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
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    app = await build(settings)
    config = uvicorn.Config(
        web_app(app),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        server_header=False,
    )
    config.load()
    server = _Server(config)
    server.hello = _hello(app)
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops cleanly and then raises the signal again: asked to stop and stopped is no failure.
        signal.signal(number, lambda *_: None)
    try:
        await server.serve()
    except SystemExit as error:
        raise UnusableError(
            f"cannot listen on {settings.host}:{settings.port}: is another one running? (MOTCUA_PORT changes it)"
        ) from error


class _Server(uvicorn.Server):
    """Says where to click only once it really listens."""

    hello = ""

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            console.print(self.hello)


def _hello(app: App) -> str:
    settings = app.settings
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    place = settings.database_url if "sqlite" in settings.database_url else "PostgreSQL"
    return "\n".join(
        (
            f"Một Cửa: open [bold]{address}[/bold]",
            f"  data: {place}   channels: {', '.join(app.channels)}",
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
