"""Measure understanding on a labelled file, counting as the contract says."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.understanding.index import Index
from knowledge.understanding.labelled import NONE, Row
from knowledge.understanding.types import Understanding

ANSWERABLE = ("answered_correct", "offered_correct", "answered_wrong", "missed")
REFUSABLE = ("none_refused", "none_offered", "none_answered")
FIGURES = ("questions", "answerable", "none", *ANSWERABLE, *REFUSABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question was understood, and under which figure it counts."""

    row: Row
    figure: str
    understood: Understanding


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
