"""Things two entries claim: codes, questions, names; and pointers to entries or offices that do not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from knowledge.checks.finding import Notice, bad, note, quoted
from knowledge.files import Problem
from knowledge.record import Record
from knowledge.understanding.normalize import clean


def problems(records: Sequence[Record], slugs: set[str], offices: set[str]) -> Iterator[Problem]:
    """Contradictions between entries, and pointers to entries or offices that are not in ``slugs`` or ``offices``."""
    for record in records:
        yield from _pointers(record, slugs, offices)
        for other in record.other_codes:
            if other.code == record.code:
                yield bad(record, "other_codes", f"{other.code} is the entry's own code")
    by_slug = {record.slug: record for record in records}
    for code, owners in _claimed((record.code, record.slug) for record in records if record.code).items():
        yield from (bad(by_slug[s], "code", f"{code} is claimed by {_others(owners, s)} too") for s in owners)
    asked = ((question, record.slug) for record in records for question in record.questions)
    for question, owners in _claimed((_key(q), slug) for q, slug in asked).items():
        yield bad(by_slug[owners[0]], "questions", f"{quoted(question)} also stands in {_others(owners, owners[0])}")


def _pointers(record: Record, slugs: set[str], offices: set[str]) -> Iterator[Problem]:
    pointed = [("related", slug) for slug in record.related] + [("confused", c.slug) for c in record.confused]
    yield from (bad(record, field, f"{slug!r} is no entry of ours") for field, slug in pointed if slug not in slugs)
    yield from (bad(record, field, "points to the entry itself") for field, slug in pointed if slug == record.slug)
    named = record.where.offices if record.where else ()
    yield from (bad(record, "where.offices", f"{key!r} is not in offices.yaml") for key in named if key not in offices)


def notices(records: Sequence[Record]) -> Iterator[Notice]:
    """Names that lead to several entries (the bot will ask back), and codes that do."""
    by_slug = {record.slug: record for record in records}
    names = ((name, record.slug) for record in records for name in (record.name, record.label, *record.old_names))
    for name, owners in _claimed((_key(name), slug) for name, slug in names).items():
        yield note(by_slug[owners[0]], "claimed twice", "old_names", f"{quoted(name)} is claimed by {_listed(owners)}")
    codes = [(other.code, record.slug) for record in records for other in record.other_codes]
    codes += [(record.code, record.slug) for record in records if record.code]
    for code, owners in _claimed(codes).items():
        yield note(by_slug[owners[0]], "claimed twice", "other_codes", f"{code} leads to {_listed(owners)}")


def _claimed(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What more than one entry claims, with the entries in order."""
    owners: dict[str, dict[str, None]] = defaultdict(dict)
    for thing, slug in pairs:
        owners[thing][slug] = None
    return {thing: list(slugs) for thing, slugs in owners.items() if len(slugs) > 1}


def _key(phrase: str) -> str:
    return clean(phrase).strip(" ?!.,")


def _others(owners: list[str], slug: str) -> str:
    return _listed([owner for owner in owners if owner != slug])


def _listed(owners: list[str]) -> str:
    return ", ".join(owners)
