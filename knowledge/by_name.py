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


class Names:
    """The names of all entries, folded once."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._rows = [_row(record) for record in records]

    def search(self, text: str, most: int) -> list[str]:
        """Slugs of entries in whose names every word of ``text`` begins a word, those named so first."""
        words = _words(clean(text))[:MOST_WORDS]
        if not words:
            return []
        rows = [row for row in self._rows if all(f" {word}" in row.names for word in words)]
        typed = " ".join(words)
        rows.sort(key=lambda row: (f" {typed}" not in f" {row.label}", len(row.label), row.slug))
        return [row.slug for row in rows[:most]]


def _row(record: Record) -> _Row:
    english = (record.english.name,) if record.english else ()
    names = (record.label, record.name, *record.old_names, *english)
    return _Row(record.slug, " ".join(_words(record.label)), "".join(f" {word}" for n in names for word in _words(n)))


def _words(text: str) -> list[str]:
    return _NOT_A_WORD.sub(" ", fold(text)).split()
