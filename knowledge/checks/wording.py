"""Can a person of seventy read it: long sentences, and phrases that only officials use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from knowledge.checks.finding import Notice, note, quoted
from knowledge.checks.links import texts
from knowledge.files import DATA
from knowledge.record import Record
from knowledge.yaml_files import read_yaml

LONGEST = 25
"""Words (syllables, as Vietnamese writes them) in one sentence."""
_ENDS = re.compile(r"(?<=[.!?:;…])[\s”\")]+|\n+")


@cache
def plain_words(path: Path = DATA / "plain_words.yaml") -> dict[str, str]:
    """Officialese, and what to write instead."""
    words: dict[str, str] = read_yaml(path)
    return words


def sentences(text: str) -> list[str]:
    """``text`` cut where a reader may breathe: full stops, colons, semicolons, new lines."""
    return [part.strip() for part in _ENDS.split(text) if part and part.strip()]


def notices(record: Record) -> Iterator[Notice]:
    """Sentences of more than :data:`LONGEST` words, and officialese."""
    for field, text in texts(record):
        for sentence in sentences(text):
            count = len(sentence.split())
            if count > LONGEST:
                yield note(record, "long sentence", field, f"{count} words: {quoted(sentence)}")
        for phrase, better in plain_words().items():
            if phrase in text.casefold():
                yield note(record, "officialese", field, f"“{phrase}”: better “{better}”")
