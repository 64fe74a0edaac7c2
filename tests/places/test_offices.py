"""What an office is called at a place, and the file in which a province writes down its offices."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("06688,cong-an-phuong,A,,,,,2026-11-01,sure\n", "line 2: 'cong-an-phuong' is not a kind of office"),
        ("06688,cong-an-xa,A,,,,,1/11/2026,sure\n", "line 2: checked_on"),
        ("06688,cong-an-xa,A,,,,,2026-11-01,chắc\n", "line 2: confidence"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "offices-22.csv").write_text(HEAD + line, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_offices(tmp_path)


def test_our_own_lines_name_their_source_and_day(places: Places) -> None:
    for office in read_offices():
        assert office.source
        assert office.checked_on
        assert office.place in places.units or office.place in places.provinces
