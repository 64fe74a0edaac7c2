"""A resident talks to the desk: what was asked comes first, and the conversation keeps its subject."""

from __future__ import annotations

import pytest

from handlers.choosing import chosen
from handlers.messages import Reply
from tests.conftest import Ask, Clock, Filled


def labels(reply: Reply) -> list[str]:
    return [button.label for message in reply.messages for button in message.buttons]


def press(reply: Reply, label: str) -> str:
    found = [b.data for m in reply.messages for b in m.buttons if b.label == label and b.data]
    assert found, f"no button {label!r} in {labels(reply)}"
    return found[0]


@pytest.mark.parametrize(
    ("question", "slug", "facet"),
    [
        ("đăng ký khai sinh mất bao nhiêu tiền", "khai-sinh", "fee"),
        ("đăng ký kết hôn nộp ở đâu", "ket-hon", "where"),
        ("dang ky tam tru can giay to gi", "dang-ky-tam-tru", "documents"),
        ("đăng ký khai tử bao lâu thì có", "khai-tu", "time"),
        ("đăng ký hộ kinh doanh trên mạng làm thế nào", "ho-kinh-doanh", "how"),
    ],
)
async def test_what_was_asked_comes_first(ask: Ask, question: str, slug: str, facet: str) -> None:
    reply = await ask(question)
    assert (reply.decision, reply.procedure, reply.facet) == ("answer", slug, facet)


async def test_the_other_parts_and_the_full_card_are_one_tap_away(ask: Ask) -> None:
    reply = await ask("đăng ký kết hôn mất bao nhiêu tiền")
    assert {"Giấy tờ", "Nơi nộp", "Bao lâu", "Cách làm", "Xem đầy đủ"} <= set(labels(reply))
    documents = await ask(data=press(reply, "Giấy tờ"))
    assert documents.facet == "documents"
    assert "Tờ khai đăng ký kết hôn" in documents.text
    whole = await ask(data=press(reply, "Xem đầy đủ"))
    assert "CĂN CỨ PHÁP LÝ" in whole.text


async def test_an_answer_names_its_source_and_the_day_it_was_checked(ask: Ask) -> None:
    reply = await ask("đăng ký kết hôn nộp ở đâu")
    assert "Nguồn:" in reply.text
    assert "Kiểm tra ngày" in reply.text


async def test_a_short_follow_up_keeps_the_subject(ask: Ask) -> None:
    await ask("đăng ký kết hôn cần giấy tờ gì")
    reply = await ask("thế bao lâu có?")
    assert (reply.procedure, reply.facet) == ("ket-hon", "time")
    reply = await ask("còn giấy tờ?")
    assert (reply.procedure, reply.facet) == ("ket-hon", "documents")


async def test_a_new_subject_replaces_the_old_one(ask: Ask) -> None:
    await ask("đăng ký kết hôn cần giấy tờ gì")
    await ask("đăng ký khai tử nộp ở đâu")
    reply = await ask("bao lâu có?")
    assert reply.procedure == "khai-tu"


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ("đổi bằng lái xe", "doi-giay-phep-lai-xe"),
        ("làm hộ chiếu", "ho-chieu"),
        ("xin trích lục kết hôn", "trich-luc-ho-tich"),
    ],
)
async def test_a_short_new_subject_is_not_taken_for_a_follow_up(ask: Ask, said: str, slug: str) -> None:
    await ask("đăng ký khai tử nộp ở đâu")
    reply = await ask(said)
    assert reply.procedure == slug


@pytest.mark.parametrize("said", ["tôi muốn ly hôn", "toàn trình là gì", "công thức làm bánh flan", "cảm ơn nhé"])
async def test_what_has_nothing_to_do_with_the_subject_does_not_lean_on_it(ask: Ask, said: str) -> None:
    await ask("đăng ký khai tử nộp ở đâu")
    reply = await ask(said)
    assert reply.procedure is None


async def test_a_correction_turns_to_the_sibling_that_was_meant(ask: Ask) -> None:
    await ask("cấp đổi thẻ căn cước cần gì")
    reply = await ask("à nhầm, cấp lại chứ không phải cấp đổi")
    assert reply.procedure == "cap-lai-the-can-cuoc"


async def test_thirty_quiet_minutes_end_the_conversation(ask: Ask, clock: Clock) -> None:
    await ask("đăng ký kết hôn cần giấy tờ gì")
    clock.pass_minutes(31)
    reply = await ask("thế bao lâu có?")
    assert reply.procedure is None


