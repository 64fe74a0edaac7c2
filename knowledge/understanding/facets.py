"""Which part of the answer a question asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from knowledge.understanding.reading import Reading
from knowledge.understanding.tables import Match, Phrases, load
from knowledge.understanding.types import Facet

# The real question tends to stand at the end: a phrase there counts so much more than one at the beginning.
END_BONUS = 0.5


@lru_cache(maxsize=1)
def _phrases() -> Phrases[tuple[str, float]]:
    groups = load("facets")["groups"]
    entries = [(w, (g["facet"], float(g["weight"])), False) for g in groups for w in dict.fromkeys(g["words"])]
    return Phrases(entries)


def facet_words() -> list[str]:
    """The clearest ways to ask for a part: of every group its first few phrases of several words."""
    groups = load("facets")["groups"]
    return [w for g in groups for w in [w for w in dict.fromkeys(g["words"]) if " " in w][:4]]


def facet_matches(reading: Reading) -> list[Match[tuple[str, float]]]:
    """Every phrase that asks for a part, the longest at each place."""
    found = _phrases().find(reading.folded, reading.typed, overlap=True)
    return [m for m in found if not any(o is not m and _inside(m, o) for o in found)]


def without_facets(reading: Reading) -> str:
    """The words of a text as they compare, without those that ask for a part: "đăng ký kết hôn (nộp ở đâu)"."""
    asking = {at for m in facet_matches(reading) for at in range(m.start, m.end)}
    return " ".join(w for at, w in enumerate(reading.folded) if at not in asking)


def _inside(inner: Match[tuple[str, float]], outer: Match[tuple[str, float]]) -> bool:
    longer = outer.end - outer.start > inner.end - inner.start
    return longer and outer.start <= inner.start and inner.end <= outer.end


def facet_scores(reading: Reading) -> dict[Facet, float]:
    """How strongly each part is asked for."""
    scores: dict[str, float] = {}
    size = max(1, len(reading.folded))
    for match in facet_matches(reading):
        name, weight = match.value
        length = match.end - match.start
        value = weight * (1 + 0.15 * (length - 1)) * (1 + END_BONUS * match.end / size)
        scores[name] = max(scores.get(name, 0.0), value) + 0.1 * (name in scores)
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return {cast(Facet, name): value for name, value in ordered}


def facet_of(reading: Reading) -> Facet | None:
    """The part asked for, or None when the question asks for nothing in particular."""
    scores = facet_scores(reading)
    return next(iter(scores), None)
