"""Does the entry admit what its facts admit: how sure they are, what is open, whom to ask?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.checks.finding import Notice, bad, note, quoted
from knowledge.files import Problem
from knowledge.record import Fact, Record, walk_facts

WHOM = re.compile(r"\b(hỏi|xem|gọi|theo dõi)\b", re.IGNORECASE)


def problems(record: Record) -> Iterator[Problem]:
    """An entry that calls itself sure although a fact in it is not even likely."""
    doubtful = _of(record, "unverified")
    if record.confidence == "sure" and doubtful:
        yield bad(record, "confidence", f"says 'sure', but {doubtful[0]} is unverified")
    if record.confidence != "unverified" and not record.sources:
        yield bad(record, "confidence", f"says {record.confidence!r}, but the entry names no source")


def notices(record: Record) -> Iterator[Notice]:
    """Doubts without an open point, open points without whom to ask, sources nobody refers to."""
    likely = _of(record, "likely")
    if record.confidence == "sure" and likely:
        yield note(record, "certainty", "confidence", f"says 'sure', but {likely[0]} is only likely")
    unverified = _of(record, "unverified")
    if unverified and not record.open_points:
        yield note(record, "certainty", "open_points", f"{unverified[0]} is unverified: say what is open, whom to ask")
    for point in record.open_points:
        if not WHOM.search(point):
            yield note(record, "certainty", "open_points", f"{quoted(point)}: whom to ask?")
    used = {fact.source for version in versions(record) for _, fact in walk_facts(version)}
    if used - {None}:
        for key in sorted(set(record.sources) - used):
            yield note(record, "certainty", f"sources.{key}", "no fact refers to it")


def versions(record: Record) -> list[Record]:
    """``record`` as written and as its prepared changes will make it."""
    return [record, *(record.on(change.effective_from) for change in record.changes)]


def _of(record: Record, confidence: str) -> list[str]:
    return [path for path, fact in walk_facts(record) if _stated(fact) and fact.confidence == confidence]


def _stated(fact: Fact) -> bool:
    # "We do not know the level" is no doubtful statement, it is the admission itself.
    return getattr(fact, "name", None) != "chưa rõ"
