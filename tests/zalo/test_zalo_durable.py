"""Killed between storing an event and answering it: after the restart it is answered, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.delivery import Delivery
from handlers.messages import plain
from handlers.texts import vi
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.fakes.zalo_oa_server import ZaloOaServer
from tests.zalo.conftest import Serve, Served, count, eventually


@asynccontextmanager
async def dumb(serve: Serve, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> AsyncIterator[Served]:
    """Our program, which takes events and dies before it answers one."""

    async def never(*_: object) -> None:
        return

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "start", never)
        patch.setattr(Delivery, "stop", never)
        async with serve(**settings) as served:
            yield served


async def test_the_bot_answers_after_the_restart_what_came_before(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    an, update = bot_server.user("An"), None
    async with dumb(serve, monkeypatch, public=True, **bot_settings):
        await bot_server.until(lambda: bot_server.webhook["url"], "the webhook")
        update = an.update("message.text.received", text="/help")
        assert await bot_server.deliver(update) == 200
        await an.say("xin chào")
    assert an.unread == 0
    bot_server.webhook = {"url": "", "secret_token": ""}
    async with serve(public=True, **bot_settings):
        assert (await an.wait_reply()).text == plain(vi.HELP)
        assert "Xin chào" in (await an.wait_reply()).text
        await bot_server.until(lambda: bot_server.webhook["url"], "the webhook")
        assert await bot_server.deliver(update) == 200  # Zalo did not hear our first 200
        await an.say("/hoso")
        assert (await an.wait_reply()).text == plain(vi.ASK_CODE)
    assert an.unread == 0


async def test_what_was_polled_is_answered_after_the_restart(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    an = bot_server.user("An")

    async def has(*_: object) -> bool:
        return True

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "has_duty", has)  # the loops that would take it up stand still
        async with dumb(serve, patch, **bot_settings) as served:
            await an.say("/help")
            await eventually(lambda: count(served, "inbox"))
    async with serve(**bot_settings):
        assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_the_account_answers_after_the_restart_what_came_before(
    serve: Serve, oa_server: ZaloOaServer, oa_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    an = oa_server.user("An")
    async with dumb(serve, monkeypatch, **oa_settings) as served:
        oa_server.webhook = f"{served.url}/zalo/oa/webhook"
        assert await an.say("/help") == 200
    async with serve(**oa_settings):
        assert (await an.wait_reply()).text == plain(vi.HELP)
    assert (an.unread, oa_server.reused) == (0, 0)


async def test_an_answer_that_was_not_sent_yet_leaves_after_the_restart(
    serve: Serve, oa_server: ZaloOaServer, oa_settings: dict[str, Any]
) -> None:
    an = oa_server.user("An")
    oa_server.cuts("send", times=1000)
    async with serve(**oa_settings) as served:
        oa_server.webhook = f"{served.url}/zalo/oa/webhook"
        await an.say("/help")
        await oa_server.called("send")
    oa_server._faults.clear()
    async with serve(**oa_settings) as served:
        served.app.knowledge.clock.pass_minutes(10)  # type: ignore[attr-defined]
        assert (await an.wait_reply()).text == plain(vi.HELP)
    assert an.unread == 0
