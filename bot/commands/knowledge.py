"""``motcua knowledge``: check the files, bring entries in, write them out, publish the lists, make review sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands import report
from bot.commands.shared import UnusableError, opened_knowledge, run
from knowledge import check as checks
from knowledge import review as reviews
from knowledge.export import ExportError
from knowledge.export import export as write_out
from knowledge.files import DATA, read_all
from knowledge.importers.incoming import ImportFileError, read_incoming
from knowledge.importers.plan import MEANING, Plan, make_plan
from knowledge.importers.tables import TableError
from knowledge.record import Record

app = typer.Typer(help="The knowledge base: check, import, export, report, review.", no_args_is_help=True)
report.add_to(app)

SHEETS = Path(__file__).parent.parent.parent / "docs" / "knowledge"


@app.command("check")
def check(
    data: Annotated[Path, typer.Option(help="The folder to check.")] = DATA,
    strict: Annotated[bool, typer.Option("--strict", help="Notices count as problems.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Only count the notices.")] = False,
    questions: Annotated[bool, typer.Option(help="Ask the matcher every example question (takes a while).")] = True,
) -> None:
    """Check all files of the knowledge base.

    Problems must be put right: exit status 2. Notices (what ends within 60 days, long sentences, questions
    that would go to another entry, phrases two entries claim) are listed; they count with --strict.
    """
    if not data.is_dir():
        raise UnusableError(f"{data}: no such folder")
    found = checks.check(data, questions=questions)
    for problem in found.problems:
        typer.echo(str(problem))
    for notice in () if brief else sorted(found.notices, key=lambda notice: notice.kind):
        typer.echo(f"notice: {notice.kind}: {notice}")
    counted = ", ".join(f"{kind} {count}" for kind, count in found.counts.items())
    typer.echo(
        f"{len(found.records)} entries, {len(found.problems)} problems, {len(found.notices)} notices ({counted})"
    )
    if found.problems or (strict and found.notices):
        raise typer.Exit(2)


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="A record (.yaml), a list (.csv, .xlsx), national records (.json, folder, .zip), or our own export."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say line by line what would change; write nothing.")
    ] = False,
) -> None:
    """Bring in procedures. The same file twice changes nothing; checked entries are never overwritten with less."""
    try:
        incoming = read_incoming(file)
    except (ImportFileError, TableError) as error:
        raise UnusableError(str(error)) from error

    async def work() -> Plan:
        async with opened_knowledge() as knowledge:
            plan = make_plan(incoming, await knowledge.store.entries(), knowledge.clock().date())
            if plan.records and not dry_run:
                with _progress() as progress:
                    task = progress.add_task("writing", total=len(plan.records))
                    await knowledge.store.put(
                        plan.records, edited=plan.edited, progress=lambda n: progress.update(task, advance=n)
                    )
            return plan

    plan = run(work())
    for step in plan.steps:
        if dry_run:
            typer.echo(str(step))
        elif step.outcome in ("broken", "kept"):
            typer.echo(str(step), err=True)
    for outcome, count in plan.counts.items():
        typer.echo(f"{count:6} {outcome}: {MEANING[outcome]}")
    if dry_run:
        typer.echo("dry run: nothing was written")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


@app.command("export")
def export(
    target: Annotated[
        Path, typer.Argument(help="A folder, .zip or .yaml keeps everything; .csv and .xlsx are lists of procedures.")
    ],
) -> None:
    """Write out the published knowledge base, in a form chosen by the file's ending."""

    async def work() -> list[Record]:
        async with opened_knowledge() as knowledge:
            return (await knowledge.store.records())[1]

    records = run(work())
    try:
        count = write_out(records, target)
    except ExportError as error:
        raise UnusableError(str(error)) from error
    except OSError as error:
        raise UnusableError(f"{target}: {error.strerror or error}") from error
    typer.echo(f"{count} entries written to {target}")


@app.command("review")
def review(
    folder: Annotated[Path, typer.Option(help="Where the sheets are.")] = SHEETS,
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit status 2 if a sheet is stale.")
    ] = False,
) -> None:
    """Write the review sheets, one for each field: what is certain, what is likely, what is open, whom to ask."""
    records, problems = read_all()
    if problems:
        raise UnusableError(f"{problems[0]} (see motcua knowledge check)")
    if only_check:
        old = reviews.stale(records, folder)
        if old:
            raise UnusableError(f"stale review sheets: {', '.join(old)} (run motcua knowledge review)")
        typer.echo("the review sheets are up to date")
        return
    changed = reviews.write(records, folder)
    typer.echo(f"{len(changed)} sheets written to {folder}")
