"""Reading what was typed: keyboards, shorthand, regions, English."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.understanding.reading import Reader
from knowledge.understanding.typing_marks import decode

COMMON = "lam can cuoc cong dan giay khai sinh ket hon dang ky bang lai xe so do nha dat mat the"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Counter(dict.fromkeys(COMMON.split(), 20)))


def read(reader: Reader, text: str) -> str:
    return " ".join(reader.read(text).tokens)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("maats", "mất"), ("khoong", "không"), ("ddawng", "đăng"), ("dduowcj", "được"), ("nhaanj", "nhận"),
        ("cuwowsc", "cước"), ("gia6y1", "giấy"), ("d9u7o75c", "được"), ("tru7o7ng2", "trường"), ("o73", "ở"),
    ],
)  # fmt: skip
def test_telex_and_vni_are_undone(typed: str, meant: str) -> None:
    assert decode(typed) == meant


@pytest.mark.parametrize("word", ["a1", "b2", "lam", "xyz", "2026", "ko", ""])
def test_what_is_no_keyboard_left_over_is_left_alone(word: str) -> None:
    assert decode(word) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k bít lm cccd ntn", "không biết làm căn cước công dân như thế nào"),
        ("đky kết hôn cần j", "đăng ký kết hôn cần gì"),
        ("lamcccd", "lam căn cước công dân"),
        ("làmmm giấyyy", "làm giấy"),
        ("khai sihn", "khai sinh"),
        ("tui mần giấy ở mô", "tôi làm giấy ở đâu"),
        ("khai sanh cho sắp nhỏ", "khai sinh cho trẻ em"),
        ("dạ em chào anh chị ạ cho em hỏi kết hôn", "kết hôn"),
    ],
)
def test_chat_region_and_slips(reader: Reader, typed: str, meant: str) -> None:
    assert read(reader, typed) == meant


def test_a_word_that_only_the_centre_uses_is_kept_when_marks_are_missing(reader: Reader) -> None:
    assert "chi" in read(reader, "chi toi muon lam giay").split()


def test_english_is_put_into_vietnamese_words(reader: Reader) -> None:
    reading = reader.read("How much does a birth certificate cost?")
    assert reading.is_english
    assert "khai sinh" in " ".join(reading.tokens)


def test_concepts_need_the_marks_that_were_typed(reader: Reader) -> None:
    assert "lost" in {m.value for m in reader.read("tôi bị mất thẻ").concepts}
    assert "lost" not in {m.value for m in reader.read("khám mặt có đau không").concepts}


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("how do I get a passport", True),
        ("Can my wife register a birth in Ho Chi Minh City", True),
        ("cap lai the can cuoc can giay to gi", False),
        ("giai quyet to cao online", False),
        ("can ban sao de di lam", False),
    ],
)
def test_words_that_could_be_either_are_vietnamese_when_all_others_are(
    reader: Reader, text: str, is_english: bool
) -> None:
    assert reader.read(text).is_english is is_english


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7th", "bảy tháng"), ("20n", "20 năm"), ("14t", "14 tuổi"), ("pải", "phải"), ("qán", "quán"),
        ("vắg", "vắng"), ("thík", "thích"), ("fải", "phải"), ("ktử", "khai tử"), ("đky kh", "đăng ký kết hôn"),
        ("giấy lm dc hk", "giấy làm được không"), ("hs lớp 6", "học sinh lớp sáu"),
    ],
)  # fmt: skip
def test_the_spelling_of_the_chat_is_read(reader: Reader, typed: str, meant: str) -> None:
    assert read(reader, typed) == meant
