"""A line of a list as a record, and put onto a record we have."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from knowledge.checks.links import official
from knowledge.importers.listing import Listing
from knowledge.record import Record

SOURCE = "danh-muc"
"""The key of the source that a list becomes in the record."""
NO_REASON = "danh sách nhập vào không nêu lý do"
_PLAIN = ("name", "label", "field", "tier", "summary", "checked_on", "confidence")
_OPENING = re.compile(r"^thủ tục\s+", re.IGNORECASE)
_HOST = re.compile(r"^https://([^/\s]+)(/\S*)?$")


def from_listing(listing: Listing, title: str, today: date) -> tuple[Record, str]:
    """(the record of a procedure we did not have, what was left out of it).

    It says only what the list says: code, name, field, tier, agency, source; its details are not checked.
    """
    name = listing.name or ""
    fields: dict[str, Any] = {
        "slug": listing.slug or slug_of(listing.code or ""),
        "name": name,
        "label": listing.label or _label(name),
        "code": listing.code,
        "field": listing.field,
        "confidence": "unverified",
    }
    doubts = f"; link left out: {listing.link}" if listing.link and not _link(listing) else ""
    return Record.model_validate(_merged(fields, listing, title, today)), doubts


def slug_of(code: str) -> str:
    """The key of an entry known only by its national code: ``1.000894`` is ``tt-1-000894``."""
    return "tt-" + re.sub(r"[^a-z0-9]+", "-", code.casefold())


def apply_listing(listing: Listing, present: Record, title: str, today: date) -> Record:
    """``present`` with what the line says otherwise; each fact that changed names the list as its source."""
    fields = present.model_dump(mode="json", exclude_defaults=True)
    if listing.name and present.label == _label(present.name):
        fields["label"] = _label(listing.name)
    return Record.model_validate(_merged(fields, listing, title, today, present))


def differences(listing: Listing, present: Record) -> dict[str, tuple[Any, Any]]:
    """What the line says otherwise than ``present``: (ours, theirs) by name. An empty cell says nothing."""
    ours = _as_said(present)
    theirs = {name: getattr(listing, name) for name in (*_PLAIN, "code", "agency", "level", "old_level", "reason")}
    theirs |= dict(listing.flags)
    if listing.link and not present.details_checked:
        theirs["link"] = _link(listing)
    return {name: (ours.get(name), value) for name, value in theirs.items() if value not in (None, ours.get(name))}


def _as_said(record: Record) -> dict[str, Any]:
    """``record`` in the words of a list."""
    level = record.level
    said: dict[str, Any] = {name: getattr(record, name) for name in (*_PLAIN, "code")}
    said |= {name: getattr(record, name) for name in ("online_only", "on_national_portal", "on_the_spot")}
    said["online_payment"] = record.online_payment
    said["agency"] = record.agency.name if record.agency else None
    said |= {"level": level and level.name, "old_level": level and level.old, "reason": level and level.reason}
    said["link"] = record.sources[SOURCE].url if SOURCE in record.sources else None
    return said


def _merged(
    fields: dict[str, Any], listing: Listing, title: str, today: date, present: Record | None = None
) -> dict[str, Any]:
    changes = differences(listing, present) if present else {}
    confidence = listing.confidence if listing.checked_on and listing.confidence else "unverified"
    origin = {"source": SOURCE, "confidence": confidence}
    merged = dict(fields)
    for name in (*_PLAIN, "code"):
        value = getattr(listing, name)
        if value is not None and (present is None or name in changes):
            merged[name] = value
    merged |= dict(listing.flags)
    if listing.agency and (present is None or "agency" in changes):
        merged["agency"] = {"name": listing.agency, **origin}
    if listing.level and (present is None or changes.keys() & {"level", "old_level", "reason"}):
        merged["level"] = _level(listing, present) | origin
    if present is None or any(part.get("source") == SOURCE for part in _facts(merged)) or "link" in changes:
        merged["sources"] = dict(fields.get("sources", {})) | {SOURCE: _source(listing, title, today)}
    return merged


def _facts(fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [fields[name] for name in ("agency", "level") if isinstance(fields.get(name), dict)]


def _level(listing: Listing, present: Record | None) -> dict[str, Any]:
    before = present.level if present else None
    reason = listing.reason or (before.reason if before and before.name == listing.level else None)
    if listing.level == "một phần":
        reason = reason or NO_REASON
    old = listing.old_level or (before.old if before and before.name == listing.level else None)
    return {"name": listing.level, "old": old, "reason": reason}


def _source(listing: Listing, title: str, today: date) -> dict[str, Any]:
    name = "Danh mục thủ tục hành chính quốc gia" if listing.national else f"Danh sách {title}"
    decision = f", Quyết định {listing.decision}" if listing.decision else ""
    return {"title": name + decision, "url": _link(listing), "checked_on": listing.checked_on or today}


def _link(listing: Listing) -> str | None:
    """The line's link if it leads to an official page; a list may hold anything."""
    match = _HOST.match(listing.link or "")
    return listing.link if match and official(match[1]) else None


def _label(name: str) -> str:
    short = _OPENING.sub("", name)
    return short[:1].upper() + short[1:]


def compared(record: Record) -> dict[str, Any]:
    """``record`` as far as two imports of the same file must agree: not on which day it was compared."""
    return record.model_dump(exclude={"sources": {"__all__": {"checked_on"}}})
