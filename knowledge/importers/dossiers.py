"""Bring in the desk's own export of dossiers (``motcua dossiers import``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from knowledge.dossiers.codes import parse_code
from knowledge.dossiers.facts import birth_fact, masked_name, phone_fact
from knowledge.dossiers.states import OTHER, state_name
from knowledge.dossiers.vault import Vault
from knowledge.importers.tables import Row, header_key, read_date, read_table
from knowledge.models import Dossier
from knowledge.privacy import mask

_HEADERS = {
    "code": ("ma ho so", "so ho so", "so bien nhan", "code"),
    "procedure": ("ten thu tuc", "thu tuc", "procedure"),
    "state": ("trang thai", "trang thai ho so", "tinh trang", "state"),
    "agency": ("co quan", "don vi xu ly", "don vi", "agency"),
    "received_on": ("ngay tiep nhan", "ngay nhan", "received on"),
    "due_on": ("ngay hen tra", "han tra", "ngay hen", "due on"),
    "finished_on": ("ngay tra", "ngay ket thuc", "finished on"),
    "field": ("linh vuc", "ten linh vuc", "field"),
    "channel": ("hinh thuc nop", "hinh thuc tiep nhan", "hinh thuc", "cach nop", "kenh", "channel"),
    "owner": ("chu ho so", "nguoi nop", "ho ten", "ho va ten", "owner"),
    "phone": ("so dien thoai", "dien thoai", "sdt", "phone"),
    "born": ("nam sinh", "ngay sinh", "born"),
    "supplement": ("noi dung bo sung", "giay to can bo sung", "supplement"),
    "reason": ("ly do", "ly do tu choi", "reason"),
}
# How desks write the way a dossier came in. What is not here is counted as unknown, never guessed.
_CHANNELS = {
    "online": ("truc tuyen", "online", "qua mang", "dich vu cong", "0"),
    "post": ("buu chinh", "buu dien", "bcci", "qua buu chinh cong ich", "post"),
    "desk": ("truc tiep", "tai quay", "tai bo phan mot cua", "desk", "1"),
}
KNOWN_HEADERS = {name for names in _HEADERS.values() for name in names}


@dataclass
class DossierImport:
    """What an import found: the good rows, and what is wrong with the others."""

    dossiers: list[Dossier] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_dossiers(path: Path, now: datetime, vault: Vault | None = None) -> DossierImport:
    """The dossiers in the table at ``path``; a broken row is reported and left out.

    Names are masked here, and telephones and birthdays become keyed hashes of four digits (with the ``vault``'s
    key; without one they are dropped). Nothing else of a person is read.

    Raises:
        TableError: the file is no table, or has no column for code, procedure or state.
    """
    result = DossierImport()
    rows = list(read_table(path, KNOWN_HEADERS, set()))
    for row in rows:
        try:
            result.dossiers.append(_dossier(row, now, vault or Vault("")))
        except ValueError as error:
            result.problems.append(f"{path.name}, line {row.number}: {error}")
    return result


def _dossier(row: Row, now: datetime, vault: Vault) -> Dossier:
    code = parse_code(_cell(row, "code"), now.date())
    if code is None or code.problem:
        reason = code.problem if code else "not a dossier code"
        # Masked: in the wrong column the cell may hold somebody's identity number.
        raise ValueError(f"{mask(_cell(row, 'code'))!r}: {reason}")
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
        field=_cell(row, "field") or None,
        channel=_channel(_cell(row, "channel")),
        owner=masked_name(_cell(row, "owner")) or None,
        supplement=mask(_cell(row, "supplement")) or None,
        reason=mask(_cell(row, "reason")) or None,
        phone_mark=phone_fact(vault, code.text, _cell(row, "phone")),
        birth_mark=birth_fact(vault, code.text, _cell(row, "born")),
    )


def _channel(text: str) -> str | None:
    wanted = header_key(text)
    return next((name for name, words in _CHANNELS.items() if wanted in words), None)


def _cell(row: Row, name: str) -> str:
    return next((row.cells[header] for header in _HEADERS[name] if row.cells.get(header)), "")
