"""From a ranking to a decision: answer, offer a choice, or say that we don't know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp

from knowledge.understanding.confidence import Ranking, features
from knowledge.understanding.model import Model
from knowledge.understanding.tables import load

MAX_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set by ``motcua tune`` from labelled questions; see ``knowledge/data/words/tuned.yaml``.

    The two scales turn what was learnt from the phrases into probabilities for real questions.
    """

    ours_scale: float
    ours_shift: float
    right_scale: float
    right_shift: float
    refuse_below: float
    answer_from: float
    least_share: float

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Thresholds:
        """The tuned values."""
        table = load("tuned")["thresholds"]
        return cls(**{name: float(table[name]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ranking amounts to. ``keys`` are our best candidates, ``other`` the best of the rest."""

    keys: tuple[str, ...]
    shares: tuple[float, ...]
    p_ours: float
    p_right: float
    other: str | None

    @property
    def score(self) -> float:
        """The probability that the first candidate is what the person means."""
        return self.p_ours * self.p_right


def judge(model: Model, ranking: Ranking, known: float, thresholds: Thresholds) -> Verdict:
    """The probabilities behind a decision."""
    of_ours, of_right = features(ranking, known)
    ours_logit, right_logit = model.confidence.ours.logit(of_ours), model.confidence.right.logit(of_right)
    mine = ranking.entries[ranking.ours][: MAX_CHOICES + 2]
    best = model.entries[int(ranking.entries[0])]
    return Verdict(
        tuple(model.entries[int(e)].key for e in mine),
        tuple(float(s) for s in ranking.share[ranking.ours][: MAX_CHOICES + 2]),
        _sigmoid(thresholds.ours_scale * ours_logit + thresholds.ours_shift),
        _sigmoid(thresholds.right_scale * right_logit + thresholds.right_shift),
        best.key if best.kind == "not_ours" else None,
    )


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-min(max(x, -40.0), 40.0)))


def choices(verdict: Verdict, thresholds: Thresholds) -> tuple[str, ...]:
    """What to offer: at most three, none that is out of the question."""
    kept = [k for k, s in zip(verdict.keys, verdict.shares, strict=True) if s >= thresholds.least_share * verdict.shares[0]]
    return tuple(kept[:MAX_CHOICES])
