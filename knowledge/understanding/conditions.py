"""Circumstances said in a question (lost, child, foreigner …), for choosing the right case of a procedure."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from knowledge.record import Condition
from knowledge.understanding.ages import ages
from knowledge.understanding.facets import named_in
from knowledge.understanding.frames import clashes, outermost
from knowledge.understanding.normalize import fold
from knowledge.understanding.reading import Reading
from knowledge.understanding.tables import Match, Phrases, load

# "không còn", "chưa có" are conditions in themselves: a negation inside the phrase is part of it.
_NEGATIONS = frozenset(["khong", "chua", "chang", "dau"])
# Years from which the law makes somebody a holder of papers of their own, and an old person.
_GROWN, _OLD = 14, 70


@lru_cache(maxsize=1)
def _tables() -> tuple[Phrases[str], Phrases[str], frozenset[str]]:
    table = load("conditions")
    phrases = Phrases((w, g["condition"], False) for g in table["groups"] for w in dict.fromkeys(g["words"]))
    names = Phrases((w, "", False) for w in table["names"]["words"])
    return phrases, names, frozenset(map(fold, table["between"]["words"]))


def conditions_of(reading: Reading) -> frozenset[Condition]:
    """All conditions the question mentions and does not deny."""
    phrases, own_names, _ = _tables()
    names = [*named_in(reading), *own_names.find(reading.folded, reading.typed, overlap=True)]
    there = phrases.find(reading.folded, reading.typed, overlap=True)
    found: set[str] = set()
    before: Match[str] | None = None
    denied = False
    for match in outermost([m for m in there if not clashes(m.start, m.end, names)]):
        # "không định cư ở nước ngoài": what goes on with the same circumstance is denied with it.
        goes_on = before is not None and before.value == match.value and match.start <= before.end
        denied = (denied and goes_on) or _is_denied(reading, match, before)
        before = match
        if not denied:
            found.add(match.value)
    return cast(frozenset[Condition], frozenset(found | _by_age(reading, found)))


def _is_denied(reading: Reading, match: Match[str], before: Match[str] | None) -> bool:
    """Whether a negation stands before the match, with nothing but small words (and no other match) in between."""
    if reading.folded[match.end : match.end + 2] == ("gi", "dau"):
        return True
    at = match.start - 1
    while at >= (before.end if before and before.end <= match.start else 0):
        word = reading.folded[at]
        if word in _NEGATIONS:
            return True
        if word not in _tables()[2]:
            return False
        at -= 1
    return False


def _by_age(reading: Reading, found: set[str]) -> set[str]:
    """What an age says: "13 tuổi" is a child, unless a grown-up speaks of a child beside it."""
    years = [age.years for age in ages(reading.folded)]
    if any(age < _GROWN for age in years):
        return {"child"}
    if not years or "child" in found:
        return set()
    return {"adult"} | ({"elderly"} if max(years) >= _OLD else set())
