"""Telegram, by long polling with python-telegram-bot."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot, BotCommand, Update
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    BaseUpdateProcessor,
    ContextTypes,
    TypeHandler,
)

from bot.channels.telegram_messages import send_reply, to_incoming
from bot.desk import Desk
from bot.settings import Settings
from bot.watching import NeverArrivesError
from handlers.messages import Reply
from handlers.texts import vi
from knowledge.dossiers.photo import MAX_BYTES

ALLOWED_UPDATES = ["message", "callback_query"]
CHATS_AT_ONCE = 64  # well below the 256 connections that python-telegram-bot keeps
POLL_SECONDS = 10
ANSWER_SECONDS = 5
RETRIES_WHEN_FLOODED = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
FINISH_SECONDS = 10.0

PtbApplication = Application[Any, Any, Any, Any, Any, Any]
PtbBuilder = ApplicationBuilder[Any, Any, Any, Any, Any, Any]

log = structlog.get_logger()


class ChatInOrder(BaseUpdateProcessor):
    """Updates of one chat one after the other, different chats at the same time."""

    def __init__(self) -> None:
        # The library counts updates that wait for their chat too. Were this number small, one person who
        # sends a hundred messages would keep everybody else waiting; who works is counted here instead.
        super().__init__(max_concurrent_updates=1_000_000)
        self._working = asyncio.Semaphore(CHATS_AT_ONCE)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[int, int] = defaultdict(int)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else 0
        self._waiting[chat] += 1
        try:
            async with self._locks[chat], self._working:
                await coroutine
        finally:
            self._waiting[chat] -= 1
            if not self._waiting[chat]:
                # Nobody holds or waits for this lock: without this the table grows with every chat.
                del self._waiting[chat], self._locks[chat]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""


class TelegramChannel:
    """Polls Telegram, hands each update to the desk, sends what comes back.

    The loop is ours and not python-telegram-bot's ``Updater``: that one gives up for good when a server
    once answers 401 or 404, and cannot be stopped while it waits for a server that is away.
    """

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.application = build_application(desk, builder_for(settings))
        self._polling: asyncio.Task[None] | None = None
        self._next_update = 0

    async def start(self) -> None:
        """Begin polling in the background: Telegram out of reach must not keep the web chat from starting."""
        self._polling = asyncio.create_task(self._poll())

    async def push(self, address: str, reply: Reply) -> None:
        """Write first to a chat: a notice of a watched dossier.

        Raises:
            NeverArrivesError: the person blocked us, or is gone.
        """
        try:
            await send_reply(self.application.bot, int(address), reply)
        except (Forbidden, BadRequest) as error:
            if isinstance(error, BadRequest) and "chat not found" not in error.message.lower():
                raise
            raise NeverArrivesError from error

    async def stop(self) -> None:
        """Take nothing new and finish what is in hand."""
        if self._polling:
            self._polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._polling
        if self.application.running:
            await _within(FINISH_SECONDS, self.application.stop())
            await _within(FINISH_SECONDS, self._confirm())
        await self.application.shutdown()
        # The application closes only what it opened in full, and Telegram may never have been reached.
        await self.application.bot.shutdown()

    async def _poll(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._connect()
                while True:
                    await self._fetch()
                    pause = FIRST_PAUSE_SECONDS
            except Exception as error:
                log.warning(_what_happened(error), exc_info=error)
                await asyncio.sleep(_seconds_asked_for(error) or pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _connect(self) -> None:
        await self.application.initialize()
        if not self.application.running:
            await self.application.start()
        # Telegram refuses polling while a webhook is set.
        await self.application.bot.delete_webhook()
        await announce_commands(self.application.bot)
        log.info("telegram polling")

    async def _fetch(self) -> None:
        """Wait for updates and queue them; asking for later ones is what tells Telegram that we have them.

        They are read one by one, and not by ``get_updates``: there a single one that the library cannot read
        stops all of them for a day, and writes what people said into the log.
        """
        asked = {"offset": self._next_update, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        found = await self._get_updates(asked)
        for raw in found:
            self._next_update = raw["update_id"] + 1
            try:
                update = Update.de_json(raw, self.application.bot)
            except Exception as error:
                log.error("update not understood", update=raw["update_id"], exc_info=error)
            else:
                self.application.update_queue.put_nowait(update)

    async def _get_updates(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        # The public way to an unread answer, `do_api_request`, warns that there is `get_updates`.
        seconds = asked["timeout"] + ANSWER_SECONDS
        found: Any = await self.application.bot._post("getUpdates", asked, read_timeout=seconds)
        return list(found)

    async def _confirm(self) -> None:
        """Tell Telegram that the last updates are done, or the next start would get them again."""
        if self._next_update:
            await self._get_updates({"offset": self._next_update, "limit": 1, "timeout": 0})


def builder_for(settings: Settings) -> PtbBuilder:
    """A builder that knows the token and the server."""
    server = settings.telegram_api_url.rstrip("/")
    return (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
    )


def build_application(desk: Desk, builder: PtbBuilder) -> PtbApplication:
    """The python-telegram-bot application that answers from ``desk``."""

    async def on_update(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await take(desk, update, context.bot)

    application = (
        builder.updater(None)
        .rate_limiter(AIORateLimiter(max_retries=RETRIES_WHEN_FLOODED))
        .concurrent_updates(ChatInOrder())
        .build()
    )
    application.add_handler(TypeHandler(Update, on_update))
    application.add_error_handler(_on_error)
    return application


async def announce_commands(bot: Bot) -> None:
    """Tell Telegram the commands and what each does. Without its menu the bot still works."""
    try:
        await bot.set_my_commands([BotCommand(name, what) for name, what in vi.COMMANDS])
    except TelegramError as error:
        log.warning("commands not announced", exc_info=error)


async def take(desk: Desk, update: Update, bot: Bot) -> None:
    """Answer one update."""
    incoming, chat = to_incoming(update), update.effective_chat
    if incoming is None or chat is None:
        await _stop_spinner(update)
        return
    incoming = replace(incoming, photo=await _photo(update))
    _, _, reply = await asyncio.gather(_stop_spinner(update), _show_typing(bot, chat.id), desk.answer(incoming))
    if reply:
        await send_reply(bot, chat.id, reply)


async def _photo(update: Update) -> bytes | None:
    """The largest size of a private photo; what cannot be fetched is answered like no photo."""
    message, chat = update.message, update.effective_chat
    if message is None or not message.photo or chat is None or chat.type != ChatType.PRIVATE:
        return None
    sizes = [size for size in message.photo if (size.file_size or 0) <= MAX_BYTES]
    if not sizes:
        return None
    with contextlib.suppress(TelegramError):
        return bytes(await (await sizes[-1].get_file()).download_as_bytearray())
    return None


async def _stop_spinner(update: Update) -> None:
    # A press that is too old cannot be answered any more; the person still gets the reply.
    if update.callback_query:
        with contextlib.suppress(TelegramError):
            await update.callback_query.answer()


async def _show_typing(bot: Bot, chat: int) -> None:
    with contextlib.suppress(TelegramError):
        await bot.send_chat_action(chat, ChatAction.TYPING)


async def _on_error(_: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    if isinstance(context.error, Forbidden):
        log.info("blocked by the user")
    else:
        log.error("not answered on telegram", exc_info=context.error)


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
