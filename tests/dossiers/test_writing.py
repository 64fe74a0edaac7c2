"""However a code is written: a hundred and twenty ways of typing and pasting each example there is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dossiers import find_codes
from knowledge.dossiers.families import grammar

TODAY = date(2026, 11, 23)
CODES = [code for family in grammar().families.values() for code in family.made] + ["H49-261118-0123"]


def _wide(code: str) -> str:
    return "".join(chr(ord(x) + 0xFEE0) if 33 <= ord(x) < 127 else x for x in code)


WAYS: dict[str, Callable[[str], str]] = {
    "plain": lambda c: c,
    "lower": str.lower,
    "title": str.title,
    "sp dash": lambda c: c.replace("-", " - "),
    "sp before dash": lambda c: c.replace("-", " -"),
    "sp after dash": lambda c: c.replace("-", "- "),
    "3 spaces": lambda c: c.replace("-", "   -   "),
    "tab": lambda c: c.replace("-", "\t-\t"),
    "nbsp": lambda c: c.replace("-", "\u00a0-\u00a0"),
    "newline": lambda c: c.replace("-", "-\n"),
    "newline2": lambda c: c.replace("-", "\n-"),
    "en": lambda c: c.replace("-", "–"),
    "em": lambda c: c.replace("-", "—"),
    "minus": lambda c: c.replace("-", "−"),
    "nbhyph": lambda c: c.replace("-", "\u2011"),
    "hyph": lambda c: c.replace("-", "\u2010"),
    "under": lambda c: c.replace("-", "_"),
    "double": lambda c: c.replace("-", "--"),
    "soft hyphen": lambda c: c.replace("-", "\u00ad"),
    "soft+": lambda c: c.replace("-", "\u00ad-"),
    "zwsp": lambda c: c.replace("-", "\u200b-\u200b"),
    "zwsp in": lambda c: c[:2] + "\u200b" + c[2:],
    "bom": lambda c: "\ufeff" + c,
    "rtl": lambda c: "\u200e" + c + "\u200f",
    "katakana dash": lambda c: c.replace("-", "ー"),
    "fw dash": lambda c: c.replace("-", "－"),
    "tilde": lambda c: c.replace("-", "~"),
    "slash for dash": lambda c: c.replace("-", "/"),
    "colon": lambda c: c.replace("-", ":"),
    "equals": lambda c: c.replace("-", "="),
    "plus": lambda c: c.replace("-", "+"),
    "star": lambda c: c.replace("-", "*"),
    "pipe": lambda c: c.replace("-", "|"),
    "dot for dash": lambda c: c.replace("-", "."),
    "comma": lambda c: c.replace(".", ","),
    "comma sp": lambda c: c.replace(".", ", "),
    "dot sp": lambda c: c.replace(".", ". "),
    "sp dot": lambda c: c.replace(".", " ."),
    "sp dot sp": lambda c: c.replace(".", " . "),
    "dash for dot": lambda c: c.replace(".", "-"),
    "space for dot": lambda c: c.replace(".", " "),
    "no dot": lambda c: c.replace(".", ""),
    "mid dot": lambda c: c.replace(".", "·"),
    "bullet": lambda c: c.replace(".", "•"),
    "fw dot": lambda c: c.replace(".", "．"),
    "ideo stop": lambda c: c.replace(".", "。"),
    "semi": lambda c: c.replace(".", ";"),
    "double dot": lambda c: c.replace(".", ".."),
    "apos": lambda c: c.replace(".", "'"),
    "no dash": lambda c: c.replace("-", ""),
    "space for dash": lambda c: c.replace("-", " "),
    "2space for dash": lambda c: c.replace("-", "  "),
    "all spaces": lambda c: c.replace("-", " ").replace(".", " "),
    "all gone": lambda c: c.replace("-", "").replace(".", ""),
    "first dash lost": lambda c: c.replace("-", "", 1),
    "last dash lost": lambda c: "".join(c.rsplit("-", 1)),
    "O": lambda c: c.replace("0", "O"),
    "o": lambda c: c.replace("0", "o"),
    "l": lambda c: c.replace("1", "l"),
    "I": lambda c: c.replace("1", "I"),
    "i": lambda c: c.replace("1", "i"),
    "Ol": lambda c: c.replace("0", "O").replace("1", "l"),
    "O number": lambda c: c[:-4] + c[-4:].replace("0", "O"),
    "one O": lambda c: c.replace("0", "O", 1),
    "one l": lambda c: c.replace("1", "l", 1),
    "cyr O": lambda c: c.replace("0", "О"),
    "cyr H": lambda c: c.replace("H", "Н"),
    "greek H": lambda c: c.replace("H", "Η"),
    "wide": _wide,
    "math": lambda c: "".join(chr(0x1D7CE + int(x)) if x.isdigit() else x for x in c),
    "circled": lambda c: c.replace("1", "①"),
    "super": lambda c: c.replace("1", "¹"),
    "label1": lambda c: "Mã hồ sơ: " + c,
    "label2": lambda c: "Mã HS:" + c,
    "label3": lambda c: "MHS" + c,
    "label4": lambda c: "mahoso" + c.lower(),
    "label5": lambda c: "Số biên nhận " + c,
    "label6": lambda c: "Số hồ sơ:" + c + ".",
    "label7": lambda c: "hồ sơ số " + c + ",",
    "label8": lambda c: "#" + c,
    "label9": lambda c: "HS: " + c,
    "label10": lambda c: "mã hồ sơ là " + c.lower() + " ạ",
    "label11": lambda c: "ma hs " + c.lower(),
    "label12": lambda c: "Mã số hồ sơ: " + c,
    "label13": lambda c: "SBN:" + c,
    "label14": lambda c: "số biên nhận hồ sơ:" + c,
    "paren": lambda c: f"({c})",
    "br": lambda c: f"[{c}]",
    "quote": lambda c: f"“{c}”",
    "quote2": lambda c: f'"{c}"',
    "gt": lambda c: f"<{c}>",
    "bold": lambda c: f"**{c}**",
    "code": lambda c: f"`{c}`",
    "url": lambda c: f"https://dichvucong.gov.vn/tra-cuu?ma={c}",
    "url2": lambda c: f"https://x.vn/hs/{c}?a=1",
    "end .": lambda c: c + ".",
    "end ,": lambda c: c + ",",
    "end ?": lambda c: c + "?",
    "end !": lambda c: c + "!",
    "end ;": lambda c: c + ";",
    "end …": lambda c: c + "…",
    "emoji": lambda c: "📄" + c + "🙏",
    "nfd": lambda c: unicodedata.normalize("NFD", "Hồ sơ " + c + " của tôi"),
    "sentence": lambda c: f"cho tôi hỏi hồ sơ {c} đến đâu rồi",
    "sentence2": lambda c: f"Hồ sơ {c}nộp hôm qua",
    "sentence3": lambda c: f"tôi.{c}",
    "glued": lambda c: f"kiemtra{c}",
    "telex": lambda c: f"max hoof sow {c.lower()}",
    "spaced letters": lambda c: " ".join(c),
    "line split": lambda c: c[: len(c) // 2] + "\n" + c[len(c) // 2 :],
    "H space": lambda c: c.replace("H", "H ").replace("G", "G "),
    "H.dot": lambda c: c.replace("H", "H.").replace("G", "G."),
    "H dash": lambda c: c.replace("H", "H-").replace("G", "G-"),
    "sms": lambda c: (
        f"Cong DVC TT: Ho so {c} cua Ong/Ba da duoc tiep nhan luc 08:30 18/11/2026. Hen tra: 02/12/2026. LH 19001009."
    ),
    "sms2": lambda c: f"[DVC] HS {c} DA CO KQ. Moi ong/ba den BP mot cua nhan. LH 0203.3333.333",
    "sms3": lambda c: f"TTPVHCC: Ma HS:{c};TT:Yeu cau bo sung;Hen:20/11/26;DT:0912345678",
    "sms4": lambda c: (
        f"UBND phường: hồ sơ số {c} (khai sinh) của NGUYỄN VĂN A, CCCD 022099012345, có kết quả ngày 20/11/2026."
    ),
    "trailing zero space": lambda c: c + "\u200b",
    "date after": lambda c: c + " ngày 18-11-2026",
    "date before": lambda c: "18-11-2026 " + c,
    "phone after": lambda c: c + " 0912345678",
    "cccd after": lambda c: c + " 022099012345",
    "cccd before": lambda c: "022099012345 " + c,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_is_read_however_it_is_written(way: str) -> None:
    read = {code: [(found.text, found.problem) for found in find_codes(WAYS[way](code), TODAY)] for code in CODES}
    assert read == {code: [(code, "")] for code in CODES}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("lúc 08 30 H49.22-261118-0001", "H49.22-261118-0001"),
        ("ngày 18-11-2026 H49.22-261118-0001", "H49.22-261118-0001"),
        ("so nha 12 ngo 5 H49.22-261118-0001", "H49.22-261118-0001"),
        ("toi,H49.22-261118-0001", "H49.22-261118-0001"),
        ("câu 1. H49.22-261118-0001", "H49.22-261118-0001"),
        ("H49-22-261118-0001", "H49.22-261118-0001"),
        ("000.00.19-H49-240315-0007", "000.00.19.H49-240315-0007"),
        ("000.0O.l9.H49-24O3I5-OOO7", "000.00.19.H49-240315-0007"),
        ("CCCD 022099012345, H49.22-261118-0001", "H49.22-261118-0001"),
        ("022.099.012.345, 000.00.19.H49-240315-0007", "000.00.19.H49-240315-0007"),
    ],
)
def test_what_stands_before_a_code_is_not_taken_for_a_part_of_it(typed: str, code: str) -> None:
    assert [(found.text, found.repaired) for found in find_codes(typed, TODAY)] == [(code, False)]


def test_groups_with_spaces_before_a_province_are_never_dropped_without_a_word() -> None:
    """ "38 98 H29-…" is not H29-…: another office's code."""
    (code,) = find_codes("38 98 H29-210519-0013", TODAY)
    assert (code.text, code.repaired) == ("38.98.H29-210519-0013", True)
    (code,) = find_codes("0000.00.19.H49-240315-0007", TODAY)
    assert "dạng lạ" in code.problem


