"""The signals: for each candidate entry, a few numbers that speak for or against it.

Naive Bayes over each block of terms (how much likelier is each term in this entry's phrases than in all),
likeness to the entry's nearest phrases, and how much of the question the entry has ever heard. All of them
can be had as if one phrase were missing, which is how the weights are learnt without labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.grouped import Floats, Ints
from knowledge.understanding.space import IMAGINED, Query, Space
from knowledge.understanding.terms import BLOCKS, MARKED, PAIR, WORD

SIGNALS = (*(f"{name} speak for it" for name in BLOCKS), "nearest", "near", "named", "words heard", "pairs heard")
NEAREST, HEARD = len(BLOCKS), len(BLOCKS) + 3
ABOUT = (*(f"{name} used for what is not ours" for name in BLOCKS), "length")
NEAR = 3  # how near an entry is: the mean likeness of its so many most alike phrases
# Who is looked at closer: so many of each kind, by the evidence alone (weights much as they come out learnt).
CLOSER = (5, 3, 3)
FIRST_LOOK = np.array([0.3, 0.2, 0.5, 0.2], np.float32)


@dataclass(frozen=True, slots=True)
class Signals:
    """``values`` has one row a candidate; ``about`` speaks of the question alone (see :data:`ABOUT`)."""

    candidates: Ints
    values: Floats
    about: Floats


@dataclass(frozen=True, slots=True)
class Missing:
    """A phrase to be treated as if it were not in the index: its entry, its place there, its terms in the space."""

    entry: int
    place: int
    at: Ints
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Look:
    """The evidence for every entry: who has heard which term, and what each block speaks for each entry."""

    space: Space
    query: Query
    missing: Missing | None
    term: Ints
    heard: NDArray[np.int32]
    evidence: Floats
    spoken: Floats

    @classmethod
    def at(cls, space: Space, query: Query, missing: Missing | None = None) -> Look:
        """A first look at a question; with ``missing`` as if one phrase were not in the index."""
        entries = space.entries
        term, heard, evidence = space.hearings(query)
        silence = space.silence
        if missing is not None:
            evidence = _without(space, query, term, heard, evidence, missing)
            silence = silence.copy()
            silence[missing.entry] = -np.log1p((np.expm1(-silence[missing.entry]) * IMAGINED - 1) / IMAGINED)
        slot = query.blocks[term] * entries + heard
        sums = np.bincount(slot, evidence, minlength=len(BLOCKS) * entries).reshape(len(BLOCKS), entries)
        root = np.sqrt(np.maximum(query.counts, 1))
        told = space.heard_ends[query.at + 1] > space.heard_ends[query.at]
        known = np.bincount(query.blocks[told], minlength=len(BLOCKS))
        spoken: Floats = (sums / root[:, None]).astype(np.float32) + np.outer(known / root, silence).astype(np.float32)
        if query.counts[MARKED] == 0:  # typed without marks: the bare words have to stand in for them
            spoken[MARKED] = spoken[WORD]
        return cls(space, query, missing, term, heard, evidence, spoken)

    def promising(self, kinds: NDArray[np.int64], wanted: Ints) -> Ints:
        """The most promising entries of each kind, and those ``wanted``."""
        look = FIRST_LOOK @ self.spoken - self.space.silence
        found = [wanted]
        for kind, most in enumerate(CLOSER):
            own = np.flatnonzero(kinds == kind)
            found.append(own if len(own) <= most else own[np.argpartition(-look[own], most)[:most]])
        return np.unique(np.concatenate(found))

    def closer(self, candidates: Ints) -> Signals:
        """The signals of some entries."""
        values = np.empty((len(candidates), len(SIGNALS)), np.float32)
        values[:, : len(BLOCKS)] = self.spoken[:, candidates].T
        values[:, NEAREST : HEARD - 1] = _nearest(self.space, self.query, candidates, self.missing)
        values[:, HEARD - 1] = _named(self.space, self.query, candidates)
        values[:, HEARD:] = _heard(self, candidates)
        missing = self.missing
        foreign = self.space.foreign(self.query, *((missing.at, missing.is_ours) if missing else ()))
        return Signals(candidates, values, np.append(foreign, np.log(max(1.0, float(self.query.counts[WORD])))))


NOBODY = np.empty(0, np.int64)


def gather(space: Space, kinds: NDArray[np.int64], query: Query, missing: Missing | None = None) -> Signals:
    """The signals of a question for the most promising entries."""
    look = Look.at(space, query, missing)
    return look.closer(look.promising(kinds, NOBODY))


def _without(
    space: Space, query: Query, term: Ints, heard: NDArray[np.int32], evidence: Floats, missing: Missing
) -> Floats:
    """The evidence when one phrase's share in it is taken away."""
    mine = np.flatnonzero(heard == missing.entry)
    mine = mine[np.isin(query.at[term[mine]], missing.at)]
    one = 1 / (IMAGINED * space.expected[query.at[term[mine]]])
    found = evidence.copy()
    found[mine] = np.log(np.maximum(np.exp(evidence[mine]) - one, 1))
    found[mine[found[mine] < 1e-4]] = 0
    return found


def _nearest(space: Space, query: Query, candidates: Ints, missing: Missing | None) -> Floats:
    """For each candidate the likeness of its nearest phrase, and of its nearest few (it may have but one)."""
    alike, begins = space.likeness(query, candidates.tolist())
    sizes = np.diff(begins)
    if missing is not None and missing.entry in candidates:
        at = int(np.searchsorted(candidates, missing.entry))
        alike[begins[at] + missing.place] = -1  # the last of its entry, and not counted
        sizes[at] -= 1
    owners = np.repeat(np.arange(len(candidates)), np.diff(begins))
    falling = np.append(alike[np.lexsort((-alike, owners))], np.zeros(NEAR, np.float32))
    nearest = np.stack([np.where(sizes > nth, falling[begins[:-1] + nth], np.float32(0)) for nth in range(NEAR)])
    return np.stack([nearest[0], nearest.sum(0) / np.clip(sizes, 1, NEAR)], 1)


def _named(space: Space, query: Query, candidates: Ints) -> Floats:
    """For each candidate the share of its best name that the question says; what has no name is not named."""
    said, begins = space.named(query, candidates.tolist())
    best = np.maximum.reduceat(np.append(said, np.float32(0)), begins[:-1]) if len(candidates) else said
    return np.where(np.diff(begins) > 0, best, np.float32(0))


def _heard(look: Look, candidates: Ints) -> Floats:
    """Which share of the question's words, and of its pairs, by rarity, each candidate has heard."""
    space, query = look.space, look.query
    telling = int(np.searchsorted(query.blocks, PAIR, "right"))
    words = int(np.searchsorted(query.blocks, WORD, "right"))
    column = np.full(space.entries, -1)
    column[candidates] = np.arange(len(candidates))
    ever = np.zeros((len(candidates), telling), np.float32)
    few = int(np.searchsorted(look.term, telling))
    who = column[look.heard[:few]]
    wanted = (who >= 0) & (look.evidence[:few] > 0)
    ever[who[wanted], look.term[:few][wanted]] = 1
    rarity = space.idf[query.at[:telling]]
    shares = np.stack([ever[:, :words] @ rarity[:words], ever[:, words:] @ rarity[words:]], 1)
    return np.asarray(shares / np.maximum(query.totals, 1e-6)[None, :], np.float32)
