"""Ages as people say them: they tell a child's paper from a grown-up's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.understanding import Index
from knowledge.understanding.ages import ages


def years(text: str) -> list[int]:
    return [age.years for age in ages(tuple(text.split()))]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("con em 13 tuoi", [13]), ("muoi ba tuoi", [13]), ("hai muoi tuoi", [20]), ("bay muoi lam tuoi", [75]),
        ("chua du 14 tuoi", [13]), ("duoi muoi bon tuoi", [13]), ("du 14 tuoi", [14]), ("tren 60 tuoi", [60]),
        ("be 8 thang tuoi", [0]), ("me 60 tuoi con 5 tuoi", [60, 5]), ("chua 1 tuoi", [0]),
        ("tuoi ty nam nay", []), ("3 thang nua", []), ("", []),
    ],
)  # fmt: skip
def test_an_age_is_read_in_digits_and_in_words(said: str, meant: list[int]) -> None:
    assert years(said) == meant


@given(
    st.lists(
        st.sampled_from(
            ["chua", "du", "duoi", "tren", "muoi", "hai", "lam", "14", "999", "thang", "tuoi", "con", "be"]
        ),
        max_size=12,
    )
)
def test_an_age_stands_where_it_says_and_is_never_negative(words: list[str]) -> None:
    for age in ages(tuple(words)):
        assert age.years >= 0
        assert words[age.end - 1] == "tuoi"
        assert 0 <= age.start < age.end


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("con chua du 14 tuoi muon lam can cuoc thi lam o dau", "the-can-cuoc-duoi-14"),
        ("cháu chín tuổi làm thẻ căn cước được không", "the-can-cuoc-duoi-14"),
        ("em mười lăm tuổi chưa làm căn cước lần nào, giờ làm ở đâu", "the-can-cuoc"),
    ],
)
def test_the_age_chooses_the_paper(index: Index, question: str, slug: str) -> None:
    found = index.understand(question)
    assert slug in (found.entry, *found.choices[:1])
