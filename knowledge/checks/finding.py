"""What a check reports: a :class:`Problem` must be put right, a :class:`Notice` must be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.files import Problem
from knowledge.record import Record


@dataclass(frozen=True)
class Notice(Problem):
    """Something a person should look at; ``kind`` groups the list."""

    kind: str = ""


def bad(record: Record, field: str, message: str) -> Problem:
    """Something wrong with one field of ``record``."""
    return Problem(f"{record.slug}.yaml", field, message)


def note(record: Record, kind: str, field: str, message: str) -> Notice:
    """Something about one field of ``record`` that a person should look at."""
    return Notice(f"{record.slug}.yaml", field, message, kind)


def quoted(text: str, limit: int = 70) -> str:
    """``text`` shortened to stand inside a message."""
    return f"“{text if len(text) <= limit else text[: limit - 1].rstrip() + '…'}”"
