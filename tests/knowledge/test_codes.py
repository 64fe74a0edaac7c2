"""A code of a procedure, old or new, with or without an office's suffix, leads to the procedure."""

from __future__ import annotations

import pytest

from handlers.messages import Reply
from handlers.router import answer
from knowledge.snapshot import Snapshot
from tests.knowledge.samples import record, snapshot, turn

OTHERS = [
    {"code": "2.000986", "relation": "old", "note": "Bỏ từ tháng 9/2026."},
    {"code": "1.011442", "relation": "variant", "note": "Kết hôn lưu động"},
    {"code": "1.000948", "relation": "part", "note": "Bước xác nhận"},
]


@pytest.fixture(scope="module")
def published() -> Snapshot:
    return snapshot(record(other_codes=OTHERS), record("khai-sinh", code="1.001193"))


async def asked(text: str, published: Snapshot) -> Reply:
    return (await answer(turn(text, published))).reply


@pytest.mark.parametrize(
    "text", ["1.000894", "mã 1.000894", "1.000894.000.00.00.H49", "１.０００８９４", "thủ tục 1.000894 cần giấy gì"]
)
async def test_a_current_code_is_answered_without_further_words(published: Snapshot, text: str) -> None:
    reply = await asked(text, published)
    assert (reply.decision, reply.procedure, len(reply.messages)) == ("answer", "ket-hon", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2.000986", "Mã 2.000986 là mã cũ, nay thuộc thủ tục dưới đây: Bỏ từ tháng 9/2026."),
        ("1.011442.000.00.00.H38", "Mã 1.011442 là một trường hợp của thủ tục dưới đây: Kết hôn lưu động."),
        ("1.000948.H38 lệ phí bao nhiêu", "Mã 1.000948 là một phần việc của thủ tục dưới đây: Bước xác nhận."),
    ],
)
async def test_another_code_says_first_what_became_of_it(published: Snapshot, text: str, said: str) -> None:
    reply = await asked(text, published)
    assert (reply.decision, reply.procedure) == ("answer", "ket-hon")
    assert reply.text.startswith(said)


async def test_the_part_asked_for_beside_a_code_is_answered(published: Snapshot) -> None:
    assert (await asked("1.000948.H38 lệ phí bao nhiêu", published)).facet == "fee"


@pytest.mark.parametrize("text", ["9.999999", "thủ tục 1.011449.000.00.00.H38 là gì", "mã 3.123456 kết hôn"])
async def test_an_unknown_code_is_called_a_procedure_code(published: Snapshot, text: str) -> None:
    reply = await asked(text, published)
    assert reply.decision == "unknown"
    assert "có dạng mã thủ tục, không phải mã hồ sơ" in reply.text
    assert "Tôi không có thủ tục nào mang mã này" in reply.text
