"""For those who run it: ``motcua backup``, ``restore``, ``pause``, ``resume``, ``notice``. See docs/operations.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import UnusableError, existing_file, opened_engine, run
from knowledge import backup as copies
from knowledge.backup import BackupError
from knowledge.calendar import VIETNAM, now
from knowledge.standing import Noticeboard, Standing
from knowledge.workers import anybody_at_work

LONGEST = 1000
"""Characters of a notice or a reason: people have to read it before their answer."""
SPANS = {"m": "minutes", "h": "hours", "d": "days"}


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (backup, restore, pause, resume, notice):
        app.command(command.__name__)(command)


def backup(file: Annotated[Path, typer.Argument(help="Where to write it; an older one is replaced.")]) -> None:
    """Write the whole database to one file, while the program runs. Keep MOTCUA_SECRET_KEY elsewhere, too."""

    async def work() -> int:
        # Made ready first if it is new; otherwise just as it is, so that it can be done before an upgrade.
        async with opened_engine() as engine:
            return await copies.save(engine, file)

    try:
        rows = run(work())
    except OSError as error:
        raise UnusableError(f"cannot write {file}: {error.strerror or error}") from error
    typer.echo(f"{file}: {rows} rows")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `motcua backup` wrote, on either kind of database.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put what is in FILE in the place of ALL that is in the database. Stop the program first."""
    existing_file(file)
    if not yes and sys.stdin.isatty():
        typer.confirm("Everything in the database will be replaced. Go on?", abort=True)

    async def work() -> int:
        async with opened_engine(ready=False) as engine:
            if await anybody_at_work(engine):
                raise UnusableError("the program is running on this database: stop it first")
            return await copies.restore(engine, file)

    try:
        rows = run(work())
    except BackupError as error:
        raise UnusableError(str(error)) from error
    typer.echo(f"{rows} rows are back")


def pause(reason: Annotated[str, typer.Option("--reason", help="What people are told, in Vietnamese.")]) -> None:
    """Stop answering on all channels: people get the reason and whom to ask instead. Takes hold within seconds."""
    words = _words(reason)
    run(_on_the_board(lambda board, _: board.pause(words)))
    typer.echo("paused on all channels; `motcua resume` ends it")


def resume() -> None:
    """Answer again."""
    run(_on_the_board(lambda board, _: board.resume()))
    typer.echo("answering again")


def notice(
    text: Annotated[str, typer.Argument(help="What people are told; without it: show what stands.")] = "",
    until: Annotated[
        str, typer.Option("--until", help="When it ends: 30m, 12h, 3d from now, or 31/12/2026 (to its end).")
    ] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Tell it no more.")] = False,
) -> None:
    """A notice of the day: everybody on every channel is told TEXT before their next answer, once in a conversation."""
    if remove and text:
        raise UnusableError("give either a text or --remove")
    if remove:
        standing = run(_on_the_board(lambda board, _: board.withdraw()))
    elif text:
        words, end = _words(text), _moment(until, now())
        standing = run(_on_the_board(lambda board, moment: board.announce(words, moment, end)))
    else:
        standing = run(_on_the_board())
    typer.echo(f"notice: {standing.notice or '–'}")
    typer.echo(f"paused: {standing.paused or '–'}")


async def _on_the_board(change: Callable[[Noticeboard, datetime], Awaitable[None]] | None = None) -> Standing:
    """What stands after ``change``. In an emergency nobody waits for the knowledge base to be read."""
    async with opened_engine() as engine:
        board, moment = Noticeboard(engine), now()
        if change:
            await change(board, moment)
        return await board.read(moment)


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST:
        raise UnusableError(f"a text of 1 to {LONGEST} characters is needed")
    return words


def _moment(until: str, start: datetime) -> datetime | None:
    if not until:
        return None
    span = re.fullmatch(r"(\d{1,4})([mhd])", until)
    if span:
        return start + timedelta(**{SPANS[span[2]]: int(span[1])})
    try:
        day = datetime.strptime(until, "%d/%m/%Y").replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise UnusableError(f"--until {until!r}: use 30m, 12h, 3d or 31/12/2026") from error
    end = day + timedelta(days=1)
    if end <= start:
        raise UnusableError(f"--until {until}: that day is over")
    return end
