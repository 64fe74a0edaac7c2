"""Reading a text: from what was typed to comparable words, concepts and the part asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from knowledge.understanding.ages import ages
from knowledge.understanding.english import is_english, to_vietnamese
from knowledge.understanding.normalize import clean, forms, words
from knowledge.understanding.repair import Repairer
from knowledge.understanding.rewrite import dialect, polite, rewritten, shorthand, without_edges
from knowledge.understanding.tables import Match, Phrases, load


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made comparable."""

    text: str
    tokens: tuple[str, ...]
    folded: tuple[str, ...]
    typed: tuple[str, ...]
    concepts: tuple[Match[str], ...]
    has_marks: bool
    is_english: bool

    @property
    def form(self) -> str:
        """The words as they compare: equal for texts that differ in marks, case, shorthand and manners only."""
        return " ".join(self.folded)


@lru_cache(maxsize=1)
def concept_phrases() -> Phrases[str]:
    """Words of one meaning, by the meaning's name."""
    return Phrases(
        (word, name, False)
        for group in load("concepts")["groups"]
        for name, listed in group["concepts"].items()
        for word in dict.fromkeys(listed)
    )


@lru_cache(maxsize=1)
def stages_of_life() -> dict[str, int]:
    """Concepts that an age stands for, and the age they begin with, rising."""
    return {name: int(years) for name, years in load("concepts")["ages"]["from"].items()}


def _stages_of_life(folded: tuple[str, ...]) -> Iterator[Match[str]]:
    for age in ages(folded):
        reached = [name for name, begins in stages_of_life().items() if age.years >= begins]
        yield Match(age.start, age.end, reached[-1])


def has_marks(tokens: Sequence[str]) -> bool:
    """Whether the text was typed with marks, all in all."""
    return (len(tokens) - sum(map(str.isascii, tokens))) * 3 >= len(tokens)


class Reader:
    """Reads texts; ``frequencies`` are the folded words of the knowledge base."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self._repair = Repairer(frequencies).word

    def read(self, text: str) -> Reading:
        """``text`` as comparable words."""
        cleaned = clean(text)
        typed_tokens = words(cleaned)
        english = is_english(typed_tokens)
        tokens = to_vietnamese(typed_tokens) if english else self._vietnamese(typed_tokens)
        folded, typed = forms(tokens)
        concepts = (*concept_phrases().find(folded, typed, overlap=True), *_stages_of_life(folded))
        return Reading(cleaned, tuple(tokens), folded, typed, concepts, has_marks(tokens), english)

    def _vietnamese(self, tokens: list[str]) -> list[str]:
        tokens = rewritten(tokens, shorthand()[1])
        tokens = list(chain.from_iterable(map(self._repair, tokens)))
        tokens = without_edges(rewritten(tokens, polite()))
        return rewritten(tokens, dialect(has_marks(tokens)))
