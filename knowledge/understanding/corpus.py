"""What is searched: entries (procedures, FAQ, what is not ours, unrelated talk) and their phrases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.record import Record
from knowledge.understanding.normalize import fold
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
    def learnt(self) -> tuple[str, ...]:
        """The phrases to learn from: how people ask, and the official name once."""
        return _distinct((*self.names[:1], *self.questions))

    @property
    def also(self) -> tuple[str, ...]:
        """Other names: found by their likeness, but too short and too many to learn from."""
        known = {fold(p) for p in self.learnt}
        return tuple(p for p in _distinct(self.names) if fold(p) not in known)

    @property
    def is_ours(self) -> bool:
        """Whether a question about it can be answered by us."""
        return self.kind in ("procedure", "faq")

    @property
    def is_learnable(self) -> bool:
        """Whether there are enough phrases to learn from."""
        return len(self.learnt) >= LEARNABLE


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


def rows(entries: Sequence[Entry]) -> tuple[list[Entry], list[Phrase], int]:
    """Entries, their phrases in rows, and how many of these are learnt from (they come first)."""
    ordered = sorted(entries, key=lambda e: not e.is_learnable)
    learnt = [Phrase(p, at, p in e.questions) for at, e in enumerate(ordered) if e.is_learnable for p in e.learnt]
    others = [
        Phrase(p, at, False)
        for at, e in enumerate(ordered)
        for p in (e.also if e.is_learnable else (*e.learnt, *e.also))
    ]
    return ordered, learnt + others, len(learnt)
