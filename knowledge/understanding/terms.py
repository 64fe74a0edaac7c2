"""From a reading to terms: small numbers that stand for words, pairs, concepts and letter groups.

A term is 32 bits: its block in the top three, below them the word's number or, for what is made of several
parts, a hash of them. Among a million terms one in 500 shares its number with another, which no ranking
notices, and an index of 45,000 phrases takes half the memory and sorts in a third of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from typing import Final

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
_UNKNOWN = (1 << TAG_SHIFT) - 1


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


class Lexicon:
    """Numbers for words; it grows while an index is built and is only read afterwards."""

    def __init__(self, words: dict[str, int] | None = None, marked: dict[str, int] | None = None) -> None:
        self._words = words or {}
        self._marked = marked or {}
        self._concepts = {name: number for number, name in enumerate(concept_names())}

    @property
    def numbers(self) -> tuple[dict[str, int], dict[str, int]]:
        """The numbers of the words, without and with marks."""
        return self._words, self._marked

    def copy(self) -> Lexicon:
        """A lexicon that can grow without changing this one."""
        return Lexicon(dict(self._words), dict(self._marked))

    def terms(self, reading: Reading, *, grow: bool = False) -> Terms:
        """The distinct terms of ``reading``, sorted; unknown words have terms that no phrase has."""
        if grow:
            for word in reading.folded:
                self._words.setdefault(word, len(self._words))
            for word in reading.typed:
                self._marked.setdefault(word, len(self._marked))
        get, folded = self._words.get, reading.folded[-MAX_WORDS:]
        words = np.array([get(w, _UNKNOWN) for w in folded], np.uint32)
        parts = [words, _pairs(words), _concept_pairs(sorted({self._concepts[m.value] for m in reading.concepts}))]
        if reading.has_marks:
            typed = [self._marked.get(w, _UNKNOWN) for w in reading.typed[-MAX_WORDS:] if _has_mark(w)]
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


def concept_names() -> list[str]:
    """All concepts of the table, in a stable order."""
    return sorted(concept_phrases().values())


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
