"""The trained matcher: phrases, what they teach, and how sure it may be. Built without any labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.understanding.confidence import Confidence, Ranking, features, rank
from knowledge.understanding.corpus import Entry
from knowledge.understanding.fitting import Doubles, Logistic, fit_listwise
from knowledge.understanding.ridge import MAX_PHRASES, Floats, Ints, Ridge
from knowledge.understanding.signals import Segments, Signals, combine, gather
from knowledge.understanding.space import COVERED, Query, Space
from knowledge.understanding.terms import BLOCKS, WORD, block_of

# So many phrases are asked as if they were missing, to learn the weights: enough, and a second or two.
SAMPLE_OURS, SAMPLE_OTHERS = 1500, 600
SEED = 20261123


@dataclass(frozen=True)
class Model:
    """Everything a question is compared with."""

    entries: tuple[Entry, ...]
    space: Space
    segments: Segments
    ridge: Ridge | None
    weights: Doubles
    confidence: Confidence

    @property
    def is_ours(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which entries are ours."""
        return np.array([e.is_ours for e in self.entries])


def train(entries: Sequence[Entry], terms: Sequence[Sequence[Ints]]) -> Model:
    """The model over ``entries`` (learnable ones first), each with the terms of its phrases."""
    sizes = [len(t) for t in terms]
    owners = np.repeat(np.arange(len(entries)), sizes)
    flat = [t for phrase_terms in terms for t in phrase_terms]
    space = Space(flat, owners, len(entries))
    segments = Segments.of(sizes)
    ridge = _ridge(entries, sizes, space, segments)
    lessons = _Lessons(entries, space, segments, ridge, owners)
    weights, confidence = lessons.learn()
    return Model(tuple(entries), space, segments, ridge, weights, confidence)


def _ridge(entries: Sequence[Entry], sizes: Sequence[int], space: Space, segments: Segments) -> Ridge | None:
    learnable = sum(e.is_learnable for e in entries)
    phrases = sum(sizes[:learnable])
    if not 0 < phrases <= MAX_PHRASES:
        return None
    table = space.by_term[:, :phrases]
    kernel = (table.T @ table).toarray().astype(np.float32)
    return Ridge.fit(kernel, segments.starts[:learnable])


