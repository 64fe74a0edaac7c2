"""Our Telegram is as strict as the real one: here python-telegram-bot talks to it without our adapter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.fakes.telegram_server import Chat, TelegramServer
from tests.telegram.conftest import TOKEN

# The library announces a change of its own types; the value itself is what we use.
pytestmark = pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA")


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        yield bot


@pytest.fixture
def someone(telegram: TelegramServer) -> Chat:
    return telegram.user("Chi")


def keyboard(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Nút", **button)]])


def in_any_case(words: str) -> str:
    """The library changes the case of Telegram's words."""
    return f"(?i){re.escape(words)}"


async def test_what_is_sent_is_shown_parsed(bot: Bot, someone: Chat) -> None:
    sent = await bot.send_message(someone.id, " <b>Lệ phí</b>: 5 &lt; 6 &#33;\n", "HTML")
    shown = await someone.wait_reply()
    assert shown.text == sent.text == "Lệ phí: 5 < 6 !"
    assert shown.bold == ["Lệ phí"]
    assert sent.parse_entities() == {sent.entities[0]: "Lệ phí"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "text is empty"),
        (" \n\u200b", "text is empty"),
        ("<b></b>", "text is empty"),
        ("x" * 4097, "too long"),
        ("<b>" + "x" * 4096 + "</b>&amp;", "too long"),
        ("<script>x</script>", "Unsupported start tag"),
        ("<b>x", "Can't find end tag"),
        ("x</b>", "Unexpected end tag"),
        ("<b><i>x</b></i>", "Unmatched end tag"),
        ("1 < 2", "Unclosed start tag"),
        ('<b class="x">y</b>', "wrong attributes"),
        ("<a>x</a>", "wrong attributes"),
    ],
)
async def test_text_that_telegram_refuses(bot: Bot, someone: Chat, text: str, why: str) -> None:
    with pytest.raises(BadRequest, match=in_any_case(why)):
        await bot.send_message(someone.id, text, "HTML")


@pytest.mark.parametrize("text", ["x" * 4096, "<b>" + "x" * 4096 + "</b>", "&amp;" * 4096, "a > b & c", "😀" * 4096])
async def test_text_that_telegram_takes(bot: Bot, someone: Chat, text: str) -> None:
    await bot.send_message(someone.id, text, "HTML")


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (keyboard(callback_data="ắ" * 22), "BUTTON_DATA_INVALID"),
        (keyboard(callback_data=""), "BUTTON_DATA_INVALID"),
        (keyboard(url="http://localhost/x"), "Wrong HTTP URL"),
        (keyboard(url="tel:1022"), "Wrong HTTP URL"),
        (keyboard(), "can't parse inline keyboard button"),
        (keyboard(url="https://example.com", callback_data="x"), "can't parse inline keyboard button"),
        (InlineKeyboardMarkup([[InlineKeyboardButton(" ", callback_data="x")]]), "non-empty"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")] * 9]), "TOO_LONG"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]] * 101), "TOO_LONG"),
    ],
)
async def test_keyboards_that_telegram_refuses(bot: Bot, someone: Chat, markup: InlineKeyboardMarkup, why: str) -> None:
    with pytest.raises(BadRequest, match=in_any_case(why)):
        await bot.send_message(someone.id, "x", reply_markup=markup)


@pytest.mark.parametrize(
    ("name", "what", "why"),
    [
        ("Hoso", "x", "BOT_COMMAND_INVALID"),
        ("hồ", "x", "BOT_COMMAND_INVALID"),
        ("h" * 33, "x", "BOT_COMMAND_INVALID"),
        ("hoso", "", "DESCRIPTION_INVALID"),
        ("hoso", "x" * 257, "DESCRIPTION_INVALID"),
    ],
)
async def test_commands_that_telegram_refuses(bot: Bot, name: str, what: str, why: str) -> None:
    with pytest.raises(BadRequest, match=in_any_case(why)):
        await bot.set_my_commands([BotCommand(name, what)])


