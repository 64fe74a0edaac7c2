"""The signals: for each candidate entry, a few numbers that speak for or against it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.understanding.ridge import PENALTY, Floats, Ints, Ridge
from knowledge.understanding.space import COVERED, Query, Space

SIGNALS = ("learnt", "nearest", "words heard", "pairs heard", "meanings heard")
LEARNT, NEAREST = 0, 1
MAX_CANDIDATES = 24
ALL_UP_TO = 400  # so many entries are all candidates
NEAR = 3  # likeness to an entry is the mean of its so many most alike phrases


@dataclass(frozen=True, slots=True)
class Segments:
    """Which phrases belong to each entry. ``table``: one row an entry, padded with the number of phrases."""

    order: Ints
    starts: Ints
    table: Ints
    filled: Ints

    @classmethod
    def of(cls, owners: Ints, entries: int) -> Segments:
        """Segments from the owner of each phrase; every entry has at least one phrase."""
        order = np.argsort(owners, kind="stable")
        sizes = np.bincount(owners, minlength=entries)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        width = max(NEAR, int(sizes.max(initial=0)))
        place = np.arange(len(owners)) - np.repeat(starts, sizes)
        table = np.full((entries, width), len(owners))
        table[owners[order], place] = order
        return cls(order, starts, table, np.minimum(NEAR, np.maximum(sizes, 1)))


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
    padded = np.append(likeness, np.float32(0))
    if entries <= ALL_UP_TO:
        candidates = np.arange(entries)
    else:
        best = np.maximum.reduceat(likeness[segments.order], segments.starts)
        candidates = np.sort(np.argpartition(-best, MAX_CANDIDATES)[:MAX_CANDIDATES])
    near = padded[segments.table[candidates]]
    near = -np.partition(-near, NEAR - 1, axis=1)[:, :NEAR]
    # An entry known by its name alone has one phrase to be like.
    nearest = near.sum(1) / segments.filled[candidates]
    learnt = np.zeros(len(candidates), np.float32)
    if ridge is not None and scores is None:
        learnt = ridge.scores(likeness, candidates)
    elif ridge is not None and scores is not None:
        rows = ridge.row_of[candidates]
        learnt = np.where(rows >= 0, scores[rows], np.float32(0))
    if ridge is not None:
        # An entry with too few phrases to learn from: what a ridge over its nearest phrase alone would say.
        unlearnt = ridge.row_of[candidates] < 0
        learnt = np.where(unlearnt, nearest / (1 + PENALTY), learnt)
    values = np.column_stack([learnt, nearest, *(coverage[b][candidates] for b in range(len(COVERED)))])
    return Signals(candidates, values.astype(np.float32))
