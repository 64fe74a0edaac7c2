"""The same adapter against a Telegram written by others: ``tg-auto-test``, in process, with Telethon's interface."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram import announce_commands
from bot.desk import Desk
from handlers.messages import plain
from handlers.texts import vi
from tests.conftest import Ask
from tests.telegram.direct import build_application

peer = pytest.importorskip(
    "tg_auto_test.test_utils.serverless_telegram_client",
    reason="tg-auto-test is not installed (see requirements-peers.txt)",
)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Any]:
    client = peer.ServerlessTelegramClient(build_application=lambda builder: build_application(desk, builder))
    await client.connect()
    yield client
    await client.disconnect()


@pytest.mark.parametrize(
    ("command", "answer"),
    [("/start", vi.GREETING), ("/help", vi.HELP), ("/hoso", vi.ASK_CODE), ("/xoadulieu", vi.FORGOTTEN)],
)
async def test_commands(client: Any, command: str, answer: str) -> None:
    async with client.conversation("motcua_bot") as conversation:
        await conversation.send_message(command)
        assert (await conversation.get_response()).text == plain(answer).strip()


async def test_a_question_is_answered_and_its_buttons_work(client: Any, ask: Ask) -> None:
    said = await ask("đăng ký kết hôn mất bao nhiêu tiền")
    async with client.conversation("motcua_bot") as conversation:
        await conversation.send_message("đăng ký kết hôn mất bao nhiêu tiền")
        fee = await conversation.get_response()
        assert fee.text == said.text
        documents = next(button for row in fee.buttons for button in row if button.text == "Giấy tờ")
        await fee.click(data=documents.data)
        assert (await conversation.get_response()).text == (await ask(data=documents.data.decode())).text
    assert [call.api_method for call in client._api_calls].count("answerCallbackQuery") == 1


async def test_hostile_text_is_answered(client: Any) -> None:
    async with client.conversation("motcua_bot") as conversation:
        await conversation.send_message("/hoso <b>&lt;script> **x** </i>", parse_mode=None)
        assert (await conversation.get_response()).text


async def test_the_commands_are_announced(client: Any) -> None:
    await announce_commands(client._application.bot)
    call = next(call for call in client._api_calls if call.api_method == "setMyCommands")
    announced = json.loads(call.parameters["commands"])
    assert [(c["command"], c["description"]) for c in announced] == list(vi.COMMANDS)
