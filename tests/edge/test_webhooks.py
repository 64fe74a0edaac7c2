"""The three webhooks as seen by those who are no platform: nothing they send gets in, and it costs us little."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from bot.web import webhooks
from bot.web.limits import Allowed
from tests.edge.conftest import SECRET, TELEGRAM, ZALO_BOT, ZALO_OA, Served, connected, head
from tests.fakes.zalo_oa_server import OA_SECRET, sign

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Hook:
    """A webhook, and the header of those who are let in."""

    path: str
    known: str


HOOKS = [
    Hook(TELEGRAM, f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"),
    Hook(ZALO_BOT, f"X-Bot-Api-Secret-Token: {SECRET}"),
    # Who signs must be read first: only whoever does not even try is turned away at the door.
    Hook(ZALO_OA, f"X-ZEvent-Signature: mac={'0' * 64}"),
]
with_a_secret = pytest.mark.parametrize("hook", HOOKS[:2], ids=lambda hook: hook.path)
each = pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.path)


async def stored(served: Served) -> int:
    assert served.app.delivery
    return await served.app.delivery.mailbox.waiting()


async def answer(served: Served, data: bytes) -> int:
    async with connected(served.port) as client:
        await client.send(data)
        return await client.status()


@each
async def test_without_the_secret_not_a_byte_of_the_body_is_waited_for(served: Served, hook: Hook) -> None:
    announced = ("Content-Type: application/json", f"Content-Length: {MEGABYTE}")
    assert await answer(served, head(hook.path, *announced)) == 403
    assert await answer(served, head(hook.path, "Transfer-Encoding: chunked")) == 403


FORGED = ("", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xe9", f"{SECRET} ,", "a" * 5000)


@with_a_secret
async def test_a_forged_secret_is_refused_before_the_body_is_read(served: Served, hook: Hook) -> None:
    name = hook.known.partition(":")[0]
    for secret in FORGED:
        assert await answer(served, head(hook.path, f"{name}: {secret}", f"Content-Length: {MEGABYTE}")) == 403
    assert await stored(served) == 0


async def test_two_secrets_are_none(served: Served) -> None:
    """Whichever of two headers a server in front of us looks at: one of them must not stand for both."""
    wrong = HOOKS[0].known.partition(":")[0] + ": wrong"
    body = b'{"update_id": 1}'
    for lines in ((wrong, HOOKS[0].known), (HOOKS[0].known, wrong)):
        assert await answer(served, head(TELEGRAM, *lines, f"Content-Length: {len(body)}") + body) == 403


@each
async def test_a_huge_body_is_refused_when_it_is_announced(served: Served, hook: Hook) -> None:
    assert await answer(served, head(hook.path, hook.known, f"Content-Length: {MEGABYTE + 1}")) == 413
    assert await answer(served, head(hook.path, hook.known, f"Content-Length: {10**18}")) == 413


@each
async def test_a_huge_body_is_refused_as_soon_as_it_is_one(served: Served, hook: Hook) -> None:
    async with connected(served.port) as client:
        await client.send(head(hook.path, hook.known, "Transfer-Encoding: chunked"))
        answered = asyncio.create_task(client.status())
        with suppress(ConnectionError):
            while not answered.done():
                await client.send(b"8000\r\n" + b" " * 0x8000 + b"\r\n")
                await asyncio.sleep(0)
        # Whoever goes on sending may find the connection closed before having read the answer.
        assert await answered in {413, 0}
    assert await answer(served, head("/readyz", method="GET")) == 200


@each
async def test_a_slow_body_is_given_up(served: Served, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "LIMIT", Allowed(MEGABYTE, 0.1))
    assert await answer(served, head(hook.path, hook.known, "Content-Length: 100") + b'{"up') == 408
    assert await stored(served) == 0


@each
async def test_only_posts_are_looked_at(served: Served, hook: Hook) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"):
        assert await answer(served, head(hook.path, hook.known, method=method)) == 405


ODD = {
    b"": 200,
    b" \r\n": 200,
    b"{}": 200,
    b"[]": 200,
    b"null": 200,
    b'{"update_id": "1"}': 200,
    b'{"update_id": true, "message": {}}': 200,
    b'{"update_id": 7, "message": {"chat": {"id": "x"}}}': 200,
    b'{"result": {"message": {"chat": []}}}': 200,
    b"no json": 400,
    b'{"update_id": 8, "message": {"date": NaN}}': 400,
    b"\xff\xfe{}": 400,
    b"[" * 50_000: 400,
    b"\x00": 400,
    b'{"update_id": ' + b"9" * 5000 + b"}": 400,
}


@with_a_secret
async def test_odd_bodies_do_no_harm(served: Served, hook: Hook) -> None:
    for body, status in ODD.items():
        assert await answer(served, head(hook.path, hook.known, f"Content-Length: {len(body)}") + body) == status
    assert await answer(served, head("/readyz", method="GET")) == 200


async def test_a_wrong_signature_is_refused_whatever_it_signs(served: Served) -> None:
    event: dict[str, Any] = {"app_id": "1234567890", "timestamp": "1", "event_name": "user_send_text"}
    body = json.dumps(event).encode()
    for signature in ("", "mac=", "mac=" + "0" * 64, sign(body, "2"), sign(body + b" ", "1"), sign(b"", "1")):
        lines = (f"X-ZEvent-Signature: {signature}", f"Content-Length: {len(body)}")
        assert await answer(served, head(ZALO_OA, *lines) + body) == 403
    assert await stored(served) == 0


async def test_a_signed_event_with_an_old_time_is_a_replay(served: Served) -> None:
    stamp = str(int(served.app.knowledge.clock().timestamp() * 1000) - 3 * 3600 * 1000)
    said = {"msg_id": "m1", "text": "/help"}
    event = {"app_id": "1234567890", "timestamp": stamp, "event_name": "user_send_text", "sender": {"id": "5"}}
    body = json.dumps(event | {"message": said}).encode()
    lines = (f"X-ZEvent-Signature: {sign(body, stamp, secret=OA_SECRET)}", f"Content-Length: {len(body)}")
    assert await answer(served, head(ZALO_OA, *lines) + body) == 403
    assert await stored(served) == 0
