"""The calendar switches facts by itself: both sides of each date in the data, as people read it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

from handlers import card
from handlers.facets import FACETS, NONE, fee_line
from handlers.texts.card import VI
from knowledge.files import DATA, read_all, read_record
from knowledge.record import DatedFact, Exemption, Fee, Record, walk_facts
from knowledge.snapshot import build_snapshot

NEW_YEARS_EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
WAIVER_BEGINS, WAIVER_ENDS = date(2026, 8, 15), date(2027, 2, 28)
CIVIL_STATUS_LAW = date(2027, 3, 1)


@pytest.fixture(autouse=True)
def _no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """No question is asked here, and an index costs a second."""
    monkeypatch.setattr("knowledge.snapshot.Index.build", lambda *_, **__: None)


@cache
def ours() -> tuple[Record, ...]:
    records, problems = read_all()
    assert problems == []
    return tuple(records)


def shown(slug: str, facet: str, day: date) -> str:
    """What a person reads on ``day``, through the snapshot of that day."""
    record = read_record(DATA / "procedures" / f"{slug}.yaml")
    published = build_snapshot(1, day, [record])
    return card.render(published.records[slug], facet, day)


@pytest.mark.parametrize(
    ("slug", "half", "base"),
    [
        ("ho-chieu", "100.000", "200.000"),
        ("cap-doi-the-can-cuoc", "25.000", "50.000"),
        ("cap-lai-the-can-cuoc", "35.000", "70.000"),
        ("thanh-lap-doanh-nghiep", "25.000", "50.000"),
        ("bao-ho-nhan-hieu", "75.000", "150.000"),
    ],
)
def test_half_rates_end_with_2026_and_the_base_fee_appears(slug: str, half: str, base: str) -> None:
    before, after = shown(slug, "fee", NEW_YEARS_EVE), shown(slug, "fee", NEW_YEAR)
    assert f": {half} đồng" in before
    assert "đến hết 31/12/2026" in before
    assert "Sắp tới, từ 01/01/2027: " in before
    assert f": {half} đồng" not in after
    assert f": {base} đồng" in after
    assert "(đến hết 31/12/2026)" not in after
    assert "Sắp tới" not in after


@pytest.mark.parametrize("slug", ["ho-chieu", "ly-lich-tu-phap", "trich-luc-ho-tich", "dang-ky-thuong-tru"])
def test_the_online_waiver_is_shown_from_its_first_to_its_last_day(slug: str) -> None:
    waiver = "đến hết 28/02/2027"
    assert waiver not in shown(slug, "fee", WAIVER_BEGINS - timedelta(days=1))
    assert waiver in shown(slug, "fee", WAIVER_BEGINS)
    assert waiver in shown(slug, "fee", WAIVER_ENDS)
    assert waiver not in shown(slug, "fee", WAIVER_ENDS + timedelta(days=1))


def test_the_civil_status_law_opens_every_commune_on_its_first_day() -> None:
    before, after = shown("ket-hon", "where", WAIVER_ENDS), shown("ket-hon", "where", CIVIL_STATUS_LAW)
    assert "Bất kỳ xã, phường, đặc khu nào" not in before
    assert "Bất kỳ xã, phường, đặc khu nào" in after
    assert "03/2026/QH16" not in shown("ket-hon", "legal", WAIVER_ENDS)
    assert "03/2026/QH16" in shown("ket-hon", "legal", CIVIL_STATUS_LAW)


@pytest.mark.parametrize("day", [NEW_YEARS_EVE, NEW_YEAR, WAIVER_ENDS, CIVIL_STATUS_LAW, date(2027, 6, 1)])
def test_on_every_day_each_channel_with_fees_shows_one(day: date) -> None:
    silent = [
        f"{record.slug}, {channel.kind}"
        for record in (one.on(day) for one in ours())
        for channel in record.channels
        if channel.fees and not any(fee.holds_on(day) for fee in channel.fees)
    ]
    assert silent == []


def test_every_dated_fee_and_waiver_of_ours_switches_on_its_own_days() -> None:
    wrong = []
    for record in ours():
        for path, fact in walk_facts(record):
            if isinstance(fact, DatedFact) and path.startswith(("channels", "exemptions")):
                wrong += [f"{record.slug}: {path} on {day}" for day in _edges(fact) if not _right(record, fact, day)]
    assert wrong == []


def _edges(fact: DatedFact) -> list[date]:
    one = timedelta(days=1)
    begin = [fact.effective_from - one, fact.effective_from] if fact.effective_from else []
    end = [fact.effective_to, fact.effective_to + one] if fact.effective_to else []
    return begin + end


def _right(record: Record, fact: DatedFact, day: date) -> bool:
    """Whether ``fact`` is read among the fees of ``day`` exactly when it, or one that reads the same, is in force."""
    lines = FACETS["fee"](record, day, NONE, VI).splitlines()
    if isinstance(fact, Fee):
        line = fee_line(fact, VI)
        same = [f for channel in record.channels for f in channel.fees if fee_line(f, VI) == line]
        # A fee to come has a line of its own ("Sắp tới, từ …"), which begins otherwise.
        return (f"• {line}" in lines) == any(f.holds_on(day) for f in same)
    if isinstance(fact, Exemption):
        alike = [e for e in record.exemptions if e.text == fact.text]
        return any(line.startswith(f"• {fact.text}") for line in lines) == any(e.holds_on(day) for e in alike)
    return True
