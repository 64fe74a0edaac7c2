"""Telegram, by long polling with python-telegram-bot."""

from __future__ import annotations

import asyncio
import contextlib
import html
from collections import defaultdict
from collections.abc import Awaitable
from typing import Any

import structlog
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    BaseUpdateProcessor,
    ContextTypes,
    TypeHandler,
)

from bot.channels.base import split_text
from bot.desk import Desk
from bot.settings import Settings
from handlers.messages import Button, Incoming, Message, Reply, bold_parts, plain
from handlers.texts import vi

CHANNEL = "telegram"
TEXT_LIMIT = 4000  # Telegram allows 4096 after parsing
LONG_LABEL = 18
CONCURRENT_CHATS = 64
RETRY_START_SECONDS = 10.0
ALLOWED_UPDATES = ["message", "callback_query"]

log = structlog.get_logger()


class ChatInOrder(BaseUpdateProcessor):
    """Updates of one chat one after the other, different chats at the same time."""

    def __init__(self) -> None:
        super().__init__(CONCURRENT_CHATS)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[int, int] = defaultdict(int)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else 0
        self._waiting[chat] += 1
        try:
            async with self._locks[chat]:
                await coroutine
        finally:
            self._waiting[chat] -= 1
            if not self._waiting[chat]:
                del self._waiting[chat], self._locks[chat]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""


class TelegramChannel:
    """Polls Telegram, hands each update to the desk, sends what comes back."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self.application = build_application(desk, settings)
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin polling in the background: Telegram out of reach must not keep the web chat from starting."""
        self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        while True:
            try:
                await self.application.initialize()
                await announce_commands(self.application)
                await self.application.start()
                assert self.application.updater is not None
                await self.application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
            except TelegramError as error:
                log.warning("telegram not reached", exc_info=error)
                await asyncio.sleep(RETRY_START_SECONDS)
            else:
                log.info("telegram polling")
                return

    async def stop(self) -> None:
        """Take nothing new and finish what is in hand."""
        if self._starting:
            self._starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._starting
        updater = self.application.updater
        if updater and updater.running:
            await updater.stop()
        if self.application.running:
            await self.application.stop()
        await self.application.shutdown()


def build_application(desk: Desk, settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    """The python-telegram-bot application that answers from ``desk``."""
    server = settings.telegram_api_url.rstrip("/")

    async def on_update(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await _take(desk, update, context)

    async def on_error(_: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(context.error, Forbidden):
            log.info("blocked by the user")
            return
        log.error("telegram failed", exc_info=context.error)

    application = (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .rate_limiter(AIORateLimiter(max_retries=3))
        .concurrent_updates(ChatInOrder())
        .build()
    )
    application.add_handler(TypeHandler(Update, on_update))
    application.add_error_handler(on_error)
    return application


async def announce_commands(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Tell Telegram the commands and what each does."""
    await application.bot.set_my_commands([BotCommand(name, what) for name, what in vi.COMMANDS])


async def _take(desk: Desk, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    incoming = to_incoming(update)
    chat = update.effective_chat
    if incoming is None or chat is None:
        return
    if update.callback_query:
        # An unanswered press keeps its spinner; one that is too old cannot be answered any more.
        with contextlib.suppress(BadRequest):
            await update.callback_query.answer()
    await context.bot.send_chat_action(chat.id, ChatAction.TYPING)
    reply = await desk.answer(incoming)
    if reply:
        await send(context, chat.id, reply)


def to_incoming(update: Update) -> Incoming | None:
    """The update as an :class:`Incoming`; ``None`` for kinds of updates that need no answer."""
    if update.effective_chat is None:
        return None
    chat, event = str(update.effective_chat.id), str(update.update_id)
    if update.callback_query:
        return Incoming(CHANNEL, chat, data=update.callback_query.data or "", event=event)
    if update.message is None:
        return None
    return Incoming(CHANNEL, chat, update.message.text or update.message.caption or "", event=event)


async def send(context: ContextTypes.DEFAULT_TYPE, chat: int, reply: Reply) -> None:
    """Send all messages of ``reply``, cut to Telegram's length; buttons go under the last piece."""
    for message in reply.messages:
        pieces = split_text(message.text, TEXT_LIMIT)
        for number, piece in enumerate(pieces, start=1):
            keyboard = to_keyboard(message) if number == len(pieces) else None
            await _send_piece(context, chat, piece, keyboard)


async def _send_piece(
    context: ContextTypes.DEFAULT_TYPE, chat: int, piece: str, keyboard: InlineKeyboardMarkup | None
) -> None:
    no_preview = LinkPreviewOptions(is_disabled=True)
    try:
        await context.bot.send_message(
            chat, to_html(piece), ParseMode.HTML, reply_markup=keyboard, link_preview_options=no_preview
        )
    except BadRequest as error:
        if "parse entities" not in str(error):
            raise
        # Better without bold than not at all.
        await context.bot.send_message(chat, plain(piece), reply_markup=keyboard)


def to_html(text: str) -> str:
    """Our text as Telegram's HTML: everything escaped, bold the only tag."""
    return "".join(f"<b>{html.escape(part)}</b>" if bold else html.escape(part) for part, bold in bold_parts(text))


def to_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons of ``message``: two short ones a row, a long one alone."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in message.buttons:
        made = _button(button)
        roomy = rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= LONG_LABEL
        if roomy and len(button.label) <= LONG_LABEL:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.data, url=button.url)
