"""Forty conversations: follow-ups, corrections, negations, two questions at once, and long stories."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import Ask

with (Path(__file__).parent / "conversations.csv").open(encoding="utf-8") as file:
    TALKS = [tuple(row.values()) for row in csv.DictReader(file)]
ASKED_BACK = ("correction", "story")


@pytest.mark.parametrize(("kind", "said", "procedure", "facet", "second"), TALKS)
async def test_a_conversation_ends_with_what_was_meant(
    ask: Ask, kind: str, said: str, procedure: str, facet: str, second: str
) -> None:
    *before, last = said.split(" > ")
    for message in before:
        await ask(message)
    reply = await ask(last)
    offered = {b.data.split(":")[1] for m in reply.messages for b in m.buttons if b.data and b.data.count(":") == 2}
    # "ý tôi là tạm trú" may mean its renewal, and a long story may touch two matters: asking back is right there.
    meant = {reply.procedure, *(reply.choices if kind in ASKED_BACK else ())}
    assert procedure in meant, kind
    assert not facet or reply.facet == facet, kind
    assert not second or second in offered, kind


@pytest.mark.parametrize(
    ("question", "case", "other"),
    [
        ("làm hộ chiếu cho con 5 tuổi cần giấy tờ gì", "Trẻ em dưới 14 tuổi", "Hộ chiếu còn hạn mà bị mất"),
        ("thẻ bhyt bị rách cần giấy tờ gì để làm lại", "Mất, hỏng thẻ", "Sai họ tên"),
        ("đổi thẻ bhyt, không phải mất mà sai tên thì cần giấy tờ gì", "Sai họ tên", "Mất, hỏng thẻ"),
        ("em ở trọ đăng ký tạm trú cần giấy tờ gì", "Ở nhà thuê, mượn, ở nhờ", "Ở nhà của mình"),
    ],
)
async def test_the_case_that_was_said_comes_first(ask: Ask, question: str, case: str, other: str) -> None:
    reply = await ask(question)
    assert reply.facet == "documents"
    assert -1 < reply.text.find(case) < reply.text.find(other)
