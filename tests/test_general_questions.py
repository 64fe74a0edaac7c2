"""The general questions a desk is asked every day are answered in the chat, however they are put."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from handlers.messages import Incoming
from knowledge.snapshot import Snapshot
from tests.conftest import Ask, Filled


@pytest.fixture
def snapshot(filled: Filled) -> Snapshot:
    return filled.snapshot


async def test_the_example_questions_of_every_general_entry_find_it(desk: Desk, snapshot: Snapshot) -> None:
    asked, missed = 0, []
    for record in snapshot.records.values():
        for number, question in enumerate(record.questions if record.kind == "faq" else ()):
            reply = await desk.answer(Incoming("test", f"{record.slug}-{number}", question))
            assert reply
            asked += 1
            if record.name not in reply.text and record.name not in {
                b.label for m in reply.messages for b in m.buttons
            }:
                missed.append(question)
    assert asked > 700
    assert len(missed) < 0.01 * asked, missed


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("VNeID mức 1 khác mức 2 chỗ nào", "hoi-vneid-muc-1-muc-2"),
        ("nộp tiền lệ phí trên mạng kiểu gì", "hoi-thanh-toan-truc-tuyen"),
        ("trả tiền bằng mã QR có an toàn không", "hoi-thanh-toan-truc-tuyen"),
        ("có nhận kết quả qua bưu điện được không", "hoi-tra-ket-qua-buu-dien"),
        ("hồ sơ báo yêu cầu bổ sung là sao", "hoi-yeu-cau-bo-sung"),
        ("hồ sơ đang xử lý nghĩa là gì", "hoi-trang-thai-ho-so"),
        ("hồ sơ bị trả lại thì làm thế nào", "hoi-tu-choi-ho-so"),
        ("thứ bảy có làm việc không", "hoi-gio-lam-viec"),
        ("mấy giờ trung tâm mở cửa", "hoi-gio-lam-viec"),
        ("làm giấy tờ thay cho bố mẹ già được không", "hoi-uy-quyen"),
        ("mẹ tôi nằm liệt thì ai đi làm giấy được", "hoi-ho-tro-tai-nha"),
        ("có người gọi bảo công an phường cập nhật vneid", "hoi-cuoc-goi-lua-dao"),
        ("họ gửi link cài app dichvucong.apk", "hoi-trang-gia-ung-dung-gia"),
        ("lỡ bấm vào link lạ rồi", "hoi-lo-bi-lua"),
        ("bị lừa chuyển tiền giờ làm sao", "hoi-lo-bi-lua"),
        ("bot này của ai", "hoi-bot-la-gi"),
        ("có lưu thông tin của tôi không", "hoi-bot-du-lieu"),
        ("hồ sơ quá hạn chưa có kết quả", "hoi-ho-so-qua-han"),
        ("tải mẫu đơn ở đâu", "hoi-mau-don-o-dau"),
        ("lấy tờ khai ở đâu", "hoi-mau-don-o-dau"),
        ("bản sao khác bản chính thế nào", "hoi-ban-sao-chung-thuc"),
        ("sáp nhập xã thì có phải làm lại căn cước không", "hoi-giay-to-dia-danh-cu"),
        ("giờ không còn huyện thì nộp ở đâu", "hoi-bo-cap-huyen"),
        ("phi địa giới là gì", "hoi-phi-dia-gioi"),
        ("5 tại chỗ", "hoi-nam-tai-cho"),
        ("mã hồ sơ nằm ở đâu", "hoi-ma-ho-so"),
        ("kết quả điện tử có giá trị không", "hoi-ket-qua-dien-tu"),
    ],
)
async def test_the_same_in_other_words(ask: Ask, snapshot: Snapshot, question: str, slug: str) -> None:
    reply = await ask(question)
    name = snapshot.records[slug].name
    assert name in reply.text or name in {button.label for message in reply.messages for button in message.buttons}


@pytest.mark.parametrize("question", ["lệ phí?", "nộp ở đâu", "cần giấy tờ gì", "bao lâu", "khi nào có kết quả"])
async def test_a_bare_part_is_asked_back_about(ask: Ask, question: str) -> None:
    assert "của việc gì ạ?" in (await ask(question)).text


async def test_an_offer_says_that_it_is_one_and_can_be_taken(ask: Ask, snapshot: Snapshot) -> None:
    vague = ["cơ quan mới tên gì", "nộp xong bao lâu gọi", "tôi ở xa quê nộp sao", "ví điện tử trả được không",
             "mất mạng giữa chừng thì sao", "tiền nộp rồi có được trả lại không"]  # fmt: skip
    replies = [await ask(question, chat=question) for question in vague]
    offered = next(reply for reply in replies if "chưa chắc" in reply.text)
    (button,) = offered.messages[0].buttons
    assert button.data
    assert button.label in (await ask(data=button.data)).text


@pytest.mark.parametrize("question", ["quán phở nào ngon", "hôm nay trời có mưa không", "Tôi muốn xin ly thân"])
async def test_nobodys_question_gets_no_general_answer(ask: Ask, snapshot: Snapshot, question: str) -> None:
    names = {record.name for record in snapshot.records.values() if record.kind == "faq"}
    reply = await ask(question)
    assert not any(name in reply.text for name in names)
    assert not names & {button.label for message in reply.messages for button in message.buttons}


@pytest.mark.parametrize(
    "story",
    [
        "có người gọi bảo công an phường cập nhật vneid",
        "người lạ gọi xưng cán bộ thuế bảo cài app hoàn thuế",
        "Có số lạ gọi cho mẹ tôi nói là công an, bắt đọc mã OTP",
        "họ gọi xưng công an quận kêu lên đồng bộ hộ khẩu",
        "co nguoi nhan zalo xung can bo phuong gui link dich vu cong",
        "ai gọi bảo tôi cài lại vneid vậy",
        "co nguoi goi dien keu cap nhat cccd",
        "số lạ gọi yêu cầu chuyển khoản phí làm hộ chiếu",
    ],
)
async def test_a_story_that_sounds_like_a_scam_is_answered_with_a_warning(ask: Ask, story: str) -> None:
    assert "lừa đảo" in (await ask(story)).text


@pytest.mark.parametrize(
    "question", ["cập nhật vneid mức 2", "có ai gọi khi xong không", "họ gửi kết quả qua bưu điện không"]
)
async def test_a_call_alone_is_no_scam(ask: Ask, question: str) -> None:
    assert "lừa đảo" not in (await ask(question)).text
