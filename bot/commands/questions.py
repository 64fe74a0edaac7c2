"""``motcua ask``, ``status``, ``evaluate``: one question, one dossier, many questions."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.shared import (
    UnusableError,
    console,
    existing_file,
    opened,
    opened_dossiers,
    opened_knowledge,
    print_json,
    run,
)
from handlers import dossier as dossier_handler
from handlers.messages import Conversation, Incoming, Reply, plain
from handlers.router import answer
from handlers.turn import Turn
from knowledge.dossiers import Found, parse_code
from knowledge.dossiers.states import states
from knowledge.not_ours import read_not_ours
from knowledge.privacy import mask
from knowledge.understanding import tune as tuning
from knowledge.understanding.evaluate import (
    FIGURES,
    evaluate,
    failures,
    judge,
)
from knowledge.understanding.labelled import QuestionsError, Row, asked, read_rows

TABLE_WIDTH = 130
Json = Annotated[bool, typer.Option("--json", help="Print JSON (see the contract).")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("ask")(ask)
    app.command("status")(status)
    app.command("evaluate")(evaluate_questions)
    app.command("tune")(tune_thresholds)


def ask(
    text: Annotated[str, typer.Argument(help="The question, in one's own words.")],
    as_json: Json = False,
    explain: Annotated[bool, typer.Option(help="Show how the decision came about.")] = False,
) -> None:
    """Answer one question, without a conversation."""
    run(_ask(unicodedata.normalize("NFC", text), as_json, explain))


async def _ask(text: str, as_json: bool, explain: bool) -> None:
    async with opened() as app:
        if explain:
            print_json(_plain_data(app.knowledge.snapshot.index.explain(text)))
            return
        turn = Turn(
            Incoming("ask", "once", text),
            Conversation(),
            app.knowledge.snapshot,
            app.dossiers,
            app.desk.contacts,
            app.knowledge.clock(),
            province=app.settings.province,
        )
        reply = (await answer(turn)).reply
    if as_json:
        print_json(ask_json(reply))
    else:
        typer.echo(reply.text)
        for message in reply.messages:
            for button in message.buttons:
                if button.url:
                    typer.echo(f"{button.label}: {button.url}")


def ask_json(reply: Reply) -> dict[str, Any]:
    """The contract's ``ask --json``."""
    return {
        "decision": reply.decision,
        "procedure": reply.procedure,
        "facet": reply.facet,
        "choices": list(reply.choices),
        "score": round(reply.score, 4),
        "reply": plain(reply.text),
    }


def status(
    code: Annotated[str, typer.Argument(help="The receipt code, as printed on the slip.")],
    as_json: Json = False,
) -> None:
    """Where one dossier stands, by its receipt code."""
    run(_status(unicodedata.normalize("NFC", code), as_json))


async def _status(text: str, as_json: bool) -> None:
    async with opened_dossiers() as (knowledge, look_up):
        now = knowledge.clock()
        code = parse_code(text, now.date())
        if code is None or code.problem:
            message = plain(dossier_handler.problem(code))
            if not as_json:
                raise UnusableError(message)
            print_json(
                status_json(None, code.text if code else mask(text), message, "invalid_code")
                | {"as_of": now.isoformat()}
            )
            raise typer.Exit(2)
        found = await look_up.find(code)
    reply = plain(dossier_handler.describe(found, code, now.date()))
    if as_json:
        print_json(status_json(found, code.text, reply, found.error))
    else:
        typer.echo(reply)


def status_json(found: Found | None, code: str, reply: str, error: str | None) -> dict[str, Any]:
    """The contract's ``status --json``."""
    dossier = found.dossier if found else None
    state = states().get(dossier.state) if dossier else None

    def day(name: str) -> str | None:
        value = getattr(dossier, name, None)
        return value.isoformat() if value else None

    return {
        "code": code,
        "found": dossier is not None,
        "state": dossier.state if dossier else None,
        "state_label": (state.label if state else dossier.state_label) if dossier else None,
        "procedure": dossier.procedure if dossier else None,
        "received_on": day("received_on"),
        "due_on": day("due_on"),
        "finished_on": day("finished_on"),
        "agency": dossier.agency if dossier else None,
        "overdue": bool(found and found.overdue),
        "source": found.source if found else "",
        "as_of": found.as_of.isoformat() if found else "",
        "error": error,
        "reply": reply,
    }


def evaluate_questions(
    questions: Annotated[Path, typer.Argument(help="CSV with id,kind,expected,question.")],
    as_json: Json = False,
    failed: Annotated[Path | None, typer.Option("--failures", help="Write the questions that went wrong here.")] = None,
) -> None:
    """Measure understanding on a labelled file."""
    run(_evaluate(existing_file(questions), as_json, failed))


async def _evaluate(path: Path, as_json: bool, failed: Path | None) -> None:
    rows = await _labelled(path)
    async with opened() as app:
        snapshot = app.knowledge.snapshot
    result = evaluate(snapshot.index, rows)
    if failed:
        _write_csv(failed, failures(judge(snapshot.index, rows)))
    if as_json:
        print_json(result)
    else:
        _print_table(result)


async def _labelled(path: Path) -> list[Row]:
    """The questions of ``path``; read before the index is built, so that a broken line is told at once."""
    async with opened_knowledge() as knowledge:
        _, records = await knowledge.store.records()
    try:
        return read_rows(path, {record.slug for record in records if record.kind == "procedure"})
    except QuestionsError as error:
        raise UnusableError(str(error)) from error


def tune_thresholds(
    questions: Annotated[
        list[Path] | None, typer.Argument(help="CSVs with id,kind,expected,question, beside our own labelled ones.")
    ] = None,
    as_json: Json = False,
    write: Annotated[bool, typer.Option(help="Keep the thresholds for every index built from now on.")] = True,
) -> None:
    """Set the thresholds of understanding from labelled questions (reproducible, cross-validated)."""
    run(_tune([existing_file(path) for path in questions or ()], as_json, write))


async def _tune(paths: list[Path], as_json: bool, write: bool) -> None:
    rows = [*asked(), *[row for path in paths for row in await _labelled(path)]]
    async with opened() as app:
        records = list(app.knowledge.snapshot.records.values())
    result = tuning.tune(records, read_not_ours(), rows)
    if write:
        tuning.save(result)
    if as_json:
        print_json(result)
        return
    for name in ("thresholds", "fitted", "cross_validated"):
        console.print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in result[name].items()))


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=["id", "kind", "figure", "expected", "got", "score", "question"])
        writer.writeheader()
        writer.writerows(rows)


def _print_table(result: dict[str, Any]) -> None:
    table = Table("kind", *(name.replace("_", "\n") for name in FIGURES), title=f"{result['questions']} questions")
    for kind, counts in [*result["by_kind"].items(), ("all", result)]:
        table.add_row(kind, *(str(counts[name]) for name in FIGURES))
    # Into a file or a narrow window too: a figure without its name is of no use.
    Console(width=max(console.width, TABLE_WIDTH)).print(table)
    latency, index = result["latency_ms"], result["index"]
    console.print(f"one question: median {latency['median']:.2f} ms, p99 {latency['p99']:.2f} ms")
    console.print(
        f"index: {index['procedures']} procedures, {index['phrases']} phrases, built in {index['build_s']:.2f} s"
    )


def _plain_data(value: object) -> Any:
    """Dataclasses, sets and tuples as what JSON knows."""
    fields = getattr(value, "__dataclass_fields__", None)
    if fields:
        return {name: _plain_data(getattr(value, name)) for name in fields}
    if isinstance(value, dict):
        return {str(key): _plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain_data(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
