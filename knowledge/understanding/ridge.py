"""Kernel ridge regression over the phrases: which likenesses speak for which entry.

The inverse is kept, because it gives two things for nothing: what the model would have said about a
phrase had it never seen it (leave one out), and a new model when one entry's phrases change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
PENALTY = 0.7
# The inverse costs the third power of this in time and the second in memory (8,000: 2 s on two free cores, 256 MB).
MAX_PHRASES = 10_500


@dataclass(frozen=True)
class Ridge:
    """``inverse`` is (K + penalty)⁻¹ over the phrases, ``owners`` is the entry of each phrase.

    ``weights`` has one row for each entry that has phrases; ``row_of`` says which (-1: none).
    """

    owners: Ints
    weights: Floats
    row_of: Ints
    make_inverse: Callable[[], Floats]

    @cached_property
    def inverse(self) -> Floats:
        """See the class; worked out when first needed."""
        found = self.make_inverse()
        # The maker may hold a whole earlier model: let go of it.
        object.__setattr__(self, "make_inverse", lambda: found)
        return found

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
        return cls(owners, weights, row_of, lambda: inverse)

    @classmethod
    def remembered(cls, weights: Floats, owners: Ints, entries: int, kernel: Callable[[], Floats]) -> Ridge:
        """The model with weights learnt earlier; the inverse is worked out if it is ever needed."""
        present = np.unique(owners)
        row_of = np.full(entries, -1)
        row_of[present] = np.arange(len(present))
        return cls(owners, weights, row_of, lambda: cls.fit(kernel(), owners, entries).inverse)

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
        """The model with other phrases for one entry, which come last.

        The weights follow at once from formulas for block matrices, in thin products; the new inverse,
        needed only for the next replacement, is worked out when it is asked for.
        """
        kept, gone = self.owners != entry, np.flatnonzero(self.owners == entry)
        padded = np.zeros((len(new_new), len(self.owners)), np.float32)
        padded[:, kept] = new_old
        bridge = self.inverse @ padded.T
        others = np.delete(self.weights, self.row_of[entry], 0) if len(gone) else self.weights.copy()
        if len(gone):
            cross, block = self.inverse[:, gone], self.inverse[np.ix_(gone, gone)]
            bridge -= cross @ np.linalg.solve(block, cross.T @ padded.T)
            others -= np.linalg.solve(block, others[:, gone].T).T @ cross.T
        bridge, others = bridge[kept], others[:, kept]
        corner = np.linalg.inv(new_new + PENALTY * np.eye(len(new_new), dtype=np.float32) - new_old @ bridge)
        owners = np.concatenate([self.owners[kept], np.full(len(new_new), entry)])
        present = np.unique(owners)
        said = np.stack([bridge[self.owners[kept] == e].sum(0) for e in present if e != entry])
        pulled = said @ corner
        weights = np.hstack([others + pulled @ bridge.T, -pulled])
        mine = np.concatenate([-bridge @ corner.sum(1), corner.sum(0)])
        row_of = np.full(max(len(self.row_of), entry + 1), -1)
        row_of[present] = np.arange(len(present))
        weights = np.insert(weights, row_of[entry], mine, 0).astype(np.float32)
        return Ridge(owners, weights, row_of, lambda: self._grown(kept, gone, bridge, corner))

    def _grown(self, kept: NDArray[np.bool_], gone: Ints, bridge: Floats, corner: Floats) -> Floats:
        """The inverse after :meth:`replaced`."""
        inverse = self.inverse[np.ix_(kept, kept)]
        if len(gone):
            cross = self.inverse[np.ix_(kept, gone)]
            inverse -= cross @ np.linalg.solve(self.inverse[np.ix_(gone, gone)], cross.T)
        side = bridge @ corner
        inverse += side @ bridge.T
        return np.block([[inverse, -side], [-side.T, corner]]).astype(np.float32)
