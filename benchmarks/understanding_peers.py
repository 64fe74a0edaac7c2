"""Understanding beside its peers, in one run: accuracy on labelled questions, speed as a ratio to rapidfuzz.

    python -m benchmarks.understanding peers [QUESTIONS.csv] [CATALOGUE-2642.csv]

Every peer gets the same phrases (names, old names and example questions of our procedures), folded; the
threshold for refusing is for each the one that suits these questions best, as in the evaluation README.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix

from knowledge.files import read_all
from knowledge.not_ours import read_not_ours
from knowledge.record import Record
from knowledge.understanding import Index
from knowledge.understanding.corpus import entry_of
from knowledge.understanding.labelled import Row
from knowledge.understanding.normalize import clean, fold, words

Ranked = list[tuple[str, float]]
Matcher = Callable[[str], Ranked]
TIMED = 40


def phrases_of(records: Sequence[Record]) -> list[tuple[str, str]]:
    """(phrase, slug) for every way a procedure is called or asked for: the same as our own index has."""
    return [(p, r.slug) for r in records if r.kind == "procedure" for p in entry_of(r).phrases]


def best_by_slug(scored: Sequence[tuple[str, float]]) -> Ranked:
    """The best score of each slug, best first."""
    best: dict[str, float] = {}
    for slug, score in scored:
        best[slug] = max(score, best.get(slug, float("-inf")))
    return sorted(best.items(), key=lambda item: -item[1])[:3]


def by_rapidfuzz(phrases: list[tuple[str, str]], scorer: Callable[..., float], folded: bool) -> Matcher:
    """rapidfuzz over all phrases."""
    texts = [fold(p) if folded else p for p, _ in phrases]

    def match(question: str) -> Ranked:
        asked = fold(clean(question)) if folded else question
        found = process.extract(asked, texts, scorer=scorer, limit=12)
        return best_by_slug([(phrases[at][1], score) for _, score, at in found])

    return match


def by_sqlite(phrases: list[tuple[str, str]]) -> Matcher:
    """SQLite's full-text index with its own ranking."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE phrase USING fts5(text, slug UNINDEXED, tokenize='unicode61')")
    database.executemany("INSERT INTO phrase VALUES (?, ?)", [(fold(p), slug) for p, slug in phrases])

    def match(question: str) -> Ranked:
        terms = " OR ".join(f'"{w}"' for w in dict.fromkeys(words(fold(clean(question)))))
        if not terms:
            return []
        found = database.execute("SELECT slug, -rank FROM phrase WHERE phrase MATCH ? ORDER BY rank LIMIT 12", (terms,))
        return best_by_slug(found.fetchall())

    return match


def by_bm25s(phrases: list[tuple[str, str]]) -> Matcher | None:
    """The bm25s package, when it is installed."""
    try:
        import bm25s
    except ImportError:
        return None
    retriever = bm25s.BM25()
    retriever.index([words(fold(clean(p))) for p, _ in phrases], show_progress=False)

    def match(question: str) -> Ranked:
        asked = words(fold(clean(question)))
        if not asked:
            return []
        at, scores = retriever.retrieve([asked], k=12, show_progress=False)
        return best_by_slug([(phrases[i][1], float(s)) for i, s in zip(at[0], scores[0], strict=True)])

    return match


def by_letters(phrases: list[tuple[str, str]]) -> Matcher:
    """Cosine over TF-IDF of character 2- to 4-grams."""

    def grams(text: str) -> list[str]:
        padded = f" {' '.join(words(fold(clean(text))))} "
        return [padded[i : i + n] for n in (2, 3, 4) for i in range(len(padded) - n + 1)]

    number: dict[str, int] = {}
    rows = [[number.setdefault(g, len(number)) for g in grams(p)] for p, _ in phrases]
    counts = np.bincount([g for row in rows for g in set(row)], minlength=len(number))
    idf = np.log(len(rows) / counts) + 1
    matrix = csr_matrix(
        (np.ones(sum(map(len, rows))), [g for r in rows for g in r], np.cumsum([0, *map(len, rows)])),
        shape=(len(rows), len(number)),
    ).multiply(idf[None, :])
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1))).ravel()
    matrix = csr_matrix(matrix.multiply(1 / np.maximum(norms, 1e-9)[:, None]))

    def match(question: str) -> Ranked:
        vector = np.zeros(len(number))
        for g in grams(question):
            if g in number:
                vector[number[g]] += idf[number[g]]
        scores = matrix @ vector / max(float(np.linalg.norm(vector)), 1e-9)
        return best_by_slug([(phrases[i][1], float(scores[i])) for i in np.argsort(-scores)[:12]])

    return match


