"""What an office is called at a place, and the file in which a province writes down its offices."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import check
from knowledge.offices import office_kinds
from knowledge.places import Places, office_at
from knowledge.places.offices import read_offices

HEAD = "unit_code,kind,name,address,telephone,hours,source,checked_on,confidence\n"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("trung-tam-hcc-xa", "Trung tâm Phục vụ hành chính công phường Hạ Long"),
        ("cong-an-xa", "Công an phường Hạ Long"),
        ("ubnd-xa", "Ủy ban nhân dân phường Hạ Long"),
        ("trung-tam-hcc-tinh", "Trung tâm Phục vụ hành chính công thành phố Quảng Ninh"),
        ("cong-an-tinh", "Công an thành phố Quảng Ninh"),
        ("so-y-te", "Sở Y tế thành phố Quảng Ninh"),
        ("truong-hoc", "Trường học"),
    ],
)
def test_the_kind_of_office_gets_the_name_of_the_place(places: Places, kind: str, name: str) -> None:
    unit = places.units["06688"]
    assert office_at(kind, unit, places.province_of(unit)) == name


def test_every_kind_has_a_name_at_every_unit(places: Places) -> None:
    unit = places.units["06994"]
    assert all("{" not in office_at(kind, unit, places.province_of(unit)) for kind in office_kinds())


def test_a_province_fills_in_its_offices(tmp_path: Path) -> None:
    line = "06688,cong-an-xa,Công an phường Hạ Long,Số 1 phố A,0203 1,7:30-17:00,Công an tỉnh,2026-11-01,sure\n"
    (tmp_path / "offices-22.csv").write_text("\ufeff" + HEAD + line, encoding="utf-8")
    (office,) = read_offices(tmp_path)
    assert (office.place, office.address, office.telephone) == ("06688", "Số 1 phố A", "0203 1")


def test_a_file_saved_by_excel_is_read_too(tmp_path: Path) -> None:
    line = "06688;cong-an-xa;Công an phường Hạ Long;Số 1;0203 3825 111;;Công an tỉnh;2026-11-01;sure\n"
    text = unicodedata.normalize("NFD", HEAD.replace(",", ";") + line)
    (tmp_path / "offices-22.csv").write_text("\ufeff" + text, encoding="utf-8")
    assert [office.name for office in read_offices(tmp_path)] == ["Công an phường Hạ Long"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("06688,cong-an-phuong,A,,,,S,2026-11-01,sure\n", "line 3, kind: 'cong-an-phuong' is not a kind of office"),
        ("06688,cong-an-xa,A,,,,S,1/11/2026,sure\n", "line 3, checked_on: '1/11/2026' is not a date"),
        ("06688,cong-an-xa,A,,,,S,2026-11-01,chắc\n", "line 3, confidence: 'chắc' is not sure, likely or unverified"),
        ("06688,cong-an-xa,,,,,S,2026-11-01,sure\n", "line 3, name: is empty"),
        ("99999,cong-an-xa,A,,,,S,2026-11-01,sure\n", "line 3, unit_code: '99999' is neither a unit nor a province"),
        ("06688,cong-an-xa,A,,,,,2026-11-01,sure\n", "line 3, source: is empty"),
        ("06688,cong-an-xa,A,,,,S,,sure\n", "line 3, checked_on: is empty"),
        ("06688,cong-an-xa,A,,,,S,2027-11-01,sure\n", "line 3, checked_on: 2027-11-01 is in the future"),
        ("06688,cong-an-xa,A,,gọi cô Lan,,S,2026-11-01,sure\n", "line 3, telephone: 'gọi cô Lan' does not look like"),
        ("06661,cong-an-xa,Có,,,,S,2026-11-01,sure\n", "line 3: Có stands twice"),
    ],
)
def test_the_check_names_a_wrong_line_and_its_column(tmp_path: Path, line: str, complaint: str) -> None:
    good = "06661,cong-an-xa,Có,,0203 3825 111,,S,2026-11-01,sure\n"
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "offices-22.csv").write_text(HEAD + good + line, encoding="utf-8")
    found = [str(problem) for problem in check(tmp_path, date(2026, 11, 23), questions=False).problems]
    assert len(found) == 1
    assert found[0].startswith(f"offices-22.csv: {complaint}")


def test_a_wrong_line_does_not_keep_the_others_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lines = "06688,cong-an-phuong,A,,,,S,2026-11-01,sure\n06661,cong-an-xa,B,,,,S,2026-11-01,sure\n"
    (tmp_path / "offices-22.csv").write_text(HEAD + lines, encoding="utf-8")
    with caplog.at_level("WARNING"):
        assert [office.name for office in read_offices(tmp_path)] == ["B"]
    assert "offices-22.csv: line 2, kind" in caplog.text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"unit_code,kind\n", "line 1: no column called address, checked_on, confidence, hours, name"),
        ("unit_code,kind,Tên\n".encode("cp1258", "replace"), "not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_list_of_offices_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "offices-22.csv").write_bytes(content)
    found = [str(problem) for problem in check(tmp_path, date(2026, 11, 23), questions=False).problems]
    assert len(found) == 1
    assert complaint in found[0]


def test_a_contact_without_its_number_is_named(tmp_path: Path) -> None:
    (tmp_path / "contacts.yaml").write_text('"22":\n  - {name: Trung tâm, sure: true, source: x}\n', encoding="utf-8")
    found = [str(problem) for problem in check(tmp_path, date(2026, 11, 23), questions=False).problems]
    assert found == ["contacts.yaml: 22.0.number: Field required"]


def test_our_own_lines_name_their_source_and_day(places: Places) -> None:
    for office in read_offices():
        assert office.source
        assert office.checked_on
        assert office.place in places.units or office.place in places.provinces
