"""Speed, build time and memory at three sizes, as ratios to rapidfuzz extractOne(WRatio) in the same run.

    python -m benchmarks.understanding size [QUESTIONS.csv] [CATALOGUE-2642.csv]

Without the national catalogue a made list of that size takes its place.
"""

from __future__ import annotations

import csv
import random
import resource
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.understanding_peers import seconds
from knowledge.files import read_all
from knowledge.not_ours import read_not_ours
from knowledge.record import Record
from knowledge.understanding import Index
from knowledge.understanding.corpus import entry_of
from knowledge.understanding.labelled import Row
from knowledge.understanding.normalize import fold

BIG_ENTRIES, BIG_QUESTIONS = 6500, 5


def national(path: Path | None, records: list[Record]) -> list[str]:
    """Names of procedures that are not ours."""
    if path is not None and path.exists():
        ours = {r.code for r in records}
        with path.open(encoding="utf-8") as file:
            return [row["name"] for row in csv.DictReader(file) if row["code"] not in ours]
    chance = random.Random(1)
    vocabulary = [w for r in records for w in r.name.split()]
    return [" ".join(chance.sample(vocabulary, 10)) for _ in range(2642)]


def named(at: int, name: str, questions: tuple[str, ...] = ()) -> Record:
    """A record that only has a name (and perhaps questions)."""
    return Record(slug=f"n-{at}", name=name, label=name, field="khác", questions=questions)


def big(records: list[Record], names: list[str]) -> list[Record]:
    """6,500 entries with about 45,000 phrases, mixed from real names and questions."""
    chance = random.Random(1)
    pool = [q.split() for r in records for q in r.questions]
    made = list(records)
    for at in range(BIG_ENTRIES - len(records)):
        name = f"{names[at % len(names)]} {at}"
        head = name.split()[:6]
        asked = tuple(" ".join(chance.choice(pool)[:5] + head + chance.choice(pool)[-6:]) for _ in range(BIG_QUESTIONS))
        made.append(named(at, name, asked))
    return made


def main(rows: Sequence[Row], catalogue: Path | None) -> None:
    """Prints one row a size, then how the national procedures are found by their own names."""
    records, _ = read_all()
    names = national(catalogue, records)
    rivals = [named(at, name) for at, name in enumerate(names)]
    print("| entries | phrases | build s | replace s | ms a question | of WRatio | p99 / median | MB |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    for made in (records, records + rivals, big(records, names)):
        index = Index.build(made, read_not_ours())
        middle, late = seconds(index.understand, rows)
        texts = [p for r in made for p in entry_of(r).phrases]
        base, _ = seconds(lambda q, t=texts: process.extractOne(q, t, scorer=fuzz.WRatio), rows[::20])  # type: ignore[misc]
        index.replace(records[0])
        start = time.perf_counter()
        index.replace(records[1])
        replaced = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"| {len(made)} | {len(texts)} | {index.build_s:.1f} | {replaced:.2f} | {middle * 1000:.2f} "
            f"| {middle / base:.4f} | {late / middle:.1f} | {memory} |",
            flush=True,
        )
        if made is not records and len(made) < BIG_ENTRIES:
            right = [index.verdict(r.question).keys[0] in r.expected for r in rows if r.expected]
            print(f"\nours among the national ones: top-1 {100 * statistics.mean(right):.1f} %")
            for label, form in (("with", str), ("without", fold)):
                found = [index.verdict(form(r.name)).keys[0] for r in rivals]
                same = [
                    made_of == r.slug or same_name(made_of, r, rivals) for made_of, r in zip(found, rivals, strict=True)
                ]
                print(f"national ones by name {label} marks: {100 * statistics.mean(same):.1f} %")


def same_name(slug: str, record: Record, rivals: list[Record]) -> bool:
    """Several national procedures bear one name: any of them is right."""
    at = slug.removeprefix("n-")
    return at.isdigit() and fold(rivals[int(at)].name) == fold(record.name)
