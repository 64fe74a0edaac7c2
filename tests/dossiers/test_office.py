"""For the office: bringing in its table again and again, and the numbers it has to report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image

from knowledge.dossiers.figures import NO_FIELD, Figures, count, total
from knowledge.dossiers.figures_files import ALL, write_png, write_xlsx
from knowledge.dossiers.vault import Vault
from knowledge.files import DATA
from knowledge.importers.dossiers import read_dossiers
from knowledge.knowledge import Knowledge
from knowledge.models import Dossier
from tests.conftest import TODAY
from tests.dossiers.conftest import a_dossier

START, END = date(2026, 11, 1), date(2026, 11, 30)
HEAD = (
    "Mã hồ sơ,Tên thủ tục,Trạng thái,Chủ hồ sơ,Số điện thoại,Ngày sinh,Số CCCD,Lĩnh vực,Hình thức nộp,Nội dung bổ sung"
)
ROW = (
    "H49.22-261103-0345,Đăng ký kết hôn,Đang xử lý,NGUYỄN VĂN AN,0912 345 678,01/02/1990,001099012345,"
    "Hộ tịch,Trực tuyến,"
)


def table(folder: Path, *lines: str) -> Path:
    path = folder / "export.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


# Bringing in ------------------------------------------------------------------------------------------------


def test_names_are_masked_and_numbers_hashed_on_the_way_in(tmp_path: Path, vault: Vault) -> None:
    (dossier,) = read_dossiers(table(tmp_path, HEAD, ROW), TODAY, vault).dossiers
    assert (dossier.owner, dossier.field, dossier.channel) == ("N***** V** A*", "Hộ tịch", "online")
    assert dossier.phone_mark
    assert dossier.birth_mark
    kept = dossier.model_dump_json()
    for secret in ("NGUYỄN VĂN AN", "345 678", "0912345678", "1990", "001099012345"):
        assert secret not in kept


async def test_bringing_in_again_updates_and_does_not_forget(
    tmp_path: Path, knowledge: Knowledge, vault: Vault
) -> None:
    first = read_dossiers(table(tmp_path, HEAD, ROW), TODAY, vault).dossiers
    await knowledge.store.put_dossiers(first)
    again = table(tmp_path, "Mã hồ sơ,Tên thủ tục,Trạng thái", "H49.22-261103-0345,Đăng ký kết hôn,Đã trả kết quả")
    await knowledge.store.put_dossiers(read_dossiers(again, TODAY, vault).dossiers)
    dossier = await knowledge.store.dossier("H49.22-261103-0345")
    assert dossier is not None
    assert dossier.state == "da-tra-ket-qua"
    assert (dossier.phone_mark, dossier.field) == (first[0].phone_mark, "Hộ tịch")


def test_an_identity_number_in_the_wrong_column_is_not_printed_back(tmp_path: Path) -> None:
    result = read_dossiers(table(tmp_path, HEAD, ROW.replace("H49.22-261103-0345", "001099012345")), TODAY)
    assert result.dossiers == []
    assert "line 2" in result.problems[0]
    assert "001099012345" not in result.problems[0]


def test_the_samples_of_this_release_are_readable() -> None:
    result = read_dossiers(DATA / "dossiers-sample.csv", TODAY)
    assert result.problems == []
    assert len(result.dossiers) == 12


# The numbers ------------------------------------------------------------------------------------------------


def case(number: int, received: date, **changes: Any) -> Dossier:
    return a_dossier(f"H49.22-{received:%y%m%d}-{number:04}", received_on=received, **({"field": "Hộ tịch"} | changes))


NOVEMBER = date(2026, 11, 3)
CASES = [
    (
        "carried over, settled late",
        case(1, date(2026, 10, 5), due_on=date(2026, 11, 2), finished_on=date(2026, 11, 4), state="da-tra-ket-qua"),
        {"carried_over", "settled_late"},
    ),
    (
        "online, early",
        case(
            2,
            NOVEMBER,
            channel="online",
            due_on=date(2026, 11, 20),
            finished_on=date(2026, 11, 10),
            state="da-xu-ly-xong",
        ),
        {"online", "settled_early"},
    ),
    (
        "desk, on time",
        case(
            3,
            NOVEMBER,
            channel="desk",
            due_on=date(2026, 11, 10),
            finished_on=date(2026, 11, 10),
            state="da-tra-ket-qua",
        ),
        {"desk", "settled_on_time"},
    ),
    (
        "due on a holiday, returned the day after",
        case(
            4,
            NOVEMBER,
            channel="desk",
            due_on=date(2026, 11, 24),
            finished_on=date(2026, 11, 25),
            state="da-tra-ket-qua",
        ),
        {"desk", "settled_on_time"},
    ),
    ("post, in time", case(5, NOVEMBER, channel="post", due_on=date(2026, 12, 20)), {"post", "in_time"}),
    ("no channel, overdue", case(6, NOVEMBER, due_on=date(2026, 11, 10)), {"unknown_channel", "overdue"}),
    (
        "waiting for the applicant",
        case(7, NOVEMBER, channel="online", state="yeu-cau-bo-sung", due_on=date(2026, 11, 5)),
        {"online", "paused"},
    ),
    ("refused", case(8, NOVEMBER, channel="desk", state="khong-duoc-tiep-nhan"), {"desk", "refused"}),
    (
        "no term",
        case(9, NOVEMBER, channel="desk", due_on=None, finished_on=date(2026, 11, 4), state="da-tra-ket-qua"),
        {"desk", "settled_no_due"},
    ),
    (
        "returned after the period",
        case(
            10,
            NOVEMBER,
            channel="desk",
            due_on=date(2026, 12, 5),
            finished_on=date(2026, 12, 4),
            state="da-tra-ket-qua",
        ),
        {"desk", "in_time"},
    ),
    (
        "settled before the period",
        case(11, date(2026, 10, 5), finished_on=date(2026, 10, 6), state="da-tra-ket-qua"),
        set(),
    ),
    ("received after the period", case(12, date(2026, 12, 1)), set()),
]


@pytest.mark.parametrize(("what", "dossier", "counted"), CASES, ids=[what for what, _, _ in CASES])
def test_each_dossier_is_counted_where_officials_count_it(what: str, dossier: Dossier, counted: set[str]) -> None:
    line = total(count([dossier], START, END))
    assert {name for name, number in vars(line).items() if number} == counted


def test_what_came_in_equals_what_went_out_and_what_is_left() -> None:
    line = total(count([dossier for _, dossier, _ in CASES], START, END))
    assert line.carried_over + line.received == line.settled + line.in_hand + line.refused == 10


def test_fields_have_a_line_each_also_those_without_a_name() -> None:
    lines = count([case(1, NOVEMBER), case(2, NOVEMBER, field="Đất đai"), case(3, NOVEMBER, field=None)], START, END)
    assert set(lines) == {"Hộ tịch", "Đất đai", NO_FIELD}


def test_the_table_for_excel_has_the_sums_and_no_formulas(tmp_path: Path) -> None:
    lines = count([case(1, NOVEMBER, field="=HYPERLINK(1)"), case(2, NOVEMBER)], START, END)
    write_xlsx(lines, START, END, tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Tình hình giải quyết hồ sơ từ 01/11/2026 đến 30/11/2026"
    assert rows[2][0] == "'=HYPERLINK(1)"
    assert rows[-1][0] == ALL
    assert rows[-1][rows[1].index("Tổng nhận trong kỳ")] == 2


@pytest.mark.parametrize("fields", [0, 1, 60])
def test_the_chart_is_drawn_for_none_one_and_many_fields(tmp_path: Path, fields: int) -> None:
    lines = {f"Lĩnh vực có một cái tên rất dài, số {n}": Figures(settled_on_time=n, overdue=2) for n in range(fields)}
    write_png(lines, START, END, tmp_path / "r.png")
    with Image.open(tmp_path / "r.png") as image:
        assert image.width == 1200
        assert image.height < 2400


def motcua(folder: Path, *args: str) -> str:
    """What the command prints; a process of its own, because the command sets up the logs of its process."""
    environment = os.environ | {"MOTCUA_DATABASE_URL": f"sqlite:///{folder}/new.db"}
    command = [sys.executable, "-m", "bot", *args]
    return subprocess.run(command, env=environment, capture_output=True, check=True, encoding="utf-8").stdout


def test_the_command_prints_json_and_writes_both_files(tmp_path: Path) -> None:
    png, xlsx = tmp_path / "r.png", tmp_path / "r.xlsx"
    period = ["--from", "01/11/2026", "--to", "23/11/2026"]
    files = ["--png", str(png), "--xlsx", str(xlsx)]
    report = json.loads(motcua(tmp_path, "dossiers", "report", *period, "--json", *files))
    assert report["total"]["received"] == 9
    assert report["total"]["overdue"] == 1
    assert png.stat().st_size > 5_000
    assert xlsx.stat().st_size > 4_000


def test_refusals_are_listed_for_the_operator(tmp_path: Path) -> None:
    assert "none" in motcua(tmp_path, "dossiers", "refused", "--days", "1")


def test_fields_stand_in_the_order_of_a_vietnamese_index() -> None:
    dossiers = [a_dossier(field=field) for field in ("Xây dựng", "Đất đai", "Công thương")]
    assert list(count(dossiers, date(2026, 11, 1), date(2026, 11, 23))) == ["Công thương", "Đất đai", "Xây dựng"]


def test_a_withdrawn_dossier_is_settled_and_one_that_was_not_taken_is_not() -> None:
    """As the national portal counts: 9, 10 and 7."""
    day = {"finished_on": date(2026, 11, 20), "due_on": date(2026, 12, 1)}
    dossiers = [a_dossier(state=state, **day) for state in ("da-rut", "khong-duoc-tiep-nhan")]
    line = total(count(dossiers, date(2026, 11, 1), date(2026, 11, 23)))
    assert (line.settled, line.refused, line.received) == (1, 1, 2)
