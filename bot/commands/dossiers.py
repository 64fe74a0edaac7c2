"""``motcua dossiers``: the desk's own table of dossiers, and the office's numbers from it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.commands.shared import UnusableError, console, opened_knowledge, print_json, run
from bot.settings import Settings
from knowledge.dossiers.figures import Figures, count, total
from knowledge.dossiers.figures_files import ALL, title, write_png, write_xlsx
from knowledge.dossiers.guard import Guard
from knowledge.dossiers.vault import Vault
from knowledge.importers.dossiers import read_dossiers
from knowledge.importers.tables import TableError, read_date

app = typer.Typer(help="The table of dossiers.", no_args_is_help=True)
SHOWN = ("carried_over", "received", "settled", "settled_late", "in_hand", "overdue")
HEADS = ("từ kỳ trước", "nhận", "đã giải quyết", "trả quá hạn", "đang làm", "đang quá hạn")


@app.command("import")
def import_file(file: Annotated[Path, typer.Argument(help="The desk's export, .csv or .xlsx.")]) -> None:
    """Bring in (or update) dossiers from the desk's export. Broken rows are named and left out."""

    async def work() -> tuple[int, list[str]]:
        async with opened_knowledge() as knowledge:
            found = read_dossiers(file, knowledge.clock(), _vault())
            return await knowledge.store.put_dossiers(found.dossiers), found.problems

    try:
        count_, problems = run(work())
    except TableError as error:
        raise UnusableError(str(error)) from error
    for problem in problems:
        typer.echo(problem, err=True)
    typer.echo(f"{count_} dossiers imported, {len(problems)} rows left out")


@app.command("report")
def report(
    start: Annotated[str, typer.Option("--from", help="First day, 01/11/2026; without it: of this month.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day; without it: today.")] = "",
    png: Annotated[Path | None, typer.Option(help="Write the chart here.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write the table here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Dossiers received, settled, on time and overdue, by field and channel, from the local table."""
    first, last, lines = run(_counted(_day(start), _day(end)))
    try:
        if png:
            write_png(lines, first, last, png)
        if xlsx:
            write_xlsx(lines, first, last, xlsx)
    except OSError as error:
        raise UnusableError(f"cannot write {error.filename}: {error.strerror}") from error
    if as_json:
        fields = {name: line.as_json() for name, line in lines.items()}
        print_json({"from": str(first), "to": str(last), "fields": fields, "total": total(lines).as_json()})
        return
    table = Table("lĩnh vực", *HEADS, title=title(first, last))
    for name, line in [*lines.items(), (ALL, total(lines))]:
        table.add_row(name, *(str(line.as_json()[key]) for key in SHOWN))
    console.print(table)


async def _counted(start: date | None, end: date | None) -> tuple[date, date, dict[str, Figures]]:
    async with opened_knowledge() as knowledge:
        today = knowledge.clock().date()
        # What is due tomorrow is not overdue yet, whatever day the report is asked for.
        last = min(end or today, today)
        first = start or last.replace(day=1)
        if first > last:
            raise UnusableError(f"--from {first} lies after --to {last}")
        return first, last, count(await knowledge.store.dossiers(last), first, last)


@app.command("refused")
def refused(
    days: Annotated[int, typer.Option(min=1, max=90, help="How many days back.")] = 7,
) -> None:
    """How many look-ups were refused or missed each day: many misses mean that somebody guesses codes."""

    async def work() -> list[tuple[date, dict[str, int]]]:
        async with opened_knowledge() as knowledge:
            guard = Guard(knowledge.engine, _vault(), knowledge.clock)
            today = knowledge.clock().date()
            listed = [today - timedelta(days=n) for n in range(days)]
            return [(day, await guard.refused_on(day)) for day in listed]

    for day, kinds in run(work()):
        told = ", ".join(f"{kind} {number}" for kind, number in kinds.items()) or "none"
        typer.echo(f"{day}: {told}")


def _day(text: str) -> date | None:
    try:
        return read_date(text)
    except ValueError as error:
        raise UnusableError(str(error)) from error


def _vault() -> Vault:
    return Vault(Settings().secret_key.get_secret_value())
