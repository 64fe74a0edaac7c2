"""The rows of ``knowledge/data/places/``: what each line of its tables says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.files import DATA

FOLDER = DATA / "places"


class Province(NamedTuple):
    """One of the 34 provinces and cities; ``former`` are the provinces that were merged into it in 2025."""

    code: str
    kind: str
    name: str
    former: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"


class Unit(NamedTuple):
    """One of the 3,321 commune-level units since 2025-07-01, with the centre of its area (not its office)."""

    code: str
    province: str
    kind: str
    name: str
    lat: float
    lon: float

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"


class District(NamedTuple):
    """A district, town or provincial city that no longer exists."""

    code: str
    province: str
    old_province: str
    kind: str
    name: str
    also: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"


class Former(NamedTuple):
    """An old ward, commune or town and the units it went to; several when it was split."""

    district: str
    kind: str
    name: str
    now: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"


def read_provinces(folder: Path = FOLDER) -> list[Province]:
    """The lines of ``provinces.csv``."""
    return [Province(c, kind, name, _many(f), _many(a)) for c, kind, name, f, a in _rows(folder / "provinces.csv")]


def read_units(folder: Path = FOLDER) -> list[Unit]:
    """The lines of ``units.csv``."""
    rows = _rows(folder / "units.csv")
    return [Unit(code, province, kind, name, float(lat), float(lon)) for code, province, kind, name, lat, lon in rows]


def read_districts(folder: Path = FOLDER) -> list[District]:
    """The lines of ``districts.csv``."""
    rows = _rows(folder / "districts.csv")
    return [District(c, p, old, kind, name, _many(also)) for c, p, old, kind, name, _until, also in rows]


def read_former(folder: Path = FOLDER) -> list[Former]:
    """The lines of ``former.csv``."""
    rows = _rows(folder / "former.csv")
    return [Former(district, kind, name, tuple(now.split())) for district, kind, name, now, _until in rows]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        yield from lines


def _many(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
