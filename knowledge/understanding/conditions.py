"""Circumstances said in a question (lost, child, foreigner …), for choosing the right case of a procedure."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from knowledge.record import Condition
from knowledge.understanding.reading import Reading
from knowledge.understanding.tables import Phrases, load

_NEGATIONS = frozenset(["khong", "chua", "chang", "dau"])
# "không còn", "chưa có" are conditions in themselves: a negation inside the phrase is part of it.
_REACH = 2


@lru_cache(maxsize=1)
def _phrases() -> Phrases[str]:
    return Phrases((w, g["condition"], False) for g in load("conditions")["groups"] for w in dict.fromkeys(g["words"]))


def conditions_of(reading: Reading) -> frozenset[Condition]:
    """All conditions the question mentions and does not deny."""
    found: set[str] = set()
    for match in _phrases().find(reading.folded, reading.typed, overlap=True):
        before = reading.folded[max(0, match.start - _REACH) : match.start]
        if not _NEGATIONS.intersection(before):
            found.add(match.value)
    return cast(frozenset[Condition], frozenset(found))
