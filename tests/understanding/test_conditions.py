"""Circumstances said in a question, and those it denies."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge.understanding import Index

with (Path(__file__).parent / "conditions.csv").open(encoding="utf-8") as file:
    ROWS = [(r["question"], r["said"], r["not_said"]) for r in csv.DictReader(file)]


@pytest.mark.parametrize(("question", "said", "not_said"), ROWS)
def test_a_circumstance_is_heard_unless_denied(index: Index, question: str, said: str, not_said: str) -> None:
    heard = index.understand(question).conditions
    assert not said or said in heard
    assert not_said not in heard
