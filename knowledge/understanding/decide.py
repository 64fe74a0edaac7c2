"""From a ranking to a decision: answer, offer a choice, or say that we don't know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp

import numpy as np

from knowledge.understanding.confidence import FAQ, OTHER, PROCEDURE, Ranking, features
from knowledge.understanding.model import Model
from knowledge.understanding.tables import load
from knowledge.understanding.types import Understanding

MAX_CHOICES = 3
FAQ_FROM = 0.5
# Log odds of a topic that is not ours, from which on it is named; below it, it is often only the least unlike.
POINTED_FROM = 4.5
# From which log odds on a message is about something of its own, though not of ours: it leans on no conversation.
STRANGE_FROM = 3.0
# A general answer of ours that comes so near a topic may help more than somebody else's address.
NEAR = 1.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Set by ``motcua tune`` from labelled questions; see ``knowledge/data/words/tuned.yaml``.

    They are bounds on probabilities, and these are fitted anew whenever an index is built: a changed entry
    does not make them wrong.
    """

    refuse_below: float
    sure_from: float  # from which probability on that it is ours at all an answer may be given unasked
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
    """What the ranking amounts to. ``keys`` are the best procedures, ``other`` the topic that is not ours;
    ``is_strange``: something that is not ours comes near it."""

    keys: tuple[str, ...]
    shares: tuple[float, ...]
    p_ours: float
    p_right: float
    faq: str | None
    p_faq: float
    other: str | None
    is_strange: bool = False

    @property
    def score(self) -> float:
        """The probability that the first procedure is what the person means."""
        return self.p_ours * self.p_right


def judge(model: Model, ranking: Ranking) -> Verdict:
    """The probabilities behind a decision."""
    of_ours, of_right = features(ranking, PROCEDURE)
    of_faq, _ = features(ranking, FAQ)
    mine = ranking.kinds == PROCEDURE
    faq = ranking.best(FAQ)
    return Verdict(
        tuple(model.entries[int(e)].key for e in ranking.entries[mine][: MAX_CHOICES + 2]),
        tuple(float(s) for s in ranking.share[mine][: MAX_CHOICES + 2]),
        _sigmoid(model.confidence.ours.logit(of_ours)),
        _sigmoid(model.confidence.right.logit(of_right)),
        None if faq is None else model.entries[faq].key,
        0.0 if faq is None else _sigmoid(model.confidence.faq.logit(of_faq)),
        _pointed(model, ranking),
        bool(ranking.logits[ranking.kinds == OTHER].max(initial=-np.inf) >= STRANGE_FROM),
    )


def _pointed(model: Model, ranking: Ranking) -> str | None:
    """The topic that is not ours whose pointer would help, if what is not ours comes near it at all."""
    general = ranking.logits[ranking.kinds == FAQ].max(initial=-np.inf)
    for at in np.flatnonzero((ranking.kinds == OTHER) & (ranking.logits >= max(POINTED_FROM, general + NEAR))):
        topic = model.entries[int(ranking.entries[at])]
        if topic.kind == "not_ours":
            return topic.key
    return None


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-min(max(x, -40.0), 40.0)))


def decide(verdict: Verdict, thresholds: Thresholds) -> Understanding:
    """The decision; facet and circumstances are added by the index."""
    # A general question (FAQ) must not take a question about a procedure away.
    if verdict.faq and verdict.p_faq >= FAQ_FROM and verdict.p_faq > verdict.p_ours:
        return Understanding("answer", verdict.faq, is_faq=True, score=verdict.p_faq, names_subject=True)
    if not verdict.keys or verdict.p_ours < thresholds.refuse_below:
        return Understanding("unknown", not_ours=verdict.other, score=verdict.score)
    offered = choices(verdict, thresholds)
    if verdict.p_ours >= thresholds.sure_from and verdict.score >= thresholds.answer_from:
        return Understanding("answer", verdict.keys[0], score=verdict.score, names_subject=True)
    return Understanding("choose", choices=offered, score=verdict.score, names_subject=True)


def choices(verdict: Verdict, thresholds: Thresholds) -> tuple[str, ...]:
    """What to offer: at most three, none that is out of the question; perhaps only one, to be confirmed."""
    kept = [
        k for k, s in zip(verdict.keys, verdict.shares, strict=True) if s >= thresholds.least_share * verdict.shares[0]
    ]
    return tuple(kept[:MAX_CHOICES])
