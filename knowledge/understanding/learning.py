"""What building an index is for: all phrases are read, and what they teach is learnt."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.understanding.claims import Claims
from knowledge.understanding.corpus import Entry, Phrase, rows
from knowledge.understanding.grouped import Terms
from knowledge.understanding.labelled import asked
from knowledge.understanding.lessons import Lesson, chosen, plain_questions
from knowledge.understanding.model import Model, train
from knowledge.understanding.normalize import clean, fold, forms, words
from knowledge.understanding.reading import Reader
from knowledge.understanding.terms import terms as terms_of


@dataclass(frozen=True, slots=True)
class Learnt:
    """How words are read and compared, and which are whose own. ``frequencies``: the folded words of all entries."""

    frequencies: dict[str, int]
    model: Model
    claims: Claims


def learn_all(entries: Sequence[Entry]) -> Learnt:
    """Reads all phrases and the lessons, and learns from them."""
    phrases = rows(entries)
    # Labelled questions are full of slips: what stands in them is no known word for that.
    frequencies = Counter(word for p in phrases if not p.is_asked for word in forms(words(clean(p.text)))[0])
    reader = Reader(frequencies)
    terms: list[Terms] = []
    claims = Claims()
    alone = [frozenset([e.key]) for e in entries]  # one for all of an entry's phrases
    for phrase in phrases:
        reading = reader.read(phrase.text)
        terms.append(terms_of(reading))
        claims.add(reading, alone[phrase.entry], is_name=phrase.is_name)
    lessons = _lessons(entries, phrases, terms, lambda text: terms_of(reader.read(text)))
    return Learnt(dict(frequencies), train(entries, phrases, terms, lessons), claims)


def _lessons(
    entries: Sequence[Entry], phrases: Sequence[Phrase], terms: Sequence[Terms], put: Callable[[str], Terms]
) -> list[Lesson]:
    """Some phrases (of our own examples every second one without marks), plain questions, and labelled ones."""
    lessons = []
    for nth, at in enumerate(chosen(phrases, [e.kind for e in entries])):
        entry, is_labelled = phrases[at].entry, phrases[at].is_asked
        place = at - bisect_left(phrases, entry, key=lambda p: p.entry)
        asked_as = put(fold(phrases[at].text)) if nth % 2 and not is_labelled else terms[at]
        # What nobody answers stands alone in its entry: nothing is left of that when it is missing.
        is_alone = is_labelled and not entries[entry].is_ours
        lessons.append(Lesson(entry, place, terms[at], asked_as, frozenset(() if is_alone else [entry]), is_labelled))
    for at, text in plain_questions(entries):
        lessons.append(Lesson.beside(put(text), frozenset([at])))
    places = {e.key: at for at, e in enumerate(entries) if e.is_ours}
    for row in asked():
        right = frozenset(places[slug] for slug in row.expected if slug in places)
        if len(row.expected) > 1 and right:
            lessons.append(Lesson.beside(put(row.question), right))
    return lessons
