"""Offices: what each is called at a given place, and what a province wrote down about it.

A province fills in ``knowledge/data/places/offices-<code>.csv``; see ``docs/places.md``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from knowledge.offices import office_kinds
from knowledge.places.tables import FOLDER, Province, Unit
from knowledge.record import Confidence


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
    """The offices of every province that wrote some down.

    Raises:
        ValueError: a line has an unknown kind of office, an unknown confidence or no date; it says which.
    """
    return [office for path in sorted(folder.glob("offices-*.csv")) for office in _read(path)]


def _read(path: Path) -> list[Office]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_office(row, f"{path.name}, line {n}") for n, row in enumerate(csv.DictReader(file), start=2)]


def _office(row: dict[str, str], where: str) -> Office:
    if row["kind"] not in office_kinds():
        raise ValueError(f"{where}: {row['kind']!r} is not a kind of office in offices.yaml")
    if row["confidence"] not in ("sure", "likely", "unverified"):
        raise ValueError(f"{where}: confidence {row['confidence']!r} is not sure, likely or unverified")
    try:
        checked = date.fromisoformat(row["checked_on"]) if row["checked_on"] else None
    except ValueError as error:
        raise ValueError(f"{where}: checked_on {row['checked_on']!r} is not a date like 2026-11-23") from error
    return Office(
        row["unit_code"], row["kind"], row["name"], row["address"], row["telephone"], row["hours"], row["source"],
        checked, cast(Confidence, row["confidence"]),
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
