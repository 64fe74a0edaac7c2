"""Slow clients, silent ones, and thousands of them: they are cut off, and whoever has a question is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from itertools import count

import pytest

from bot.channels import webchat
from bot.web import connections, limits, webhooks
from bot.web.connections import room_for
from bot.web.limits import Allowed
from handlers.messages import plain
from handlers.texts import vi
from tests.edge.conftest import SECRET, TELEGRAM, Serve, Served, connected, head
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.faults.program import Program

KNOWN = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
SHORT = 0.5


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, only shorter: nobody wants to wait for ten seconds in a test."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", SHORT)
    monkeypatch.setattr(webhooks, "LIMIT", Allowed(1024 * 1024, SHORT))
    monkeypatch.setattr(limits, "USUAL", Allowed(64 * 1024, SHORT))


async def dribble(port: int, beginning: bytes, drop: bytes) -> int:
    """Send ``beginning``, and then ``drop`` again and again until the other side has had enough; the status."""
    async with connected(port) as client:
        await client.send(beginning)
        answer = asyncio.create_task(client.status())
        with suppress(ConnectionError):
            while not answer.done():
                await client.send(drop)
                await asyncio.sleep(0.02)
        return await answer


# One slow client


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: motcua\r\n"], ids=["nothing", "half a head"])
async def test_who_does_not_say_what_they_want_is_cut_off(served: Served, beginning: bytes) -> None:
    async with connected(served.port) as client:
        await client.send(beginning)
        assert await client.closed()


@pytest.mark.usefixtures("impatient")
async def test_a_head_that_comes_letter_by_letter_is_cut_off(served: Served) -> None:
    assert await dribble(served.port, b"GET / HTTP/1.1\r\nHost: motcua\r\nX-Long: ", b"a") == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "beginning",
    [
        head("/api/chat", "Content-Type: application/json", "Content-Length: 60000"),
        head("/api/chat", "Content-Type: application/json", "Content-Length: 60000", method="GET"),
        head("/khong-co", "Content-Length: 60000"),
        head(TELEGRAM, KNOWN, "Content-Length: 60000"),
    ],
    ids=["question", "get", "nowhere", "webhook"],
)
async def test_a_body_that_comes_letter_by_letter_is_refused(served: Served, beginning: bytes) -> None:
    assert await dribble(served.port, beginning, b" ") == 408


async def test_a_photo_may_take_longer_but_not_for_ever(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", SHORT)
    photo = head(f"{webchat.PHOTO_PATH}?session=s1", "Content-Type: image/jpeg", "Content-Length: 60000")
    assert await dribble(served.port, photo, b"x") == 0


async def test_a_head_without_end_is_refused(served: Served) -> None:
    async with connected(served.port) as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: motcua\r\nX-Long: " + b"a" * 200_000)
        assert await client.status() == 400


async def test_what_is_no_http_is_refused_and_fills_no_log(
    served: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for nonsense in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"A" * 70_000):
        async with connected(served.port) as client:
            await client.send(nonsense)
            assert await client.status() == 400
    async with connected(served.port) as client:
        await client.send(head("/", "Connection: Upgrade", "Upgrade: websocket", method="GET"))
        assert await client.status() == 200  # as if nothing had been asked for but the page
    assert caplog.text + "".join(capfd.readouterr()) == ""


async def test_who_does_not_take_the_answer_is_cut_off(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ANSWER_SECONDS", SHORT)
    async with connected(served.port) as client:
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        asked = head("/pages/chat.js", method="GET")
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(5):
                for number in count():
                    await client.send(asked)
                    if number % 100 == 99:
                        await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            while served.connections:
                await asyncio.sleep(0.01)


@pytest.mark.usefixtures("impatient")
async def test_a_connection_may_rest_and_ask_again(served: Served) -> None:
    async with connected(served.port) as client:
        for _ in range(12):  # longer in all than anybody may keep us waiting once, on a busy machine too
            await client.send(head("/healthz", method="GET"))
            assert await client.status() == 200
            while await client.reader.readline() != b"\r\n":
                pass
            assert await client.reader.readexactly(2) == b"ok"
            await asyncio.sleep(SHORT / 10)


# Very many clients


async def test_when_all_places_are_taken_the_one_waited_for_longest_makes_room(serve: Serve) -> None:
    async with serve(max_connections=10) as served, AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(connected(served.port)) for _ in range(10)]
        for client in silent:
            await client.send(b"GET / HTTP/1.1\r\n")
        await _until(lambda: served.connections == 10)
        asking = await stack.enter_async_context(connected(served.port))
        await asking.send(head("/healthz", method="GET"))
        assert await asking.status() == 200
        assert await silent[0].closed()
        await silent[1].send(b"Host: motcua\r\n\r\n")
        assert await silent[1].status() == 200


async def test_whoever_is_being_answered_is_not_pushed_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = asyncio.Event()

    async with serve(max_connections=10) as served, AsyncExitStack() as stack:

        async def slow() -> None:
            await gate.wait()

        monkeypatch.setattr(served.app.knowledge.store, "ping", slow)
        all_of_them = [await stack.enter_async_context(connected(served.port)) for _ in range(10)]
        for client in all_of_them:
            await client.send(head("/readyz", method="GET"))
        await _until(lambda: len(served.server.server_state.tasks) == 10)
        eleventh = await stack.enter_async_context(connected(served.port))
        assert await eleventh.closed()
        gate.set()
        assert [await client.status() for client in all_of_them] == [200] * 10


async def test_bodies_that_do_not_come_make_room_too(serve: Serve) -> None:
    async with serve(max_connections=10) as served, AsyncExitStack() as stack:
        for _ in range(10):
            client = await stack.enter_async_context(connected(served.port))
            await client.send(head(f"{webchat.PHOTO_PATH}?session=s1", "Content-Length: 1000000"))
        await _until(lambda: len(served.server.server_state.tasks) == 10)
        asking = await stack.enter_async_context(connected(served.port))
        await asking.send(head("/healthz", method="GET"))
        assert await asking.status() == 200


async def _until(fulfilled: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not fulfilled():
            await asyncio.sleep(0.01)


async def test_thousands_of_silent_connections_keep_nobody_from_being_answered(database_url: str) -> None:
    """The program as it is started, with its usual limits."""
    thousands = room_for(3000)
    assert thousands == 3000, "ulimit -Hn is too low for this test"
    async with TelegramServer("123456:AAE-token_of_ours") as telegram, AsyncExitStack() as stack:
        program = Program(database_url, telegram.url)
        an = telegram.user("An")
        try:
            program.start()
            await program.ready()
            for number in range(thousands):
                client = await stack.enter_async_context(connected(program.port))
                with suppress(ConnectionError):
                    await client.send(b"POST /telegram/webhook HTTP/1.1\r\n")
                if number % 500 == 0:
                    await _asked_and_answered(an, program.port, number)
            await _asked_and_answered(an, program.port, thousands)
            assert await program.stop() == 0
        finally:
            program.end()


async def _asked_and_answered(an: Chat, port: int, number: int) -> None:
    body = json.dumps({"update_id": number, "message": an.message(text="/help")}).encode()
    async with connected(port) as client:
        secret = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}"
        await client.send(head(TELEGRAM, secret, f"Content-Length: {len(body)}") + body)
        assert await client.status() == 200
    assert (await an.wait_reply()).text == plain(vi.HELP)
