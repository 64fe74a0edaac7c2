"""Our bot and our fake against the Bot API's documentation as others have read it (``tests/fakes/bot_api.py``).

Besides, every call of our bot in every test of this directory is held against it (``conftest.py``).
"""

from __future__ import annotations

import pytest

from tests.fakes import bot_api
from tests.fakes.telegram_server import BOT, METHODS, Chat, TelegramServer

US = str(BOT["username"])


@pytest.mark.parametrize("method", METHODS)
def test_our_fake_asks_for_what_telegram_asks_for(method: str) -> None:
    required, optional = METHODS[method]
    documented = bot_api.METHODS[method]
    assert {name for name, (_, must) in documented.items() if must} <= set(required)
    assert {*required, *optional} <= set(documented)


async def test_all_that_our_fake_says_is_as_telegram_says_it(an: Chat, telegram: TelegramServer) -> None:
    group = telegram.group()
    an.say("đăng ký kết hôn mất bao nhiêu tiền")
    await an.wait_reply()
    await an.press("Giấy tờ")
    await an.wait_reply()
    an.post(photo=telegram.photo(b"small", b"large"))
    await an.wait_reply()
    an.post(document={**telegram.file(b"x"), "mime_type": "application/pdf"})
    await an.wait_reply()
    an.post(location={"latitude": 20.95, "longitude": 107.07})
    await an.wait_reply()
    group.say(f"@{US} /help", by=an, to=group.message(by=an, text="hỏi"))
    shown = await group.wait_reply()
    group.say("cảm ơn", by=an, to=shown)
    await group.wait_reply()
    await an.types("khai sinh")
    an.blocks()
    assert len(telegram.updates) >= 9
    assert [wrong for update in telegram.updates for wrong in bot_api.wrong_in("Update", update)] == []
    results = {"getMe": "User", "sendMessage": "Message", "getFile": "File"}
    given = [(results[call.method], call.result) for call in telegram.calls if call.method in results and call.result]
    assert {kind for kind, _ in given} == set(results.values())
    assert [wrong for kind, result in given for wrong in bot_api.wrong_in(kind, result)] == []


def test_the_witness_sees_what_is_wrong() -> None:
    message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    assert bot_api.wrong_in("Message", message) == []
    assert bot_api.wrong_in("Message", {**message, "message_id": "1", "txt": "a"}) == [
        "Message.message_id is no Integer: '1'",
        "Message.txt is unknown",
    ]
    assert bot_api.wrong_in("Message", {"message_id": 1, "date": 1}) == ["Message.chat is missing"]
    assert bot_api.wrong_in_call("sendMessage", {"chat_id": "5", "text": "a"}) == []
    assert bot_api.wrong_in_call("sendMessage", {"chat_id": "5", "txt": "a"}) == [
        "sendMessage.text is missing",
        "sendMessage.txt is unknown",
    ]
    keyboard = {"inline_keyboard": [[{"text": "a", "data": "b"}]]}
    (wrong,) = bot_api.wrong_in_call("sendMessage", {"chat_id": 5, "text": "a", "reply_markup": keyboard})
    assert wrong.startswith("sendMessage.reply_markup is none of InlineKeyboardMarkup or ")
    assert bot_api.wrong_in_call("sendRocket", {}) == ["sendRocket: no such method"]
