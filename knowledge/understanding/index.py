"""The index over all entries: built once, immutable, asked many times."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path

from knowledge.record import Record
from knowledge.understanding.conditions import conditions_of
from knowledge.understanding.confidence import Ranking
from knowledge.understanding.corpus import Entry, background, entry_of
from knowledge.understanding.decide import Thresholds, Verdict, choices, decide, judge
from knowledge.understanding.facets import Name, facet_of, facet_scores
from knowledge.understanding.grouped import Terms
from knowledge.understanding.learning import Learnt, learn_all
from knowledge.understanding.normalize import clean, fold, procedure_codes
from knowledge.understanding.reading import Reader, Reading
from knowledge.understanding.remembered import remembered
from knowledge.understanding.signals import SIGNALS, Missing
from knowledge.understanding.terms import terms as terms_of
from knowledge.understanding.turns import asks_what_is, content_words, core, is_correction, parts, without_denied
from knowledge.understanding.types import Candidate, Explanation, NotOurs, Understanding

# A second question is offered only when both parts are this clear on their own.
CLEAR = 0.8
# A message of so few telling words may lean on the subject of the conversation.
LEANING = 6
# A bare name that a general entry claims is still offered as procedures when they are this likely.
NAMED_FROM = 0.15
FEW = 4  # so few telling words name a thing and ask nothing
CODE_SCORE = 0.99  # of what leaves no doubt: a code, a known phrase word for word


class Index:
    """Understands questions about the records it was built from."""

    procedures: int
    phrases: int
    build_s: float

    def __init__(self, records: dict[str, Record], learnt: Learnt) -> None:
        self._records = records
        self._learnt = learnt
        self._reader, self._model = Reader(learnt.frequencies), learnt.model
        self._codes = {o.code: r.slug for r in records.values() for o in r.other_codes}
        self._codes |= {r.code: r.slug for r in records.values() if r.code}
        self._siblings = _siblings(tuple(records.values()))
        self._names: dict[str, tuple[Name, ...]] = {}
        self.thresholds = Thresholds.load()
        self.procedures = sum(r.kind == "procedure" for r in records.values())
        self.phrases = self._model.phrases_of_ours
        self.build_s = 0.0

    @classmethod
    def build(cls, records: Sequence[Record], not_ours: Sequence[NotOurs] = (), *, cache: Path | None = None) -> Index:
        """The index over ``records``; ``not_ours`` is what we don't answer.

        With a folder as ``cache`` a second build from the same records takes up what the first has learnt.
        """
        start = time.perf_counter()
        entries = [*map(entry_of, records), *background(not_ours)]
        learnt = remembered(cache, entries, lambda: learn_all(entries))
        index = cls({r.slug: r for r in records}, learnt)
        index.build_s = time.perf_counter() - start
        return index

    def replace(self, record: Record) -> Index:
        """A new index in which ``record`` stands in place of the one with its slug (or is added).

        Likenesses and what each entry has heard are exact again; how rare a term is, how much each signal
        counts and what a score is worth stay as they were learnt from all entries.
        """
        start = time.perf_counter()
        entry = entry_of(record)
        keys = [e.key if e.is_ours else "" for e in self._model.entries]
        at = keys.index(entry.key) if entry.key in keys else len(keys)
        readings = [self._reader.read(p) for p in entry.phrases]
        model = self._model.replaced(at, entry, [terms_of(r) for r in readings])
        claims = self._learnt.claims.without(entry.key)
        for nth, reading in enumerate(readings):
            claims.add(reading, frozenset([entry.key]), is_name=nth < len(entry.names))
        learnt = Learnt(self._learnt.frequencies, model, claims)
        index = Index({**self._records, record.slug: record}, learnt)
        index.build_s = time.perf_counter() - start
        return index

    def understand(self, text: str, *, subject: str | None = None) -> Understanding:
        """What ``text`` asks for; ``subject`` is the slug the conversation is about."""
        cleaned = clean(text)
        for code in procedure_codes(cleaned):
            if code in self._codes:
                reading = self._reader.read(cleaned)
                return self._answer(reading, self._codes[code], CODE_SCORE, reason="code")
        meant = without_denied(cleaned)
        reading = self._reader.read(meant)
        verdict = cache(lambda: self._verdict(reading))  # needed once or twice, or not at all
        if subject in self._records and subject is not None:
            leaning = self._in_conversation(cleaned, meant, reading, subject, verdict)
            if leaning is not None:
                return leaning
        if not content_words(reading):
            # "toàn trình là gì", "giờ làm việc" have only words that ask, and are questions all the same.
            if asks_what_is(reading) or self._learnt.claims.is_put(reading):
                return self._alone(reading, verdict)
            return self._plain(reading, Understanding("unknown", reason="no telling word"))
        return self._with_second(meant, self._alone(reading, verdict))

    def _terms(self, text: str) -> Terms:
        return terms_of(self._reader.read(text))

    def verdict(self, text: str, *, unseen: bool = False) -> Verdict:
        """The probabilities for ``text`` on its own, before thresholds (what ``tune`` learns from).

        ``unseen``: if it is one of the index's own phrases, as if it were not.
        """
        terms = self._terms(without_denied(clean(text)))
        missing = self._places.get(fold(text)) if unseen else None
        away = None
        if missing is not None:
            is_ours = self._model.entries[missing[0]].is_ours
            away = Missing(*missing, self._model.space.places(self._terms(text)), is_ours)
        return judge(self._model, self._model.ask(terms, away))

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Where each phrase stands: its entry, and its place there."""
        entries = enumerate(self._model.entries)
        return {fold(phrase): (at, place) for at, e in entries for place, phrase in enumerate(e.phrases)}

    def _verdict(self, reading: Reading) -> Verdict:
        return judge(self._model, self._model.ask(terms_of(reading)))

    def _alone(self, reading: Reading, judged: Callable[[], Verdict]) -> Understanding:
        """The decision about a message on its own; ``judged`` gives its verdict."""
        slug = self._learnt.claims.owner(reading)
        if slug in self._records and slug is not None:
            return self._answer(reading, slug, CODE_SCORE, reason="word for word")
        verdict = judged()
        found = decide(verdict, self.thresholds)
        may_be_named = found.is_faq and verdict.p_ours >= NAMED_FROM
        if may_be_named and facet_of(reading) is None and len(content_words(reading)) <= FEW:
            # Nothing is asked, only a thing is named ("làm căn cước"): offer the procedures that may be meant.
            offered = choices(verdict, self.thresholds)
            found = Understanding("choose", choices=offered, score=verdict.p_right, names_subject=True)
        return self._plain(reading, found)

    def _answer(
        self, reading: Reading, slug: str, score: float, *, names: bool = True, reason: str = ""
    ) -> Understanding:
        is_faq = self._records[slug].kind == "faq"
        found = Understanding("answer", slug, is_faq, score=score, names_subject=names, reason=reason)
        return self._plain(reading, found)

    def _plain(self, reading: Reading, found: Understanding) -> Understanding:
        """``found`` with what the words themselves say: the part asked for, the circumstances, the language."""
        meant = [found.entry] if found.entry else found.choices
        facet = facet_of(reading, [words for slug in meant for words in self._called(slug)])
        conditions = conditions_of(reading)
        return replace(found, facet=facet, conditions=conditions, is_english=reading.is_english)

    def _in_conversation(
        self, cleaned: str, meant: str, reading: Reading, subject: str, judged: Callable[[], Verdict]
    ) -> Understanding | None:
        """The reading of a message that leans on the subject; None when it stands on its own."""
        telling = content_words(reading)
        if not telling:
            follows = self._says_something(reading) and not asks_what_is(reading)
            return self._answer(reading, subject, CLEAR, names=False, reason="follow-up") if follows else None
        corrected = is_correction(self._reader.read(cleaned))
        if len(telling) > LEANING and not corrected:
            return None
        if not corrected and (self._learnt.claims.owner(reading) or not self._leans(reading, judged)):
            return None
        near = {subject, *self._siblings.get(subject, ())}
        if corrected:
            alone = decide(judged(), self.thresholds)
            siblings = [k for k in alone.choices if k in near and k != subject]
            if len(siblings) == 1:
                return self._answer(reading, siblings[0], CLEAR, reason="correction")
            called = [k for k in near if k != subject and self._is_called(k, core(reading))]
            if alone.decision == "choose" and len(called) == 1:  # "cấp lại" may be any paper's, here it is this one's
                return self._answer(reading, called[0], CLEAR, reason="correction")
            if alone.decision == "choose" or (alone.decision == "answer" and alone.entry != subject):
                return None
        together = self._verdict(self._reader.read(f"{self._records[subject].label} {meant}"))
        # Leaning on the subject, a message may turn to one of its siblings, but not to anything else.
        best = next((k for k in together.keys if k in near and not (corrected and k == subject)), None)
        if best is None:
            return None
        return self._answer(reading, best, max(CLEAR, together.p_right), names=corrected, reason="in conversation")

    def _called(self, slug: str) -> tuple[Name, ...]:
        """What a procedure is called; read once."""
        if slug not in self._names:
            record = self._records.get(slug)
            names = entry_of(record).names if record and record.kind == "procedure" else ()
            readings = map(self._reader.read, names)
            self._names[slug] = tuple((r.folded, r.typed) for r in readings)
        return self._names[slug]

    def _is_called(self, slug: str, words: str) -> bool:
        """Whether a procedure's name has these words, as read, in a row."""
        return any(f" {words} " in f" {' '.join(folded)} " for folded, _ in self._called(slug))

    def _leans(self, reading: Reading, judged: Callable[[], Verdict]) -> bool:
        """Whether a message that names nothing by itself adds to what was said: a part, or a circumstance."""
        alone = decide(judged(), self.thresholds)
        return alone.decision == "unknown" and not judged().is_strange and self._says_something(reading)

    @staticmethod
    def _says_something(reading: Reading) -> bool:
        return facet_of(reading) is not None or bool(conditions_of(reading))

    def _with_second(self, text: str, first: Understanding) -> Understanding:
        """``first`` with the second question of the same message, if there clearly is one."""
        pieces = parts(text)
        if len(pieces) < 2:
            return first
        clear: list[tuple[str, Understanding]] = []
        for piece in pieces[:6]:
            reading = self._reader.read(piece)
            found = self._alone(reading, partial(self._verdict, reading))
            if found.decision == "answer" and found.score >= CLEAR and found.facet:
                clear.append((piece, found))
        if len(clear) < 2 or clear[0][1].entry == clear[1][1].entry:
            return first
        (_, asked), (second, other) = clear[0], clear[1]
        if first.decision != "answer" or first.is_faq or first.entry in (asked.entry, other.entry):
            return replace(asked, second=second)
        return first

    def explain(self, text: str) -> Explanation:
        """How :meth:`understand` came to its result."""
        cleaned = clean(text)
        meant = without_denied(cleaned)
        reading = self._reader.read(meant)
        ranking = self._model.ask(terms_of(reading))
        forms = {"cleaned": cleaned, "without what is denied": meant, "words": " ".join(reading.tokens),
                 "folded": " ".join(reading.folded), "telling": " ".join(content_words(reading))}  # fmt: skip
        verdict = judge(self._model, ranking)
        numbers = {
            "p(faq)": verdict.p_faq,
            "p(ours)": verdict.p_ours,
            "p(first is right)": verdict.p_right,
        }
        numbers |= {f"facet {name}": value for name, value in facet_scores(reading).items()}
        concepts = tuple(dict.fromkeys(m.value for m in reading.concepts))
        return Explanation(text, forms, concepts, self._candidates(ranking), numbers, self.understand(text))

    def _candidates(self, ranking: Ranking) -> tuple[Candidate, ...]:
        weights = self._model.weights
        found = []
        for at in range(min(8, len(ranking.entries))):
            parts_of = {n: float(v * w) for n, v, w in zip(SIGNALS, ranking.values[at], weights, strict=True)}
            entry: Entry = self._model.entries[int(ranking.entries[at])]
            name = entry.key if entry.is_ours else f"({entry.kind}: {entry.key})"
            found.append(Candidate(name, float(ranking.logits[at]), float(ranking.share[at]), parts_of))
        return tuple(found)


def _siblings(records: Sequence[Record]) -> dict[str, set[str]]:
    """Procedures easily mistaken for each other: the same family, or named as confused."""
    found: dict[str, set[str]] = {r.slug: {c.slug for c in r.confused} for r in records}
    families: dict[str, set[str]] = {}
    for r in records:
        if r.family:
            families.setdefault(r.family, set()).add(r.slug)
        for c in r.confused:
            found.setdefault(c.slug, set()).add(r.slug)
    for r in records:
        found[r.slug] |= families.get(r.family or "", set())
        found[r.slug].discard(r.slug)
    return found
