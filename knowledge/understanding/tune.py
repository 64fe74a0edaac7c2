"""``motcua tune``: the two scales and the thresholds, from labelled questions; seeded, so it can be repeated.

What the phrases teach is fitted whenever an index is built. Labelled questions only say how far these
probabilities hold for real people, and where to draw the lines. Cross-validation says what to expect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.record import Record
from knowledge.understanding.decide import Thresholds, Verdict, decide, rescaled
from knowledge.understanding.evaluate import Row, verdict
from knowledge.understanding.index import Index
from knowledge.understanding.tables import FOLDER
from knowledge.understanding.types import NotOurs

# What an outcome is worth to the person who asks: a wrong answer costs a day, an honest "I don't know"
# little, an offered choice a tap.
WORTH = {
    "answered_correct": 1.0, "offered_correct": 0.7, "answered_wrong": -3.0, "missed": -1.5,
    "none_refused": 1.0, "none_offered": -1.0, "none_answered": -2.0,
}  # fmt: skip
REFUSE = np.round(np.arange(0.20, 0.85, 0.05), 2)
ANSWER = np.round(np.arange(0.40, 0.95, 0.05), 2)
SLACK = 2.0  # thresholds whose worth is within so many questions of the best are equally good: take their middle
FOLDS = 5
PRIOR = 4.0  # how many questions' weight the untouched probabilities have


def tune(
    records: Sequence[Record], not_ours: Sequence[NotOurs], rows: Sequence[Row], *, seed: int = 0
) -> dict[str, Any]:
    """The tuned thresholds, what they give on all rows, and what cross-validation says they will give."""
    index = Index.build(records, not_ours)
    verdicts = [index.verdict(row.question) for row in rows]
    folds = np.random.default_rng(seed).permutation(len(rows)) % FOLDS
    unseen: list[str] = []
    probabilities: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        fitted = fit([v for v, f in zip(verdicts, folds, strict=True) if f != fold],
                     [r for r, f in zip(rows, folds, strict=True) if f != fold])  # fmt: skip
        for seen, row, at in zip(verdicts, rows, folds, strict=True):
            if at == fold:
                scaled = rescaled(seen, fitted)
                unseen.append(outcome(scaled, row, fitted))
                probabilities.append((scaled.score, bool(seen.keys) and seen.keys[0] in row.expected))
    thresholds = fit(verdicts, rows)
    fitted_outcomes = [outcome(rescaled(v, thresholds), r, thresholds) for v, r in zip(verdicts, rows, strict=True)]
    return {
        "thresholds": {k: round(v, 4) for k, v in asdict(thresholds).items()},
        "fitted": _figures(fitted_outcomes),
        "cross_validated": _figures(unseen),
        "reliability": reliability(probabilities),
        "provenance": f"{len(rows)} labelled questions, {FOLDS} folds, seed {seed}",
    }


def save(result: dict[str, Any], path: Path = FOLDER / "tuned.yaml") -> None:
    """Keeps the thresholds of :func:`tune` for every index built from now on."""
    lines = [f"# Written by `motcua tune`; do not edit by hand. {result['provenance']}.", "thresholds:"]
    lines += [f"  {name}: {value}" for name, value in result["thresholds"].items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit(verdicts: Sequence[Verdict], rows: Sequence[Row]) -> Thresholds:
    """Scales and thresholds that suit some labelled questions best."""
    ours = np.array([bool(r.expected) for r in rows])
    right = np.array([bool(v.keys) and v.keys[0] in r.expected for v, r in zip(verdicts, rows, strict=True)])
    logits = np.array([[v.ours_logit, v.right_logit] for v in verdicts])
    ours_scale, ours_shift = platt(logits[:, 0], ours)
    right_scale, right_shift = platt(logits[ours, 1], right[ours])
    base = Thresholds(ours_scale, ours_shift, right_scale, right_shift, 0.5, 0.5, Thresholds.load().least_share)
    scaled = [rescaled(v, base) for v in verdicts]
    worth = {(a, b): _worth(scaled, rows, replace(base, refuse_below=a, answer_from=b)) for a, b in _grid()}
    top = max(worth.values())
    refuse, answer = (float(np.median([key[i] for key, w in worth.items() if w >= top - SLACK])) for i in (0, 1))
    return replace(base, refuse_below=refuse, answer_from=answer)


def _grid() -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in product(REFUSE, ANSWER)]


def _worth(scaled: Sequence[Verdict], rows: Sequence[Row], trial: Thresholds) -> float:
    return sum(WORTH[outcome(v, r, trial)] for v, r in zip(scaled, rows, strict=True))


def platt(logits: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Scale and shift that make ``logits`` probabilities; pulled towards leaving them as they are."""
    w = np.array([1.0, 0.0])
    x = np.column_stack([logits, np.ones(len(logits))])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - truth) + PRIOR * (w - [1.0, 0.0])
        hessian = (x * (p * (1 - p))[:, None]).T @ x + PRIOR * np.eye(2)
        w = w - np.linalg.solve(hessian, gradient)
    return float(w[0]), float(w[1])


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
