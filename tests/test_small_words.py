"""What people say beside their question, and short messages that only make sense in a conversation."""

from __future__ import annotations

import pytest

from handlers.messages import Reply
from handlers.texts import vi
from tests.conftest import Ask


def text(reply: Reply) -> str:
    return "\n".join(message.text for message in reply.messages)


@pytest.mark.parametrize(
    "said",
    [
        "hồ sơ của tôi tới đâu rồi",
        "ho so cua toi toi dau roi",
        "hồ sơ tới đâu",
        "xem hồ sơ",
        "tra cứu hồ sơ",
        "kiểm tra giúp tình trạng hồ sơ",
        "sao hồ sơ của tôi lâu thế",
        "giấy hẹn của tôi xong chưa",
    ],
)
async def test_whoever_asks_about_their_dossier_is_asked_for_its_code(ask: Ask, said: str) -> None:
    assert text(await ask(said)) == vi.ASK_CODE
    reply = await ask("H49.105-261001-0011")
    assert reply.facet == "status"
    assert "Đang xử lý" in reply.text


@pytest.mark.parametrize("said", ["nộp hồ sơ khai tử ở đâu", "hồ sơ khai tử cần giấy tờ gì"])
async def test_a_question_about_the_papers_is_none_about_a_dossier(ask: Ask, said: str) -> None:
    reply = await ask(said)
    assert "khai-tu" in (reply.procedure, *reply.choices)
    assert reply.facet in ("where", "documents")


async def test_the_part_asked_for_first_is_kept_until_the_matter_is_named(ask: Ask) -> None:
    assert text(await ask("lệ phí?")) == vi.PART_OF_WHAT["fee"]
    await ask("dạ")
    reply = await ask("khai sinh")
    assert (reply.procedure, reply.facet) == ("khai-sinh", "fee")


async def test_how_about_another_matter_asks_for_the_same_part(ask: Ask) -> None:
    await ask("khai sinh mất bao nhiêu tiền")
    reply = await ask("còn hộ chiếu thì sao")
    assert "ho-chieu" in (reply.procedure, *reply.choices)
    assert reply.facet == "fee"
    plain = await ask("đăng ký khai tử")
    assert (plain.procedure, plain.facet) == ("khai-tu", None)


@pytest.mark.parametrize("said", ["làm online được không", "có nộp qua mạng được ko ạ", "online"])
async def test_whether_it_can_be_done_online_is_answered_with_the_level(ask: Ask, said: str) -> None:
    await ask("đổi bằng lái xe bao nhiêu tiền")
    reply = await ask(said)
    assert (reply.procedure, reply.facet) == ("doi-giay-phep-lai-xe", "level")
    assert "làm hết được qua mạng" in reply.text


@pytest.mark.parametrize(
    ("said", "procedure"),
    [
        ("đăng ký kết hôn", "ket-hon"),
        ("đăng ký kết hôn nộp ở đâu ạ", "ket-hon"),
        ("Đăng ký hộ kinh doanh cần giấy tờ gì?", "ho-kinh-doanh"),
    ],
)
async def test_what_is_called_by_its_own_name_is_not_asked_back(ask: Ask, said: str, procedure: str) -> None:
    assert (await ask(said)).procedure == procedure


# While a choice is open


async def test_a_part_asked_for_while_choosing_is_kept_for_what_is_chosen(ask: Ask) -> None:
    asked = await ask("hộ kinh doanh")
    again = await ask("mất bao nhiêu tiền")
    assert (again.decision, again.choices) == ("choose", asked.choices)
    chosen = await ask("2")
    assert (chosen.procedure, chosen.facet) == (asked.choices[1], "fee")


async def test_not_knowing_which_is_no_reason_to_stop(ask: Ask) -> None:
    asked = await ask("hộ kinh doanh")
    again = await ask("tôi không biết")
    assert vi.CHOOSE_UNSURE in text(again)
    assert again.choices == asked.choices
    assert (await ask("9")).choices == asked.choices


@pytest.mark.parametrize("said", ["không", "không phải cái nào", "không có cái nào đúng", "đâu phải", "4"])
async def test_none_of_these_in_words(ask: Ask, said: str) -> None:
    await ask("hộ kinh doanh")
    assert text(await ask(said)) == vi.NONE_OF_THESE_REPLY


@pytest.mark.parametrize("said", ["1", "cái đầu", "số 2", "cái cuối"])
async def test_a_pick_without_a_list_is_told_so(ask: Ask, said: str) -> None:
    await ask("đăng ký kết hôn cần gì")
    assert text(await ask(said)) == vi.NOTHING_TO_CHOOSE
    assert (await ask("bao lâu có?")).procedure == "ket-hon"


# Small talk


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ê", "Xin chào"),
        ("chào cháu nhé", "Xin chào"),
        ("con ơi bà hỏi cái này", "xin cứ hỏi"),
        ("bác cảm ơn con nhiều nhé", "không có gì"),
        ("tạm biệt", "Chào tạm biệt"),
        ("giỏi quá", "cảm ơn"),
        ("ai làm ra mày", "chương trình máy"),
        ("có người không", "liên hệ"),
        ("bạn biết những gì", "Tôi giúp được gì"),
        ("trả lời linh tinh", "Xin lỗi"),
        ("sai rồi", "hiểu chưa đúng"),
        ("không phải", "hiểu chưa đúng"),
        ("tôi không biết dùng mạng", "ra trực tiếp nơi nộp"),
        ("bác không biết gõ, nói được không", "hình micro"),
    ],
)
async def test_a_kind_word_is_not_a_matter_we_do_not_have(ask: Ask, said: str, answer: str) -> None:
    reply = await ask(said)
    assert reply.decision == "unknown"
    assert answer in reply.text
    assert "không nằm trong các thủ tục" not in reply.text


# Counting


async def test_counting_by_level_and_tier(ask: Ask) -> None:
    everything = (await ask("có bao nhiêu thủ tục")).text
    assert "120 thủ tục" in everything
    assert (await ask("thủ tục nào làm được trên mạng")).text == everything
    in_communes = (await ask("bao nhiêu thủ tục toàn trình cấp xã")).text
    assert "thủ tục toàn trình cấp xã, tức " in in_communes
    assert f"toàn trình (làm hết được qua mạng): 75, tức 62,5% (cấp xã {in_communes.split()[0]}" in everything
    both = (await ask("bao nhiêu dịch vụ công mức độ 3, mức độ 4")).text
    assert "mức độ 3" in both.split("\n")[1]
    assert "mức độ 4" in both.split("\n")[0]
    assert "cấp tỉnh tôi đang có" in (await ask("bao nhiêu thủ tục cấp tỉnh")).text


@pytest.mark.parametrize("said", ["gặp cán bộ", "cho gặp cán bộ", "gap can bo"])
async def test_who_asks_for_a_human_gets_one_also_in_the_middle_of_a_subject(ask: Ask, said: str) -> None:
    """An official is also somebody with papers of his own: no follow-up about those."""
    assert (await ask("làm giấy khai sinh cho con")).procedure == "khai-sinh"
    assert vi.PERSON in text(await ask(said))
