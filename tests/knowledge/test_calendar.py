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

WAIVED_ONLINE = [
    "ban-sao-van-bang", "cap-doi-dang-ky-xe", "cap-doi-the-can-cuoc", "cap-lai-dang-ky-xe", "cap-lai-giay-phep-lai-xe",
    "cap-lai-so-do", "cap-lai-the-can-cuoc", "chinh-sua-van-bang", "chuyen-nhuong-dat", "dang-ky-lai-ket-hon",
    "dang-ky-lai-khai-sinh", "dang-ky-tam-tru", "dang-ky-thuong-tru", "dang-ky-xe", "doi-giay-phep-lai-xe",
    "gia-han-tam-tru", "giay-phep-lai-xe-quoc-te", "giay-thong-hanh", "ho-chieu", "khai-sinh", "le-phi-truoc-ba",
    "ly-lich-tu-phap", "sang-ten-xe", "tach-ho", "trich-luc-ho-tich", "xac-nhan-tinh-trang-hon-nhan",
]  # fmt: skip
CIVIL_STATUS = [
    "cai-chinh-ho-tich", "cham-dut-giam-ho", "dang-ky-lai-ket-hon", "dang-ky-lai-khai-sinh", "giam-ho", "ket-hon",
    "ket-hon-nuoc-ngoai", "khai-sinh", "khai-sinh-nuoc-ngoai", "khai-tu", "nhan-cha-me-con",
    "xac-nhan-tinh-trang-hon-nhan",
]  # fmt: skip


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
    return card.render(on_that_day("procedures", slug, day), facet, day)


def on_that_day(folder: str, slug: str, day: date) -> Record:
    record = read_record(DATA / folder / f"{slug}.yaml")
    return build_snapshot(1, day, [record]).records[slug]


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
    assert f": {half} đồng" in in_force(before)
    assert "đến hết 31/12/2026" in in_force(before)
    assert "• Từ 01/01/2027: " in before
    assert f": {half} đồng" not in after
    assert f": {base} đồng" in after
    assert "(đến hết 31/12/2026)" not in after
    assert VI.upcoming not in after


@pytest.mark.parametrize(
    ("slug", "half", "base"),
    [
        ("ho-chieu", "Cấp lại do bị mất hoặc hỏng: 200.000 đồng", "Cấp lại do bị mất hoặc hỏng: 400.000 đồng"),
        ("cap-doi-the-can-cuoc", "sang thẻ căn cước): 15.000 đồng", "sang thẻ căn cước): 30.000 đồng"),
        ("giay-thong-hanh", "Lệ phí cho cán bộ, công chức: 25.000 đồng", "Lệ phí cho cán bộ, công chức: 50.000 đồng"),
        ("giay-thong-hanh", "xã giáp biên: 2.500 – 4.000 đồng", "xã giáp biên: 5.000 đồng"),
        ("thay-doi-doanh-nghiep", "đăng ký doanh nghiệp: 25.000 đồng", "đăng ký doanh nghiệp: 50.000 đồng"),
    ],
)
def test_each_half_rate_is_followed_by_its_own_base_fee(slug: str, half: str, base: str) -> None:
    before, after = in_force(shown(slug, "fee", NEW_YEARS_EVE)), in_force(shown(slug, "fee", NEW_YEAR))
    assert half in before
    assert base not in before
    assert half not in after
    assert base in after


def in_force(text: str) -> str:
    """The fee lines without those that are still to come."""
    return text.split(f"**{VI.upcoming}**")[0]


@pytest.mark.parametrize("day", [NEW_YEARS_EVE, NEW_YEAR])
def test_online_registration_of_an_enterprise_is_free_on_both_sides_of_new_year(day: date) -> None:
    assert "Lệ phí đăng ký doanh nghiệp khi nộp trên mạng: Miễn phí" in shown("thay-doi-doanh-nghiep", "fee", day)


@pytest.mark.parametrize("slug", WAIVED_ONLINE)
def test_the_online_waiver_is_shown_from_its_first_to_its_last_day(slug: str) -> None:
    waiver = "đến hết 28/02/2027"
    assert waiver not in shown(slug, "fee", WAIVER_BEGINS - timedelta(days=1))
    assert waiver in shown(slug, "fee", WAIVER_BEGINS)
    assert waiver in shown(slug, "fee", WAIVER_ENDS)
    assert waiver not in shown(slug, "fee", WAIVER_ENDS + timedelta(days=1))


def test_no_other_entry_of_ours_has_the_waiver() -> None:
    with_waiver = {r.slug for r in ours() for e in r.exemptions if e.effective_to == WAIVER_ENDS}
    assert with_waiver == set(WAIVED_ONLINE)


