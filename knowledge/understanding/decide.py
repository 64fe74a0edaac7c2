"""From a ranking to a decision: answer, offer a choice, or say that we don't know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from knowledge.understanding.confidence import FAQ, PROCEDURE, Ranking, features
from knowledge.understanding.model import Model
from knowledge.understanding.tables import load
from knowledge.understanding.types import Understanding

MAX_CHOICES = 3
FAQ_FROM = 0.5


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
    """What the ranking amounts to. ``keys`` are the best procedures, ``other`` the topic that is not ours."""

    keys: tuple[str, ...]
    shares: tuple[float, ...]
    ours_logit: float
    right_logit: float
    p_ours: float
    p_right: float
    faq: str | None
    p_faq: float
    other: str | None

    @property
    def score(self) -> float:
        """The probability that the first procedure is what the person means."""
        return self.p_ours * self.p_right


def judge(model: Model, ranking: Ranking, known: float, thresholds: Thresholds) -> Verdict:
    """The probabilities behind a decision."""
    of_ours, of_right = features(ranking, PROCEDURE, known)
    of_faq, _ = features(ranking, FAQ, known)
    ours_logit, right_logit = model.confidence.ours.logit(of_ours), model.confidence.right.logit(of_right)
    mine = ranking.kinds == PROCEDURE
    best, faq = model.entries[int(ranking.entries[0])], ranking.best(FAQ)
    return Verdict(
        tuple(model.entries[int(e)].key for e in ranking.entries[mine][: MAX_CHOICES + 2]),
        tuple(float(s) for s in ranking.share[mine][: MAX_CHOICES + 2]),
        ours_logit,
        right_logit,
        _sigmoid(thresholds.ours_scale * ours_logit + thresholds.ours_shift),
        _sigmoid(thresholds.right_scale * right_logit + thresholds.right_shift),
        None if faq is None else model.entries[faq].key,
        0.0 if faq is None else _sigmoid(model.confidence.faq.logit(of_faq)),
        best.key if best.kind == "not_ours" else None,
    )


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-min(max(x, -40.0), 40.0)))


def rescaled(verdict: Verdict, thresholds: Thresholds) -> Verdict:
    """The same verdict with other scales."""
    return replace(
        verdict,
        p_ours=_sigmoid(thresholds.ours_scale * verdict.ours_logit + thresholds.ours_shift),
        p_right=_sigmoid(thresholds.right_scale * verdict.right_logit + thresholds.right_shift),
    )


def decide(verdict: Verdict, thresholds: Thresholds) -> Understanding:
    """The decision; facet and circumstances are added by the index."""
    # A general question (FAQ) must not take a question about a procedure away.
    if verdict.faq and verdict.p_faq >= FAQ_FROM and verdict.p_faq > verdict.p_ours:
        return Understanding("answer", verdict.faq, is_faq=True, score=verdict.p_faq, names_subject=True)
    if not verdict.keys or verdict.p_ours < thresholds.refuse_below:
        return Understanding("unknown", not_ours=verdict.other, score=verdict.score)
    offered = choices(verdict, thresholds)
    if verdict.p_right >= thresholds.answer_from or len(offered) < 2:
        return Understanding("answer", verdict.keys[0], score=verdict.score, names_subject=True)
    return Understanding("choose", choices=offered, score=verdict.score, names_subject=True)


def choices(verdict: Verdict, thresholds: Thresholds) -> tuple[str, ...]:
    """What to offer: at most three, none that is out of the question."""
    kept = [
        k for k, s in zip(verdict.keys, verdict.shares, strict=True) if s >= thresholds.least_share * verdict.shares[0]
    ]
    return tuple(kept[:MAX_CHOICES])
