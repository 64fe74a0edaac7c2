"""``motcua knowledge check``: everything about the knowledge base that a program can check."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from knowledge.files import DATA, Problem, read_all
from knowledge.offices import office_kinds
from knowledge.record import Record

MIN_QUESTIONS = 5
MIN_QUESTIONS_COMPLETE = 8


def check(data: Path = DATA) -> tuple[list[Record], list[Problem]]:
    """All readable records and every problem found, file by file and across files."""
    records, problems = read_all(data)
    problems += _across_files(records, set(office_kinds(data)))
    for record in records:
        problems += _one(record)
    return records, problems


def _across_files(records: list[Record], offices: set[str]) -> list[Problem]:
    slugs = {r.slug for r in records}
    problems = []
    for record in records:
        pointed = [("related", s) for s in record.related] + [("confused", c.slug) for c in record.confused]
        problems += [_bad(record, f, f"{s!r} is no entry of ours") for f, s in pointed if s not in slugs]
        named = record.where.offices if record.where else ()
        problems += [_bad(record, "where.offices", f"{o!r} is not in offices.yaml") for o in named if o not in offices]
    owners: dict[str, list[str]] = defaultdict(list)
    for record in records:
        for question in record.questions:
            owners[" ".join(question.casefold().split())].append(record.slug)
    for question, claimed_by in owners.items():
        if len(claimed_by) > 1:
            problems.append(
                Problem(f"{claimed_by[0]}.yaml", "questions", f"{question!r} also stands in {claimed_by[1:]}")
            )
    codes = Counter(r.code for r in records if r.code)
    problems += [
        _bad(r, "code", f"{r.code} is claimed by two entries") for r in records if r.code and codes[r.code] > 1
    ]
    return problems


def _one(record: Record) -> list[Problem]:
    problems = []
    if len(record.questions) < MIN_QUESTIONS:
        problems.append(_bad(record, "questions", f"needs at least {MIN_QUESTIONS}, has {len(record.questions)}"))
    if record.kind == "procedure" and record.details_checked:
        problems += [
            _bad(record, name, "is missing although the entry says it was checked")
            for name in (
                "level",
                "agency",
                "where",
                "documents",
                "channels",
                "result",
                "legal",
                "summary",
                "english",
            )
            if not getattr(record, name)
        ]
        if not record.steps_desk and not record.steps_online:
            problems.append(_bad(record, "steps_desk", "needs steps at the desk or online"))
        if len(record.questions) < MIN_QUESTIONS_COMPLETE:
            problems.append(_bad(record, "questions", f"a complete entry needs {MIN_QUESTIONS_COMPLETE}"))
        for channel in record.channels:
            if not channel.fees:
                problems.append(
                    _bad(record, "channels", f"{channel.kind}: no fee (write one without amount if unknown)")
                )
            if not channel.times:
                problems.append(_bad(record, "channels", f"{channel.kind}: no time limit (write a text if unknown)"))
        for case in record.documents:
            for item in case.items:
                if not (item.originals or item.copies or item.from_database or item.show_only):
                    problems.append(_bad(record, "documents", f"{item.name[:50]!r}: how many originals or copies?"))
    return problems


def _bad(record: Record, field: str, message: str) -> Problem:
    return Problem(f"{record.slug}.yaml", field, message)


if __name__ == "__main__":
    import sys

    found, wrong = check()
    only = set(sys.argv[1:])
    for problem in wrong:
        if not only or problem.file.removesuffix(".yaml") in only:
            print(problem)
    print(f"{len(found)} records, {len(wrong)} problems")
