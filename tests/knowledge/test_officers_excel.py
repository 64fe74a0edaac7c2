"""An officer's Excel file: a cover sheet, a title, merged cells, NFD, dates as text, codes Excel took for numbers."""

from __future__ import annotations

import tracemalloc
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.importers import tables
from knowledge.importers.listing import read_code, read_flag, read_level, read_listings, read_tier
from knowledge.importers.tables import TableError, read_date

HEADER = [
    "STT",
    "Mã TTHC",
    "Tên thủ tục hành chính",
    "Cơ quan thực hiện",
    "Cấp thực hiện",
    "Mức độ DVC",
    "Ngày kiểm tra",
]


@pytest.fixture
def excel(tmp_path: Path) -> Path:
    book = Workbook()
    book.active.append(["ỦY BAN NHÂN DÂN TỈNH"])
    sheet = book.create_sheet("Danh mục")
    sheet["A1"] = "DANH MỤC THỦ TỤC HÀNH CHÍNH"
    sheet.merge_cells("A1:G1")
    sheet.append([])
    for at, text in enumerate(HEADER, start=1):
        sheet.cell(5, at, unicodedata.normalize("NFD", text))
    rows = [
        ["I. LĨNH VỰC HỘ TỊCH (02 TTHC)"],
        [
            1,
            "1.001193.000.00.00.H49",
            unicodedata.normalize("NFD", "Đăng ký khai sinh"),
            "UBND xã",
            "Cấp xã",
            "Toàn trình",
            "23/11/2026",
        ],
        [2, 1.00089, "Ðăng ký\u00a0kết  hôn", None, "Cấp xã", 3, "22-11-2026"],
        HEADER,
        ["II. LĨNH VỰC ĐẤT ĐAI"],
        [3, "1.012345", "Cấp đổi sổ", "VPĐKĐĐ", "Sở NN và MT", "Một phần", None],
        [4, "không có", "Việc lạ", "", "", "", ""],
    ]
    for offset, row in enumerate(rows):
        for at, value in enumerate(row, start=1):
            sheet.cell(6 + offset, at, value)
    sheet.merge_cells("A6:G6")
    sheet.merge_cells("D7:D8")
    path = tmp_path / "danh-muc.xlsx"
    book.save(path)
    return path


def test_the_table_is_found_and_read_as_meant(excel: Path) -> None:
    birth, marriage, land = read_listings(excel)[0]
    assert (birth.code, birth.name, birth.field, birth.agency) == (
        "1.001193",
        "Đăng ký khai sinh",
        "Hộ tịch",
        "UBND xã",
    )
    assert (birth.tier, birth.level, str(birth.checked_on), birth.place) == ("xã", "toàn trình", "2026-11-23", "line 7")
    assert (marriage.code, marriage.name, marriage.level, marriage.old_level) == (
        "1.000890", "Đăng ký kết hôn", "một phần", "3",
    )  # fmt: skip
    assert marriage.agency == "UBND xã", "the merged cell counts for both lines"
    assert (land.field, land.tier) == ("Đất đai", "tỉnh")


def test_a_broken_line_is_named_by_its_number(excel: Path) -> None:
    assert read_listings(excel)[1] == ["line 12: 'không có' is no procedure code (as 1.001193)"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.001193", "1.001193"),
        ("1.00119", "1.001190"),
        (" 2.000815.000.00.00.H55.02 ", "2.000815"),
        ("1.000948.H38", "1.000948"),
        ("c08_xphcdb", "C08_XPHCDB"),
        ("", None),
    ],
)
def test_codes_as_offices_write_them(text: str, code: str | None) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("Cấp bộ, Cấp tỉnh, Cấp xã", "xã"),
        ("Cấp bộ, Cấp tỉnh", "tỉnh"),
        ("Cấp bộ", "trung ương"),
        ("Cơ quan khác", None),
        ("UBND PHƯỜNG", "xã"),
        ("", None),
    ],
)
def test_the_tier_nearest_to_the_citizen_counts(text: str, tier: str | None) -> None:
    assert read_tier(text) == tier


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("DVC trực tuyến toàn trình", ("toàn trình", None)),
        ("Mức độ 4", ("toàn trình", "4")),
        ("3", ("một phần", "3")),
        ("Cung cấp thông tin", ("thông tin", None)),
        ("chưa rõ", ("chưa rõ", None)),
        ("", (None, None)),
    ],
)
def test_levels_by_new_and_old_names(text: str, level: tuple[str | None, str | None]) -> None:
    assert read_level(text) == level


def test_yes_no_and_nothing() -> None:
    assert [read_flag(text) for text in ("Có", "x", "KHÔNG", "0", "")] == [True, True, False, False, None]
    with pytest.raises(ValueError, match="write Có or Không"):
        read_flag("chắc thế")


def test_a_semicolon_csv_with_a_mark_at_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Mã TTHC;Tên TTHC;Lĩnh vực\n1.000001;Việc A;Thuế\n", encoding="utf-8-sig")
    (only,) = read_listings(path)[0]
    assert (only.code, only.name, only.field) == ("1.000001", "Việc A", "Thuế")


def edited(excel: Path, at: Path, before: bytes, after: bytes) -> Path:
    """A copy of the workbook with other bytes in its sheets, as no library would write them."""
    with zipfile.ZipFile(excel) as source, zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(before, after))
    return at


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'ref="A6:G6"', b'ref="I1:XFD1048576"'),
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'),
    ],
)
def test_a_sheet_that_reaches_to_the_last_corner_takes_no_memory(
    excel: Path, tmp_path: Path, before: bytes, after: bytes
) -> None:
    bomb = edited(excel, tmp_path / "bomb.xlsx", before, after)
    tracemalloc.start()
    listings, _ = read_listings(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [listing.code for listing in listings] == ["1.001193", "1.000890", "1.012345"]
    assert most < 100_000_000


def test_too_many_lines_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    book = Workbook()
    for line in (["Mã thủ tục", "Tên thủ tục"], *[[f"1.00000{n}", "A"] for n in range(5)]):
        book.active.append(line)
    book.save(tmp_path / "long.xlsx")
    with pytest.raises(TableError, match="more than 3 lines"):
        read_listings(tmp_path / "long.xlsx")


def test_a_day_that_excel_shows_as_a_number() -> None:
    assert read_date("45992") == date(2025, 12, 1)
    with pytest.raises(ValueError, match="is not a date"):
        read_date("2026")
