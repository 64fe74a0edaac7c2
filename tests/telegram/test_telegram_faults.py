"""When Telegram refuses, floods, breaks or is away: the others are served, and it goes on by itself."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock

import httpx
import pytest

from bot.app import build, running
from bot.channels.telegram_messages import CHANNEL
from bot.desk import Desk
from bot.settings import Settings
from bot.web.server import web_app
from handlers.messages import pack, plain, say
from handlers.texts import vi
from knowledge.calendar import now
from knowledge.dossiers.notices import NewNotice, post
from knowledge.knowledge import Knowledge
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.telegram.conftest import TOKEN, Logs, RunningBot

# The library announces a change of its own types; the value itself is what we use.
pytestmark = pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA")


async def test_a_person_who_blocked_the_bot_disturbs_nobody(
    an: Chat, binh: Chat, telegram: TelegramServer, logs: Logs
) -> None:
    an.blocked = True
    an.say("/help")
    await telegram.called("sendMessage")
    binh.say("/help")
    assert (await binh.wait_reply()).text == plain(vi.HELP)
    an.blocked = False
    an.say("/hoso")
    assert (await an.wait_reply()).text == plain(vi.ASK_CODE)
    assert "error" not in {entry["log_level"] for entry in logs}


async def _news(channel: RunningBot, chat: str, text: str) -> None:
    """News of a watched dossier, as a worker posts it."""
    desk = channel.delivery.desk
    _, (payload,) = desk.envelope.close_for(chat, pack(say(text)))
    notice = NewNotice("watch:changed", f"key {chat}", CHANNEL, payload, now())
    async with desk.knowledge.engine.begin() as connection:
        await post(connection, notice, now())


async def test_a_notice_reaches_its_chat_or_is_given_up(an: Chat, channel: RunningBot) -> None:
    await _news(channel, str(an.id), "Hồ sơ **đã xong**.")
    assert (await an.wait_reply()).text == "Hồ sơ đã xong."
    an.blocked = True
    for gone in (str(an.id), "5"):
        await _news(channel, gone, "Hồ sơ đã xong.")
    async with asyncio.timeout(10):
        while await channel.delivery.mailbox.dead() < 2:
            await asyncio.sleep(0.02)


async def test_when_told_to_wait_the_bot_waits_as_long_as_told_and_then_answers(
    an: Chat, telegram: TelegramServer
) -> None:
    telegram.floods("sendMessage", retry_after=1)
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)
    refused, sent = telegram.calls_of("sendMessage")
    assert (refused.refused, sent.refused) == (429, None)
    assert sent.at - refused.at >= 1


@pytest.mark.parametrize("code", [500, 502])
async def test_a_broken_server_gets_the_answer_a_little_later(an: Chat, telegram: TelegramServer, code: int) -> None:
    telegram.fails("sendMessage", code=code, times=2)
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_a_cut_connection_gets_the_answer_a_little_later(an: Chat, telegram: TelegramServer) -> None:
    telegram.cuts("sendMessage")
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_an_answer_that_cannot_be_sent_yet_is_sent_before_the_next(an: Chat, telegram: TelegramServer) -> None:
    telegram.fails("sendMessage", code=500, times=3)
    an.say("/help")
    an.say("/hoso")
    assert [(await an.wait_reply()).text for _ in range(2)] == [plain(vi.HELP), plain(vi.ASK_CODE)]


@pytest.mark.parametrize("courtesy", ["sendChatAction", "answerCallbackQuery"])
@pytest.mark.parametrize("code", [400, 403, 500])
async def test_a_courtesy_that_fails_does_not_cost_the_answer(
    an: Chat, telegram: TelegramServer, courtesy: str, code: int
) -> None:
    an.say("/start")
    await an.wait_reply()
    telegram.fails(courtesy, code=code)
    press = {"id": "9", "from": an.person, "chat_instance": "1", "message": an.message(text="…")}
    telegram.update("callback_query", {**press, "data": "f:ket-hon:documents"})
    assert "Tờ khai đăng ký kết hôn" in (await an.wait_reply()).text


@pytest.mark.parametrize("code", [400, 401, 404, 409, 500, 502])
async def test_polling_goes_on_after_an_error(an: Chat, telegram: TelegramServer, code: int) -> None:
    telegram.fails("getUpdates", code=code, times=3)
    for command, answer in (("/help", vi.HELP), ("/hoso", vi.ASK_CODE)):
        an.say(command)
        assert (await an.wait_reply()).text == plain(answer)


async def test_polling_goes_on_after_a_cut_connection(an: Chat, telegram: TelegramServer) -> None:
    telegram.cuts("getUpdates", after=True, times=3)
    for command, answer in (("/help", vi.HELP), ("/hoso", vi.ASK_CODE)):
        an.say(command)
        assert (await an.wait_reply()).text == plain(answer)


async def test_polling_goes_on_when_telegram_was_away(an: Chat, telegram: TelegramServer) -> None:
    await telegram.close()
    await telegram.open()
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_an_update_that_cannot_be_read_is_passed_over_and_not_logged(
    an: Chat, telegram: TelegramServer, logs: Logs, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.update("message", {"text": "số điện thoại của tôi"})
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)
    assert "update not understood" in [entry["event"] for entry in logs]
    assert "số điện thoại" not in caplog.text + str(logs)


async def test_a_webhook_left_over_does_not_keep_the_bot_from_polling(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    telegram.webhook = {"url": "https://example.com/hook", "has_custom_certificate": False}
    channel = RunningBot(desk, settings)
    an = telegram.user("An")
    an.say("/help")
    await channel.start()
    await an.wait_reply()
    await channel.stop()


async def test_commands_that_cannot_be_announced_do_not_keep_the_bot_from_answering(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    telegram.fails("setMyCommands", code=400, times=99)
    channel = RunningBot(desk, settings)
    an = telegram.user("An")
    an.say("/help")
    await channel.start()
    await an.wait_reply()
    await channel.stop()


async def test_a_wrong_token_is_said_plainly_and_never_written_to_the_log(
    desk: Desk, settings: Settings, telegram: TelegramServer, logs: Logs, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.token = "123456:another"
    channel = RunningBot(desk, settings)
    await channel.start()
    await telegram.until(lambda: telegram.strangers == 2, "two attempts")
    await channel.stop()
    events = " ".join(str(entry["event"]) for entry in logs)
    assert "check TELEGRAM_TOKEN" in events
    assert TOKEN not in events + caplog.text


async def test_the_whole_program_answers_on_the_web_while_telegram_is_away_and_on_telegram_when_it_is_back(
    settings: Settings, telegram: TelegramServer, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Knowledge, "open", AsyncMock(return_value=knowledge))  # reading all files takes long
    await telegram.close()
    app = await build(settings)
    assert app.channels == ["web", "telegram"]
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(web_app(app)), base_url="http://motcua")
    async with running(app), browser:
        asked = {"session": "s1", "text": "đăng ký kết hôn cần giấy tờ gì"}
        answer = (await browser.post("/api/chat", json=asked)).json()["messages"][0]["text"]
        assert answer

        await telegram.open()
        an = telegram.user("An")
        an.say(asked["text"])
        assert (await an.wait_reply()).text == answer.strip()
    assert telegram.unconfirmed == []


async def test_stopping_while_telegram_does_not_answer_takes_no_time(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    silent = telegram.holds("getMe")
    channel = RunningBot(desk, settings)
    await channel.start()
    await silent.reached()
    await channel.stop()