async def test_chats_do_not_share_their_subject(ask: Ask) -> None:
    await ask("đăng ký kết hôn cần giấy tờ gì", chat="one")
    reply = await ask("thế bao lâu có?", chat="two")
    assert reply.procedure is None


@pytest.mark.parametrize("answer", ["1", "cái đầu", "số 1", "cái đầu tiên ạ"])
async def test_a_question_asked_back_is_answered_by_number_or_words(ask: Ask, answer: str) -> None:
    asked = await ask("hộ kinh doanh")
    assert asked.decision == "choose"
    assert 2 <= len(asked.choices) <= 3
    reply = await ask(answer)
    assert reply.procedure == asked.choices[0]


@pytest.mark.parametrize("answer", ["đúng", "vâng đúng rồi", "phải ạ", "ok", "1", "đúng việc đó"])
def test_the_only_choice_is_confirmed_by_a_yes(filled: Filled, answer: str) -> None:
    assert chosen(answer, ("ho-chieu",), filled.snapshot) == "ho-chieu"


@pytest.mark.parametrize("answer", ["không", "không phải", "đăng ký kết hôn", "đó" * 2000 + "!x"])
def test_a_no_or_another_question_does_not_confirm_it(filled: Filled, answer: str) -> None:
    assert chosen(answer, ("ho-chieu",), filled.snapshot) != "ho-chieu"


async def test_a_question_asked_back_is_answered_by_a_tap(ask: Ask) -> None:
    asked = await ask("hộ kinh doanh")
    label = labels(asked)[1]
    reply = await ask(data=press(asked, label))
    assert reply.procedure == asked.choices[1]


async def test_a_question_asked_back_is_answered_by_its_words(ask: Ask) -> None:
    asked = await ask("hộ kinh doanh")
    label = labels(asked)[1]
    reply = await ask(label.lower())
    assert reply.procedure == asked.choices[1]


async def test_the_part_asked_for_is_remembered_while_choosing(ask: Ask) -> None:
    asked = await ask("hộ kinh doanh mất bao nhiêu tiền")
    if asked.decision == "choose":
        asked = await ask("2")
    assert asked.facet == "fee"


async def test_what_we_do_not_know_is_said_with_a_person_to_ask(ask: Ask) -> None:
    reply = await ask("công thức làm bánh flan")
    assert reply.decision == "unknown"
    assert "Trung tâm Phục vụ hành chính công" in reply.text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("xin chào", "Xin chào"),
        ("cảm ơn nhiều nha", "không có gì"),
        ("gặp cán bộ", "liên hệ"),
        ("bot ngu như bò", "Xin lỗi"),
        ("bạn là người hay máy vậy", "chương trình máy"),
        ("giúp", "Tôi giúp được gì"),
    ],
)
async def test_small_talk_has_its_own_short_answers(ask: Ask, said: str, answer: str) -> None:
    reply = await ask(said)
    assert reply.decision == "unknown"
    assert answer in reply.text


async def test_fully_online_services_are_counted_from_the_knowledge_base(ask: Ask) -> None:
    reply = await ask("có bao nhiêu thủ tục toàn trình?")
    assert "thủ tục toàn trình" in reply.text
    old = await ask("bao nhiêu dịch vụ công mức độ 4")
    assert "từng gọi là mức độ 4" in old.text


async def test_commands(ask: Ask) -> None:
    assert "Một Cửa" in (await ask("/start")).text
    assert "Tôi giúp được gì" in (await ask("/help")).text
    assert "mã hồ sơ" in (await ask("/hoso")).text
    assert "Xin viết lời góp ý" in (await ask("/gopy")).text
    assert "Cảm ơn góp ý" in (await ask("thông tin lệ phí bị cũ")).text
    assert "Đã xóa" in (await ask("/xoadulieu")).text


@pytest.mark.parametrize("question", ["khi nào xong", "bao giờ có kết quả vậy ạ", "đến đâu rồi"])
async def test_after_a_look_up_when_is_it_done_is_about_that_dossier(ask: Ask, question: str) -> None:
    await ask("đăng ký kết hôn bao lâu thì xong")
    told = await ask("H49.22-261117-0002")
    assert "18/12/2026" in told.text
    assert (await ask(question)).text == told.text
    assert (await ask("thế còn lệ phí?")).procedure == "ket-hon"
