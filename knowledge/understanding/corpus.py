"""What is searched: entries (procedures, FAQ, what is not ours, unrelated talk) and their phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.record import Record
from knowledge.understanding.labelled import asked
from knowledge.understanding.normalize import fold
from knowledge.understanding.tables import load
from knowledge.understanding.types import NotOurs

_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")

Kind = Literal["procedure", "faq", "not_ours", "unrelated"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a question can be about. ``questions`` are phrases as people put it, ``names`` official."""

    kind: Kind
    key: str
    names: tuple[str, ...]
    questions: tuple[str, ...]
    asked: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything it is found by, each once. ``asked`` are labelled questions of real-sounding people."""
        return _distinct((*self.names, *self.questions, *self.asked))

    @property
    def is_ours(self) -> bool:
        """Whether a question about it can be answered by us."""
        return self.kind in ("procedure", "faq")


def _distinct(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({fold(p): p for p in reversed(phrases)}.values())[::-1]


@lru_cache(maxsize=1)
def _asked_of() -> dict[str, tuple[str, ...]]:
    """The labelled questions that have one answer, by that answer; by "" those that nobody answers."""
    found: dict[str, list[str]] = {}
    for row in asked():
        if len(row.expected) < 2:
            found.setdefault(next(iter(row.expected), ""), []).append(row.question)
    return {slug: tuple(questions) for slug, questions in found.items()}


def entry_of(record: Record) -> Entry:
    """The searchable part of a record."""
    english = (record.english.name,) if record.english else ()
    bare = _IN_BRACKETS.sub("", record.label)  # "Đăng ký hộ kinh doanh (mở tiệm)": nobody says what is in brackets
    names = (record.name, record.label, bare, *record.old_names, *english)
    return Entry(record.kind, record.slug, names, record.questions, _asked_of().get(record.slug, ()))


def background(not_ours: Iterable[NotOurs]) -> list[Entry]:
    """Entries for what we don't answer: named topics first, unrelated talk, labelled questions that have no answer."""
    topics = [Entry("not_ours", n.topic, (), n.questions) for n in not_ours if n.questions]
    talk = [Entry("unrelated", str(g["name"]), (), tuple(map(str, g["words"]))) for g in load("unrelated")["groups"]]
    return [*topics, *talk, *(Entry("unrelated", "asked", (), (), (q,)) for q in _asked_of().get("", ()))]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of the index."""

    text: str
    entry: int
    is_name: bool
    is_question: bool
    is_asked: bool


def rows(entries: Sequence[Entry]) -> list[Phrase]:
    """The phrases of all entries, those of one entry together."""
    as_put = [(frozenset(e.names), frozenset(e.questions), frozenset(e.asked)) for e in entries]
    return [Phrase(p, at, *(p in put for put in as_put[at])) for at, e in enumerate(entries) for p in e.phrases]
