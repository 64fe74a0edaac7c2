"""``motcua dossiers``: the desk's own table of dossiers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import UnusableError, opened, run
from knowledge.importers.dossiers import read_dossiers
from knowledge.importers.tables import TableError

app = typer.Typer(help="The table of dossiers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``import`` a sub-command while it is the only one."""


@app.command("import")
def import_file(file: Annotated[Path, typer.Argument(help="The desk's export, .csv or .xlsx.")]) -> None:
    """Bring in (or update) dossiers from the desk's export. Broken rows are named and left out."""

    async def work() -> tuple[int, list[str]]:
        async with opened() as opened_app:
            found = read_dossiers(file, opened_app.knowledge.clock())
            return await opened_app.knowledge.store.put_dossiers(found.dossiers), found.problems

    try:
        count, problems = run(work())
    except TableError as error:
        raise UnusableError(str(error)) from error
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{count} dossiers imported, {len(problems)} rows left out")
