"""Rows of weighted terms, those of one entry together: phrases, or names. Cut and joined without a copy of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float32]
Terms = NDArray[np.uint32]


@dataclass(frozen=True)
class Rows:
    """``ends``: where each row begins and ends in ``at`` (terms) and ``values``; ``first``: the entries' first rows."""

    first: Ints
    ends: Ints
    at: Small
    values: Floats

    @classmethod
    def of(cls, first: Ints, rows: Small, at: Small, values: Floats) -> Rows:
        """Rows from items that say which row (rising), which term and how much."""
        ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=int(first[-1])))])
        return cls(first, ends, at, values)

    def sums(self, entries: Sequence[int], wanted: Floats) -> tuple[Floats, Ints]:
        """For each row of some entries the sum of its values times what is wanted of their terms.

        Second: where each of these entries begins among the sums (one more at the end).
        """
        bounds = [(int(self.first[e]), int(self.first[e + 1])) for e in entries]
        begins = np.concatenate([[0], np.cumsum([b - a for a, b in bounds])])
        parts = [slice(self.ends[a], self.ends[b]) for a, b in bounds]
        if not begins[-1]:
            return np.empty(0, np.float32), begins
        sizes = np.concatenate([np.diff(self.ends[a : b + 1]) for a, b in bounds])
        found = wanted.take(np.concatenate([self.at[p] for p in parts]))
        found *= np.concatenate([self.values[p] for p in parts])
        sums = np.add.reduceat(np.append(found, np.float32(0)), np.cumsum(sizes) - sizes)
        sums[sizes == 0] = 0
        return sums, begins

    def replaced(self, entry: int, new: Rows) -> Rows:
        """The rows with those of ``new`` (which has one entry) for ``entry``; the next number adds one."""
        first = np.append(self.first, self.first[-1]) if entry == len(self.first) - 1 else self.first
        a, b = int(first[entry]), int(first[entry + 1])
        start, stop = int(self.ends[a]), int(self.ends[b])
        moved = first.copy()
        moved[entry + 1 :] += int(new.first[-1]) - (b - a)
        ends = np.concatenate(
            [self.ends[:a], start + new.ends, self.ends[b + 1 :] + int(new.ends[-1]) - (stop - start)]
        )
        return Rows(
            moved,
            ends,
            np.concatenate([self.at[:start], new.at, self.at[stop:]]),
            np.concatenate([self.values[:start], new.values, self.values[stop:]]),
        )

    def renumbered(self, moved: Small) -> Rows:
        """The same rows when every term ``t`` has become ``t + moved[t]``."""
        return Rows(self.first, self.ends, self.at + moved[self.at], self.values)
