"""Bring in the desk's own export of dossiers (``motcua dossiers import``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from knowledge.dossiers.codes import parse_code
from knowledge.dossiers.states import OTHER, state_name
from knowledge.importers.tables import Row, read_date, read_table
from knowledge.models import Dossier

_HEADERS = {
    "code": ("ma ho so", "so ho so", "so bien nhan", "code"),
    "procedure": ("ten thu tuc", "thu tuc", "procedure"),
    "state": ("trang thai", "trang thai ho so", "tinh trang", "state"),
    "agency": ("co quan", "don vi xu ly", "don vi", "agency"),
    "received_on": ("ngay tiep nhan", "ngay nhan", "received on"),
    "due_on": ("ngay hen tra", "han tra", "ngay hen", "due on"),
    "finished_on": ("ngay tra", "ngay ket thuc", "finished on"),
}
KNOWN_HEADERS = {name for names in _HEADERS.values() for name in names}


@dataclass
class DossierImport:
    """What an import found: the good rows, and what is wrong with the others."""

    dossiers: list[Dossier] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_dossiers(path: Path, now: datetime) -> DossierImport:
    """The dossiers in the table at ``path``; a broken row is reported and left out.

    Raises:
        TableError: the file is no table, or has no column for code, procedure or state.
    """
    result = DossierImport()
    rows = list(read_table(path, KNOWN_HEADERS, set()))
    for row in rows:
        try:
            result.dossiers.append(_dossier(row, now))
        except ValueError as error:
            result.problems.append(f"{path.name}, line {row.number}: {error}")
    return result


def _dossier(row: Row, now: datetime) -> Dossier:
    code = parse_code(_cell(row, "code"), now.date())
    if code is None or code.problem:
        reason = code.problem if code else "not a dossier code"
        raise ValueError(f"{_cell(row, 'code')!r}: {reason}")
    label = _cell(row, "state")
    if not label or not _cell(row, "procedure"):
        raise ValueError("the procedure and the state must not be empty")
    return Dossier(
        code=code.text,
        procedure=_cell(row, "procedure"),
        state=state_name(label),
        state_label=label if state_name(label) == OTHER else "",
        agency=_cell(row, "agency") or code.agency,
        received_on=read_date(_cell(row, "received_on")) or code.received_on,
        due_on=read_date(_cell(row, "due_on")),
        finished_on=read_date(_cell(row, "finished_on")),
        source="bảng hồ sơ của bộ phận một cửa",
        as_of=now,
    )


def _cell(row: Row, name: str) -> str:
    return next((row.cells[header] for header in _HEADERS[name] if row.cells.get(header)), "")
