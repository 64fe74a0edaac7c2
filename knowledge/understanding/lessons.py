"""What the phrases teach: each is asked as if it were missing, and the outcome says what signals are worth.

Labelled questions (``knowledge/data/asked.csv``) teach best, for they are not put with the index in mind.
Without them the examples of the entries have to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.confidence import (
    FAQ,
    OTHER,
    OURS_FEATURES,
    PROCEDURE,
    RIGHT_FEATURES,
    Confidence,
    features,
    rank,
)
from knowledge.understanding.corpus import Entry, Phrase
from knowledge.understanding.facets import facet_words
from knowledge.understanding.fitting import Doubles, Logistic, fit_listwise
from knowledge.understanding.grouped import Terms
from knowledge.understanding.normalize import fold
from knowledge.understanding.signals import SIGNALS, Look, Missing
from knowledge.understanding.space import Space

# So many phrases of each kind are asked: enough, and a second or two.
SAMPLES = {("procedure",): 2500, ("faq",): 150, ("not_ours", "unrelated"): 600}
PLAIN = 150  # so many of the plain questions
# From so many labelled questions on, procedures are learnt from those alone: writers make examples unlike each other.
ENOUGH = 300
SEED = 20261123
SHORT = 6  # words of a name that people would type


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question whose answer is known: a phrase of the index (an entry, a place in it, its own terms), or none.

    ``asked`` are the terms it is asked with, ``right`` the entries that answer it; a labelled one is put as
    people put it, and says how far a probability holds in life.
    """

    entry: int
    place: int
    own: Terms
    asked: Terms
    right: frozenset[int]
    is_labelled: bool

    @classmethod
    def beside(cls, asked: Terms, right: frozenset[int]) -> Lesson:
        """A question that stands in no entry."""
        return cls(-1, 0, asked, asked, right, True)


def chosen(phrases: Sequence[Phrase], kinds: Sequence[str]) -> list[int]:
    """Phrases as people put them, some of each kind; official names are too easy to learn from."""
    random = np.random.default_rng(SEED)
    found: list[int] = []
    for wanted, most in SAMPLES.items():
        real = [at for at, p in enumerate(phrases) if p.is_asked and kinds[p.entry] in wanted]
        some = [at for at, p in enumerate(phrases) if p.is_question and kinds[p.entry] in wanted]
        usable = real if len(real) >= ENOUGH else some
        found += random.choice(usable, most, replace=False).tolist() if len(usable) > most else usable
    return sorted(found)


def plain_questions(entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """The simplest thing people type: what a procedure is called and the part they want; one for each, or for some."""
    random = np.random.default_rng(SEED)
    claimed = Counter(fold(name) for e in entries for name in set(e.names))
    parts = facet_words()
    found = []
    for at, entry in enumerate(entries):
        short = [n for n in entry.names if len(n.split()) <= SHORT and claimed[fold(n)] == 1]
        if entry.kind == "procedure" and short:
            found.append((at, f"{random.choice(short)} {random.choice(parts)}"))
    return found if len(found) <= PLAIN else [found[i] for i in random.choice(len(found), PLAIN, replace=False)]


def learn(kinds: NDArray[np.int64], space: Space, lessons: Sequence[Lesson]) -> tuple[Doubles, Confidence]:
    """The weights of the signals and the probabilities."""
    heard = [_Heard(space, kinds, lesson) for lesson in lessons]
    answered = [h for h in heard if h.lesson.right]
    rows, right = [h.signals.values for h in answered], [h.right_place for h in answered]
    weights = fit_listwise(rows, right) if rows else np.ones(len(SIGNALS))
    ours, sure, faq = (_Examples(n) for n in (len(OURS_FEATURES), len(RIGHT_FEATURES), len(OURS_FEATURES)))
    for h in heard:
        ranking = rank(h.signals, weights, kinds)
        of_ours, of_right = features(ranking, PROCEDURE)
        ours.add(of_ours, h.kind == PROCEDURE, h.lesson.is_labelled)
        faq.add(features(ranking, FAQ)[0], h.kind == FAQ and ranking.best(FAQ) in h.lesson.right, False)
        if h.kind == PROCEDURE:
            sure.add(of_right, ranking.best(PROCEDURE) in h.lesson.right, h.lesson.is_labelled)
    return weights, Confidence(ours.fit(), sure.fit(), faq.fit())


class _Heard:
    """A lesson asked, with the phrase itself missing."""

    def __init__(self, space: Space, kinds: NDArray[np.int64], lesson: Lesson) -> None:
        self.lesson, self._kinds = lesson, kinds
        missing = None
        if lesson.entry >= 0:
            missing = Missing(lesson.entry, lesson.place, space.places(lesson.own), kinds[lesson.entry] != OTHER)
        look = Look.at(space, space.query(lesson.asked), missing)
        self.signals = look.closer(look.promising(kinds, np.array(sorted(lesson.right), np.int64)))

    @property
    def kind(self) -> int:
        """What the lesson is about; what nobody answers is none of ours."""
        return int(self._kinds[min(self.lesson.right)]) if self.lesson.right else OTHER

    @property
    def right_place(self) -> int:
        """Where the right entry stands among the candidates."""
        return int(np.searchsorted(self.signals.candidates, min(self.lesson.right)))


class _Examples:
    """Rows of features, whether they were true, and whether they come from labelled questions."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows: list[Doubles] = []
        self._truth: list[bool] = []
        self._labelled: list[bool] = []

    def add(self, row: Doubles, truth: bool, is_labelled: bool) -> None:
        """One more example."""
        self._rows.append(row)
        self._truth.append(bool(truth))
        self._labelled.append(is_labelled)

    def fit(self) -> Logistic:
        """What they teach; with one outcome only, that outcome."""
        if len(set(self._truth)) < 2:
            flat = np.zeros(self._width)
            return Logistic(flat, flat + 1, flat, 3.0 if any(self._truth) else -3.0)
        rows, truth, labelled = np.array(self._rows), np.array(self._truth), np.array(self._labelled)
        fitted = Logistic.fit(rows, truth)
        if labelled.sum() < ENOUGH:
            return fitted
        return fitted.calibrated(rows[labelled], truth[labelled])
