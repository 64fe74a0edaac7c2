"""Conversations in which a place is named, asked about, remembered and used."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from handlers.messages import Incoming, Reply
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable
from knowledge.knowledge import Knowledge
from tests.conftest import Ask, Clock


def labels(reply: Reply) -> list[str]:
    return [button.label for message in reply.messages for button in message.buttons]


def press(reply: Reply, label: str) -> str:
    return next(b.data for m in reply.messages for b in m.buttons if b.label == label and b.data)


async def test_a_question_with_a_place_is_answered_for_that_place(ask: Ask) -> None:
    reply = await ask("tôi ở phường Hồng Hải, Hạ Long cũ thì đăng ký tạm trú ở đâu")
    assert (reply.procedure, reply.facet) == ("dang-ky-tam-tru", "where")
    assert "Công an phường Hạ Long" in reply.text
    assert "Phường Hồng Hải (thành phố Hạ Long cũ) nay là phường Hạ Long" in reply.text


async def test_the_kind_of_office_is_that_of_the_procedure(ask: Ask) -> None:
    await ask("em ở phường Cửa Ông")
    birth = await ask("đăng ký khai sinh nộp ở đâu")
    assert "Trung tâm Phục vụ hành chính công phường Cửa Ông" in birth.text
    residence = await ask("đăng ký tạm trú nộp ở đâu")
    assert "Công an phường Cửa Ông" in residence.text
    assert "Trung tâm Phục vụ hành chính công phường Cửa Ông" not in residence.text
    passport = await ask("làm hộ chiếu nộp ở đâu")
    assert "Phòng Quản lý xuất nhập cảnh, Công an thành phố Quảng Ninh" in passport.text


async def test_an_old_town_is_asked_about_and_the_answer_remembered(ask: Ask) -> None:
    asked = await ask("nhà em ở Uông Bí")
    assert labels(asked) == ["Phường Uông Bí", "Phường Vàng Danh", "Phường Yên Tử"]
    chosen = await ask(data=press(asked, "Phường Yên Tử"))
    assert "Phường Yên Tử" in chosen.text
    assert "chưa có nguồn chắc chắn" in chosen.text
    assert "1900 558 826" in chosen.text
    assert "Công an phường Yên Tử" in (await ask("đăng ký tạm trú nộp ở đâu")).text


async def test_a_place_after_a_question_answers_that_question_there(ask: Ask) -> None:
    await ask("đăng ký kết hôn cần giấy tờ gì")
    await ask("nhà em ở Uông Bí")
    reply = await ask("2")
    assert (reply.procedure, reply.facet) == ("ket-hon", "where")
    assert "Trung tâm Phục vụ hành chính công phường Vàng Danh" in reply.text


async def test_a_question_with_an_unclear_place_is_answered_and_the_place_asked(ask: Ask) -> None:
    reply = await ask("em ở Cẩm Phả muốn đăng ký tạm trú nộp ở đâu")
    assert reply.procedure == "dang-ky-tam-tru"
    assert "Phường Quang Hanh" in labels(reply)
    there = await ask("Quang Hanh")
    assert "Công an phường Quang Hanh" in there.text


async def test_another_place_takes_the_place_of_the_first(ask: Ask) -> None:
    await ask("tôi ở phường Hồng Gai thì đăng ký tạm trú ở đâu")
    reply = await ask("thế ở phường Bãi Cháy thì sao")
    assert "Công an phường Bãi Cháy" in reply.text
    assert "Hồng Gai" not in reply.text


async def test_the_offices_of_a_place_can_be_asked_for(ask: Ask) -> None:
    await ask("đăng ký khai sinh cần giấy gì")
    reply = await ask("địa chỉ công an phường Bãi Cháy")
    assert "Công an phường Bãi Cháy" in reply.text
    assert "Trung tâm Phục vụ hành chính công phường Bãi Cháy" in reply.text


async def test_a_big_old_town_is_asked_about_by_name(ask: Ask) -> None:
    asked = await ask("nhà tôi ở Hạ Long")
    assert "13 nơi" in asked.text
    assert "Phường Hồng Hải (thành phố Hạ Long cũ) nay là phường Hạ Long" in (await ask("Hồng Hải")).text


async def test_a_province_is_not_enough(ask: Ask) -> None:
    assert "nay thuộc tỉnh Phú Thọ" in (await ask("tôi ở Hòa Bình")).text


async def test_units_of_one_name_are_told_apart(ask: Ask) -> None:
    asked = await ask("xã Tân Thành, Cà Mau")
    assert len(set(labels(asked))) == len(labels(asked))


async def test_a_shared_location_names_three_units_and_asks(desk: Desk) -> None:
    reply = await desk.answer(Incoming("test", "one", location=(20.951, 107.083)))
    assert reply
    assert len(labels(reply)) == 3
    chosen = await desk.answer(Incoming("test", "one", data=press(reply, labels(reply)[0])))
    assert chosen
    assert labels(reply)[0] in chosen.text


async def test_a_location_in_another_province_names_it(desk: Desk) -> None:
    reply = await desk.answer(Incoming("test", "one", location=(22.336, 103.844)))
    assert reply
    assert "Phường Sa Pa (Lào Cai)" in reply.text


async def test_a_location_abroad_is_said_to_be_abroad(desk: Desk) -> None:
    reply = await desk.answer(Incoming("test", "one", location=(48.85, 2.35)))
    assert reply
    assert "không nằm trong nước Việt Nam" in reply.text


async def test_the_place_ends_with_the_conversation(ask: Ask, clock: Clock) -> None:
    await ask("em ở phường Cửa Ông")
    clock.pass_minutes(31)
    assert "Cửa Ông" not in (await ask("đăng ký tạm trú nộp ở đâu")).text


async def test_forgetting_and_starting_anew_forget_the_place(ask: Ask) -> None:
    for command in ("/xoadulieu", "/start"):
        await ask("em ở phường Cửa Ông")
        await ask(command)
        assert "Cửa Ông" not in (await ask("đăng ký tạm trú nộp ở đâu")).text


async def test_chats_do_not_share_their_place(ask: Ask) -> None:
    await ask("em ở phường Cửa Ông", chat="one")
    assert "Cửa Ông" not in (await ask("đăng ký tạm trú nộp ở đâu", chat="two")).text


async def test_buttons_we_never_made_are_refused(ask: Ask) -> None:
    for data in ("u:99999", "u:", "u:06688:x", "u:../etc"):
        assert "không còn dùng được" in (await ask(data=data)).text


async def test_a_province_also_answers_which_one_is_meant(ask: Ask) -> None:
    asked = await ask("huyện Châu Thành")
    assert "Có nhiều nơi tên là huyện Châu Thành cũ, ở: Tây Ninh, Đồng Tháp," in asked.text
    left = await ask("Tiền Giang")
    assert "Ở tỉnh Tiền Giang cũ có 7 nơi như vậy" in left.text
    assert "Xã Châu Thành" in labels(left)
    assert "Xã Bình Trưng, tỉnh Đồng Tháp" in (await ask("2")).text


async def test_a_long_list_is_picked_from_by_number(ask: Ask) -> None:
    asked = await ask("em ở Hòn Gai")
    line = next(line for line in asked.text.splitlines() if line.endswith("Xã Thống Nhất"))
    assert "Xã Thống Nhất, thành phố Quảng Ninh" in (await ask(line.split(".")[0])).text


async def test_a_town_is_meant_rather_than_a_commune_of_its_name_elsewhere(ask: Ask) -> None:
    asked = (await ask("tôi ở Hà Đông")).text
    assert "Quận Hà Đông cũ (Hà Nội) nay gồm" in asked
    assert "Nếu là nơi cùng tên ở tỉnh khác, xin gõ thêm tên tỉnh" in asked


async def test_an_office_without_a_place_is_asked_about(ask: Ask) -> None:
    assert "nhà mình ở phường, xã nào" in (await ask("số điện thoại công an phường")).text
    assert "Công an phường Hà Lầm" in (await ask("Cao Thắng")).text
    assert "Công an phường Hà Lầm" in (await ask("số điện thoại ở đó")).text


async def test_what_is_known_of_the_offices_of_a_province_is_told(ask: Ask) -> None:
    told = (await ask("số điện thoại trung tâm hành chính công Quảng Ninh")).text
    assert "1900 558 826" in told
    assert "chưa kiểm chứng" in told


async def test_a_place_nobody_knows_is_not_taken_for_a_question(ask: Ask) -> None:
    told = (await ask("em ở Xóm Trại")).text
    assert "chưa tìm thấy nơi nào tên là “Xóm Trại”" in told
    assert "Quảng Ninh" in told
    assert "ở nước ngoài" in (await ask("tôi ở Mỹ")).text
    assert "chưa tìm thấy" not in (await ask("NỘP Ở ĐÂU")).text


@pytest.mark.parametrize("person", ["u em", "tía tui", "nhà bầm", "mệ tui", "vợ chồng em"])
async def test_whoever_lives_there(ask: Ask, person: str) -> None:
    assert "nay là phường Cao Xanh" in (await ask(f"{person} ở Hà Khánh")).text


async def test_an_english_question_gets_its_office_in_english(ask: Ask) -> None:
    reply = await ask("I live in Hong Gai ward, where to register temporary residence?")
    assert "In phường Hồng Gai, thành phố Quảng Ninh, go to:" in reply.text
    assert "no reliable source" in reply.text
    assert "Offices there:" in (await ask("I live in Bai Chay", chat="two")).text


async def test_another_home_province_by_its_setting(knowledge: Knowledge, clock: Clock) -> None:
    lang_son = Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("20"), "test", province="20")
    reply = await lang_son.answer(Incoming("test", "one", "em ở xã Mai Pha, đăng ký tạm trú nộp ở đâu"))
    assert reply
    assert "Công an phường Đông Kinh" in reply.text
    assert "Quảng Ninh" not in reply.text
    reply = await lang_son.answer(Incoming("test", "two", "em ở Xóm Trại"))
    assert reply
    assert "Lạng Sơn" in reply.text
