"""Receipt codes: found, mended where one repair exists, told apart from what only looks like one."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.dossiers import find_codes
from knowledge.dossiers.families import grammar, level_one, level_ones
from knowledge.dossiers.lookalikes import look_alikes

TODAY = date(2026, 11, 23)
EXAMPLES = [(name, code) for name, family in grammar().families.items() for code in (*family.seen, *family.made)]


def texts(message: str) -> list[str]:
    return [code.text for code in find_codes(message, TODAY)]


# One strategy a family, made from the family's own regular expressions: the data file is what is tested.
def _codes(name: str) -> st.SearchStrategy[str]:
    family = grammar().families[name]
    ascii_only = st.characters(codec="ascii")
    agency = st.from_regex(re.compile(family.agency, re.A), fullmatch=True, alphabet=ascii_only)
    number = st.from_regex(re.compile(family.number, re.A), fullmatch=True, alphabet=ascii_only)
    day = st.dates(date(2016, 1, 1), TODAY).map(lambda d: d.strftime("%y%m%d"))
    if family.slashed:
        return st.builds("{}/{}/{}".format, agency, st.integers(2008, TODAY.year), number)
    known = agency.filter(lambda text: level_one(text) in level_ones())
    # O, I and L beside digits are read as digits: a real agency with such a group would not read back.
    real = known.filter(lambda text: not set(text) & set("OIL"))
    return st.builds("{}-{}-{}".format, real, day, number.filter(lambda n: n.strip("0")))


FAMILIES = ["national", "police", "ministry", "province-long", "province-short", "insurance"]
ANY_CODE = st.one_of([_codes(name) for name in FAMILIES])


@pytest.mark.parametrize(("name", "code"), EXAMPLES)
def test_every_example_in_the_data_reads_as_itself(name: str, code: str) -> None:
    (found,) = find_codes(code, TODAY)
    assert (found.text, found.family, found.problem, found.repaired) == (code, name, "", False)
    assert found.agency


@settings(max_examples=300, deadline=None)
@given(ANY_CODE)
def test_what_we_print_reads_back_as_itself(code: str) -> None:
    (found,) = find_codes(code, TODAY)
    assert (found.text, found.problem, found.repaired) == (code, "", False)
    assert [again.text for again in find_codes(found.text, TODAY)] == [found.text]


@settings(max_examples=200, deadline=None)
@given(ANY_CODE, st.sampled_from(["Mã hồ sơ: {}", "so bien nhan {} cua toi", "Tôi nộp. {}. Xin hỏi", "({})", "“{}”"]))
def test_a_code_is_found_anywhere_in_a_message(code: str, message: str) -> None:
    assert texts(message.format(code)) == [code]


def _wide(code: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in code)


SLOPPY = {
    "lower case": str.lower,
    "spaces around dashes": lambda code: code.replace("-", " - "),
    "odd dashes": lambda code: code.replace("-", "–"),
    "underscores": lambda code: code.replace("-", "_"),
    "commas for dots": lambda code: code.replace(".", ","),
    "a space after each dot": lambda code: code.replace(".", ". "),
    "full-width letters": _wide,
    "O for 0 in the number": lambda code: code[:-4] + code[-4:].replace("0", "O"),
    "l for 1 in the number": lambda code: code[:-4] + code[-4:].replace("1", "l"),
}


@pytest.mark.parametrize("how", SLOPPY)
@settings(max_examples=60, deadline=None)
@given(code=st.one_of([_codes(name) for name in FAMILIES[:5]]))
def test_sloppy_writing_is_put_right_without_a_word(how: str, code: str) -> None:
    (found,) = find_codes(SLOPPY[how](code), TODAY)
    assert (found.text, found.repaired) == (code, False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("H4922-261118-0001", "H49.22-261118-0001"),
        ("H49222611180001", "H49.22-261118-0001"),
        ("H49.22-2611180001", "H49.22-261118-0001"),
        ("H49 22 261118 0001", "H49.22-261118-0001"),
        ("0000019H49-240315-0007", "000.00.19.H49-240315-0007"),
        ("G018999212610200O4518", "G01.899.921-261020-004518"),
        ("03706-2026-07906", "03706/2026/07906"),
        ("MHSH49.22-261118-0001", "H49.22-261118-0001"),
    ],
)
def test_lost_dots_and_dashes_are_put_back(typed: str, code: str) -> None:
    assert texts(typed) == [code]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K49.22-261118-0001", "H49.22-261118-0001"),  # K is next to H on the keyboard; G49 does not exist
        ("49.22-261118-0001", "H49.22-261118-0001"),  # the letter is missing
        ("H49.22-2611188-0001", "H49.22-261118-0001"),  # a key pressed twice
        ("H49.22-2b1118-0001".replace("b", "G"), "H49.22-261118-0001"),  # a G for a 6
        ("H49.22-261118-OO2B", "H49.22-261118-0028"),
    ],
)
def test_a_slip_with_one_repair_is_mended_and_said(typed: str, code: str) -> None:
    (found,) = find_codes(typed, TODAY)
    assert (found.text, found.problem, found.repaired) == (code, "", True)


@pytest.mark.parametrize(
    ("typed", "what_looks_wrong"),
    [
        ("H49.22-261318-0001", "không phải là một ngày"),
        ("H49.22-260230-0001", "không phải là một ngày"),
        ("H49.22-261124-0001", "chưa tới"),
        ("H49.22-090115-0001", "quá xa"),
        ("H94.22-261118-0001", "H94"),
        ("G77-261118-0001", "G77"),
        ("22.48-261118-0001", "cơ quan"),
        ("H49.22-261118-0000", "toàn số 0"),
        ("H49.22-261118-7", "quá ngắn"),
        ("03706/2099/07906", "2099"),
    ],
)
def test_what_cannot_be_right_is_asked_back_with_what_looks_wrong(typed: str, what_looks_wrong: str) -> None:
    found = find_codes(typed, TODAY)
    if typed == "22.48-261118-0001":
        # H22.48 and G22.48 both exist: not guessed. All digits: not even shown.
        assert not found or what_looks_wrong in found[0].problem
        return
    assert what_looks_wrong in found[0].problem


def test_today_is_a_possible_day() -> None:
    assert find_codes("H49.22-261123-0001", TODAY)[0].problem == ""


@settings(max_examples=150, deadline=None)
@given(ANY_CODE, st.data())
def test_a_wrong_digit_is_mended_into_one_code_or_asked_back_never_dropped(code: str, data: st.DataObject) -> None:
    """One digit of the day changed: a possible day cannot be seen as wrong, an impossible one is never guessed
    among several."""
    assume("-" in code)
    agency, day, number = code.rsplit("-", 2)
    place = data.draw(st.integers(0, 5))
    slipped = day[:place] + data.draw(st.sampled_from("0123456789")) + day[place + 1 :]
    (found,) = find_codes(f"{agency}-{slipped}-{number}", TODAY)
    if not found.problem and found.repaired:
        assert found.received_on is not None
        assert found.received_on <= TODAY
    elif not found.problem:
        assert found.text == f"{agency}-{slipped}-{number}"


def test_several_codes_in_one_message_are_all_found_once() -> None:
    assert texts("H49.22-261118-0001 H49.22-261118-0002 000.00.19.H49-240315-0007,H49.22-261118-0003") == [
        "H49.22-261118-0001",
        "H49.22-261118-0002",
        "000.00.19.H49-240315-0007",
        "H49.22-261118-0003",
    ]
    message = "Chị ơi H49.22-261118-0001 với h49.105–261001–0011 và lại H49.22-261118-0001, cả 03706/2026/07906"
    assert texts(message) == ["H49.22-261118-0001", "H49.105-261001-0011", "03706/2026/07906"]


def test_the_code_tells_agency_and_day_without_any_system() -> None:
    (code,) = find_codes("G01.899.921-261020-004518", TODAY)
    assert (code.agency, code.received_on, code.system) == ("Công an TP. Hồ Chí Minh", date(2026, 10, 20), "police")
    (code,) = find_codes("H28.12-240801-0003", TODAY)
    assert code.agency == "Hòa Bình (nay thuộc Phú Thọ)"


def test_an_old_form_of_a_merged_province_after_the_merger_is_doubted_not_refused() -> None:
    (code,) = find_codes("000.05.28.H28-250801-0021", TODAY)
    assert code.problem == ""
    assert "Phú Thọ" in code.note


def test_an_unusual_form_of_a_known_province_is_taken_with_a_word_of_doubt() -> None:
    (code,) = find_codes("H49.1.2.3.4-261118-0001", TODAY)
    assert (code.problem, code.family) == ("", "")
    assert "lạ" in code.note


@pytest.mark.parametrize(
    "message",
    [
        "ngày 2026-11-23 gọi 0912-345-678",
        "001-260112-345",
        "mã SP-261118-0001X",
        "lệ phí 50.000-100.000-150.000",
        "tổng đài 1900-558826",
        "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "1.011442.000.00.00.H38",
    ],
)
def test_other_numbers_are_no_codes(message: str) -> None:
    assert texts(message) == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("1.004222", "procedure"),
        ("2.000815.000.00.00.H55.02", "procedure"),
        ("001099012345", "citizen-id"),
        ("0010 9901 2345", "citizen-id"),
        ("OO1O99O12345", "citizen-id"),
        ("123456789", "old-id"),
        ("0912 345 678", "telephone"),
        ("+84 912 345 678", "telephone"),
        ("0101234567", "tax"),
        ("0101234567-001", "tax"),
        ("145156", "draft"),
    ],
)
def test_look_alikes_are_told_apart(typed: str, kind: str) -> None:
    (number,) = look_alikes(f"mã của tôi {typed} ạ")
    assert number.kind == kind
    assert bool(number.shown) is not number.secret


SEPARATED = st.lists(st.sampled_from(["", " ", ".", "-", "--", " - "]), min_size=11, max_size=11)


@settings(max_examples=300, deadline=None)
@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True), SEPARATED, st.sampled_from(["", "cccd ", "Mã hồ sơ: ", "tôi là A, "])
)
def test_no_writing_of_an_identity_number_becomes_a_code(digits: str, between: list[str], before: str) -> None:
    written = digits[0] + "".join(gap + digit for gap, digit in zip(between, digits[1:], strict=True))
    shown = "".join(code.text + code.problem for code in find_codes(before + written, TODAY))
    assert shown == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    find_codes(text, TODAY)
    look_alikes(text)


@pytest.mark.parametrize("piece", ["H49.22-261318-0001 ", "1", "H49.2 ", "1.1.1.1-", "A-123456-1 ", "- ", "0O1I-"])
def test_hostile_text_of_full_length_costs_little(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.process_time()
    find_codes(text, TODAY)
    look_alikes(text)
    assert time.process_time() - began < 0.5


def test_dates_run_to_the_last_day_of_a_leap_february() -> None:
    day = date(2024, 2, 29)
    assert texts(f"H49-{day:%y%m%d}-0001") == ["H49-240229-0001"]
    assert find_codes("H49-230229-0001", TODAY)[0].problem
    assert day + timedelta(days=1) == date(2024, 3, 1)
