"""The linguistic tables in ``knowledge/data/words/``: loading, and finding their phrases in a text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
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


class Phrases(Generic[Value]):
    """Phrases to look for in a text, without marks where that is safe.

    A one-word phrase must not contradict the marks that were typed; an exact one must be typed as it is,
    in a text that has marks.
    """

    def __init__(self, entries: Iterable[tuple[str, Value, bool]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], bool, Value]]] = {}
        for phrase, value, exact in entries:
            split = words(phrase.casefold())
            folded = tuple(fold(w) for w in split)
            meant = tuple(marked(w) for w in split)
            self._by_first.setdefault(folded[0], []).append((folded, meant, exact, value))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def values(self) -> set[Value]:
        """Everything a match can stand for."""
        return {value for entries in self._by_first.values() for *_, value in entries}

    def find(self, folded: Sequence[str], typed: Sequence[str], *, overlap: bool = False) -> list[Match[Value]]:
        """All phrases in a text given as folded and marked words; the longest first at each place.

        Without ``overlap`` the search goes on behind each match.
        """
        found: list[Match[Value]] = []
        at, size = 0, len(folded)
        while at < size:
            step = 1
            taken = 0
            for phrase, meant, exact, value in self._by_first.get(folded[at], ()):
                end = at + len(phrase)
                if end > size or taken > len(phrase) or tuple(folded[at:end]) != phrase:
                    continue
                if not _agree(typed[at:end], meant, exact):
                    continue
                found.append(Match(at, end, value))
                taken = len(phrase)
                if not overlap:
                    step = taken
                    break
            at += step
        return found


def _agree(typed: Sequence[str], meant: tuple[str, ...], exact: bool) -> bool:
    if exact:
        return tuple(typed) == meant
    return len(meant) > 1 or compatible(typed[0], meant[0])


def phrase_map(name: str) -> Phrases[str]:
    """A table of groups whose ``words`` map a phrase to its replacement."""
    return Phrases(
        (str(key), str(value or ""), group.get("exact") == "true")
        for group in load(name)["groups"]
        for key, value in group["words"].items()
    )


def phrase_lists(name: str, label: str) -> Phrases[str]:
    """A table of groups whose ``words`` is a list; the value of a match is the group's ``label``."""
    return Phrases((str(word), str(group[label]), False) for group in load(name)["groups"] for word in group["words"])
