"""Dates: nothing checked in the future, nothing ended without a successor, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import ValidationError

from knowledge.checks.finding import Notice, bad, note, quoted
from knowledge.files import Problem
from knowledge.record import DatedFact, Fact, Record, walk_facts

SOON = timedelta(days=60)
STALE = timedelta(days=365)
EARLIEST, LATEST = date(1990, 1, 1), date(2040, 12, 31)


def broken_changes(record: Record) -> Iterator[Problem]:
    """Prepared versions that would be no valid record on the day they begin."""
    for change in record.changes:
        try:
            record.on(change.effective_from)
        except ValidationError as error:
            yield bad(record, "changes", f"from {change.effective_from}: {error.errors()[0]['msg']}")


def problems(record: Record, today: date) -> Iterator[Problem]:
    """Days that cannot be right, and fees that nobody would be shown today."""
    checked = [("checked_on", record.checked_on)]
    checked += [(f"sources.{key}.checked_on", source.checked_on) for key, source in record.sources.items()]
    for field, day in checked:
        if day and day > today:
            yield bad(record, field, f"{day} is in the future")
    for path, fact in _dated(record):
        for name in ("effective_from", "effective_to"):
            day = getattr(fact, name)
            if day and not EARLIEST <= day <= LATEST:
                yield bad(record, f"{path}.{name}", f"{day}: is the year right?")
    for kind in _without_fee(record, today):
        yield bad(record, "channels", f"{kind}: none of its fees is in force on {today}")


def notices(record: Record, today: date) -> Iterator[Notice]:
    """Facts that end or begin soon, have ended, or were not compared with their source for a year."""
    for path, fact in _dated(record):
        end = fact.effective_to
        if end and end < today:
            yield note(record, "ended", path, f"{_name(fact)} ended on {end}: take it out or renew it")
        elif end and end - today <= SOON:
            yield note(record, "ends soon", path, f"{_name(fact)} ends on {end}")
            for kind in _without_fee(record, end + timedelta(days=1)):
                yield note(record, "ends soon", path, f"{kind}: no fee is in force from {end + timedelta(days=1)}")
    for change in record.changes:
        if today < change.effective_from <= today + SOON:
            yield note(record, "begins soon", "changes", f"from {change.effective_from}: {change.reason}")
    for key, source in record.sources.items():
        if today - source.checked_on > STALE:
            yield note(record, "stale", f"sources.{key}", f"last compared on {source.checked_on}")


def _dated(record: Record) -> Iterator[tuple[str, DatedFact]]:
    return ((path, fact) for path, fact in walk_facts(record) if isinstance(fact, DatedFact))


def _without_fee(record: Record, day: date) -> list[str]:
    """The channels that have fees, but none on ``day``."""
    channels = record.on(day).channels
    return [c.kind for c in channels if c.fees and not any(fee.holds_on(day) for fee in c.fees)]


def _name(fact: Fact) -> str:
    return quoted(str(getattr(fact, "name", None) or getattr(fact, "text", None) or getattr(fact, "title", "")))
