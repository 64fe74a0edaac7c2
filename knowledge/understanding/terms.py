"""From a reading to terms: small numbers that stand for words, pairs and concepts.

A term is 32 bits: its block in the top three, below them a hash of the word or of several parts. Among a
million terms one in 500 shares its number with another, which no ranking notices, and an index of 45,000
phrases takes half the memory and sorts in a third of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final
from zlib import crc32

import numpy as np

from knowledge.understanding.grouped import Ints, Terms
from knowledge.understanding.reading import Reading, concept_phrases, stages_of_life

# The blocks, in the order of their terms.
WORD, PAIR, MARKED, CONCEPTS = range(4)
BLOCKS: Final = ("words", "pairs", "marks", "meanings")
WINDOW: Final = 3  # how far apart the two words of a pair may stand
MAX_WORDS: Final = 120
TAG_SHIFT: Final = 29  # a term's block stands above this bit
_MASK = np.uint32((1 << TAG_SHIFT) - 1)


def block_of(keys: Terms) -> Terms:
    """The block each term belongs to."""
    return keys >> np.uint32(TAG_SHIFT)


def _hashed(blocks: Sequence[tuple[int, Terms, Terms]]) -> Terms:
    """Terms of some blocks, each from two parts of equal length; multiplication spreads, the shift brings bits down.

    All at once: for so few numbers every call of numpy costs more than what it computes.
    """
    sizes = [len(first) for _, first, _ in blocks]
    block = np.repeat(np.array([b for b, _, _ in blocks], np.uint32), sizes)
    mixed = block
    for part in (np.concatenate([b[1] for b in blocks]), np.concatenate([b[2] for b in blocks])):
        mixed = (mixed + part) * np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
    return np.asarray((mixed & _MASK) | (block << np.uint32(TAG_SHIFT)), np.uint32)


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    """A word's number: the same in every process, so that nobody need keep a list of them."""
    return crc32(word.encode()) & int(_MASK)


def terms(reading: Reading) -> Terms:
    """The distinct terms of ``reading``, sorted."""
    folded = reading.folded[-MAX_WORDS:]
    words = np.array([_number(w) for w in folded], np.uint32)
    numbers = _concept_numbers()
    parts = [words]
    if reading.has_marks:
        typed = [_number(w) for w in reading.typed[-MAX_WORDS:] if _has_mark(w)]
        parts.append(np.array(typed, np.uint32) | np.uint32(MARKED << TAG_SHIFT))
    meanings = _concept_pairs(sorted({numbers[m.value] for m in reading.concepts}))
    parts.append(_hashed([(PAIR, *_pairs(words)), (CONCEPTS, *meanings)]))
    return _distinct(np.concatenate(parts))


def _distinct(numbers: Terms) -> Terms:
    """Sorted, each once; numpy's own way is made for large arrays."""
    numbers.sort()
    if len(numbers) < 2:
        return numbers
    kept = np.empty(len(numbers), bool)
    kept[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=kept[1:])
    return numbers[kept]


@lru_cache(maxsize=1)
def _concept_numbers() -> dict[str, int]:
    """All concepts of the table, numbered in a stable order."""
    return {name: number for number, name in enumerate(sorted([*concept_phrases().values(), *stages_of_life()]))}


def _has_mark(word: str) -> bool:
    return not word.isascii() or word[-1:].isdigit()


@lru_cache(maxsize=MAX_WORDS + 1)
def _near(size: int) -> tuple[Ints, Ints]:
    """The places of all words that stand near each other in a text of ``size`` words."""
    gaps = range(1, min(WINDOW, size - 1) + 1)
    first = [np.arange(size - gap) for gap in gaps] or [np.empty(0, np.int64)]
    second = [np.arange(gap, size) for gap in gaps] or [np.empty(0, np.int64)]
    return np.concatenate(first), np.concatenate(second)


def _pairs(words: Terms) -> tuple[Terms, Terms]:
    """Words that stand near each other, in either order."""
    first, second = _near(len(words))
    a, b = words[first], words[second]
    return np.minimum(a, b), np.maximum(a, b)


def _concept_pairs(concepts: list[int]) -> tuple[Terms, Terms]:
    """Concepts said in one text: what it is about and what happened to it."""
    pairs = np.array(list(combinations(concepts, 2)), np.uint32).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
