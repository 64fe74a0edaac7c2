"""The whole way of a message, beside a bare python-telegram-bot echo handler in the same run.

Both are driven by ``Application.process_update`` with a request object that answers at once, so that what
is measured is our own work: translate, answer, write to the database, render, hand over to be sent.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from telegram.request import BaseRequest, RequestData

from bot.app import build
from bot.logs import set_up_logs
from bot.settings import Settings
from tests.telegram.direct import build_application

MESSAGES = 600
ROUNDS = 3
CHATS = 50
TOKEN = "123456:BENCH"
QUESTIONS = (
    "làm căn cước cho con cần giấy gì",
    "khai sinh mat bao nhieu tien",
    "dang ky tam tru o dau",
    "thế bao lâu có",
    "H49.22-261118-0001",
    "cảm ơn",
)


class AtOnce(BaseRequest):
    """A far end that answers every call at once."""

    read_timeout = 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[-1]
        if name == "getMe":
            result: Any = {"id": 1, "is_bot": True, "first_name": "b", "username": "bench_bot"}
        elif name == "sendMessage":
            result = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        else:
            result = True
        return 200, json.dumps({"ok": True, "result": result}).encode()


def updates(application: Application[Any, Any, Any, Any, Any, Any], start: int) -> list[Update]:
    """Text messages of many chats."""
    made = []
    for number in range(MESSAGES):
        chat = number % CHATS + 1
        person = {"id": chat, "is_bot": False, "first_name": "A"}
        message = {
            "message_id": number,
            "date": 1,
            "chat": {"id": chat, "type": "private"},
            "from": person,
            "text": QUESTIONS[(number // CHATS) % len(QUESTIONS)],
        }
        made.append(Update.de_json({"update_id": start + number, "message": message}, application.bot))
    return made


async def measure(process: Callable[[Update], Awaitable[None]], work: list[Update]) -> tuple[float, list[float]]:
    """(messages a second, milliseconds of each), one after the other."""
    times = []
    begin = time.perf_counter()
    for update in work:
        started = time.perf_counter()
        await process(update)
        times.append((time.perf_counter() - started) * 1000)
    return len(work) / (time.perf_counter() - begin), times


def builder() -> Any:
    """A builder whose network answers at once."""
    return ApplicationBuilder().token(TOKEN).request(AtOnce()).get_updates_request(AtOnce())


def echo_application() -> Application[Any, Any, Any, Any, Any, Any]:
    """The bare peer: one handler that sends the text back."""

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    application: Application[Any, Any, Any, Any, Any, Any] = builder().build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


async def main() -> None:
    """Print one table."""
    set_up_logs("ERROR")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/bench.db", telegram_token=TOKEN, _env_file=None)
        app = await build(settings)
        ours = build_application(app.desk, builder())
        echo = echo_application()
        await ours.initialize()
        await echo.initialize()
        rates: dict[str, list[float]] = {"echo": [], "motcua": []}
        latencies: dict[str, list[float]] = {"echo": [], "motcua": []}
        for turn in range(ROUNDS):
            for name, application in (("echo", echo), ("motcua", ours)):
                rate, times = await measure(application.process_update, updates(application, turn * MESSAGES))
                rates[name].append(rate)
                latencies[name] += times
        await app.knowledge.close()
    print(f"{'':10} {'messages/s':>12} {'p50 ms':>8} {'p99 ms':>8} {'rate, x echo':>14}")
    base = statistics.median(rates["echo"])
    for name in rates:
        ordered = sorted(latencies[name])
        rate = statistics.median(rates[name])
        p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        print(f"{name:10} {rate:12.0f} {p50:8.2f} {p99:8.2f} {rate / base:14.2f}")


if __name__ == "__main__":
    asyncio.run(main())
