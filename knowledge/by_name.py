"""Entries by the beginnings of the words in their names, for those who are still typing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.record import Record
from knowledge.understanding.normalize import clean, fold

MOST_WORDS = 12
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class _Row:
    slug: str
    label: str
    names: str
    english: str


class Names:
    """The names of all entries, folded once."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._rows = [_row(record) for record in records]

    def search(self, text: str, most: int, *, english: bool = False) -> list[str]:
        """Slugs of entries in whose names every word of ``text`` begins a word, those named just so first."""
        words = _words(clean(text))[:MOST_WORDS]
        if not words:
            return []
        rows = [row for row in self._rows if all(f" {w}" in (row.english if english else row.names) for w in words)]
        typed = " ".join(words)
        rows.sort(key=lambda row: (f" {typed}" not in row.label, len(row.label), row.slug))
        return [row.slug for row in rows[:most]]


def _row(record: Record) -> _Row:
    names = _together(record.label, record.name, *record.old_names)
    return _Row(record.slug, _together(record.label), names, _together(record.english.name) if record.english else "")


class Examples:
    """The example questions of the general entries, word for word."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._slugs = {_key(q): record.slug for record in records if record.kind == "faq" for q in record.questions}

    def find(self, text: str) -> str | None:
        """The slug of the entry that has ``text`` among its questions, with or without marks."""
        return self._slugs.get(_key(text))


def _key(question: str) -> str:
    return " ".join(_words(clean(question)))


def _together(*names: str) -> str:
    return "".join(f" {word}" for name in names for word in _words(name))


def _words(text: str) -> list[str]:
    return _NOT_A_WORD.sub(" ", fold(text)).split()
