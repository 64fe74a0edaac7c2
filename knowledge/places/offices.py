"""Offices: what each is called at a given place, and what a province wrote down about it.

A province fills in ``knowledge/data/places/offices-<code>.csv``; see ``docs/places.md``.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from knowledge.files import Problem
from knowledge.offices import office_kinds
from knowledge.places.tables import FOLDER, Province, Unit
from knowledge.record import Confidence

log = logging.getLogger(__name__)
COLUMNS = ("unit_code", "kind", "name", "address", "telephone", "hours", "source", "checked_on", "confidence")
_TELEPHONE = re.compile(r"\+?\(?\d[\d .()-]{2,18}")


@dataclass(frozen=True, slots=True)
class Office:
    """One real office. What is not known is empty, never guessed."""

    place: str
    kind: str
    name: str
    address: str
    telephone: str
    hours: str
    source: str
    checked_on: date | None
    confidence: Confidence


def read_offices(folder: Path = FOLDER) -> list[Office]:
    """The offices of every province that wrote some down; a line that is wrong is left out and logged.

    ``motcua knowledge check`` says what is wrong with it (:func:`problems`).
    """
    offices: list[Office] = []
    for path in _files(folder):
        rows, wrong = _read(path)
        for problem in wrong:
            log.warning("an office is left out: %s", problem)
        offices += [_office(row) for _, row in rows]
    return offices


def problems(folder: Path, codes: Container[str], today: date) -> Iterator[Problem]:
    """Everything wrong with the files of offices; ``codes`` are those of all units and provinces."""
    for path in _files(folder):
        rows, wrong = _read(path)
        yield from wrong
        seen: set[tuple[str, str, str]] = set()
        for line, row in rows:
            for column, message in _doubts(row, codes, today):
                yield Problem(path.name, f"line {line}, {column}", message)
            key = row["unit_code"], row["kind"], row["name"]
            if key in seen:
                yield Problem(path.name, f"line {line}", f"{row['name']} stands twice")
            seen.add(key)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("offices-*.csv"))


def _read(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """(the usable lines with their numbers, what is wrong with the others)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem(path.name, "", "not UTF-8 text; save it as “CSV UTF-8”")]
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        return [], [Problem(path.name, "line 1", f"no column called {', '.join(sorted(missing))}")]
    rows, wrong = [], []
    for line, cells in enumerate(reader, start=2):
        row = {name: unicodedata.normalize("NFC", cells[name] or "").strip() for name in COLUMNS}
        faults = [Problem(path.name, f"line {line}, {column}", message) for column, message in _faults(row)]
        wrong += faults
        rows += [] if faults or not any(row.values()) else [(line, row)]
    return rows, wrong


def _faults(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What makes a line unusable."""
    if not any(row.values()):
        return
    if row["kind"] not in office_kinds():
        yield "kind", f"{row['kind']!r} is not a kind of office in offices.yaml"
    if not row["name"]:
        yield "name", "is empty"
    if row["confidence"] not in ("sure", "likely", "unverified"):
        yield "confidence", f"{row['confidence']!r} is not sure, likely or unverified"
    try:
        _day(row["checked_on"])
    except ValueError:
        yield "checked_on", f"{row['checked_on']!r} is not a date like 2026-11-23"


def _doubts(row: dict[str, str], codes: Container[str], today: date) -> Iterator[tuple[str, str]]:
    """What must be put right in a line, although it can be read."""
    if row["unit_code"] not in codes:
        yield "unit_code", f"{row['unit_code']!r} is neither a unit nor a province (units.csv, provinces.csv)"
    if not row["source"]:
        yield "source", "is empty: where was it read?"
    checked = _day(row["checked_on"])
    if checked is None:
        yield "checked_on", "is empty: when was it read?"
    elif checked > today:
        yield "checked_on", f"{checked} is in the future"
    for number in filter(None, re.split(r"[;,/]", row["telephone"])):
        if not _TELEPHONE.fullmatch(number.strip()):
            yield "telephone", f"{number.strip()!r} does not look like a telephone number"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _office(row: dict[str, str]) -> Office:
    return Office(
        row["unit_code"], row["kind"], row["name"], row["address"], row["telephone"], row["hours"], row["source"],
        _day(row["checked_on"]), cast(Confidence, row["confidence"]),
    )  # fmt: skip


def office_at(kind: str, unit: Unit, province: Province) -> str:
    """What the office of ``kind`` is called that serves ``unit``; its general name where we cannot tell."""
    described = office_kinds()[kind]
    template = described.get("at")
    if template is None:
        return described["name"]
    return template.format(unit=unit.label, province=province.label)


def office_place(kind: str, unit: Unit) -> str:
    """The code under which a province writes that office down: the unit's, or its own for a provincial one."""
    return unit.code if "{unit}" in office_kinds()[kind].get("at", "") else unit.province
