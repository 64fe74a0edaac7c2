"""Telegram, by webhook when we have a public address, else by long polling. Updates are stored, then confirmed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

import structlog
from starlette.datastructures import Headers
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.channels.base import has_secret
from bot.channels.telegram_inline import InlineMode
from bot.channels.telegram_limits import GroupLimit
from bot.channels.telegram_menu import announce_commands
from bot.channels.telegram_messages import CHANNEL
from bot.channels.telegram_platform import TelegramPlatform
from bot.channels.telegram_request import LeanRequest
from bot.channels.telegram_webhook import PATH, SECRET_HEADER, to_event, webhook_secret
from bot.delivery import Delivery
from bot.settings import Settings

ALLOWED_UPDATES = ["message", "callback_query", "inline_query", "my_chat_member"]
DUTY = "telegram"
DUTY_SECONDS = 2.0
POLL_SECONDS = 10
ANSWER_SECONDS = 5
WEBHOOK_CONNECTIONS = 40
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
FINISH_SECONDS = 5.0
CONNECTIONS = 64
POOL_SECONDS = 20.0

log = structlog.get_logger()


class TelegramChannel:
    """Takes updates from Telegram into the inbox; :class:`TelegramPlatform` answers them.

    Of many workers one polls, or sets the webhook; all of them answer. The polling loop is ours and not
    python-telegram-bot's ``Updater``: that one gives up for good when a server once answers 401 or 404, cannot be
    stopped while it waits for a server that is away, and confirms updates before they are stored.
    """

    def __init__(self, delivery: Delivery, settings: Settings) -> None:
        self._delivery = delivery
        self._secret = webhook_secret(settings)
        self._webhook = f"{settings.public_url.rstrip('/')}{PATH}" if settings.public_url else ""
        self._bot_id = settings.telegram_token.get_secret_value().partition(":")[0]
        self.bot = make_bot(settings)
        self.platform = TelegramPlatform(self.bot, delivery.desk)
        self._inline = InlineMode(self.bot, delivery.desk)
        delivery.serve(self.platform, settings.telegram_messages_per_second or None)
        self._running: asyncio.Task[None] | None = None
        self._next_update = 0
        self._on_duty = False

    async def start(self) -> None:
        """Begin in the background: Telegram out of reach must not keep the web chat from starting."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing new. What is stored is still answered, until :meth:`close`."""
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        await _within(FINISH_SECONDS, self._confirm())

    async def close(self) -> None:
        """Close all connections."""
        await _within(FINISH_SECONDS, self._inline.close())
        await _within(FINISH_SECONDS, self.platform.close())
        await self.bot.shutdown()

    # By webhook (see bot.web.webhooks)

    def knows(self, headers: Headers) -> bool:
        """Whether the request may be from Telegram; asked before its body is looked at."""
        return bool(self._webhook) and has_secret(headers, SECRET_HEADER, self._secret)

    def trusts(self, headers: Headers, body: bytes, event: object) -> bool:
        """The secret was all there is to check."""
        return True

    async def receive(self, raw: object) -> None:
        """Store one update."""
        await self._store([raw])

    async def _store(self, updates: list[Any]) -> None:
        updates = [raw for raw in updates if not self._inline.takes(raw)]
        events = [event for raw in updates if (event := to_event(raw, self._bot_id))]
        if len(events) < len(updates):
            log.error("update not understood", without_number=len(updates) - len(events))
        if events:
            await self._delivery.receive(CHANNEL, events)

    # By long polling

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.bot.initialize()
                while True:
                    await self._take_turns()
                    pause = FIRST_PAUSE_SECONDS
            except Exception as error:
                self._on_duty = False
                log.warning(_what_happened(error), exc_info=error)
                await asyncio.sleep(_seconds_asked_for(error) or pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _take_turns(self) -> None:
        if not await self._delivery.has_duty(DUTY):
            self._on_duty = False
        elif not self._on_duty:
            await self._connect()
            self._on_duty = True
        if self._on_duty and not self._webhook:
            await self._fetch()
        else:
            await asyncio.sleep(DUTY_SECONDS)

    async def _connect(self) -> None:
        if self._webhook:
            await self.bot.set_webhook(
                self._webhook,
                secret_token=self._secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=WEBHOOK_CONNECTIONS,
            )
        else:
            # Telegram refuses polling while a webhook is set.
            await self.bot.delete_webhook()
        await announce_commands(self.bot)
        log.info("telegram on", by="webhook" if self._webhook else "polling")

    async def _fetch(self) -> None:
        """Wait for updates and store them; asking for later ones is what tells Telegram that we have them.

        They are kept as they come, and not read by ``get_updates``: there a single one that the library cannot read
        stops all of them for a day, and writes what people said into the log.
        """
        asked = {"offset": self._next_update, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        found = await self._get_updates(asked)
        if found:
            await self._store(found)
            self._next_update = max(raw["update_id"] for raw in found) + 1

    async def _get_updates(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        # The public way to an unread answer, `do_api_request`, warns that there is `get_updates`.
        seconds = asked["timeout"] + ANSWER_SECONDS
        found: Any = await self.bot._post("getUpdates", asked, read_timeout=seconds)
        return list(found)

    async def _confirm(self) -> None:
        """Tell Telegram that the last updates are stored, or the next start would get them again."""
        if self._next_update:
            await self._get_updates({"offset": self._next_update, "limit": 1, "timeout": 0})


def make_bot(settings: Settings) -> ExtBot[Any]:
    """A client for the configured token and server."""
    server = settings.telegram_api_url.rstrip("/")
    return ExtBot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{server}/bot",
        base_file_url=f"{server}/file/bot",
        request=LeanRequest(CONNECTIONS, POOL_SECONDS),
        get_updates_request=HTTPXRequest(connection_pool_size=2),
        rate_limiter=GroupLimit(),
    )


def _what_happened(error: Exception) -> str:
    if isinstance(error, InvalidToken):
        return "telegram refused the token: check TELEGRAM_TOKEN"
    if isinstance(error, Conflict):
        return "another program polls telegram with the same token"
    return "telegram not reached" if isinstance(error, TelegramError) else "telegram not understood"


def _seconds_asked_for(error: Exception) -> float:
    if not isinstance(error, RetryAfter):
        return 0.0
    # `retry_after` itself warns that its type will change.
    return error._retry_after.total_seconds()


async def _within(seconds: float, work: Awaitable[object]) -> None:
    """Give ``work`` its time, not more: stopping must not hang on a server that is away."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except (TimeoutError, TelegramError) as error:
        log.warning("telegram not stopped cleanly", exc_info=error)
