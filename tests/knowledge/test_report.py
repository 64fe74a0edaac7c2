"""The numbers and lists that a province publishes, from the command line and in the chat."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from handlers import guide
from knowledge.chart import draw_levels
from knowledge.record import Record
from knowledge.report import BY_KEY, by_level, by_old_level
from knowledge.snapshot import Snapshot
from tests.knowledge.samples import SURE, record, turn, unindexed

PARTLY = {"name": "một phần", "old": "3", "reason": "hai bên phải đến ký", **SURE}


def procedures() -> list[Record]:
    return [
        record("ket-hon", level=PARTLY, on_the_spot=True, label="Kết hôn"),
        record("khai-sinh", code="1.001193", label="Khai sinh"),
        record("ho-chieu", code="1.001456", tier="tỉnh", field="Xuất nhập cảnh", online_only=True, label="Hộ chiếu"),
        record("karaoke", code="1.000922", tier="tỉnh", level=None, on_national_portal=None, result=None, label="Hát"),
    ]


def test_levels_are_counted_by_tier_with_shares() -> None:
    counted = {count.name: (count.total, count.share, count.by_tier) for count in by_level(procedures())}
    assert counted == {
        "toàn trình": (2, 50.0, {"xã": 1, "tỉnh": 1, "trung ương": 0}),
        "một phần": (1, 25.0, {"xã": 1, "tỉnh": 0, "trung ương": 0}),
        "thông tin": (0, 0.0, {"xã": 0, "tỉnh": 0, "trung ương": 0}),
        "chưa rõ": (1, 25.0, {"xã": 0, "tỉnh": 1, "trung ương": 0}),
    }


def test_each_tier_has_its_own_shares() -> None:
    nowhere = record("la", code="1.000001", tier=None)
    shares = {count.name: count.share_by_tier for count in by_level([*procedures(), nowhere])}
    assert shares["toàn trình"] == {"xã": 50.0, "tỉnh": 50.0, "trung ương": 0.0, "chưa rõ": 100.0}


def test_old_levels_are_counted_too() -> None:
    assert [(count.name, count.total) for count in by_old_level(procedures())][:2] == [("mức độ 4", 2), ("mức độ 3", 1)]


def test_nothing_to_count_is_no_mistake(tmp_path: Path) -> None:
    assert all(count.share == 0 for count in by_level([]))
    draw_levels([], tmp_path / "a.png", "không có gì")


@pytest.mark.parametrize(
    ("key", "slugs"),
    [
        ("online-only", ["ho-chieu"]),
        ("not-fully-online", ["ket-hon"]),
        ("fully-online", ["khai-sinh", "ho-chieu"]),
        ("national-portal", ["ket-hon", "khai-sinh", "ho-chieu"]),
        ("on-the-spot", ["ket-hon"]),
        ("by-post", ["ket-hon", "khai-sinh", "ho-chieu"]),
    ],
)
def test_each_list_has_who_belongs_to_it(key: str, slugs: list[str]) -> None:
    assert [one.slug for one in BY_KEY[key].of(procedures())] == slugs


def test_the_chart_is_a_picture_with_a_colour_for_each_level(tmp_path: Path) -> None:
    draw_levels(procedures(), tmp_path / "a.png", "Đếm ngày 23/11/2026")
    with Image.open(tmp_path / "a.png") as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert {(0, 0x72, 0xB2), (0xB3, 0x59, 0), (0x6E, 0x6E, 0x6E)} <= colours


# In the chat


@pytest.fixture(scope="module")
def published() -> Snapshot:
    return unindexed(*procedures())


async def said(text: str, published: Snapshot) -> str:
    outcome = await guide.handle(turn(text, published))
    return outcome.reply.text if outcome else ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("danh sách thủ tục chỉ nộp trực tuyến", "• Xuất nhập cảnh (1): Hộ chiếu"),
        ("thu tuc nao chi nhan ho so truc tuyen", "• Xuất nhập cảnh (1): Hộ chiếu"),
        ("thủ tục nào chưa toàn trình, vì sao", "• Kết hôn: hai bên phải đến ký"),
        ("liệt kê dịch vụ công một phần giúp em", "• Kết hôn: hai bên phải đến ký"),
        ("danh sách thủ tục toàn trình", "2 thủ tục trong kho của tôi"),
        ("những thủ tục có trên cổng dịch vụ công quốc gia", "3 thủ tục trong kho của tôi"),
        ("thủ tục trả kết quả qua bưu điện", "• Hộ tịch (2): Kết hôn; Khai sinh"),
        ("thủ tục làm tại chỗ lấy ngay", "• Hộ tịch (1): Kết hôn"),
        ("bao nhiêu thủ tục trả kết quả qua bưu chính", "3 thủ tục trong kho của tôi"),
        ("bao nhiêu thủ tục toàn trình", "2 thủ tục toàn trình (cấp xã 1, cấp tỉnh 1)"),
        ("có mấy dịch vụ công mức độ 3", "1 thủ tục từng gọi là mức độ 3 (cấp xã 1)"),
        ("có tất cả bao nhiêu thủ tục", "Trong 4 thủ tục tôi đang có"),
        ("tỷ lệ thủ tục toàn trình là bao nhiêu", "tức 50,0% trong 4 thủ tục"),
        ("thống kê thủ tục", "một phần (có bước phải đến tận nơi): 1, tức 25,0% (cấp xã 1)"),
        ("danh mục thủ tục một phần cấp xã", "Thủ tục chưa làm trọn trên mạng, và lý do: 1 thủ tục cấp xã"),
        ("danh mục thủ tục một phần cấp tỉnh", "chưa có thủ tục nào được ghi như vậy"),
    ],
)
async def test_lists_and_numbers_on_request(published: Snapshot, question: str, answer: str) -> None:
    assert answer in await said(question, published)


async def test_what_is_not_known_is_said(published: Snapshot) -> None:
    assert "Còn 1 thủ tục chưa rõ điều này" in await said("danh sách thủ tục trả qua bưu điện", published)


async def test_an_empty_list_says_so() -> None:
    one = unindexed(record())
    assert "chưa có thủ tục nào được ghi như vậy" in await said("danh sách thủ tục chỉ nộp trực tuyến", one)


@pytest.mark.parametrize(
    "question",
    [
        "làm hộ chiếu trả qua bưu điện được không",
        "toàn trình là gì",
        "5 tại chỗ là gì",
        "thủ tục kết hôn trả kết quả qua bưu điện mất bao nhiêu tiền",
        "thủ tục đăng ký kết hôn cần giấy tờ gì",
        "thủ tục kết hôn qua bưu điện",
        "nộp khai sinh trên cổng quốc gia thế nào",
        "không biết dùng máy tính thì thủ tục toàn trình có cho nộp giấy không",
    ],
)
async def test_a_question_about_one_procedure_is_left_to_the_next_handler(published: Snapshot, question: str) -> None:
    assert await said(question, published) == ""


async def test_a_list_too_long_to_read_gives_numbers_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "MOST_NAMED", 2)
    text = await said("danh sách thủ tục trên cổng quốc gia", unindexed(*procedures()))
    assert "• Hộ tịch: 2" in text
    assert "Kết hôn" not in text
