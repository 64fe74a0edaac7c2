"""Rewriting tables applied to the words of a text: shorthand, dialect, politeness."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from knowledge.understanding.normalize import forms, words
from knowledge.understanding.tables import Phrases, load

# Words dropped at the very beginning or end of a text typed without marks, where they can be nothing else.
EDGE_HEAD = frozenset(["da", "vang", "alo", "thua", "oi", "e"])
EDGE_TAIL = frozenset(["a", "ah", "ak", "nhe", "nhen", "nghen", "ha", "vay", "the", "oi", "da"])


@lru_cache(maxsize=1)
def shorthand() -> tuple[dict[str, tuple[str, ...]], Phrases[str]]:
    """One-word shorthand by what is typed, and the shorthand phrases."""
    single: dict[str, tuple[str, ...]] = {}
    phrases: list[tuple[str, str, bool]] = []
    for group in load("shorthand")["groups"]:
        for key, value in group["words"].items():
            if " " in key:
                phrases.append((key, value, False))
            else:
                single[key] = tuple(words(value))
    return single, Phrases(phrases)


@lru_cache(maxsize=2)
def dialect(has_marks: bool) -> Phrases[str]:
    """Regional words and the common ones; without marks some regional words cannot be told from others."""
    return Phrases(
        (str(key), str(value or ""), exact or " " not in key)
        for group in load("dialect")["groups"]
        for exact in [group.get("exact") == "true"]
        for key, value in group["words"].items()
        if has_marks or not (exact and key.isascii())
    )


@lru_cache(maxsize=1)
def polite() -> Phrases[str]:
    """Phrases that only carry politeness."""
    return Phrases((str(w), "", " " not in w) for group in load("polite")["groups"] for w in group["words"])


def rewritten(tokens: Sequence[str], table: Phrases[str]) -> list[str]:
    """``tokens`` with every phrase of ``table`` replaced."""
    folded, typed = forms(tokens)
    matches = table.find(folded, typed)
    if not matches:
        return list(tokens)
    out: list[str] = []
    at = 0
    for match in matches:
        out += tokens[at : match.start]
        out += words(match.value)
        at = match.end
    return [*out, *tokens[at:]]


def without_edges(tokens: list[str]) -> list[str]:
    """``tokens`` without the polite crumbs at both ends."""
    start, end = 0, len(tokens)
    while end - start > 1 and tokens[start] in EDGE_HEAD:
        start += 1
    while end - start > 1 and tokens[end - 1] in EDGE_TAIL:
        end -= 1
    return tokens[start:end]
