"""Measure understanding on a labelled file, counting as the contract says."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.understanding.index import Index
from knowledge.understanding.types import Understanding

HEADER = ["id", "kind", "expected", "question"]
NONE = "NONE"
ANSWERABLE = ("answered_correct", "offered_correct", "answered_wrong", "missed")
REFUSABLE = ("none_refused", "none_offered", "none_answered")
FIGURES = ("questions", "answerable", "none", *ANSWERABLE, *REFUSABLE)


class QuestionsError(ValueError):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled question; ``expected`` is empty when no procedure of ours answers it."""

    id: str
    kind: str
    expected: frozenset[str]
    question: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question was understood, and under which figure it counts."""

    row: Row
    figure: str
    understood: Understanding


def read_rows(path: Path, slugs: Collection[str]) -> list[Row]:
    """The labelled questions in the CSV at ``path``.

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


def _row(place: str, cells: Sequence[str], slugs: Collection[str]) -> Row:
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
        if slug not in slugs:
            raise QuestionsError(f"{place}: unknown slug {slug!r}")
    return Row(ident, kind, accepted, question)


def verdict(row: Row, understood: Understanding) -> Verdict:
    """Under which figure of the contract one understood question counts."""
    # An FAQ answer is no procedure: for this measure we have said "no procedure of ours".
    decision = "unknown" if understood.is_faq else understood.decision
    if not row.expected:
        names = {"answer": "none_answered", "choose": "none_offered", "unknown": "none_refused"}
        return Verdict(row, names[decision], understood)
    if decision == "answer":
        right = understood.entry in row.expected
        return Verdict(row, "answered_correct" if right else "answered_wrong", understood)
    offered = decision == "choose" and not row.expected.isdisjoint(understood.choices[:3])
    return Verdict(row, "offered_correct" if offered else "missed", understood)


def judge(index: Index, rows: Iterable[Row]) -> list[Verdict]:
    """The verdict on each question, in order."""
    return [verdict(row, index.understand(row.question)) for row in rows]


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """The contract's figures over some verdicts."""
    figures = dict.fromkeys(FIGURES, 0)
    for v in verdicts:
        figures["questions"] += 1
        figures["answerable" if v.row.expected else "none"] += 1
        figures[v.figure] += 1
    return figures


def evaluate(index: Index, rows: Sequence[Row]) -> dict[str, Any]:
    """All figures of ``motcua evaluate``, over all questions and by kind."""
    for row in rows[:20]:
        index.understand(row.question)  # warm
    verdicts, times = [], []
    for row in rows:
        start = time.perf_counter()
        understood = index.understand(row.question)
        times.append((time.perf_counter() - start) * 1000)
        verdicts.append(verdict(row, understood))
    kinds = sorted({v.row.kind for v in verdicts})
    return {
        **counts(verdicts),
        "latency_ms": _latency(times),
        "index": {"procedures": index.procedures, "phrases": index.phrases, "build_s": round(index.build_s, 3)},
        "by_kind": {kind: counts([v for v in verdicts if v.row.kind == kind]) for kind in kinds},
    }


def _latency(times: list[float]) -> dict[str, float]:
    if not times:
        return {"median": 0.0, "p99": 0.0}
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))]
    return {"median": round(statistics.median(ordered), 4), "p99": round(p99, 4)}


def failures(verdicts: Iterable[Verdict]) -> list[dict[str, str]]:
    """What went wrong, one flat row each, for ``--failures``."""
    good = {"answered_correct", "offered_correct", "none_refused"}
    return [
        {
            "id": v.row.id,
            "kind": v.row.kind,
            "figure": v.figure,
            "expected": "|".join(sorted(v.row.expected)) or NONE,
            "got": v.understood.entry or "|".join(v.understood.choices) or "unknown",
            "score": f"{v.understood.score:.3f}",
            "question": v.row.question,
        }
        for v in verdicts
        if v.figure not in good
    ]
