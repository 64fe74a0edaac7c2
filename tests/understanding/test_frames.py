"""Phrases with room in them: where they are found, and where they are not."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.understanding.facets import facet_of
from knowledge.understanding.frames import Frames
from knowledge.understanding.normalize import fold, marked, words
from knowledge.understanding.reading import Reader
from knowledge.understanding.tables import Match


def found(frame: str, text: str, *names: Match[str]) -> bool:
    split = words(text)
    return bool(Frames([(frame, "x")], tail=["vậy"]).find(tuple(map(fold, split)), tuple(map(marked, split)), names))


@pytest.mark.parametrize(
    ("frame", "text", "there"),
    [
        ("giấy … gì", "cần giấy của bên bán gì", True),
        ("giấy … gì", "cần giấy gì", True),
        ("giấy … gì", "giấy một hai ba bốn năm sáu bảy gì", False),
        ("giấy … gì", "gì mà giấy", False),
        ("^hồ sơ", "hồ sơ thai sản", True),
        ("^hồ sơ", "nộp hồ sơ", False),
        ("đâu $", "nộp ở đâu vậy", True),
        ("đâu $", "đâu có nộp", False),
        ("đâu $", "cấp lần đầu", False),
        ("dau", "nop o dau", True),
    ],
)
def test_a_frame_is_found_where_it_stands(frame: str, text: str, there: bool) -> None:
    assert found(frame, text) is there


def test_a_name_hides_the_words_in_it() -> None:
    assert found("làm hộ … được", "làm hộ chiếu được")
    assert not found("làm hộ … được", "làm hộ chiếu được", Match(1, 3, ""))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("làm hộ chiếu cho bé được không", "eligibility"),
        ("nhờ con làm hộ giấy này được không", "how"),
        ("đối tượng nào được miễn học phí", "eligibility"),
        ("hộ nghèo có được miễn phí không", "fee"),
        ("lệ phí trước bạ nộp ở đâu", "where"),
        ("mở quán phở thì mất bao lâu", "time"),
        ("mất giấy ra viện", None),
        ("hồ sơ nộp ba hôm rồi mà im re", "status"),
        ("con dấu đỏ có giá trị trong mấy năm", "result"),
    ],
)
def test_what_is_asked_is_told_from_what_is_only_named(text: str, part: str | None) -> None:
    assert facet_of(Reader(Counter()).read(text)) == part


def test_the_question_of_a_story_stands_at_its_end_or_its_beginning() -> None:
    story = "năm ngoái tôi đi hỏi chỗ nào cũng bảo chờ rồi về nhà lại bận việc đồng áng nên bỏ đó cho tới bây giờ "
    reader = Reader(Counter())
    assert facet_of(reader.read(story + "vậy cấp lại sổ đỏ tốn bao nhiêu tiền")) == "fee"
    assert facet_of(reader.read("cấp lại sổ đỏ tốn bao nhiêu tiền, " + story)) == "fee"
