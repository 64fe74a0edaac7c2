"""All phrases as weighted terms, and how alike a question and each phrase are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from knowledge.understanding.terms import BLOCK_WEIGHTS, BLOCKS, MIXED, PAIR, WORD, Ints, block_of

Floats = NDArray[np.float32]
# The blocks in which it is asked how much of a question an entry has ever heard.
COVERED = (WORD, PAIR, MIXED)
# A term in more than this share of the phrases says next to nothing and costs most of the time.
TOO_COMMON = 0.2


@dataclass(frozen=True, slots=True)
class Query:
    """A question as positions of known terms, their weights, and the rarity its blocks hold in all."""

    at: Ints
    values: Floats
    rarity: Floats
    totals: Floats


class Space:
    """Phrases (rows) by terms, and entries by terms; both stored by term for fast look-up."""

    def __init__(self, terms: Sequence[Ints], owners: Ints, entries: int, idf: tuple[Ints, Floats, float] | None = None) -> None:
        lengths = np.array([len(t) for t in terms], np.int64)
        every = np.concatenate(terms) if len(terms) else np.empty(0, np.int64)
        self.keys, at, counts = np.unique(every, return_inverse=True, return_counts=True)
        self.phrase_terms = terms
        self.rarest = float(np.log(2 * (1 + len(terms))))
        self.idf = np.log((1 + len(terms)) / (0.5 + counts)).astype(np.float32)
        rows = np.repeat(np.arange(len(terms)), lengths)
        self._blocks = block_of(self.keys)
        self._weight = np.where(counts > max(20, TOO_COMMON * len(terms)), 0, self.idf).astype(np.float32)
        values = self._normalised(rows, at, len(terms))
        kept = values > 0
        shape = (len(self.keys), len(terms))
        self.by_term = csr_matrix((values[kept], (at[kept], rows[kept].astype(np.int32))), shape=shape)
        self._entries = entries
        self.entries_by_term = self._entry_table(at, owners[rows])

    def _normalised(self, rows: Ints, at: Ints, size: int) -> Floats:
        """Rarity of each term, scaled so that every block of a phrase has its weight as length."""
        rarity, blocks = self._weight[at], self._blocks[at]
        slot = rows * len(BLOCKS) + blocks
        length = np.sqrt(np.bincount(slot, rarity * rarity, minlength=size * len(BLOCKS)))
        scale = np.sqrt(BLOCK_WEIGHTS / BLOCK_WEIGHTS.sum())
        return (rarity * scale[blocks] / np.maximum(length[slot], 1e-6)).astype(np.float32)

    def _entry_table(self, at: Ints, owners: Ints) -> Any:
        """Which entry has ever used which term, for the covered blocks; one band of columns a block."""
        slot = np.full(len(BLOCKS), -1)
        slot[list(COVERED)] = np.arange(len(COVERED))
        band = slot[self._blocks[at]]
        used = band >= 0
        pairs = np.unique(at[used] * (len(COVERED) * self._entries) + band[used] * self._entries + owners[used])
        key, column = np.divmod(pairs, len(COVERED) * self._entries)
        shape = (len(self.keys), len(COVERED) * self._entries)
        return csr_matrix((self.idf[key], (key, column.astype(np.int32))), shape=shape)

    def query(self, terms: Ints) -> Query:
        """``terms`` weighted against this space."""
        at = np.searchsorted(self.keys, terms)
        at[at == len(self.keys)] = 0
        known = self.keys[at] == terms if len(self.keys) else np.zeros(len(terms), bool)
        blocks = block_of(terms)
        rarity = np.where(known, self.idf[at], self.rarest).astype(np.float32)
        totals = np.bincount(blocks, rarity, minlength=len(BLOCKS))[list(COVERED)]
        at = at[known]
        return Query(at, self._query_values(at, blocks[known]), rarity, totals.astype(np.float32))

    def _query_values(self, at: Ints, blocks: Ints) -> Floats:
        rarity = self._weight[at]
        length = np.sqrt(np.bincount(blocks, rarity * rarity, minlength=len(BLOCKS)))
        scale = np.sqrt(BLOCK_WEIGHTS / BLOCK_WEIGHTS.sum()) / np.maximum(length, 1e-6)
        return (rarity * scale[blocks]).astype(np.float32)

    def likeness(self, query: Query) -> Floats:
        """How alike the question and every phrase are, 0 to 1."""
        return _row_times(query.at, query.values, self.by_term)

    def coverage(self, query: Query) -> Floats:
        """For each covered block and entry: how much of the question the entry has ever heard."""
        ones = np.ones(len(query.at), np.float32)
        heard = _row_times(query.at, ones, self.entries_by_term).reshape(len(COVERED), self._entries)
        share: Floats = heard / np.maximum(query.totals, 1e-6)[:, None]
        return share


def _row_times(at: Ints, values: Floats, table: Any) -> Floats:
    """The sum of the table's rows ``at``, each times its value."""
    starts = table.indptr[at]
    lengths = table.indptr[at + 1] - starts
    total = int(lengths.sum())
    if total == 0:
        return np.zeros(table.shape[1], np.float32)
    ends = np.cumsum(lengths)
    flat = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    weights = table.data[flat] * np.repeat(values, lengths)
    return np.bincount(table.indices[flat], weights, minlength=table.shape[1]).astype(np.float32)
