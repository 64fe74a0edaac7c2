"""Kernel ridge regression over the phrases: which likenesses speak for which entry.

The inverse is kept, because it gives two things for nothing: what the model would have said about a
phrase had it never seen it (leave one out), and a new model when one entry's phrases change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
PENALTY = 0.7
# Beyond this many phrases the inverse would cost too much memory and time; the index then ranks without it.
MAX_PHRASES = 7_000


@dataclass(frozen=True, slots=True)
class Ridge:
    """``inverse`` is (K + penalty)⁻¹ over the phrases, ``owners`` the entry of each.

    ``weights`` has one row for each entry that has phrases; ``row_of`` says which (-1: none).
    """

    inverse: Floats
    owners: Ints
    weights: Floats
    row_of: Ints

    @classmethod
    def fit(cls, kernel: Floats, owners: Ints, entries: int) -> Ridge:
        """The model over all phrases; ``kernel`` is overwritten (there is room for one such matrix)."""
        kernel[np.diag_indices_from(kernel)] += PENALTY
        factor, info = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
        if info == 0:
            factor, info = lapack.spotri(factor, lower=1, overwrite_c=1)
        if info != 0:
            raise ValueError(f"the kernel is not positive definite ({info})")
        inverse = factor.T  # the upper half is filled, row by row
        for row in range(1, len(inverse)):
            inverse[row, :row] = inverse[:row, row]
        return cls.of(inverse, owners, entries)

    @classmethod
    def of(cls, inverse: Floats, owners: Ints, entries: int) -> Ridge:
        """The model with a known inverse."""
        present = np.unique(owners)
        row_of = np.full(entries, -1)
        row_of[present] = np.arange(len(present))
        weights = np.stack([inverse[owners == entry].sum(0) for entry in present])
        return cls(inverse, owners, weights, row_of)

    def scores(self, likeness: Floats, entries: Ints) -> Floats:
        """What the likenesses of a question say for some entries; about 1 is certain, about 0 is nothing."""
        rows = self.row_of[entries]
        known = rows >= 0
        weights = self.weights if known.sum() == len(self.weights) else self.weights[rows[known]]
        found = np.zeros(len(entries), np.float32)
        # einsum, not @: BLAS would wake its threads for 0.1 ms of work, and wait for them
        found[known] = np.einsum("ep,p->e", weights, likeness[: len(self.owners)])
        return found

    def without(self, phrase: int, likeness: Floats) -> Floats:
        """The scores (one a row of ``weights``) of a question as if one phrase had not been in the index.

        Taking phrase i out changes the weights of all others by -w_i · (inverse column i) / inverse_ii.
        """
        column = self.inverse[phrase]
        seen = likeness[: len(self.inverse)]
        away = np.einsum("ep,p->e", self.weights, seen) - self.weights[:, phrase] * seen[phrase]
        pull = (np.einsum("p,p->", column, seen) - column[phrase] * seen[phrase]) / column[phrase]
        scores: Floats = away - self.weights[:, phrase] * pull
        return scores

    def entry_left_out(self, entry: int) -> tuple[Ints, Floats]:
        """The phrases of an entry, and their scores as if the entry had not been in the index."""
        phrases = np.flatnonzero(self.owners == entry)
        block = self.inverse[np.ix_(phrases, phrases)]
        scores = -np.linalg.solve(block, self.weights[:, phrases].T)
        scores[:, self.row_of[entry]] = -1
        return phrases, scores.astype(np.float32)

    def replaced(self, entry: int, new_old: Floats, new_new: Floats) -> Ridge:
        """The model with other phrases for one entry, which come last (inverses of block matrices)."""
        kept = np.flatnonzero(self.owners != entry)
        gone = np.flatnonzero(self.owners == entry)
        inverse = self.inverse[np.ix_(kept, kept)]
        if len(gone):
            cross = self.inverse[np.ix_(kept, gone)]
            inverse -= cross @ np.linalg.solve(self.inverse[np.ix_(gone, gone)], cross.T)
        size, more = len(kept), len(new_new)
        bridge = inverse @ new_old.T
        corner = np.linalg.inv(new_new + PENALTY * np.eye(more, dtype=np.float32) - new_old @ bridge)
        side = -bridge @ corner
        grown = np.empty((size + more, size + more), np.float32)
        grown[:size, :size] = inverse - side @ bridge.T
        grown[:size, size:] = side
        grown[size:, :size] = side.T
        grown[size:, size:] = corner
        owners = np.concatenate([self.owners[kept], np.full(more, entry)])
        return Ridge.of(grown, owners, max(len(self.row_of), entry + 1))
