"""What is searched: entries (procedures, FAQ, what is not ours, unrelated talk) and their phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.record import Record
from knowledge.understanding.normalize import fold
from knowledge.understanding.ridge import MAX_PHRASES
from knowledge.understanding.tables import load
from knowledge.understanding.types import NotOurs

Kind = Literal["procedure", "faq", "not_ours", "unrelated"]
# An entry with fewer phrases is found by its names; with more, the index learns what sets it apart.
LEARNABLE = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a question can be about. ``questions`` are phrases as people put it, ``names`` official."""

    kind: Kind
    key: str
    names: tuple[str, ...]
    questions: tuple[str, ...]
    rivals: frozenset[str] = frozenset()

    @property
    def learnable(self) -> tuple[str, ...]:
        """The phrases one can learn from: the official name once, and how people ask."""
        return _distinct((*self.names[:1], *self.questions))

    def split(self, limit: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """At most ``limit`` phrases to learn from, spread over all; and the others.

        The others (further names, questions beyond the limit) are found by their likeness alone.
        """
        usable = self.learnable if self.is_learnable else ()
        step = max(1.0, len(usable) / limit)
        learnt = tuple(usable[int(at * step)] for at in range(min(len(usable), limit)))
        known = {fold(p) for p in learnt}
        return learnt, tuple(p for p in _distinct((*self.names, *self.questions)) if fold(p) not in known)

    @property
    def is_ours(self) -> bool:
        """Whether a question about it can be answered by us."""
        return self.kind in ("procedure", "faq")

    @property
    def is_learnable(self) -> bool:
        """Whether there are enough phrases to learn from."""
        return len(self.learnable) >= LEARNABLE


def _distinct(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({fold(p): p for p in reversed(phrases)}.values())[::-1]


def entry_of(record: Record) -> Entry:
    """The searchable part of a record."""
    english = (record.english.name,) if record.english else ()
    names = (record.name, record.label, *record.old_names, *english)
    rivals = frozenset(c.slug for c in record.confused)
    return Entry(record.kind, record.slug, names, record.questions, rivals)


def background(not_ours: Iterable[NotOurs]) -> list[Entry]:
    """Entries for what we don't answer: named topics first, then unrelated talk."""
    topics = [Entry("not_ours", n.topic, (), n.questions) for n in not_ours if n.questions]
    groups = load("unrelated")["groups"]
    return topics + [Entry("unrelated", str(g["name"]), (), tuple(map(str, g["words"]))) for g in groups]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of the index."""

    text: str
    entry: int
    is_question: bool


def learning_limit(entries: Sequence[Entry]) -> int:
    """How many phrases of each entry are learnt from, so that all together stay within the budget."""
    sizes = [len(e.learnable) for e in entries if e.is_learnable]
    limit = max(sizes, default=1)
    while limit > LEARNABLE and sum(min(size, limit) for size in sizes) > MAX_PHRASES:
        limit -= 1
    return limit


def rows(entries: Sequence[Entry]) -> tuple[list[Entry], list[Phrase], int, int]:
    """Entries, their phrases in rows, how many of these are learnt from (they come first), and the limit."""
    ordered = sorted(entries, key=lambda e: not e.is_learnable)
    limit = learning_limit(ordered)
    parts = [e.split(limit) for e in ordered]
    asked = [frozenset(e.questions) for e in ordered]
    learnt = [Phrase(p, at, p in asked[at]) for at, (phrases, _) in enumerate(parts) for p in phrases]
    others = [Phrase(p, at, False) for at, (_, phrases) in enumerate(parts) for p in phrases]
    return ordered, learnt + others, len(learnt), limit
