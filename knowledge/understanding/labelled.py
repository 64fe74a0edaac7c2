"""Labelled questions: which procedure a real-sounding question is about. The file format of the contract.

Our own (``knowledge/data/asked.csv``) teach the index: each becomes an example of its procedure, and shows,
asked as if it were missing, what the signals are worth for people who don't know how we put things.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HEADER = ["id", "kind", "expected", "question"]
NONE = "NONE"
OURS = Path(__file__).parent.parent / "data" / "asked.csv"


class QuestionsError(ValueError):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled question; ``expected`` is empty when no procedure of ours answers it."""

    id: str
    kind: str
    expected: frozenset[str]
    question: str


@lru_cache(maxsize=1)
def asked() -> tuple[Row, ...]:
    """Our own labelled questions. Slugs that the staff have removed do no harm."""
    return tuple(read_rows(OURS, None))


def read_rows(path: Path, slugs: Collection[str] | None) -> list[Row]:
    """The labelled questions in the CSV at ``path``; without ``slugs`` any slug will do.

    Raises:
        QuestionsError: wrong header, unknown slug or broken row, with the line's number.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path.name}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise QuestionsError(f"{path}: {error.strerror or error}") from error
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[Row] = []
    try:
        for cells in reader:
            if reader.line_num == 1 or (not rows and _is_header(cells)):
                _check_header(path, cells)
            elif cells:
                rows.append(_row(f"{path.name}, line {reader.line_num}", cells, slugs))
    except csv.Error as error:
        raise QuestionsError(f"{path.name}, line {reader.line_num}: {error}") from error
    if reader.line_num == 0:
        raise QuestionsError(f"{path.name}, line 1: the file is empty; expected {','.join(HEADER)}")
    return rows


def _is_header(cells: Sequence[str]) -> bool:
    return [c.strip() for c in cells] == HEADER


def _check_header(path: Path, cells: Sequence[str]) -> None:
    if not _is_header(cells):
        raise QuestionsError(f"{path.name}, line 1: the header is {','.join(cells)!r}, not {','.join(HEADER)!r}")


def _row(place: str, cells: Sequence[str], slugs: Collection[str] | None) -> Row:
    if len(cells) != len(HEADER):
        raise QuestionsError(f"{place}: {len(cells)} columns instead of {len(HEADER)}")
    ident, kind, expected, question = (c.strip() for c in cells)
    for name, value in (("id", ident), ("kind", kind), ("expected", expected), ("question", question)):
        if not value:
            raise QuestionsError(f"{place}: {name} is empty")
    if expected == NONE:
        return Row(ident, kind, frozenset(), question)
    accepted = frozenset(s.strip() for s in expected.split("|"))
    for slug in sorted(accepted):
        if slugs is not None and slug not in slugs:
            raise QuestionsError(f"{place}: unknown slug {slug!r}")
    return Row(ident, kind, accepted, question)
