"""What `motcua knowledge check` finds, each by one file with one thing wrong."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.check import Report, check
from knowledge.files import dump_record
from knowledge.understanding import Understanding
from tests.knowledge.samples import SURE, TODAY, fee, fields, record

CHECKED = date(2026, 11, 27)  # The facts of this release were last gone through by then.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "procedures").mkdir()
    (tmp_path / "faq").mkdir()
    return tmp_path


def checked(folder: Path, *all_fields: dict[str, Any], questions: bool = False) -> Report:
    for one in all_fields:
        given = {name: value for name, value in one.items() if value is not None}
        text = yaml.safe_dump(given, allow_unicode=True, sort_keys=False)
        (folder / "procedures" / f"{one['slug']}.yaml").write_text(text, encoding="utf-8")
    return check(folder, TODAY, questions=questions)


def test_a_complete_entry_has_neither_problems_nor_notices(folder: Path) -> None:
    report = checked(folder, fields(), questions=True)
    assert (report.problems, report.notices) == ([], [])


def test_all_files_of_this_release_are_without_problems() -> None:
    assert [str(problem) for problem in check(today=CHECKED, questions=False).problems] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "1.8"}, "ket-hon.yaml: code: String should match pattern"),
        ({"checked_on": "23/11/2026"}, "ket-hon.yaml: checked_on: Input should be a valid date"),
        ({"checked_on": "2027-01-01"}, "ket-hon.yaml: checked_on: 2027-01-01 is in the future"),
        ({"feee": "0"}, "ket-hon.yaml: feee: Extra inputs are not permitted"),
        ({"level": None}, "ket-hon.yaml: level: is missing although the entry says it was checked"),
        ({"audience": []}, "ket-hon.yaml: audience: is missing"),
        ({"steps_desk": []}, "ket-hon.yaml: steps_desk: needs steps"),
        ({"questions": ["một câu"]}, "ket-hon.yaml: questions: needs at least 8, has 1"),
        (
            {"documents": [{"case": "Mọi người", "items": [{"name": "Tờ khai"}]}]},
            "ket-hon.yaml: documents: “Tờ khai”: how many originals or copies?",
        ),
        ({"channels": [{"kind": "desk"}]}, "ket-hon.yaml: channels: desk: no fee"),
        ({"channels": fee(amount=100)}, "“Lệ phí”: 100 đồng looks as if it lost its thousands"),
        ({"channels": fee(amount=5000, amount_to=3000)}, "“Lệ phí”: amount_to must be above amount"),
        ({"channels": fee(currency="USD")}, "ket-hon.yaml: channels[0].fees[0].currency: Input should be 'VND'"),
        ({"channels": fee(effective_to="2026-01-01")}, "desk: none of its fees is in force on 2026-11-23"),
        ({"channels": fee(effective_from="0206-01-01")}, "0206-01-01: is the year right?"),
        ({"channels": fee(confidence="unverified")}, "says 'sure', but channels[0].fees[0] is unverified"),
        ({"related": ["khong-co"]}, "ket-hon.yaml: related: 'khong-co' is no entry of ours"),
        ({"where": {"text": "Xã", "offices": ["khong-co"], **SURE}}, "'khong-co' is not in offices.yaml"),
        ({"summary": "Nộp tại http://dichvucong.gov.vn nhé."}, "http://dichvucong.gov.vn: write https"),
        ({"summary": "Vào dichvucong-gov.com mà nộp."}, "dichvucong-gov.com is neither .gov.vn nor in hosts.yaml"),
        (
            {"where": {"text": "Xã", "online": [{"name": "Cổng", "url": "https://gov.vn.top/nop"}], **SURE}},
            "https://gov.vn.top/nop: gov.vn.top is not in hosts.yaml",
        ),
        (
            {"other_codes": [{"code": "1.000894", "relation": "old", "note": "mã cũ"}]},
            "ket-hon.yaml: other_codes: 1.000894 is the entry's own code",
        ),
        (
            {"changes": [{"effective_from": "2027-03-01", "reason": "luật mới", "legal": [{"number": "1"}]}]},
            "ket-hon.yaml: changes: from 2027-03-01: Field required",
        ),
    ],
)
def test_a_problem_names_file_field_and_what_is_wrong(folder: Path, changes: dict[str, Any], message: str) -> None:
    found = [str(problem) for problem in checked(folder, fields(**changes)).problems]
    assert any(message in problem for problem in found), found


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"channels": fee(effective_to="2026-12-31")}, "ends soon", "“Lệ phí” ends on 2026-12-31"),
        ({"channels": fee(effective_to="2026-12-31")}, "ends soon", "desk: no fee is in force from 2027-01-01"),
        ({"summary": " ".join(["từ"] * 26)}, "long sentence", "26 words"),
        ({"conditions": ["Theo quy định của pháp luật."]}, "officialese", "better “theo luật (hoặc bỏ)”"),
        ({"on_the_spot": None}, "not known", "on_the_spot: neither true nor false"),
        ({"channels": fee(confidence="likely")}, "certainty", "channels[0].fees[0] is only likely"),
        ({"open_points": ["Mức phí chưa rõ."]}, "certainty", "“Mức phí chưa rõ.”: whom to ask?"),
    ],
)
def test_a_notice_says_what_to_look_at(folder: Path, changes: dict[str, Any], kind: str, message: str) -> None:
    report = checked(folder, fields(**changes))
    assert report.problems == []
    assert any(n.kind == kind and message in str(n) for n in report.notices), report.notices


def test_a_fact_is_listed_from_sixty_days_before_its_end(folder: Path) -> None:
    def kinds(end: date) -> set[str]:
        return {notice.kind for notice in checked(folder, fields(channels=fee(effective_to=end))).notices}

    assert "ends soon" in kinds(TODAY + timedelta(days=60))
    assert kinds(TODAY + timedelta(days=61)) == set()


def test_two_entries_must_not_claim_a_question_or_a_code(folder: Path) -> None:
    same = {"questions": fields()["questions"]}
    found = [str(p) for p in checked(folder, fields(), fields("khai-tu", **same)).problems]
    assert "ket-hon.yaml: code: 1.000894 is claimed by khai-tu too" in found
    assert any("“ket-hon câu hỏi thứ 0” also stands in khai-tu" in problem for problem in found)


def test_a_name_that_two_entries_claim_is_listed(folder: Path) -> None:
    one, two = fields(old_names=["sổ gia đình"]), fields("khai-tu", code="1.000656", old_names=["SỔ GIA ĐÌNH"])
    report = checked(folder, one, two)
    assert [str(n) for n in report.notices if n.kind == "claimed twice"] == [
        "ket-hon.yaml: old_names: “sổ gia đình” is claimed by ket-hon, khai-tu"
    ]


def test_an_example_question_that_goes_elsewhere_is_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn:
        """Answers everything with one entry, and offers two for the last question."""

        def understand(self, question: str) -> Understanding:
            if question.endswith("7"):
                return Understanding("choose", choices=("ket-hon", "khai-tu"))
            return Understanding("answer", "khai-tu") if "6" in question else Understanding("unknown")

    monkeypatch.setattr("knowledge.checks.matching.Index.build", lambda *_: Stubborn())
    notices = checked(folder, fields(questions=[f"câu {n}" for n in range(8)]), questions=True).notices
    assert [str(n) for n in notices if n.kind == "goes elsewhere"][-2:] == [
        "ket-hon.yaml: questions: “câu 5” → unknown",
        "ket-hon.yaml: questions: “câu 6” → khai-tu",
    ]


def test_a_file_that_cannot_be_read_is_reported_once(folder: Path) -> None:
    (folder / "procedures" / "khai-tu.yaml").write_text("slug: [", encoding="utf-8")
    report = checked(folder, fields(related=["khai-tu"]))
    assert len(report.problems) == 1
    assert "khai-tu.yaml: line" in str(report.problems[0])


def test_every_key_of_the_catalogue_must_have_its_entry(folder: Path) -> None:
    lines = ["slug,name,field,tier", "ket-hon,Kết hôn,Hộ tịch,xã", "khai-tu,Đăng ký khai tử,Hộ tịch,xã"]
    (folder / "catalogue.csv").write_text("\n".join(lines), encoding="utf-8")
    found = [str(problem) for problem in checked(folder, fields(), fields("khai-sinh", code="1.001193")).problems]
    assert "ket-hon.yaml: name: is 'Đăng ký ket-hon', in catalogue.csv 'Kết hôn'" in found
    assert "catalogue.csv: line 3: khai-tu has no file in procedures/" in found
    assert "khai-sinh.yaml: slug: is not in catalogue.csv" in found


def test_the_file_format_keeps_codes_as_text() -> None:
    assert "'1.000890'" in dump_record(record(code="1.000890"))
