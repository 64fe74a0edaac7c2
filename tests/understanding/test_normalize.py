"""Text made comparable: what people type in many ways becomes one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding.normalize import KEPT_HEAD, MAX_CHARS, bounded, clean, fold, marked, procedure_codes, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đăng ký KẾT HÔN", "dang ky ket hon"),
        (unicodedata.normalize("NFD", "hộ chiếu"), "ho chieu"),
        ("ＣＣＣＤ", "cccd"),
        ("đỏ", "do"),
    ],
)
def test_folding_takes_every_mark_away(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_the_place_of_the_tone_mark_does_not_matter() -> None:
    assert marked("hoà") == marked("hòa")
    assert marked("quý") == marked("qúy")
    assert marked("hoa") != marked("hòa")


def test_invisible_characters_disappear() -> None:
    assert clean("khai\u200b sinh\u202e\u0000") == "khai sinh"


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    text = "đầu " + "x" * 5000 + " cuối"
    kept = bounded(text)
    assert len(kept) <= MAX_CHARS + 1
    assert kept.startswith(text[:KEPT_HEAD])
    assert kept.endswith("cuối")


def test_procedure_codes_are_found() -> None:
    assert procedure_codes("thủ tục 1.001193, và 2.000635.") == ["1.001193", "2.000635"]
    assert procedure_codes("11.0011934") == []


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once or len(text) > MAX_CHARS


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    assert all(w == w.strip() and w for w in words(clean(text)))
