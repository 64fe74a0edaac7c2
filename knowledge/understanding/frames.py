"""Phrases with room in them: "giấy … gì", "^hồ sơ", "đâu $"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic

from knowledge.understanding.normalize import fold, marked, words
from knowledge.understanding.tables import Match, Value, compatible

ROOM = 6  # so many words may stand where a frame says "…"
_BEGIN, _END = "^", "$"


@dataclass(frozen=True, slots=True)
class _Frame(Generic[Value]):
    """The words of a frame by its pieces, folded and marked; between two pieces there is room."""

    pieces: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    needed: frozenset[str]
    value: Value

    @property
    def size(self) -> int:
        return sum(len(folded) for folded, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A frame found: where it stands, and how many words of its own it has."""

    match: Match[Value]
    size: int
    has_room: bool


class Frames(Generic[Value]):
    """Frames to look for in a text; marks that were typed must not contradict a piece of one word."""

    def __init__(self, entries: Iterable[tuple[str, Value]], tail: Iterable[str] = ()) -> None:
        """``tail``: small words that may still follow the end of a message."""
        self._tail = {fold(word) for words_of in tail for word in words(words_of)}
        self._starts: dict[str, list[_Frame[Value]]] = {}
        for text, value in entries:
            pieces = tuple(_piece(p) for p in text.split("…"))
            frame = _Frame(pieces, frozenset(word for folded, _ in pieces for word in folded), value)
            self._starts.setdefault(frame.pieces[0][0][0], []).append(frame)

    def find(
        self, folded: tuple[str, ...], typed: tuple[str, ...], names: Iterable[Match[Any]] = ()
    ) -> list[Found[Value]]:
        """All frames in a text given as folded and marked words, but none that clashes with a name."""
        size = len(folded)
        while size > 1 and folded[size - 1] in self._tail:
            size -= 1
        shifted = [Match(name.start + 1, name.end + 1, name.value) for name in names]
        folded, typed = (_BEGIN, *folded[:size], _END), (_BEGIN, *typed[:size], _END)
        present = frozenset(folded)
        found = []
        for at, word in enumerate(folded):
            for frame in self._starts.get(word, ()):
                # Most frames want a word that isn't there at all: found out at once.
                if not frame.needed <= present:
                    continue
                end = _end_of(frame.pieces, folded, typed, at, shifted)
                if end:
                    # Counted without the mark for the beginning.
                    match = Match(max(0, at - 1), min(end - 1, len(folded) - 2), frame.value)
                    found.append(Found(match, frame.size, len(frame.pieces) > 1))
        return found


def _piece(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    begins, ends = text.strip().startswith(_BEGIN), text.strip().endswith(_END)
    split = [*[_BEGIN] * begins, *words(text.strip(f" {_BEGIN}{_END}").casefold()), *[_END] * ends]
    return tuple(map(fold, split)), tuple(map(marked, split))


def _end_of(
    pieces: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...],
    folded: tuple[str, ...],
    typed: tuple[str, ...],
    at: int,
    names: list[Match[Any]],
) -> int:
    """Where the frame that begins at ``at`` ends, 0 if it isn't there."""
    free = at + 1  # the first piece begins here, the others after no more than the room
    for nth, (piece, meant) in enumerate(pieces):
        last = free if nth == 0 else free + ROOM + 1
        for start in range(free - 1 if nth == 0 else free, last):
            end = start + len(piece)
            there = folded[start:end] == piece and _marks_agree(typed[start:end], meant)
            if there and not clashes(start, end, names):
                free = end
                break
        else:
            return 0
    return free


def clashes(start: int, end: int, names: Iterable[Match[Any]]) -> bool:
    """Whether the words between ``start`` and ``end`` lie within a name or lap over into one."""
    return any(n.start < end and start < n.end and not (start <= n.start and n.end <= end) for n in names)


def outermost(found: list[Match[Value]]) -> list[Match[Value]]:
    """The matches that do not lie within a longer one."""
    return [m for m in found if not any(o is not m and _inside(m, o) for o in found)]


def _inside(inner: Match[Any], outer: Match[Any]) -> bool:
    longer = outer.end - outer.start > inner.end - inner.start
    return longer and outer.start <= inner.start and inner.end <= outer.end


def _marks_agree(typed: tuple[str, ...], meant: tuple[str, ...]) -> bool:
    """Whether one word stands there with the marks it should have; of several words the marks say little."""
    both = [(t, m) for t, m in zip(typed, meant, strict=True) if m not in (_BEGIN, _END)]
    return len(both) > 1 or all(compatible(t, m) for t, m in both)
