"""How an answer reads: nothing twice, no bracket after a bracket, what holds for everybody first."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers import card
from knowledge.files import read_all
from knowledge.record import Channel, Document, Fee, Record

RECORDS = [record for record in read_all()[0] if record.kind == "procedure"]
DAY = date(2026, 11, 23)


SOURCE = "quoc-gia"
SHOWN = "• Thẻ (chỉ xuất trình). Thẻ nào cũng được"


def a_record(**fields: object) -> Record:
    base = next(record for record in RECORDS if record.slug == "ket-hon")
    return base.model_copy(update=fields)


def lines(record: Record, facet: str) -> list[str]:
    return card.render(record, facet, DAY).split("\n")[1:-2]


def fee(name: str, amount: int) -> Fee:
    return Fee(name=name, amount=amount, source=SOURCE, confidence="sure")


def test_a_fee_that_is_the_same_everywhere_stands_first_and_once() -> None:
    copy = fee("Bản sao", 8000)
    channels = (
        Channel(kind="desk", fees=(fee("Lệ phí", 5000), copy)),
        Channel(kind="online", fees=(fee("Lệ phí", 5000), copy)),
        Channel(kind="post", fees=(fee("Lệ phí", 5000), fee("Cước", 20000))),
    )
    assert lines(a_record(channels=channels, exemptions=()), "fee") == [
        "• Lệ phí: 5.000 đồng",
        "**Nộp tại quầy / Nộp trực tuyến**",
        "• Bản sao: 8.000 đồng",
        "**Gửi bưu điện**",
        "• Cước: 20.000 đồng",
    ]


def test_a_fee_to_come_has_a_heading_of_its_own() -> None:
    later = Fee(name="Lệ phí", amount=9000, effective_from=date(2027, 1, 1), source=SOURCE, confidence="sure")
    desk = Channel(kind="desk", fees=(fee("Lệ phí", 5000), later))
    assert lines(a_record(channels=(desk,), exemptions=()), "fee") == [
        "• Lệ phí: 5.000 đồng",
        "**Sắp tới**",
        "• Từ 01/01/2027: Lệ phí: 9.000 đồng",
    ]


@pytest.mark.parametrize(
    ("fees", "line"),
    [
        ((fee("Lệ phí kết hôn", 5000),), "• **Lệ phí:** 5.000 đồng"),
        ((fee("Lệ phí đúng hạn", 0), fee("Lệ phí quá hạn", 5000)), "• **Lệ phí:** đúng hạn: Miễn phí; …"),
        ((fee("Phí bản sao", 8000), fee("Lệ phí", 5000)), "• **Lệ phí:** Phí bản sao: 8.000 đồng; …"),
    ],
)
def test_the_card_says_what_the_fee_is_without_its_name_twice(fees: tuple[Fee, ...], line: str) -> None:
    desk = Channel(kind="desk", fees=fees)
    assert line in card.short(a_record(channels=(desk,)), DAY).split("\n")


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (Document(name="Đơn", originals=1), "• Đơn (1 bản chính)"),
        (Document(name="Đơn (nếu nhờ)", originals=1), "• Đơn (nếu nhờ; 1 bản chính)"),
        (Document(name="Thẻ", show_only=True, note="Chỉ xuất trình; thẻ nào cũng được"), SHOWN),
        (Document(name="Đơn", form="Mẫu số 2"), "• Đơn (Mẫu số 2)"),
        (Document(name="Đơn", form="CT01 (Thông tư 1)"), "• Đơn (mẫu CT01 (Thông tư 1))"),
        (Document(name="Giấy đề nghị", form="Giấy đề nghị (Mẫu số 1)"), "• Giấy đề nghị (Mẫu số 1)"),
        (Document(name="Tờ khai CT01", form="CT01"), "• Tờ khai CT01"),
        (Document(name="Thẻ", show_only=True, note="chỉ xuất trình"), "• Thẻ (chỉ xuất trình)"),
        (Document(name="Ảnh", optional=True, note="Nếu có; cỡ 4x6"), "• Ảnh (nếu có). Cỡ 4x6"),
    ],
)
def test_a_document_says_nothing_twice(document: Document, line: str) -> None:
    record = a_record()
    case = record.documents[0].model_copy(update={"items": (document,)})
    assert line in lines(record.model_copy(update={"documents": (case,)}), "documents")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.slug)
def test_every_answer_reads_cleanly(record: Record) -> None:
    for facet in ("documents", "fee", "time", "where", "level", "how", "result"):
        text = card.render(record, facet, DAY)
        assert not re.search(r"\) \((?!Thông|Nghị|Luật)", text), text
        assert "\n\n\n" not in text
        heads = [line for line in text.split("\n") if line.startswith("**") and line.endswith("**")]
        if facet in ("fee", "time"):
            said = [line for line in text.split("\n") if line.startswith("• ")]
            assert len(said) == len(set(said)), text
            assert len(heads) == len(set(heads)), text
