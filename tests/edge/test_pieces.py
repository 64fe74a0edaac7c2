"""Long texts in pieces: nothing is lost, nothing cut in two that belongs together, none too long for a platform."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import zalo_text
from bot.channels.base import split_text
from bot.channels.telegram_messages import pieces_of, to_html
from bot.channels.zalo_facts import TEXT_LIMIT
from handlers.messages import MAX_DATA_BYTES, Button, Message, plain
from tests.fakes import telegram_rules as rules

SMALL = 40
letters = st.sampled_from(
    ["a", "ắ", "😀", "\U0001f1fb", "\u0301", "\u200d", "&", "<", "*", "**", " ", "\n", "\n\n", ". "]
)
texts = st.lists(letters, max_size=300).map("".join)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def words(text: str) -> str:
    """What must not be lost: all but blanks and marks."""
    return re.sub(r"[\s*]", "", text)


@given(texts)
def test_no_piece_is_too_long_and_nothing_is_lost(text: str) -> None:
    pieces = split_text(text, SMALL)
    assert all(0 < units(piece) <= SMALL + 2 for piece in pieces)
    assert words("".join(pieces)) == words(text)
    assert all(piece.count("**") % 2 == 0 for piece in pieces[:-1])


@pytest.mark.parametrize(
    "letter", ["ấ", "👨‍👩‍👧", "✍️", "👍🏽", "😀"], ids=["marks", "family", "variant", "skin", "emoji"]
)
def test_a_letter_stays_with_what_belongs_to_it(letter: str) -> None:
    letter = unicodedata.normalize("NFD", letter)
    for lead in range(12):
        pieces = split_text("x" * lead + letter * 50, SMALL)
        assert len(pieces) > 2
        assert all(set(piece.lstrip("x").split(letter)) == {""} for piece in pieces)


@given(
    st.lists(st.sampled_from(["chữ ", "**đậm** ", "😀😀😀", "<b>&amp;", "\n", "dài" * 40]), max_size=400).map("".join)
)
def test_what_telegram_gets_it_takes(text: str) -> None:
    for piece in pieces_of(Message(text)):
        shown, _ = rules.parse_html(to_html(piece.text))
        assert units(shown) <= rules.MAX_TEXT
        assert shown == plain(piece.text)


@given(st.lists(st.sampled_from(["chữ ", "**đậm** ", "😀😀😀", "\n", "\x07", "dài" * 40]), max_size=300).map("".join))
def test_what_zalo_gets_it_takes(text: str) -> None:
    assert all(units(piece) <= TEXT_LIMIT for piece in zalo_text.pieces_of(text))


def test_a_buttons_data_is_counted_in_bytes() -> None:
    assert Button("a", data="ắ" * 21 + "a").data
    with pytest.raises(ValueError, match="64 bytes"):
        Button("a", data="ắ" * 22)
    assert len(("ắ" * 22).encode()) > MAX_DATA_BYTES > len("ắ" * 22)
