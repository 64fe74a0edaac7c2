"""The trained matcher: phrases, what they teach, and how sure it may be. Built without any labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding import remembered
from knowledge.understanding.confidence import FAQ, OTHER, PROCEDURE, Confidence, Ranking, rank
from knowledge.understanding.corpus import Entry, Phrase
from knowledge.understanding.fitting import Doubles
from knowledge.understanding.lessons import Lesson, learn
from knowledge.understanding.remembered import Learnt, fingerprint
from knowledge.understanding.signals import Missing, gather
from knowledge.understanding.space import Space
from knowledge.understanding.terms import Ints


@dataclass(frozen=True)
class Model:
    """Everything a question is compared with."""

    entries: tuple[Entry, ...]
    kinds: NDArray[np.int64]
    space: Space
    weights: Doubles
    confidence: Confidence

    def replaced(self, at: int, entry: Entry, terms: Sequence[Ints]) -> Model:
        """The model with another entry at ``at`` (or one more), what was learnt from all of them kept."""
        entries = (*self.entries[:at], entry, *self.entries[at + 1 :])
        return replace(self, entries=entries, kinds=_kinds(entries), space=self.space.replaced(at, terms))

    def ask(self, terms: Ints, missing: Missing | None = None) -> Ranking:
        """The ranked candidates for a question."""
        signals = gather(self.space, self.kinds, self.space.query(terms), missing)
        return rank(signals, self.weights, self.kinds)


def train(
    entries: Sequence[Entry],
    phrases: Sequence[Phrase],
    terms: Sequence[Ints],
    lessons: Sequence[Lesson],
    cache: Path | None = None,
) -> Model:
    """The model over ``entries``, whose phrases stand together and in order.

    ``cache`` is a folder in which what was learnt is kept for the next start.
    """
    owners, kinds = np.array([p.entry for p in phrases], np.int64), _kinds(entries)
    space = Space.of(terms, owners, kinds != OTHER)
    name = fingerprint(terms, owners, kinds) if cache else ""
    known = remembered.load(cache, name) if cache else None
    if known is None:
        known = Learnt(*learn(kinds, space, lessons))
        if cache:
            remembered.save(cache, name, known)
    return Model(tuple(entries), kinds, space, known.weights, known.confidence)


def _kinds(entries: Sequence[Entry]) -> NDArray[np.int64]:
    numbers = {"procedure": PROCEDURE, "faq": FAQ}
    return np.array([numbers.get(e.kind, OTHER) for e in entries], np.int64)
