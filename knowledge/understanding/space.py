"""All phrases as weighted terms, and how alike a question and each phrase are."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
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
# In a large index, what only one phrase has is left out (single words excepted): it would be most of the memory.
MANY_PHRASES = 15_000
PIECE = 1_000_000


@dataclass(frozen=True, slots=True)
class Query:
    """A question as positions of known terms, their weights, and the rarity its blocks hold in all."""

    at: Ints
    values: Floats
    rarity: Floats
    totals: Floats


class Space:
    """Phrases (rows) by terms, and entries by terms; both stored by term for fast look-up."""

    def __init__(self, terms: Sequence[Ints], owners: Ints, entries: int) -> None:
        lengths = np.array([len(t) for t in terms], np.int64)
        every = np.concatenate(terms) if len(terms) else np.empty(0, np.int64)
        self.keys, counts = np.unique(every, return_counts=True)
        if len(terms) > MANY_PHRASES:
            kept = (counts > 1) | (block_of(self.keys) == WORD)
            self.keys, counts = self.keys[kept], counts[kept]
        self._entries = entries
        self.size = len(terms)
        self.rarest = float(np.log(2 * (1 + self.size)))
        self.idf = np.log((1 + self.size) / (0.5 + counts)).astype(np.float32)
        too_common = counts > max(20, TOO_COMMON * self.size)
        self._weight = np.where(too_common, 0, self.idf).astype(np.float32)
        self._blocks = block_of(self.keys).astype(np.int8)
        at, rows = self._located(every, np.repeat(np.arange(self.size, dtype=np.int32), lengths))
        del every
        self._store(at, rows, owners)

    def _located(self, every: Ints, rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The position of every kept term occurrence, and its phrase; a piece at a time to save memory."""
        found_at, found_rows = [], []
        for start in range(0, len(every), PIECE):
            piece = every[start : start + PIECE]
            at = np.minimum(np.searchsorted(self.keys, piece), len(self.keys) - 1).astype(np.int32)
            known = self.keys[at] == piece
            found_at.append(at[known])
            found_rows.append(rows[start : start + PIECE][known])
        if not found_at:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        return np.concatenate(found_at), np.concatenate(found_rows)

    def _store(self, at: NDArray[np.int32], rows: NDArray[np.int32], owners: Ints) -> None:
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.size))])
        values = np.empty(len(at), np.float32)
        for start in range(0, self.size, 4096):
            part = slice(indptr[start], indptr[min(start + 4096, self.size)])
            values[part] = self._normalised(rows[part] - start, at[part])
        by_phrase = csr_matrix((values, at, indptr), shape=(self.size, len(self.keys)))
        self.by_term = by_phrase.tocsc().T
        del by_phrase, values
        self.entries_by_term = self._entry_table(at, owners[rows])

    def _normalised(self, rows: NDArray[np.int32], at: NDArray[np.int32]) -> Floats:
        """Rarity of each term, scaled so that every block of a phrase has its weight as length."""
        rarity, blocks = self._weight[at], self._blocks[at]
        slot = rows.astype(np.int64) * len(BLOCKS) + blocks
        length = np.sqrt(np.bincount(slot, rarity * rarity))
        scale = np.sqrt(BLOCK_WEIGHTS / BLOCK_WEIGHTS.sum())
        return np.asarray(rarity * scale[blocks] / np.maximum(length[slot], 1e-6), np.float32)

    def _entry_table(self, at: NDArray[np.int32], owners: Ints) -> Any:
        """Which entry has ever used which term, for the covered blocks; one band of columns a block."""
        slot = np.full(len(BLOCKS), -1)
        slot[list(COVERED)] = np.arange(len(COVERED))
        width = len(COVERED) * self._entries
        shape = (len(self.keys), width)
        band = slot[self._blocks[at]]
        used = band >= 0
        column = (band[used] * self._entries + owners[used]).astype(np.int32)
        ones = np.ones(len(column), np.float32)
        table = csr_matrix((ones, (at[used], column)), shape=shape)  # says how often
        table.data = np.repeat(self.idf, np.diff(table.indptr))
        return table

    def rows(self, start: int, stop: int) -> Any:
        """Some phrases as rows of weighted terms."""
        return self.by_term[:, start:stop].T

    def replaced(
        self, head: Ints, learnt: Sequence[Ints], tail: Ints, others: Sequence[Ints], entry: int, entries: int
    ) -> Space:
        """The space with the phrases ``head``, new ones, ``tail``, new ones; rarities stay as they were."""
        made = copy(self)
        made._entries, made.size = entries, len(head) + len(learnt) + len(tail) + len(others)
        terms = [*learnt, *others]
        fresh = np.setdiff1d(np.concatenate(terms), self.keys) if terms else np.empty(0, np.int64)
        places = np.searchsorted(self.keys, fresh)
        made.keys = np.insert(self.keys, places, fresh)
        made.idf = np.insert(self.idf, places, np.float32(self.rarest))
        made._weight = np.insert(self._weight, places, np.float32(self.rarest))
        made._blocks = block_of(made.keys).astype(np.int8)
        column = np.full(self.size, -1, np.int32)
        column[head] = np.arange(len(head))
        column[tail] = np.arange(len(tail)) + len(head) + len(learnt)
        at = [np.searchsorted(made.keys, t).astype(np.int32) for t in terms]
        new_columns = np.concatenate(
            [np.arange(len(learnt)) + len(head), np.arange(len(others)) + made.size - len(others)]
        )
        made.by_term = _renumbered(self.by_term, column, places, made.size)
        rows = np.repeat(np.arange(len(terms), dtype=np.int32), [len(t) for t in terms])
        flat = np.concatenate(at) if at else np.empty(0, np.int32)
        values = made._normalised(rows, flat)
        shape = made.by_term.shape
        made.by_term = made.by_term + csr_matrix((values, (flat, new_columns[rows].astype(np.int32))), shape=shape)
        bands = np.arange(len(COVERED) * self._entries, dtype=np.int32)
        bands = bands // self._entries * entries + bands % self._entries
        bands[entry :: self._entries] = -1 if entry < self._entries else bands[entry :: self._entries]
        kept = _renumbered(self.entries_by_term, bands, places, len(COVERED) * entries)
        made.entries_by_term = kept + made._entry_table(flat, np.full(len(flat), entry))
        return made

    def kernel(self, size: int) -> Floats:
        """How alike the first ``size`` phrases are to each other."""
        table = self.by_term[:, :size].tocsc()
        found = np.empty((size, size), np.float32)
        for start in range(0, size, 512):
            found[start : start + 512] = (table[:, start : start + 512].T @ table).toarray()
        return found

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
        return np.asarray(rarity * scale[blocks], np.float32)

    def likeness(self, query: Query) -> Floats:
        """How alike the question and every phrase are, 0 to 1."""
        return _row_times(query.at, query.values, self.by_term)

    def coverage(self, query: Query) -> Floats:
        """For each covered block and entry: how much of the question the entry has ever heard."""
        ones = np.ones(len(query.at), np.float32)
        heard = _row_times(query.at, ones, self.entries_by_term).reshape(len(COVERED), self._entries)
        return np.asarray(heard / np.maximum(query.totals, 1e-6)[:, None], np.float32)


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
    return np.asarray(np.bincount(table.indices[flat], weights, minlength=table.shape[1]), np.float32)


def _renumbered(table: Any, column: NDArray[np.int32], places: Ints, width: int) -> Any:
    """``table`` with empty rows put in at ``places`` and its columns renumbered; those numbered -1 fall out."""
    columns = column[table.indices]
    kept = columns >= 0
    before = np.concatenate([[0], np.cumsum(kept)])
    indptr = before[table.indptr]
    indptr = np.insert(indptr, places, indptr[places])
    found = csr_matrix((table.data[kept], columns[kept], indptr), shape=(len(indptr) - 1, width))
    found.has_sorted_indices = False
    return found
