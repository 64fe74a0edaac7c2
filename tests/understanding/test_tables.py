"""The linguistic tables are data for people: each group says why it is there, nothing stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.understanding import tables
from knowledge.understanding.tables import FOLDER, Phrases, compatible, load

NAMES = sorted(p.stem for p in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("tuned", "syllables")])
def test_every_group_says_why(name: str) -> None:
    assert all(len(group["why"]) >= 10 for group in load(name)["groups"])


def test_a_word_listed_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice.yaml").write_text("groups:\n  - why: x\n    words: {a: b, a: c}\n", encoding="utf-8")
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="'a' stands twice"):
        load("twice")


@pytest.mark.parametrize(
    ("typed", "meant", "fits"), [("mat", "mât1", True), ("mât", "mât1", True), ("măt5", "mât1", False)]
)
def test_missing_marks_are_forgiven_wrong_ones_are_not(typed: str, meant: str, fits: bool) -> None:
    assert compatible(typed, meant) is fits


def test_the_longest_phrase_wins() -> None:
    phrases = Phrases([("bảo hiểm", "short", False), ("bảo hiểm y tế", "long", False)])
    text = ("bao", "hiem", "y", "te")
    assert [m.value for m in phrases.find(text, text)] == ["long"]