class _Lessons:
    """Asks the index its own phrases, each as if it were missing, and learns from the outcome."""

    def __init__(
        self, entries: Sequence[Entry], space: Space, segments: Segments, ridge: Ridge | None, owners: Ints
    ) -> None:
        self._entries, self._space, self._segments, self._ridge, self._owners = entries, space, segments, ridge, owners
        self._is_ours = np.array([e.is_ours for e in entries])
        self._random = np.random.default_rng(SEED)

    def learn(self) -> tuple[Doubles, Confidence]:
        """The weights of the signals and the two probabilities."""
        ours, others = self._sample(True, SAMPLE_OURS), self._sample(False, SAMPLE_OTHERS)
        asked = [*ours, *others]
        queries = {p: self._space.query(self._space.phrase_terms[p]) for p in asked}
        lists = {p: self._hidden(p, queries[p]) for p in asked}
        rows, right = [], []
        for p, signals in lists.items():
            place = np.flatnonzero(signals.candidates == self._owners[p])
            if len(place):
                rows.append(signals.values)
                right.append(int(place[0]))
        weights = fit_listwise(rows, right) if rows else np.ones(2 + len(COVERED))
        return weights, self._confidence(lists, queries, weights)

    def _sample(self, ours: bool, size: int) -> list[int]:
        """Phrases as people put them; official names are too easy to learn from."""
        found: list[int] = []
        for entry, start in zip(self._entries, self._segments.starts, strict=True):
            if entry.is_ours == ours and entry.is_learnable:
                count = len(entry.phrases)
                found += range(start + count - min(count, len(entry.questions)), start + count)
        if len(found) > size:
            found = sorted(self._random.choice(found, size, replace=False).tolist())
        return found

    def _hidden(self, phrase: int, query: Query, *, topic_too: bool = False) -> Signals:
        """The signals of a phrase as if it (or its whole entry) were not in the index."""
        owner = int(self._owners[phrase])
        likeness = self._space.likeness(query)
        coverage = self._space.coverage(query)
        scores = None
        if topic_too:
            likeness[self._owners == owner] = 0
            coverage[:, owner] = 0
        else:
            likeness[phrase] = 0
            coverage[:, owner] = self._coverage_without(phrase, owner, query)
        if self._ridge is not None:
            scores = self._topics[phrase] if topic_too else self._ridge.left_out(phrase, owner)
        return combine(self._ridge, self._segments, likeness, coverage, scores)

    def _coverage_without(self, phrase: int, owner: int, query: Query) -> Floats:
        start = self._segments.starts[owner]
        stop = start + (self._segments.table[owner] < len(self._owners)).sum()
        siblings = [t for i, t in enumerate(self._space.phrase_terms[start:stop], start) if i != phrase]
        mine = self._space.phrase_terms[phrase]
        heard = np.isin(mine, np.concatenate(siblings)) if siblings else np.zeros(len(mine), bool)
        sums = np.bincount(block_of(mine), np.where(heard, query.rarity, 0), minlength=len(BLOCKS))
        share: Floats = (sums[list(COVERED)] / np.maximum(query.totals, 1e-6)).astype(np.float32)
        return share

    def _confidence(self, lists: dict[int, Signals], queries: dict[int, Query], weights: Doubles) -> Confidence:
        ours, right, is_ours, is_right = [], [], [], []
        self._topics = self._topics_left_out(lists)
        for p, signals in lists.items():
            mine = bool(self._is_ours[self._owners[p]])
            views = [signals] if mine else [signals, self._hidden(p, queries[p], topic_too=True)]
            for view in views:
                ranking = rank(view, weights, self._is_ours)
                of_ours, of_right = features(ranking, known_share(queries[p], self._space))
                ours.append(of_ours)
                is_ours.append(mine)
                if mine:
                    right.append(of_right)
                    is_right.append(_best_of_ours(ranking) == self._owners[p])
        if not ours:
            flat = Logistic(np.zeros(11), np.ones(11), np.zeros(11), 0.0)
            return Confidence(flat, Logistic(np.zeros(7), np.ones(7), np.zeros(7), 0.0))
        return Confidence(
            Logistic.fit(np.array(ours), np.array(is_ours)), Logistic.fit(np.array(right), np.array(is_right))
        )

    def _topics_left_out(self, phrases: dict[int, Signals]) -> dict[int, Floats]:
        """For background phrases: what the ridge says when their whole topic is missing."""
        if self._ridge is None:
            return {}
        found: dict[int, Floats] = {}
        wanted = {int(self._owners[p]) for p in phrases if not self._is_ours[self._owners[p]]}
        for entry in sorted(wanted):
            for phrase, scores in zip(*self._ridge.entry_left_out(np.array([entry])), strict=True):
                found[int(phrase)] = scores
        return found


def _best_of_ours(ranking: Ranking) -> int:
    return int(ranking.entries[np.flatnonzero(ranking.ours)[0]])


def known_share(query: Query, space: Space) -> float:
    """Which share of the question's words (by rarity) the index has ever seen."""
    total = float(query.totals[0])
    known = float(space.idf[query.at[block_of(space.keys[query.at]) == WORD]].sum())
    return known / total if total else 0.0


def ask(model: Model, terms: Ints) -> tuple[Ranking, float]:
    """The ranked candidates for a question, and the share of its words that are known."""
    query = model.space.query(terms)
    signals = gather(model.space, model.ridge, model.segments, query)
    return rank(signals, model.weights, model.is_ours), known_share(query, model.space)
