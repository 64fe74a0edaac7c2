"""`motcua knowledge …` as a person types it: exit statuses, one clear line for what cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands.shared import UnusableError
from knowledge.files import dump_record
from tests.knowledge.samples import record
from tests.knowledge.test_import import NATIONAL


@pytest.fixture
def motcua(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", url)
    monkeypatch.setenv("TELEGRAM_TOKEN", "")
    return CliRunner()


def run(motcua: CliRunner, *arguments: str | Path) -> Result:
    return motcua.invoke(app, ["-q", "knowledge", *map(str, arguments)])


@pytest.fixture
def national(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.csv"
    path.write_text(NATIONAL, encoding="utf-8")
    return path


def test_a_dry_run_tells_line_by_line_and_writes_nothing(motcua: CliRunner, national: Path) -> None:
    for _ in range(2):
        told = run(motcua, "import", "--dry-run", national)
        assert told.exit_code == 0, told.output
        assert "ours: line 2: 1.000894 is ket-hon" in told.output
        assert "new: line 4: tt-1-000014" in told.output
        assert "dry run: nothing was written" in told.output


def test_importing_twice_changes_nothing_the_second_time(motcua: CliRunner, national: Path) -> None:
    assert "1 new: will be added" in run(motcua, "import", national).output
    again = run(motcua, "import", national)
    assert "new" not in again.output.replace("nothing new", "")
    assert "1 same: nothing new" in again.output


def test_what_was_exported_can_be_imported(motcua: CliRunner, tmp_path: Path) -> None:
    done = run(motcua, "export", tmp_path / "out.xlsx")
    assert "120 entries written" in done.output
    back = run(motcua, "import", "--dry-run", tmp_path / "out.xlsx")
    assert "120 same: nothing new" in back.output


@pytest.mark.parametrize(
    "arguments", [("import", "/no/such.csv"), ("export", "a.pdf"), ("check", "--data", "/no/such")]
)
def test_what_cannot_be_used_is_one_line(motcua: CliRunner, arguments: tuple[str, ...]) -> None:
    done = run(motcua, *arguments)
    # main() prints this error as one line and leaves with 2 (tests/test_cli.py).
    assert isinstance(done.exception, UnusableError)
    assert "\n" not in str(done.exception)


def test_the_report_in_all_its_forms(motcua: CliRunner, tmp_path: Path) -> None:
    table = run(motcua, "report")
    assert table.exit_code == 0, table.output
    assert "Theo mức độ cũ" in table.output
    assert "Thủ tục chỉ nộp trực tuyến" in table.output
    assert "Các danh sách" in table.output
    assert "…" not in table.output  # nothing is cut off on a narrow screen
    files = [tmp_path / "r.xlsx", tmp_path / "r.csv", tmp_path / "r.png"]
    done = run(motcua, "report", "--xlsx", files[0], "--csv", files[1], "--png", files[2])
    assert done.exit_code == 0, done.output
    assert [file.read_bytes()[:4] for file in files] == [b"PK\x03\x04", b"\xef\xbb\xbfT", b"\x89PNG"]
    sheet = next(load_workbook(files[0], read_only=True)["Theo mức"].iter_rows(min_row=2, values_only=True))
    assert sheet[0] == "toàn trình"
    assert sheet[1] == sum(number for number in sheet[3::2])


def test_check_fails_for_problems_and_strict_for_notices(motcua: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "procedures").mkdir()
    file = tmp_path / "procedures" / "ket-hon.yaml"

    def checked(*options: str, **changes: object) -> Result:
        file.write_text(dump_record(record(**changes)), encoding="utf-8")
        return run(motcua, "check", "--data", tmp_path, "--no-questions", *options)

    assert checked().exit_code == 0
    assert checked(on_the_spot=None).exit_code == 0
    assert "notice: not known: ket-hon.yaml: on_the_spot" in checked(on_the_spot=None).output
    assert checked("--strict", on_the_spot=None).exit_code == 2
    assert "notice:" not in checked("--brief", on_the_spot=None).output
    broken = checked(level=None)
    assert broken.exit_code == 2
    assert "ket-hon.yaml: level: is missing" in broken.output


def test_review_writes_sheets_and_says_when_they_are_stale(motcua: CliRunner, tmp_path: Path) -> None:
    assert isinstance(run(motcua, "review", "--check", "--folder", tmp_path).exception, UnusableError)
    assert "sheets written" in run(motcua, "review", "--folder", tmp_path).output
    assert "up to date" in run(motcua, "review", "--check", "--folder", tmp_path).output
