"""The signals: for each candidate entry, a few numbers that speak for or against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.understanding.ridge import Floats, Ints, Ridge
from knowledge.understanding.space import COVERED, Query, Space

SIGNALS = ("learnt", "nearest", "words heard", "pairs heard", "meanings heard")
LEARNT, NEAREST = 0, 1
MAX_CANDIDATES = 24
ALL_UP_TO = 400  # so many entries are all candidates
NEAR = 3  # likeness to an entry is the mean of its so many most alike phrases


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the phrases of each entry lie; ``table`` has one row of phrase numbers an entry, padded."""

    starts: Ints
    table: Ints

    @classmethod
    def of(cls, sizes: list[int]) -> Segments:
        """Segments of consecutive phrases."""
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        width = max([NEAR, *sizes])
        table = starts[:-1, None] + np.arange(width)[None, :]
        table[np.arange(width)[None, :] >= np.array(sizes)[:, None]] = starts[-1]
        return cls(starts[:-1], table)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A phrase of the index that is asked as if it weren't there (to learn and to calibrate)."""

    likeness: Floats
    scores: Floats
    coverage: Floats


@dataclass(frozen=True, slots=True)
class Signals:
    """``values`` has one row a candidate."""

    candidates: Ints
    values: Floats


def gather(space: Space, ridge: Ridge | None, segments: Segments, query: Query) -> Signals:
    """The signals of a question."""
    likeness = space.likeness(query)
    return combine(ridge, segments, likeness, space.coverage(query))


def combine(
    ridge: Ridge | None, segments: Segments, likeness: Floats, coverage: Floats, scores: Floats | None = None
) -> Signals:
    """The signals from likenesses to phrases and the entries' coverage of the question."""
    entries = len(segments.starts)
    learnt = np.zeros(entries, np.float32)
    if scores is None and ridge is not None and len(ridge.weights):
        scores = ridge.scores(likeness[: ridge.weights.shape[1]])
    if scores is not None:
        learnt[: len(scores)] = scores
    padded = np.append(likeness, np.float32(0))
    candidates = np.arange(entries) if entries <= ALL_UP_TO else _best(padded, segments, learnt)
    near = padded[segments.table[candidates]]
    if near.shape[1] > NEAR:
        near = -np.partition(-near, NEAR - 1, axis=1)[:, :NEAR]
    # An entry known by its names alone has one phrase to be like.
    filled = np.minimum(NEAR, (segments.table[candidates] < len(likeness)).sum(1))
    nearest = near.sum(1) / np.maximum(filled, 1)
    values = np.column_stack([learnt[candidates], nearest, *(coverage[b][candidates] for b in range(len(COVERED)))])
    return Signals(candidates, values.astype(np.float32))


def _best(padded: Floats, segments: Segments, learnt: Floats) -> Ints:
    best = np.maximum.reduceat(padded, segments.starts)
    found = np.argpartition(-best, MAX_CANDIDATES)[:MAX_CANDIDATES]
    if learnt.any():
        found = np.union1d(found, np.argpartition(-learnt, MAX_CANDIDATES // 2)[: MAX_CANDIDATES // 2])
    return np.sort(found)
