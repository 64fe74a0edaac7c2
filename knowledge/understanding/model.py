"""The trained matcher: phrases, what they teach, and how sure it may be. Built without any labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.confidence import FAQ, OTHER, PROCEDURE, Confidence, Ranking, rank
from knowledge.understanding.corpus import Entry, Phrase
from knowledge.understanding.fitting import Doubles
from knowledge.understanding.grouped import Terms
from knowledge.understanding.lessons import Lesson, learn
from knowledge.understanding.signals import Missing, gather
from knowledge.understanding.space import Space


@dataclass(frozen=True)
class Model:
    """Everything a question is compared with."""

    entries: tuple[Entry, ...]
    kinds: NDArray[np.int64]
    space: Space
    weights: Doubles
    confidence: Confidence

    @property
    def phrases_of_ours(self) -> int:
        """How many phrases the entries have that we answer."""
        return int(np.diff(self.space.phrases.first)[self.kinds != OTHER].sum())

    def replaced(self, at: int, entry: Entry, terms: Sequence[Terms]) -> Model:
        """The model with another entry at ``at`` (or one more), what was learnt from all of them kept."""
        entries = (*self.entries[:at], entry, *self.entries[at + 1 :])
        return replace(
            self, entries=entries, kinds=_kinds(entries), space=self.space.replaced(at, terms, len(entry.names))
        )

    def ask(self, terms: Terms, missing: Missing | None = None) -> Ranking:
        """The ranked candidates for a question."""
        signals = gather(self.space, self.kinds, self.space.query(terms), missing)
        return rank(signals, self.weights, self.kinds)


def train(
    entries: Sequence[Entry], phrases: Sequence[Phrase], terms: Sequence[Terms], lessons: Sequence[Lesson]
) -> Model:
    """The model over ``entries``, whose phrases stand together and in order."""
    owners, kinds = np.array([p.entry for p in phrases], np.int64), _kinds(entries)
    space = Space.of(terms, owners, np.array([p.is_name for p in phrases], bool), kinds != OTHER)
    return Model(tuple(entries), kinds, space, *learn(kinds, space, lessons))


def _kinds(entries: Sequence[Entry]) -> NDArray[np.int64]:
    numbers = {"procedure": PROCEDURE, "faq": FAQ}
    return np.array([numbers.get(e.kind, OTHER) for e in entries], np.int64)
