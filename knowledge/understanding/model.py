"""The trained matcher: phrases, what they teach, and how sure it may be. Built without any labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding import remembered
from knowledge.understanding.confidence import (
    FAQ,
    OTHER,
    OURS_FEATURES,
    PROCEDURE,
    RIGHT_FEATURES,
    Confidence,
    Ranking,
    features,
    rank,
)
from knowledge.understanding.corpus import Entry, Phrase
from knowledge.understanding.fitting import Doubles, Logistic, fit_listwise
from knowledge.understanding.remembered import Learnt, fingerprint
from knowledge.understanding.ridge import MAX_PHRASES, Floats, Ints, Ridge
from knowledge.understanding.signals import Segments, Signals, combine, gather
from knowledge.understanding.space import COVERED, Query, Space
from knowledge.understanding.terms import BLOCKS, WORD, block_of

# So many phrases are asked as if they were missing, to learn the weights: enough, and a second or two.
SAMPLES = {PROCEDURE: 1000, FAQ: 250, OTHER: 500}
SEED = 20261123


@dataclass(frozen=True)
class Model:
    """Everything a question is compared with."""

    entries: tuple[Entry, ...]
    kinds: NDArray[np.int64]
    space: Space
    segments: Segments
    ridge: Ridge | None
    weights: Doubles
    confidence: Confidence
    owners: Ints

    def replaced(self, at: int, entry: Entry, learnt: Sequence[Ints], others: Sequence[Ints]) -> Model:
        """The model with another entry at ``at`` (or one more), what was learnt from all of them kept.

        Order of the phrases: learnt ones as before, the new learnt ones, other names, new other names.
        """
        border = len(self.ridge.owners) if self.ridge else 0
        if self.ridge is None or not entry.is_learnable:
            learnt, others = [], [*learnt, *others]
        gone = self.owners == at
        kept = np.flatnonzero(~gone)
        head, tail = kept[kept < border], kept[kept >= border]
        new_owners = [np.full(n, at) for n in (len(learnt), len(others))]
        owners = np.concatenate([self.owners[head], new_owners[0], self.owners[tail], new_owners[1]])
        entries = (*self.entries[:at], entry, *self.entries[at + 1 :])
        space = self.space.replaced(head, learnt, tail, others, at, len(entries))
        ridge = self.ridge
        if ridge is not None:
            known = len(head) + len(learnt)
            kernel = space.rows(len(head), known) @ space.rows(0, known).T
            dense = kernel.toarray().astype(np.float32)
            ridge = ridge.replaced(at, dense[:, : len(head)], dense[:, len(head) :])
        segments = Segments.of(owners, len(entries))
        return Model(entries, _kinds(entries), space, segments, ridge, self.weights, self.confidence, owners)


def train(
    entries: Sequence[Entry],
    phrases: Sequence[Phrase],
    learnt: int,
    terms: Sequence[Ints],
    without_marks: Callable[[str], Ints],
    cache: Path | None = None,
) -> Model:
    """The model over ``entries``; the first ``learnt`` phrases are those to learn from.

    ``without_marks`` gives the terms of a text typed without tone marks: half the lessons are read so.
    ``cache`` is a folder in which what was learnt is kept for the next start.
    """
    owners, kinds = np.array([p.entry for p in phrases], np.int64), _kinds(entries)
    space = Space(terms, owners, len(entries))
    segments = Segments.of(owners, len(entries))
    name = fingerprint(terms, owners, kinds, learnt) if cache else ""
    known = remembered.load(cache, name) if cache else None
    ridge = _ridge(owners[:learnt], space, len(entries), known) if 0 < learnt <= MAX_PHRASES else None
    if known is None:
        lessons = _Lessons(entries, phrases, learnt, terms, space, segments, ridge, without_marks)
        known = Learnt(ridge.weights if ridge else np.empty((0, 0), np.float32), *lessons.learn())
        if cache:
            remembered.save(cache, name, known)
    return Model(tuple(entries), kinds, space, segments, ridge, known.weights, known.confidence, owners)


def _ridge(owners: Ints, space: Space, entries: int, known: Learnt | None) -> Ridge:
    if known is not None:
        return Ridge.remembered(known.ridge, owners, entries, lambda: space.kernel(len(owners)))
    return Ridge.fit(space.kernel(len(owners)), owners, entries)


def _kinds(entries: Sequence[Entry]) -> NDArray[np.int64]:
    numbers = {"procedure": PROCEDURE, "faq": FAQ}
    return np.array([numbers.get(e.kind, OTHER) for e in entries], np.int64)


class _Lessons:
    """Asks the index its own phrases, each as if it were missing, and learns from the outcome."""

    def __init__(
        self,
        entries: Sequence[Entry],
        phrases: Sequence[Phrase],
        learnt: int,
        terms: Sequence[Ints],
        space: Space,
        segments: Segments,
        ridge: Ridge | None,
        without_marks: Callable[[str], Ints],
    ) -> None:
        self._entries, self._phrases, self._learnt = entries, phrases, learnt
        self._phrase_terms = terms
        self._space, self._segments, self._ridge = space, segments, ridge
        self._owners = np.array([p.entry for p in phrases], np.int64)
        self._kinds = _kinds(entries)
        self._random = np.random.default_rng(SEED)
        asked = sorted([*self._sample(PROCEDURE), *self._sample(FAQ), *self._sample(OTHER)])
        self._terms = {p: without_marks(phrases[p].text) if nth % 2 else terms[p] for nth, p in enumerate(asked)}
        self._queries = {p: space.query(t) for p, t in self._terms.items()}

    def learn(self) -> tuple[Doubles, Confidence]:
        """The weights of the signals and the probabilities."""
        lists = {p: self._hidden(p) for p in self._terms}
        rows, right = [], []
        for p, signals in lists.items():
            place = np.flatnonzero(signals.candidates == self._owners[p])
            if len(place):
                rows.append(signals.values)
                right.append(int(place[0]))
        weights = fit_listwise(rows, right) if rows else np.ones(2 + len(COVERED))
        return weights, self._confidence(lists, weights)

    def _sample(self, kind: int) -> list[int]:
        """Phrases as people put them; official names are too easy to learn from."""
        asked = enumerate(self._phrases[: self._learnt])
        found = [at for at, p in asked if p.is_question and self._kinds[p.entry] == kind]
        if len(found) > SAMPLES[kind]:
            found = self._random.choice(found, SAMPLES[kind], replace=False).tolist()
        return found

    def _hidden(self, phrase: int, *, topic_too: bool = False) -> Signals:
        """The signals of a phrase as if it (or its whole entry) were not in the index."""
        owner, query = int(self._owners[phrase]), self._queries[phrase]
        likeness = self._space.likeness(query)
        coverage = self._space.coverage(query)
        if topic_too:
            likeness[self._owners == owner] = 0
            coverage[:, owner] = 0
        else:
            likeness[phrase] = 0
            coverage[:, owner] = self._coverage_without(phrase, owner)
        scores = None
        if self._ridge is not None:
            scores = self._topics[phrase] if topic_too else self._ridge.without(phrase, likeness)
        return combine(self._ridge, self._segments, likeness, coverage, scores)

    def _coverage_without(self, phrase: int, owner: int) -> Floats:
        row = self._segments.table[owner]
        siblings = [self._phrase_terms[i] for i in row if i != phrase and i < len(self._phrases)]
        mine, query = self._terms[phrase], self._queries[phrase]
        heard = np.isin(mine, np.concatenate(siblings)) if siblings else np.zeros(len(mine), bool)
        sums = np.bincount(block_of(mine), np.where(heard, query.rarity, 0), minlength=len(BLOCKS))
        share: Floats = (sums[list(COVERED)] / np.maximum(query.totals, 1e-6)).astype(np.float32)
        return share

    def _confidence(self, lists: dict[int, Signals], weights: Doubles) -> Confidence:
        self._topics = self._topics_left_out(lists)
        ours, right, faq = (_Examples(n) for n in (len(OURS_FEATURES), len(RIGHT_FEATURES), len(OURS_FEATURES)))
        for p, signals in lists.items():
            owner = int(self._owners[p])
            kind = self._kinds[owner]
            views = [signals, self._hidden(p, topic_too=True)] if kind == OTHER else [signals]
            for view in views:
                ranking = rank(view, weights, self._kinds)
                known = known_share(self._queries[p], self._space)
                of_ours, of_right = features(ranking, PROCEDURE, known)
                ours.add(of_ours, kind == PROCEDURE)
                faq.add(features(ranking, FAQ, known)[0], kind == FAQ and ranking.best(FAQ) == owner)
                if kind == PROCEDURE:
                    right.add(of_right, ranking.best(PROCEDURE) == owner)
        return Confidence(ours.fit(), right.fit(), faq.fit())

    def _topics_left_out(self, phrases: dict[int, Signals]) -> dict[int, Floats]:
        """For background phrases: what the ridge says when their whole topic is missing."""
        if self._ridge is None:
            return {}
        found: dict[int, Floats] = {}
        wanted = {int(self._owners[p]) for p in phrases if self._kinds[self._owners[p]] == OTHER}
        for entry in sorted(wanted):
            for phrase, scores in zip(*self._ridge.entry_left_out(entry), strict=True):
                found[int(phrase)] = scores
        return found


class _Examples:
    """Rows of features and whether they were true."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows: list[Doubles] = []
        self._truth: list[bool] = []

    def add(self, row: Doubles, truth: bool) -> None:
        """One more example."""
        self._rows.append(row)
        self._truth.append(bool(truth))

    def fit(self) -> Logistic:
        """What they teach; with one outcome only, that outcome."""
        if len(set(self._truth)) < 2:
            flat = np.zeros(self._width)
            return Logistic(flat, flat + 1, flat, 3.0 if any(self._truth) else -3.0)
        return Logistic.fit(np.array(self._rows), np.array(self._truth))


def known_share(query: Query, space: Space) -> float:
    """Which share of the question's words (by rarity) the index has ever seen."""
    total = float(query.totals[0])
    known = float(space.idf[query.at[block_of(space.keys[query.at]) == WORD]].sum())
    return known / total if total else 0.0


def ask(model: Model, terms: Ints) -> tuple[Ranking, float]:
    """The ranked candidates for a question, and the share of its words that are known."""
    query = model.space.query(terms)
    signals = gather(model.space, model.ridge, model.segments, query)
    return rank(signals, model.weights, model.kinds), known_share(query, model.space)
