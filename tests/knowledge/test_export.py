"""What is written out comes back the same."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from knowledge.export import ExportError, export
from knowledge.files import dump_record, parse_record, read_all
from knowledge.importers.incoming import read_incoming
from knowledge.importers.listing import FLAGS
from knowledge.importers.plan import make_plan
from knowledge.record import Record
from tests.knowledge.samples import TODAY, record

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(str.strip)
WORDS = st.lists(st.text("aăâđêôơưĐé=+-@'\"0.,;:", min_size=1, max_size=6), min_size=1, max_size=4).map(" ".join)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def records(draw: st.DrawFn, text: st.SearchStrategy[str] = ANY_TEXT) -> Record:
    """Any record: awkward texts, some parts missing."""
    fact = {"source": "s", "confidence": draw(st.sampled_from(["sure", "likely", "unverified"]))}
    data: dict[str, Any] = {
        "slug": draw(st.from_regex(r"[a-z]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True)),
        "name": draw(text),
        "label": draw(text),
        "field": draw(text),
        "code": draw(st.none() | st.from_regex(r"[1-3]\.[0-9]{6}", fullmatch=True)),
        "tier": draw(st.none() | st.sampled_from(["xã", "tỉnh", "trung ương"])),
        "summary": draw(st.none() | text),
        "questions": draw(st.lists(text, max_size=3)),
        "level": draw(st.none() | st.just({"name": "một phần", "reason": "phải đến ký", "old": "3", **fact})),
        "agency": draw(st.none() | st.builds(lambda name: {"name": name, **fact}, text)),
        "channels": draw(st.just([]) | st.builds(_channel, text, DAYS, st.integers(0, 10**9), st.just(fact))),
        "changes": draw(st.just([]) | st.builds(_change, DAYS, text)),
        "sources": {"s": {"title": draw(text), "checked_on": draw(DAYS)}},
        "checked_on": draw(st.none() | DAYS),
        "confidence": fact["confidence"],
        **{flag: draw(st.none() | st.booleans()) for flag in FLAGS},
    }
    return Record.model_validate(data)


def _channel(text: str, day: date, amount: int, fact: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"kind": "desk", "fees": [{"name": text, "amount": amount, "effective_to": day, "note": text, **fact}]}]


def _change(day: date, text: str) -> list[dict[str, Any]]:
    return [{"effective_from": day, "reason": text, "summary": text}]


@given(records())
@settings(max_examples=150, deadline=None)
def test_any_record_comes_back_from_its_source_file(one: Record) -> None:
    assert parse_record(dump_record(one), "a.yaml") == one


@given(one=records(WORDS), form=st.sampled_from(["a.csv", "a.xlsx"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_record_comes_back_from_a_table_as_far_as_its_columns_go(tmp_path: Path, one: Record, form: str) -> None:
    export([one], tmp_path / form)
    plan = make_plan(read_incoming(tmp_path / form), [(one, False)], TODAY)
    assert plan.counts == {"same": 1}, str(plan.steps[0])


@pytest.mark.parametrize("form", ["out", "out.zip", "out.yaml"])
def test_our_own_entries_come_back(tmp_path: Path, form: str) -> None:
    ours = read_all()[0][::4]
    assert export(ours, tmp_path / form) == len(ours)
    back = [found for _, found in read_incoming(tmp_path / form).records]
    assert sorted(back, key=lambda r: r.slug) == sorted(ours, key=lambda r: r.slug)


def test_a_folder_is_laid_out_as_the_data_of_the_project(tmp_path: Path) -> None:
    export([record(), record("hoi", kind="faq", answer="Có.", code=None)], tmp_path / "out")
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.yaml")) == [
        "out/faq/hoi.yaml",
        "out/procedures/ket-hon.yaml",
    ]


def test_the_same_knowledge_gives_the_same_zip(tmp_path: Path) -> None:
    export([record()], tmp_path / "a.zip")
    export([record()], tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["procedures/ket-hon.yaml"]


@pytest.mark.parametrize("evil", ['=HYPERLINK("http://x")', "+84", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_read_as_a_formula(tmp_path: Path, evil: str) -> None:
    one = record(name="x").model_copy(update={"name": evil})
    export([one], tmp_path / "a.csv")
    export([one], tmp_path / "a.xlsx")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in csv.reader(file) for cell in row)
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].value == f"'{evil}"


def test_faq_entries_are_not_in_lists_of_procedures(tmp_path: Path) -> None:
    assert export([record(), record("hoi", kind="faq", answer="Có.", code=None)], tmp_path / "a.csv") == 1


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"use \.yaml, \.zip, \.csv, \.xlsx or a folder"):
        export([record()], tmp_path / "a.pdf")
