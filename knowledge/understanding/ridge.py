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
    """``inverse`` is (K + penalty)⁻¹ over the phrases; ``starts`` is where each entry's phrases begin."""

    inverse: Floats
    starts: Ints
    weights: Floats  # one row an entry

    @classmethod
    def fit(cls, kernel: Floats, starts: Ints) -> Ridge:
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
        return cls.of(inverse, starts)

    @classmethod
    def of(cls, inverse: Floats, starts: Ints) -> Ridge:
        """The model with a known inverse."""
        return cls(inverse, starts, np.add.reduceat(inverse, starts, axis=0) if len(starts) else inverse[:0])

    def scores(self, likeness: Floats, entries: Ints) -> Floats:
        """What the likenesses of a question say for some entries; about 1 is certain, about 0 is nothing."""
        weights = self.weights if len(entries) == len(self.weights) else self.weights[entries]
        # einsum, not @: BLAS would wake its threads for 0.1 ms of work, and wait for them
        return np.einsum("ep,p->e", weights, likeness[: self.weights.shape[1]])

    def without(self, phrase: int, likeness: Floats) -> Floats:
        """The scores of a question as if one phrase had not been in the index.

        Taking phrase i out changes the weights of all others by -w_i · (inverse column i) / inverse_ii.
        """
        column = self.inverse[phrase]
        seen = likeness[: len(self.inverse)]
        away = np.einsum("ep,p->e", self.weights, seen) - self.weights[:, phrase] * seen[phrase]
        pull = (np.einsum("p,p->", column, seen) - column[phrase] * seen[phrase]) / column[phrase]
        scores: Floats = away - self.weights[:, phrase] * pull
        return scores

    def entry_left_out(self, entries: Ints) -> tuple[Ints, Floats]:
        """The phrases of some entries, and their scores as if these entries had not been in the index."""
        stops = np.append(self.starts[1:], len(self.inverse))
        phrases = np.concatenate([np.arange(self.starts[e], stops[e]) for e in entries])
        block = self.inverse[np.ix_(phrases, phrases)]
        scores = -np.linalg.solve(block, self.weights[:, phrases].T)
        scores[:, entries] = -1
        return phrases, scores.astype(np.float32)

    def replaced(self, gone: Ints, new_old: Floats, new_new: Floats, starts: Ints) -> Ridge:
        """The model without the phrases ``gone`` and with new ones behind the rest (block inverses)."""
        kept = np.setdiff1d(np.arange(len(self.inverse)), gone)
        inverse = self.inverse[np.ix_(kept, kept)] if len(gone) else self.inverse
        if len(gone):
            cross = self.inverse[np.ix_(kept, gone)]
            inverse = inverse - cross @ np.linalg.solve(self.inverse[np.ix_(gone, gone)], cross.T)
        if len(new_new) == 0:
            return Ridge.of(inverse, starts)
        bridge = inverse @ new_old.T
        corner = np.linalg.inv(new_new + PENALTY * np.eye(len(new_new), dtype=np.float32) - new_old @ bridge)
        side = -bridge @ corner
        grown = np.empty((len(kept) + len(new_new),) * 2, np.float32)
        grown[: len(kept), : len(kept)] = inverse - side @ bridge.T
        grown[: len(kept), len(kept) :] = side
        grown[len(kept) :, : len(kept)] = side.T
        grown[len(kept) :, len(kept) :] = corner
        return Ridge.of(grown, starts)
