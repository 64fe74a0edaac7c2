"""Counting as the contract says, and saying which line of a file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.understanding import Understanding
from knowledge.understanding.evaluate import counts, verdict
from knowledge.understanding.labelled import QuestionsError, Row, read_rows

GOOD = "id,kind,expected,question\n"


def row(expected: str) -> Row:
    return Row("1", "plain", frozenset(expected.split("|")) - {""}, "?")


@pytest.mark.parametrize(
    ("expected", "understood", "figure"),
    [
        ("a|b", Understanding("answer", "b"), "answered_correct"),
        ("a", Understanding("answer", "b"), "answered_wrong"),
        ("a", Understanding("choose", choices=("b", "a")), "offered_correct"),
        ("a", Understanding("choose", choices=("b", "c")), "missed"),
        ("a", Understanding("unknown"), "missed"),
        ("a", Understanding("answer", "faq", is_faq=True), "missed"),
        ("", Understanding("answer", "faq", is_faq=True), "none_refused"),
        ("", Understanding("unknown"), "none_refused"),
        ("", Understanding("choose", choices=("a", "b")), "none_offered"),
        ("", Understanding("answer", "a"), "none_answered"),
    ],
)
def test_every_question_counts_once(expected: str, understood: Understanding, figure: str) -> None:
    judged = verdict(row(expected), understood)
    assert judged.figure == figure
    assert sum(v for k, v in counts([judged]).items() if k == figure) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty"),
        ("id,kind,question\n", "line 1: the header is"),
        (GOOD + "1,plain,nowhere,x\n", "line 2: unknown slug 'nowhere'"),
        (GOOD + "1,plain,a,x\n2,plain,a\n", "line 3: 3 columns"),
        (GOOD + "1,plain,a,\n", "line 2: question is empty"),
        (GOOD + '1,plain,a,"x\n', "line"),
    ],
)
def test_an_unusable_file_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "q.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionsError, match=message.replace("'", ".")):
        read_rows(path, {"a"})


def test_a_usable_file(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("\ufeff" + GOOD + '1,plain,a|b,"một, hai"\n2,offtopic,NONE,trời đẹp\n', encoding="utf-8")
    first, second = read_rows(path, {"a", "b"})
    assert first.expected == {"a", "b"}
    assert not second.expected
