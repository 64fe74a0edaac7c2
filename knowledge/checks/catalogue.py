"""Our own keys: ``knowledge/data/catalogue.csv`` says which procedures there must be, and how they are called."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.checks.finding import bad
from knowledge.files import Problem
from knowledge.record import Record

FILE = "catalogue.csv"


@dataclass(frozen=True)
class Key:
    """One line of the catalogue: other programs and labelled questions rely on ``slug``."""

    slug: str
    name: str
    field: str
    tier: str


def read_catalogue(data: Path) -> list[Key]:
    """The keys in ``data``; none when the folder has no catalogue (a province's own small set of files)."""
    path = data / FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [Key(**row) for row in csv.DictReader(file)]


def problems(records: Sequence[Record], slugs: set[str], keys: Sequence[Key]) -> Iterator[Problem]:
    """Keys without a complete entry, entries that call a key otherwise, and procedures without a key.

    ``slugs`` also has the files that could not be read: they are reported once, as unreadable.
    """
    ours = {record.slug: record for record in records if record.kind == "procedure"}
    for line, key in enumerate(keys, start=2):
        record = ours.pop(key.slug, None)
        if record is None:
            if key.slug not in slugs:
                yield Problem(FILE, f"line {line}", f"{key.slug} has no file in procedures/")
            continue
        for name in ("name", "field", "tier"):
            if getattr(record, name) != getattr(key, name):
                yield bad(record, name, f"is {getattr(record, name)!r}, in {FILE} {getattr(key, name)!r}")
        if not record.details_checked:
            yield bad(record, "checked_on", "is missing: the facts of a procedure of ours must have been checked")
    if keys:
        yield from (bad(record, "slug", f"is not in {FILE}") for record in ours.values())
