"""Zalo's webhooks as seen by those who are not Zalo, and when our database is away."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.channels.zalo_facts import OA_RETRY
from handlers.messages import plain
from handlers.texts import vi
from knowledge.mailbox import Mailbox
from tests.conftest import Clock
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.fakes.zalo_oa_server import APP, APP_SECRET, Person, ZaloOaServer, sign
from tests.zalo.conftest import HOOK_SECRET, Serve, Served, count

FAR = timedelta(minutes=1)


@pytest.fixture
def an(oa_server: ZaloOaServer, oa: Served) -> Person:
    return oa_server.user("An")


def oa_event(an: Person, text: str = "/help", **more: Any) -> dict[str, Any]:
    an.last_word = an.server.clock()
    event = an.server.event("user_send_text", sender={"id": an.id}, message={"msg_id": "m1", "text": text})
    return event | more


async def post(served: Served, path: str, body: bytes, **headers: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.post(served.url + path, content=body, headers=headers)).status_code


# Bot platform


async def test_without_the_secret_nobody_gets_in(bot: Served, bot_server: ZaloBotServer) -> None:
    body = json.dumps(bot_server.user().update("message.text.received", text="hi")).encode()
    for secret in (None, "", "wrong", HOOK_SECRET + "x", HOOK_SECRET[:-1], "é"):
        headers = {} if secret is None else {b"X-Bot-Api-Secret-Token": secret.encode()}
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{bot.url}/zalo/bot/webhook", content=body, headers=headers)
        assert answer.status_code == 403
    assert await count(bot, "inbox") == 0


ODD = {
    b"": 200,  # Zalo trying the address
    b" \n": 200,
    b"{}": 200,
    b"null": 200,
    b"not json": 400,
    b"\xff\xfe": 400,
    b"[" * 20_000: 400,
    b"{" + b" " * 1_100_000 + b"}": 413,
}


async def test_odd_bodies_do_no_harm(bot: Served) -> None:
    for body, status in ODD.items():
        headers = {"X-Bot-Api-Secret-Token": HOOK_SECRET}
        assert await post(bot, "/zalo/bot/webhook", body, **headers) == status


async def test_lone_surrogates_and_nulls_do_no_harm(bot: Served, bot_server: ZaloBotServer) -> None:
    an = bot_server.user()
    body = json.dumps(an.update("message.text.received", text="/help")).replace("/help", "\\ud800\\u0000/help")
    await post(bot, "/zalo/bot/webhook", body.encode(), **{"X-Bot-Api-Secret-Token": HOOK_SECRET})
    assert (await an.wait_reply()).text == plain(vi.HELP)


# Official Account


async def test_a_signed_event_is_taken(an: Person, oa: Served) -> None:
    assert await an.say("/help") == 200
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_a_forged_event_is_refused(an: Person, oa: Served, oa_server: ZaloOaServer) -> None:
    event = oa_event(an)
    body, stamp = json.dumps(event).encode(), event["timestamp"]
    forged = [
        None,
        "",
        "mac=",
        "mac=\xe9",
        "mac=" + "0" * 64,
        sign(body + b" ", stamp),
        sign(body, stamp, secret=APP_SECRET),
        sign(body, stamp, app="999"),
    ]
    for signature in forged:
        assert await oa_server.post(body, signature) == 403
    assert await count(oa, "inbox") == 0


async def test_an_event_of_another_app_is_refused(an: Person, oa_server: ZaloOaServer) -> None:
    body = json.dumps(event := oa_event(an, app_id="999")).encode()
    assert await oa_server.post(body, sign(body, event["timestamp"], app="999")) == 403


async def test_the_bytes_are_signed_and_not_what_they_mean(an: Person, oa_server: ZaloOaServer) -> None:
    """Another order, other blanks, other escapes: the signature stands over what came."""
    event = oa_event(an)
    body = json.dumps(dict(reversed(event.items())), indent=3, ensure_ascii=True).encode()
    assert await oa_server.post(body, sign(body, event["timestamp"]).removeprefix("mac=").upper()) == 200
    assert (await an.wait_reply()).text == plain(vi.HELP)


AGES = {
    timedelta(0): 200,
    OA_RETRY - FAR: 200,
    OA_RETRY + FAR: 403,
    timedelta(days=400): 403,
    -timedelta(hours=3): 200,  # our clock has jumped back: nobody is turned away for that
    -timedelta(days=2): 403,
}


async def test_old_events_are_refused_as_a_replay(an: Person, oa_server: ZaloOaServer, clock: Clock) -> None:
    for age, status in AGES.items():
        event = oa_event(an, timestamp=str(int((clock() - age).timestamp() * 1000)))
        assert await oa_server.deliver(event) == status


async def test_a_time_that_is_none_is_refused(an: Person, oa_server: ZaloOaServer) -> None:
    for stamp in ("", "soon", "9" * 40, "²", None, -5, 1.5, ["1"]):
        body = json.dumps(oa_event(an, timestamp=stamp)).encode()
        assert await oa_server.post(body, sign(body, str(stamp) if isinstance(stamp, str | int) else "")) == 403


async def test_a_replay_within_the_time_is_answered_once(an: Person, oa_server: ZaloOaServer) -> None:
    event = oa_event(an)
    assert await asyncio.gather(*(oa_server.deliver(event) for _ in range(5))) == [200] * 5
    await an.wait_reply()
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text
    assert an.unread == 0


async def test_a_huge_body_is_refused_unread(oa: Served, oa_server: ZaloOaServer) -> None:
    assert await oa_server.post(b"x" * 1_100_000, "mac=" + "0" * 64) == 413


# Stored first, answered with 200 then


@pytest.mark.parametrize("way", ["bot", "oa"])
async def test_what_cannot_be_stored_is_not_confirmed_and_comes_again(
    way: str, bot: Served, oa: Served, bot_server: ZaloBotServer, an: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, person = (bot, bot_server.user()) if way == "bot" else (oa, an)
    update = oa_event(an) if person is an else person.update("message.text.received", text="/help")

    async def full(*_: object) -> int:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "receive", full)
        assert await person.server.deliver(update) == 503
    assert await count(served, "inbox") == 0
    assert await person.server.deliver(update) == 200
    assert (await person.wait_reply()).text == plain(vi.HELP)


async def test_the_answer_to_the_webhook_does_not_wait_for_the_answer_to_the_person(
    an: Person, oa_server: ZaloOaServer
) -> None:
    """Zalo gives us two seconds."""
    gate = oa_server.holds("send")
    started = time.monotonic()
    assert await an.say("/help") == 200
    assert time.monotonic() - started < 1.5
    gate.open()
    await an.wait_reply()


async def test_a_channel_that_is_off_has_no_webhook(serve: Serve) -> None:
    async with serve() as served:
        for path in ("/zalo/bot/webhook", "/zalo/oa/webhook"):
            assert await post(served, path, b"{}") == 404


async def test_with_one_secret_only_it_signs_the_webhook_too(
    serve: Serve, oa_server: ZaloOaServer, oa_settings: dict[str, Any]
) -> None:
    async with serve(**oa_settings | {"zalo_oa_webhook_secret": ""}) as served:
        oa_server.webhook = f"{served.url}/zalo/oa/webhook"
        event = oa_event(oa_server.user())
        body = json.dumps(event).encode()
        assert await oa_server.post(body, sign(body, event["timestamp"], secret=APP_SECRET, app=APP)) == 200
