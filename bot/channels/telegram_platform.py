"""Telegram as the delivery sees it: a stored update read, one message sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot, ChatMemberUpdated, Document, PhotoSize, Update, User
from telegram.constants import ChatAction, ChatMemberStatus, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.progress import Progress
from bot.channels.telegram_groups import NOT_FETCHED, Address
from bot.channels.telegram_limits import Told
from bot.channels.telegram_links import known, who_we_are
from bot.channels.telegram_messages import CHANNEL, pieces_of, send_piece, to_incoming
from bot.delivery import SendError
from bot.desk import Desk
from handlers.messages import Incoming, Message
from knowledge.dossiers.photo import MAX_BYTES
from knowledge.mailbox import Letter

TYPING_AFTER_SECONDS = 1.0
"""Most answers are ready sooner: then there is nothing to show, and a call saved."""
GONE = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "have no rights to send",
    "group chat was deactivated",
)

log = structlog.get_logger()


class TelegramPlatform:
    """A :class:`bot.delivery.Platform`."""

    name = CHANNEL

    def __init__(self, bot: Bot, desk: Desk) -> None:
        self.bot = bot
        self._desk = desk
        self._progress = Progress()
        self._told = Told()
        self._typing: dict[str, asyncio.TimerHandle] = {}
        self._courtesies: set[asyncio.Task[None]] = set()

    async def read(self, letter: Letter) -> Incoming | None:
        """See :class:`bot.delivery.Platform`."""
        try:
            update = Update.de_json(letter.payload, self.bot)
        except Exception as error:
            log.error("update not understood", update=letter.event, exc_info=error)
            return None
        if update.callback_query:
            # A press that is too old cannot be answered any more; the person still gets the reply.
            self._in_passing(update.callback_query.answer())
        if update.my_chat_member:
            await self._noted(update.my_chat_member)
            return None
        incoming = to_incoming(update, await self._me(update))
        if incoming is None or not incoming.private:
            return incoming
        self._show_typing_soon(incoming.chat)
        return replace(incoming, photo=await _photo(update))

    async def _me(self, update: Update) -> User | None:
        """Our bot. In a group we must know its name to know what is said to us; else it can do without."""
        private = update.effective_chat is None or update.effective_chat.type == ChatType.PRIVATE
        return known(self.bot) if private else await who_we_are(self.bot)

    async def _noted(self, change: ChatMemberUpdated) -> None:
        """Somebody has blocked us, or thrown us out of a group: nothing of the chat is kept."""
        if change.new_chat_member.status in {ChatMemberStatus.BANNED, ChatMemberStatus.LEFT}:
            await self._desk.forget(CHANNEL, str(change.chat.id))

    async def send(self, address: str, message: Message) -> None:
        """See :class:`bot.delivery.Platform`."""
        self._no_typing(address)

        async def one(piece: Message) -> None:
            await self._send_piece(Address.read(address), piece)

        await self._progress.send(address, message, pieces_of(message), one)

    async def close(self) -> None:
        """Finish what was begun in passing."""
        for chat in list(self._typing):
            self._no_typing(chat)
        await asyncio.gather(*self._courtesies, return_exceptions=True)

    async def _send_piece(self, to: Address, piece: Message) -> None:
        try:
            await send_piece(self.bot, to, piece)
        except ChatMigrated as error:
            # The group has a new number, in which no message has its old one. What is stored for the old number
            # comes this way too.
            await self._send_piece(Address(error.new_chat_id), piece)
        except RetryAfter as error:
            # `retry_after` itself warns that its type will change.
            seconds = error._retry_after.total_seconds()
            raise SendError(after=seconds, everybody=self._told.wait(to.chat, seconds)) from error
        except Forbidden as error:
            log.info("blocked by the user")
            await self._desk.forget(CHANNEL, str(to.chat))
            raise SendError(forever=True, gone=True) from error
        except BadRequest as error:
            gone = any(words in error.message.lower() for words in GONE)
            log.log(20 if gone else 40, "telegram refused a message", gone=gone)
            raise SendError(forever=True, gone=gone) from error
        except TelegramError as error:
            # What timed out may have arrived: better twice than not at all.
            log.warning("telegram not reached", exc_info=error)
            raise SendError from error

    def _show_typing_soon(self, chat: str) -> None:
        if chat not in self._typing:
            loop = asyncio.get_running_loop()
            self._typing[chat] = loop.call_later(TYPING_AFTER_SECONDS, self._show_typing, chat)

    def _show_typing(self, chat: str) -> None:
        self._typing.pop(chat, None)
        self._in_passing(self.bot.send_chat_action(int(chat), ChatAction.TYPING))

    def _no_typing(self, chat: str) -> None:
        timer = self._typing.pop(chat, None)
        if timer:
            timer.cancel()

    def _in_passing(self, courtesy: Coroutine[Any, Any, bool]) -> None:
        """Do it, but let nobody wait for it."""

        async def done() -> None:
            with contextlib.suppress(TelegramError):
                await courtesy

        task = asyncio.create_task(done())
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)


async def _photo(update: Update) -> bytes | None:
    """The picture in a private message: the largest size of a photo, or a picture sent as a file.

    One that cannot be fetched is answered like a file that is no picture, unless there are words beside it.
    """
    message = update.message
    if message is None or not (message.photo or _is_picture(message.document)):
        return None
    files: list[PhotoSize | Document] = [*message.photo, *([message.document] if message.document else [])]
    small = [file for file in files if (file.file_size or 0) <= MAX_BYTES]
    with contextlib.suppress(TelegramError):
        if small:
            return bytes(await (await small[-1].get_file()).download_as_bytearray())
    return None if message.caption else NOT_FETCHED


def _is_picture(document: Document | None) -> bool:
    return document is not None and (document.mime_type or "").startswith("image/")
