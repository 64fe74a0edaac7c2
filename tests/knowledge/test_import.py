"""What an import changes, and what it leaves alone. Samples are shaped like the real files, and are ours."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from knowledge.export import export
from knowledge.files import dump_record
from knowledge.importers.incoming import ImportFileError, read_incoming
from knowledge.importers.plan import Plan, make_plan
from knowledge.importers.tables import TableError
from knowledge.record import Record
from knowledge.store import Store
from tests.knowledge.samples import TODAY, record

NATIONAL = """code,name,field,level,issuer,decision,subjects,agency,url
1.000894,Thủ tục đăng ký kết hôn,Hộ tịch,Cấp xã,bo-tu-phap,163/QĐ-BTP,Công dân,,https://dichvucong.gov.vn/thu-tuc/1
2.000513,Thủ tục kết hôn cũ,Hộ tịch,Cấp xã,bo-tu-phap,163/QĐ-BTP,Công dân,,https://dichvucong.gov.vn/thu-tuc/2
1.000014,Thủ tục hải quan đối với xăng dầu,Hải quan,"Cấp bộ, Cấp tỉnh",bo-tai-chinh,2628/QĐ-BTC,Tổ chức,Chi cục Hải quan,https://dichvucong.gov.vn/thu-tuc/3
"""
OLD_CODE = [{"code": "2.000513", "relation": "old", "note": "Mã cấp huyện"}]


def plan_of(path: Path, *entries: tuple[Record, bool], day: date = TODAY) -> Plan:
    return make_plan(read_incoming(path), entries, day)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def national(tmp_path: Path) -> Path:
    return written(tmp_path / "catalogue.csv", NATIONAL)


# The national list


def test_a_line_of_the_national_list_becomes_an_entry_that_says_only_what_the_list_says(national: Path) -> None:
    (new,) = plan_of(national, (record(other_codes=OLD_CODE), False)).records
    assert (new.slug, new.code, new.field, new.tier) == ("tt-1-000014", "1.000014", "Hải quan", "tỉnh")
    assert (new.name, new.label) == ("Thủ tục hải quan đối với xăng dầu", "Hải quan đối với xăng dầu")
    assert new.agency is not None
    assert new.agency.name == "Chi cục Hải quan"
    assert (new.confidence, new.details_checked, new.questions, new.channels) == ("unverified", False, (), ())
    source = new.sources["danh-muc"]
    assert source.title == "Danh mục thủ tục hành chính quốc gia, Quyết định 2628/QĐ-BTC"
    assert source.url == "https://dichvucong.gov.vn/thu-tuc/3"


def test_codes_that_belong_to_our_entries_are_reported_and_not_duplicated(national: Path) -> None:
    plan = plan_of(national, (record(other_codes=OLD_CODE), False))
    own, old, _ = map(str, plan.steps)
    assert own == "ours: line 2: 1.000894 is ket-hon; name: ours “Đăng ký ket-hon”, there “Thủ tục đăng ký kết hôn”"
    assert old == "ours: line 3: 2.000513 leads to ket-hon (Mã cấp huyện)"


def test_a_second_import_on_another_day_changes_nothing(national: Path) -> None:
    first = plan_of(national)
    again = plan_of(national, *((r, False) for r in first.records), day=date(2026, 12, 24))
    assert first.counts == {"new": 3}
    assert again.counts == {"same": 3}


def test_a_later_list_updates_entries_that_nobody_checked(national: Path, tmp_path: Path) -> None:
    first = plan_of(national)
    later = written(tmp_path / "later.csv", NATIONAL.replace("hải quan đối với xăng dầu", "hải quan xăng dầu"))
    plan = plan_of(later, *((r, False) for r in first.records))
    assert plan.counts == {"update": 1, "same": 2}
    assert plan.records[0].label == "Hải quan xăng dầu"
    assert "name: ours “Thủ tục hải quan đối với xăng dầu”, there “Thủ tục hải quan xăng dầu”" in str(plan.steps[2])


def test_a_raw_national_record_gives_its_head_only(tmp_path: Path) -> None:
    raw = {
        "ma_thu_tuc": "1.000080",
        "ten_thu_tuc": "Thủ tục nhận cha, mẹ, con",
        "linh_vuc": "Hộ tịch",
        "cap_thuc_hien": "Cấp xã",
        "co_quan_co_tham_quyen": "Không có thông tin",
        "co_quan_thuc_hien": "Ủy ban nhân dân xã",
        "trinh_tu_thuc_hien": "- Nếu lựa chọn hình thức nộp hồ sơ trực tiếp…",
        "detail_url": "https://dichvucong.gov.vn/thu-tuc/4",
    }
    (new,) = plan_of(written(tmp_path / "1.000080.json", json.dumps(raw))).records
    assert (new.slug, new.name, new.tier) == ("tt-1-000080", "Thủ tục nhận cha, mẹ, con", "xã")
    assert new.agency is not None
    assert new.agency.name == "Ủy ban nhân dân xã"
    assert new.steps_desk == ()


def test_a_link_that_is_not_official_is_left_out_and_named(tmp_path: Path) -> None:
    text = "Mã thủ tục,Tên thủ tục,Lĩnh vực,Đường dẫn\n1.000001,Việc A,Thuế,https://dichvucong-gov.top/a\n"
    plan = plan_of(written(tmp_path / "a.csv", text))
    assert plan.records[0].sources["danh-muc"].url is None
    assert "link left out: https://dichvucong-gov.top/a" in str(plan.steps[0])


# Nobody's work is overwritten with less


def line(tmp_path: Path, **cells: str) -> Path:
    """A list of one line with our own columns."""
    columns = {"name": "Tên thủ tục", "code": "Mã thủ tục", "field": "Lĩnh vực", "level": "Mức trực tuyến"}
    columns |= {"checked": "Ngày kiểm tra", "sure": "Độ tin cậy", "slug": "Khóa", "agency": "Cơ quan giải quyết"}
    header = ",".join(columns[name] for name in cells)
    return written(tmp_path / "so.csv", f"{header}\n{','.join(cells.values())}\n")


def test_a_checked_entry_is_kept_and_the_conflict_is_shown(tmp_path: Path) -> None:
    plan = plan_of(line(tmp_path, code="1.000894", name="Kết hôn", level="Mức độ 4"), (record(), False))
    assert plan.records == []
    assert str(plan.steps[0]) == "kept: line 2: 1.000894 is ket-hon: name: ours “Đăng ký ket-hon”, there “Kết hôn”"


def test_an_entry_the_staff_edited_is_kept_too(tmp_path: Path) -> None:
    edited = Record.model_validate({"slug": "tt-1", "name": "A", "label": "A", "code": "1.000001", "field": "Thuế"})
    assert plan_of(line(tmp_path, code="1.000001", name="B"), (edited, True)).counts == {"kept": 1}
    assert plan_of(line(tmp_path, code="1.000001", name="B"), (edited, False)).counts == {"update": 1}


def test_a_line_checked_as_lately_and_as_surely_may_change_a_checked_entry(tmp_path: Path) -> None:
    path = line(tmp_path, slug="ket-hon", name="Kết hôn", agency="UBND", checked="24/11/2026", sure="chắc chắn")
    plan = plan_of(path, (record(), False))
    assert plan.counts == {"update": 1}
    (changed,) = plan.records
    assert plan.edited == {"ket-hon"}
    assert changed.agency is not None
    assert (changed.name, changed.agency.name, changed.agency.source) == ("Kết hôn", "UBND", "danh-muc")
    assert changed.channels == record().channels
    less = line(tmp_path, slug="ket-hon", name="Kết hôn", checked="24/11/2026", sure="có thể")
    assert plan_of(less, (record(), False)).counts == {"kept": 1}
    older = line(tmp_path, slug="ket-hon", name="Kết hôn", checked="22/11/2026", sure="chắc chắn")
    assert plan_of(older, (record(), False)).counts == {"kept": 1}


def test_an_empty_cell_takes_nothing_away(tmp_path: Path) -> None:
    assert plan_of(line(tmp_path, slug="ket-hon", name="", agency=""), (record(), False)).counts == {"same": 1}


# Whole records


def test_a_record_is_brought_in_as_the_staffs_own(tmp_path: Path) -> None:
    path = written(tmp_path / "anything.yaml", dump_record(record()))
    new = plan_of(path)
    assert (new.counts, new.edited) == ({"new": 1}, {"ket-hon"})
    assert plan_of(path, (record(), False)).counts == {"same": 1}
    update = plan_of(path, (record(summary="Khác."), False))
    assert str(update.steps[0]) == "update: anything.yaml: ket-hon: summary"


def test_an_unchecked_record_does_not_replace_a_checked_one(tmp_path: Path) -> None:
    bare = record(checked_on=None)
    plan = plan_of(written(tmp_path / "a.yaml", dump_record(bare)), (record(), False))
    assert plan.records == []
    assert "ours was checked, the one in the file was not; differs in checked_on" in str(plan.steps[0])


def test_a_record_must_not_take_the_code_of_another(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path / "a.yaml", dump_record(record("khai-tu"))), (record(), False))
    assert str(plan.steps[0]) == "broken: a.yaml: khai-tu: code 1.000894 belongs to ket-hon"


@pytest.mark.parametrize("form", ["folder", "all.zip", "all.yaml"])
def test_many_records_at_once(tmp_path: Path, form: str) -> None:
    records = [record(), record("khai-tu", code="1.000656")]
    export(records, tmp_path / form)
    assert plan_of(tmp_path / form).records == records


def test_a_broken_file_among_good_ones_is_named_and_left_out(tmp_path: Path) -> None:
    export([record()], tmp_path / "in")
    written(tmp_path / "in" / "khac.yaml", "slug: khac\nname: A\nlabel: A\nfield: B\nfeee: 1\n")
    plan = plan_of(tmp_path / "in")
    assert plan.counts == {"new": 1, "broken": 1}
    assert "khac.yaml: feee: Extra inputs are not permitted" in str(plan.steps[0])


def test_the_same_key_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    text = "Mã thủ tục,Tên thủ tục,Lĩnh vực\n1.000001,A,Thuế\n1.000002,B,\n"
    plan = plan_of(written(tmp_path / "a.csv", text))
    assert str(plan.steps[1]) == "broken: line 3: 1.000002: is new, but without a field (Lĩnh vực)"
    twice = "---\n".join([dump_record(record())] * 2)
    assert plan_of(written(tmp_path / "a.yaml", twice)).counts == {"new": 1, "broken": 1}


# Files nobody can use


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", b"slug: [", "not valid YAML"),
        ("a.yaml", b"", "the file must hold 'field: value' lines"),
        ("a.yaml", b"\xff\xfe", "not UTF-8 text"),
        ("a.yaml", b"[" * 5000, "a.yaml"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b"[1]", "not a national record"),
        ("a.json", b'{"x": 1}', "no ma_thu_tuc"),
        ("a.zip", b"PK", "not a readable .zip file"),
        ("a.docx", b"PK", "use .yaml, .json, .csv, .xlsx, .zip or a folder"),
        ("a.csv", b"x,y\n1,2\n", "no column with the names of procedures"),
        ("a.csv", b"", "there is nothing in it"),
        ("a.csv", "Tên thủ tục\n".encode("utf-16"), "not UTF-8 text"),
        ("a.xlsx", b"PK\x03\x04", "not a readable .xlsx file"),
        ("none.csv", None, "no such file"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((ImportFileError, TableError)) as caught:
        read_incoming(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.importers.incoming.MAX_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", "#" * 2000)
    with pytest.raises(ImportFileError, match="too much data"):
        read_incoming(tmp_path / "a.zip")


# Into the database


async def test_thousands_of_procedures_are_written_at_once(store: Store, tmp_path: Path) -> None:
    lines = [f"1.{900000 + n},Thủ tục số {n},Lĩnh vực {n % 9},Cấp tỉnh" for n in range(2642)]
    path = written(tmp_path / "a.csv", "\n".join(["code,name,field,level", *lines]))
    plan = make_plan(read_incoming(path), await store.entries(), TODAY)
    before, told = await store.version(), []
    await store.put(plan.records, edited=plan.edited, progress=told.append)
    assert (sum(told), await store.version()) == (2642, before + 1)
    again = make_plan(read_incoming(path), await store.entries(), TODAY)
    assert (again.counts, again.records) == ({"same": 2642}, [])


async def test_what_the_release_wrote_keeps_its_mark_when_the_staff_change_it(store: Store) -> None:
    """A later release sees by the mark that the staff changed an entry, and leaves it alone."""
    ours = {r.slug: r for r, _ in await store.entries()}["ket-hon"]
    await store.publish([ours.model_copy(update={"summary": "Của cán bộ."})])
    _, conflicts = await store.seed([ours.model_copy(update={"summary": "Của bản mới."})])
    assert conflicts == ["ket-hon"]
    assert await store.seed([ours]) == ([], [])
    kept = {r.slug: (r.summary, edited) for r, edited in await store.entries()}
    assert kept["ket-hon"] == ("Của cán bộ.", True)


async def test_a_very_long_field_name_of_a_ministry_fits(store: Store) -> None:
    long = record("rat-dai", code=None, field="Lĩnh vực " * 30)
    await store.put([long])
    assert {r.slug: r.field for r, _ in await store.entries()}["rat-dai"] == long.field
