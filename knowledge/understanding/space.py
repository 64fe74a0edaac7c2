"""All phrases as weighted terms, grouped by entry, and what each entry has heard of each term.

Two tables. By phrase: how alike a question and the phrases of some entries are. By term: which entries have
used it in how many of their phrases, the evidence for a naive Bayes score. An index in which one entry
changed is made from the old one by cutting and joining these arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.grouped import Floats, Ints, Rows, Small, Terms
from knowledge.understanding.terms import BLOCKS, MARKED, PAIR, TAG_SHIFT, WORD, block_of

# How much each block weighs when two texts are compared (docs/understanding.md).
BLOCK_WEIGHTS = np.array([1.0, 2.0, 0.5, 1.0], np.float32)
SCALE = np.sqrt(BLOCK_WEIGHTS / BLOCK_WEIGHTS.sum())
# Phrases of an average entry that are imagined beside its own: how slowly what was heard is believed.
IMAGINED = 10.0
# The same for the two halves of the world, what we answer and what not, where much more is heard.
IMAGINED_HALF = 2.0
# A term that more than this share of the entries uses tells nothing about them and costs most of the time.
TOO_COMMON = 0.6
# A term that more than this share of the phrases has makes no two of them alike.
TOO_FREQUENT = 0.2
PIECE = 5_000  # rows weighted at a time: all at once need as much memory as everything that is kept
NOTHING = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as positions of known terms, and the rarity its words and pairs hold in all."""

    at: Ints
    blocks: Ints
    counts: Floats  # how many terms of each block, known or not
    totals: Floats  # rarity of all words, of all pairs


