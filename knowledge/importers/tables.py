"""Read a table out of a CSV or Excel file, as officers send them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, range_boundaries

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MAX_MERGED_BYTES = 30 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELLS = 3_000_000
"""More cells in a sheet, or in its merged areas, than this are not taken into memory at once."""
HEADER_SEARCH_ROWS = 20
REPEATED_HEADER = 2
"""A line that repeats so many headers is the header again (a new page, the second line of a merged one)."""


_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_SERIAL_DAYS = range(20_000, 80_000)
_FIRST_SERIAL = date(1899, 12, 30)
"""Excel counts days from here, and shows the bare number in a column that is not formatted as dates."""


class TableError(ValueError):
    """The file is not a table we can read; the message says what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the table: ``number`` as the person sees it in the file, cells by folded header."""

    number: int
    cells: dict[str, str]


def header_key(text: str) -> str:
    """A header in comparable form: ``Ngày tiếp nhận`` and ``NGAY TIEP NHAN`` are the same."""
    plain = unicodedata.normalize("NFD", clean_cell(text).casefold().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


def clean_cell(text: str) -> str:
    """``text`` in NFC without invisible characters, with the one true đ."""
    visible = "".join(" " if c == "\u00a0" else c for c in text if unicodedata.category(c) != "Cf")
    # Icelandic ð and Croatian look-alikes come from old fonts; no Vietnamese word has them.
    return unicodedata.normalize("NFC", visible).replace("ð", "đ").replace("Ð", "Đ")


def read_table(path: Path, known: set[str], required: set[str]) -> Iterator[Row]:
    """The rows of the table in ``path``. ``known`` headers help to find the header line (in the first 20).

    Raises:
        TableError: not a readable CSV or Excel file, or no line has all ``required`` headers.
    """
    if not path.is_file():
        raise TableError(f"{path}: no such file")
    if path.stat().st_size > MAX_BYTES:
        raise TableError(f"{path}: larger than {MAX_BYTES // 1024 // 1024} MB")
    readers = {".csv": _csv_sheets, ".xlsx": _excel_sheets}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path}: use a .csv or .xlsx file")
    rows, start, header = _find_header(reader(path), known, required, path)
    for number, cells in enumerate(rows[start + 1 :], start=start + 2):
        repeated = sum(header_key(c) == h for c, h in zip(cells, header, strict=False) if h in known)
        if any(cell.strip() for cell in cells) and repeated < REPEATED_HEADER:
            padded = cells + [""] * (len(header) - len(cells))
            yield Row(number, {k: " ".join(c.split()) for k, c in zip(header, padded, strict=False) if k})


def _find_header(
    sheets: list[list[list[str]]], known: set[str], required: set[str], path: Path
) -> tuple[list[list[str]], int, list[str]]:
    """(the rows of the sheet with the table, the number of its header line, the folded header)."""
    candidates = [
        (rows, at, [header_key(cell) for cell in row])
        for rows in sheets
        for at, row in enumerate(rows[:HEADER_SEARCH_ROWS])
    ]
    empty: tuple[list[list[str]], int, list[str]] = ([], 0, [])
    best = max(candidates, key=lambda item: len(known & set(item[2])), default=empty)
    missing = required - set(best[2])
    if missing:
        raise TableError(f"{path}: no column called {', '.join(sorted(missing))}")
    return best


def _csv_sheets(path: Path) -> list[list[list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 text; save it as “CSV UTF-8”") from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return [[[clean_cell(c) for c in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]]
    except csv.Error as error:
        raise TableError(f"{path}: not a readable CSV file ({error})") from error


def _excel_sheets(path: Path) -> list[list[list[str]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise TableError(f"{path}: unpacks to too much data")
            # Merged cells are only known when the whole book is read, which takes fifty times its size in memory.
            whole = unpacked <= MAX_MERGED_BYTES and _area(archive) <= MAX_CELLS
        book = load_workbook(path, read_only=not whole, data_only=True)
        try:
            sheets = [_sheet(sheet, whole) for sheet in book.worksheets]
        finally:
            book.close()
        if any(len(rows) > MAX_ROWS for rows in sheets):
            raise TableError(f"{path}: more than {MAX_ROWS} lines")
        return sheets
    except TableError:
        raise
    except Exception as error:  # openpyxl lets through whatever its XML reader and its own parts raise
        raise TableError(f"{path}: not a readable .xlsx file") from error


def _area(archive: zipfile.ZipFile) -> int:
    """How many cells the largest sheet and all merged areas span: one cell in the last corner makes billions."""
    most, merged = 0, 0
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            text = archive.read(name)
            places = _CELL.findall(text)
            rows = max((int(row) for _, row in places), default=0)
            columns = max((column_index_from_string(letters.decode()) for letters in {c for c, _ in places}), default=0)
            most = max(most, rows * columns)
            merged += sum(map(_span, _MERGED.findall(text)))
    return max(most, merged)


def _span(area: bytes) -> int:
    left, top, right, bottom = range_boundaries(area.decode())
    return (int(right or 1) - int(left or 1) + 1) * (int(bottom or 1) - int(top or 1) + 1)


def _sheet(sheet: Any, whole: bool) -> list[list[str]]:
    if not whole:
        return _trimmed(sheet)
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    for area in sheet.merged_cells.ranges:
        text = rows[area.min_row - 1][area.min_col - 1]
        for row in rows[area.min_row - 1 : area.max_row]:
            row[area.min_col - 1 : area.max_col] = [text] * (area.max_col - area.min_col + 1)
    return rows


def _trimmed(sheet: Any) -> list[list[str]]:
    """The rows without what is empty behind and below them, as far as a list of people can reach."""
    rows: list[list[str]] = []
    filled = 0
    for number, values in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True), 1):
        row = [_cell(value) for value in values]
        while row and not row[-1]:
            row.pop()
        rows.append(row)
        filled = number if row else filled
    return rows[:filled]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean_cell(str(value))


def read_date(text: str) -> date | None:
    """A date as people write it (2026-11-23, 23/11/2026, with or without a time, Excel's number); None if empty.

    Raises:
        ValueError: the text is not a date.
    """
    first = text.strip().split(" ")[0].split("T")[0]
    if not first:
        return None
    if first.isdecimal() and int(first) in _SERIAL_DAYS:
        return _FIRST_SERIAL + timedelta(days=int(first))
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(first, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a date (write 23/11/2026)")
