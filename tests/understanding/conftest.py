"""One index for all tests: it is immutable, and building it takes seconds."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge.files import read_all
from knowledge.not_ours import read_not_ours
from knowledge.record import Record
from knowledge.understanding import Index, NotOurs

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def records() -> list[Record]:
    return read_all()[0]


@pytest.fixture(scope="session")
def not_ours() -> list[NotOurs]:
    return read_not_ours()


@pytest.fixture(scope="session")
def index(records: list[Record], not_ours: list[NotOurs]) -> Index:
    return Index.build(records, not_ours)


@pytest.fixture(scope="session")
def facet_rows() -> list[dict[str, str]]:
    with (HERE / "facets.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def small_record(slug: str, name: str, *questions: str, kind: str = "procedure") -> Record:
    """A record with just what understanding needs."""
    answer = {"answer": "…"} if kind == "faq" else {}
    return Record(kind=kind, slug=slug, name=name, label=name, field="Thử", questions=questions, **answer)  # type: ignore[arg-type]
