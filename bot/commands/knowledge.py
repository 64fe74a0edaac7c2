"""``motcua knowledge``: check the files, bring entries in, write them out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import UnusableError, existing_file, opened, run
from knowledge import check as checks
from knowledge.files import DATA, RecordError, dump_record, read_record

app = typer.Typer(help="The knowledge base: check, import, export.", no_args_is_help=True)


@app.command("check")
def check(
    data: Annotated[Path, typer.Option(help="The folder to check.")] = DATA,
) -> None:
    """Check all files of the knowledge base; exit status 2 when something is wrong."""
    records, problems = checks.check(data)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(records)} entries, {len(problems)} problems")
    if problems:
        raise typer.Exit(2)


@app.command("import")
def import_file(file: Annotated[Path, typer.Argument(help="A .yaml record.")]) -> None:
    """Bring in one record as the staff's own."""
    try:
        record = read_record(existing_file(file))
    except RecordError as error:
        raise UnusableError(str(error)) from error

    async def work() -> None:
        async with opened() as opened_app:
            await opened_app.knowledge.publish([record])

    run(work())
    typer.echo(f"{record.slug}: imported")


@app.command("export")
def export(target: Annotated[Path, typer.Argument(help="A folder: one .yaml file an entry.")]) -> None:
    """Write out the published knowledge base in the project's own source format."""

    async def work() -> int:
        async with opened() as opened_app:
            _, records = await opened_app.knowledge.store.records()

        def write() -> None:
            target.mkdir(parents=True, exist_ok=True)
            for record in records:
                (target / f"{record.slug}.yaml").write_text(dump_record(record), encoding="utf-8")

        await asyncio.to_thread(write)
        return len(records)

    typer.echo(f"{run(work())} entries written to {target}")