@dataclass(frozen=True)
class Space:
    """Phrases by terms (rows grouped by entry), and terms by entries."""

    keys: Terms
    idf: Floats
    expected: Floats  # share of all phrases that have the term
    ours: Floats  # how many phrases of entries that we answer have it
    theirs: Floats  # how many others have it
    sizes: tuple[int, int]  # how many phrases there are of either
    rarest: float  # what a term weighs that no phrase has
    phrases: Rows  # weighted so that each block of a phrase has its weight as length
    names: Rows  # the words of what an entry is called, weighted by their share of the name
    heard_ends: Ints  # by term: where its entries begin and end in heard, evidence
    heard: Small
    evidence: Floats

    @classmethod
    def of(cls, terms: Sequence[Terms], owners: Ints, is_name: NDArray[np.bool_], is_ours: NDArray[np.bool_]) -> Space:
        """The space over phrases given as terms; ``owners`` (which entry each belongs to) never falls.

        ``is_name``: which phrases are what an entry is called; ``is_ours``: which entries we answer.
        """
        size = len(terms)
        keys, counts = np.unique(np.concatenate(terms) if size else np.empty(0, np.uint32), return_counts=True)
        at = np.concatenate([NOTHING[1], *(np.searchsorted(keys, t).astype(np.int32) for t in terms)])
        lengths = np.array([len(t) for t in terms], np.int64)
        mine = np.bincount(at[np.repeat(is_ours[owners], lengths)], minlength=len(keys)).astype(np.float32)
        first = np.searchsorted(owners, np.arange(len(is_ours) + 1))
        none = Rows(np.zeros(len(is_ours) + 1, np.int64), np.zeros(1, np.int64), at[:0], np.empty(0, np.float32))
        made = cls(
            keys=keys,
            idf=np.log((1 + size) / (0.5 + counts)).astype(np.float32),
            expected=((counts + 0.5) / (1 + size)).astype(np.float32),
            ours=mine,
            theirs=counts.astype(np.float32) - mine,
            sizes=(int(is_ours[owners].sum()), int((~is_ours[owners]).sum())),
            rarest=float(np.log(2 * (1 + size))),
            phrases=none,
            names=none,
            heard_ends=none.ends,
            heard=none.at,
            evidence=none.values,
        )
        ends = np.concatenate([[0], np.cumsum(lengths)])
        phrases, names = made._phrases(first, ends, at), made._names(first, ends, at, is_name)
        return replace(made._with_hearings(first, ends, at), phrases=phrases, names=names)

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return len(self.phrases.first) - 1

    @cached_property
    def silence(self) -> Floats:
        """By entry: what a term says that it has never heard."""
        return np.log(IMAGINED / (IMAGINED + np.diff(self.phrases.first))).astype(np.float32)

    @property
    def _frequent(self) -> float:
        """From which share of phrases on a term makes no two of them alike; in a tiny index hardly any does."""
        return max(TOO_FREQUENT, 20 / (1 + self.sizes[0] + self.sizes[1]))

    def _phrases(self, first: Ints, ends: Ints, at: Small) -> Rows:
        """Rarity of each term, scaled so that every block has its weight as length; some rows at a time."""
        size = len(ends) - 1
        pieces = [self._weighted(ends[a : a + PIECE + 1], at) for a in range(0, size, PIECE)]
        sizes, kept, values = (np.concatenate(parts) for parts in zip(*pieces, strict=True)) if pieces else NOTHING
        return Rows(first, np.concatenate([[0], np.cumsum(sizes)]), kept, values)

    def _weighted(self, ends: Ints, at: Small) -> tuple[Ints, Small, Floats]:
        """Some rows of :meth:`_phrases`: how many terms of each count, which, and how much."""
        rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        at = at[ends[0] : ends[-1]]
        blocks = block_of(self.keys[at]).astype(np.intp)
        usable = self.expected[at] <= self._frequent
        rows, at, blocks = rows[usable], at[usable], blocks[usable]
        rarity = self.idf[at]
        slot = rows * len(BLOCKS) + blocks
        length = np.sqrt(np.bincount(slot, rarity * rarity, minlength=1)).astype(np.float32)
        values = rarity * SCALE[blocks] / np.maximum(length[slot], np.float32(1e-6))
        return np.bincount(rows, minlength=len(ends) - 1), at, values

    def _names(self, first: Ints, ends: Ints, at: Small, is_name: NDArray[np.bool_]) -> Rows:
        """The words of the rows that are names, each with its share of the name's rarity."""
        number = np.concatenate([[0], np.cumsum(is_name)])  # of each row, counting names only
        sizes = np.diff(ends)
        at = at[np.repeat(is_name, sizes)]
        rows = np.repeat(np.arange(number[-1], dtype=np.int32), sizes[is_name])
        words = at < np.searchsorted(self.keys, np.uint32(PAIR << TAG_SHIFT))
        rows, at = rows[words], at[words]
        whole = np.bincount(rows, self.idf[at], minlength=1).astype(np.float32)
        return Rows.of(number[first], rows, at, (self.idf[at] / np.maximum(whole[rows], 1e-6)).astype(np.float32))

    def _with_hearings(self, first: Ints, ends: Ints, at: Small) -> Space:
        """The table by term: which entries have it, in how many of their phrases."""
        from scipy.sparse import csr_matrix  # as in fitting: only who learns needs it

        entries, shape = len(first) - 1, (len(ends) - 1, len(self.keys))
        by_term = csr_matrix((np.ones(len(at), bool), at, ends.astype(np.int32)), shape=shape).tocsc()
        begins, heard = by_term.indptr, np.repeat(np.arange(entries, dtype=np.int32), np.diff(first))[by_term.indices]
        del by_term
        # The phrases of one entry stand together: where the entry or the term changes, the next hearing begins.
        changes = np.append(True, heard[1:] != heard[:-1])[: len(heard)]
        changes[begins[:-1]] = True
        starts, heard = np.flatnonzero(changes).astype(np.int32), heard[changes]
        counts = np.diff(np.append(starts, np.int32(len(changes))))
        users = np.diff(np.searchsorted(starts, begins))
        is_told = users <= max(20, TOO_COMMON * entries)
        told = np.repeat(is_told, users)
        expected = np.repeat(np.float32(IMAGINED) * self.expected[is_told], users[is_told])
        return replace(
            self,
            heard_ends=np.concatenate([[0], np.cumsum(np.where(is_told, users, 0))]),
            heard=heard[told],
            evidence=np.log1p(counts[told].astype(np.float32) / expected),
        )

    def query(self, terms: Terms) -> Query:
        """``terms`` looked up in this space."""
        at = np.searchsorted(self.keys, terms)
        at[at == len(self.keys)] = 0
        known = self.keys[at] == terms if len(self.keys) else np.zeros(len(terms), bool)
        blocks = block_of(terms).astype(np.intp)
        counts = np.bincount(blocks, minlength=len(BLOCKS)).astype(np.float32)
        telling = int(counts[: PAIR + 1].sum())
        rarity = np.where(known, self.idf[at], np.float32(self.rarest))[:telling]
        totals = np.bincount(blocks[:telling], rarity, minlength=PAIR + 1).astype(np.float32)
        return Query(at[known], blocks[known], counts, totals)

    def foreign(self, query: Query, missing: Ints | None = None, is_ours: bool = True) -> Floats:
        """By block: how much rather the question's terms are used for what we don't answer than for what we do.

        Naive Bayes of two classes, over the square root of the number of terms. ``missing``: terms of a phrase
        that is to be left out, of something that is ours or is not.
        """
        ours, theirs = self.ours[query.at], self.theirs[query.at]
        if missing is not None:
            (ours if is_ours else theirs)[np.isin(query.at, missing)] -= 1
            ours, theirs = np.maximum(ours, 0), np.maximum(theirs, 0)
        expected = IMAGINED_HALF * self.expected[query.at]
        mine, other = self.sizes
        rather = np.log((theirs + expected) / (other + IMAGINED_HALF) * (mine + IMAGINED_HALF) / (ours + expected))
        found = np.bincount(query.blocks, rather, minlength=len(BLOCKS)) / np.sqrt(np.maximum(query.counts, 1))
        if query.counts[MARKED] == 0:
            found[MARKED] = found[WORD]
        return np.asarray(found, np.float32)

    def places(self, terms: Terms) -> Ints:
        """Where ``terms``, all of them known, stand in this space."""
        return np.asarray(np.searchsorted(self.keys, terms))

    def hearings(self, query: Query) -> tuple[Ints, Small, Floats]:
        """Who has heard the question's terms: for each hearing the term (its place in the query), entry, evidence."""
        flat, term = _spread(self.heard_ends, query.at)
        return term, self.heard.take(flat), self.evidence.take(flat)

    def likeness(self, query: Query, entries: Sequence[int]) -> tuple[Floats, Ints]:
        """How alike the question and every phrase of some entries are, 0 to 1; where each entry's phrases begin."""
        rarity = np.where(self.expected[query.at] <= self._frequent, self.idf[query.at], np.float32(0))
        length = np.sqrt(np.bincount(query.blocks, rarity * rarity, minlength=len(BLOCKS)))
        scale = SCALE / np.maximum(length, 1e-6)
        return self.phrases.sums(entries, self._table(query.at, rarity * scale[query.blocks]))

    def named(self, query: Query, entries: Sequence[int]) -> tuple[Floats, Ints]:
        """Which share of every name of some entries the question says, 0 to 1; where each entry's names begin."""
        return self.names.sums(entries, self._table(query.at, 1))

    def _table(self, at: Ints, values: Floats | int) -> Floats:
        """One value for every term, nothing for those not mentioned."""
        found = np.zeros(len(self.keys), np.float32)
        found[at] = values
        return found

    def replaced(self, entry: int, terms: Sequence[Terms], names: int) -> Space:
        """The space with other phrases for ``entry`` (the next number adds one); rarities stay as they were.

        The first ``names`` of the phrases are what the entry is called.
        """
        made = self._with_terms(np.unique(np.concatenate(terms)) if terms else np.empty(0, np.uint32))
        at = np.searchsorted(made.keys, np.concatenate(terms)) if terms else np.empty(0, np.int64)
        ends = np.concatenate([[0], np.cumsum([len(t) for t in terms], dtype=np.int64)])
        first, small = np.array([0, len(terms)]), at.astype(np.int32)
        made = replace(
            made,
            phrases=made.phrases.replaced(entry, made._phrases(first, ends, small)),
            names=made.names.replaced(entry, made._names(first, ends, small, np.arange(len(terms)) < names)),
        )
        return made._heard_anew(entry, at)

    def _with_terms(self, terms: Terms) -> Space:
        """The space with room for terms it has not seen."""
        places = np.searchsorted(self.keys, terms)
        is_fresh = np.append(self.keys, np.uint32(0))[places] != terms
        fresh, places = terms[is_fresh], places[is_fresh]
        moved = np.cumsum(np.bincount(places, minlength=len(self.keys) + 1))[:-1].astype(np.int32)
        seldom = np.float32(np.exp(-self.rarest))
        return replace(
            self,
            keys=np.insert(self.keys, places, fresh),
            idf=np.insert(self.idf, places, np.float32(self.rarest)),
            expected=np.insert(self.expected, places, seldom),
            ours=np.insert(self.ours, places, np.float32(0)),
            theirs=np.insert(self.theirs, places, np.float32(0)),
            phrases=self.phrases.renumbered(moved),
            names=self.names.renumbered(moved),
            heard_ends=np.insert(self.heard_ends, places, self.heard_ends[places]),
        )

    def _heard_anew(self, entry: int, at: Ints) -> Space:
        kept = self.heard != entry
        before = np.concatenate([[0], np.cumsum(kept)])
        ends, heard, evidence = before[self.heard_ends], self.heard[kept], self.evidence[kept]
        terms, counts = np.unique(at, return_counts=True)
        places = ends[terms + 1]
        told = np.log1p(counts / (IMAGINED * self.expected[terms])).astype(np.float32)
        added = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(self.keys)))])
        return replace(
            self,
            heard_ends=ends + added,
            heard=np.insert(heard, places, np.int32(entry)),
            evidence=np.insert(evidence, places, told),
        )


def _spread(ends: Ints, at: Ints) -> tuple[Ints, Ints]:
    """All positions ``ends[a]`` up to ``ends[a + 1]`` for each ``a``; and the place of that ``a``."""
    starts = ends[at]
    sizes = ends[at + 1] - starts
    before = np.cumsum(sizes)
    total = int(before[-1]) if len(before) else 0
    flat = np.arange(total) + np.repeat(starts - (before - sizes), sizes)
    return flat, np.repeat(np.arange(len(at)), sizes)
