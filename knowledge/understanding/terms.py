"""From a reading to terms: small numbers that stand for words, pairs, concepts and letter groups.

Terms are integers (block tag, first part, second part), so that an index of 45,000 phrases needs no
million strings, and one sorted search finds all terms of a question.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Final

import numpy as np

from knowledge.understanding.grouped import Ints
from knowledge.understanding.reading import Reading, concept_phrases

# The blocks, in the order of their terms.
WORD, PAIR, MARKED, CONCEPTS, LETTERS = range(5)
BLOCKS: Final = ("words", "pairs", "marks", "meanings", "letters")
WINDOW: Final = 5  # how far apart the two words of a pair may stand
MAX_WORDS: Final = 120
TAG_SHIFT: Final = 48  # a term's block stands above this bit
_PART_SHIFT = 24
_UNKNOWN = (1 << _PART_SHIFT) - 1


def block_of(keys: Ints) -> Ints:
    """The block each term belongs to."""
    return keys >> TAG_SHIFT


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

    def terms(self, reading: Reading, *, grow: bool = False) -> Ints:
        """The distinct terms of ``reading``, sorted; unknown words have terms that no phrase has."""
        if grow:
            for word in reading.folded:
                self._words.setdefault(word, len(self._words))
            for word in reading.typed:
                self._marked.setdefault(word, len(self._marked))
        get, folded = self._words.get, reading.folded[-MAX_WORDS:]
        words = np.array([get(w, _UNKNOWN) for w in folded], np.int64)
        parts = [words, *_pairs(words), _concept_pairs(sorted({self._concepts[m.value] for m in reading.concepts}))]
        if reading.has_marks:
            typed = [self._marked.get(w, _UNKNOWN) for w in reading.typed[-MAX_WORDS:] if _has_mark(w)]
            parts.append(np.array(typed, np.int64) + (MARKED << TAG_SHIFT))
        parts.append(_letter_groups(folded))
        return _distinct(np.concatenate(parts))


def _distinct(numbers: Ints) -> Ints:
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


def _pairs(words: Ints) -> Iterable[Ints]:
    """Words that stand near each other, in either order."""
    for gap in range(1, min(WINDOW, len(words) - 1) + 1):
        a, b = words[:-gap], words[gap:]
        yield (np.minimum(a, b) << _PART_SHIFT) + np.maximum(a, b) + (PAIR << TAG_SHIFT)


def _concept_pairs(concepts: list[int]) -> Ints:
    """Concepts said in one text: what it is about and what happened to it."""
    pairs = [(a << _PART_SHIFT) + b + (CONCEPTS << TAG_SHIFT) for a, b in combinations(concepts, 2)]
    return np.array(pairs, np.int64)


def _letter_groups(words: Iterable[str]) -> Ints:
    """Four letters in a row, across words: they survive slips of single letters."""
    text = np.frombuffer(f" {' '.join(words)} ".encode("ascii", "replace"), np.uint8).astype(np.int64)
    if len(text) < 4:
        return np.empty(0, np.int64)
    packed = (text[:-3] << 24) + (text[1:-2] << 16) + (text[2:-1] << 8) + text[3:]
    packed += LETTERS << TAG_SHIFT
    return np.asarray(packed, np.int64)
