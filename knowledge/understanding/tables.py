"""The linguistic tables in ``knowledge/data/words/``: loading, and finding their phrases in a text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from knowledge.understanding.normalize import fold, marked, words

FOLDER = Path(__file__).parent.parent / "data" / "words"
Value = TypeVar("Value", bound=Hashable)


class _StrictLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """A word listed twice in one table is a mistake of its author: say so instead of keeping the last."""


def _strict_mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = [(loader.construct_object(k, deep=True), loader.construct_object(v, deep=True)) for k, v in node.value]
    seen: set[Any] = set()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(f"{node.start_mark.name}: {key!r} stands twice in the table")
        seen.add(key)
    return dict(pairs)


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _strict_mapping)


@lru_cache(maxsize=32)
def load(name: str) -> dict[str, Any]:
    """The table ``name`` as written."""
    path = FOLDER / f"{name}.yaml"
    table: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
    return table


@lru_cache(maxsize=50_000)
def compatible(typed: str, meant: str) -> bool:
    """Whether ``typed`` can be ``meant`` with marks left out; both in :func:`marked` form.

    ``mat`` and ``mât`` can be ``mất``; ``mặt`` cannot.
    """
    if typed == meant or (typed.isascii() and not typed[-1:].isdigit()):
        return True
    typed_letters, typed_tone = _letters_and_tone(typed)
    meant_letters, meant_tone = _letters_and_tone(meant)
    if typed_tone not in ("", meant_tone) or len(typed_letters) != len(meant_letters):
        return False
    return all(t == m or t == fold(m) for t, m in zip(typed_letters, meant_letters, strict=True))


def _letters_and_tone(form: str) -> tuple[str, str]:
    return (form[:-1], form[-1]) if form[-1:].isdigit() and len(form) > 1 else (form, "")


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """``value`` found at ``tokens[start:end]``."""

    start: int
    end: int
    value: Value


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Value]):
    folded: tuple[str, ...]
    meant: tuple[str, ...]
    exact: bool
    value: Value


class Phrases(Generic[Value]):
    """Phrases to look for in a text, without marks where that is safe.

    A one-word phrase must not contradict the marks that were typed; an exact one must be typed as it is,
    in a text that has marks.
    """

    def __init__(self, entries: Iterable[tuple[str, Value, bool]]) -> None:
        # Looked up by the first word, then by the second: few phrases share both, most words begin none.
        self._starts: dict[str, dict[str, list[_Phrase[Value]]]] = {}
        for phrase, value, exact in entries:
            split = words(phrase.casefold())
            found = _Phrase(tuple(map(fold, split)), tuple(map(marked, split)), exact, value)
            second = found.folded[1] if len(split) > 1 else ""
            self._starts.setdefault(found.folded[0], {}).setdefault(second, []).append(found)
        for by_second in self._starts.values():
            for listed in by_second.values():
                listed.sort(key=lambda p: -len(p.folded))

    def values(self) -> set[Value]:
        """Everything a match can stand for."""
        return {p.value for by_second in self._starts.values() for listed in by_second.values() for p in listed}

    def find(self, folded: tuple[str, ...], typed: tuple[str, ...], *, overlap: bool = False) -> list[Match[Value]]:
        """All phrases in a text given as folded and marked words; the longest at each place.

        Without ``overlap`` the search goes on behind each match.
        """
        found: list[Match[Value]] = []
        free = 0
        starts, following = self._starts, (*folded[1:], None)
        for at in [at for at, word in enumerate(folded) if word in starts]:
            by_second = starts[folded[at]]
            if at >= free and ("" in by_second or following[at] in by_second):
                length = self._at(folded, typed, at, found)
                free = at + 1 if overlap else at + length
        return found

    def _at(self, folded: tuple[str, ...], typed: tuple[str, ...], at: int, found: list[Match[Value]]) -> int:
        """Adds what begins at one place; the length of the longest phrase there."""
        by_second = self._starts[folded[at]]
        taken = 0
        for phrase in by_second.get(folded[at + 1], ()) if at + 1 < len(folded) else ():
            length = len(phrase.folded)
            if length < taken:
                break
            if folded[at : at + length] == phrase.folded and _agree(typed[at : at + length], phrase):
                found.append(Match(at, at + length, phrase.value))
                taken = length
        if not taken:
            for phrase in by_second.get("", ()):
                if _agree(typed[at : at + 1], phrase):
                    found.append(Match(at, at + 1, phrase.value))
                    taken = 1
        return taken


def _agree(typed: tuple[str, ...], phrase: _Phrase[Any]) -> bool:
    if phrase.exact:
        return typed == phrase.meant
    return len(typed) > 1 or compatible(typed[0], phrase.meant[0])
