"""Questions of strangers, which no index knows: what the product promises, measured on all of them.

``strangers.csv`` was written by people who had seen neither the knowledge base, the labelled questions that teach the
index, nor each other. It is never learnt from and no threshold is set by it; see docs/understanding.md.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from knowledge.understanding import Index
from knowledge.understanding.evaluate import verdict
from knowledge.understanding.labelled import Row, asked, read_rows

STRANGERS = Path(__file__).parent / "strangers.csv"


@pytest.fixture(scope="module")
def rows(records: list) -> list[Row]:  # type: ignore[type-arg]
    return read_rows(STRANGERS, {record.slug for record in records})


@pytest.fixture(scope="module")
def figures(index: Index, rows: list[Row]) -> list[tuple[Row, str]]:
    return [(row, verdict(row, index.understand(row.question)).figure) for row in rows]


def share(figures: list[tuple[Row, str]], *names: str) -> float:
    return 100 * sum(figure in names for _, figure in figures) / len(figures)


def test_they_stand_in_no_index(rows: list[Row]) -> None:
    known = {row.question.casefold() for row in asked()}
    assert not [row.id for row in rows if row.question.casefold() in known]


def test_questions_that_have_an_answer_get_it(figures: list[tuple[Row, str]]) -> None:
    answerable = [(row, figure) for row, figure in figures if row.expected]
    assert share(answerable, "answered_correct") >= 88
    assert share(answerable, "answered_correct", "offered_correct") >= 98
    assert share(answerable, "answered_wrong") <= 2.5
    assert share(answerable, "offered_correct") <= 12


def test_questions_that_have_none_are_refused(figures: list[tuple[Row, str]]) -> None:
    nobodys = [(row, figure) for row, figure in figures if not row.expected]
    assert share(nobodys, "none_refused") >= 95
    assert share(nobodys, "none_answered") <= 1


def test_no_way_of_writing_is_left_behind(figures: list[tuple[Row, str]]) -> None:
    kinds = Counter(row.kind for row, _ in figures if row.expected)
    for kind in kinds:
        of_kind = [(row, figure) for row, figure in figures if row.kind == kind]
        assert share(of_kind, "answered_correct", "offered_correct") >= 90, kind
