"""``motcua knowledge report``: the numbers and lists that a province publishes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.commands.shared import UnusableError, console, opened_knowledge, run
from knowledge.calendar import now, vietnamese
from knowledge.chart import draw_levels
from knowledge.export import Cell, guarded, save_sheets
from knowledge.record import Record
from knowledge.report import LISTS, Count, PublishedList, by_level, by_old_level, share_of, tiers_of

LIST_HEADER = ("Lĩnh vực", "Thủ tục", "Mã", "Cấp", "Ghi chú")
SHARE = "Tỷ lệ %"
LISTS_HEADER = ("Danh sách", "Số thủ tục", SHARE, "Chưa rõ")


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report)


def report(
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write all of it to this Excel file.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this CSV file.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Draw the levels by tier into this picture.")] = None,
    lists: Annotated[bool, typer.Option(help="Print the lists too, not only how long they are.")] = True,
) -> None:
    """Procedures by level and tier with shares, and the lists: online only, not fully online and why, on the
    national portal, settled on the spot, with result by post."""

    async def work() -> list[Record]:
        async with opened_knowledge() as knowledge:
            today = knowledge.clock().date()
            return [record.on(today) for record in (await knowledge.store.records())[1] if record.kind == "procedure"]

    procedures = run(work())
    caption = f"Đếm từ kho dữ liệu của Một Cửa, ngày {vietnamese(now().date())}. Không phải số của cả nước."
    try:
        if xlsx:
            save_sheets(xlsx, _sheets(procedures))
        if csv_file:
            _write_csv(csv_file, _sheets(procedures))
        if png:
            draw_levels(procedures, png, caption)
    except OSError as error:
        raise UnusableError(f"{error.filename}: {error.strerror or error}") from error
    if not (xlsx or csv_file or png):
        _print(procedures, lists=lists)
        console.print(caption)
    for path in filter(None, (xlsx, csv_file, png)):
        typer.echo(f"written: {path}")


def _sheets(procedures: Sequence[Record]) -> dict[str, list[Sequence[Cell]]]:
    """Every table by its title, header first."""
    tiers = list(tiers_of(procedures))
    header = ("Mức", "Số thủ tục", SHARE, *(cell for tier in tiers for cell in (f"Cấp {tier}", SHARE)))
    sheets: dict[str, list[Sequence[Cell]]] = {
        "Theo mức": [header, *(_line(count, tiers) for count in by_level(procedures)), _total(procedures)],
        "Theo mức độ cũ": [header, *(_line(count, tiers) for count in by_old_level(procedures))],
        "Các danh sách": [LISTS_HEADER, *(_list_line(published, procedures) for published in LISTS)],
    }
    for published in LISTS:
        rows = [(r.field, r.name, r.code or "", r.tier or "", published.remark(r)) for r in published.of(procedures)]
        sheets[published.title] = [LIST_HEADER, *rows]
    return sheets


def _line(count: Count, tiers: Sequence[str]) -> tuple[Cell, ...]:
    at_tiers = (cell for tier in tiers for cell in (count.by_tier.get(tier, 0), count.share_by_tier.get(tier, 0.0)))
    return (count.name, count.total, count.share, *at_tiers)


def _total(procedures: Sequence[Record]) -> tuple[Cell, ...]:
    at_tiers = (cell for n in tiers_of(procedures).values() for cell in (n, 100.0 if n else 0.0))
    return ("tất cả", len(procedures), 100.0 if procedures else 0.0, *at_tiers)


def _list_line(published: PublishedList, procedures: Sequence[Record]) -> tuple[Cell, ...]:
    """One list with its length, and of how many procedures it is not known whether they belong to it."""
    length, unknown = len(published.of(procedures)), sum(map(published.unknown, procedures))
    return (published.title, length, share_of(length, len(procedures)), unknown)


def _write_csv(path: Path, sheets: dict[str, list[Sequence[Cell]]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for title, rows in sheets.items():
            writer.writerow([title])
            writer.writerows([guarded(str(cell)) for cell in row] for row in rows)
            writer.writerow([])


def _print(procedures: Sequence[Record], *, lists: bool) -> None:
    for title, rows in _sheets(procedures).items():
        header, *lines = rows
        if header is LIST_HEADER and not lists:
            continue
        table = Table(title=f"{title} ({len(lines)})" if header is LIST_HEADER else title)
        for name in header if header[-1] != SHARE else _narrow(header):
            table.add_column(str(name), overflow="fold")
        for line in lines:
            table.add_row(*map(_shown, line if header[-1] != SHARE else _narrow(line)))
        console.print(table)


def _narrow(line: Sequence[Cell]) -> list[Cell]:
    """A line of numbers and shares with each share behind its number, as a screen has little room for columns."""
    first, *pairs = line
    numbers, shares = pairs[::2], pairs[1::2]
    if shares[-1] == SHARE:
        return [first, *numbers]
    return [first, *(f"{number} ({_shown(share)}%)" for number, share in zip(numbers, shares, strict=True))]


def _shown(cell: Cell) -> str:
    """A number as it is written in Vietnamese: 62,5."""
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)
