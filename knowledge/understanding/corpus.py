"""What is searched: entries (procedures, FAQ, what is not ours, unrelated talk) and their phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.record import Record
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
    def phrases(self) -> tuple[str, ...]:
        """All phrases, names first, none twice."""
        distinct = {p.casefold(): p for p in reversed((*self.names, *self.questions))}
        return tuple(reversed(distinct.values()))

    @property
    def is_ours(self) -> bool:
        """Whether a question about it can be answered by us."""
        return self.kind in ("procedure", "faq")

    @property
    def is_learnable(self) -> bool:
        """Whether there are enough phrases to learn from."""
        return len(self.phrases) >= LEARNABLE


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


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Learnable entries first: their phrases form the learnt part of the index."""
    return sorted(entries, key=lambda e: not e.is_learnable)