def test_the_answers_about_waivers_and_half_rates_change_with_them() -> None:
    def answer(slug: str, day: date) -> str:
        return on_that_day("faq", slug, day).answer or ""

    ended = "**kết thúc ngày 28/02/2027**"
    assert ended not in answer("hoi-mien-phi-cong-dan-so", WAIVER_ENDS)
    assert ended in answer("hoi-mien-phi-cong-dan-so", WAIVER_ENDS + timedelta(days=1))
    assert "chỉ thu **một nửa**" in answer("hoi-giam-phi-het-2026", NEW_YEARS_EVE)
    assert "**hết ngày 31/12/2026**" in answer("hoi-giam-phi-het-2026", NEW_YEAR)
    assert "được miễn đến hết 28/02/2027" in answer("hoi-giam-phi-het-2026", WAIVER_ENDS)
    assert "được miễn đến hết" not in answer("hoi-giam-phi-het-2026", CIVIL_STATUS_LAW)
    assert "hiện vẫn theo nơi cư trú" in answer("hoi-phi-dia-gioi", WAIVER_ENDS)
    assert "làm ở xã nào cũng được" in answer("hoi-phi-dia-gioi", CIVIL_STATUS_LAW)


@pytest.mark.parametrize("slug", CIVIL_STATUS)
def test_the_civil_status_law_opens_every_commune_on_its_first_day(slug: str) -> None:
    before, after = shown(slug, "where", WAIVER_ENDS), shown(slug, "where", CIVIL_STATUS_LAW)
    assert "Bất kỳ xã, phường, đặc khu nào" not in before
    assert f"Bất kỳ xã, phường, đặc khu nào trong nước. [{VI.likely}]" in after


@pytest.mark.parametrize("slug", [*CIVIL_STATUS, "trich-luc-ho-tich", "khai-sinh-lien-thong", "khai-tu-lien-thong"])
def test_the_civil_status_law_takes_the_place_of_the_old_one(slug: str) -> None:
    before, after = shown(slug, "legal", WAIVER_ENDS), shown(slug, "legal", CIVIL_STATUS_LAW)
    assert "60/2014/QH13" in before or "123/2015/NĐ-CP" in before
    assert "03/2026/QH16" not in before
    assert "03/2026/QH16" in after
    assert "60/2014/QH13" not in after
    assert "123/2015/NĐ-CP" not in after


@pytest.mark.parametrize("slug", CIVIL_STATUS)
@pytest.mark.parametrize("facet", ["documents", "time"])
def test_papers_and_terms_of_the_old_law_are_not_passed_off_as_the_new_ones(slug: str, facet: str) -> None:
    """Nobody has read the rules under the new law yet: what the entry still says is marked from its first day."""
    doubt = f"[{VI.unverified}]"
    after = shown(slug, facet, CIVIL_STATUS_LAW)
    assert doubt in after
    assert shown(slug, facet, WAIVER_ENDS).count(doubt) < after.count(doubt)


@pytest.mark.parametrize(
    ("slug", "number", "first"),
    [
        ("dang-ky-xe", "155/2025/TT-BTC", date(2026, 1, 1)),
        ("sang-ten-xe", "37/2026/TT-BCA", date(2026, 6, 8)),
        ("ho-chieu", "69/2026/TT-BCA", date(2026, 7, 1)),
        ("giay-thong-hanh", "28/2026/TT-BTC", date(2026, 4, 1)),
        ("nop-phat-giao-thong", "238/2026/NĐ-CP", date(2026, 8, 15)),
        ("dinh-danh-dien-tu-muc-2", "320/2026/NĐ-CP", date(2026, 9, 28)),
        ("khai-sinh-lien-thong", "301/2026/NĐ-CP", date(2026, 9, 1)),
        ("khai-tu-lien-thong", "301/2026/NĐ-CP", date(2026, 9, 1)),
        ("ly-lich-tu-phap", "216/2026/NĐ-CP", date(2026, 7, 1)),
        ("dang-ky-thuong-tru", "116/2026/TT-BCA", date(2026, 7, 1)),
    ],
)
def test_a_law_is_named_from_its_first_day(slug: str, number: str, first: date) -> None:
    assert f"({number})" not in shown(slug, "legal", first - timedelta(days=1))
    assert f"({number})" in shown(slug, "legal", first)


@pytest.mark.parametrize(
    ("slug", "number", "last"),
    [
        ("cap-doi-the-can-cuoc", "64/2025/TT-BTC", NEW_YEARS_EVE),
        ("cap-lai-the-can-cuoc", "64/2025/TT-BTC", NEW_YEARS_EVE),
        ("cap-doi-the-can-cuoc", "117/2026/TT-BTC", WAIVER_ENDS),
        ("cap-lai-the-can-cuoc", "117/2026/TT-BTC", WAIVER_ENDS),
    ],
)
def test_a_law_is_named_to_its_last_day(slug: str, number: str, last: date) -> None:
    assert f"({number})" in shown(slug, "legal", last)
    assert f"({number})" not in shown(slug, "legal", last + timedelta(days=1))


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
        # A fee to come has a line of its own ("Từ 01/01/2027: …"), which begins otherwise.
        return (f"• {line}" in lines) == any(f.holds_on(day) for f in same)
    if isinstance(fact, Exemption):
        alike = [e for e in record.exemptions if e.text == fact.text]
        return any(line.startswith(f"• {fact.text}") for line in lines) == any(e.holds_on(day) for e in alike)
    return True
