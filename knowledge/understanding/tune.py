"""``motcua tune``: the thresholds, from labelled questions; seeded, so it can be repeated.

Probabilities are fitted whenever an index is built. Labelled questions say where to draw the lines, and
cross-validation says what to expect of them. A question that stands in the index is asked as if it did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.record import Record
from knowledge.understanding.decide import Thresholds, Verdict, choices, decide
from knowledge.understanding.evaluate import verdict
from knowledge.understanding.index import Index
from knowledge.understanding.labelled import Row
from knowledge.understanding.tables import FOLDER
from knowledge.understanding.types import NotOurs

# What an outcome is worth to the person who asks: a wrong answer costs a day, an honest "I don't know"
# little; at an offered choice some give up.
WORTH = {
    "answered_correct": 1.0, "offered_correct": 0.4, "answered_wrong": -2.0, "missed": -2.0,
    "none_refused": 1.0, "none_offered": -0.5, "none_answered": -6.0,
}  # fmt: skip
REFUSE = np.round(np.arange(0.20, 0.75, 0.05), 2)
SURE = np.array([0.5, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98])
ANSWER = np.round(np.arange(0.40, 0.95, 0.05), 2)
LEAST_SHARE = (0.001, 0.003, 0.01, 0.03, 0.1)  # of the first one's likelihood: what is less likely is not offered
FEWER = 0.1  # what one choice less is worth, when the right one is among them
SLACK = 0.001  # thresholds whose worth is within this share of the best are equally good: take their middle
FOLDS = 5


def tune(
    records: Sequence[Record], not_ours: Sequence[NotOurs], rows: Sequence[Row], *, seed: int = 0
) -> dict[str, Any]:
    """The tuned thresholds, what they give on all rows, and what cross-validation says they will give."""
    # The lines are drawn between procedures; a general question (FAQ) has a line of its own.
    general = {r.slug for r in records if r.kind == "faq"}
    rows = [row for row in rows if not row.expected or row.expected - general]
    index = Index.build(records, not_ours)
    verdicts = [index.verdict(row.question, unseen=True) for row in rows]
    folds = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
    unseen: list[str] = []
    for fold in range(FOLDS):
        fitted = fit([v for v, f in zip(verdicts, folds, strict=True) if f != fold],
                     [r for r, f in zip(rows, folds, strict=True) if f != fold])  # fmt: skip
        unseen += [outcome(v, r, fitted) for v, r, f in zip(verdicts, rows, folds, strict=True) if f == fold]
    thresholds = fit(verdicts, rows)
    return {
        "thresholds": {k: round(v, 4) for k, v in asdict(thresholds).items()},
        "fitted": _figures([outcome(v, r, thresholds) for v, r in zip(verdicts, rows, strict=True)]),
        "cross_validated": _figures(unseen),
        "reliability": reliability([(v.score, _first(v, r)) for v, r in zip(verdicts, rows, strict=True)]),
        "provenance": f"{len(rows)} labelled questions, {FOLDS} folds, seed {seed}",
    }


def save(result: dict[str, Any], path: Path = FOLDER / "tuned.yaml") -> None:
    """Keeps the thresholds of :func:`tune` for every index built from now on."""
    lines = [f"# Written by `motcua tune`; do not edit by hand. {result['provenance']}.", "thresholds:"]
    lines += [f"  {name}: {value}" for name, value in result["thresholds"].items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit(verdicts: Sequence[Verdict], rows: Sequence[Row]) -> Thresholds:
    """The thresholds that suit some labelled questions best."""
    found: list[tuple[float, Thresholds]] = []
    for share in LEAST_SHARE:
        seen = _Seen.of(verdicts, rows, replace(Thresholds.load(), least_share=share))
        grid = product(REFUSE.tolist(), SURE.tolist(), ANSWER.tolist())
        worth = {lines: seen.worth(*lines) for lines in grid}
        best = max(worth.values())
        good = [key for key, w in worth.items() if w >= best - SLACK * len(rows)]
        refuse, sure, answer = np.median(good, axis=0).tolist()
        found.append((best, Thresholds(refuse, sure, answer, share)))
    return max(found, key=lambda f: f[0])[1]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Many verdicts as columns; what :func:`decide` would make of them under any thresholds."""

    p_ours: NDArray[np.float64]
    score: NDArray[np.float64]
    answered: NDArray[np.float64]  # worth if answered, offered, refused
    offered: NDArray[np.float64]
    refused: NDArray[np.float64]

    @classmethod
    def of(cls, verdicts: Sequence[Verdict], rows: Sequence[Row], base: Thresholds) -> _Seen:
        columns = []
        for v, r in zip(verdicts, rows, strict=True):
            offer = choices(v, base)
            hit, among = _first(v, r), not r.expected.isdisjoint(offer)
            if r.expected:
                worth = (WORTH["answered_correct" if hit else "answered_wrong"],
                         WORTH["offered_correct"] + FEWER * (3 - len(offer)) if among else WORTH["missed"],
                         WORTH["missed"])  # fmt: skip
            else:
                worth = (WORTH["none_answered"], WORTH["none_offered"], WORTH["none_refused"])
            never = decide(v, replace(base, refuse_below=0.0)).is_faq or not v.keys
            columns.append((-1.0 if never else v.p_ours, v.score, *worth))
        return cls(*map(np.array, zip(*columns, strict=True)))

    def worth(self, refuse_below: float, sure_from: float, answer_from: float) -> float:
        """What all of them are worth under three thresholds."""
        is_sure = (self.p_ours >= sure_from) & (self.score >= answer_from)
        answered = np.where(is_sure, self.answered, self.offered)
        return float(np.where(self.p_ours < refuse_below, self.refused, answered).sum())


def _first(seen: Verdict, row: Row) -> bool:
    """Whether the first candidate is right."""
    return bool(seen.keys) and seen.keys[0] in row.expected


def outcome(seen: Verdict, row: Row, thresholds: Thresholds) -> str:
    """Under which figure of the contract a question would count."""
    return verdict(row, decide(seen, thresholds)).figure


def _figures(outcomes: Sequence[str]) -> dict[str, int]:
    return {name: outcomes.count(name) for name in WORTH}


def reliability(scored: Sequence[tuple[float, bool]]) -> list[dict[str, float]]:
    """How often a score of about x was right, in bands."""
    bands = [(0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.01)]
    table = []
    for low, high in bands:
        inside = [(s, ok) for s, ok in scored if low <= s < high]
        if inside:
            mean = sum(s for s, _ in inside) / len(inside)
            share = sum(ok for _, ok in inside) / len(inside)
            table.append(
                {
                    "from": low,
                    "to": min(high, 1.0),
                    "questions": len(inside),
                    "score": round(mean, 3),
                    "right": round(share, 3),
                }
            )
    return table
