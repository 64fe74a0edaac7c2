"""Telegram by webhook, from its address and secret to a whole conversation."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from itertools import count
from typing import Any

import pytest

from bot.channels.telegram import ALLOWED_UPDATES
from bot.channels.telegram_webhook import webhook_secret
from bot.settings import Settings
from handlers.messages import plain
from handlers.texts import vi
from tests.edge.conftest import SECRET, TELEGRAM, TOKEN, Serve, Served, connected, head
from tests.fakes.telegram_server import BOT, TelegramServer

US = str(BOT["username"])
NO_SECRET = {"telegram_webhook_secret": ""}


async def post(port: int, update: dict[str, Any], secret: str = SECRET) -> int:
    """What Telegram does with an update."""
    body = json.dumps(update).encode()
    lines = (f"X-Telegram-Bot-Api-Secret-Token: {secret}", f"Content-Length: {len(body)}")
    async with connected(port) as client:
        await client.send(head(TELEGRAM, *lines) + body)
        return await client.status()


async def pump(telegram: TelegramServer, port: int) -> None:
    """Hand on what people do, one after the other, as long as the test runs."""
    for handed in count():
        await telegram.until(partial(_more_than, telegram, handed), "an update")
        assert await post(port, telegram._pending[handed]) == 200


def _more_than(telegram: TelegramServer, handed: int) -> bool:
    return len(telegram.unconfirmed) > handed


async def test_the_webhook_is_set_with_its_secret_and_only_the_updates_that_are_used(
    served: Served, telegram: TelegramServer
) -> None:
    (call,) = telegram.calls_of("setWebhook")
    assert call.params["url"] == f"{served.url}{TELEGRAM}"
    assert call.params["secret_token"] == SECRET
    assert call.params["allowed_updates"] == ALLOWED_UPDATES
    assert call.params["max_connections"] == 40
    assert telegram.calls_of("getUpdates") == []


async def test_a_whole_conversation(served: Served, telegram: TelegramServer) -> None:
    an, neighbours = telegram.user("An"), telegram.group()
    pumping = asyncio.create_task(pump(telegram, served.port))
    an.say("đăng ký kết hôn cần giấy tờ gì")
    assert "Tờ khai đăng ký kết hôn" in (await an.wait_reply()).text
    await an.press("Lệ phí")
    assert "Lệ phí" in (await an.wait_reply()).text
    neighbours.say(f"@{US} /help", by=an)
    assert (await neighbours.wait_reply()).text
    assert (await an.types("can cuoc")).results
    an.blocks()
    pumping.cancel()


async def test_an_update_that_comes_again_is_answered_once(serve: Serve, telegram: TelegramServer) -> None:
    """Five at once, and once more after a restart."""
    an = telegram.user("An")
    update = an.say("/help")
    async with serve() as served:
        assert await asyncio.gather(*(post(served.port, update) for _ in range(5))) == [200] * 5
        assert (await an.wait_reply()).text == plain(vi.HELP)
    async with serve() as served:
        assert await post(served.port, update) == 200
        assert await post(served.port, an.say("/start")) == 200
        assert (await an.wait_reply()).text == plain(vi.GREETING)
    assert an.unread == 0


async def test_without_one_of_its_own_the_secret_is_the_same_after_every_start(
    serve: Serve, telegram: TelegramServer
) -> None:
    an = telegram.user("An")
    async with serve(**NO_SECRET):
        before = telegram.calls_of("setWebhook")[-1].params["secret_token"]
    async with serve(**NO_SECRET) as served:
        # Telegram may call with the secret of before until it has heard of the new one.
        assert await post(served.port, an.say("/help"), before) == 200
        assert (await an.wait_reply()).text == plain(vi.HELP)
        assert await post(served.port, an.say("/help"), SECRET) == 403


def test_a_secret_is_made_that_telegram_takes_and_nobody_guesses() -> None:
    def secret(**chosen: str) -> str:
        return webhook_secret(Settings(_env_file=None, **{"telegram_token": TOKEN, "secret_key": "k"} | chosen))

    made = secret()
    assert len(made) >= 40
    assert made.replace("-", "").replace("_", "").isalnum()
    assert TOKEN.partition(":")[2] not in made
    assert secret() == made
    assert len({made, secret(secret_key="another"), secret(telegram_token="123456:another")}) == 3
    assert secret(telegram_webhook_secret="chosen-by-the-operator") == "chosen-by-the-operator"
    with pytest.raises(ValueError, match="16 to 256"):
        secret(telegram_webhook_secret="short")
