"""What a resident writes, and what we take it to mean."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.understanding import Index, NotOurs, Understanding
from knowledge.understanding.decide import Thresholds, Verdict, decide
from knowledge.understanding.labelled import asked

from .conftest import small_record

QUESTIONS = [
    "làm hộ chiếu cho con cần giấy tờ gì",
    "mất căn cước thì làm lại ở đâu",
    "tách thửa đất cho con trai mất bao lâu",
    "đóng cửa hộ kinh doanh thì báo ai",
    "thời tiết hôm nay thế nào",
]


def what(found: Understanding) -> tuple[object, ...]:
    return found.decision, found.entry, found.choices, found.facet


@pytest.mark.parametrize("name_of", ["khai-sinh", "ket-hon", "ho-chieu", "tach-ho", "karaoke", "to-cao"])
def test_a_procedure_is_found_by_its_official_name(index: Index, records: list, name_of: str) -> None:  # type: ignore[type-arg]
    name = next(r.name for r in records if r.slug == name_of)
    assert index.understand(name).entry == name_of
    assert index.understand(index_free_of_marks(name)).entry == name_of


def index_free_of_marks(text: str) -> str:
    marks = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in marks if not unicodedata.combining(c))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda q: unicodedata.normalize("NFD", q),
        lambda q: f"Dạ em chào anh chị ạ, {q} ạ",
        lambda q: f"cho em hỏi {q}???",
        lambda q: f"  {q} !!! ",
        lambda q: f"{q} ạ em cảm ơn",
    ],
)
def test_manners_do_not_change_the_decision(index: Index, question: str, change: object) -> None:
    assert what(index.understand(change(question))) == what(index.understand(question))  # type: ignore[operator]


GREETINGS = ["", "dạ em chào anh chị ạ, ", "Chào bạn, cho mình hỏi ", "Alo ad ơi ", "xin hỏi "]
CLOSINGS = ["", " ạ", "???", " !!! ", " ạ em cảm ơn", ". Xin cảm ơn!", "...", " vậy ạ"]
SHAPES = [str, str.upper, str.title, lambda q: unicodedata.normalize("NFD", q), lambda q: f"  {q}\n"]
with (Path(__file__).parent / "facets.csv").open(encoding="utf-8") as file:
    MANY = [r["question"].strip(" ?.!") for r in csv.DictReader(file) if r["kind"] in ("plain", "short", "long")]


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.sampled_from(MANY),
    greeting=st.sampled_from(GREETINGS),
    closing=st.sampled_from(CLOSINGS),
    shape=st.sampled_from(SHAPES),
)
def test_manners_never_change_the_decision(
    index: Index, question: str, greeting: str, closing: str, shape: Callable[[str], str]
) -> None:
    changed = shape(f"{greeting}{question}{closing}")
    assert what(index.understand(changed)) == what(index.understand(question))


def test_a_national_code_is_enough(index: Index, records: list) -> None:  # type: ignore[type-arg]
    record = next(r for r in records if r.code)
    assert index.understand(f"thủ tục {record.code} cần gì").entry == record.slug


def test_what_is_denied_is_not_meant(index: Index) -> None:
    assert index.understand("không phải khai sinh, khai tử cơ").entry == "khai-tu"
    assert index.understand("đăng ký tạm trú chứ không phải thường trú").entry == "dang-ky-tam-tru"


@pytest.mark.parametrize("text", ["còn giấy tờ?", "thế bao lâu có?", "nộp ở đâu vậy", "hết bao nhiêu tiền"])
def test_a_bare_follow_up_keeps_the_subject(index: Index, text: str) -> None:
    found = index.understand(text, subject="ho-chieu")
    assert (found.decision, found.entry, found.names_subject) == ("answer", "ho-chieu", False)
    assert found.facet
    assert index.understand(text).decision == "unknown"


@pytest.mark.parametrize("text", ["mua vé số ở đâu", "quán phở nào ngon", "thời tiết hôm nay thế nào", "ly hôn ở đâu"])
def test_what_is_not_ours_is_no_follow_up(index: Index, text: str) -> None:
    assert index.understand(text, subject="gia-han-tam-tru").entry is None


def test_a_correction_turns_to_the_sibling(index: Index) -> None:
    found = index.understand("à nhầm, cấp lại chứ không phải cấp đổi", subject="cap-doi-the-can-cuoc")
    assert found.entry == "cap-lai-the-can-cuoc"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("à nhầm, khai tử", "khai-tu"),
        ("à nhầm khai tử", "khai-tu"),
        ("dạ nói nhầm rồi, đăng ký kết hôn ạ", "ket-hon"),
        ("nhầm tên trong giấy khai sinh thì sửa ở đâu", "cai-chinh-ho-tich"),
    ],
)
def test_taking_back_is_no_part_of_what_is_meant(index: Index, text: str, entry: str) -> None:
    assert index.understand(text).entry == entry


def test_what_stands_in_brackets_in_a_label_need_not_be_said(index: Index, records: list) -> None:  # type: ignore[type-arg]
    bracketed = [r for r in records if r.kind == "procedure" and r.label.endswith(")")]
    assert bracketed
    for record in bracketed:
        found = index.understand(record.label.split(" (")[0])
        assert record.slug in (found.entry, *found.choices), record.label


def test_in_doubt_whether_it_is_ours_the_only_candidate_is_offered_not_answered() -> None:
    verdict = Verdict(("khai-sinh", "ket-hon"), (0.99, 0.001), 0.7, 0.99, None, 0.0, None)
    found = decide(verdict, Thresholds(refuse_below=0.5, sure_from=0.9, answer_from=0.6, least_share=0.1))
    assert (found.decision, found.choices) == ("choose", ("khai-sinh",))


def test_a_labelled_question_that_nobody_answers_is_refused_also_as_if_it_were_unknown(index: Index) -> None:
    nobodys = [row for row in asked() if not row.expected][::10]
    verdicts = [index.verdict(row.question, unseen=True) for row in nobodys]
    assert sum(decide(v, index.thresholds).decision == "unknown" for v in verdicts) >= 0.9 * len(nobodys)


def test_a_new_subject_replaces_the_old(index: Index) -> None:
    found = index.understand("làm hộ chiếu cần giấy tờ gì", subject="khai-sinh")
    assert (found.entry, found.names_subject) == ("ho-chieu", True)


def test_two_questions_in_one_message(index: Index) -> None:
    found = index.understand("Làm hộ chiếu hết bao nhiêu tiền? Đăng ký tạm trú cần giấy tờ gì?")
    assert found.entry == "ho-chieu"
    assert found.second is not None
    assert "tạm trú" in found.second


def test_conditions_are_heard_unless_denied(index: Index) -> None:
    assert "lost" in index.understand("bị mất hộ chiếu thì làm sao").conditions
    assert "foreigner" in index.understand("chồng em là người nước ngoài, đăng ký kết hôn ở đâu").conditions
    assert "lost" not in index.understand("hộ chiếu không bị mất, chỉ hết hạn thôi").conditions


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "😀😀", "???", "a" * 10_000, "ạ", "<b>", "'; drop table", "\ud800"]
)
def test_nothing_to_understand_is_not_an_error(index: Index, text: str) -> None:
    assert index.understand(text).decision in ("unknown", "choose", "answer")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400), subject=st.sampled_from([None, "khai-sinh", "gone"]))
def test_no_string_is_an_error(index: Index, text: str, subject: str | None) -> None:
    found = index.understand(text, subject=subject)
    assert 0 <= found.score <= 1
    assert len(found.choices) <= 3
    assert (found.decision == "answer") == (found.entry is not None)


def test_explaining_shows_the_same_decision(index: Index) -> None:
    told = index.explain("mất bằng lái thì làm sao")
    assert told.understanding == index.understand("mất bằng lái thì làm sao")
    assert told.forms["folded"] == "mat bang lai thi lam sao"
    assert told.candidates[0].parts


def test_replacing_one_entry_equals_building_anew(records: list, not_ours: list[NotOurs]) -> None:  # type: ignore[type-arg]
    few = [r for r in records if r.kind == "procedure"][:12]
    changed = few[3].model_copy(update={"questions": (*few[3].questions, "xin phép nuôi voi trong vườn nhà")})
    index = Index.build(few)
    replaced = index.replace(changed)
    assert replaced.understand("xin phép nuôi voi trong vườn nhà").entry == changed.slug
    assert replaced.replace(few[3]).verdict(few[7].name).keys == index.verdict(few[7].name).keys
    assert index.understand("xin phép nuôi voi trong vườn nhà").entry != changed.slug


def test_an_entry_can_be_added() -> None:
    index = Index.build([small_record("a", "Đăng ký nuôi cá", "thả cá giống", "nuôi cá lồng", "làm bè cá", "nuôi tôm")])
    more = index.replace(small_record("b", "Đăng ký trồng hoa", "trồng hoa hồng", "vườn lan", "hoa cúc", "hoa tết"))
    assert more.procedures == 2
    assert more.verdict("vườn hoa lan").keys[0] == "b"


def test_an_index_of_nothing_knows_nothing() -> None:
    assert Index.build([]).understand("khai sinh").decision == "unknown"


def test_what_was_learnt_can_be_kept(records: list, tmp_path: Path) -> None:  # type: ignore[type-arg]
    few = [r for r in records if r.kind == "procedure"][:12]
    first, second = Index.build(few, cache=tmp_path), Index.build(few, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert second.verdict("mất giấy tờ xe").score == pytest.approx(first.verdict("mất giấy tờ xe").score)
    assert second.replace(few[0]).verdict(few[0].name).keys == first.verdict(few[0].name).keys
    for file in tmp_path.iterdir():
        file.write_bytes(b"broken")
    assert Index.build(few, cache=tmp_path).verdict(few[0].name).keys == first.verdict(few[0].name).keys
