"""How sure we are: is the question ours at all, and is the first candidate the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.fitting import Doubles, Logistic
from knowledge.understanding.signals import LEARNT, Signals

OURS_FEATURES = (
    "learnt", "lead", "nearest", "words heard", "pairs heard", "meanings heard", "best of ours",
    "ours before others", "others' share", "others learnt", "words known",
)  # fmt: skip
RIGHT_FEATURES = ("learnt", "lead", "nearest", "words heard", "meanings heard", "share", "odds")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by falling logit; ``share`` is the softmax over all, ``ours`` marks our own entries."""

    entries: NDArray[np.int64]
    logits: Doubles
    share: Doubles
    values: NDArray[np.float32]
    ours: NDArray[np.bool_]


def rank(signals: Signals, weights: Doubles, is_ours: NDArray[np.bool_]) -> Ranking:
    """The candidates in order."""
    logits = signals.values @ weights
    order = np.argsort(-logits, kind="stable")
    logits = logits[order]
    share = np.exp(logits - logits[0])
    share /= share.sum()
    entries = signals.candidates[order]
    return Ranking(entries, logits, share, signals.values[order], is_ours[entries])


def features(ranking: Ranking, known_share: float) -> tuple[Doubles, Doubles]:
    """What the two probabilities are computed from; both speak of the best candidate of ours."""
    ours = np.flatnonzero(ranking.ours)
    others = np.flatnonzero(~ranking.ours)
    if not len(ours):
        return np.zeros(len(OURS_FEATURES)) - 5, np.zeros(len(RIGHT_FEATURES)) - 5
    best = ours[0]
    values = ranking.values[best].astype(np.float64)
    second = ranking.values[ours[1], LEARNT] if len(ours) > 1 else 0.0
    lead = values[LEARNT] - second
    foreign = float(ranking.share[others].sum()) if len(others) else 0.0
    gap = ranking.logits[best] - (ranking.logits[others[0]] if len(others) else ranking.logits[-1])
    other_learnt = float(ranking.values[others, LEARNT].max()) if len(others) else 0.0
    share = float(ranking.share[best]) / max(1 - foreign, 1e-6)
    is_it_ours = [*values[:1], lead, *values[1:], ranking.logits[best], gap, _odds(1 - foreign), other_learnt, known_share]
    right = [values[0], lead, values[1], values[2], values[4], share, _odds(share)]
    return np.array(is_it_ours), np.array(right)


def _odds(p: float) -> float:
    p = min(max(p, 1e-5), 1 - 1e-5)
    return float(np.log(p / (1 - p)))


@dataclass(frozen=True, slots=True)
class Confidence:
    """The two probabilities, learnt from the phrases."""

    ours: Logistic
    right: Logistic