async def test_each_language_has_its_own_menu(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Cách hỏi")])
    await bot.set_my_commands([BotCommand("help", "How to ask")], language_code="en")
    assert [c.description for c in await bot.get_my_commands()] == ["Cách hỏi"]
    assert [c.description for c in await bot.get_my_commands(language_code="en")] == ["How to ask"]


async def test_a_wrong_token_an_unknown_method_and_an_unknown_parameter_are_refused(
    bot: Bot, telegram: TelegramServer
) -> None:
    with pytest.raises(InvalidToken):
        await Bot("1:x", base_url=f"{telegram.url}/bot").get_me()
    async with httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}/") as web:
        unknown = await web.post("sendMesage")
        assert (unknown.status_code, unknown.json()["ok"]) == (404, False)
        assert (await web.post("getMe", json={"verbose": True})).json()["error_code"] == 400
        assert (await web.post("sendMessage", data={"chat_id": "1"})).json()["error_code"] == 400
        assert (await web.post("sendMessage", data={"chat_id": "x", "text": "x"})).json()["error_code"] == 400


async def test_strangers_and_people_who_blocked_the_bot_cannot_be_written_to(bot: Bot, someone: Chat) -> None:
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(5, "x")
    someone.blocked = True
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(someone.id, "x")


async def test_updates_come_again_until_a_later_one_is_asked_for(bot: Bot, someone: Chat) -> None:
    first, second = (someone.say(text)["update_id"] for text in ("một", "hai"))
    for _ in range(2):
        assert [u.update_id for u in await bot.get_updates()] == [first, second]
    assert [u.update_id for u in await bot.get_updates(limit=1)] == [first]
    assert [u.update_id for u in await bot.get_updates(offset=second)] == [second]
    assert await bot.get_updates(offset=second + 1) == ()


async def test_a_long_poll_ends_when_something_comes(bot: Bot, someone: Chat, telegram: TelegramServer) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.called("getUpdates")
    someone.say("xin chào")
    (update,) = await poll
    assert update.message
    assert update.message.text == "xin chào"


async def test_only_the_kinds_asked_for_are_kept_from_then_on(bot: Bot, someone: Chat) -> None:
    await bot.get_updates(allowed_updates=["message"])
    someone.post("edited_message", text="sửa")
    someone.say("mới")
    assert [u.message is not None for u in await bot.get_updates()] == [True]


async def test_only_one_program_polls_and_none_while_a_webhook_is_set(bot: Bot, telegram: TelegramServer) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.called("getUpdates")
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as another:
        assert await another.get_updates() == ()
    with pytest.raises(Conflict, match="other getUpdates"):
        await first
    await bot.set_webhook("https://motcua.example/telegram", secret_token="a-secret")
    assert (await bot.get_webhook_info()).url == "https://motcua.example/telegram"
    with pytest.raises(Conflict, match="webhook"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://motcua.example", None), ("https://motcua.example:81", None), ("https://a.example", "a b")],
)
async def test_webhooks_that_telegram_refuses(bot: Bot, url: str, secret: str | None) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook(url, secret_token=secret)


async def test_a_message_is_edited_unless_nothing_changes(bot: Bot, someone: Chat) -> None:
    sent = await bot.send_message(someone.id, "cũ")
    await bot.edit_message_text("<b>mới</b>", someone.id, sent.message_id, parse_mode="HTML")
    await bot.edit_message_reply_markup(someone.id, sent.message_id, reply_markup=keyboard(callback_data="x"))
    assert [(shown.text, shown.bold, shown.labels) for shown in someone.shown] == [("mới", ["mới"], ["Nút"])]
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(someone.id, sent.message_id, reply_markup=keyboard(callback_data="x"))
    with pytest.raises(BadRequest, match="not found"):
        await bot.edit_message_text("x", someone.id, 1)


async def test_a_press_is_answered_once_and_only_if_it_happened(bot: Bot, telegram: TelegramServer) -> None:
    telegram.open_queries.add("5")
    await bot.answer_callback_query("5")
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query("5")


async def test_faults_hit_the_calls_they_are_meant_for(bot: Bot, someone: Chat, telegram: TelegramServer) -> None:
    other = telegram.user("Dung")
    telegram.floods("sendMessage", retry_after=7, chat=someone.id)
    telegram.fails("sendMessage", code=500, chat=someone.id)
    telegram.cuts("sendMessage", chat=someone.id)
    telegram.cuts("sendMessage", after=True, chat=someone.id)
    await bot.send_message(other.id, "x")
    for expected in (RetryAfter, NetworkError, NetworkError, NetworkError):
        with pytest.raises(expected):
            await bot.send_message(someone.id, "x")
    assert len(someone.shown) == 1  # the last one arrived although its answer was lost
    telegram.delays("getMe", 0.01)
    assert (await bot.get_me()).is_bot
