"""English questions: told apart by their small words, then put into Vietnamese words by a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from knowledge.understanding.normalize import words
from knowledge.understanding.tables import load
from knowledge.understanding.typing_marks import syllables

# Above this share of English words the text is English; a Vietnamese question may hold a few.
SHARE = 0.4
# "the can cuoc can giay to gi": when nearly all words can be Vietnamese syllables, they are.
SYLLABLES = 0.75


@lru_cache(maxsize=1)
def _markers() -> frozenset[str]:
    return frozenset(w for phrase in load("english")["markers"]["words"] for w in words(phrase))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[tuple[str, ...], tuple[str, ...]], int]:
    table = {
        tuple(words(key)): tuple(words(value))
        for group in load("english")["groups"]
        for key, value in group["words"].items()
    }
    return table, max(map(len, table))


def is_english(tokens: Sequence[str]) -> bool:
    """Whether ``tokens`` are an English text."""
    foreign = len(tokens) - sum(map(str.isascii, tokens))
    if foreign * 4 > len(tokens) or _markers().isdisjoint(tokens):
        return False
    table, _ = _table()
    known = sum(t in _markers() or ((t,) in table and len(t) > 3) for t in tokens)
    return known >= SHARE * len(tokens) and sum(map(syllables().__contains__, tokens)) <= SYLLABLES * len(tokens)


def to_vietnamese(tokens: Sequence[str]) -> list[str]:
    """The Vietnamese words for an English text; unknown words stay as they are."""
    table, longest = _table()
    out: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            found = _look_up(table, tuple(tokens[at : at + length]))
            if found is not None:
                out += found
                at += length
                break
        else:
            out.append(tokens[at])
            at += 1
    return out


def _look_up(table: dict[tuple[str, ...], tuple[str, ...]], key: tuple[str, ...]) -> tuple[str, ...] | None:
    if key in table:
        return table[key]
    last = key[-1]
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if last.endswith(ending) and len(last) > len(ending) + 2:
            stem = (*key[:-1], last[: -len(ending)] + instead)
            if stem in table:
                return table[stem]
    return None
