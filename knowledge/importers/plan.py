"""What an import would change, line by line, before anything is written.

The rule: nobody's checked work is overwritten with less. A line of a list may update an entry that nobody has
checked; a checked or staff-edited entry only gives way to a line that says it was checked at least as lately and
is at least as sure. Everything else is kept and reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from knowledge.importers.incoming import Incoming
from knowledge.importers.listing import Listing
from knowledge.importers.merge import apply_listing, compared, differences, from_listing
from knowledge.record import Record

Outcome = Literal["new", "update", "same", "ours", "kept", "broken"]
MEANING: dict[Outcome, str] = {
    "new": "will be added",
    "update": "will be changed",
    "same": "nothing new",
    "ours": "belongs to an entry we have",
    "kept": "kept as it is, in conflict with the file",
    "broken": "cannot be read",
}
_RANK = {"unverified": 0, "likely": 1, "sure": 2}


@dataclass(frozen=True)
class Step:
    """What happens with one line or one file; ``record`` is set when something is to be written."""

    outcome: Outcome
    place: str
    message: str
    record: Record | None = None
    edited: bool = False

    def __str__(self) -> str:
        return f"{self.outcome}: {self.place}: {self.message}"


@dataclass
class Plan:
    """All steps, in the order of the file."""

    steps: list[Step] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """What is to be written, each entry once (as its last line leaves it)."""
        return list({step.record.slug: step.record for step in self.steps if step.record}.values())

    @property
    def edited(self) -> set[str]:
        """The slugs that become the staff's own."""
        return {step.record.slug for step in self.steps if step.record and step.edited}

    @property
    def counts(self) -> dict[Outcome, int]:
        counted = Counter(step.outcome for step in self.steps)
        return {outcome: counted[outcome] for outcome in MEANING if counted[outcome]}


class _Standing:
    """What we have, as the steps so far would leave it."""

    def __init__(self, entries: Iterable[tuple[Record, bool]]) -> None:
        self.records: dict[str, tuple[Record, bool]] = {}
        self.own_codes: dict[str, str] = {}
        self.other_codes: dict[str, tuple[str, str]] = {}
        self.touched: dict[str, str] = {}
        for record, edited in entries:
            self.put(record, edited=edited)

    def put(self, record: Record, *, edited: bool) -> None:
        self.records[record.slug] = (record, edited)
        if record.code:
            self.own_codes[record.code] = record.slug
        for other in record.other_codes:
            self.other_codes.setdefault(other.code, (record.slug, other.note))


def make_plan(incoming: Incoming, entries: Iterable[tuple[Record, bool]], today: date) -> Plan:
    """What importing ``incoming`` into ``entries`` (record, edited by the staff) would do."""
    standing = _Standing(entries)
    plan = Plan([Step("broken", incoming.title, problem) for problem in incoming.problems])
    for step in _steps(incoming, standing, today):
        plan.steps.append(step)
        if step.record:
            edited = step.edited or standing.records.get(step.record.slug, (None, False))[1]
            standing.put(step.record, edited=edited)
            standing.touched[step.record.slug] = step.place
    return plan


def _steps(incoming: Incoming, standing: _Standing, today: date) -> Iterator[Step]:
    for place, record in incoming.records:
        yield _whole(record, place, standing)
    for listing in incoming.listings:
        try:
            yield _line(listing, standing, incoming.title, today)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            yield Step("broken", listing.place, f"{where}: {first['msg'].removeprefix('Value error, ')}")


# A whole record


def _whole(record: Record, place: str, standing: _Standing) -> Step:
    owner = standing.own_codes.get(record.code or "")
    if owner not in (None, record.slug):
        return Step("broken", place, f"{record.slug}: code {record.code} belongs to {owner}")
    if record.slug in standing.touched:
        return Step("broken", place, f"{record.slug} stands twice (see {standing.touched[record.slug]})")
    if record.slug not in standing.records:
        return Step("new", place, f"{record.slug}: {record.name}", record, edited=True)
    present, edited = standing.records[record.slug]
    if record == present:
        return Step("same", place, record.slug)
    changed = ", ".join(_changed_fields(present, record))
    reason = _less(record, present, edited=edited)
    if reason:
        return Step("kept", place, f"{record.slug}: {reason}; differs in {changed}")
    return Step("update", place, f"{record.slug}: {changed}", record, edited=True)


def _less(record: Record, present: Record, *, edited: bool) -> str:
    """Why ``record`` says less than the entry we have; empty when it does not."""
    if present.details_checked and not record.details_checked:
        return "ours was checked, the one in the file was not"
    if edited and record.checked_on and present.checked_on and record.checked_on < present.checked_on:
        return f"ours was checked later ({present.checked_on})"
    return ""


def _changed_fields(before: Record, after: Record) -> list[str]:
    return [name for name in Record.model_fields if getattr(before, name) != getattr(after, name)]


# A line of a list


def _line(listing: Listing, standing: _Standing, title: str, today: date) -> Step:
    slug = listing.slug or standing.own_codes.get(listing.code or "")
    if slug is None and listing.code in standing.other_codes:
        owner, note = standing.other_codes[listing.code]
        return Step("ours", listing.place, f"{listing.code} leads to {owner} ({note})")
    if slug is None or slug not in standing.records:
        return _new(listing, standing, title, today)
    owner_of_code = standing.own_codes.get(listing.code or "", slug)
    if owner_of_code != slug:
        return Step("broken", listing.place, f"{slug}: code {listing.code} belongs to {owner_of_code}")
    return _known(listing, *standing.records[slug], title, today)


def _new(listing: Listing, standing: _Standing, title: str, today: date) -> Step:
    if not listing.name or not listing.field:
        missing = "a name" if not listing.name else "a field (Lĩnh vực)"
        return Step("broken", listing.place, f"{listing.code or listing.slug}: is new, but without {missing}")
    record, doubts = from_listing(listing, title, today)
    if record.slug in standing.touched:
        return Step("broken", listing.place, f"{record.slug} stands twice (see {standing.touched[record.slug]})")
    return Step("new", listing.place, f"{record.slug}: {record.name}{doubts}", record)


def _known(listing: Listing, present: Record, edited: bool, title: str, today: date) -> Step:
    changes = differences(listing, present)
    ours = present.details_checked or edited
    if not changes:
        return Step("ours" if ours and listing.national else "same", listing.place, _called(listing, present))
    shown = "; ".join(f"{name}: ours “{a}”, there “{b}”" for name, (a, b) in changes.items())
    if listing.national and ours:
        return Step("ours", listing.place, f"{_called(listing, present)}; {shown}")
    if ours and not _as_good(listing, present):
        return Step("kept", listing.place, f"{_called(listing, present)}: {shown}")
    record = apply_listing(listing, present, title, today)
    if compared(record) == compared(present):
        return Step("same", listing.place, _called(listing, present))
    return Step("update", listing.place, f"{_called(listing, present)}: {shown}", record, edited=ours)


def _called(listing: Listing, present: Record) -> str:
    return f"{listing.code} is {present.slug}" if listing.code and listing.slug is None else present.slug


def _as_good(listing: Listing, present: Record) -> bool:
    """Whether the line was checked as lately as the entry, and is as sure."""
    if listing.checked_on is None or (present.checked_on and listing.checked_on < present.checked_on):
        return False
    return _RANK[listing.confidence or "unverified"] >= _RANK[present.confidence]


def summary(plan: Plan) -> dict[str, Any]:
    """The counts with their meaning, for a table."""
    return {f"{outcome} ({MEANING[outcome]})": count for outcome, count in plan.counts.items()}
