"""How sure we are: is the question ours at all, and is the first candidate the right one."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.fitting import Doubles, Logistic
from knowledge.understanding.signals import ABOUT, HEARD, NEAREST, SIGNALS, Signals

OURS_FEATURES = (
    "nearest", "near", "named", "words heard", "pairs heard", "lead", "before others", "odds against others",
    "others nearest", "others near", "others words heard", *ABOUT,
)  # fmt: skip
RIGHT_FEATURES = (
    "in all", "lead", "nearest", "near", "named", "words heard", "pairs heard", "share", "odds",
)  # fmt: skip

PROCEDURE, FAQ, OTHER = range(3)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by falling logit; ``share`` is the softmax over all, ``kinds`` says what each is."""

    entries: NDArray[np.int64]
    logits: Doubles
    share: Doubles
    values: NDArray[np.float32]
    about: NDArray[np.float32]
    kinds: NDArray[np.int64]

    def best(self, kind: int) -> int | None:
        """The entry ranked first among those of one kind."""
        found = np.flatnonzero(self.kinds == kind)
        return int(self.entries[found[0]]) if len(found) else None


def rank(signals: Signals, weights: Doubles, kinds: NDArray[np.int64]) -> Ranking:
    """The candidates in order."""
    logits = signals.values @ weights
    order = np.argsort(-logits, kind="stable")
    logits = logits[order]
    share = np.exp(logits - logits[0]) if len(logits) else logits
    share /= max(float(share.sum()), 1e-12)
    entries = signals.candidates[order]
    return Ranking(entries, logits, share, signals.values[order], signals.about, kinds[entries])


def features(ranking: Ranking, kind: int) -> tuple[Doubles, Doubles]:
    """What the probabilities are computed from; both speak of the best candidate of ``kind``."""
    own = np.flatnonzero(ranking.kinds == kind)
    others = np.flatnonzero(ranking.kinds != kind)
    if not len(own):
        return np.full(len(OURS_FEATURES), -5.0), np.full(len(RIGHT_FEATURES), -5.0)
    best = own[0]
    values = ranking.values[best].astype(np.float64)
    logit = float(ranking.logits[best])
    lead = logit - (float(ranking.logits[own[1]]) if len(own) > 1 else 0.0)
    foreign = float(ranking.share[others].sum())
    gap = logit - (float(ranking.logits[others[0]]) if len(others) else 0.0)
    theirs = ranking.values[others[0]] if len(others) else np.zeros(len(SIGNALS))
    nearest = float(ranking.values[others, NEAREST].max(initial=0))
    share = float(ranking.share[best]) / max(1 - foreign, 1e-9)
    is_it_ours = [
        *values[NEAREST:], lead, gap, _odds(1 - foreign), nearest, theirs[NEAREST + 1], theirs[HEARD], *ranking.about
    ]  # fmt: skip
    right = [logit, lead, *values[NEAREST:], share, _odds(share)]
    return np.array(is_it_ours), np.array(right)


def _odds(p: float) -> float:
    p = min(max(p, 1e-5), 1 - 1e-5)
    return log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Confidence:
    """Learnt from the phrases: is it about a procedure, is the first one right, is it the best FAQ."""

    ours: Logistic
    right: Logistic
    faq: Logistic