@pytest.mark.parametrize("typed", ["H49.22-261118", "mã H49.22-261118- ạ", "000.00.19.H49-240315"])
def test_a_code_without_its_end_is_asked_for_the_rest(typed: str) -> None:
    (code,) = find_codes(typed, TODAY)
    assert "thiếu số thứ tự" in code.problem


BEFORE_OR_AFTER = st.sampled_from([" ", ",", ", ", ". ", ".", "-", " - ", "/", ": ", ";", "\n", " cua ", " CCCD "])


@settings(max_examples=600, deadline=None)
@given(
    st.from_regex(r"[0-9]{9}|[0-9]{10}|[0-9]{12}", fullmatch=True),
    st.sampled_from([[12], [3] * 4, [2] * 6, [4] * 3, [1] * 12, [3, 4, 5], [6, 6], [1, 3, 2, 6]]),
    st.sampled_from([".", "-", " ", " . ", " - ", ", ", "/", "–"]),
    BEFORE_OR_AFTER,
    st.sampled_from([*CODES, "H49.22-261318-0001", "000.00.19.H49-241315-0007"]),
    st.booleans(),
)
def test_no_private_number_beside_a_code_is_shown_with_it(
    digits: str, lengths: list[int], gap: str, between: str, code: str, first: bool
) -> None:
    pieces, rest = [], digits
    for length in lengths:
        pieces, rest = [*pieces, rest[:length]], rest[length:]
    number = gap.join(piece for piece in pieces if piece)
    for found in find_codes(number + between + code if first else code + between + number, TODAY):
        shown = re.sub(r"\D", "", found.text)
        runs = {shown[place : place + 5] for place in range(len(shown) - 4)}
        assert not [run for run in runs if run in digits and run not in re.sub(r"\D", "", code)]
