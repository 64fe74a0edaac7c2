"""Write the knowledge base out, in a form chosen by the file's ending.

``.yaml`` (all records in one file), ``.zip`` or a folder (one file each, laid out as ``knowledge/data``) keep
everything; ``.csv`` and ``.xlsx`` are lists of procedures with the columns of :mod:`knowledge.importers.listing`.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from knowledge.files import dump_record
from knowledge.importers.listing import CONFIDENCE, FLAGS, HEADERS
from knowledge.importers.merge import SOURCE
from knowledge.record import Record

COLUMNS = tuple(name for name in HEADERS if name not in ("decision", "issuer"))
WIDE = {"name": 60, "agency": 40, "summary": 60, "reason": 40, "link": 40}
FORMULA = ("=", "+", "-", "@", "'", "\t", "\r")
Cell = str | int | float
MAX_SHEET_TITLE = 31
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A fixed time inside zip files: the same knowledge gives the same bytes."""


class ExportError(ValueError):
    """The target cannot be written in any form we have."""


def export(records: Sequence[Record], target: Path) -> int:
    """Write ``records`` to ``target``; returns how many entries it holds.

    Raises:
        ExportError: an ending we do not know.
    """
    writers: dict[str, Callable[[Sequence[Record], Path], int]] = {
        "": _folder,
        ".yaml": _one_yaml,
        ".yml": _one_yaml,
        ".zip": _zip,
        ".csv": _csv,
        ".xlsx": _xlsx,
    }
    write = _folder if target.is_dir() else writers.get(target.suffix.lower())
    if write is None:
        raise ExportError(f"{target}: use .yaml, .zip, .csv, .xlsx or a folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    return write(records, target)


def _folder(records: Sequence[Record], target: Path) -> int:
    for name, text in _files(records):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(records)


def _zip(records: Sequence[Record], target: Path) -> int:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files(records):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return len(records)


def _one_yaml(records: Sequence[Record], target: Path) -> int:
    target.write_text("---\n".join(dump_record(record) for record in records), encoding="utf-8")
    return len(records)


def _files(records: Iterable[Record]) -> Iterable[tuple[str, str]]:
    for record in records:
        folder = "faq" if record.kind == "faq" else "procedures"
        yield f"{folder}/{record.slug}.yaml", dump_record(record)


# Tables


def _csv(records: Sequence[Record], target: Path) -> int:
    rows = _rows(records)
    # The mark at the beginning tells Excel that the file is UTF-8.
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([guarded(cell) for cell in row] for row in rows)
    return len(rows) - 1


def _xlsx(records: Sequence[Record], target: Path) -> int:
    rows = _rows(records)
    save_sheets(target, {"Thủ tục": rows}, [WIDE.get(name, 18) for name in COLUMNS])
    return len(rows) - 1


def save_sheets(target: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], widths: Sequence[int] = ()) -> None:
    """A workbook with a sheet for each table, its header line bold and frozen."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:MAX_SHEET_TITLE])
        sheet.freeze_panes = "A2"
        for at, width in enumerate(widths or [30] * len(rows[0])):
            sheet.column_dimensions[get_column_letter(at + 1)].width = width
        for number, row in enumerate(rows):
            cells = [WriteOnlyCell(sheet, value=_safe(value)) for value in row]
            for cell in cells if number == 0 else ():
                cell.font = Font(bold=True)
            sheet.append(cells)
    book.save(target)


def _safe(value: Cell) -> Cell:
    return guarded(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """``text`` so that no spreadsheet reads it as a formula; the importer takes the quote away again."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _rows(records: Sequence[Record]) -> list[list[str]]:
    header = [HEADERS[name][0][:1].upper() + HEADERS[name][0][1:] for name in COLUMNS]
    return [header, *(_row(record) for record in records if record.kind == "procedure")]


def _row(record: Record) -> list[str]:
    level = record.level
    cells: dict[str, str | None] = {
        "slug": record.slug,
        "code": record.code,
        "name": record.name,
        "label": record.label,
        "field": record.field,
        "tier": record.tier,
        "agency": record.agency.name if record.agency else None,
        "level": level.name if level else None,
        "old_level": level.old if level else None,
        "reason": level.reason if level else None,
        "summary": record.summary,
        "checked_on": record.checked_on.isoformat() if record.checked_on else None,
        "confidence": CONFIDENCE[record.confidence],
        "link": record.sources[SOURCE].url if SOURCE in record.sources else None,
    }
    cells |= {name: {True: "Có", False: "Không", None: None}[getattr(record, name)] for name in FLAGS}
    return [cells[name] or "" for name in COLUMNS]
