"""Order: each chat in turn, chats side by side, every update once, and an end that loses nothing."""

from __future__ import annotations

import asyncio

import pytest

from bot import delivery
from bot.desk import Desk
from bot.settings import Settings
from handlers.messages import plain
from handlers.texts import vi
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.telegram.conftest import RunningBot


async def test_messages_of_one_chat_are_answered_in_order(an: Chat, telegram: TelegramServer) -> None:
    first = telegram.holds("sendMessage", chat=an.id)
    for command in ("/help", "/hoso", "/gopy", "/xoadulieu"):
        an.say(command)
    await first.reached()
    assert an.unread == 0
    first.open()
    answers = [(await an.wait_reply()).text for _ in range(4)]
    assert answers == [plain(text).strip() for text in (vi.HELP, vi.ASK_CODE, vi.ASK_FEEDBACK, vi.FORGOTTEN)]


async def test_a_slow_chat_keeps_nobody_else_waiting(an: Chat, binh: Chat, telegram: TelegramServer) -> None:
    slow = telegram.holds("sendMessage", chat=an.id)
    an.say("/help")
    await slow.reached()
    binh.say("/help")
    await binh.wait_reply()
    assert an.unread == 0
    slow.open()
    await an.wait_reply()


async def test_one_person_with_many_messages_keeps_nobody_else_waiting(
    desk: Desk, settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "AT_ONCE", 2)
    channel = RunningBot(desk, settings)
    an, binh = telegram.user("An"), telegram.user("Bình")
    held = telegram.holds("sendMessage", chat=an.id)
    for _ in range(6):
        an.say("/help")
    binh.say("/help")
    await channel.start()
    await binh.wait_reply()
    held.open()
    for _ in range(6):
        await an.wait_reply()
    await channel.stop()


async def test_people_do_not_share_their_subject(an: Chat, binh: Chat) -> None:
    an.say("đăng ký kết hôn cần giấy tờ gì")
    await an.wait_reply()
    binh.say("thế bao lâu có?")
    assert "kết hôn" not in (await binh.wait_reply()).text.lower()


async def test_an_update_that_comes_twice_is_answered_once(an: Chat, telegram: TelegramServer) -> None:
    update = an.say("/help")
    await an.wait_reply()
    telegram.deliver_again(update)
    an.say("/hoso")
    assert (await an.wait_reply()).text == plain(vi.ASK_CODE)


async def test_a_press_that_comes_twice_is_answered_once(an: Chat, telegram: TelegramServer) -> None:
    an.say("/start")
    await an.wait_reply()
    message = an.message(text="…")
    press = {"id": "5", "from": an.person, "chat_instance": "1", "message": message, "data": "f:ket-hon:fee"}
    update = telegram.update("callback_query", press)
    await an.wait_reply()
    telegram.deliver_again(update)
    an.say("/hoso")
    assert (await an.wait_reply()).text == plain(vi.ASK_CODE)


async def test_an_answered_update_does_not_come_again_after_a_restart(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    channel = RunningBot(desk, settings)
    an = telegram.user("An")
    an.say("/help")
    await channel.start()
    await an.wait_reply()
    await channel.stop()
    assert telegram.unconfirmed == []


async def test_what_was_said_while_the_bot_was_away_is_answered_when_it_is_back(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    an = telegram.user("An")
    for command in ("/help", "/hoso"):
        channel = RunningBot(desk, settings)
        an.say(command)
        await channel.start()
        await an.wait_reply()
        await channel.stop()
    assert [shown.text for shown in an.shown] == [plain(vi.HELP), plain(vi.ASK_CODE)]


async def test_stopping_finishes_the_answers_in_hand_and_takes_nothing_new(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    channel = RunningBot(desk, settings)
    an = telegram.user("An")
    sending = telegram.holds("sendMessage")
    an.say("/help")
    await channel.start()
    await sending.reached()

    stopping = asyncio.create_task(channel.stop())
    late = an.say("/hoso")
    sending.open()
    await stopping

    assert [shown.text for shown in an.shown] == [plain(vi.HELP)]
    assert telegram.unconfirmed == [late["update_id"]]


async def test_stopping_does_not_wait_for_ever(
    desk: Desk, settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FINISH_SECONDS", 0.05)
    channel = RunningBot(desk, settings)
    an = telegram.user("An")
    sending = telegram.holds("sendMessage")
    an.say("/help")
    await channel.start()
    await sending.reached()
    async with asyncio.timeout(10):
        await channel.stop()
