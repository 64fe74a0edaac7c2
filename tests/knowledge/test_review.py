"""Review sheets say what is certain, what is likely, what is open, whom to ask, and never go stale unnoticed."""

from __future__ import annotations

from pathlib import Path

from knowledge.files import read_all
from knowledge.review import file_name, sheets, stale, write
from tests.knowledge.samples import SURE, fee, record

DOCS = Path(__file__).parent.parent.parent / "docs" / "knowledge"


def test_the_committed_sheets_are_up_to_date() -> None:
    assert stale(read_all()[0], DOCS) == [], "run: motcua knowledge review"


def test_a_sheet_sorts_facts_by_how_certain_they_are() -> None:
    channels = fee(effective_to="2026-12-31", unit="bản")
    channels[0]["times"] = [{"value": 3, "unit": "ngày làm việc", "source": "luat", "confidence": "likely"}]
    points = ["Mức phí của tỉnh - hỏi Sở Tư pháp.", "Mẫu mới - hỏi lại cán bộ hộ tịch trước khi đi."]
    sheet = sheets([record(channels=channels, open_points=points, confidence="likely")])["ho-tich.md"]
    sure, likely = sheet.split("**Có thể đúng, cần đối chiếu** (1)")
    assert "- Phí: Lệ phí: 20.000 đồng/bản, đến hết 31/12/2026 [tại quầy] – *Luật Hộ tịch*" in sure
    assert "- Thời hạn: 3 ngày làm việc [tại quầy] – *Luật Hộ tịch*" in likely
    assert "- Mức phí của tỉnh - hỏi Sở Tư pháp." in likely
    assert "**Hỏi ai:** Sở Tư pháp; cán bộ hộ tịch" in likely


def test_one_fact_on_several_channels_is_one_line() -> None:
    desk = fee()[0]
    sheet = sheets([record(channels=[desk, {**desk, "kind": "online"}])])["ho-tich.md"]
    assert sheet.count("Phí: Lệ phí") == 1
    assert "[tại quầy, trực tuyến]" in sheet


def test_without_a_named_person_the_office_is_asked() -> None:
    place = {"text": "Xã", "offices": ["ubnd-xa"], **SURE}
    one = record(where=place, open_points=["Chưa rõ."], confidence="likely")
    assert "**Hỏi ai:** Ủy ban nhân dân xã, phường, đặc khu" in sheets([one])["ho-tich.md"]


def test_there_is_one_sheet_a_field_and_an_index() -> None:
    made = sheets([record(), record("so-do", code="1.000001", field="Đất đai")])
    assert sorted(made) == ["README.md", "dat-dai.md", "ho-tich.md"]
    assert "| [Đất đai](dat-dai.md) | 1 | " in made["README.md"]


def test_writing_brings_the_folder_up_to_date(tmp_path: Path) -> None:
    assert write([record()], tmp_path) == ["README.md", "ho-tich.md"]
    assert stale([record()], tmp_path) == []
    assert stale([record(summary="Khác."), record("a", code=None, field="Mới")], tmp_path) == ["README.md", "moi.md"]
    assert write([record(field="Mới")], tmp_path) == ["README.md", "ho-tich.md", "moi.md"]
    assert not (tmp_path / "ho-tich.md").exists()


def test_names_of_fields_become_names_of_files() -> None:
    assert file_name("Đất đai & nhà ở") == "dat-dai-nha-o"
