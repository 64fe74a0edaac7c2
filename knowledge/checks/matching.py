"""Do our own example questions find their own entry?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.checks.finding import Notice, note, quoted
from knowledge.record import Record
from knowledge.understanding import Index, NotOurs, Understanding


def notices(records: Sequence[Record], not_ours: Sequence[NotOurs] = ()) -> Iterator[Notice]:
    """The example questions that would be answered with another entry, or not at all.

    The index knows each of these questions, so a miss here means that another entry claims its words even more.
    """
    index = Index.build(list(records), list(not_ours))
    for record in records:
        for question in record.questions:
            went = _elsewhere(index.understand(question), record.slug)
            if went:
                yield note(record, "goes elsewhere", "questions", f"{quoted(question, 100)} → {went}")


def _elsewhere(found: Understanding, slug: str) -> str:
    """Where a question of ``slug`` went instead; empty when its own entry is answered or offered."""
    if found.decision == "unknown":
        return f"unknown ({found.not_ours})" if found.not_ours else "unknown"
    offered = (found.entry,) if found.decision == "answer" else found.choices
    return "" if slug in offered else " | ".join(str(entry) for entry in offered)
