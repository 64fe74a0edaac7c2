"""From a reading to terms: small numbers that stand for words, pairs, concepts and letter groups.

A term is 32 bits: its block in the top three, below them a hash of the word or of several parts. Among a
million terms one in 500 shares its number with another, which no ranking notices, and an index of 45,000
phrases takes half the memory and sorts in a third of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from typing import Final
from zlib import crc32

import numpy as np

from knowledge.understanding.grouped import Ints, Terms
from knowledge.understanding.reading import Reading, concept_phrases

# The blocks, in the order of their terms.
WORD, PAIR, MARKED, CONCEPTS, LETTERS = range(5)
BLOCKS: Final = ("words", "pairs", "marks", "meanings", "letters")
WINDOW: Final = 5  # how far apart the two words of a pair may stand
MAX_WORDS: Final = 120
TAG_SHIFT: Final = 29  # a term's block stands above this bit
_MASK = np.uint32((1 << TAG_SHIFT) - 1)
_TAGS = np.arange(len(BLOCKS), dtype=np.uint32) << np.uint32(TAG_SHIFT)


def block_of(keys: Terms) -> Terms:
    """The block each term belongs to."""
    return keys >> np.uint32(TAG_SHIFT)


def _hashed(block: int, *parts: Terms) -> Terms:
    """Terms of one block from parts of equal length; multiplication spreads, the shift brings the high bits down."""
    mixed = np.full(len(parts[0]), block, np.uint32)
    for part in parts:
        mixed = (mixed + part) * np.uint32(0x9E3779B1)
        mixed ^= mixed >> np.uint32(15)
    return np.asarray((mixed & _MASK) | _TAGS[block], np.uint32)


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    """A word's number: the same in every process, so that nobody need keep a list of them."""
    return crc32(word.encode()) & int(_MASK)


def terms(reading: Reading) -> Terms:
    """The distinct terms of ``reading``, sorted."""
    folded = reading.folded[-MAX_WORDS:]
    words = np.array([_number(w) for w in folded], np.uint32)
    numbers = _concept_numbers()
    parts = [words, _pairs(words), _concept_pairs(sorted({numbers[m.value] for m in reading.concepts}))]
    if reading.has_marks:
        typed = [_number(w) for w in reading.typed[-MAX_WORDS:] if _has_mark(w)]
        parts.append(np.array(typed, np.uint32) | _TAGS[MARKED])
    parts.append(_letter_groups(folded))
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
    return {name: number for number, name in enumerate(sorted(concept_phrases().values()))}


def _has_mark(word: str) -> bool:
    return not word.isascii() or word[-1:].isdigit()


@lru_cache(maxsize=MAX_WORDS + 1)
def _near(size: int) -> tuple[Ints, Ints]:
    """The places of all words that stand near each other in a text of ``size`` words."""
    gaps = range(1, min(WINDOW, size - 1) + 1)
    first = [np.arange(size - gap) for gap in gaps] or [np.empty(0, np.int64)]
    second = [np.arange(gap, size) for gap in gaps] or [np.empty(0, np.int64)]
    return np.concatenate(first), np.concatenate(second)


def _pairs(words: Terms) -> Terms:
    """Words that stand near each other, in either order."""
    first, second = _near(len(words))
    a, b = words[first], words[second]
    return _hashed(PAIR, np.minimum(a, b), np.maximum(a, b))


def _concept_pairs(concepts: list[int]) -> Terms:
    """Concepts said in one text: what it is about and what happened to it."""
    if len(concepts) < 2:
        return np.empty(0, np.uint32)
    pairs = np.array(list(combinations(concepts, 2)), np.uint32)
    return _hashed(CONCEPTS, pairs[:, 0], pairs[:, 1])


def _letter_groups(words: Iterable[str]) -> Terms:
    """Four letters in a row, across words: they survive slips of single letters."""
    text = np.frombuffer(f" {' '.join(words)} ".encode("ascii", "replace"), np.uint8).astype(np.uint32)
    if len(text) < 4:
        return np.empty(0, np.uint32)
    packed = (text[:-3] << np.uint32(24)) | (text[1:-2] << np.uint32(16)) | (text[2:-1] << np.uint32(8)) | text[3:]
    return _hashed(LETTERS, packed)
