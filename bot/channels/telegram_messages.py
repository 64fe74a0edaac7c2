"""Telegram's updates as ours, our replies as Telegram's messages."""

from __future__ import annotations

import asyncio
import html

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext.filters import StatusUpdate

from bot.channels.base import split_text, with_links
from handlers.messages import Button, Incoming, Message, Reply, bold_parts, plain

CHANNEL = "telegram"
TEXT_LIMIT = 4000  # Telegram allows 4096 after parsing
LONG_LABEL = 18
PAUSES_BEFORE_RESENDING = (1.0, 3.0)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def to_incoming(update: Update) -> Incoming | None:
    """The update as an :class:`Incoming`; ``None`` for kinds of updates that need no answer.

    A photo, sticker or voice message without a caption has the text ``""``, to which the desk answers that
    it reads text only.
    """
    if update.effective_chat is None:
        return None
    chat, event = str(update.effective_chat.id), str(update.update_id)
    private = update.effective_chat.type == ChatType.PRIVATE
    if update.callback_query:
        return Incoming(CHANNEL, chat, data=update.callback_query.data or "", event=event, private=private)
    if update.message is None:
        return None
    text = update.message.text or update.message.caption or ""
    return Incoming(CHANNEL, chat, text, event=event, private=private) if text or _said_to_us(update) else None


def _said_to_us(update: Update) -> bool:
    """Whether a message without text was meant for us: no “a message was pinned”, no photo in a group."""
    chat = update.effective_chat
    return chat is not None and chat.type == ChatType.PRIVATE and not StatusUpdate.ALL.filter(update)


async def send_reply(bot: Bot, chat: int, reply: Reply) -> None:
    """Send all messages of ``reply``, cut to Telegram's length; buttons go under the last piece."""
    for message in reply.messages:
        *pieces, last = split_text(message.text, TEXT_LIMIT) or [""]
        for piece in pieces:
            await _send(bot, chat, Message(piece))
        if last:
            await _send(bot, chat, Message(last, message.buttons))


async def _send(bot: Bot, chat: int, message: Message) -> None:
    try:
        await _send_text(bot, chat, to_html(message.text), to_keyboard(message), ParseMode.HTML)
    except BadRequest as error:
        # Whatever Telegram dislikes, better without bold than not at all, and then without buttons.
        if "parse entities" in error.message:
            await _send_text(bot, chat, plain(message.text), to_keyboard(message))
        elif message.buttons:
            await _send_text(bot, chat, plain(with_links(message)))
        else:
            raise


async def _send_text(
    bot: Bot,
    chat: int,
    text: str,
    keyboard: InlineKeyboardMarkup | None = None,
    parse_mode: ParseMode | None = None,
) -> None:
    """Send, and again after a pause when the network failed; what timed out has most likely arrived."""
    for pause in (*PAUSES_BEFORE_RESENDING, None):
        try:
            await bot.send_message(chat, text, parse_mode, reply_markup=keyboard, link_preview_options=NO_PREVIEW)
        except NetworkError as error:
            if pause is None or isinstance(error, BadRequest | TimedOut):
                raise
            await asyncio.sleep(pause)
        else:
            return


def to_html(text: str) -> str:
    """Our text as Telegram's HTML: everything escaped, bold the only tag."""
    return "".join(f"<b>{_escape(part)}</b>" if bold else _escape(part) for part, bold in bold_parts(text))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


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
