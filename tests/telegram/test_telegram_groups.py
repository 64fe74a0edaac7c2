"""Groups: answered only when addressed, nothing personal, each person a conversation of their own."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram_groups import Address
from handlers.messages import plain
from handlers.texts import dossier as words
from handlers.texts import vi
from tests.conftest import Ask
from tests.fakes.telegram_inline import payload_in
from tests.fakes.telegram_rules import entities_in
from tests.fakes.telegram_server import BOT, Chat, TelegramServer

US = str(BOT["username"])
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
OTHER_BOT = {"id": 5, "is_bot": True, "first_name": "Khác", "username": "another_bot"}
CODE = "H49.22-261118-0001"


@pytest.fixture
def group(telegram: TelegramServer, an: Chat) -> Chat:
    """A group with our bot in it, which hears everything: privacy mode off."""
    return telegram.group()


# When the bot answers


async def test_a_mention_is_answered_as_a_reply_to_who_asked(group: Chat, an: Chat, ask: Ask) -> None:
    asked = group.say(f"@{US} đăng ký kết hôn mất bao nhiêu tiền?", by=an)
    answer = await group.wait_reply()
    assert answer.text == (await ask("đăng ký kết hôn mất bao nhiêu tiền?")).text.strip()
    assert answer.answers == asked["message"]["message_id"]


@pytest.mark.parametrize("mention", [f"@{US}", f"@{US.upper()}"])
@pytest.mark.parametrize("form", ["{} khai tử nộp ở đâu", "khai tử nộp ở đâu {}", "khai tử {} nộp ở đâu"])
async def test_the_mention_may_stand_anywhere(group: Chat, an: Chat, ask: Ask, form: str, mention: str) -> None:
    group.say(form.format(mention), by=an)
    assert (await group.wait_reply()).text == (await ask("khai tử nộp ở đâu")).text.strip()


async def test_a_reply_to_the_bot_is_answered_and_keeps_the_subject(group: Chat, an: Chat, ask: Ask) -> None:
    group.say(f"@{US} đăng ký kết hôn cần giấy tờ gì", by=an)
    documents = await group.wait_reply()
    group.say("bao lâu có?", by=an, to=documents)
    assert (await group.wait_reply()).text == (await ask(data="f:ket-hon:time")).text.strip()


async def test_a_bare_mention_under_somebodys_question_answers_that_question(
    group: Chat, an: Chat, binh: Chat, ask: Ask
) -> None:
    question = group.message(by=binh, text="đăng ký kết hôn nộp ở đâu nhỉ")
    group.say(f"@{US}", by=an, to=question)
    assert (await group.wait_reply()).text == (await ask("đăng ký kết hôn nộp ở đâu nhỉ")).text.strip()


async def test_a_bare_mention_is_greeted(group: Chat, an: Chat) -> None:
    group.say(f"@{US}", by=an)
    assert (await group.wait_reply()).text == plain(vi.GREETING)


async def test_a_button_is_answered_whoever_presses_it(group: Chat, an: Chat, binh: Chat, ask: Ask) -> None:
    group.say(f"@{US} đăng ký kết hôn mất bao nhiêu tiền", by=an)
    await group.wait_reply()
    await group.press("Giấy tờ", by=binh)
    assert (await group.wait_reply()).text == (await ask(data="f:ket-hon:documents")).text.strip()


async def test_an_administrator_who_speaks_for_the_group_is_answered(group: Chat) -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    group.say(f"/help@{US}", **{"from": anonymous, "sender_chat": group.as_json})
    assert (await group.wait_reply()).text == plain(vi.HELP)


async def test_in_a_topic_the_answer_stays_in_the_topic(group: Chat, an: Chat, telegram: TelegramServer) -> None:
    telegram.topics = {77}
    group.say(f"/help@{US}", by=an, message_thread_id=77, is_topic_message=True)
    assert (await group.wait_reply()).topic == 77


async def test_when_the_topic_is_gone_the_group_gets_the_answer(group: Chat, an: Chat) -> None:
    group.say(f"/help@{US}", by=an, message_thread_id=77, is_topic_message=True)
    assert (await group.wait_reply()).topic is None


# When it is silent


def unaddressed(group: Chat, an: Chat) -> list[Any]:
    """Messages that are not for our bot."""
    another = group.message(text="chào", **{"from": OTHER_BOT})
    ours = group.message(text="chào", **{"from": BOT})
    return [
        group.message(by=an, text="đăng ký kết hôn cần giấy tờ gì?"),
        _typed(group, an, "/help"),
        _typed(group, an, "/help@another_bot"),
        {**_typed(group, an, "/help@another_bot"), "reply_to_message": ours},
        _typed(group, an, "@another_bot khai sinh"),
        _typed(group, an, f"@{US}_2 khai sinh"),
        _typed(group, an, f"thư của tôi: hoi@{US}"),
        group.message(by=an, text="khai sinh", to=another),
        group.message(by=an, photo=PHOTO),
        group.message(by=an, location={"latitude": 20.95, "longitude": 107.08}),
        group.message(by=an, text="khai sinh", via_bot=BOT),
        group.message(new_chat_members=[BOT]),
        {**_typed(group, an, f"@{US} khai sinh"), "from": OTHER_BOT},
        {**_typed(group, an, f"@{US} khai sinh"), "is_automatic_forward": True},
    ]


def _typed(group: Chat, an: Chat, text: str) -> Any:
    return group.message(by=an, text=text, entities=entities_in(text))


async def test_what_people_say_to_each_other_or_to_other_bots_is_left_alone(
    group: Chat, an: Chat, telegram: TelegramServer
) -> None:
    for message in unaddressed(group, an):
        telegram.update("message", message)
    group.say(f"/canbo@{US}", by=an)
    assert (await group.wait_reply()).text.startswith(plain(vi.PERSON))
    assert [call.method for call in telegram.calls if call.chat == group.id] == ["sendMessage"]


# Each person a conversation of their own


async def test_two_people_who_ask_at_the_same_time_do_not_mix(group: Chat, an: Chat, binh: Chat, ask: Ask) -> None:
    group.say(f"@{US} đăng ký kết hôn cần giấy tờ gì", by=an)
    group.say(f"@{US} đăng ký khai tử nộp ở đâu", by=binh)
    first, _ = [await group.wait_reply() for _ in range(2)]
    group.say("bao lâu có?", by=an, to=first)
    assert (await group.wait_reply()).text == (await ask(data="f:ket-hon:time")).text.strip()


async def test_what_is_said_in_a_group_is_not_taken_along_into_the_private_chat(group: Chat, an: Chat) -> None:
    group.say(f"@{US} đăng ký kết hôn cần giấy tờ gì", by=an)
    await group.wait_reply()
    an.say("bao lâu có?")
    assert "kết hôn" not in (await an.wait_reply()).text.lower()


# What is personal


@pytest.mark.parametrize(
    ("said", "hint", "start"),
    [
        (f"@{US} {CODE}", words.PRIVATE_ONLY, "hoso"),
        (f"@{US} hồ sơ {CODE} tới đâu rồi 1234", words.PRIVATE_ONLY, "hoso"),
        (f"/hoso@{US}", words.PRIVATE_ONLY, "hoso"),
        (f"/hoso@{US} {CODE}", words.PRIVATE_ONLY, "hoso"),
        (f"@{US} ngừng báo", words.PRIVATE_ONLY, "hoso"),
        (f"@{US} báo cho tôi", words.PRIVATE_ONLY, "hoso"),
        (f"/gopy@{US}", vi.PRIVATELY, "gopy"),
    ],
)
async def test_what_is_personal_gets_a_hint_and_the_way_into_the_private_chat(
    group: Chat, an: Chat, said: str, hint: str, start: str
) -> None:
    group.say(said, by=an)
    answer = await group.wait_reply()
    assert answer.text == plain(hint)
    assert answer.labels == [vi.PRIVATE_BUTTON]
    assert payload_in(answer.buttons[0]["url"], US) == start
    an.opens(answer.buttons[0]["url"])
    assert (await an.wait_reply()).text in {plain(vi.ASK_CODE), plain(vi.ASK_FEEDBACK)}


@pytest.mark.parametrize("content", [{"photo": PHOTO}, {"location": {"latitude": 20.95, "longitude": 107.08}}])
async def test_photos_and_places_are_not_even_fetched_in_a_group(
    group: Chat, an: Chat, telegram: TelegramServer, content: dict[str, Any]
) -> None:
    group.say(f"/help@{US}", by=an)
    help_ = await group.wait_reply()
    group.post(by=an, to=help_, **content)
    hint = await group.wait_reply()
    assert hint.text in {plain(words.PRIVATE_ONLY), plain(vi.PRIVATELY)}
    assert hint.labels == [vi.PRIVATE_BUTTON]
    assert telegram.calls_of("getFile") == []


@pytest.mark.parametrize("data", ["d:x", f"d:w:{CODE}", f"d:f:{CODE}", "m:3"])
async def test_a_button_about_dossiers_is_not_answered_among_others(group: Chat, an: Chat, data: str) -> None:
    group.say(f"/help@{US}", by=an)
    await group.wait_reply()
    await group.press_data(data, by=an)
    hint = await group.wait_reply()
    assert hint.text == plain(words.PRIVATE_ONLY)
    assert CODE not in hint.text


async def test_an_identity_number_is_warned_about_and_nobody_is_asked_to_send_a_code_there(
    group: Chat, an: Chat
) -> None:
    group.say(f"@{US} 001088012345", by=an)
    answer = (await group.wait_reply()).text
    assert "001088012345" not in answer
    assert plain(words.PRIVATE_ONLY) in answer


async def test_typing_is_not_shown_in_groups_whose_messages_are_few(
    group: Chat, an: Chat, telegram: TelegramServer
) -> None:
    group.say(f"/help@{US}", by=an)
    await group.wait_reply()
    assert telegram.calls_of("sendChatAction") == []


@pytest.mark.parametrize("written", ["5", "-100:7:9", "-100::9", "-100:7:"])
def test_an_address_is_read_as_it_was_written(written: str) -> None:
    address = Address.read(written)
    assert Address.read(str(address)) == address