def by_us(index: Index) -> Matcher:
    """Our ranking; the score is that the question is ours and the first one right."""

    def match(question: str) -> Ranked:
        verdict = index.verdict(question)
        return [(k, verdict.p_ours - at) for at, k in enumerate(verdict.keys[:3])]

    return match


def measured(match: Matcher, rows: Sequence[Row]) -> tuple[float, float, float]:
    """Top-1 %, top-3 %, and NONE refused % at the threshold where most questions come out right."""
    found = [(row, match(row.question)) for row in rows]
    asked = [(row, ranked) for row, ranked in found if row.expected]
    first = [bool(r) and r[0][0] in row.expected for row, r in asked]
    three = [any(slug in row.expected for slug, _ in r) for row, r in asked]
    hits = np.array([r[0][1] if r else -1e9 for _, r in asked])
    nones = np.array([r[0][1] if r else -1e9 for row, r in found if not row.expected])
    right = np.array(first)
    cuts = np.unique(np.concatenate([hits, nones, [-1e9]]))
    best = max(cuts, key=lambda cut: int((right & (hits > cut)).sum() + (nones <= cut).sum()))
    return 100 * float(np.mean(first)), 100 * float(np.mean(three)), 100 * float((nones <= best).mean())


def seconds(match: Callable[[str], object], rows: Sequence[Row]) -> tuple[float, float]:
    """Median and 99th percentile for one question, warm."""
    times = []
    for row in rows:
        match(row.question)
    for row in rows:
        start = time.perf_counter()
        match(row.question)
        times.append(time.perf_counter() - start)
    return statistics.median(times), sorted(times)[int(0.99 * (len(times) - 1))]


def main(rows: Sequence[Row]) -> None:
    """Prints the table."""
    records, _ = read_all()
    phrases = phrases_of(records)
    index = Index.build(records, read_not_ours())
    texts = [p for p, _ in phrases]
    base, _ = seconds(lambda q: process.extractOne(q, texts, scorer=fuzz.WRatio), rows[:: len(rows) // TIMED])
    matchers: list[tuple[str, Matcher | None]] = [
        ("rapidfuzz WRatio", by_rapidfuzz(phrases, fuzz.WRatio, folded=False)),
        ("rapidfuzz token_set_ratio, folded", by_rapidfuzz(phrases, fuzz.token_set_ratio, folded=True)),
        ("SQLite FTS5, folded", by_sqlite(phrases)),
        ("bm25s, folded", by_bm25s(phrases)),
        ("TF-IDF of character n-grams, folded", by_letters(phrases)),
        ("Một Cửa", by_us(index)),
    ]
    print(f"{len(phrases)} phrases; rapidfuzz extractOne(WRatio): {base * 1000:.2f} ms a question")
    print("| matcher | top-1 % | top-3 % | NONE refused % | time, as a multiple of WRatio | p99 / median |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, match in matchers:
        if match is None:
            continue
        one, three, none = measured(match, rows)
        timed = index.understand if name == "Một Cửa" else match
        middle, late = seconds(timed, rows if name == "Một Cửa" else rows[:: len(rows) // TIMED])
        print(
            f"| {name} | {one:.0f} | {three:.0f} | {none:.0f} | {middle / base:.3f} | {late / middle:.1f} |", flush=True
        )
