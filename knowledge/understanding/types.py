"""The words this package speaks: what goes in and what comes out, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from knowledge.record import Condition

Decision = Literal["answer", "choose", "unknown"]
Facet = Literal[
    "documents", "where", "fee", "time", "how", "level", "status", "legal", "result", "eligibility"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A thing people ask that we don't handle, with whom to ask instead."""

    topic: str
    pointer: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry considered for a question; ``parts`` says what each signal added to ``logit``."""

    slug: str
    logit: float
    probability: float
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message asks for. ``score`` is the probability that the first candidate is right."""

    decision: Decision
    entry: str | None = None
    is_faq: bool = False
    choices: tuple[str, ...] = ()
    score: float = 0.0
    facet: Facet | None = None
    conditions: frozenset[Condition] = frozenset()
    names_subject: bool = False
    not_ours: str | None = None
    second: str | None = None
    is_english: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything ``explain`` shows, as plain data."""

    text: str
    forms: dict[str, str]
    concepts: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    features: dict[str, float]
    understanding: Understanding
