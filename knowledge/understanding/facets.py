"""Which part of the answer a question asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import cast

from knowledge.understanding.frames import Frames, clashes, outermost
from knowledge.understanding.reading import Reading
from knowledge.understanding.tables import Match, Phrases, compatible, load
from knowledge.understanding.types import Facet

# A question stands at the end of a message or at its beginning; what lies between is the story that led to it.
END_BONUS = 0.5
BEGIN_BONUS = 0.4
# The parts of a message of up to this many words are one thing: only beyond it there is a story.
EDGE = 16
LONGER = 0.15  # what each further word of a phrase adds to its weight

Weighed = tuple[str, float]
# A name as a reading has it: its words folded, and marked.
Name = tuple[tuple[str, ...], tuple[str, ...]]


@lru_cache(maxsize=1)
def _phrases() -> Phrases[Weighed]:
    return Phrases((word, value, False) for word, value in _listed("groups"))


@lru_cache(maxsize=1)
def _frames() -> Frames[Weighed]:
    return Frames(_listed("frames"), load("facets")["tail"])


@lru_cache(maxsize=1)
def _names() -> Phrases[str]:
    return Phrases((word, "", False) for word in load("facets")["names"]["words"])


def _listed(key: str) -> list[tuple[str, Weighed]]:
    groups = load("facets")[key]
    return [(w, (g["facet"], float(g["weight"]))) for g in groups for w in dict.fromkeys(g["words"])]


def facet_words() -> list[str]:
    """The clearest ways to ask for a part: of every group its first few phrases of several words."""
    groups = load("facets")["groups"]
    return [w for g in groups for w in [w for w in dict.fromkeys(g["words"]) if " " in w][:4]]


def facet_matches(reading: Reading) -> list[Match[Weighed]]:
    """Every phrase that asks for a part, the longest at each place."""
    return outermost(_asking(reading, named_in(reading)))


def named_in(reading: Reading) -> list[Match[str]]:
    """Names in which words of a part or of a circumstance stand without meaning one."""
    return _names().find(reading.folded, reading.typed, overlap=True)


def _asking(reading: Reading, names: list[Match[str]]) -> list[Match[Weighed]]:
    """The phrases that do not clash with a name: "làm hộ chiếu" asks nobody to "làm hộ"."""
    found = _phrases().find(reading.folded, reading.typed, overlap=True)
    return [m for m in found if not clashes(m.start, m.end, names)]


def facet_scores(reading: Reading, called: Iterable[Name] = ()) -> dict[Facet, float]:
    """How strongly each part is asked for. ``called``: what the thing asked about is called; in
    "gia hạn tạm trú" nobody asks for a price ("giá").
    """
    names = [*named_in(reading), *_own_names(reading, called)]
    framed = _frames().find(reading.folded, reading.typed, names)
    whole = outermost([*_asking(reading, names), *(f.match for f in framed if not f.has_room)])
    # What stands in the room of a frame is not part of it, so a frame with room covers no other phrase.
    asked = [(m, m.end - m.start) for m in whole] + [(f.match, f.size) for f in framed if f.has_room]
    scores: dict[str, float] = {}
    for match, length in asked:
        name, weight = match.value
        value = weight * (1 + LONGER * (length - 1)) * (1 + _bonus(match, len(reading.folded)))
        scores[name] = max(scores.get(name, 0.0), value) + 0.1 * (name in scores)
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return {cast(Facet, name): value for name, value in ordered}


def _bonus(match: Match[Weighed], size: int) -> float:
    """What the place of a phrase in the message adds to its weight."""
    if size <= EDGE:
        return END_BONUS * match.end / max(1, size)
    from_end = END_BONUS * max(0.0, 1 - (size - match.end) / EDGE)
    from_begin = BEGIN_BONUS * max(0.0, 1 - match.start / EDGE)
    return max(from_end, from_begin)


def _own_names(reading: Reading, called: Iterable[Name]) -> Iterator[Match[str]]:
    """Where a name stands in the text, word for word; the longest one at each place will do."""
    for folded, meant in called:
        size = len(folded)
        for at in range(len(reading.folded) - size + 1):
            if reading.folded[at : at + size] == folded and all(map(compatible, reading.typed[at : at + size], meant)):
                yield Match(at, at + size, "")


def facet_of(reading: Reading, called: Iterable[Name] = ()) -> Facet | None:
    """The part asked for, or None when the question asks for nothing in particular; ``called`` as above."""
    scores = facet_scores(reading, called)
    return next(iter(scores), None)
