"""The index over all entries: built once, immutable, asked many times."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

from knowledge.record import Record
from knowledge.understanding.normalize import clean, fold, procedure_codes, words
from knowledge.understanding.types import Candidate, Explanation, NotOurs, Understanding


class Index:
    """Simple first version: cosine over folded words and pairs. The API stays."""

    procedures: int
    phrases: int
    build_s: float

    def __init__(self, records: Sequence[Record], not_ours: Sequence[NotOurs]) -> None:
        start = time.perf_counter()
        self._records = {r.slug: r for r in records}
        self._not_ours = tuple(not_ours)
        rows: list[tuple[str, Counter[str]]] = []
        for r in records:
            for phrase in (r.name, r.label, *r.old_names, *r.questions):
                rows.append((r.slug, _terms(phrase)))
        self._codes = {c: r.slug for r in records for c in (r.code, *(o.code for o in r.other_codes)) if c}
        df = Counter(t for _, terms in rows for t in terms)
        self._idf = {t: log(1 + len(rows) / n) for t, n in df.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._owner = [slug for slug, _ in rows]
        for i, (_, terms) in enumerate(rows):
            norm = sum(self._idf[t] ** 2 for t in terms) ** 0.5 or 1.0
            for t in terms:
                self._postings[t].append((i, self._idf[t] / norm))
        self.procedures = sum(r.kind == "procedure" for r in records)
        self.phrases = len(rows)
        self.build_s = time.perf_counter() - start

    @classmethod
    def build(cls, records: Sequence[Record], not_ours: Sequence[NotOurs] = ()) -> Index:
        """The index over ``records``."""
        return cls(records, not_ours)

    def replace(self, record: Record) -> Index:
        """A new index in which ``record`` stands in place of the one with its slug (or is added)."""
        return Index([*(r for s, r in self._records.items() if s != record.slug), record], self._not_ours)

    def _ranked(self, text: str) -> list[tuple[float, str]]:
        terms = _terms(text)
        norm = sum(self._idf.get(t, 8.0) ** 2 for t in terms) ** 0.5 or 1.0
        sums: dict[int, float] = defaultdict(float)
        for t in terms:
            for i, weight in self._postings.get(t, ()):
                sums[i] += weight * self._idf[t] / norm
        best: dict[str, float] = {}
        for i, value in sums.items():
            best[self._owner[i]] = max(value, best.get(self._owner[i], 0.0))
        return sorted(((v, s) for s, v in best.items()), reverse=True)[:10]

    def understand(self, text: str, *, subject: str | None = None) -> Understanding:
        """What ``text`` asks for; ``subject`` is the slug the conversation is about."""
        for code in procedure_codes(clean(text)):
            if code in self._codes:
                return Understanding("answer", self._codes[code], score=0.99, names_subject=True)
        ranked = self._ranked(text)
        if not ranked or ranked[0][0] < 0.2:
            return Understanding("unknown")
        value, slug = ranked[0]
        if len(ranked) > 1 and ranked[1][0] > value * 0.9:
            return Understanding("choose", choices=tuple(s for _, s in ranked[:3]), score=value)
        faq = self._records[slug].kind == "faq"
        return Understanding("answer", slug, faq, score=value, names_subject=True)

    def explain(self, text: str) -> Explanation:
        """How :meth:`understand` came to its result."""
        found = tuple(Candidate(s, v, v, {"words": v}) for v, s in self._ranked(text))
        return Explanation(text, {"folded": fold(clean(text))}, (), found, {}, self.understand(text))


def _terms(text: str) -> Counter[str]:
    folded = words(fold(clean(text)))
    return Counter([*folded, *(f"{a}_{b}" for a, b in zip(folded, folded[1:], strict=False))])
